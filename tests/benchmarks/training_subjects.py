"""The networks whose steps of training are measured; each ends with ten classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from cnngui.formats.opening import open_network
from cnngui.spec.layers import (
    Add,
    BatchNorm2d,
    Conv2d,
    Conv3d,
    Flatten,
    GlobalAvgPool2d,
    LayerSpec,
    Linear,
    MaxPool2d,
    MaxPool3d,
    ReLU,
)
from cnngui.spec.network import InputSpec, NetworkSpec


def mnist_network() -> NetworkSpec:
    """Conv 8 and 16 (3x3, same), each with ReLU and 2x2 pooling, over 28x28 grey."""
    input_spec = InputSpec(height=28, width=28).with_channels(1)
    return _blocks("MNIST conv 8-16", input_spec, ((8,), (16,)), "same")


def tiny_vgg() -> NetworkSpec:
    """Twice two convolutions of 10 channels (3x3, valid) and pooling, over 64x64."""
    blocks = ((10, 10), (10, 10))
    return _blocks("Tiny VGG 64x64", InputSpec(height=64, width=64), blocks, "valid")


def resnet18() -> NetworkSpec:
    """He and others, "Deep Residual Learning for Image Recognition", 2015, over 64x64."""
    layers: list[LayerSpec] = []

    def conv(name: str, channels: int, size: int, stride: int, source: str = "") -> str:
        inputs = (source,) if source else ()
        layers.append(
            Conv2d(
                id=name,
                inputs=inputs,
                out_channels=channels,
                kernel_size=size,
                stride=stride,
                padding=size // 2,
                bias=False,
            )
        )
        layers.append(BatchNorm2d(id=f"{name}_bn"))
        return f"{name}_bn"

    conv("stem", 64, 7, 2)
    layers.append(ReLU(id="stem_relu"))
    layers.append(MaxPool2d(id="stem_pool", kernel_size=3, stride=2, padding=1))
    for stage, channels in enumerate((64, 128, 256, 512), 1):
        for block in (1, 2):
            name, before = f"stage{stage}_{block}", layers[-1].id
            stride = 2 if stage > 1 and block == 1 else 1
            conv(f"{name}_conv1", channels, 3, stride, before)
            layers.append(ReLU(id=f"{name}_relu1"))
            after = conv(f"{name}_conv2", channels, 3, 1)
            if stride > 1:
                before = conv(f"{name}_short", channels, 1, stride, before)
            layers.append(Add(id=f"{name}_add", inputs=(after, before)))
            layers.append(ReLU(id=f"{name}_relu2"))
    size = InputSpec(height=64, width=64)
    return NetworkSpec(name="ResNet-18 64x64", input=size, layers=(*layers, *_averaged()))


def u_net() -> NetworkSpec:
    """The small U-Net that comes with the program, over 96x128, its map averaged for classes."""
    network = open_network("u-net").spec
    front = network.layers[: network.index_of("out")]
    return replace(network, name="U-Net 96x128", layers=(*front, *_averaged()))


def video_network() -> NetworkSpec:
    """Conv3d 8, 16 and 32 (3x3x3, same), each with ReLU and pooling, over 8 frames of 32x32."""
    layers: list[LayerSpec] = []
    for number, channels in enumerate((8, 16, 32), 1):
        layers += [
            Conv3d(id=f"conv{number}", out_channels=channels, padding="same"),
            ReLU(id=f"relu{number}"),
            MaxPool3d(id=f"pool{number}"),
        ]
    return NetworkSpec(
        name="Conv3d 8-16-32 8x32x32",
        input=InputSpec(height=32, width=32, frames=8),
        layers=(*layers, Flatten(id="flatten"), Linear(id="linear", out_features=10)),
    )


def _averaged() -> tuple[LayerSpec, ...]:
    return (
        GlobalAvgPool2d(id="average"),
        Flatten(id="flatten"),
        Linear(id="linear", out_features=10),
    )


def _blocks(
    name: str,
    input_spec: InputSpec,
    blocks: Sequence[Sequence[int]],
    padding: Literal["same", "valid"],
) -> NetworkSpec:
    layers: list[LayerSpec] = []
    for block, channels in enumerate(blocks, 1):
        for number, count in enumerate(channels, 1):
            place = f"{block}_{number}"
            layers += [
                Conv2d(id=f"conv{place}", out_channels=count, padding=padding),
                ReLU(id=f"relu{place}"),
            ]
        layers.append(MaxPool2d(id=f"pool{block}"))
    layers += [Flatten(id="flatten"), Linear(id="linear", out_features=10)]
    return NetworkSpec(name=name, input=input_spec, layers=tuple(layers))
