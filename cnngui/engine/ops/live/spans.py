"""Windows over time: which moments of the source an output moment is made of.

Several output moments can be computed by the same calls if all are made of source moments by the
same taps of their windows, as those are whose windows lie wholly inside.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from cnngui.engine.ops.formula import Recipe
from cnngui.engine.ops.live.tensor import Tensor
from cnngui.engine.ops.moments import samples_of

Taps = tuple[tuple[int, int], ...]
"""(tap of a window, the source moment that stands there), for all that lie inside."""


class Run(NamedTuple):
    """Output images that follow each other, of one sample, made by the same taps.

    Attributes
    ----------
    images : of the output.
    taps : those of a window, in order.
    sources : for each tap the images of the source that stand there, one for each of the output's.
    """

    images: range
    taps: tuple[int, ...]
    sources: tuple[range, ...]


class Windows1d(NamedTuple):
    """Where windows lie along time."""

    kernel_size: int
    stride: int
    before: int
    dilation: int = 1
    after: int = 0

    @property
    def are_moments(self) -> bool:
        """Whether window t is moment t."""
        return self.kernel_size == self.stride == 1 and self.before == self.after == 0

    def taps(self, moment: int, of: int) -> Taps:
        """Return what an output moment is made of, of a source of so many moments."""
        first = moment * self.stride - self.before
        places = ((tap, first + tap * self.dilation) for tap in range(self.kernel_size))
        return tuple((tap, place) for tap, place in places if 0 <= place < of)


def recipe_of(taps: Taps) -> Recipe:
    """Return what is made of the moments that stand at some taps of a window."""
    return Recipe(tuple(tap for tap, _ in taps), tuple((0, place) for _, place in taps))


def runs(
    images: range, source: Tensor, target: Tensor, taps_of: Callable[[int, int], Taps]
) -> list[Run]:
    """Divide output images into runs.

    Parameters
    ----------
    taps_of : given an output moment and how many moments the source has, what it is made of.
    """
    found: list[Run] = []
    for image in images:
        (sample, *_), (moment, *_) = samples_of(range(image, image + 1), target.moments)
        both = taps_of(moment, source.moments)
        taps = tuple(tap for tap, _ in both)
        first = sample * source.moments
        made_of = [first + place for _, place in both]
        if found and found[-1].taps == taps and moment > 0:
            before = found[-1]
            steps = {
                place - known[-1] for place, known in zip(made_of, before.sources, strict=True)
            }
            known_steps = {known.step for known in before.sources if len(known) > 1}
            if len(steps | known_steps) <= 1 and min(steps, default=1) > 0:
                step = min(steps, default=1)
                found[-1] = Run(
                    range(before.images.start, image + 1),
                    taps,
                    tuple(range(known[0], known[-1] + step + 1, step) for known in before.sources),
                )
                continue
        sources = tuple(range(place, place + 1) for place in made_of)
        found.append(Run(range(image, image + 1), taps, sources))
    return found
