"""A snapshot on the terminal: which layers, how large, how far, and given up by Ctrl+C."""

from __future__ import annotations

import sys
from pathlib import Path
from time import perf_counter

from cnngui.errors import ArgumentError, text
from cnngui.featuremaps.snapshot_plan import SnapshotPlan
from cnngui.harmless import harmless
from cnngui.pipeline.batch.orders import SnapshotOrder
from cnngui.spec.network import NetworkSpec
from cnngui.terminal.reports import StopRequests

_REDRAW_S = 0.2


def snapshot_order(
    parent: Path,
    layers: tuple[str, ...],
    most_pictures: int,
    spec: NetworkSpec,
    stopped: StopRequests,
) -> SnapshotOrder:
    """Return what is to be saved of the last frame.

    Parameters
    ----------
    layers : ids; none stands for all, "last" for the last one.

    Raises
    ------
    ArgumentError
        The network has no such layer.
    """
    chosen = tuple(spec.last_id if name == "last" and name not in spec else name for name in layers)
    for name in chosen:
        if name not in spec:
            known = ", ".join(layer.id for layer in spec.layers[:8])
            rule = text("must name layers of the network, such as {known}", known=harmless(known))
            raise ArgumentError("--snapshot-layers", rule, repr(name))
    teller = _Teller(stopped)
    return SnapshotOrder(
        parent,
        chosen or None,
        most_pictures,
        on_planned=teller.tell_plan,
        on_progress=teller.tell_progress,
        is_cancelled=teller.is_cancelled,
    )


class _Teller:
    """Says what a snapshot will hold and how far it is; Ctrl+C from then on gives it up."""

    def __init__(self, stopped: StopRequests) -> None:
        self._stopped = stopped
        self._heard = 0
        self._due = 0.0

    def tell_plan(self, plan: SnapshotPlan) -> None:
        """Say the size."""
        self._heard = self._stopped.count
        print(
            f"Snapshot of {len(plan.layer_ids)} layers: {plan.files:,} files, "
            f"at least {plan.least_bytes / 1e6:,.1f} MB",
            flush=True,
        )

    def tell_progress(self, done: int, total: int) -> None:
        """Say how far it is, where somebody looks on."""
        if not sys.stderr.isatty() or (done < total and perf_counter() < self._due):
            return
        self._due = perf_counter() + _REDRAW_S
        end = "\n" if done == total else ""
        print(f"\rSnapshot: {100 * done // total} %", end=end, file=sys.stderr, flush=True)

    def is_cancelled(self) -> bool:
        """Return whether Ctrl+C was pressed since the size was told."""
        return self._stopped.count > self._heard
