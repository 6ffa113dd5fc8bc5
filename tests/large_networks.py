"""Whole architectures of the field, layer for layer, with weights that are only drawn.

Ids follow torchvision's names with ``_`` for the dot, so that blocks have a name in common.
"""

from __future__ import annotations

from cnngui.spec.layers import (
    Add,
    AvgPool2d,
    BatchNorm2d,
    Concat,
    Conv2d,
    Dropout,
    Flatten,
    GlobalAvgPool2d,
    LayerSpec,
    Linear,
    MaxPool2d,
    ReLU,
    Softmax,
)
from cnngui.spec.network import InputSpec, NetworkSpec

_IMAGENET = InputSpec(height=224, width=224, mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225))


def resnet50() -> NetworkSpec:
    """He et al., "Deep Residual Learning", 2016: 176 layers here, 25,557,032 parameters."""
    return _resnet("ResNet-50", (3, 4, 6, 3))


def resnet152() -> NetworkSpec:
    """The deepest of them: 516 layers here, 60,192,808 parameters."""
    return _resnet("ResNet-152", (3, 8, 36, 3))


def _resnet(name: str, depths: tuple[int, int, int, int]) -> NetworkSpec:
    layers: list[LayerSpec] = [
        *_conv_bn("conv1", "bn1", 64, 7, 2),
        ReLU(id="relu"),
        MaxPool2d(id="maxpool", kernel_size=3, stride=2, padding=1),
    ]
    for stage, (width, blocks) in enumerate(zip((64, 128, 256, 512), depths, strict=True), 1):
        for block in range(blocks):
            stride = 2 if block == 0 and stage > 1 else 1
            layers += _bottleneck(f"layer{stage}_{block}", layers[-1].id, width, stride, block == 0)
    layers += _classifier("fc")
    return NetworkSpec(name=name, input=_IMAGENET, layers=tuple(layers))


def densenet121() -> NetworkSpec:
    """Huang et al., "Densely Connected Networks", 2017: 428 layers here, 7,978,856 parameters.

    Each layer reads the concatenation before it, which holds all maps of its block.
    """
    return _densenet("DenseNet-121", (6, 12, 24, 16))


def densenet201() -> NetworkSpec:
    """The deepest of them in torchvision: 708 layers here, 20,013,928 parameters."""
    return _densenet("DenseNet-201", (6, 12, 48, 32))


def _densenet(name: str, depths: tuple[int, int, int, int]) -> NetworkSpec:
    layers: list[LayerSpec] = [
        *_conv_bn("conv0", "norm0", 64, 7, 2),
        ReLU(id="relu0"),
        MaxPool2d(id="pool0", kernel_size=3, stride=2, padding=1),
    ]
    channels = 64
    for block, count in enumerate(depths, 1):
        for number in range(1, count + 1):
            part, before = f"denseblock{block}_denselayer{number}", layers[-1].id
            layers += [
                BatchNorm2d(id=f"{part}_norm1"),
                ReLU(id=f"{part}_relu1"),
                *_conv_bn(f"{part}_conv1", f"{part}_norm2", 128, 1),
                ReLU(id=f"{part}_relu2"),
                Conv2d(id=f"{part}_conv2", out_channels=32, kernel_size=3, padding=1, bias=False),
                Concat(id=f"{part}_concat", inputs=(before, f"{part}_conv2")),
            ]
            channels += 32
        if block < 4:
            part, channels = f"transition{block}", channels // 2
            layers += [
                BatchNorm2d(id=f"{part}_norm"),
                ReLU(id=f"{part}_relu"),
                Conv2d(id=f"{part}_conv", out_channels=channels, kernel_size=1, bias=False),
                AvgPool2d(id=f"{part}_pool", kernel_size=2, stride=2),
            ]
    layers += [BatchNorm2d(id="norm5"), ReLU(id="relu5"), *_classifier("classifier")]
    return NetworkSpec(name=name, input=_IMAGENET, layers=tuple(layers))


def vgg16() -> NetworkSpec:
    """Simonyan and Zisserman, 2014: 138,357,544 parameters, nearly all fully connected."""
    layers: list[LayerSpec] = []
    for block, (channels, count) in enumerate(((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)), 1):
        for number in range(1, count + 1):
            layers += [
                Conv2d(id=f"conv{block}_{number}", out_channels=channels, kernel_size=3, padding=1),
                ReLU(id=f"relu{block}_{number}"),
            ]
        layers.append(MaxPool2d(id=f"pool{block}", kernel_size=2, stride=2))
    layers.append(Flatten(id="flatten"))
    for number in (6, 7):
        layers += [
            Linear(id=f"fc{number}", out_features=4096),
            ReLU(id=f"relu{number}"),
            Dropout(id=f"drop{number}"),
        ]
    layers += [Linear(id="fc8", out_features=1000), Softmax(id="softmax")]
    return NetworkSpec(name="VGG-16", input=_IMAGENET, layers=tuple(layers))


def _conv_bn(
    conv: str, bn: str, channels: int, size: int, stride: int = 1, reads: str = ""
) -> list[LayerSpec]:
    return [
        Conv2d(
            id=conv,
            inputs=(reads,) if reads else (),
            out_channels=channels,
            kernel_size=size,
            stride=stride,
            padding=size // 2,
            bias=False,
        ),
        BatchNorm2d(id=bn),
    ]


def _bottleneck(name: str, before: str, width: int, stride: int, widens: bool) -> list[LayerSpec]:
    """1x1, 3x3 with the stride, 1x1; what comes in passes beside, widened where it must be."""
    layers = [
        *_conv_bn(f"{name}_conv1", f"{name}_bn1", width, 1),
        ReLU(id=f"{name}_relu1"),
        *_conv_bn(f"{name}_conv2", f"{name}_bn2", width, 3, stride),
        ReLU(id=f"{name}_relu2"),
        *_conv_bn(f"{name}_conv3", f"{name}_bn3", 4 * width, 1),
    ]
    aside = before
    if widens:
        aside = f"{name}_downsample_1"
        layers += _conv_bn(f"{name}_downsample_0", aside, 4 * width, 1, stride, before)
    layers += [Add(id=f"{name}_add", inputs=(f"{name}_bn3", aside)), ReLU(id=f"{name}_relu3")]
    return layers


def _classifier(name: str) -> list[LayerSpec]:
    return [
        GlobalAvgPool2d(id="avgpool"),
        Flatten(id="flatten"),
        Linear(id=name, out_features=1000),
        Softmax(id="softmax"),
    ]
