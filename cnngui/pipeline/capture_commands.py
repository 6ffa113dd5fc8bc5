"""What the thread that plays the source may be told."""

from __future__ import annotations

from dataclasses import dataclass, field

from cnngui.capture.address import SourceAddress
from cnngui.capture.settings import CaptureSettings
from cnngui.pipeline.messages import NewestOnly, Playback
from cnngui.spec.network import InputSpec


@dataclass(frozen=True)
class OpenSource(NewestOnly):
    """Change to another source and play it; ``SourceOpened`` or ``SourceFailed`` follows."""

    address: SourceAddress
    settings: CaptureSettings = field(default_factory=CaptureSettings)


@dataclass(frozen=True)
class CloseSource:
    """Let go of the source; the last frame stays."""


@dataclass(frozen=True)
class Play(NewestOnly):
    """Play as told; ``PlaybackChanged`` follows."""

    playback: Playback


@dataclass(frozen=True)
class Seek(NewestOnly):
    """Show the medium's frame at a position."""

    position: int


@dataclass(frozen=True)
class Step:
    """Pause, and go some frames forward or back."""

    by: int = 1


@dataclass(frozen=True)
class SetInput(NewestOnly):
    """Gather frames for a network with that input, those before the one shown included."""

    input: InputSpec


CaptureCommand = OpenSource | CloseSource | Play | Seek | Step | SetInput
