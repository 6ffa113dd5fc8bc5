"""What a network costs: parameters, multiply-adds, memory, and what dense layers would cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from types import MappingProxyType

from cnngui.spec.layers import INPUT_ID, LayerSpec, ParametricSpec, Shape
from cnngui.spec.limits import BYTES_PER_VALUE
from cnngui.spec.network import NetworkSpec
from cnngui.spec.remembering import remembered
from cnngui.spec.shapes import infer


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of one layer or of a whole network, for one frame.

    Attributes
    ----------
    parameters : learned numbers, as PyTorch counts them (running means and variances are not).
    multiply_adds : of convolutions, linear layers (biases left out) and batch normalisation (one
        per value). Layers that only compare, add up or bend values count as 0.
    activation_bytes : the float32 output; for a network the input too.
    dense_parameters : weights and biases if each convolution were a fully-connected layer between
        the same two tensors. Other layers keep what they have.
    """

    parameters: int = 0
    multiply_adds: int = 0
    activation_bytes: int = 0
    dense_parameters: int = 0

    def __add__(self, other: Cost) -> Cost:
        return Cost(
            self.parameters + other.parameters,
            self.multiply_adds + other.multiply_adds,
            self.activation_bytes + other.activation_bytes,
            self.dense_parameters + other.dense_parameters,
        )


@remembered
def layer_costs(network: NetworkSpec) -> Mapping[str, Cost]:
    """Return by id the cost of every layer whose shape is known."""
    report = infer(network)
    costs = {
        layer.id: _layer_cost(
            layer,
            [report.shapes[name] for name in network.inputs_of(index)],
            report.shapes[layer.id],
            report.parameters[layer.id],
        )
        for index, layer in enumerate(network.layers)
        if layer.id in report.shapes
    }
    return MappingProxyType(costs)


def total_cost(network: NetworkSpec) -> Cost:
    """Return the cost of all layers whose shape is known, and of the input's memory."""
    input_shape = infer(network).shapes.get(INPUT_ID, (0,))
    start = Cost(activation_bytes=BYTES_PER_VALUE * prod(input_shape))
    return sum(layer_costs(network).values(), start)


def dense_multiply_adds(network: NetworkSpec) -> int:
    """Return the multiply-adds if each convolution were fully connected, as in ``Cost``."""
    report = infer(network)
    total = total_cost(network).multiply_adds
    for index, layer in enumerate(network.layers):
        if layer.has_kernels and layer.enabled and layer.id in report.shapes:
            sources = [report.shapes[name] for name in network.inputs_of(index)]
            shape = report.shapes[layer.id]
            total += prod(sources[0]) * prod(shape) - layer.multiply_adds(sources, shape)
    return total


def _layer_cost(
    layer: LayerSpec, sources: list[Shape], shape: Shape, parameters: Mapping[str, Shape]
) -> Cost:
    activation_bytes = BYTES_PER_VALUE * prod(shape)
    if not layer.enabled:  # its weights are kept, but nothing is done with them
        return Cost(activation_bytes=activation_bytes)
    measured = layer.measured if isinstance(layer, ParametricSpec) else ()
    learned = sum(prod(size) for name, size in parameters.items() if name not in measured)
    dense = prod(shape) * (prod(sources[0]) + ("bias" in parameters))
    return Cost(
        learned,
        layer.multiply_adds(sources, shape),
        activation_bytes,
        dense if layer.has_kernels else learned,
    )
