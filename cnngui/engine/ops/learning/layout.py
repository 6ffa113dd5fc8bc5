"""How maps lie while a network learns, and how they are seen from outside.

Maps are ``(rows, channels, columns, moments * images)``: the last axis holds the moments one after
the other, and in each of them the images of the batch. So a layer that works on each moment for
itself takes moments for more images, and a step in time is a run of ``images`` values further.
"""

from __future__ import annotations

from numpy.typing import NDArray

from cnngui.spec.layers import Shape


def lying(shape: Shape, images: int) -> Shape:
    """Return the shape in memory of so many tensors of that shape."""
    match shape:
        case (channels, height, width):
            return height, channels, width, images
        case (channels, moments, height, width):
            return height, channels, width, moments * images
        case _:
            return *shape, images


def by_moment(maps: NDArray, images: int) -> NDArray:
    """See maps as ``(rows, channels, columns, moments, images)``."""
    return maps.reshape(*maps.shape[:3], -1, images)


def images_first(array: NDArray, shape: Shape) -> NDArray:
    """See tensors of that shape as PyTorch orders them: ``(N, *shape)``."""
    match shape:
        case (_, _, _):
            return array.transpose(3, 1, 0, 2)
        case (_, moments, _, _):
            return array.reshape(*array.shape[:3], moments, -1).transpose(4, 1, 3, 0, 2)
        case _:
            return array.T
