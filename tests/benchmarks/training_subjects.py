"""The networks whose steps of training are measured; each ends with ten classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from cnngui.formats.opening import open_network
from cnngui.spec.layers import (
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
from tests.benchmarks import architectures


def mnist_network() -> NetworkSpec:
    """Conv 8 and 16 (3x3, same), each with ReLU and 2x2 pooling, over 28x28 grey."""
    input_spec = InputSpec(height=28, width=28).with_channels(1)
    return _blocks("MNIST conv 8-16", input_spec, ((8,), (16,)), "same")


def tiny_vgg() -> NetworkSpec:
    """Twice two convolutions of 10 channels (3x3, valid) and pooling, over 64x64."""
    blocks = ((10, 10), (10, 10))
    return _blocks("Tiny VGG 64x64", InputSpec(height=64, width=64), blocks, "valid")


def resnet18() -> NetworkSpec:
    """He and others' network of 18 layers, over 64x64."""
    network = architectures.resnet18()
    *front, _ = network.layers
    return replace(
        network,
        name="ResNet-18 64x64",
        input=InputSpec(height=64, width=64),
        layers=(*front, Linear(id="linear", out_features=10)),
    )


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
