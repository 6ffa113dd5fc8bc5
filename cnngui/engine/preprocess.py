"""From a picture's bytes to what a network reads."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def normalise(
    pixels: NDArray[np.uint8],
    mean: Sequence[float],
    std: Sequence[float],
    out: NDArray[np.float32] | None = None,
) -> NDArray[np.float32]:
    """Return ``(pixels / 255 - mean) / std``, channels first.

    Parameters
    ----------
    pixels : uint8 ``(H, W, C)``, or ``(T, H, W, C)``.
    mean, std : one number per channel, in the unit of pixels in 0..1.
    out : float32 ``(1, C, H, W)`` or ``(1, C, T, H, W)`` to write into; a new one by default.

    Returns
    -------
    float32 ``(1, C, H, W)`` or ``(1, C, T, H, W)``.
    """
    return normalise_batch(pixels[np.newaxis], mean, std, out)


def normalise_batch(
    pixels: NDArray[np.uint8],
    mean: Sequence[float],
    std: Sequence[float],
    out: NDArray[np.float32] | None = None,
) -> NDArray[np.float32]:
    """Return the same as ``normalise`` for several: ``(N, C, H, W)`` or ``(N, C, T, H, W)``."""
    planes = np.moveaxis(pixels, -1, 1)
    if out is None:
        out = np.empty(planes.shape, np.float32)
    per_channel = (-1, *(1 for _ in planes.shape[2:]))
    scale, shift = (part.reshape(per_channel) for part in pixels_to_values(mean, std))
    # All channels in one call each: a live frame comes while the window paints the one before, and
    # every call may have to wait for the interpreter.
    np.multiply(planes, scale, out=out)
    out += shift
    return out


def pixels_to_values(
    mean: Sequence[float], std: Sequence[float]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return what bytes are multiplied by, and what is then added: each ``(C, 1, 1)``."""
    scale = 1 / (255 * np.asarray(std, np.float64))
    shift = -np.asarray(mean, np.float64) / std
    return scale.astype(np.float32)[:, None, None], shift.astype(np.float32)[:, None, None]
