"""Where a window's places meet a line of values: shared by convolution and pooling."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Axis:
    """Windows along one axis of a map.

    Result ``o`` sees at its ``tap``-th place the value ``o * stride + tap * dilation - before``.

    Attributes
    ----------
    size, out_size : values there are, and results.
    window : how many places a window has.
    stride, dilation : the steps from window to window, and from place to place.
    before : how far the first window begins before the first value (padding; may be negative).
    """

    size: int
    out_size: int
    window: int
    stride: int = 1
    dilation: int = 1
    before: int = 0

    def tap(self, tap: int) -> tuple[slice, slice]:
        """Return (results, values): for which results this place lies on a value, and on which."""
        offset = tap * self.dilation - self.before
        first = max(-(offset // self.stride), 0)
        stop = min(self.out_size, (self.size - 1 - offset) // self.stride + 1)
        if stop <= first:
            return slice(0, 0), slice(0, 0)
        begin, end = first * self.stride + offset, (stop - 1) * self.stride + offset + 1
        return slice(first, stop), slice(begin, end, self.stride)

    @cached_property
    def taps(self) -> list[tuple[slice, slice]]:
        """``tap`` for every place of the window."""
        return [self.tap(tap) for tap in range(self.window)]

    def part(self, first: int, stop: int) -> Axis:
        """Return the same windows, but only results ``first`` to ``stop``."""
        return replace(self, out_size=stop - first, before=self.before - first * self.stride)

    def over(self, values: slice) -> Axis:
        """Return the same windows, but over some of the values only."""
        return replace(self, size=values.stop - values.start, before=self.before + values.start)

    def seeing(self) -> range:
        """Return the results that see some value, and those between."""
        first = max(-((self.reach - 1 - self.before) // self.stride), 0)
        stop = min((self.size - 1 + self.before) // self.stride + 1, self.out_size)
        return range(first, max(stop, first))

    @property
    def span(self) -> range:
        """From the first value that a window sees to the last, those in the padding included."""
        last = (self.out_size - 1) * self.stride + self.reach
        return range(-self.before, last - self.before)

    @property
    def reach(self) -> int:
        """How many values there are from a window's first place to its last."""
        return self.dilation * (self.window - 1) + 1

    def backward(self) -> Axis:
        """Return the windows through which values see the results; for a stride of 1."""
        before = self.reach - 1 - self.before
        return Axis(self.out_size, self.size, self.window, 1, self.dilation, before)

    def sizes(self, *, with_padding: bool) -> NDArray[np.int64]:
        """Return how many places each window has, those in the padding included or not.

        Those beyond the padding never count, of which a last window may have some.
        """
        first = np.arange(self.out_size) * self.stride - self.before
        last = np.minimum(first + self.window, self.size + self.before)
        if not with_padding:
            first, last = np.maximum(first, 0), np.minimum(last, self.size)
        return last - first

    @property
    def changes_nothing(self) -> bool:
        """Whether each result sees the one value at its place."""
        return self.window == self.stride == 1 and self.before == 0

    @cached_property
    def is_partition(self) -> bool:
        """Whether every value lies in exactly one window and no window reaches beyond."""
        return (
            self.window == self.stride
            and self.before == 0
            and self.dilation == 1
            and self.size == self.out_size * self.window
        )
