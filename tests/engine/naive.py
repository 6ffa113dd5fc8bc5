"""What the operations must compute, written as plainly as can be: loops, in float64."""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def conv2d(x, weight, bias=None, stride=(1, 1), dilation=(1, 1), groups=1) -> Array:
    """x with its padding; the sum over a window, place by place."""
    images, _, height, width = x.shape
    out_channels, group_channels, kh, kw = weight.shape
    out_height = (height - dilation[0] * (kh - 1) - 1) // stride[0] + 1
    out_width = (width - dilation[1] * (kw - 1) - 1) // stride[1] + 1
    out = np.zeros((images, out_channels, out_height, out_width))
    for n, k, y, x_ in np.ndindex(*out.shape):
        first = k // (out_channels // groups) * group_channels
        total = 0.0 if bias is None else float(bias[k])
        for c, i, j in np.ndindex(group_channels, kh, kw):
            value = x[
                n, first + c, y * stride[0] + i * dilation[0], x_ * stride[1] + j * dilation[1]
            ]
            total += float(value) * float(weight[k, c, i, j])
        out[n, k, y, x_] = total
    return out


def pool(
    x, kind, out_size, kernel_size, stride, padding, count_include_pad=True, dilation=(1, 1)
) -> Array:
    """The windows' maxima or means, as PyTorch counts what lies in the padding and beyond."""
    out = np.zeros((*x.shape[:2], *out_size))
    for n, c, y, x_ in np.ndindex(*out.shape):
        window = (kernel_size, stride, padding, dilation)
        places, with_padding = pool_window((y, x_), x.shape[2:], *window)
        inside = [float(x[n, c, i, j]) for i, j in places]
        if kind == "max":
            out[n, c, y, x_] = max(inside)
        else:
            out[n, c, y, x_] = sum(inside) / (with_padding if count_include_pad else len(inside))
    return out


def pool_window(
    place, size, kernel_size, stride, padding, dilation=(1, 1)
) -> tuple[list[tuple[int, int]], int]:
    """(where a window lies on values: rows and columns, how many places it has with padding)."""
    top, left = (place[axis] * stride[axis] - padding[axis] for axis in (0, 1))
    height, width = (dilation[axis] * (kernel_size[axis] - 1) + 1 for axis in (0, 1))
    bottom = min(top + height, size[0] + padding[0])
    right = min(left + width, size[1] + padding[1])
    rows, columns = range(top, bottom, dilation[0]), range(left, right, dilation[1])
    inside = [
        (i, j) for i, j in itertools.product(rows, columns) if 0 <= i < size[0] and 0 <= j < size[1]
    ]
    return inside, (bottom - top) * (right - left)
