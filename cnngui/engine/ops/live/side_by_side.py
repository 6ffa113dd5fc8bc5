"""Groups of few channels, several of which are computed together.

A product of matrices of four columns takes about as long as one of sixteen, and windows of four
channels are copied as slowly as those of sixteen. So kernels of neighbouring groups are put along
the diagonal of a larger one. Its other numbers are zero, and zero times what is not finite is NaN:
where a result is not finite, the groups are computed apart after all.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cnngui.engine.ops import run
from cnngui.engine.ops.live.conv_choice import conv2d
from cnngui.engine.ops.live.conv_weights import ConvWeights
from cnngui.engine.ops.live.scratch import Scratch

Array = NDArray[np.float32]

_FEW = 12
"""Channels of a group. Fewer are put together, but no more of them than needed: of 128 channels in
groups of 4 over 56x56, 5.5 ms apart, 1.3 by 16, 1.6 by 32 and 3.2 as one."""


def joined(weights: ConvWeights) -> ConvWeights:
    """Return weights that compute the same in fewer groups; these themselves if none gain by it."""
    groups, (out_channels, channels, *size) = weights.groups, weights.weight.shape
    if groups == 1 or channels == 1 or channels >= _FEW:
        return weights
    divisors = (count for count in range(1, groups) if groups % count == 0)
    count = next((count for count in divisors if count * channels >= _FEW), groups)
    made = out_channels // groups
    wider = np.zeros((groups // count, count, made, count, channels, *size), np.float32)
    kernels = weights.weight.reshape(groups // count, count, made, channels, *size)
    for place in range(count):
        wider[:, place, :, place] = kernels[:, place]
    weight = wider.reshape(out_channels, count * channels, *size)
    return replace(weights, weight=weight, groups=groups // count)


def mend(x: Array, weights: ConvWeights, out: Array) -> None:
    """Compute ``out`` again, group by group, if not all of it is finite.

    Parameters
    ----------
    x, out : as of ``conv2d``.
    weights : those of the groups apart.
    """
    if not np.isfinite(np.add.reduce(out, axis=None)):
        run(conv2d(x, weights, out, Scratch()))
