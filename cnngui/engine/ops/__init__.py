"""The arithmetic of each type of layer, one module for each family of types.

A type's two strategies stand side by side:

- *live*: a network that watches a camera does the same on the same memory thirty times a second. So
  what runs is *bound*: given arrays, it returns the NumPy calls that do the work, each ready with
  its arguments. Views, windows and scratch memory are made once. See ``ops.live``.
- *learning*: forward with memory, and backward, with the images of a batch innermost. See
  ``ops.learning``.

What both can compute by the same calls is written once, as a ``Formula``. Convolution, pooling over
windows and fully-connected layers have two strategies, since other things make them fast: the live
path has one image, and cuts it into bands of rows that stay in the cache; a batch has many, whose
values side by side make every step of a window a long run in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

Call = Callable[[], object]
Calls = list[Call]


def run(calls: Iterable[Call]) -> None:
    """Do the bound work."""
    for call in calls:
        call()
