"""What the pipeline hands out for one frame. Arrays are fresh and read-only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from cnngui.capture.frame import Window
from cnngui.pipeline.messages import ViewRequest
from cnngui.weights import Weights

Part = TypeVar("Part")


@dataclass(frozen=True, eq=False)
class FrameResult:
    """One frame, and what the network made of it.

    Attributes
    ----------
    index, position, time : the frame's; see ``capture.frame.Frame``.
    fresh : False when the same frame was computed once more for another network or view.
    is_complete : False where the frame is still being computed: parts that are absent may follow
        in another result of the same frame.
    continues : whether it is that other result: its first parts were handed out before.
    generation : of the network that computed it.
    view : the request it answers.
    picture : uint8 ``(h, w, 3)``, the source's frame, at most 640 pixels wide.
    input : uint8 ``(H, W, C)``, what the network saw; of several frames the newest.
    parts : what the lenses made, by its class; see ``part``.
    layer_ms : milliseconds per layer computed; empty while it is not complete.
    weights : the network's, by layer id.
    window : the frames that a network of several sees, or those there are while it fills.
    """

    index: int
    position: int
    time: float
    fresh: bool
    is_complete: bool
    continues: bool
    generation: int
    view: ViewRequest
    picture: NDArray[np.uint8]
    input: NDArray[np.uint8]
    parts: Mapping[type, object]
    layer_ms: Mapping[str, float]
    weights: Weights
    window: Window | None = None

    @property
    def filling(self) -> tuple[int, int] | None:
        """How many frames there are, of how many needed, while nothing can be computed yet."""
        if self.window is None or self.window.is_full:
            return None
        return len(self.window.moments), self.window.input.frames

    def input_at(self, back: int) -> NDArray[np.uint8]:
        """Return what the network saw so many moments before the newest; at most the oldest."""
        if self.window is None or not self.window.moments:
            return self.input
        return self.window.moments[max(len(self.window.moments) - 1 - back, 0)].pixels

    def part(self, kind: type[Part]) -> Part | None:
        """Return what a lens made, by the class of it; None where it was not asked to."""
        found = self.parts.get(kind)
        return found if isinstance(found, kind) else None


@dataclass(frozen=True)
class Counters:
    """How well the pipeline keeps up.

    Attributes
    ----------
    captured, processed, shown, dropped : frames since the counters were reset. ``dropped`` ones
        were replaced by a newer frame before the network had time for them. Frames that only fill
        the window of a network that sees several are not counted.
    rate_in, rate_processed, rate_shown : frames a second over the last two seconds.
    latency_median_ms, latency_p95_ms : from capture to screen over the last five seconds; 0 while
        nothing was shown.
    """

    captured: int = 0
    processed: int = 0
    shown: int = 0
    dropped: int = 0
    rate_in: float = 0.0
    rate_processed: float = 0.0
    rate_shown: float = 0.0
    latency_median_ms: float = 0.0
    latency_p95_ms: float = 0.0
