from __future__ import annotations

import numpy as np
import pytest

from cnngui.featuremaps.kernels import kernels_of
from cnngui.spec.layers import Conv2d, ConvTranspose2d

SOURCE = (6, 5, 5)


@pytest.mark.parametrize("groups", [1, 2, 3])
@pytest.mark.parametrize("kind", [Conv2d, ConvTranspose2d])
def test_a_kernel_is_what_an_output_channel_is_made_with(kind, groups):
    layer = kind(id="c", out_channels=12, kernel_size=(2, 3), groups=groups)
    shape = layer.weight_shape(SOURCE[0])
    weight = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
    kernels = kernels_of(layer, weight)
    assert kernels.shape == (12, 6 // groups, 2, 3)
    for channel in range(12):
        read = layer.channels_read(range(channel, channel + 1), SOURCE[0])
        for place, source in enumerate(read):
            if kind is Conv2d:
                expected = weight[channel, place]
            else:
                expected = weight[source, channel % (12 // groups)]
            np.testing.assert_array_equal(kernels[channel, place], expected)
