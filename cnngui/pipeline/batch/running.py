"""Runs a source through a network without anybody looking on, and measures it."""

from __future__ import annotations

from collections.abc import Callable

from cnngui.pipeline.batch.in_order import run_in_order
from cnngui.pipeline.batch.orders import BatchReport, BatchRequest
from cnngui.pipeline.batch.realtime import run_realtime


def run_batch(request: BatchRequest, is_stopped: Callable[[], bool]) -> BatchReport:
    """Run the frames asked for, or as many as there are.

    Parameters
    ----------
    is_stopped : asked between frames, and while one is waited for; True ends the run early.

    Raises
    ------
    SourceError, NetworkError, SaveError
        The source, the network or the snapshot's folder cannot be used.
    """
    return (run_realtime if request.realtime else run_in_order)(request, is_stopped)
