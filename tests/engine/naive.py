"""What the operations must compute, written as plainly as can be: loops, in float64."""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def convolve(x, weight, bias=None, stride=(1, 1), dilation=(1, 1), groups=1) -> Array:
    """x with its padding, of any rank; the sum over a window, place by place."""
    images, _, *sides = x.shape
    out_channels, group_channels, *kernel = weight.shape
    out_sides = [
        (side - distance * (size - 1) - 1) // step + 1
        for side, size, step, distance in zip(sides, kernel, stride, dilation, strict=True)
    ]
    out = np.zeros((images, out_channels, *out_sides))
    for n, k, *place in np.ndindex(*out.shape):
        first = k // (out_channels // groups) * group_channels
        total = 0.0 if bias is None else float(bias[k])
        for c, *tap in np.ndindex(group_channels, *kernel):
            seen = [
                at * step + i * distance
                for at, step, i, distance in zip(place, stride, tap, dilation, strict=True)
            ]
            total += float(x[n, first + c, *seen]) * float(weight[k, c, *tap])
        out[n, k, *place] = total
    return out


def pool(
    x, kind, out_size, kernel_size, stride, padding, count_include_pad=True, dilation=None
) -> Array:
    """The windows' maxima or means, as PyTorch counts what lies in the padding and beyond."""
    out = np.zeros((*x.shape[:2], *out_size))
    for n, c, *place in np.ndindex(*out.shape):
        window = (kernel_size, stride, padding, dilation)
        places, with_padding = pool_window(place, x.shape[2:], *window)
        inside = [float(x[n, c, *at]) for at in places]
        if kind == "max":
            out[n, c, *place] = max(inside)
        else:
            out[n, c, *place] = sum(inside) / (with_padding if count_include_pad else len(inside))
    return out


def pool_window(
    place, size, kernel_size, stride, padding, dilation=None
) -> tuple[list[tuple[int, ...]], int]:
    """(where a window lies on values, how many places it has with padding)."""
    along, count = [], 1
    dilation = dilation or (1,) * len(size)
    for at, side, taps, step, pad, distance in zip(
        place, size, kernel_size, stride, padding, dilation, strict=True
    ):
        first = at * step - pad
        last = min(first + distance * (taps - 1) + 1, side + pad)
        along.append([i for i in range(first, last, distance) if 0 <= i < side])
        count *= last - first
    return list(itertools.product(*along)), count
