"""The terms of a number in groups as they are drawn: one for each map that is read."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

from cnngui.explain.number import Number
from cnngui.spec.layers import INPUT_ID, Shape
from cnngui.spec.network import NetworkSpec
from cnngui.spec.shapes import infer


@dataclass(frozen=True, eq=False)
class Group:
    """Terms that belong to one map, or to one unit of a flat tensor.

    Attributes
    ----------
    source : the layer's input that is read, by its place among them.
    channel : the map's channel, or the unit.
    terms : int ``(n,)``, which terms.
    rows, columns : int ``(n,)``, where each stands in the grid.
    grid : (rows, columns) of the grid; a transposed convolution fills only part of it.
    """

    source: int
    channel: int
    terms: NDArray[np.intp]
    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    grid: tuple[int, int]

    @property
    def key(self) -> tuple[int, int]:
        """(source, channel)."""
        return self.source, self.channel


def groups_of(number: Number, network: NetworkSpec) -> tuple[Group, ...]:
    """Return the terms of a number in groups, in the order of the terms.

    What is read of a flattened tensor is grouped by the maps that it was before.
    """
    question, taps = number.question, number.question.taps
    flat_of = None
    if len(taps) and taps.at.shape[1] == 0:
        flat_of = maps_before(network, question.sources[0])
    if flat_of is not None and len(taps) == prod(flat_of):
        channels, height, width = flat_of
        rows, columns = np.divmod(np.arange(height * width), width)
        return tuple(
            Group(
                0,
                channel,
                np.arange(height * width) + channel * height * width,
                rows,
                columns,
                (height, width),
            )
            for channel in range(channels)
        )
    keys = np.stack([taps.source, taps.channel], axis=1)
    if not len(keys):
        return ()
    starts = np.flatnonzero(np.any(keys[1:] != keys[:-1], axis=1)) + 1
    found = []
    for terms in np.split(np.arange(len(taps)), starts):
        rows, columns, grid = _grid(taps.tap[terms], taps.at[terms])
        source, channel = (int(part) for part in keys[terms[0]])
        found.append(Group(source, channel, terms, rows, columns, grid))
    return tuple(found)


def maps_before(network: NetworkSpec, layer_id: str) -> Shape | None:
    """Return ``(C, H, W)`` of the maps whose numbers a flat layer holds in order; None if none."""
    shapes = infer(network).shapes
    while layer_id != INPUT_ID and len(shapes.get(layer_id, ())) == 1:
        index = network.index_of(layer_id)
        layer, source = network.layers[index], network.inputs_of(index)[0]
        before = shapes[source]
        keeps = not layer.enabled or layer.kind in ("copy", "function")
        if not keeps or prod(before) != shapes[layer_id][0]:
            return None
        if len(before) == 3:
            return before
        layer_id = source
    return None


def _grid(
    tap: NDArray[np.intp], at: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.intp], tuple[int, int]]:
    """Return where terms stand: by their place in the kernel, or else as they lie on the map."""
    places = tap if tap.shape[1] == 2 else at if at.shape[1] == 2 else None
    if places is None or not len(places):
        count = len(tap)
        return np.zeros(count, np.intp), np.arange(count), (1, count)
    places = places - (places.min(axis=0) if tap.shape[1] != 2 else 0)
    if tap.shape[1] != 2:
        # Corners of a resizing may lie apart; they stand side by side.
        places = np.stack([np.unique(axis, return_inverse=True)[1] for axis in places.T], axis=1)
    return places[:, 0], places[:, 1], (int(places[:, 0].max()) + 1, int(places[:, 1].max()) + 1)
