"""Keeping the kernels that a layer still has when there are more or fewer channels than before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod

import numpy as np

from cnngui.engine.initializers import Parameters, draw
from cnngui.spec.layers import INPUT_ID, ParametricSpec, Shape
from cnngui.spec.network import NetworkSpec
from cnngui.spec.shapes import infer


@dataclass(frozen=True)
class Carried:
    """What became of a layer's weights when its shapes changed.

    Attributes
    ----------
    kept, drawn : of its output channels or units: how many have the weights they had, as far as
        there is still something to multiply them with, and how many are new.
    """

    kept: int
    drawn: int


def carry_over(
    spec: NetworkSpec, layer: ParametricSpec, before: NetworkSpec, weights: Parameters
) -> tuple[Parameters, Carried] | None:
    """Return a layer's parameters, drawn anew, with those laid over that it had before.

    Parameters
    ----------
    spec, layer : the network as it is now, and its layer.
    before, weights : the network as it was, and the parameters of its layer of the same id.

    Returns
    -------
    None where nothing can be kept: another type, another kernel size, another grouping.
    """
    old = before.layer(layer.id)
    if type(old) is not type(layer) or getattr(old, "groups", 1) != getattr(layer, "groups", 1):
        return None
    shapes = infer(spec).parameters[layer.id]
    if getattr(layer, "groups", 1) != 1 and weights["weight"].shape[1:] != shapes["weight"][1:]:
        return None
    if not _share_blocks(spec, before, layer.id):
        return None
    found = draw(layer, shapes)
    for name, array in found.items():
        there = weights.get(name)
        if there is None:
            continue
        if there.ndim != array.ndim or there.shape[2:] != array.shape[2:]:
            return None
        part = tuple(
            slice(min(new, had)) for new, had in zip(array.shape, there.shape, strict=True)
        )
        array[part] = there[part]
    count, had = (_outputs(layer, given) for given in (shapes, _shapes(weights)))
    return found, Carried(min(count, had), max(count - had, 0))


def _outputs(layer: ParametricSpec, shapes: Mapping[str, Shape]) -> int:
    weight = shapes["weight"]
    groups = layer.groups_of_inputs
    return weight[0] if groups is None else weight[1] * groups


def _shapes(weights: Parameters) -> dict[str, Shape]:
    return {name: np.shape(array) for name, array in weights.items()}


def _share_blocks(spec: NetworkSpec, before: NetworkSpec, layer_id: str) -> bool:
    """Whether a channel that is read stands for as many numbers as before: maps of one size."""
    return _block(spec, layer_id) == _block(before, layer_id)


def _block(network: NetworkSpec, layer_id: str) -> int:
    """Return how many numbers of a flat input come from one map; 1 where maps are read."""
    shapes = infer(network).shapes
    source = network.inputs_of(network.index_of(layer_id))[0]
    while source != INPUT_ID and len(shapes[source]) == 1:
        index = network.index_of(source)
        below = network.inputs_of(index)[0]
        if prod(shapes[below]) != shapes[source][0]:
            return 1
        if len(shapes[below]) > 1:
            return prod(shapes[below][1:])
        source = below
    return 1
