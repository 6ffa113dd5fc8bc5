"""What it is worth that a kernel is the same everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

from cnngui.spec.network import NetworkSpec
from cnngui.spec.shapes import infer


@dataclass(frozen=True)
class Sharing:
    """The parameters of one layer with kernels, and what others in its place would have.

    Attributes
    ----------
    shared : as it is: one kernel and one bias for each channel.
    places : how many numbers of one map the same kernel makes.
    unshared : with a kernel and a bias of its own for every place ("locally connected").
    fully_connected : with a weight for every value of the input, and a bias, for every number.
    """

    shared: int
    places: int
    unshared: int
    fully_connected: int


def sharing_of(network: NetworkSpec, layer_id: str) -> Sharing | None:
    """Return what a layer saves by sharing; None for layers without kernels or without a shape."""
    report = infer(network)
    layer = network.layer(layer_id)
    if not (layer.enabled and layer.has_kernels and layer_id in report.shapes):
        return None
    (source,) = network.inputs_of(network.index_of(layer_id))
    shape = report.shapes[layer_id]
    sizes = {name: prod(sides) for name, sides in report.parameters[layer_id].items()}
    places, biases = prod(shape[1:]), sizes.get("bias", 0)
    per_bias = 1 if biases else 0
    return Sharing(
        shared=sizes["weight"] + biases,
        places=places,
        unshared=places * (sizes["weight"] + biases),
        fully_connected=prod(shape) * (prod(report.shapes[source]) + per_bias),
    )
