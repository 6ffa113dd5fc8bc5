"""What is asked of a run without anybody looking on, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from cnngui.capture.address import SourceAddress
from cnngui.featuremaps.snapshot_plan import MOST_CHANNEL_PICTURES, SnapshotPlan, plan_snapshot
from cnngui.spec.network import NetworkSpec
from cnngui.weights import Weights

SOURCE_ENDED = "the source ended"
STOPPED = "stopped by hand"


@dataclass(frozen=True, eq=False)
class SnapshotOrder:
    """A snapshot of the last frame.

    Attributes
    ----------
    parent : the folder for the snapshot's folder.
    layer_ids : the layers wanted; None wants all.
    most_pictures : of single channels.
    on_planned : told what it will hold, before it is computed.
    on_progress : told how many steps are done, of how many.
    is_cancelled : asked after each step; True gives it up, and nothing of it is left.
    """

    parent: Path
    layer_ids: tuple[str, ...] | None = None
    most_pictures: int = MOST_CHANNEL_PICTURES
    on_planned: Callable[[SnapshotPlan], None] = lambda plan: None
    on_progress: Callable[[int, int], None] = lambda done, total: None
    is_cancelled: Callable[[], bool] = lambda: False

    def tell_plan(self, spec: NetworkSpec) -> None:
        """Tell what it will hold."""
        self.on_planned(plan_snapshot(spec, self.layer_ids, self.most_pictures))


@dataclass(frozen=True, eq=False)
class BatchRequest:
    """What to run.

    Attributes
    ----------
    frames : how many, at least 1; a medium that ends earlier is not begun again.
    snapshot : of the last frame, or None.
    realtime : keep the source's tempo and drop frames as the window does, instead of computing
        every frame in order.
    """

    address: SourceAddress
    spec: NetworkSpec
    weights: Weights | None
    frames: int
    snapshot: SnapshotOrder | None = None
    realtime: bool = False


@dataclass(frozen=True, eq=False)
class BatchReport:
    """What came of it.

    Attributes
    ----------
    seconds : from the first frame to the last result.
    ended_early : why there were fewer frames than asked for; empty if there were not.
    warnings : what was wrong with the source without ending it: files skipped, a video cut off.
    latency_ms : from capture to result; percentiles 50, 95 and 99. Pictures of a folder wait for
        those that they are computed with.
    layer_ms : median milliseconds a frame by layer id. A layer that another one does on the way,
        such as a normalisation multiplied into weights, has none of its own where a folder's
        pictures are computed together.
    snapshot : the folder written, or None where none was asked for or it was given up.
    """

    captured: int
    processed: int
    dropped: int
    seconds: float
    ended_early: str
    warnings: tuple[str, ...]
    latency_ms: Mapping[str, float]
    layer_ms: Mapping[str, float]
    snapshot: Path | None

    @property
    def frames_per_second(self) -> float:
        """Frames processed a second."""
        return self.processed / self.seconds if self.seconds > 0 else 0.0
