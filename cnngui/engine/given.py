"""What a program is given to compute, and how it comes into its memory."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnngui.engine.ops.live.tensor import Part, Tensor

Array = NDArray[np.float32]


class Given:
    """What a program was given to compute.

    Attributes
    ----------
    x : float32, or bytes, ``(N, C, H, W)`` or ``(N, C, T, H, W)``; None between runs.
    back : by how many moments the window that is computed lies before that of x.
    """

    def __init__(self, pixels_to_values: tuple[Array, Array] | None) -> None:
        self.x: NDArray | None = None
        self.back = 0
        self._pixels_to_values = pixels_to_values

    def put(self, target: Array, images: NDArray) -> None:
        """Write images of x ``(N, C, H, W)``, as the network reads them."""
        if images.dtype == np.float32 or self._pixels_to_values is None:
            np.copyto(target, images)
            return
        scale, shift = self._pixels_to_values
        np.multiply(images, scale, out=target)
        target += shift


def take_input(given: Given, part: Part, target: Tensor) -> None:
    """Write a part of what was given into the input's tensor."""
    x, moments = given.x, target.moments
    if x is None:
        raise RuntimeError("nothing was given to compute")
    if x.ndim == 4:
        pictures, rows = (slice(some.start, some.stop) for some in (part.images, part.rows))
        given.put(target.view(part), x[pictures, :, rows])
        return
    for sample in range(part.images.start // moments, -(-part.images.stop // moments)):
        first = sample * moments
        images = range(max(first, part.images.start), min(first + moments, part.images.stop))
        before = first + given.back
        some = slice(images.start - before, images.stop - before)
        read = x[sample, :, some, part.rows.start : part.rows.stop]
        given.put(target.view(Part(images, part.rows)), read.swapaxes(0, 1))
