"""The curves of elementwise layers."""

from __future__ import annotations

from cnngui.spec.layers import LayerSpec
from cnngui.spec.layers.activation import Activation
from cnngui.spec.layers.curves import Curve


def curve_of(layer: LayerSpec) -> Curve:
    """Return the curve of an elementwise layer.

    Raises
    ------
    KeyError
        The layer is none.
    """
    if not isinstance(layer, Activation):
        raise KeyError(layer.type)
    return layer.curve
