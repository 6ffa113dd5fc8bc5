"""Maps of several moments: how those of a tensor lie among its images, and who looks across them.

A tensor ``(N, C, T, H, W)`` lies as N * T images, the moments of one sample after one another. What
works on each moment for itself need know nothing of time. What looks across moments sees the same
memory with an axis for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray

from cnngui.spec.layers import LayerSpec, Shape, whole

Array = NDArray[Any]


def looks_across(layer: LayerSpec, sources: Sequence[Shape], shape: Shape) -> bool:
    """Tell whether some moment of the output is not made of the same moment of all that is read."""
    described = (*sources, shape)
    if max(map(len, described)) < 4 or not layer.enabled:
        return False
    if layer.rank is not None:
        return layer.rank == 3
    if min(map(len, described)) < 4 or len({each[1] for each in described}) > 1:
        return True
    moment = range(1)
    part = (range(shape[0]), moment, *whole(shape[2:]))
    return any(read[1] != moment for read in layer.reach(part, sources, shape))


def by_sample(images: Array, moments: int) -> Array:
    """See images ``(N * T, C, H, W)`` as ``(N, C, T, H, W)``."""
    return images.reshape(-1, moments, *images.shape[1:]).swapaxes(1, 2)


def samples_of(images: range, moments: int) -> tuple[range, range]:
    """Return which samples some images belong to, and which moments of them these are.

    All moments where the images are not of one sample.
    """
    first, last = images.start // moments, (images.stop - 1) // moments
    if first < last:
        return range(first, last + 1), range(moments)
    begin = first * moments
    return range(first, first + 1), range(images.start - begin, images.stop - begin)


def images_of(samples: range, moments: range, of: int) -> range:
    """Return the images that some moments of samples are: of one sample, or all ``of`` moments."""
    return range(samples.start * of + moments.start, (samples.stop - 1) * of + moments.stop)
