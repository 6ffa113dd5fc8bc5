"""How much of a layer's output changes when the picture is shifted, and how much of that is motion.

A pooling makes a map more stable, not invariant: a stride samples the shifted map elsewhere
(Zhang, "Making Convolutional Networks Shift-Invariant Again", 2019).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnngui.explain.receptive import fields
from cnngui.spec.network import NetworkSpec
from cnngui.spec.shapes import infer

MOST_PIXELS = 16
"""By which a picture is shifted along an axis."""


@dataclass(frozen=True)
class Change:
    """How a layer's output differs from the one before the shift.

    Attributes
    ----------
    changed : ``norm(new - old) / norm(old)``; None where the old norm is 0 or nothing is finite.
    changed_after_moving : the same, of the old map moved along by the shift over the layer's
        stride, without the border that moving uncovers; None for flat tensors, where the stride is
        uneven, or where nothing is left to compare.
    """

    changed: float | None
    changed_after_moving: float | None


def shifted(pixels: NDArray[Any], by: tuple[int, int]) -> NDArray[Any]:
    """Return a picture moved down and to the right, its edge repeated where it uncovers.

    Parameters
    ----------
    pixels : ``(..., H, W, C)``; of several frames each is moved alike.
    by : (down, right) in pixels; negative moves up and left.
    """
    rows, columns = (
        np.clip(np.arange(size) - step, 0, size - 1)
        for size, step in zip(pixels.shape[-3:-1], by, strict=True)
    )
    return np.ascontiguousarray(pixels[..., rows[:, np.newaxis], columns, :])


def change(old: NDArray[Any], new: NDArray[Any], moved_by: Sequence[float] | None = None) -> Change:
    """Compare two outputs of one layer.

    Parameters
    ----------
    old, new : ``(C, *sizes)`` or ``(F,)``.
    moved_by : places along each axis by which the map itself is moved; None where none are known.
    """
    kept = None
    if moved_by is not None and old.ndim == len(moved_by) + 1:
        moved, part = _moved(old, moved_by)
        kept = _relative(moved, new[(slice(None), *part)])
    return Change(_relative(old, new), kept)


def steps_of(network: NetworkSpec, layer_id: str, by: tuple[int, int]) -> tuple[float, ...] | None:
    """Return by how many places a layer's maps move along with the picture; None where unknown.

    One number for each axis of the maps: along time nothing moves.
    """
    strides = [axis.stride for axis in fields(network)[layer_id][-2:]]
    if None in strides:
        return None
    moved = tuple(step / stride for step, stride in zip(by, strides, strict=True) if stride)
    still = (0.0,) * (len(infer(network).shapes[layer_id]) - 3)
    return *still, *moved


POOLINGS = ("none", "max", "average", "stride", "blurred max")
"""Ways to make maps half as large that are compared, and none."""


def compared_poolings(
    old: NDArray[Any], new: NDArray[Any], steps: Sequence[float] | None
) -> dict[str, Change]:
    """Compare how stable maps are after each of ``POOLINGS``, of each moment for itself.

    Parameters
    ----------
    old, new : the maps before and after the shift.
        ``(C, H, W)`` or ``(C, T, H, W)``.
    steps : by how many places they move themselves; None where that is not known.
    """
    half = None if steps is None else tuple(step / 2 for step in steps)
    return {
        kind: change(_pooled(old, kind), _pooled(new, kind), steps if kind == "none" else half)
        for kind in POOLINGS
    }


def _pooled(maps: NDArray[Any], kind: str) -> NDArray[np.float64]:
    """Return maps pooled 2x2 with stride 2; blurred: the largest at stride 1, then [1 2 1] / 4."""
    values = np.asarray(maps, np.float64)
    if kind == "none":
        return values
    if kind == "blurred max":
        values = np.maximum(values[..., :-1, :], values[..., 1:, :])
        values = np.maximum(values[..., :-1], values[..., 1:])
        padded = np.pad(values, [(0, 0)] * (values.ndim - 2) + [(1, 1)] * 2, mode="edge")
        rows = (padded[..., :-2, :] + 2 * padded[..., 1:-1, :] + padded[..., 2:, :]) / 4
        return ((rows[..., :-2] + 2 * rows[..., 1:-1] + rows[..., 2:]) / 4)[..., ::2, ::2]
    if kind == "stride":
        return values[..., ::2, ::2]
    *whole, height, width = values.shape
    blocks = values[..., : height // 2 * 2, : width // 2 * 2]
    blocks = blocks.reshape(*whole, height // 2, 2, width // 2, 2)
    return blocks.max(axis=(-3, -1)) if kind == "max" else blocks.mean(axis=(-3, -1))


def changes(
    network: NetworkSpec,
    old: Mapping[str, NDArray[Any]],
    new: Mapping[str, NDArray[Any]],
    by: tuple[int, int],
) -> dict[str, Change]:
    """Compare the outputs of all layers, by id, after a shift by (down, right) pixels."""
    found = {}
    for layer_id, before in old.items():
        steps = steps_of(network, layer_id, by) if before.ndim > 1 else None
        found[layer_id] = change(before, new[layer_id], steps)
    return found


def _relative(old: NDArray[Any], new: NDArray[Any]) -> float | None:
    if not old.size:
        return None
    before = np.asarray(old, np.float64)
    with np.errstate(all="ignore"):
        norm = float(np.linalg.norm(before))
        difference = float(np.linalg.norm(new - before))
    if not norm or not math.isfinite(norm) or not math.isfinite(difference):
        return None
    return difference / norm


def _moved(old: NDArray[Any], by: Sequence[float]) -> tuple[NDArray[np.float64], tuple[slice, ...]]:
    """Return a map moved along its axes, where it covers, and which part of the new one that is."""
    moved = np.asarray(old, np.float64)
    parts = []
    for axis, step in enumerate(by, start=1):
        size = moved.shape[axis]
        start, stop = max(math.ceil(step), 0), min(math.floor(size - 1 + step) + 1, size)
        if start >= stop:
            return np.empty((0,)), (slice(0, 0),) * len(by)
        read = np.arange(start, stop) - step
        below = np.clip(np.floor(read).astype(np.intp), 0, size - 1)
        above = np.minimum(below + 1, size - 1)
        share = (read - below).reshape([-1 if place == axis else 1 for place in range(moved.ndim)])
        with np.errstate(invalid="ignore"):  # of what is infinite
            moved = np.take(moved, below, axis) * (1 - share) + np.take(moved, above, axis) * share
        parts.append(slice(start, stop))
    return moved, tuple(parts)
