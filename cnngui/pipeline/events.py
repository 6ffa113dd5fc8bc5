"""What the pipeline reports besides pictures. None of it may be missed, so events queue up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cnngui.capture.address import SourceAddress
from cnngui.capture.source import SourceInfo
from cnngui.engine.carrying import Carried
from cnngui.errors import UserError
from cnngui.pipeline.data_events import DataEvent
from cnngui.pipeline.kernel_pictures import KernelsDrawn
from cnngui.pipeline.messages import NewestOnly, Playback
from cnngui.pipeline.training.progress import (
    MemoryMeasured,
    RunRead,
    RunsKept,
    RunsListed,
    TimesMeasured,
    TrainingEnded,
    TrainingPreparing,
    TrainingProgressed,
    TrainingRefused,
)
from cnngui.spec.network import NetworkSpec
from cnngui.weights import Weights


@dataclass(frozen=True)
class SourceOpened:
    """Frames come from this source now; also when a lost one is back."""

    address: SourceAddress
    info: SourceInfo


@dataclass(frozen=True)
class SourceLost:
    """A camera or stream that was running gives no more frames; the same one is tried again."""

    address: SourceAddress
    error: UserError


@dataclass(frozen=True)
class SourceFailed:
    """A source could not be opened, and the one before it keeps running; or it broke for good."""

    address: SourceAddress
    error: UserError


@dataclass(frozen=True)
class SourceWarned:
    """Something of the source is not as it should be, and it goes on (a file that was skipped)."""

    address: SourceAddress
    error: UserError


@dataclass(frozen=True)
class SourceMeasured:
    """The medium is longer or shorter than it said of itself, or its length was not known."""

    address: SourceAddress
    info: SourceInfo


@dataclass(frozen=True)
class SourceEnded:
    """The medium was played to its end and does not loop."""

    address: SourceAddress


@dataclass(frozen=True)
class PlaybackChanged(NewestOnly):
    """How the source is played from now on, and the position it stands at."""

    playback: Playback
    position: int


@dataclass(frozen=True)
class NetworkApplied:
    """The network of this generation computes from now on.

    Attributes
    ----------
    carried : by layer id, what became of the weights of layers that have other shapes than before.
    weights_ids : what names the weights of these layers now, "" for drawn ones.
    """

    generation: int
    carried: Mapping[str, Carried] = field(default_factory=dict)
    weights_ids: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class WeightsEdited:
    """Numbers of a layer were changed by hand.

    Attributes
    ----------
    generation : of the network that they were changed in.
    spec : that network, with a name for the layer's new weights.
    weights : the layer's, by its id.
    """

    generation: int
    spec: NetworkSpec
    layer_id: str
    weights: Weights


@dataclass(frozen=True)
class NetworkFailed:
    """The network of this generation cannot be computed; the one before it keeps running."""

    generation: int
    error: UserError


@dataclass(frozen=True, eq=False)
class NetworkRead:
    """A network file or preset was read. ``path`` is what was asked for."""

    path: str
    spec: NetworkSpec
    weights: Weights | None


@dataclass(frozen=True)
class Saved:
    """A file or folder ("snapshot", "network") was written and is whole."""

    what: str
    path: Path


@dataclass(frozen=True)
class SaveProgress(NewestOnly):
    """How far a file or folder is written."""

    what: str
    done: int
    total: int


@dataclass(frozen=True)
class SaveCancelled:
    """The user gave up a file or folder; nothing of it is left."""

    what: str


@dataclass(frozen=True)
class RecordingStarted:
    """Results are being written to a video file."""

    path: Path


@dataclass(frozen=True)
class RecordingStopped:
    """The video file is whole and closed."""

    path: Path


@dataclass(frozen=True)
class JobFailed:
    """Reading or writing ("snapshot", "network", "recording") did not work."""

    what: str
    error: UserError


@dataclass(frozen=True)
class Crashed:
    """A defect of the program: ``where`` it happened, and the ``report`` for whoever mends it."""

    where: str
    report: str


Event = (
    SourceOpened
    | SourceLost
    | SourceFailed
    | SourceWarned
    | SourceMeasured
    | SourceEnded
    | PlaybackChanged
    | NetworkApplied
    | WeightsEdited
    | NetworkFailed
    | NetworkRead
    | Saved
    | SaveProgress
    | SaveCancelled
    | RecordingStarted
    | RecordingStopped
    | JobFailed
    | DataEvent
    | TrainingPreparing
    | TrainingProgressed
    | TrainingEnded
    | TrainingRefused
    | RunsKept
    | RunsListed
    | RunRead
    | MemoryMeasured
    | TimesMeasured
    | KernelsDrawn
    | Crashed
)
