"""What backward must compute, written as plainly as can be: loops, in float64."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tests.engine.naive import pool_window

Array = NDArray[np.floating]


def convolve(d_out, x, weight, stride, dilation, groups=1) -> tuple[Array, Array]:
    """(d_x, d_weight) of a convolution of x with its padding: product by product."""
    d_x, d_weight = np.zeros(x.shape), np.zeros(weight.shape)
    out_channels, group_channels, *kernel = weight.shape
    for n, k, *place in np.ndindex(*d_out.shape):
        first = k // (out_channels // groups) * group_channels
        for c, *tap in np.ndindex(group_channels, *kernel):
            seen = [
                at * step + i * distance
                for at, step, i, distance in zip(place, stride, tap, dilation, strict=True)
            ]
            given = d_out[n, k, *place]
            d_x[n, first + c, *seen] += given * weight[k, c, *tap]
            d_weight[k, c, *tap] += given * x[n, first + c, *seen]
    return d_x, d_weight


def pool(d_out, x, kind, kernel_size, stride, padding, count_include_pad=True) -> Array:
    """The gradient of each window goes to its largest value, or to all in equal parts."""
    d_x = np.zeros(x.shape)
    for n, c, y, x_ in np.ndindex(*d_out.shape):
        places, with_padding = pool_window((y, x_), x.shape[2:], kernel_size, stride, padding)
        inside = [(n, c, i, j) for i, j in places]
        if kind == "max":
            d_x[max(inside, key=lambda place: x[place])] += d_out[n, c, y, x_]
        else:
            count = with_padding if count_include_pad else len(inside)
            for place in inside:
                d_x[place] += d_out[n, c, y, x_] / count
    return d_x
