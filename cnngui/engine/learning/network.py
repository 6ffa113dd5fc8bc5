"""A network that learns: built from a description, owning its weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import DTypeLike, NDArray

from cnngui.engine.gradients.arrays import Arrays
from cnngui.engine.gradients.graph import Graph, graph_of
from cnngui.engine.gradients.interruption import Interruption
from cnngui.engine.gradients.program import Program
from cnngui.engine.gradients.workspace import Workspace, needed_bytes
from cnngui.engine.learning.losses import Loss
from cnngui.engine.model import Model
from cnngui.errors import TrainingError, text
from cnngui.spec.cost import total_cost
from cnngui.spec.layers import ParametricSpec, shape_text
from cnngui.spec.network import NetworkSpec
from cnngui.spec.shapes import infer
from cnngui.weights import Weights, seal


@dataclass(frozen=True)
class BatchResult:
    """What a batch gave.

    Attributes
    ----------
    loss : the mean over the batch; may be nan or infinite.
    probabilities : ``(N, K)``.
    """

    loss: float
    probabilities: NDArray


class TrainableNetwork:
    """A network with weights and their gradients.

    Parameters
    ----------
    spec : the description. A final Softmax is left to the loss. Layers that the output does not
        depend on are not computed and not trained.
    weights : arrays to begin with, for layers whose shapes they have; all others are drawn.
    dtype : of all computing, float32 or float64.
    seed : of what is random in training (dropout).
    interruption : asked between the pieces of a batch, forward and backward.

    Attributes
    ----------
    parameters : what is trained, by layer id and name. Optimizers write into these arrays.
    gradients : the same for the gradients of the last batch.

    Raises
    ------
    NetworkError : the description is not valid.
    TrainingError : nothing can be trained, or the last layer does not give one number per class.
    """

    def __init__(
        self,
        spec: NetworkSpec,
        weights: Weights | None = None,
        *,
        dtype: DTypeLike = np.float32,
        seed: int = 0,
        interruption: Interruption | None = None,
    ) -> None:
        self.spec = spec
        self._learning = learning_graph(spec)
        output = self._learning.output
        self._used = graph_of(spec, output)
        self._dtype = np.dtype(dtype)
        self._all = {
            layer_id: {name: array.astype(self._dtype) for name, array in arrays.items()}
            for layer_id, arrays in Model(spec, weights).weights().items()
        }
        self.parameters: Arrays = {
            layer_id: {name: self._all[layer_id][name] for name in names}
            for layer_id, names in self._learning.trained.items()
        }
        self.gradients: Arrays = {
            layer_id: {name: np.zeros_like(array) for name, array in arrays.items()}
            for layer_id, arrays in self.parameters.items()
        }
        self._workspace = Workspace(
            self._all, total_cost(spec).multiply_adds, self._dtype, seed, interruption
        )

    def gradients_of(self, x: NDArray, labels: NDArray[np.int64], loss: Loss) -> BatchResult:
        """Run a batch forward and backward: ``gradients`` and running statistics are new then.

        Parameters
        ----------
        x : ``(N, C, H, W)`` of the network's type.
        labels : ``(N,)``.
        loss : what is to become small.

        Raises
        ------
        TrainingError : there is not memory enough for so large a batch.
        AbandonedError : the interruption gave it up; what is trained is as it was.
        """
        program = self._program(len(x), is_training=True)
        with np.errstate(all="ignore"):
            result = loss(program.forward(x), labels)
        program.backward(result.gradient)
        return BatchResult(result.value, result.probabilities)

    def predict(self, x: NDArray) -> NDArray:
        """Return ``(N, K)``: what the loss would read, of the network as it is used."""
        return self._program(len(x), is_training=False).forward(x)

    def weights(self) -> Weights:
        """Return sealed float32 copies of all parameters, as a Model takes them."""
        return seal(
            {
                layer_id: {name: array.astype(np.float32) for name, array in arrays.items()}
                for layer_id, arrays in self._all.items()
            }
        )

    def restore(self, weights: Weights) -> None:
        """Take over weights that ``weights`` has returned."""
        for layer_id, arrays in weights.items():
            for name, array in arrays.items():
                self._all[layer_id][name][...] = array

    def training_bytes(self, batch_size: int) -> int:
        """Return what ``training_bytes`` returns for this network."""
        return training_bytes(self.spec, batch_size, self._dtype)

    def _program(self, images: int, *, is_training: bool) -> Program:
        def make() -> tuple[Graph, Arrays]:
            return self._learning if is_training else self._used, self.gradients

        try:
            return self._workspace.program(
                is_training, make, images, goes_back=is_training, is_learning=is_training
            )
        except MemoryError as error:
            raise TrainingError(
                text("a batch of {count}", count=images),
                text("must fit in memory with all that is kept for learning: take a smaller batch"),
                f"{self.training_bytes(images) / 1e9:,.1f} GB",
            ) from error


def training_bytes(spec: NetworkSpec, batch_size: int, dtype: DTypeLike = np.float32) -> int:
    """Return how much memory learning takes: weights, and what one batch keeps for backward.

    What an optimizer keeps is its own.

    Raises
    ------
    NetworkError, TrainingError : as of ``TrainableNetwork``.
    """
    graph = learning_graph(spec)
    return needed_bytes(graph, batch_size, total_cost(spec).multiply_adds, dtype, is_learning=True)


def learning_graph(network: NetworkSpec) -> Graph:
    """Find what takes part in learning; a final Softmax is left to the loss.

    Raises
    ------
    NetworkError : the network is not valid.
    TrainingError : it has nothing to train, or its last layer does not give one number per class.
    """
    report = infer(network)
    report.raise_if_invalid()
    trained = [
        layer.id
        for layer in network.layers
        if isinstance(layer, ParametricSpec) and not layer.frozen and layer.enabled
    ]
    graph = graph_of(network, network.last_id, parameters=trained, is_learning=True)
    last = graph.steps[-1] if graph.steps else None
    if last is not None and last.layer.arithmetic == "softmax":
        (source,) = last.sources
        graph = graph_of(network, source, parameters=trained, is_learning=True)
    shape = report.shapes[graph.output]
    if len(shape) != 1:
        rule = text(
            "the last layer must give one number per class: let it end with Flatten and Linear"
        )
        raise TrainingError(network.name, rule, text("maps {shape}", shape=shape_text(shape)))
    if not graph.trained:
        rule = text("must have a layer with weights that is not frozen and reaches the output")
        raise TrainingError(network.name, rule)
    return graph
