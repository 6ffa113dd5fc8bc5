"""What the thread of files is given to write: networks and snapshots."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from cnngui.featuremaps.snapshot import SnapshotContent, write_snapshot
from cnngui.formats.network_file import write_network
from cnngui.pipeline.events import Event, Saved, SaveProgress
from cnngui.pipeline.file_worker import Job
from cnngui.spec.network import NetworkSpec
from cnngui.weights import Weights


def network_job(path: Path, spec: NetworkSpec, weights: Weights | None) -> Job:
    """Return the writing of a network; without weights, of its description."""

    def write() -> Event:
        write_network(path, spec, weights)
        return Saved("network", path)

    return Job("network", write)


def snapshot_job(parent: Path, content: SnapshotContent, report: Callable[[Event], None]) -> Job:
    """Return the writing of a snapshot, which tells how far it is and can be given up."""
    cancelled = threading.Event()

    def progress(done: int, total: int) -> None:
        report(SaveProgress("snapshot", done, total))

    def write() -> Event:
        return Saved("snapshot", write_snapshot(parent, content, progress, cancelled.is_set))

    return Job("snapshot", write, cancelled)
