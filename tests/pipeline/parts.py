"""The parts that a test counts on a result to have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from cnngui.pipeline.lenses.channel import ChannelResult
from cnngui.pipeline.lenses.scores import Scores
from cnngui.pipeline.lenses.thumbnails import Thumbnail, Thumbnails
from cnngui.pipeline.lenses.vector import VectorResult
from cnngui.pipeline.lenses.wall import WallResult
from cnngui.pipeline.results import FrameResult

Part = TypeVar("Part")


def part_of(result: FrameResult, kind: type[Part]) -> Part:
    """Return what a lens made; fails where the result has none of it."""
    found = result.part(kind)
    assert found is not None, f"no {kind.__name__} among {[made.__name__ for made in result.parts]}"
    return found


def wall_of(result: FrameResult) -> WallResult:
    return part_of(result, WallResult)


def channel_of(result: FrameResult) -> ChannelResult:
    return part_of(result, ChannelResult)


def vector_of(result: FrameResult) -> VectorResult:
    return part_of(result, VectorResult)


def scores_of(result: FrameResult) -> NDArray[np.float32]:
    return part_of(result, Scores).values


def thumbnails_of(result: FrameResult) -> Mapping[str, Thumbnail]:
    return part_of(result, Thumbnails).by_layer
