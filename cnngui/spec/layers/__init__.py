"""What a layer is described by: one frozen dataclass for each type, with PyTorch's argument names.

One module per family. A class says all that its type means: its arguments, shapes, costs, signs and
what it reaches over. Nothing outside asks which type a layer is; it asks the layer.
"""

from __future__ import annotations

from inspect import isabstract

from cnngui.spec.layers.activation import (
    ELU,
    GELU,
    Hardsigmoid,
    Hardswish,
    Hardtanh,
    LeakyReLU,
    PReLU,
    ReLU,
    ReLU6,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Tanh,
)
from cnngui.spec.layers.arguments import WEIGHT_ARGUMENTS, Argument, arguments_of
from cnngui.spec.layers.base import (
    INPUT_ID,
    Arithmetic,
    Box,
    LayerSpec,
    MenuGroup,
    MisfitError,
    Pair,
    ParametricSpec,
    Shape,
    Triple,
    moments,
    require_rank,
    shape_text,
    whole,
)
from cnngui.spec.layers.conv import Conv2d, Conv3d, ConvTranspose2d, ConvTranspose3d
from cnngui.spec.layers.dense import Linear
from cnngui.spec.layers.join import Add, Concat, Multiply
from cnngui.spec.layers.norm import (
    BatchNorm2d,
    BatchNorm3d,
    Dropout,
    GroupNorm,
    InstanceNorm2d,
    InstanceNorm3d,
    LayerNorm,
    Normalisation,
)
from cnngui.spec.layers.pool import (
    AdaptiveAvgPool2d,
    AdaptiveAvgPool3d,
    AdaptiveMaxPool2d,
    AvgPool2d,
    AvgPool3d,
    GlobalAvgPool2d,
    GlobalAvgPool3d,
    GlobalMaxPool2d,
    MaxPool2d,
    MaxPool3d,
)
from cnngui.spec.layers.resize import Pad2d, Pad3d, Upsample, Upsample3d
from cnngui.spec.layers.shape import Flatten, Reshape, Slice
from cnngui.spec.layers.windows import same_padding

__all__ = [
    "ELU",
    "GELU",
    "INPUT_ID",
    "LAYER_TYPES",
    "WEIGHT_ARGUMENTS",
    "AdaptiveAvgPool2d",
    "AdaptiveAvgPool3d",
    "AdaptiveMaxPool2d",
    "Add",
    "Argument",
    "Arithmetic",
    "AvgPool2d",
    "AvgPool3d",
    "BatchNorm2d",
    "BatchNorm3d",
    "Box",
    "Concat",
    "Conv2d",
    "Conv3d",
    "ConvTranspose2d",
    "ConvTranspose3d",
    "Dropout",
    "Flatten",
    "GlobalAvgPool2d",
    "GlobalAvgPool3d",
    "GlobalMaxPool2d",
    "GroupNorm",
    "Hardsigmoid",
    "Hardswish",
    "Hardtanh",
    "InstanceNorm2d",
    "InstanceNorm3d",
    "LayerNorm",
    "LayerSpec",
    "LeakyReLU",
    "Linear",
    "MaxPool2d",
    "MaxPool3d",
    "MenuGroup",
    "MisfitError",
    "Multiply",
    "Normalisation",
    "PReLU",
    "Pad2d",
    "Pad3d",
    "Pair",
    "ParametricSpec",
    "ReLU",
    "ReLU6",
    "Reshape",
    "Shape",
    "SiLU",
    "Sigmoid",
    "Slice",
    "Softmax",
    "Softplus",
    "Tanh",
    "Triple",
    "Upsample",
    "Upsample3d",
    "arguments_of",
    "moments",
    "require_rank",
    "same_padding",
    "shape_text",
    "whole",
]


def _table(*layer_types: type[LayerSpec]) -> dict[str, type[LayerSpec]]:
    """Return types by name. One that leaves something unsaid that only it can say is refused."""
    for layer_type in layer_types:
        unsaid = [
            name
            for name in ("menu_group", "arithmetic", "rank", "keeps_channels")
            if not hasattr(layer_type, name)
        ]
        if isabstract(layer_type) or unsaid:
            unsaid += sorted(layer_type.__abstractmethods__)
            raise TypeError(f"{layer_type.__name__} does not say {', '.join(unsaid)}")
    return {layer_type.__name__: layer_type for layer_type in layer_types}


LAYER_TYPES = _table(
    Conv2d,
    ConvTranspose2d,
    Conv3d,
    ConvTranspose3d,
    MaxPool2d,
    AvgPool2d,
    AdaptiveMaxPool2d,
    AdaptiveAvgPool2d,
    GlobalMaxPool2d,
    GlobalAvgPool2d,
    MaxPool3d,
    AvgPool3d,
    AdaptiveAvgPool3d,
    GlobalAvgPool3d,
    ReLU,
    LeakyReLU,
    PReLU,
    ReLU6,
    ELU,
    GELU,
    SiLU,
    Hardswish,
    Softplus,
    Sigmoid,
    Hardsigmoid,
    Tanh,
    Hardtanh,
    Softmax,
    BatchNorm2d,
    BatchNorm3d,
    GroupNorm,
    InstanceNorm2d,
    InstanceNorm3d,
    LayerNorm,
    Dropout,
    Flatten,
    Reshape,
    Upsample,
    Upsample3d,
    Pad2d,
    Pad3d,
    Slice,
    Linear,
    Add,
    Multiply,
    Concat,
)
"""Every type of layer that networks are made of, by name, in the order in which a menu shows them:
those of one group one after the other."""
