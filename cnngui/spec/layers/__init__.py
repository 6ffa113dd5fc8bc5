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
    require_rank,
    shape_text,
    whole,
)
from cnngui.spec.layers.conv import Conv2d, ConvTranspose2d
from cnngui.spec.layers.dense import Linear
from cnngui.spec.layers.join import Add, Concat, Multiply
from cnngui.spec.layers.norm import (
    BatchNorm2d,
    Dropout,
    GroupNorm,
    InstanceNorm2d,
    LayerNorm,
    Normalisation,
)
from cnngui.spec.layers.pool import (
    AdaptiveAvgPool2d,
    AdaptiveMaxPool2d,
    AvgPool2d,
    GlobalAvgPool2d,
    GlobalMaxPool2d,
    MaxPool2d,
)
from cnngui.spec.layers.resize import Pad2d, Upsample
from cnngui.spec.layers.shape import Flatten, Reshape, Slice
from cnngui.spec.layers.windows import same_padding

__all__ = [
    "ELU",
    "GELU",
    "INPUT_ID",
    "LAYER_TYPES",
    "WEIGHT_ARGUMENTS",
    "AdaptiveAvgPool2d",
    "AdaptiveMaxPool2d",
    "Add",
    "Argument",
    "Arithmetic",
    "AvgPool2d",
    "BatchNorm2d",
    "Box",
    "Concat",
    "Conv2d",
    "ConvTranspose2d",
    "Dropout",
    "Flatten",
    "GlobalAvgPool2d",
    "GlobalMaxPool2d",
    "GroupNorm",
    "Hardsigmoid",
    "Hardswish",
    "Hardtanh",
    "InstanceNorm2d",
    "LayerNorm",
    "LayerSpec",
    "LeakyReLU",
    "Linear",
    "MaxPool2d",
    "MenuGroup",
    "MisfitError",
    "Multiply",
    "Normalisation",
    "PReLU",
    "Pad2d",
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
    "Upsample",
    "arguments_of",
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
    MaxPool2d,
    AvgPool2d,
    AdaptiveMaxPool2d,
    AdaptiveAvgPool2d,
    GlobalMaxPool2d,
    GlobalAvgPool2d,
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
    GroupNorm,
    InstanceNorm2d,
    LayerNorm,
    Dropout,
    Flatten,
    Reshape,
    Upsample,
    Pad2d,
    Slice,
    Linear,
    Add,
    Multiply,
    Concat,
)
"""Every type of layer that networks are made of, by name, in the order in which a menu shows them:
those of one group one after the other."""
