"""Layers that move values to other places and change none."""

from __future__ import annotations

from cnngui.engine.ops import Calls
from cnngui.engine.ops.elementwise import bind_copy
from cnngui.engine.ops.formula import Array, Room, Seen, Unary
from cnngui.engine.ops.registry import formula
from cnngui.spec import layers as spec


@formula(spec.Flatten)
class Flatten(Unary[spec.Flatten]):
    """``(N, C, H, W)`` to ``(N, C * H * W)``: channel by channel, row by row."""

    splits_rows = False
    reads_same_rows = False

    def compute(self, x: Array, out: Array, rows: range, room: Room) -> Calls:
        return [bind_copy(_as_maps(out, x.shape), x)]

    def pass_back(self, d_out: Array, d_x: Array, seen: Seen, room: Room) -> Calls:
        return [bind_copy(d_x, _as_maps(d_out, d_x.shape))]


def _as_maps(flat: Array, shape: tuple[int, ...]) -> Array:
    """See a flat tensor ``(N, F, 1, 1)`` as the maps that it was made of."""
    return flat[:, :, 0, 0].reshape(shape)
