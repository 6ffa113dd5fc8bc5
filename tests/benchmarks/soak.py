"""Lets the window live while somebody looks around in it, and tells whether it stays as it was.

``python -m tests.benchmarks.soak --minutes 10 [--json FILE]`` prints a line every half minute and
a verdict; the exit code is 1 if something wore out. ``--training EPOCHS`` trains meanwhile, again
and again, so many epochs each time.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import psutil

from cnngui.engine.parallel import prepare_environment
from tests.benchmarks.heap import Heap, give_back, objects_by_type, read_heap

if TYPE_CHECKING:
    from tests.benchmarks.live_window import LiveWindow

_RATE = 30.0
_ROUNDS_BEFORE = 4
"""Through all layers, until everything was done once that somebody does here."""
_MOST_GROWTH_MB = 32.0
"""Once memory has settled, which takes minutes, and while something is trained half an hour: freed
memory is kept, and reused, in pieces. Over two hours of training, what was in use stayed between
322 and 363 MB, up and down with the kernels that are kept of the training; the least that the
process held rose by 1.1 MB a minute in the first 28 minutes and by 0.1 in the 92 after them, and
85 of its 580 MB could be given back in the end."""
_MOST_NEW_FILES = 4
_MOST_TYPES_TOLD = 12
_MOST_NONES_LOST = 1000
"""Far below what the leak of one at every call of Qt would be, far above what comes and goes."""


@dataclass(frozen=True)
class Sample:
    """How things stand at one moment.

    Attributes
    ----------
    memory_mb : the most since the sample before; it differs from layer to layer.
    least_mb : the least since then.
    heap : what the allocator says of it.
    history_mb : what is kept of the training under way, by intent and up to a bound.
    none_references : ``sys.getrefcount(None)``; it does not move where None is immortal (3.12).
    threads : names of those that stay.
    processed, shown : frames since the sample before.
    notice : what the window complains about; empty if it does not.
    """

    seconds: float
    memory_mb: float
    none_references: int
    open_files: int
    threads: tuple[str, ...]
    processed: int
    shown: int
    notice: str
    least_mb: float = 0.0
    heap: Heap = field(default_factory=Heap)
    trainings: int = 0
    history_mb: float = 0.0

    def __str__(self) -> str:
        return (
            f"{self.seconds:6.0f} s  {self.least_mb:6.1f} to {self.memory_mb:6.1f} MB "
            f"(heap {self.heap.used_mb:.1f} used, {self.heap.free_mb:.1f} free, "
            f"{self.heap.python_blocks} blocks)  "
            f"{self.trainings} trainings ({self.history_mb:.1f} MB)  {len(self.threads)} threads  "
            f"{self.open_files} files  {self.none_references} references to None  "
            f"{self.processed} processed  {self.shown} shown"
        )


def worn(samples: list[Sample], most_growth_mb: float = _MOST_GROWTH_MB) -> list[str]:
    """Return what has become worse from the first quarter of the samples to the last, in words."""
    quarter = max(len(samples) // 4, 1)
    early, late = samples[:quarter], samples[-quarter:]

    def rise(number: Callable[[Sample], float]) -> float:
        return median(map(number, late)) - median(map(number, early))

    found = []
    if (grown := rise(lambda sample: sample.memory_mb - sample.history_mb)) > most_growth_mb:
        found.append(f"memory grew by {grown:.1f} MB")
    if (opened := rise(lambda sample: sample.open_files)) > _MOST_NEW_FILES:
        found.append(f"{opened:.0f} more files are open")
    if (lost := -rise(lambda sample: sample.none_references)) > _MOST_NONES_LOST:
        found.append(f"{lost:.0f} references to None were lost")
    gone = sorted(set(early[0].threads) - set(late[-1].threads))
    found += [f"thread {name} has ended" for name in gone]
    if len(late[-1].threads) > len(early[0].threads):
        found.append(f"there are more threads: {', '.join(late[-1].threads)}")
    found += [
        f"nothing was {what} before second {sample.seconds:.0f}"
        for sample in samples
        for what, count in (("processed", sample.processed), ("shown", sample.shown))
        if count == 0
    ]
    return found + sorted({f"the window says: {s.notice}" for s in samples if s.notice})


class _Visitor:
    """Looks at one layer after the other; after each round changes source or weights.

    Attributes
    ----------
    most_memory_mb, least_memory_mb : of the moments before each step.
    """

    def __init__(self, live: LiveWindow) -> None:
        self._live = live
        self._process = psutil.Process()
        self.forget()
        self._rounds = 0
        self._layer_ids = [layer.id for layer in live.document.spec.layers]
        self._next = 0

    def forget(self) -> None:
        self.most_memory_mb, self.least_memory_mb = 0.0, math.inf

    def step(self) -> None:
        memory_mb = self._process.memory_info().rss / 2**20
        self.most_memory_mb = max(self.most_memory_mb, memory_mb)
        self.least_memory_mb = min(self.least_memory_mb, memory_mb)
        self._live.document.select(self._layer_ids[self._next])
        self._next = (self._next + 1) % len(self._layer_ids)
        if self._next == 0:
            self._rounds += 1
            self._finish_round()

    def _finish_round(self) -> None:
        document = self._live.document
        match self._rounds % 4:
            case 0:
                self._live.open_clip()
            case 1:
                document.edit(document.spec.redrawn(self._rounds), "New weights")
            case 2:
                self._live.open_camera()
            case 3:
                document.undo_stack.undo()


def soak(
    seconds: float,
    sample_every_s: float,
    step_every_s: float,
    on_sample: Callable[[Sample], None],
    epochs: int = 0,
) -> list[Sample]:
    """Run the window and return samples, the first one after some rounds.

    ``epochs`` is how long each training is; 0 trains nothing.
    """
    from PySide6.QtCore import QTimer

    from tests.benchmarks.live_window import live_window
    from tests.benchmarks.pupil import Pupil
    from tests.benchmarks.subjects import camera_network, tiny_vgg

    process = psutil.Process()
    count_files = process.num_fds if hasattr(process, "num_fds") else process.num_handles
    network = tiny_vgg() if epochs else camera_network()
    samples: list[Sample] = []
    with live_window(network, _RATE) as live:
        visitor = _Visitor(live)
        pupil = Pupil(live, epochs) if epochs else None
        steps = QTimer(interval=round(step_every_s * 1e3))
        steps.timeout.connect(visitor.step)
        steps.start()
        live.run(_ROUNDS_BEFORE * step_every_s * len(network.layers))
        visitor.forget()
        began = time.monotonic()
        live.forget()
        processed, shown = live.processed, live.shown
        while time.monotonic() - began < seconds:
            live.run(sample_every_s)
            notice = live.window.notices.current
            if pupil is not None:
                pupil.turn_page()
            samples.append(
                Sample(
                    seconds=time.monotonic() - began,
                    memory_mb=visitor.most_memory_mb,
                    least_mb=visitor.least_memory_mb,
                    heap=read_heap(),
                    trainings=pupil.started if pupil is not None else 0,
                    history_mb=pupil.history_mb if pupil is not None else 0.0,
                    none_references=sys.getrefcount(None),
                    open_files=count_files(),
                    threads=_staying_threads(),
                    processed=live.processed - processed,
                    shown=live.shown - shown,
                    notice=notice.text if notice is not None else "",
                )
            )
            processed, shown = live.processed, live.shown
            visitor.forget()
            on_sample(samples[-1])
            if len(samples) == 1:
                objects = objects_by_type()
        steps.stop()
        grown = objects_by_type() - objects
    print(
        "More objects: "
        + ", ".join(f"{n} {name}" for name, n in grown.most_common(_MOST_TYPES_TOLD))
    )
    kept_mb = process.memory_info().rss / 2**20
    if give_back():
        print(f"Given back: {kept_mb - process.memory_info().rss / 2**20:.1f} MB of {kept_mb:.1f}")
    return samples


def _staying_threads() -> tuple[str, ...]:
    """Return the names of all threads but those that open a source or list cameras."""
    names = (thread.name for thread in threading.enumerate())
    return tuple(sorted(name for name in names if name not in ("cnngui-open", "camera list")))


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.soak", description="Let the window live for minutes."
    )
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--sample", type=float, default=30.0, help="seconds between samples")
    parser.add_argument("--step", type=float, default=1.0, help="seconds for each layer")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write samples and verdict there")
    parser.add_argument(
        "--growth", type=float, default=_MOST_GROWTH_MB, help="MB that memory may grow by"
    )
    parser.add_argument(
        "--training", type=int, default=0, metavar="EPOCHS", help="train meanwhile, this long each"
    )
    arguments = parser.parse_args()
    # Before NumPy and Qt are imported, which look at it once.
    prepare_environment()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    samples = soak(
        arguments.minutes * 60.0,
        arguments.sample,
        arguments.step,
        lambda sample: print(sample, flush=True),
        arguments.training,
    )
    found = worn(samples, arguments.growth)
    print("Worn out: " + "; ".join(found) if found else "As fresh as at the beginning.")
    if arguments.json:
        verdict = {"worn": found, "samples": [asdict(sample) for sample in samples]}
        arguments.json.write_text(json.dumps(verdict, indent=1) + "\n", encoding="utf-8")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
