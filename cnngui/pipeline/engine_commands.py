"""What the thread that computes may be told."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from cnngui.pipeline.messages import ViewRequest
from cnngui.spec.network import NetworkSpec
from cnngui.weights import Weights


@dataclass(frozen=True, eq=False)
class SetNetwork:
    """Compute with this network."""

    spec: NetworkSpec
    generation: int
    weights: Weights | None


@dataclass(frozen=True)
class SetView:
    """Make these pictures."""

    view: ViewRequest


@dataclass(frozen=True)
class SetFrozen:
    """Keep the frame, or go on."""

    frozen: bool


@dataclass(frozen=True)
class SetThreads:
    """Compute on so many cores."""

    count: int


@dataclass(frozen=True)
class SaveNetwork:
    """Have a network written, with the weights that it has or would have."""

    path: Path
    spec: NetworkSpec


@dataclass(frozen=True, eq=False)
class TakeSnapshot:
    """Have the frame shown and every layer's maps written."""

    parent: Path
    colormaps: tuple[str, str]
    is_cancelled: Callable[[], bool]


@dataclass(frozen=True, eq=False)
class ShowWeights:
    """Compute with these weights for now, if the network has the layers of ``spec``.

    They are not the network's own: it has those again when it is set anew, or with ``weights``
    None.
    """

    spec: NetworkSpec
    weights: Weights | None


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
    | SaveNetwork
    | TakeSnapshot
    | ShowWeights
    | LendWeights
)
