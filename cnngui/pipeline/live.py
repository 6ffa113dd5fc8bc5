"""The live path as one object: what the window tells it, and what it gets back.

Every call returns at once; the work is done by threads. News is announced by one bell.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from cnngui.capture.address import SourceAddress
from cnngui.capture.settings import CaptureSettings
from cnngui.pipeline.events import Event
from cnngui.pipeline.messages import Playback, ViewRequest
from cnngui.pipeline.results import Counters, FrameResult
from cnngui.spec.network import NetworkSpec
from cnngui.weights import Weights


class LivePipeline:
    """Source, network and files, each in a thread of its own.

    Parameters
    ----------
    on_news : called from some thread when there was nothing to take and now there is; it must
        return at once. Take everything there is before waiting for the next call.
    """

    def __init__(self, on_news: Callable[[], None]) -> None:
        raise NotImplementedError

    def start(self) -> None:
        """Start the threads."""
        raise NotImplementedError

    def close(self, timeout_s: float = 5.0) -> None:
        """Stop everything, whatever is under way, within the time given.

        A recording is finished, a network being saved is saved, a snapshot under way is removed.
        """
        raise NotImplementedError

    def open_source(self, address: SourceAddress, settings: CaptureSettings | None = None) -> None:
        """Change to another source and play it; ``SourceOpened`` or ``SourceFailed`` follows."""
        raise NotImplementedError

    def close_source(self) -> None:
        """Let go of the source; the last frame stays."""
        raise NotImplementedError

    def set_playback(self, playback: Playback) -> None:
        """Play as told; ``PlaybackChanged`` follows."""
        raise NotImplementedError

    def seek(self, position: int) -> None:
        """Show the medium's frame at ``position``. Of many calls the newest wins."""
        raise NotImplementedError

    def step(self, by: int = 1) -> None:
        """Pause, and go some frames forward or back."""
        raise NotImplementedError

    def set_frozen(self, frozen: bool) -> None:
        """Keep the frame that is shown, whatever the source does; the network may change."""
        raise NotImplementedError

    def set_network(
        self, spec: NetworkSpec, generation: int, weights: Weights | None = None
    ) -> None:
        """Compute with this network; ``NetworkApplied`` or ``NetworkFailed`` follows."""
        raise NotImplementedError

    def set_view(self, view: ViewRequest) -> None:
        """Say what is on the screen."""
        raise NotImplementedError

    def read_network(self, name_or_path: str) -> None:
        """Read a preset or a file; ``NetworkRead`` or ``JobFailed("network")`` follows."""
        raise NotImplementedError

    def save_network(self, path: Path, spec: NetworkSpec) -> None:
        """Write the network, with its weights to ``.safetensors``; ``Saved`` or ``JobFailed``."""
        raise NotImplementedError

    def save_snapshot(self, parent: Path) -> None:
        """Write the frame shown and every layer's maps; ``Saved`` or ``JobFailed`` follows."""
        raise NotImplementedError

    def cancel_snapshot(self) -> None:
        """Give up every snapshot under way; ``SaveCancelled`` follows for each."""
        raise NotImplementedError

    def start_recording(self, parent: Path) -> None:
        """Write wall and input to a video file in ``parent`` from now on."""
        raise NotImplementedError

    def stop_recording(self) -> None:
        """Finish the video file; ``RecordingStopped`` follows."""
        raise NotImplementedError

    def set_colormaps(self, sequential: str, diverging: str) -> None:
        """Choose the colours of snapshots and recordings."""
        raise NotImplementedError

    def set_threads(self, count: int) -> None:
        """Choose how many cores the network is computed on."""
        raise NotImplementedError

    def reset_counters(self) -> None:
        """Count from zero again."""
        raise NotImplementedError

    def take_result(self) -> FrameResult | None:
        """Return the newest result if it was not taken before."""
        raise NotImplementedError

    def take_events(self) -> list[Event]:
        """Return what happened since the last call, oldest first."""
        raise NotImplementedError

    def counters(self) -> Counters:
        """Return how well the pipeline keeps up."""
        raise NotImplementedError

    def mark_shown(self, result: FrameResult) -> None:
        """Say that ``result`` is on the screen now."""
        raise NotImplementedError
