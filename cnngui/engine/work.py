"""What a plan is made of: layers in their places, and pieces of their work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import ceil

from cnngui.engine.glimpse import Glimpse
from cnngui.engine.ops.live.layer import Layer
from cnngui.engine.ops.live.tensor import Part


@dataclass(frozen=True, eq=False)
class Node:
    """A layer in its place: its output's shape, and what it reads.

    Attributes
    ----------
    shape : ``(C, H, W)``, ``(C, T, H, W)`` or ``(F,)``.
    multiply_adds : for all moments of a sample.
    """

    layer: Layer
    inputs: tuple[str, ...]
    shape: tuple[int, ...]
    multiply_adds: int


@dataclass(frozen=True)
class Stage:
    """One layer's work on one band: where it reads, where it writes, which part of that."""

    name: str
    sources: tuple[str, ...]
    target: str
    part: Part


@dataclass(frozen=True)
class GlimpsePart:
    """A glimpse taken from one band.

    Attributes
    ----------
    layer : whose values they are.
    source : where they are read. If that is what the layer itself reads, the layer has yet to be
        computed, for the values of the glimpse alone.
    """

    glimpse: Glimpse
    layer: str
    source: str
    part: Part


@dataclass(frozen=True)
class Piece:
    """What a thread computes at a time.

    Attributes
    ----------
    bands : a band of a step or of ("input",), which is only copied; or several small steps, one
        after the other, each of a single band.
    needs : the numbers of the earlier pieces that make what this one reads.
    """

    bands: tuple[tuple[tuple[str, ...], Part], ...]
    needs: tuple[int, ...] = ()


def without_implied_needs(pieces: Sequence[Piece]) -> list[Piece]:
    """Leave out of what each piece needs whatever another piece that it needs has needed before."""
    reached: list[int] = []  # per piece a bit for each one that is done when it begins
    left: list[Piece] = []
    for piece in pieces:
        before = 0
        needs = []
        for need in sorted(piece.needs, reverse=True):
            if not before >> need & 1:
                needs.append(need)
                before |= reached[need] | 1 << need
        reached.append(before)
        left.append(replace(piece, needs=tuple(reversed(needs))))
    return left


def cut(images: int, height: int, count: int, splits_rows: bool, rows: int = 1) -> list[Part]:
    """Cut a batch into about so many parts: of images if there are enough, else of rows.

    The latter are a multiple of ``rows``.
    """
    per_image = ceil(count / images) if splits_rows else 1
    if per_image == 1:
        return [Part(some, range(height)) for some in divided(images, count)]
    return [
        Part(range(image, image + 1), some_rows)
        for image in range(images)
        for some_rows in divided(height, per_image, rows)
    ]


def divided(length: int, count: int, multiple: int = 1) -> list[range]:
    """Cut ``range(length)`` into at most ``count`` pieces, as equal as they can be.

    Pieces are of a multiple of so many unless there would be only one; the last may be shorter.
    """
    if length < 2 * multiple:
        multiple = 1
    units = ceil(length / multiple)
    count = min(count, units)
    ends = [min(units * number // count * multiple, length) for number in range(count + 1)]
    return [range(first, last) for first, last in pairwise(ends)]
