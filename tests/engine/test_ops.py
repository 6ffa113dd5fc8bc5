"""Each strategy of each operation against plain loops."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnngui.engine.ops import activation, activation_pieces, elementwise, run
from cnngui.engine.ops.dense import linear
from cnngui.engine.ops.families import live_layer
from cnngui.engine.ops.live import conv_direct, conv_winograd, side_by_side
from cnngui.engine.ops.live import pooling as pool
from cnngui.engine.ops.live.conv_choice import conv2d
from cnngui.engine.ops.live.conv_weights import ConvWeights
from cnngui.engine.ops.live.layer import LiveRoom
from cnngui.engine.ops.live.layout import as_layout, is_pixel_major, prefers_pixels
from cnngui.engine.ops.live.scratch import Scratch
from cnngui.engine.ops.live.tensor import Margins, Part, Tensor
from cnngui.engine.ops.live.winograd_tiles import dilated_tiles, winograd_tiles
from cnngui.spec import layers as spec
from tests.engine import naive


def tensor(rng, shape, pixels, margin=0):
    """Random values in one of the two layouts, perhaps inside wider memory."""
    images, channels, height, width = shape
    wide = (images, channels, height + 2 * margin, width + 2 * margin)
    memory = as_layout(np.full(int(np.prod(wide)), np.nan, np.float32), wide, pixels)
    view = memory[:, :, margin : margin + height, margin : margin + width]
    view[...] = rng.standard_normal(shape)
    return view


# Each with what it is able to do.
STRATEGIES = {
    conv_direct.unfold_rows: lambda kernel: kernel.dilation[0] == 1,
    conv_direct.unfold_windows: lambda kernel: True,
    conv_direct.unfold_pixels: lambda kernel: True,
    conv_direct.tap_by_tap: lambda kernel: kernel.is_depthwise,
    conv_winograd.winograd_rows: lambda kernel: True,
    conv_winograd.winograd_taps: lambda kernel: kernel.is_depthwise and kernel.stride[1] == 1,
    winograd_tiles: lambda kernel: True,
    dilated_tiles: lambda kernel: True,
}
WINOGRAD = (
    conv_winograd.winograd_rows,
    conv_winograd.winograd_taps,
)


@pytest.mark.parametrize("strategy", STRATEGIES, ids=lambda strategy: strategy.__name__)
@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_convolution_strategies(strategy, data):
    pairs = st.tuples(st.integers(1, 3), st.integers(1, 3))
    kernel, stride, dilation = data.draw(pairs), data.draw(pairs), data.draw(pairs)
    if strategy in WINOGRAD:
        kernel, stride, dilation = (3, kernel[1]), (1, stride[1]), (1, dilation[1])
    if strategy in (winograd_tiles, dilated_tiles):
        distance = 1 if strategy is winograd_tiles else data.draw(st.integers(1, 4))
        kernel, stride, dilation = (3, 3), (1, 1), (distance, distance)
    groups = data.draw(st.integers(1, 3))
    depthwise = strategy in (conv_direct.tap_by_tap, conv_winograd.winograd_taps)
    group_channels = 1 if depthwise else data.draw(st.integers(1, 3))
    kernels = groups * (1 if depthwise else data.draw(st.integers(1, 3)))
    out_size = data.draw(st.tuples(st.integers(1, 4), st.integers(1, 6)))
    if strategy in WINOGRAD:
        out_size = (4 * out_size[0], out_size[1])
    height, width = (
        (count - 1) * step + distance * (size - 1) + 1
        for count, step, distance, size in zip(out_size, stride, dilation, kernel, strict=True)
    )
    images, pixels_in, pixels_out, margin = (
        data.draw(st.integers(1, 2)),
        data.draw(st.booleans()),
        data.draw(st.booleans()),
        data.draw(st.integers(0, 1)),
    )
    if depthwise:
        pixels_in = pixels_out = True
    rng = np.random.default_rng(0)
    x = tensor(rng, (images, groups * group_channels, height, width), pixels_in, margin)
    weight = rng.standard_normal((kernels, group_channels, *kernel)).astype(np.float32)
    out = tensor(rng, (images, kernels, *out_size), pixels_out, margin)
    bias = rng.standard_normal(kernels, np.float32) if data.draw(st.booleans()) else None
    walk = ConvWeights(weight, bias, stride, dilation, groups)
    if not STRATEGIES[strategy](walk):
        return
    run(strategy(x, walk, out, Scratch()))
    expected = naive.convolve(x, weight, bias, stride, dilation, groups)
    np.testing.assert_allclose(out, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("strategy", [conv_winograd.winograd_rows, winograd_tiles])
def test_winograd_is_as_exact_as_it_is_said_to_be(strategy):
    """Within 5e-6 of the largest result, over 1152 products a sum. Measured: 2e-6."""
    rng = np.random.default_rng(0)
    pixels = strategy is not conv_winograd.winograd_rows
    x = tensor(rng, (1, 128, 14, 40), pixels)
    weight = rng.standard_normal((16, 128, 3, 3)).astype(np.float32)
    out = tensor(rng, (1, 16, 12, 38), pixels)
    run(strategy(x, ConvWeights(weight), out, Scratch()))
    windows = np.lib.stride_tricks.sliding_window_view(x[0].astype(np.float64), (3, 3), (1, 2))
    expected = np.einsum("cyxij,ocij->oyx", windows, weight.astype(np.float64), optimize=True)
    assert np.abs(out[0] - expected).max() < 5e-6 * np.abs(expected).max()


@settings(deadline=None, max_examples=150)
@given(data=st.data(), kind=st.sampled_from(("max", "mean")), ceil_mode=st.booleans())
def test_pooling(data, kind, ceil_mode):
    pairs = st.tuples(st.integers(1, 4), st.integers(1, 4))
    kernel, stride = data.draw(pairs), data.draw(pairs)
    padding = tuple(data.draw(st.integers(0, size // 2)) for size in kernel)
    size = data.draw(st.tuples(st.integers(1, 9), st.integers(1, 9)))
    out_size = []
    for side, window, step, pad in zip(size, kernel, stride, padding, strict=True):
        count = (side + 2 * pad - window + (step - 1) * ceil_mode) // step + 1
        out_size.append(count - (ceil_mode and (count - 1) * step >= side + pad))
    if min(out_size) < 1:
        return
    include = data.draw(st.booleans())
    rng = np.random.default_rng(0)
    x = tensor(rng, (2, 3, *size), data.draw(st.booleans()))
    out = tensor(rng, (2, 3, *out_size), data.draw(st.booleans()), margin=1)
    windows, scratch = pool.Windows(kernel, stride, padding), Scratch()
    # In two bands of rows, as threads would.
    for rows in (range(out_size[0] // 2), range(out_size[0] // 2, out_size[0])):
        if rows:
            part = out[:, :, rows.start : rows.stop]
            if kind == "max":
                run(pool.max_pool(x, part, windows, rows, scratch))
            else:
                run(pool.avg_pool(x, part, windows, rows, scratch, count_include_pad=include))
    expected = naive.pool(x, kind, out_size, kernel, stride, padding, include)
    np.testing.assert_allclose(out, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("kind", "layer", "formula"),
    [
        (activation_pieces.ReLU, spec.ReLU(id="a"), lambda x: np.maximum(x, 0)),
        (
            activation_pieces.LeakyReLU,
            spec.LeakyReLU(id="a", negative_slope=0.2),
            lambda x: np.where(x > 0, x, 0.2 * x),
        ),
        (
            activation_pieces.LeakyReLU,
            spec.LeakyReLU(id="a", negative_slope=3.0),
            lambda x: np.where(x > 0, x, 3 * x),
        ),
        (activation.Sigmoid, spec.Sigmoid(id="a"), lambda x: 1 / (1 + np.exp(-x))),
        (activation.Tanh, spec.Tanh(id="a"), np.tanh),
        (activation.SiLU, spec.SiLU(id="a"), lambda x: x / (1 + np.exp(-x))),
        (
            activation.Softmax,
            spec.Softmax(id="a"),
            lambda x: np.exp(x) / np.exp(x).sum(axis=1, keepdims=True),
        ),
    ],
    ids=["relu", "leaky", "steep leaky", "sigmoid", "tanh", "silu", "softmax"],
)
@pytest.mark.parametrize("pixels", [False, True])
def test_activations_in_place_and_apart(kind, layer, formula, pixels):
    rng = np.random.default_rng(0)
    x = tensor(rng, (2, 3, 4, 5), pixels, margin=1)
    x[0, 0, 0, :4] = (-700, -90, 90, 700)  # where exp runs over
    out = tensor(rng, x.shape, pixels)
    expected = formula(x.astype(np.float64))
    activation_, room = kind(layer, {}), LiveRoom(Scratch())
    run(activation_.forward([x], out, range(4), room))
    np.testing.assert_allclose(out, expected, rtol=1e-5, atol=1e-30)
    run(activation_.forward([x], x, range(4), room))
    np.testing.assert_allclose(x, expected, rtol=1e-5, atol=1e-30)


def test_softmax_of_large_numbers():
    x = np.array([1e30, 1e30, -1e30], np.float32).reshape(1, 3, 1, 1)
    softmax = activation.Softmax(spec.Softmax(id="a"), {})
    run(softmax.forward([x], x, range(1), LiveRoom(Scratch())))
    np.testing.assert_array_equal(x.ravel(), [0.5, 0.5, 0])


def test_layout_of_large_maps_and_of_flat_tensors():
    assert not prefers_pixels(channels=16, width=640)
    assert prefers_pixels(channels=256, width=14)
    assert prefers_pixels(channels=10, width=1)
    flat = np.zeros(24, np.float32)
    assert is_pixel_major(as_layout(flat, (1, 4, 2, 3), True))
    assert not is_pixel_major(as_layout(flat, (1, 4, 2, 3), False))


def test_scratch_is_reused_after_a_reset():
    scratch = Scratch()
    scratch.take(100)
    scratch.reset()
    first = scratch.take(10, 7)
    second = scratch.take(30)
    assert not np.shares_memory(first, second)
    assert first.ctypes.data % 64 == second.ctypes.data % 64 == 0
    scratch.reset()
    assert np.shares_memory(scratch.take(10, 7), first)


def test_pooling_pairs_of_columns():
    rng = np.random.default_rng(0)
    x = tensor(rng, (1, 16, 20, 64), pixels=False)
    out = tensor(rng, (1, 16, 10, 32), pixels=False, margin=1)
    run(pool.max_pool(x, out, pool.Windows((2, 2), (2, 2)), range(10), Scratch()))
    expected = x.reshape(1, 16, 10, 2, 32, 2).max(axis=(3, 5))
    np.testing.assert_array_equal(out, expected)


def test_wide_maps_are_averaged_as_narrow_ones_are():
    rng = np.random.default_rng(0)
    for width in (64, 66):  # by a matrix, and neighbour by neighbour
        x = tensor(rng, (2, 3, 6, width), pixels=False)
        out = tensor(rng, (2, 3, 3, width // 2), pixels=False)
        windows = pool.Windows((2, 2), (2, 2))
        run(pool.avg_pool(x, out, windows, range(3), Scratch(), count_include_pad=True))
        expected = x.reshape(2, 3, 3, 2, width // 2, 2).mean(axis=(3, 5))
        np.testing.assert_allclose(out, expected, rtol=1e-5, atol=1e-6)


@given(st.data())
@settings(deadline=None, max_examples=60)
def test_arrays_seen_as_lines_have_the_same_values(data):
    shape = data.draw(st.lists(st.integers(1, 3), min_size=1, max_size=4).map(tuple))
    order = data.draw(st.permutations(range(len(shape))))
    margin = data.draw(st.integers(0, 1))
    wide = tuple(shape[axis] + margin for axis in order)
    memory = np.arange(np.prod(wide), dtype=np.float32).reshape(wide).transpose(np.argsort(order))
    out = memory[tuple(slice(length) for length in shape)]
    repeated = data.draw(st.integers(0, len(shape)))
    factor = np.arange(np.prod(shape[repeated:]), dtype=np.float32).reshape(shape[repeated:])
    expected = out + factor
    beside = memory.copy()
    elementwise.bind(np.add, out, factor, out=out)()
    np.testing.assert_array_equal(out, expected)
    beside[tuple(slice(length) for length in shape)] = expected
    np.testing.assert_array_equal(memory, beside)


def test_a_plain_tensor_is_one_line():
    x = tensor(np.random.default_rng(0), (1, 3, 4, 5), pixels=False)
    bias = np.ones((3, 1, 1), np.float32)
    assert [array.shape for array in elementwise.as_lines(x, x)] == [(60,), (60,)]
    assert [array.shape for array in elementwise.as_lines(bias, x)] == [(4, 3, 5), (4, 3, 5)]


@pytest.mark.parametrize("images", [1, 2])
def test_linear_layers_of_one_image_and_of_more(images):
    rng = np.random.default_rng(0)
    x, weight, bias, out = (
        rng.standard_normal(shape).astype(np.float32)
        for shape in ((images, 7), (4, 7), (4,), (images, 4))
    )
    run(linear(x, weight, bias, out))
    np.testing.assert_allclose(out, x @ weight.T + bias, rtol=1e-5, atol=1e-6)


GROUPS = st.sampled_from(((2, 3, 1), (4, 2, 2), (4, 4, 3), (6, 5, 2), (3, 11, 1), (32, 4, 4)))
"""(groups, channels read by each, channels made by each)."""


@settings(deadline=None, max_examples=40)
@given(data=st.data(), groups=GROUPS, stride=st.sampled_from((1, 2)))
def test_groups_side_by_side_are_what_they_are_apart(data, groups, stride):
    count, channels, made = groups
    rng = np.random.default_rng(0)
    weight = rng.standard_normal((count * made, channels, 3, 3)).astype(np.float32)
    bias = rng.standard_normal(count * made, np.float32) if data.draw(st.booleans()) else None
    x = tensor(rng, (1, count * channels, 9, 9), pixels=True)
    apart = ConvWeights(weight, bias, (stride, stride), groups=count)
    together = side_by_side.joined(apart)
    assert together.groups < count
    assert together.weight.shape[1] >= min(12, count * channels)
    expected = naive.convolve(x, weight, bias, (stride, stride), (1, 1), count)
    out = tensor(rng, expected.shape, pixels=True)
    run(conv2d(x, together, out, Scratch()))
    np.testing.assert_allclose(out, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_not_finite_stays_in_its_group(value):
    layer = spec.Conv2d(id="conv", out_channels=32, kernel_size=3, padding=1, groups=8)
    weight = np.random.default_rng(0).standard_normal((32, 4, 3, 3)).astype(np.float32)
    live = live_layer(layer, {"weight": weight}, [(32, 6, 6)], (32, 6, 6))
    source = Tensor.whole((1, 32, 6, 6), Margins(1, 1, 1, 1), pixels=True)
    target = Tensor.whole((1, 32, 6, 6), Margins(), pixels=True)
    source.values[...] = np.random.default_rng(1).standard_normal(source.shape)
    calls = live.bind([source], target, Part(range(1), range(6)), Scratch())
    run(calls)
    assert np.isfinite(target.values).all()
    before = target.values.copy()
    source.values[0, 9, 2, 2] = value
    with np.errstate(invalid="ignore"):
        run(calls)
    assert not np.isfinite(target.values[:, 8:12]).all()
    others = [channel for channel in range(32) if channel not in range(8, 12)]
    np.testing.assert_allclose(target.values[:, others], before[:, others], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("value", [0.1, -1234.567, 3e-5, 7.7e6])
@pytest.mark.parametrize(
    "layer",
    [
        spec.GroupNorm(id="norm", num_groups=1),
        spec.InstanceNorm2d(id="norm"),
        spec.LayerNorm(id="norm"),
    ],
)
def test_maps_that_are_alike_everywhere_are_normalised_to_nothing(layer, value):
    """The rounding of their mean was multiplied by 316: 4e-4 of a result, beside onnxruntime."""
    live = live_layer(layer, {}, [(3, 3, 4)], (3, 3, 4))
    source = Tensor.whole((1, 3, 3, 4), Margins(), pixels=False)
    target = Tensor.whole((1, 3, 3, 4), Margins(), pixels=False)
    source.values[...] = np.float32(value)
    run(live.bind([source], target, Part(range(1), range(3)), Scratch()))
    np.testing.assert_allclose(target.values, 0, atol=1e-6)
