"""The networks that are measured."""

from __future__ import annotations

from cnngui.spec.layers import (
    AvgPool2d,
    Conv2d,
    Flatten,
    LayerSpec,
    Linear,
    MaxPool2d,
    ReLU,
    Softmax,
    Tanh,
)
from cnngui.spec.network import InputSpec, NetworkSpec


def camera_network() -> NetworkSpec:
    """Conv 16, 32, 64 (3x3, same), each with ReLU and 2x2 max pooling, over 640x480."""
    return NetworkSpec(
        name="640x480 conv 16-32-64",
        input=InputSpec(height=480, width=640),
        layers=tuple(_conv_blocks((16, 32, 64), convolutions=1)),
    )


def tiny_vgg() -> NetworkSpec:
    """Two blocks of two convolutions over 64x64, then ten classes."""
    return NetworkSpec(
        name="Tiny VGG 64x64",
        input=InputSpec(height=64, width=64),
        layers=(
            *_conv_blocks((32, 64), convolutions=2),
            Flatten(id="flatten"),
            Linear(id="linear", out_features=10),
            Softmax(id="softmax"),
        ),
    )


def lenet() -> NetworkSpec:
    """LeCun's LeNet-5 over 28x28 grey."""
    return NetworkSpec(
        name="LeNet-5 28x28",
        input=InputSpec(height=28, width=28).with_channels(1),
        layers=(
            Conv2d(id="conv1", out_channels=6, kernel_size=5, padding=2),
            Tanh(id="tanh1"),
            AvgPool2d(id="pool1"),
            Conv2d(id="conv2", out_channels=16, kernel_size=5),
            Tanh(id="tanh2"),
            AvgPool2d(id="pool2"),
            Flatten(id="flatten"),
            Linear(id="linear1", out_features=120),
            Tanh(id="tanh3"),
            Linear(id="linear2", out_features=84),
            Tanh(id="tanh4"),
            Linear(id="linear3", out_features=10),
            Softmax(id="softmax"),
        ),
    )


def _conv_blocks(channels: tuple[int, ...], convolutions: int) -> list[LayerSpec]:
    layers: list[LayerSpec] = []
    for block, count in enumerate(channels, 1):
        for number in range(1, convolutions + 1):
            name = f"{block}_{number}"
            layers += [
                Conv2d(id=f"conv{name}", out_channels=count, kernel_size=3, padding="same"),
                ReLU(id=f"relu{name}"),
            ]
        layers.append(MaxPool2d(id=f"pool{block}"))
    return layers
