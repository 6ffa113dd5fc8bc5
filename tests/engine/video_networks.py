"""Generated networks that see several frames, of layers that span time and others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import strategies as st

from cnngui.spec import layers as spec
from cnngui.spec.network import InputSpec, NetworkSpec
from cnngui.spec.shapes import infer

_MOST_VALUES = 20_000
_small = st.integers(1, 3)
_triples = st.tuples(_small, _small, _small)
_sides = st.tuples(*[st.integers(0, 2)] * 6)


@st.composite
def _convolutions(draw: st.DrawFn, layer_id: str, in_channels: int) -> spec.LayerSpec:
    groups = draw(st.sampled_from([g for g in (1, 1, 2, in_channels) if in_channels % g == 0]))
    out_channels = groups * draw(st.sampled_from((1, 2, 8)))
    if draw(st.integers(0, 4)) == 0:
        return spec.ConvTranspose3d(
            id=layer_id,
            out_channels=out_channels,
            kernel_size=draw(_triples),
            stride=(draw(_small), 1, 1),
            groups=groups,
        )
    padding = draw(st.one_of(st.sampled_from(("same", "valid")), _sides))
    return spec.Conv3d(
        id=layer_id,
        out_channels=out_channels,
        kernel_size=draw(_triples),
        stride=(1, 1, 1) if padding == "same" else draw(_triples),
        padding=padding,
        dilation=draw(_triples),
        groups=groups,
    )


@st.composite
def _poolings(draw: st.DrawFn, layer_id: str) -> spec.LayerSpec:
    kernel, stride = draw(_triples), draw(_triples)
    padding = tuple(draw(st.integers(0, size // 2)) for size in kernel)
    kind = draw(st.sampled_from((spec.MaxPool3d, spec.AvgPool3d)))
    ceil_mode = draw(st.booleans())
    return kind(
        id=layer_id, kernel_size=kernel, stride=stride, padding=padding, ceil_mode=ceil_mode
    )


def _others(layer_id: str) -> st.SearchStrategy[spec.LayerSpec]:
    return st.one_of(
        st.sampled_from(
            (
                spec.ReLU(id=layer_id),
                spec.Sigmoid(id=layer_id),
                spec.BatchNorm3d(id=layer_id),
                spec.GroupNorm(id=layer_id),
                spec.LayerNorm(id=layer_id),
                spec.InstanceNorm3d(id=layer_id),
                spec.Conv2d(id=layer_id, out_channels=4, padding="same"),
                spec.MaxPool2d(id=layer_id),
                spec.Upsample3d(id=layer_id, scale_factor=(2.0, 1.0, 1.0)),
                spec.Upsample3d(id=layer_id, scale_factor=(2.0, 1.0, 1.0), mode="trilinear"),
                spec.GlobalAvgPool3d(id=layer_id),
                spec.AdaptiveAvgPool3d(id=layer_id, output_size=(2, 3, 3)),
            )
        ),
        st.builds(
            spec.Pad3d,
            id=st.just(layer_id),
            padding=_sides,
            mode=st.sampled_from(("constant", "reflect", "replicate")),
        ),
        st.builds(
            spec.Slice,
            id=st.just(layer_id),
            dim=st.sampled_from(("time", "rows")),
            start=st.integers(-3, 2),
            step=_small,
        ),
    )


@st.composite
def video_networks(draw: st.DrawFn) -> NetworkSpec:
    """Valid networks with branches, of up to eight layers; often with a flat end."""
    network = NetworkSpec(
        input=InputSpec(
            channels=3,
            height=draw(st.integers(3, 9)),
            width=draw(st.integers(3, 18)),
            frames=draw(st.integers(2, 9)),
            frame_step=draw(st.integers(1, 3)),
        )
    )
    for number in range(draw(st.integers(1, 6))):
        shapes = infer(network).shapes
        name, source = f"layer{number}", draw(st.sampled_from(list(shapes)[-2:]))
        match draw(st.sampled_from(("conv", "conv", "pool", "join", "other", "other"))):
            case "conv":
                layer = draw(_convolutions(name, shapes[source][0]))
            case "pool":
                layer = draw(_poolings(name))
            case "join":
                alike = [
                    other
                    for other, shape in shapes.items()
                    if shape[0] == shapes[source][0]
                    and all(
                        a == b or 1 in (a, b) for a, b in zip(shape, shapes[source], strict=True)
                    )
                ]
                kind = draw(st.sampled_from((spec.Add, spec.Multiply)))
                layer = kind(id=name, inputs=(source, draw(st.sampled_from(alike))))
            case _:
                layer = draw(_others(name))
        if not layer.inputs:
            layer = replace(layer, inputs=(source,))
        grown = network.inserted(number, layer)
        report = infer(grown)
        if not report.is_valid or np.prod(report.shapes[name]) > _MOST_VALUES:
            break
        network = grown
    if draw(st.booleans()):
        for layer in (spec.Flatten(id="flatten"), spec.Linear(id="linear", out_features=3)):
            network = network.inserted(len(network.layers), layer)
    return network
