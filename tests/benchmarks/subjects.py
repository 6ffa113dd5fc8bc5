"""The networks that are measured."""

from __future__ import annotations

from collections.abc import Sequence

from cnngui.spec.layers import (
    Add,
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    Conv3d,
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


def vgg_stack() -> NetworkSpec:
    """3x3 convolutions of 64, 128 and 256 channels over 224x224, pooled in between."""
    return NetworkSpec(
        name="VGG stack 224x224",
        input=InputSpec(height=224, width=224),
        layers=tuple(_conv_blocks((64, 128, 256), convolutions=1)),
    )


def residual_stack() -> NetworkSpec:
    """Three residual blocks of two 3x3 convolutions over 56x56x64."""
    layers: list[LayerSpec] = [Conv2d(id="stem", out_channels=64, kernel_size=1)]
    for block in range(1, 4):
        before = layers[-1].id
        for number in (1, 2):
            layers += [
                Conv2d(
                    id=f"conv{block}_{number}",
                    out_channels=64,
                    kernel_size=3,
                    padding="same",
                    bias=False,
                ),
                BatchNorm2d(id=f"bn{block}_{number}"),
            ]
            if number == 1:
                layers.append(ReLU(id=f"relu{block}_{number}"))
        layers += [
            Add(id=f"add{block}", inputs=(layers[-1].id, before)),
            ReLU(id=f"relu{block}"),
        ]
    return NetworkSpec(
        name="residual blocks 56x56x64",
        input=InputSpec(height=56, width=56),
        layers=tuple(layers),
    )


def separable_stack() -> NetworkSpec:
    """Depthwise 3x3 and pointwise convolutions over 112x112, as MobileNet begins."""
    layers: list[LayerSpec] = [Conv2d(id="stem", out_channels=32, kernel_size=1)]
    channels = 32
    for block, (out_channels, stride) in enumerate(((64, 1), (128, 2), (128, 1)), 1):
        layers += [
            Conv2d(
                id=f"depth{block}",
                out_channels=channels,
                kernel_size=3,
                stride=stride,
                padding=1,
                groups=channels,
            ),
            ReLU(id=f"relu{block}_1"),
            Conv2d(id=f"point{block}", out_channels=out_channels, kernel_size=1),
            ReLU(id=f"relu{block}_2"),
        ]
        channels = out_channels
    return NetworkSpec(
        name="depthwise separable 112x112",
        input=InputSpec(height=112, width=112),
        layers=tuple(layers),
    )


def stride_two(kernel_size: int) -> NetworkSpec:
    """A first layer of large kernels and stride 2 over 224x224."""
    return NetworkSpec(
        name=f"{kernel_size}x{kernel_size} stride 2, 224x224",
        input=InputSpec(height=224, width=224),
        layers=(
            Conv2d(
                id="conv",
                out_channels=64,
                kernel_size=kernel_size,
                stride=2,
                padding=kernel_size // 2,
            ),
            ReLU(id="relu"),
        ),
    )


def five_stride_two() -> NetworkSpec:
    return stride_two(5)


def seven_stride_two() -> NetworkSpec:
    return stride_two(7)


def dilated() -> NetworkSpec:
    """3x3 convolutions of dilation 2 over 112x112x32."""
    return NetworkSpec(
        name="dilated 3x3, 112x112x32",
        input=InputSpec(height=112, width=112),
        layers=(
            Conv2d(id="stem", out_channels=32, kernel_size=1),
            *(
                Conv2d(id=f"conv{n}", out_channels=32, kernel_size=3, padding=2, dilation=2)
                for n in (1, 2)
            ),
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


def video_network() -> NetworkSpec:
    """3x3x3 convolutions of 8 and 16 channels over 16 frames of 112x112 in colour."""
    return NetworkSpec(
        name="3D 3-8-16 16x112x112",
        input=InputSpec(height=112, width=112, frames=16),
        layers=_convolutions_in_time((8, 16), "same"),
    )


def video_stage() -> NetworkSpec:
    """3x3x3 convolutions of 64 channels over 8 moments of 28x28."""
    return NetworkSpec(
        name="3D 64-64-64 8x28x28",
        input=InputSpec(height=28, width=28, frames=8),
        layers=_convolutions_in_time((64, 64, 64), "same"),
    )


def video_two_plus_one() -> NetworkSpec:
    """The same channels by kernels 1x3x3 and 3x1x1."""
    layers: list[LayerSpec] = []
    for number, channels in enumerate((64, 64, 64), 1):
        layers += [
            Conv3d(
                id=f"space{number}",
                out_channels=channels,
                kernel_size=(1, 3, 3),
                padding=(0, 1, 1),
            ),
            ReLU(id=f"between{number}"),
            Conv3d(
                id=f"time{number}",
                out_channels=channels,
                kernel_size=(3, 1, 1),
                padding=(1, 0, 0),
            ),
            ReLU(id=f"relu{number}"),
        ]
    return NetworkSpec(
        name="(2+1)D 64-64-64 8x28x28",
        input=InputSpec(height=28, width=28, frames=8),
        layers=tuple(layers),
    )


def video_stream() -> NetworkSpec:
    """Without padding in time."""
    return NetworkSpec(
        name="3D 3-8-16 16x112x112, no padding in time",
        input=InputSpec(height=112, width=112, frames=16),
        layers=_convolutions_in_time((8, 16), (0, 1, 1)),
    )


def video_stream_stage() -> NetworkSpec:
    """64 channels over 16 frames, without padding in time."""
    return NetworkSpec(
        name="3D 64-64-64 16x28x28, no padding in time",
        input=InputSpec(height=28, width=28, frames=16),
        layers=_convolutions_in_time((64, 64, 64), (0, 1, 1)),
    )


def _convolutions_in_time(
    kernels: Sequence[int], padding: str | tuple[int, int, int]
) -> tuple[LayerSpec, ...]:
    layers: list[LayerSpec] = []
    for number, channels in enumerate(kernels, 1):
        layers += [
            Conv3d(id=f"conv{number}", out_channels=channels, padding=padding),
            ReLU(id=f"relu{number}"),
        ]
    return tuple(layers)
