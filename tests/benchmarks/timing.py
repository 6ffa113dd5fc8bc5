"""How things are timed, and how results are shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from statistics import median
from time import perf_counter, sleep

_SHORTEST_SAMPLE_S = 0.002
_REST_S = 0.05
"""Threads of a contender's pool go on looking for work for a while and would take the cores from
the one whose turn is next."""
_WARMING_CALLS = 3
_FEWEST_CALLS = 3


def interleaved_medians(
    contenders: Mapping[str, Callable[[], object]],
    rounds: int,
    clock: Callable[[], float] = perf_counter,
) -> dict[str, float]:
    """Return each contender's median seconds per call.

    Contenders take turns, so that whatever else the machine does meets all of them alike. Each turn
    begins with a rest and calls that do not count. Several calls are timed at a time, more of them
    where they are too short for the clock, which is of any kind that counts seconds.
    """
    repeats = {}
    for name, call in contenders.items():
        call()
        call()
        start = clock()
        call()
        repeats[name] = max(_FEWEST_CALLS, int(_SHORTEST_SAMPLE_S / max(clock() - start, 1e-7)))
    samples: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, call in contenders.items():
            sleep(_REST_S)
            for _ in range(_WARMING_CALLS):
                call()
            start = clock()
            for _ in range(repeats[name]):
                call()
            samples[name].append((clock() - start) / repeats[name])
    return {name: median(times) for name, times in samples.items()}


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return rows of text under a header, the first column to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]

    def line(cells: Sequence[str]) -> str:
        first, *others = (
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )
        return "  ".join([first, *others]).rstrip()

    return "\n".join([line(header), line(["-" * width for width in widths]), *map(line, rows)])
