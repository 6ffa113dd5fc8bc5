"""What a snapshot will hold and how large it will be, told before anything is computed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from math import prod

from cnngui.spec.network import NetworkSpec
from cnngui.spec.shapes import Shape, infer

MOST_CHANNEL_PICTURES = 1000
"""So many channels get a picture of their own; a folder of 90,000 files serves nobody."""

_VALUE_BYTES = 4


@dataclass(frozen=True)
class SnapshotPlan:
    """The layers of a snapshot, and what is written of them.

    Attributes
    ----------
    layer_ids : in the network's order. Each has its sheet of all channels and its raw values.
    pictured : those of which every channel has a picture of its own, too.
    files : in all.
    least_bytes : what raw values and weights take; the pictures come on top.
    """

    layer_ids: tuple[str, ...]
    pictured: frozenset[str]
    files: int
    least_bytes: int


def plan_snapshot(
    spec: NetworkSpec,
    layer_ids: Collection[str] | None = None,
    most_pictures: int = MOST_CHANNEL_PICTURES,
) -> SnapshotPlan:
    """Say what a snapshot of some of a network's layers, or (None) of all, will hold."""
    report = infer(spec)
    wanted = [layer.id for layer in spec.layers if layer_ids is None or layer.id in layer_ids]
    parameters = sum(
        prod(shape) for shapes in report.parameters.values() for shape in shapes.values()
    )
    return plan_layers(report.shapes, wanted, parameters, most_pictures, spec.input.frames)


def plan_layers(
    shapes: Mapping[str, Shape],
    layer_ids: Iterable[str],
    parameters: int,
    most_pictures: int = MOST_CHANNEL_PICTURES,
    frames: int = 1,
) -> SnapshotPlan:
    """Say what a snapshot of layers of these shapes will hold.

    Parameters
    ----------
    shapes : of every layer's output, ``(C, H, W)``, ``(C, T, H, W)`` or ``(F,)``.
    layer_ids : of the layers wanted; those without a shape are left out.
    parameters : how many numbers the network's weights have.
    most_pictures : of single channels. A layer gets all of its own or, where they are more than are
        left of these, none.
    frames : that the network saw at once; of several each has a picture of its own, too.
    """
    wanted = tuple(layer_id for layer_id in layer_ids if layer_id in shapes)
    pictured: set[str] = set()
    left = most_pictures
    for layer_id in wanted:
        shape = shapes[layer_id]
        if len(shape) > 1 and shape[0] <= left:
            pictured.add(layer_id)
            left -= shape[0]
    values = sum(prod(shapes[layer_id]) for layer_id in wanted)
    return SnapshotPlan(
        layer_ids=wanted,
        pictured=frozenset(pictured),
        # The input's picture, raw values, weights and the description are a file each.
        files=4 + len(wanted) + (most_pictures - left) + (frames if frames > 1 else 0),
        least_bytes=_VALUE_BYTES * (values + parameters),
    )
