"""What backward must compute, written as plainly as can be: loops, in float64."""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def conv2d(d_out, x, weight, stride=(1, 1), dilation=(1, 1), groups=1) -> tuple[Array, Array]:
    """(d_x, d_weight) of a convolution of x with its padding: product by product."""
    d_x, d_weight = np.zeros(x.shape), np.zeros(weight.shape)
    out_channels, group_channels, kh, kw = weight.shape
    for n, k, y, x_ in np.ndindex(*d_out.shape):
        first = k // (out_channels // groups) * group_channels
        for c, i, j in np.ndindex(group_channels, kh, kw):
            seen = (
                n,
                first + c,
                y * stride[0] + i * dilation[0],
                x_ * stride[1] + j * dilation[1],
            )
            d_x[seen] += d_out[n, k, y, x_] * weight[k, c, i, j]
            d_weight[k, c, i, j] += d_out[n, k, y, x_] * x[seen]
    return d_x, d_weight


def pool(d_out, x, kind, kernel_size, stride, padding, count_include_pad=True) -> Array:
    """The gradient of each window goes to its largest value, or to all in equal parts."""
    d_x = np.zeros(x.shape)
    height, width = x.shape[2:]
    for n, c, y, x_ in np.ndindex(*d_out.shape):
        top, left = y * stride[0] - padding[0], x_ * stride[1] - padding[1]
        bottom = min(top + kernel_size[0], height + padding[0])
        right = min(left + kernel_size[1], width + padding[1])
        inside = [
            (n, c, i, j)
            for i, j in itertools.product(range(top, bottom), range(left, right))
            if 0 <= i < height and 0 <= j < width
        ]
        if kind == "max":
            d_x[max(inside, key=lambda place: x[place])] += d_out[n, c, y, x_]
        else:
            count = (bottom - top) * (right - left) if count_include_pad else len(inside)
            for place in inside:
                d_x[place] += d_out[n, c, y, x_] / count
    return d_x
