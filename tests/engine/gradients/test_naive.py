"""Convolution and pooling, forward and backward, beside loops."""

from __future__ import annotations

import numpy as np
import pytest

from cnngui.spec import layers as spec
from tests.engine import naive
from tests.engine.gradients import naive_gradients
from tests.engine.gradients.test_gradients import CONVOLUTIONS, POOLINGS
from tests.engine.gradients.workbench import Bench, apart


@pytest.mark.parametrize("arguments", CONVOLUTIONS, ids=str)
def test_convolution(arguments):
    layer = spec.Conv2d(id="conv", **{"out_channels": 4, **arguments})
    x = apart((2, 4, 5, 7))
    bench = Bench(layer, x)
    weight, bias = bench.parameters["weight"], bench.parameters.get("bias")
    how = layer.stride, layer.dilation, layer.groups
    margins = layer.pads
    padded = np.pad(x, ((0, 0), (0, 0), *margins))
    np.testing.assert_allclose(
        bench.result(), naive.convolve(padded, weight, bias, *how), atol=1e-9
    )

    bench.differentiate()
    d_out, (found,) = bench.seen()
    d_padded, d_weight = naive_gradients.conv2d(d_out, padded, weight, *how)
    (top, _), (left, _) = margins
    d_x = d_padded[:, :, top : top + 5, left : left + 7]
    np.testing.assert_allclose(found, d_x, atol=1e-9)
    np.testing.assert_allclose(bench.gradients["weight"], d_weight, atol=1e-9)
    if layer.bias:
        np.testing.assert_allclose(bench.gradients["bias"], d_out.sum((0, 2, 3)), atol=1e-9)


@pytest.mark.parametrize("arguments", POOLINGS, ids=str)
@pytest.mark.parametrize("kind", ["max", "mean", "mean of what is inside"])
def test_pooling(arguments, kind):
    x = apart((2, 3, 5, 7))
    counts_padding = kind == "mean"
    layer: spec.MaxPool2d | spec.AvgPool2d = (
        spec.MaxPool2d(id="pool", **arguments)
        if kind == "max"
        else spec.AvgPool2d(id="pool", count_include_pad=counts_padding, **arguments)
    )
    how = layer.kernel_size, layer.stride, layer.padding
    bench = Bench(layer, x)
    result = bench.result()
    expected = naive.pool(x, kind, result.shape[2:], *how, counts_padding)
    np.testing.assert_allclose(result, expected, atol=1e-12)

    bench.differentiate()
    d_out, (found,) = bench.seen()
    d_x = naive_gradients.pool(d_out, x, kind, *how, counts_padding)
    np.testing.assert_allclose(found, d_x, atol=1e-12)
