"""Which numbers one output number is made of, and how: places and weights, no values yet.

Every type of layer has one function here, which says the terms by naive index arithmetic, as the
layer's definition in PyTorch's documentation does. Nothing of the engine is used, so that what is
shown is a second opinion on what the engine computes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from cnngui.spec.layers import LayerSpec
from cnngui.spec.shapes import Shape

Indices = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Taps:
    """The terms of one number. All arrays have one row per term.

    Attributes
    ----------
    source : ``(n,)``, which of the layer's inputs is read: its place among them.
    channel : ``(n,)``, the channel read, or the unit of a flat tensor.
    at : ``(n, rank)``, the place read, (y, x) of maps, (t, y, x) of maps of several moments;
        outside of the map where there is padding. Without columns for flat tensors.
    tap : ``(n, k)``, the indices within the kernel or window, in time first where it spans that;
        without columns where there is none.
    factor : float64 ``(n,)``, what each value is multiplied by, where no parameter says it.
    weight : the parameter that says it, and its index arrays, one per axis; None if ``factor``
        does.
    bias : the parameter added, and its index; None where nothing is.
    inside : bool ``(n,)``, whether the place lies in the map; what does not is padding.
    padding_value : what padding counts as.
    over : for normalisations, which part of the input the mean and the variance are taken of, as
        slices over its axes; None where they are parameters or there are none.
    """

    source: Indices
    channel: Indices
    at: Indices
    tap: Indices
    inside: NDArray[np.bool_]
    factor: NDArray[np.float64] | None = None
    weight: tuple[str, tuple[Indices, ...]] | None = None
    bias: tuple[str, int] | None = None
    padding_value: float = 0.0
    over: tuple[slice, ...] | None = None

    def __len__(self) -> int:
        return len(self.source)

    def read(self, source: int, values: NDArray[Any]) -> NDArray[np.float64]:
        """Return the values of the terms that read one of the inputs, in the order of the terms.

        Parameters
        ----------
        source : place of the input among those that the layer reads.
        values : ``(C, *sizes)`` or ``(F,)``, that input, a view of any strides.
        """
        mine = self.source == source
        found = np.full(int(mine.sum()), self.padding_value, np.float64)
        inside = self.inside[mine]
        if not inside.any():
            return found
        index = (self.channel[mine][inside], *self.at[mine][inside].T)
        found[inside] = values[index]
        return found


@dataclass(frozen=True)
class Unit:
    """One output number of a layer, and the shapes around it.

    Attributes
    ----------
    layer : the description.
    sources : the shapes of what it reads, ``(C, *sizes)`` or ``(F,)``.
    shape : the shape of its output.
    channel : its channel, or its unit if the output is flat.
    at : its place, ``()`` if the output is flat.
    """

    layer: Any
    sources: tuple[Shape, ...]
    shape: Shape
    channel: int
    at: tuple[int, ...] = field(default=())


TapsOf = Callable[[Unit], Taps]
_Layer = TypeVar("_Layer", bound=LayerSpec)

TAPS: dict[type[LayerSpec], TapsOf] = {}
"""How the terms are found, by layer type. Filled by the modules that import ``says_taps``."""


def says_taps(*types: type[LayerSpec]) -> Callable[[TapsOf], TapsOf]:
    """Register a function as the one that says the terms of some layer types."""

    def register(function: TapsOf) -> TapsOf:
        for layer_type in types:
            TAPS[layer_type] = function
        return function

    return register


def of_one_moment(unit: Unit, function: TapsOf) -> Taps:
    """Return the terms of a number that a layer of images makes of maps of several moments.

    It works on each moment for itself, so that all terms stand in the number's own.
    """
    moment, *at = unit.at
    sources = tuple((channels, *sides) for channels, _, *sides in unit.sources)
    channels, _, *sides = unit.shape
    found = function(Unit(unit.layer, sources, (channels, *sides), unit.channel, tuple(at)))
    times = np.full((len(found), 1), moment)
    return replace(found, at=np.concatenate([times, found.at], axis=1))


def taps(
    channels: Sequence[int] | Indices,
    offsets: Sequence[tuple[int, ...]] | Indices,
    places: Sequence[tuple[int, ...]] | Indices,
    sizes: Sequence[int],
    **rest: Any,
) -> Taps:
    """Return the terms of a window over some channels of the first input, channel by channel.

    Parameters
    ----------
    channels : those read.
    offsets, places : ``(k, rank)``, indices within the window and places in the map.
    sizes : the map's.
    """
    offsets, places = np.asarray(offsets, np.intp), np.asarray(places, np.intp)
    count = len(channels)
    at = np.tile(places, (count, 1))
    return Taps(
        source=np.zeros(len(at), np.intp),
        channel=np.repeat(np.asarray(channels, np.intp), len(places)),
        at=at,
        tap=np.tile(offsets, (count, 1)),
        inside=np.all((at >= 0) & (at < np.asarray(sizes, np.intp)), axis=1),
        **rest,
    )


def one_each(unit: Unit, sources: Sequence[int], channel: Sequence[int], **rest: Any) -> Taps:
    """Return one term from each of some inputs, at the number's own place.

    A side of length 1 is stretched, as Add and Multiply do it.
    """
    at = np.zeros((len(sources), len(unit.at)), np.intp)
    for row, source in enumerate(sources):
        sizes = unit.sources[source][1:]
        at[row] = [min(place, size - 1) for place, size in zip(unit.at, sizes, strict=True)]
    return Taps(
        source=np.asarray(sources, np.intp),
        channel=np.asarray(channel, np.intp),
        at=at,
        tap=np.zeros((len(sources), 0), np.intp),
        inside=np.ones(len(sources), np.bool_),
        **rest,
    )


def copied(
    source: int, channel: int, at: Sequence[int], *, inside: bool = True, padding_value: float = 0.0
) -> Taps:
    """Return the one term of a number that is a copy."""
    return Taps(
        source=np.array([source], np.intp),
        channel=np.array([channel], np.intp),
        at=np.array([list(at)], np.intp).reshape(1, len(at)),
        tap=np.zeros((1, 0), np.intp),
        inside=np.array([inside]),
        factor=np.ones(1),
        padding_value=padding_value,
    )


def grid(sizes: Sequence[int]) -> Indices:
    """Return the indices of a block in row-major order: ``(prod(sizes), rank)``."""
    return np.indices(tuple(sizes), np.intp).reshape(len(sizes), -1).T
