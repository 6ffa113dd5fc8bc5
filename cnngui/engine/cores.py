"""Keeping threads that work together on processor cores of their own. Only Linux needs it.

A virtual machine under Linux takes a core that has nothing to do for one that is not there, and
lets a thread that wakes up queue behind the one that woke it. Two threads then share a core for
some ten milliseconds while the other is idle, and begin to do so again after each short rest.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager


def _find_current_core() -> Callable[[], int] | None:
    """Return what tells the core that the calling thread is on. Python has nothing for that."""
    if not hasattr(os, "sched_setaffinity"):
        return None
    try:
        found: Callable[[], int] = ctypes.CDLL(None).sched_getcpu
    except (OSError, AttributeError):
        return None
    return found


_current_core = _find_current_core()


@contextmanager
def kept_apart(helpers: Collection[int]) -> Iterator[None]:
    """Keep the calling thread on its core meanwhile, and helpers on all others.

    Parameters
    ----------
    helpers : native ids of threads. They stay on other cores than this one until they are kept
        apart from another.
    """
    before = _separate(helpers)
    try:
        yield
    finally:
        if before:
            os.sched_setaffinity(0, before)


def _separate(helpers: Collection[int]) -> set[int]:
    """Return the cores that the calling thread had before; none if all is left as it was."""
    if _current_core is None or not helpers:
        return set()
    allowed, core = os.sched_getaffinity(0), _current_core()
    if len(allowed) < 2 or core not in allowed:
        return set()
    try:
        for helper in helpers:
            os.sched_setaffinity(helper, allowed - {core})
        os.sched_setaffinity(0, {core})
    except OSError:
        # Some containers forbid it.
        return set()
    return allowed
