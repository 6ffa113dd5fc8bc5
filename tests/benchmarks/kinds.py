"""What a network's time went to, by kind of layer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from cnngui.spec import layers as spec
from cnngui.spec.cost import layer_costs
from cnngui.spec.network import NetworkSpec
from cnngui.spec.shapes import infer


@dataclass
class Kind:
    """Layers of one type, kernel and stride over maps of one size."""

    name: str
    layers: int = 0
    milliseconds: float = 0.0
    multiply_adds: int = 0

    @property
    def gflops_text(self) -> str:
        """Two operations a multiply-add; nothing for what does not multiply."""
        if not self.multiply_adds:
            return ""
        return f"{2 * self.multiply_adds / self.milliseconds / 1e6:.0f}"

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def by_kind(network: NetworkSpec, layer_seconds: Mapping[str, float]) -> list[Kind]:
    """Return all kinds, those first that took the longest."""
    shapes, costs = infer(network).shapes, layer_costs(network)
    kinds: dict[str, Kind] = {}
    for layer in network.layers:
        if layer.id in layer_seconds:
            name = _name(layer, shapes[layer.id])
            kind = kinds.setdefault(name, Kind(name))
            kind.layers += 1
            kind.milliseconds += layer_seconds[layer.id] * 1e3
            # Some layers are reckoned as if they multiplied.
            if isinstance(layer, spec.Conv2d | spec.Linear):
                kind.multiply_adds += costs[layer.id].multiply_adds
    return sorted(kinds.values(), key=lambda kind: -kind.milliseconds)


def _name(layer: spec.LayerSpec, shape: tuple[int, ...]) -> str:
    name = layer.type
    if isinstance(layer, spec.Conv2d):
        depthwise = ", depthwise" if layer.groups == layer.out_channels > 1 else ""
        height, width = layer.kernel_size
        name += f" {height}x{width}{depthwise}"
        if layer.stride != (1, 1):
            name += f", stride {layer.stride[0]}"
    return name if len(shape) == 1 else f"{name}, {shape[1]}x{shape[2]}"
