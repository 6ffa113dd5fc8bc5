"""The kernels of a layer: what of its weights makes each output channel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnngui.spec.layers import LayerSpec


def kernels_of(layer: LayerSpec, weight: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return a weight with one kernel after the other, a view of it where that is possible.

    Parameters
    ----------
    layer : one that has kernels.
    weight : as PyTorch keeps it; of a transposed convolution it begins with the input channels.

    Returns
    -------
    ``(out_channels, in_channels / groups, *kernel_size)``.
    """
    groups = layer.groups_of_inputs
    if groups is None:
        return weight
    in_channels, made, *kernel_size = weight.shape
    grouped = weight.reshape(groups, in_channels // groups, made, *kernel_size)
    return grouped.swapaxes(1, 2).reshape(groups * made, in_channels // groups, *kernel_size)
