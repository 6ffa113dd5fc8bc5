"""All families of layers: importing this module enters every type in the registry."""

from __future__ import annotations

from collections.abc import Sequence

from cnngui.engine.initializers import Parameters
from cnngui.engine.ops import (
    activation,
    activation_pieces,
    conv,
    conv3d,
    conv_learning,
    conv_transpose,
    dense,
    join,
    norm,
    norm_image,
    pool,
    pool_whole,
    resize,
    shape,
)
from cnngui.engine.ops.learning.operation import Operation
from cnngui.engine.ops.live.layer import Layer
from cnngui.engine.ops.moments import looks_across
from cnngui.engine.ops.registry import LEARNING, LIVE
from cnngui.spec.layers import LayerSpec, Shape

FAMILIES = (
    activation,
    activation_pieces,
    conv,
    conv3d,
    conv_learning,
    conv_transpose,
    dense,
    join,
    norm,
    norm_image,
    pool,
    pool_whole,
    resize,
    shape,
)


def live_layer(
    description: LayerSpec, parameters: Parameters, sources: Sequence[Shape], shape: Shape
) -> Layer:
    """Return the layer that computes what is described, on the live path.

    Parameters
    ----------
    sources, shape : the shapes of what it reads, and of its output.
    """
    layer = LIVE[type(description)](description, parameters)
    layer.looks_across |= looks_across(description, sources, shape) and not layer.is_elementwise
    return layer


def operation_of(layer: LayerSpec) -> type[Operation]:
    """Return the class that computes a layer forward and backward."""
    return LEARNING[type(layer)]
