"""What a network costs: parameters, multiply-adds, memory, and what dense layers would cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod

from cnngui.spec.layers import INPUT_ID, BatchNorm2d, Conv2d, LayerSpec, Linear
from cnngui.spec.network import NetworkSpec
from cnngui.spec.shapes import Shape, infer

BYTES_PER_VALUE = 4


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


def layer_costs(network: NetworkSpec) -> Mapping[str, Cost]:
    """Return by id the cost of every layer whose shape is known."""
    report = infer(network)
    return {
        layer.id: _layer_cost(
            layer,
            report.shapes[network.inputs_of(index)[0]],
            report.shapes[layer.id],
            report.parameters[layer.id],
        )
        for index, layer in enumerate(network.layers)
        if layer.id in report.shapes
    }


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
        if isinstance(layer, Conv2d) and layer.enabled and layer.id in report.shapes:
            inputs = prod(report.shapes[network.inputs_of(index)[0]])
            outputs = report.shapes[layer.id]
            shared = prod(outputs[1:]) * prod(report.parameters[layer.id]["weight"])
            total += inputs * prod(outputs) - shared
    return total


def _layer_cost(
    layer: LayerSpec, in_shape: Shape, out_shape: Shape, parameters: Mapping[str, Shape]
) -> Cost:
    activation_bytes = BYTES_PER_VALUE * prod(out_shape)
    if not layer.enabled:  # its weights are kept, but nothing is done with them
        return Cost(activation_bytes=activation_bytes)
    learned = sum(prod(parameters[name]) for name in ("weight", "bias") if name in parameters)
    multiply_adds, dense = 0, learned
    match layer:
        case Conv2d():
            positions = prod(out_shape[1:])
            multiply_adds = positions * prod(parameters["weight"])
            dense = prod(out_shape) * (prod(in_shape) + layer.bias)
        case Linear():
            multiply_adds = prod(parameters["weight"])
        case BatchNorm2d():
            multiply_adds = prod(out_shape)
    return Cost(learned, multiply_adds, activation_bytes, dense)
