"""Whether a layer's output can be negative, which decides how its maps are coloured."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from cnngui.spec.layers import INPUT_ID
from cnngui.spec.network import NetworkSpec
from cnngui.spec.remembering import remembered


@remembered
def is_signed(network: NetworkSpec) -> Mapping[str, bool]:
    """Return by layer id, "input" included, whether its values may be below zero.

    It follows from the description alone, so it does not flicker with the picture or the weights.
    """
    signed = {INPUT_ID: any(mean > 0 for mean in network.input.mean)}
    for index, layer in enumerate(network.layers):
        sources = [signed.get(name, True) for name in network.inputs_of(index)]
        signed[layer.id] = layer.gives_negative(sources) if layer.enabled else sources[0]
    return MappingProxyType(signed)
