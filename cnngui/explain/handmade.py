"""Kernels made by hand: well-known ones of any size, and what can be done to one.

All are for cross-correlation, as layers compute it: a kernel is not flipped. Sizes are
(height, width); results are float32. 3x3 kernels are those of the textbooks (Gonzalez and Woods,
"Digital Image Processing"); larger ones continue them by binomial weights.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

Kernel = NDArray[np.float32]
Size = tuple[int, int]


def zero(size: Size) -> Kernel:
    """Return a kernel that sees nothing."""
    return np.zeros(size, np.float32)


def identity(size: Size) -> Kernel:
    """Return a kernel that leaves the picture as it is, with the padding called "same"."""
    kernel = zero(size)
    kernel[(size[0] - 1) // 2, (size[1] - 1) // 2] = 1
    return kernel


def box(size: Size) -> Kernel:
    """Return the mean of the window."""
    return np.full(size, 1 / (size[0] * size[1]), np.float32)


def gauss(size: Size) -> Kernel:
    """Return a blur by binomial weights, ``[1 2 1] / 4`` along each axis of a 3x3 kernel."""
    rows, columns = (_binomial(length) for length in size)
    return np.outer(rows, columns).astype(np.float32)


def sharpen(size: Size) -> Kernel:
    """Return the picture, and once more what a blur takes away from it."""
    if size == (3, 3):
        return np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0]], np.float32)
    return 2 * identity(size) - gauss(size)


def sobel_x(size: Size) -> Kernel:
    """Return a kernel that answers to edges where it becomes brighter to the right."""
    return _edge(size[0], size[1])


def sobel_y(size: Size) -> Kernel:
    """Return a kernel that answers to edges where it becomes brighter below."""
    return np.ascontiguousarray(_edge(size[1], size[0]).T)


def laplacian(size: Size) -> Kernel:
    """Return a kernel that answers to points and thin lines, dark ones with a plus."""
    if size == (3, 3):
        return np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]], np.float32)
    return 4 * (gauss(size) - identity(size))


def emboss(size: Size) -> Kernel:
    """Return the picture as a relief that is lit from the top left."""
    down, right = (np.arange(length) - (length - 1) // 2 for length in size)
    slope = (down[:, None] + right[None, :]).astype(np.float32)
    steepest = float(np.abs(slope).max())
    return slope * np.float32(2 / steepest if steepest else 0) + identity(size)


def gabor(size: Size, angle: float = 0.0, wavelength: float = 4.0) -> Kernel:
    """Return a kernel that answers to stripes.

    Parameters
    ----------
    angle : of the direction across the stripes, in degrees: 0 for upright ones, 90 for level ones.
    wavelength : from stripe to stripe, in pixels; at least 2.
    """
    down, right = (np.arange(length) - (length - 1) / 2 for length in size)
    turn = math.radians(angle)
    across = right[None, :] * math.cos(turn) + down[:, None] * math.sin(turn)
    along = -right[None, :] * math.sin(turn) + down[:, None] * math.cos(turn)
    width = min(0.56 * max(wavelength, 2.0), max(size) / 3) or 1.0
    bell = np.exp(-(across**2 + 0.25 * along**2) / (2 * width**2))
    waves = bell * np.cos(2 * math.pi * across / max(wavelength, 2.0))
    # Flat grey must give nothing, so that only stripes are answered to.
    waves -= bell * (waves.sum() / bell.sum())
    positive = float(waves[waves > 0].sum())
    return (waves / positive if positive > 1e-9 else waves).astype(np.float32)


PRESETS: Mapping[str, Callable[[Size], Kernel]] = {
    "identity": identity,
    "box": box,
    "gauss": gauss,
    "sharpen": sharpen,
    "sobel_x": sobel_x,
    "sobel_y": sobel_y,
    "laplacian": laplacian,
    "emboss": emboss,
    "zero": zero,
}
"""Those that need to know nothing but the size, in the order of a menu."""


def drawn(size: Size, rng: np.random.Generator, inputs: int = 1) -> Kernel:
    """Return random weights as He et al. (2015) draw them for that many input channels."""
    spread = math.sqrt(2 / (inputs * size[0] * size[1]))
    return (rng.standard_normal(size) * spread).astype(np.float32)


def negated(kernel: Kernel) -> Kernel:
    """Return the kernel that answers to the opposite."""
    return -kernel


def turned(kernel: Kernel) -> Kernel:
    """Return a kernel turned by a quarter to the right; what does not fit is turned by a half."""
    if kernel.shape[0] != kernel.shape[1]:
        return np.ascontiguousarray(kernel[::-1, ::-1])
    return np.ascontiguousarray(np.rot90(kernel, -1))


def mirrored(kernel: Kernel) -> Kernel:
    """Return a kernel with left and right exchanged."""
    return np.ascontiguousarray(kernel[:, ::-1])


def summing_to_one(kernel: Kernel) -> Kernel:
    """Return a kernel that keeps the brightness of flat areas.

    One whose weights add up to nothing cannot be scaled to that: it is shifted.
    """
    total = float(kernel.sum(dtype=np.float64))
    if abs(total) > 1e-6 * float(np.abs(kernel).sum()):
        return (kernel / total).astype(np.float32)
    return (kernel + (1 - total) / kernel.size).astype(np.float32)


def summing_to_zero(kernel: Kernel) -> Kernel:
    """Return a kernel that gives nothing on flat areas: its mean is taken off."""
    return (kernel - kernel.mean(dtype=np.float64)).astype(np.float32)


CHANGES: Mapping[str, Callable[[Kernel], Kernel]] = {
    "negate": negated,
    "turn": turned,
    "mirror": mirrored,
    "sum_to_1": summing_to_one,
    "sum_to_0": summing_to_zero,
}
"""What can be done to a kernel, in the order of a menu."""


def _binomial(length: int) -> NDArray[np.float64]:
    weights = np.array([math.comb(length - 1, place) for place in range(length)], np.float64)
    return weights / weights.sum()


def _edge(across: int, along: int) -> Kernel:
    """Return smoothing over ``across`` rows times a difference over ``along`` columns."""
    if along == 1:
        return zero((across, along))
    if along == 2:
        difference = np.array([-1.0, 1.0])
    else:
        difference = np.convolve(_binomial(along - 2), [-1, 0, 1])
    # Whatever the size, an edge from 0 to 1 gives 4, as with 3x3.
    return (4 * np.outer(_binomial(across), difference)).astype(np.float32)
