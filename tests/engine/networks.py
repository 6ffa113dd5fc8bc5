"""Generated networks whose shapes fit, and weights that make every layer say something."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from cnngui.spec import layers as spec
from cnngui.spec.network import InputSpec, NetworkSpec
from cnngui.spec.shapes import infer
from cnngui.weights import Weights

_MOST_VALUES = 50_000
"""Of a layer's output: larger ones take long and show nothing more."""

_small = st.integers(1, 3)
_pairs = st.tuples(_small, _small)


def random_weights(network: NetworkSpec, seed: int = 0) -> Weights:
    """Weights with biases and running statistics that are not neutral."""
    rng = np.random.default_rng(seed)
    return {
        layer_id: {
            name: rng.uniform(0.5, 2, shape).astype(np.float32)
            if name == "running_var"
            else (rng.standard_normal(shape) / np.sqrt(max(np.prod(shape[1:]), 1))).astype(
                np.float32
            )
            for name, shape in shapes.items()
        }
        for layer_id, shapes in infer(network).parameters.items()
        if shapes
    }


@st.composite
def convolutions(draw: st.DrawFn, layer_id: str, in_channels: int) -> spec.Conv2d:
    groups = draw(st.sampled_from([g for g in (1, 1, 2, 3, in_channels) if in_channels % g == 0]))
    kernel = draw(st.tuples(st.integers(1, 5), st.integers(1, 5)))
    padding = draw(st.one_of(st.sampled_from(("same", "valid")), st.tuples(_small, _small)))
    return spec.Conv2d(
        id=layer_id,
        out_channels=groups * draw(st.sampled_from((1, 2, 5, 16))),
        kernel_size=kernel,
        stride=(1, 1) if padding == "same" else draw(_pairs),
        padding=padding,
        dilation=draw(_pairs),
        groups=groups,
        bias=draw(st.booleans()),
    )


@st.composite
def poolings(draw: st.DrawFn, layer_id: str) -> spec.LayerSpec:
    kernel = draw(_pairs)
    padding = tuple(draw(st.integers(0, size // 2)) for size in kernel)
    stride = draw(_pairs)
    # onnxruntime counts the windows of ceil mode differently where a last one would begin in the
    # padding, and divides by less in means; tests of their own compare these with naive loops.
    if draw(st.booleans()):
        return spec.MaxPool2d(id=layer_id, kernel_size=kernel, stride=stride, padding=padding)
    return spec.AvgPool2d(
        id=layer_id,
        kernel_size=kernel,
        stride=stride,
        padding=padding,
        count_include_pad=draw(st.booleans()),
    )


@st.composite
def transposed_convolutions(
    draw: st.DrawFn, layer_id: str, in_channels: int
) -> spec.ConvTranspose2d:
    groups = draw(st.sampled_from([g for g in (1, 1, 2, in_channels) if in_channels % g == 0]))
    stride, dilation = draw(_pairs), draw(_pairs)
    # onnxruntime knows no output_padding as large as the stride.
    extra = tuple(draw(st.integers(0, step - 1)) for step in stride)
    return spec.ConvTranspose2d(
        id=layer_id,
        out_channels=groups * draw(st.sampled_from((1, 2, 5, 16))),
        kernel_size=draw(st.tuples(st.integers(1, 4), st.integers(1, 4))),
        stride=stride,
        padding=draw(st.tuples(st.integers(0, 2), st.integers(0, 2))),
        output_padding=extra,
        dilation=dilation,
        groups=groups,
        bias=draw(st.booleans()),
    )


@st.composite
def resizings(draw: st.DrawFn, layer_id: str) -> spec.LayerSpec:
    sides = st.tuples(*[st.integers(0, 2)] * 4)
    match draw(st.sampled_from(("upsample", "pad", "slice"))):
        case "upsample":
            mode = draw(st.sampled_from(("nearest", "bilinear")))
            corners = mode == "bilinear" and draw(st.booleans())
            factors = tuple(map(float, draw(_pairs)))
            return spec.Upsample(
                id=layer_id, scale_factor=factors, mode=mode, align_corners=corners
            )
        case "pad":
            mode = draw(st.sampled_from(("constant", "reflect", "replicate")))
            return spec.Pad2d(id=layer_id, padding=draw(sides), mode=mode, value=0.5)
        case _:
            dim = draw(st.sampled_from(("channels", "rows", "columns")))
            return spec.Slice(id=layer_id, dim=dim, start=draw(_small) - 1, step=draw(_small))


@st.composite
def norms(draw: st.DrawFn, layer_id: str, channels: int) -> spec.LayerSpec:
    groups = draw(st.sampled_from([g for g in (1, 2, channels) if channels % g == 0]))
    return draw(
        st.sampled_from(
            (
                spec.BatchNorm2d(id=layer_id),
                spec.GroupNorm(id=layer_id, num_groups=groups),
                spec.InstanceNorm2d(id=layer_id, affine=True),
                spec.LayerNorm(id=layer_id),
            )
        )
    )


_VALUE_BY_VALUE = (
    spec.ReLU,
    spec.LeakyReLU,
    spec.PReLU,
    spec.ReLU6,
    spec.ELU,
    spec.GELU,
    spec.SiLU,
    spec.Hardswish,
    spec.Softplus,
    spec.Sigmoid,
    spec.Hardsigmoid,
    spec.Tanh,
    spec.Hardtanh,
    spec.Softmax,
)


@st.composite
def networks(draw: st.DrawFn) -> NetworkSpec:
    """Valid networks with branches, of up to nine layers; often with a flat end."""
    size = InputSpec(height=draw(st.integers(3, 24)), width=draw(st.integers(3, 40)))
    network = NetworkSpec(input=size.with_channels(draw(st.sampled_from((1, 3)))))
    for number in range(draw(st.integers(1, 7))):
        shapes = infer(network).shapes
        names = list(shapes)
        name = f"layer{number}"
        source = draw(st.sampled_from(names[-2:]))
        layer: spec.LayerSpec
        kinds = ("conv", "conv", "turned", "pool", "value", "value", "norm", "join", "resize")
        match draw(st.sampled_from(kinds)):
            case "conv":
                layer = draw(convolutions(name, shapes[source][0]))
            case "pool":
                layer = draw(poolings(name))
            case "turned":
                layer = draw(transposed_convolutions(name, shapes[source][0]))
            case "resize":
                layer = draw(resizings(name))
            case "norm":
                layer = draw(norms(name, shapes[source][0]))
            case "join":
                alike = [other for other in names if shapes[other] == shapes[source]]
                kind = draw(st.sampled_from((spec.Add, spec.Multiply, spec.Concat)))
                layer = kind(id=name, inputs=(source, draw(st.sampled_from(alike))))
            case _:
                layer = draw(st.sampled_from((*_VALUE_BY_VALUE, spec.Dropout)))(id=name)
        if not layer.inputs:
            layer = _with(layer, inputs=(source,))
        layer = _with(layer, enabled=draw(st.integers(0, 9)) > 0)
        grown = network.inserted(number, layer)
        report = infer(grown)
        if not report.is_valid or np.prod(report.shapes[name]) > _MOST_VALUES:
            break
        network = grown
    if draw(st.booleans()):
        number = len(network.layers)
        for layer in (spec.Flatten(id="flatten"), spec.Linear(id="linear", out_features=7)):
            network = network.inserted(number, layer)
            number += 1
    return network


def _with(layer: spec.LayerSpec, **arguments: object) -> spec.LayerSpec:
    return NetworkSpec(layers=(layer,)).edited(layer.id, **arguments).layers[0]
