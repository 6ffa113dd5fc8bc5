"""The arithmetic of each kind of layer: functions on arrays, knowing nothing of networks.

Every function here *binds*: given arrays it returns the NumPy calls that do the work, each call
ready with its arguments. A live network does the same on the same memory thirty times a second,
so views, windows and scratch memory are made once, and ``run`` is all that is left for a frame.

Arrays are indexed channels first, ``(N, C, H, W)``, whatever their strides; see ``layout`` for
how they lie in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

Call = Callable[[], object]
Calls = list[Call]


def run(calls: Iterable[Call]) -> None:
    """Do the bound work."""
    for call in calls:
        call()
