"""A layer at work: it knows the arrays of its place in the network and what to do with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from numpy.typing import DTypeLike, NDArray

from cnngui.engine.gradients.memory import Memory
from cnngui.spec.layers import LayerSpec


@dataclass
class Place:
    """Where an operation works.

    Attributes
    ----------
    sources : what it reads.
    out : where its result goes.
    d_out : the loss's gradient with respect to out; the operation may use it up.
    d_sources : where the gradients with respect to the sources go; None where nobody needs them.
    parameters : by name.
    gradients : where the parameters' gradients go; empty where they are not trained.
    memory : for what is kept between forward and backward, and for scratch.
    is_training : False where only forward will be asked for, as of a trained network.
    """

    sources: list[NDArray]
    out: NDArray
    d_out: NDArray
    d_sources: list[NDArray | None]
    parameters: Mapping[str, NDArray]
    gradients: Mapping[str, NDArray]
    memory: Memory
    is_training: bool

    def keep(self, shape: tuple[int, ...]) -> NDArray:
        """Return an array that holds from forward to backward."""
        return self.memory.keep(shape, self.out.dtype)

    def scratch(
        self, *shapes: tuple[int, ...], masks: tuple[tuple[int, ...], ...] = ()
    ) -> list[NDArray]:
        """Return arrays that hold while the operation works; ``masks`` are bool."""
        wanted: list[tuple[tuple[int, ...], DTypeLike]] = [
            (shape, self.out.dtype) for shape in shapes
        ]
        return self.memory.scratch(*wanted, *((shape, bool) for shape in masks))


class Meeting(Protocol):
    """Where all parts of the batch tell each other what they have prepared."""

    def share_forward(self) -> None:
        """Called when all have prepared forward."""

    def share_backward(self) -> None:
        """Called when all have prepared backward."""


class Operation:
    """One layer, for one part of the batch. Forward leaves what backward needs in its arrays.

    Maps lie as ``(rows, channels, columns, images)`` and flat tensors as ``(features, images)``:
    with the images innermost, even a window's steps from value to value are long runs in memory.

    Attributes
    ----------
    uses_output : whether backward looks at the result.
    replaces_input : whether the result may take the place of what it was made from.
    meeting : where the parts of the batch wait for each other; None where each goes its own way.
    """

    uses_output = False
    replaces_input = False
    meeting: Meeting | None = None

    def __init__(self, layer: LayerSpec, place: Place) -> None:
        self.place = place
        self.x, self.out, self.d_out = place.sources[0], place.out, place.d_out

    @property
    def d_x(self) -> NDArray:
        """Where the gradient with respect to what is read first goes."""
        d_x = self.place.d_sources[0]
        if d_x is None:
            raise RuntimeError("the gradient of something that nobody needs was asked for")
        return d_x

    def prepare_forward(self) -> None:
        """Do what must be done before the forward meeting."""

    def forward(self) -> None:
        """Write the result."""
        raise NotImplementedError

    def prepare_backward(self) -> None:
        """Do what must be done before the backward meeting."""

    def learn(self) -> None:
        """Write the gradients with respect to the parameters."""

    def backward(self) -> None:
        """Write the gradients with respect to the sources."""
        raise NotImplementedError
