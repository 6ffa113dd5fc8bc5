"""Derivatives of any number that a network computes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from cnngui.engine.gradients.arrays import Arrays
from cnngui.engine.gradients.graph import Graph, graph_of, learned_names
from cnngui.engine.gradients.interruption import Interruption
from cnngui.engine.gradients.workspace import Workspace, needed_bytes
from cnngui.engine.model import Model
from cnngui.spec.cost import total_cost
from cnngui.spec.layers import INPUT_ID, ParametricSpec
from cnngui.spec.network import NetworkSpec
from cnngui.weights import Weights

Array = NDArray[Any]
Seed = Callable[[Array], Array]
"""Given a layer's output, images first, returns how much of each of its values is differentiated:
the gradient of the number in question with respect to that output."""


def unit(*place: int) -> Seed:
    """Return the seed of one number of each image: ``unit(k)``, ``unit(channel, row, column)``."""

    def seed(output: Array) -> Array:
        d_output = np.zeros_like(output)
        for image in d_output:
            image[place] = 1
        return d_output

    return seed


def channel_sum(channel: int) -> Seed:
    """Return the seed of the sum of one channel of each image."""
    return unit(channel)


@dataclass(frozen=True)
class Derivatives:
    """What was found. Arrays are fresh, in PyTorch's order.

    Attributes
    ----------
    output : what was differentiated.
    layers : the gradients with respect to the outputs of the layers asked for, by id.
    parameters : the gradients with respect to the parameters of the layers asked for, by id and
        name, summed over the images.
    """

    output: Array
    layers: Mapping[str, Array]
    parameters: Arrays


class Gradients:
    """Differentiates a network as it is used: by running statistics, with nothing dropped.

    It need be neither trainable nor end in classes. Frozen layers pass gradients like all others.

    Parameters
    ----------
    spec : the description.
    weights : arrays to take, for layers whose shapes they have; all others are drawn.
    dtype : of all computing, float32 or float64.
    interruption : asked between the pieces.

    Raises
    ------
    NetworkError : the description is not valid.
    """

    def __init__(
        self,
        spec: NetworkSpec,
        weights: Weights | None = None,
        *,
        dtype: DTypeLike = np.float32,
        interruption: Interruption | None = None,
    ) -> None:
        self.spec = spec
        self._dtype = np.dtype(dtype)
        parameters = {
            layer_id: {name: array.astype(self._dtype) for name, array in arrays.items()}
            for layer_id, arrays in Model(spec, weights).weights().items()
        }
        self._multiply_adds = total_cost(spec).multiply_adds
        self._workspace = Workspace(
            parameters, self._multiply_adds, self._dtype, interruption=interruption
        )

    def of(
        self,
        layer_id: str,
        seed: Seed,
        x: Array,
        *,
        layers: Collection[str] = (INPUT_ID,),
        parameters: Collection[str] = (),
    ) -> Derivatives:
        """Differentiate numbers of one layer's output.

        Parameters
        ----------
        layer_id : whose output.
        seed : which of its numbers; ``unit`` and ``channel_sum`` make some.
        x : ``(N, C, H, W)``.
        layers : with respect to whose outputs, "input" allowed. Those that have no part in it have
            a gradient of zero.
        parameters : with respect to whose parameters.

        Raises
        ------
        KeyError : one of these layers does not exist.
        MemoryError : there is not enough for so large a batch; see ``needed_bytes``.
        AbandonedError : the interruption gave it up.
        """
        program = self._workspace.program(
            (layer_id, frozenset(layers), frozenset(parameters)),
            lambda: self._prepare(layer_id, layers, parameters),
            len(x),
            goes_back=True,
            is_learning=False,
        )
        output = program.forward(x)
        found = program.backward(seed(output))
        origins, shapes = program.graph.origins, program.graph.shapes
        return Derivatives(
            output,
            {
                name: found[origins[name]].copy()
                if origins[name] in found
                else np.zeros((len(x), *shapes[name]), self._dtype)
                for name in layers
            },
            {
                layer_id: {name: array.copy() for name, array in arrays.items()}
                for layer_id, arrays in program.gradients.items()
            },
        )

    def needed_bytes(
        self, layer_id: str, images: int, layers: Collection[str] = (INPUT_ID,)
    ) -> int:
        """Return how much memory ``of`` takes for so many images."""
        graph = graph_of(self.spec, layer_id, layers=layers)
        return needed_bytes(graph, images, self._multiply_adds, self._dtype, is_learning=False)

    def _prepare(
        self, layer_id: str, layers: Collection[str], parameters: Collection[str]
    ) -> tuple[Graph, Arrays]:
        graph = graph_of(self.spec, layer_id, layers=layers, parameters=parameters)
        gradients = {}
        for name in parameters:
            layer, shapes = self.spec.layer(name), graph.parameters[name]
            if isinstance(layer, ParametricSpec):
                # Those of layers that have no part in it stay zero.
                gradients[name] = {
                    parameter: np.zeros(shapes[parameter], self._dtype)
                    for parameter in learned_names(layer, shapes)
                }
        return graph, gradients
