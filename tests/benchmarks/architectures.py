"""Whole networks of the field over 3x224x224, as their papers and torchvision have them.

Beside those of ``large_networks``, which are large in layers or in weights.
"""

from __future__ import annotations

from typing import Any

from cnngui.spec import layers as spec
from cnngui.spec.network import InputSpec, NetworkSpec
from tests.large_networks import densenet121, resnet50

_CLASSES = 1000


class _Chain:
    """Layers put one after the other; each method returns the id of what it has added."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._layers: list[spec.LayerSpec] = []
        self.end = ""
        """The layer that the next one reads; the input while there is none."""

    def add(
        self, layer_type: type[spec.LayerSpec], *sources: str, name: str = "", **arguments: Any
    ) -> str:
        """Add a layer that reads the sources, or the one before."""
        name = name or f"{layer_type.__name__.lower()}{len(self._layers)}"
        inputs = sources or ((self.end,) if self.end else ())
        self._layers.append(layer_type(id=name, inputs=inputs, **arguments))
        self.end = name
        return name

    def conv(
        self,
        out_channels: int,
        kernel_size: int,
        stride: int = 1,
        *,
        groups: int = 1,
        bend: type[spec.LayerSpec] | None = spec.ReLU,
        is_normalised: bool = True,
    ) -> str:
        """Add a convolution that keeps the maps' size, its normalisation and its activation."""
        self.add(
            spec.Conv2d,
            out_channels=out_channels,
            kernel_size=kernel_size,
            stride=stride,
            padding=kernel_size // 2,
            groups=groups,
            bias=not is_normalised,
        )
        if is_normalised:
            self.add(spec.BatchNorm2d)
        if bend is not None:
            self.add(bend)
        return self.end

    def classify(self, *hidden: int, bend: type[spec.LayerSpec] = spec.ReLU) -> NetworkSpec:
        """Average the maps and end with fully-connected layers. Return the whole."""
        self.add(spec.GlobalAvgPool2d)
        self.add(spec.Flatten)
        for features in hidden:
            self.add(spec.Linear, out_features=features)
            self.add(bend)
        self.add(spec.Linear, out_features=_CLASSES)
        return self.network()

    def network(self) -> NetworkSpec:
        return NetworkSpec(
            name=self._name, input=InputSpec(height=224, width=224), layers=tuple(self._layers)
        )


def resnet18() -> NetworkSpec:
    """He and others, "Deep Residual Learning for Image Recognition", 2015."""
    chain = _Chain("ResNet-18")
    chain.conv(64, 7, 2)
    chain.add(spec.MaxPool2d, kernel_size=3, stride=2, padding=1)
    for stage, width in enumerate((64, 128, 256, 512)):
        for block in range(2):
            stride = 2 if stage > 0 and block == 0 else 1
            before = chain.end
            chain.conv(width, 3, stride)
            after = chain.conv(width, 3, bend=None)
            if stride > 1:
                chain.end = before
                before = chain.conv(width, 1, stride, bend=None)
            chain.add(spec.Add, after, before)
            chain.add(spec.ReLU)
    return chain.classify()


def vgg16() -> NetworkSpec:
    """Simonyan and Zisserman, 2014, its three last layers after the average of each map."""
    chain = _Chain("VGG-16, pooled head")
    for channels, count in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        for _ in range(count):
            chain.conv(channels, 3, is_normalised=False)
        chain.add(spec.MaxPool2d)
    return chain.classify(4096, 4096)


def squeezenet() -> NetworkSpec:
    """SqueezeNet 1.1: Iandola and others, 2016."""
    chain = _Chain("SqueezeNet 1.1")
    chain.add(spec.Conv2d, out_channels=64, kernel_size=3, stride=2)
    chain.add(spec.ReLU)
    fires = ((16, 64), (16, 64), None, (32, 128), (32, 128), None)
    fires += ((48, 192), (48, 192), (64, 256), (64, 256))
    chain.add(spec.MaxPool2d, kernel_size=3, stride=2)
    for fire in fires:
        if fire is None:
            chain.add(spec.MaxPool2d, kernel_size=3, stride=2)
            continue
        squeezed, expanded = fire
        before = chain.conv(squeezed, 1, is_normalised=False)
        near = chain.conv(expanded, 1, is_normalised=False)
        chain.end = before
        far = chain.conv(expanded, 3, is_normalised=False)
        chain.add(spec.Concat, near, far)
    chain.conv(_CLASSES, 1, is_normalised=False)
    chain.add(spec.GlobalAvgPool2d)
    chain.add(spec.Flatten)
    return chain.network()


