"""The part of the picture that a number really listens to, with these weights, on this picture.

Of all that a number can see, the middle counts most: the share of each pixel is the size of the
number's derivative with respect to it (Luo, Li, Urtasun and Zemel, "Understanding the Effective
Receptive Field in Deep Convolutional Neural Networks", 2016).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnngui.engine.gradients.derivatives import Gradients, unit
from cnngui.spec.layers import INPUT_ID


def effective_field(
    gradients: Gradients, layer_id: str, channel: int, at: Sequence[int], x: NDArray[Any]
) -> NDArray[np.float32]:
    """Return how much a number depends on each pixel.

    Parameters
    ----------
    gradients : of the network.
    layer_id, channel, at : the number; ``at`` is ``()`` in a flat layer.
    x : float32 ``(1, C, H, W)``, the picture as the network reads it, or ``(1, C, T, H, W)``.

    Returns
    -------
    float32 ``(H, W)`` or ``(T, H, W)``, not negative: the derivatives' sizes, summed over the
    picture's channels.
    """
    found = gradients.of(layer_id, unit(channel, *at), x)
    sizes = np.abs(found.layers[INPUT_ID][0])
    return np.ascontiguousarray(sizes.sum(axis=0), np.float32)


def spread(field: NDArray[Any]) -> tuple[float, ...] | None:
    """Return the standard deviation along each axis, in pixels, along time in frames.

    None if nothing is listened to.
    """
    weights = np.asarray(field, np.float64)
    weights = np.where(np.isfinite(weights), weights, 0.0)
    total = float(weights.sum())
    if not total:
        return None
    found = []
    for axis, size in enumerate(weights.shape):
        along = weights.sum(axis=tuple(other for other in range(weights.ndim) if other != axis))
        places = np.arange(size)
        mean = float((along * places).sum()) / total
        found.append(float(np.sqrt((along * (places - mean) ** 2).sum() / total)))
    return tuple(found)
