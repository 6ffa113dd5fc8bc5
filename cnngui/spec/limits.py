"""How much memory a network may ask for. Whoever starts the program says what the machine has."""

from __future__ import annotations

from cnngui.errors import Text, text

BYTES_PER_VALUE = 4
WEIGHT_COPIES = 2
"""Weights exist as they were read or drawn, and once more as they are multiplied."""

_most_bytes = 2 * 2**30


def most_bytes() -> int:
    """Return what maps and weights of one network may take together."""
    return _most_bytes


def most_megabytes() -> int:
    """The same as messages tell it."""
    return _most_bytes // 1_000_000


def megabytes_of(values: int) -> int:
    """Return what so many float32 take, rounded up, as messages tell it."""
    return -(-BYTES_PER_VALUE * values // 1_000_000)


def most_values() -> int:
    """Return how many values a single tensor may have."""
    return _most_bytes // BYTES_PER_VALUE


def values_rule() -> Text:
    """Return what a tensor breaks that has more values."""
    return text("must give at most {most:,} values, for which there is memory", most=most_values())


def allow(count: int) -> None:
    """Let networks take so many bytes from now on."""
    global _most_bytes
    _most_bytes = count