def mobilenet_v2() -> NetworkSpec:
    """Sandler and others, 2018."""
    chain = _Chain("MobileNetV2")
    chain.conv(32, 3, 2, bend=spec.ReLU6)
    channels = 32
    for factor, out_channels, count, first_stride in (
        (1, 16, 1, 1),
        (6, 24, 2, 2),
        (6, 32, 3, 2),
        (6, 64, 4, 2),
        (6, 96, 3, 1),
        (6, 160, 3, 2),
        (6, 320, 1, 1),
    ):
        for block in range(count):
            stride = first_stride if block == 0 else 1
            widths = channels, channels * factor, out_channels
            _inverted(chain, widths, 3, stride, spec.ReLU6)
            channels = out_channels
    chain.conv(1280, 1, bend=spec.ReLU6)
    return chain.classify()


def mobilenet_v3() -> NetworkSpec:
    """MobileNetV3-Large: Howard and others, 2019."""
    chain = _Chain("MobileNetV3-Large")
    chain.conv(16, 3, 2, bend=spec.Hardswish)
    channels = 16
    for kernel, expanded, out_channels, is_gated, bend, stride in (
        (3, 16, 16, False, spec.ReLU, 1),
        (3, 64, 24, False, spec.ReLU, 2),
        (3, 72, 24, False, spec.ReLU, 1),
        (5, 72, 40, True, spec.ReLU, 2),
        (5, 120, 40, True, spec.ReLU, 1),
        (5, 120, 40, True, spec.ReLU, 1),
        (3, 240, 80, False, spec.Hardswish, 2),
        (3, 200, 80, False, spec.Hardswish, 1),
        (3, 184, 80, False, spec.Hardswish, 1),
        (3, 184, 80, False, spec.Hardswish, 1),
        (3, 480, 112, True, spec.Hardswish, 1),
        (3, 672, 112, True, spec.Hardswish, 1),
        (5, 672, 160, True, spec.Hardswish, 2),
        (5, 960, 160, True, spec.Hardswish, 1),
        (5, 960, 160, True, spec.Hardswish, 1),
    ):
        squeezed = _nearest_eighth(expanded / 4) if is_gated else 0
        gate = spec.ReLU, spec.Hardsigmoid
        widths = channels, expanded, out_channels
        _inverted(chain, widths, kernel, stride, bend, squeezed, gate)
        channels = out_channels
    chain.conv(960, 1, bend=spec.Hardswish)
    return chain.classify(1280, bend=spec.Hardswish)


def efficientnet_b0() -> NetworkSpec:
    """Tan and Le, 2019."""
    chain = _Chain("EfficientNet-B0")
    chain.conv(32, 3, 2, bend=spec.SiLU)
    channels = 32
    for factor, kernel, out_channels, count, first_stride in (
        (1, 3, 16, 1, 1),
        (6, 3, 24, 2, 2),
        (6, 5, 40, 2, 2),
        (6, 3, 80, 3, 2),
        (6, 5, 112, 3, 1),
        (6, 5, 192, 4, 2),
        (6, 3, 320, 1, 1),
    ):
        for block in range(count):
            stride = first_stride if block == 0 else 1
            widths = channels, channels * factor, out_channels
            gate = spec.SiLU, spec.Sigmoid
            _inverted(chain, widths, kernel, stride, spec.SiLU, channels // 4, gate)
            channels = out_channels
    chain.conv(1280, 1, bend=spec.SiLU)
    return chain.classify()


def _inverted(
    chain: _Chain,
    widths: tuple[int, int, int],
    kernel: int,
    stride: int,
    bend: type[spec.LayerSpec],
    squeezed: int = 0,
    gate: tuple[type[spec.LayerSpec], type[spec.LayerSpec]] = (spec.ReLU, spec.Sigmoid),
) -> None:
    """Widen, convolve depthwise, narrow; add what was read where that has the same shape.

    ``widths`` are the channels before, between and after. With ``squeezed``, channels are weighed
    by what a small network of so many units makes of their means, with ``gate`` its activations.
    """
    channels, expanded, out_channels = widths
    before = chain.end
    if expanded != channels:
        chain.conv(expanded, 1, bend=bend)
    wide = chain.conv(expanded, kernel, stride, groups=expanded, bend=bend)
    if squeezed:
        chain.add(spec.GlobalAvgPool2d)
        chain.add(spec.Conv2d, out_channels=squeezed, kernel_size=1)
        chain.add(gate[0])
        chain.add(spec.Conv2d, out_channels=expanded, kernel_size=1)
        chain.add(gate[1])
        chain.add(spec.Multiply, wide, chain.end)
    chain.conv(out_channels, 1, bend=None)
    if stride == 1 and channels == out_channels:
        chain.add(spec.Add, chain.end, before)


def _nearest_eighth(value: float) -> int:
    """Round to a multiple of eight, never down by more than a tenth."""
    rounded = max(8, int(value + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * value else rounded


ALL = (
    resnet18,
    resnet50,
    vgg16,
    squeezenet,
    mobilenet_v2,
    mobilenet_v3,
    efficientnet_b0,
    densenet121,
)
