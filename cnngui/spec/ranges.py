"""Whether a layer's output can be negative, which decides how its maps are coloured."""

from __future__ import annotations

from collections.abc import Mapping

from cnngui.spec.layers import (
    INPUT_ID,
    BatchNorm2d,
    Conv2d,
    LayerSpec,
    LeakyReLU,
    Linear,
    ReLU,
    Sigmoid,
    Softmax,
)
from cnngui.spec.network import NetworkSpec


def is_signed(network: NetworkSpec) -> Mapping[str, bool]:
    """Return by layer id, "input" included, whether its values may be below zero.

    It follows from the description alone, so it does not flicker with the picture or the weights.
    """
    signed = {INPUT_ID: any(mean > 0 for mean in network.input.mean)}
    for index, layer in enumerate(network.layers):
        sources = [signed.get(name, True) for name in network.inputs_of(index)]
        signed[layer.id] = _gives_negative(layer, sources) if layer.enabled else sources[0]
    return signed


def _gives_negative(layer: LayerSpec, sources: list[bool]) -> bool:
    match layer:
        case Conv2d() | Linear() | BatchNorm2d():
            return True
        case ReLU() | Sigmoid() | Softmax():
            return False
        case LeakyReLU(negative_slope=0):
            return False
        case _:
            # Tanh and SiLU keep the sign; pooling, dropout, sums and lists cannot make a new one.
            return any(sources)
