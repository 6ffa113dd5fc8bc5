"""Runs without a window, as the command line asks, and says what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cnngui import __version__
from cnngui.atomic import place_of
from cnngui.capture.address import parse_address
from cnngui.engine import parallel
from cnngui.formats.opening import open_network
from cnngui.harmless import harmless, without_passwords
from cnngui.pipeline.batch.orders import STOPPED, BatchReport, BatchRequest
from cnngui.pipeline.batch.running import run_batch
from cnngui.spec.shapes import infer
from cnngui.terminal.cli import DEFAULT_NETWORK, DEFAULT_SOURCE, EXIT_STOPPED, Arguments
from cnngui.terminal.reports import refuse_unwritable, signals_stop, write_report
from cnngui.terminal.snapshots import snapshot_order


def run_headless(arguments: Arguments) -> int:
    """Run, print a summary, write snapshot and report; return the exit code.

    Raises
    ------
    UserError
        Source, network, snapshot folder or report cannot be used. The last two are tried before
        anything runs.
    """
    source = arguments.source or DEFAULT_SOURCE
    found = open_network(arguments.network or DEFAULT_NETWORK)
    spec = found.spec if arguments.seed is None else found.spec.seeded(arguments.seed)
    infer(spec).raise_if_invalid()
    address = parse_address(source)
    if arguments.snapshot is not None:
        refuse_unwritable(arguments.snapshot, may_be_made=True)
    if arguments.report is not None:
        refuse_unwritable(place_of(arguments.report).parent, may_be_made=False)
    parallel.configure(arguments.threads)
    # The first Ctrl+C ends the frames, whose last one is still saved; another one gives that up.
    with signals_stop(presses=1 if arguments.snapshot is None else 2) as stopped:
        snapshot = None
        if arguments.snapshot is not None:
            snapshot = snapshot_order(
                arguments.snapshot,
                arguments.snapshot_layers,
                arguments.channel_pictures,
                spec,
                stopped,
            )
        request = BatchRequest(
            address=address,
            spec=spec,
            weights=found.weights,
            frames=arguments.frames,
            snapshot=snapshot,
            realtime=arguments.realtime,
        )
        report = run_batch(request, stopped.is_set)
    if arguments.report is not None:
        write_report(arguments.report, _as_json(arguments, source, request, report))
    _print_summary(arguments, request, report)
    return EXIT_STOPPED if report.ended_early == STOPPED else 0


def _as_json(
    arguments: Arguments, source: str, request: BatchRequest, report: BatchReport
) -> dict[str, Any]:
    return {
        "program": f"cnngui {__version__}",
        "source": without_passwords(source),
        "network": request.spec.name,
        "seed": arguments.seed,
        "realtime": request.realtime,
        "threads": parallel.thread_count(),
        "frames": {
            "asked": request.frames,
            "captured": report.captured,
            "processed": report.processed,
            "dropped": report.dropped,
        },
        "ended_early": report.ended_early or None,
        "warnings": list(report.warnings),
        "seconds": round(report.seconds, 4),
        "frames_per_second": round(report.frames_per_second, 2),
        "latency_ms": _rounded(report.latency_ms),
        "layer_ms": _rounded(report.layer_ms),
        "shapes": {name: list(shape) for name, shape in infer(request.spec).shapes.items()},
        "snapshot": str(report.snapshot.absolute()) if report.snapshot is not None else None,
    }


def _rounded(values: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value, 3) for name, value in values.items()}


def _frames(count: int) -> str:
    return "1 frame" if count == 1 else f"{count} frames"


def _print_summary(arguments: Arguments, request: BatchRequest, report: BatchReport) -> None:
    print(
        f"{request.address.label} through {request.spec.name}: {_frames(report.processed)} in "
        f"{report.seconds:.1f} s, {report.frames_per_second:.1f} frames a second, "
        f"{report.dropped} dropped"
    )
    if report.ended_early:
        asked = _frames(request.frames)
        print(f"Ended after {report.captured} of {asked}: {report.ended_early}")
    for warning in report.warnings:
        print(f"Beware: {warning}")
    if request.snapshot is not None and report.snapshot is None and report.processed:
        print("Snapshot: given up, nothing of it is left")
    if report.snapshot is not None:
        print(f"Snapshot: {harmless(str(report.snapshot.absolute()))}")
    if arguments.report is not None:
        print(f"Report: {harmless(str(arguments.report.absolute()))}")
