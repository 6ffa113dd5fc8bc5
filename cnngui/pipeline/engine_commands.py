"""What the thread that computes may be told."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnngui.featuremaps.snapshot_plan import MOST_CHANNEL_PICTURES
from cnngui.pipeline.messages import NewestOnly, ViewRequest
from cnngui.spec.network import NetworkSpec
from cnngui.weights import Weights


@dataclass(frozen=True, eq=False)
class SetNetwork:
    """Compute with this network; ``NetworkApplied`` or ``NetworkFailed`` follows."""

    spec: NetworkSpec
    generation: int
    weights: Weights | None = None


@dataclass(frozen=True)
class SetView(NewestOnly):
    """Make the pictures that are on the screen."""

    view: ViewRequest


@dataclass(frozen=True)
class SetFrozen(NewestOnly):
    """Keep the frame that is shown, whatever the source does; or go on. The network may change."""

    frozen: bool


@dataclass(frozen=True)
class SetThreads(NewestOnly):
    """Compute on so many cores."""

    count: int


@dataclass(frozen=True)
class SetColormaps(NewestOnly):
    """Give snapshots and recordings these colours."""

    sequential: str
    diverging: str


@dataclass(frozen=True)
class SaveNetwork:
    """Have a network written: ``Saved`` or ``JobFailed`` follows.

    To a ``.safetensors`` file it is written with the weights that it has or would have.
    """

    path: Path
    spec: NetworkSpec


@dataclass(frozen=True)
class TakeSnapshot:
    """Have the frame shown and layers' maps written into a new folder in ``parent``.

    ``SaveProgress``, then ``Saved``, ``SaveCancelled`` or ``JobFailed`` follows.

    Attributes
    ----------
    layer_ids : the layers wanted; None wants all.
    most_pictures : of single channels; see ``featuremaps.snapshot_plan``.
    """

    parent: Path
    layer_ids: tuple[str, ...] | None = None
    most_pictures: int = MOST_CHANNEL_PICTURES


@dataclass(frozen=True)
class CancelSnapshots:
    """Give up every snapshot under way; ``SaveCancelled`` follows for each."""


@dataclass(frozen=True, eq=False)
class EditWeights:
    """Change some numbers of a parameter by hand; they are seen at once.

    With ``is_final`` the change is the network's: ``WeightsEdited`` follows, with a name for the
    new weights. Until then they are only shown, and ``HideWeights`` takes them back.

    Attributes
    ----------
    layer_id, parameter : whose numbers.
    places : index arrays, one for each axis of the parameter, all of one shape; without any, no
        number is changed.
    values : float32 of that shape.
    """

    layer_id: str
    parameter: str
    places: tuple[NDArray[np.intp], ...]
    values: NDArray[np.float32]
    is_final: bool = False

    def covers(self, other: EditWeights) -> bool:
        """Whether nothing of an earlier edit is left after this one."""
        return (self.layer_id, self.parameter) == (other.layer_id, other.parameter) and all(
            np.array_equal(mine, theirs)
            for mine, theirs in zip(self.places, other.places, strict=True)
        )


@dataclass(frozen=True, eq=False)
class ShowWeights(NewestOnly):
    """Compute with these weights for now, if the network has the layers of ``spec``.

    They are not the network's own: it has those again when it is set anew, or when they are hidden.
    """

    spec: NetworkSpec
    weights: Weights


@dataclass(frozen=True)
class HideWeights:
    """Compute with the weights that the network names, and no others."""


@dataclass(frozen=True, eq=False)
class LendWeights:
    """Answer with the weights that a network has or would have."""

    spec: NetworkSpec
    answer: Future[Weights]


EngineCommand = (
    SetNetwork
    | SetView
    | SetFrozen
    | SetThreads
    | SetColormaps
    | SaveNetwork
    | TakeSnapshot
    | CancelSnapshots
    | EditWeights
    | ShowWeights
    | HideWeights
    | LendWeights
)
