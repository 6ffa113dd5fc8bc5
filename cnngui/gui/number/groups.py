"""The terms of a number in groups as they are drawn: one for each map that is read, and moment."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from math import prod

import numpy as np
from numpy.typing import NDArray

from cnngui.explain.number import Number
from cnngui.spec.layers import INPUT_ID, Shape
from cnngui.spec.network import NetworkSpec
from cnngui.spec.shapes import infer


@dataclass(frozen=True, eq=False)
class Group:
    """Terms that belong to one moment of one map, or to one unit of a flat tensor.

    Attributes
    ----------
    source : the layer's input that is read, by its place among them.
    channel : the map's channel, or the unit.
    moment : which of the map's, from 0 for the oldest; None where maps have none. Padding lies
        before the first or after the last.
    terms : int ``(n,)``, which terms.
    rows, columns : int ``(n,)``, where each stands in the grid.
    grid : (rows, columns) of the grid; a transposed convolution fills only part of it.
    """

    source: int
    channel: int
    moment: int | None
    terms: NDArray[np.intp]
    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    grid: tuple[int, int]

    @property
    def key(self) -> tuple[int, int]:
        """(source, channel)."""
        return self.source, self.channel

    @property
    def picture_key(self) -> tuple[int, int, int]:
        """(source, channel, moment), as pictures of what is read are found."""
        return self.source, self.channel, self.moment or 0


def groups_of(number: Number, network: NetworkSpec) -> tuple[Group, ...]:
    """Return the terms of a number in groups, in the order of the terms.

    What is read of a flattened tensor is grouped by the maps that it was before.
    """
    question, taps = number.question, number.question.taps
    flat_of = None
    if len(taps) and taps.at.shape[1] == 0:
        flat_of = maps_before(network, question.sources[0])
    if flat_of is not None and len(taps) == prod(flat_of):
        return _of_flattened(flat_of)
    has_moments = taps.at.shape[1] == 3
    moments = taps.at[:, 0] if has_moments else np.zeros(len(taps), np.intp)
    keys = np.stack([taps.source, taps.channel, moments], axis=1)
    if not len(keys):
        return ()
    starts = np.flatnonzero(np.any(keys[1:] != keys[:-1], axis=1)) + 1
    found = []
    for terms in np.split(np.arange(len(taps)), starts):
        rows, columns, grid = _grid(taps.tap[terms], taps.at[terms])
        source, channel, moment = (int(part) for part in keys[terms[0]])
        found.append(
            Group(source, channel, moment if has_moments else None, terms, rows, columns, grid)
        )
    return tuple(found)


def by_map(groups: tuple[Group, ...]) -> tuple[tuple[int, ...], ...]:
    """Return for each map that is read the places of its groups, one for each of its moments."""
    places = groupby(range(len(groups)), lambda place: groups[place].key)
    return tuple(tuple(of_map) for _, of_map in places)


def _of_flattened(shape: Shape) -> tuple[Group, ...]:
    """Return groups of the terms of all values of maps, in their order."""
    *outer, height, width = shape
    rows, columns = np.divmod(np.arange(height * width), width)
    return tuple(
        Group(
            0,
            index[0],
            index[1] if len(index) > 1 else None,
            np.arange(height * width) + place * height * width,
            rows,
            columns,
            (height, width),
        )
        for place, index in enumerate(np.ndindex(*outer))
    )


def maps_read(network: NetworkSpec, layer_id: str) -> Shape | None:
    """Return the shape of the maps that a layer puts out, or that a flat one holds; None if none.

    Parameters
    ----------
    layer_id : a layer, or "input".
    """
    shape = infer(network).shapes.get(layer_id)
    return maps_before(network, layer_id) if shape is not None and len(shape) == 1 else shape


def maps_before(network: NetworkSpec, layer_id: str) -> Shape | None:
    """Return the shape of the maps whose numbers a flat layer holds in order; None if none."""
    shapes = infer(network).shapes
    while layer_id != INPUT_ID and len(shapes.get(layer_id, ())) == 1:
        index = network.index_of(layer_id)
        layer, source = network.layers[index], network.inputs_of(index)[0]
        before = shapes[source]
        keeps = not layer.enabled or layer.kind in ("copy", "function")
        if not keeps or prod(before) != shapes[layer_id][0]:
            return None
        if len(before) > 1:
            return before
        layer_id = source
    return None


def _grid(
    tap: NDArray[np.intp], at: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.intp], tuple[int, int]]:
    """Return where terms of one moment stand.

    By their place in the kernel, or else as they lie on the map.
    """
    has_taps, has_places = tap.shape[1] >= 2, at.shape[1] >= 2
    if not len(tap) or not (has_taps or has_places):
        count = len(tap)
        return np.zeros(count, np.intp), np.arange(count), (1, count)
    if has_taps:
        places = tap[:, -2:]
    else:
        # Corners of a resizing may lie apart; they stand side by side.
        seen = at[:, -2:].T
        places = np.stack([np.unique(axis, return_inverse=True)[1] for axis in seen], axis=1)
    return places[:, 0], places[:, 1], (int(places[:, 0].max()) + 1, int(places[:, 1].max()) + 1)
