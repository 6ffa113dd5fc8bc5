"""A network that learns: built from a description, owning its weights."""

from __future__ import annotations

import zlib
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import DTypeLike, NDArray

from cnngui.engine import parallel
from cnngui.engine.gradients.arrays import Arrays
from cnngui.engine.gradients.band import Band, Learning
from cnngui.engine.gradients.graph import Graph, graph_of
from cnngui.engine.gradients.interruption import Interruption
from cnngui.engine.gradients.memory import Memory
from cnngui.engine.gradients.program import Program, bands_of
from cnngui.engine.learning.losses import Loss
from cnngui.engine.model import Model
from cnngui.errors import TrainingError, text
from cnngui.spec.cost import layer_costs
from cnngui.spec.network import NetworkSpec
from cnngui.weights import Weights

_TRAINED = {"weight", "bias"}
"""Parameters that have gradients; the others are running statistics."""

_PROGRAMS_KEPT = 4
"""Batches and evaluations, each with a smaller last one."""


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
        self._interruption = interruption or Interruption()
        self._graph = graph_of(spec)
        self._dtype = np.dtype(dtype)
        self._seed = seed
        self._all = {
            layer_id: {name: array.astype(self._dtype) for name, array in arrays.items()}
            for layer_id, arrays in Model(spec, weights).weights().items()
        }
        self.parameters: Arrays = {
            layer_id: {name: self._all[layer_id][name] for name in names}
            for layer_id, names in _trained(self._graph).items()
        }
        self.gradients: Arrays = {
            layer_id: {name: np.zeros_like(array) for name, array in arrays.items()}
            for layer_id, arrays in self.parameters.items()
        }
        self._multiply_adds = _multiply_adds(spec)
        self._rngs: dict[tuple[str, int], np.random.Generator] = {}
        self._buffers: list[NDArray[np.uint8]] = []
        self._programs: OrderedDict[tuple[int, int, bool], Program] = OrderedDict()

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
        """Return float32 copies of all parameters, as a Model takes them."""
        return {
            layer_id: {name: array.astype(np.float32) for name, array in arrays.items()}
            for layer_id, arrays in self._all.items()
        }

    def restore(self, weights: Weights) -> None:
        """Take over weights that ``weights`` has returned."""
        for layer_id, arrays in weights.items():
            for name, array in arrays.items():
                self._all[layer_id][name][...] = array

    def training_bytes(self, batch_size: int) -> int:
        """Return what ``training_bytes`` returns for this network."""
        return training_bytes(self.spec, batch_size, self._dtype)

    def _program(self, images: int, *, is_training: bool) -> Program:
        key = (images, parallel.thread_count(), is_training)
        if key in self._programs:
            self._programs.move_to_end(key)
            return self._programs[key]
        try:
            program = self._new_program(images, is_training=is_training)
        except MemoryError as error:
            needed = self.training_bytes(images) / 1e9
            thing = text("a batch of {count}", count=images)
            rule = text(
                "must fit in memory with all that is kept for learning: take a smaller batch"
            )
            raise TrainingError(thing, rule, f"{needed:,.1f} GB") from error
        self._programs[key] = program
        if len(self._programs) > _PROGRAMS_KEPT:
            self._programs.popitem(last=False)
        return program

    def _new_program(self, images: int, *, is_training: bool) -> Program:
        slices = bands_of(self._graph, images, self._multiply_adds, self._dtype.itemsize)
        measuring = _measured(slices, partial(self._bands, is_training=is_training))
        # All programs use the same memory, for nothing in it outlives a step.
        for number, measured in enumerate(measuring):
            held = self._buffers[number].size if number < len(self._buffers) else 0
            if held < measured.nbytes:
                self._programs.clear()
                self._buffers[number:] = []
                self._buffers.append(np.empty(measured.nbytes, np.uint8))
        memories = [
            Memory(buffer, measured.scratch_bytes)
            for buffer, measured in zip(self._buffers, measuring, strict=False)
        ]
        bands = self._bands(slices, memories, is_training=is_training)
        return Program(bands, slices, self.gradients, self._interruption)

    def _bands(
        self, slices: Sequence[slice], memories: Sequence[Memory], *, is_training: bool
    ) -> list[Band]:
        learning = Learning(self._rng) if is_training else None
        gradients = self.gradients if is_training else {}
        return _bands(self._graph, slices, self._all, gradients, memories, self._dtype, learning)

    def _rng(self, layer_id: str, band: int) -> np.random.Generator:
        key = layer_id, band
        if key not in self._rngs:
            seed = [self._seed, zlib.crc32(layer_id.encode()), band]
            self._rngs[key] = np.random.default_rng(seed)
        return self._rngs[key]


def training_bytes(spec: NetworkSpec, batch_size: int, dtype: DTypeLike = np.float32) -> int:
    """Return how much memory learning takes: weights, and what one batch keeps for backward.

    That is every layer's output, its gradient, and what layers work with. What an optimizer keeps
    is its own.

    Raises
    ------
    NetworkError, TrainingError : as of ``TrainableNetwork``.
    """
    graph = graph_of(spec)
    shapeless = Memory()
    parameters = {
        layer_id: {name: shapeless.keep(shape, dtype) for name, shape in shapes.items()}
        for layer_id, shapes in graph.parameters.items()
    }
    gradients = {
        layer_id: {name: shapeless.keep(parameters[layer_id][name].shape, dtype) for name in names}
        for layer_id, names in _trained(graph).items()
    }
    slices = bands_of(graph, batch_size, _multiply_adds(spec), np.dtype(dtype).itemsize)
    learning = Learning(lambda layer_id, band: np.random.default_rng(0))

    def make_bands(slices: Sequence[slice], memories: Sequence[Memory]) -> None:
        _bands(graph, slices, parameters, gradients, memories, dtype, learning)

    return sum(memory.nbytes for memory in (shapeless, *_measured(slices, make_bands)))


def _measured(
    slices: Sequence[slice], make_bands: Callable[[Sequence[slice], Sequence[Memory]], object]
) -> list[Memory]:
    """Return what each band needs. Those of one size need the same, but for the first one."""
    kinds = [(number > 0, images.stop - images.start) for number, images in enumerate(slices)]
    examples = dict(zip(kinds, slices, strict=True))
    memories = {kind: Memory() for kind in examples}
    make_bands(list(examples.values()), list(memories.values()))
    return [memories[kind] for kind in kinds]


def _trained(graph: Graph) -> dict[str, list[str]]:
    """Return the names of what is trained, by layer id."""
    return {
        step.layer.id: [name for name in graph.parameters[step.layer.id] if name in _TRAINED]
        for step in graph.steps
        if step.learns
    }


def _multiply_adds(spec: NetworkSpec) -> int:
    """Return those of one image's forward."""
    return sum(cost.multiply_adds for cost in layer_costs(spec).values())


def _bands(
    graph: Graph,
    slices: Sequence[slice],
    parameters: Arrays,
    gradients: Arrays,
    memories: Sequence[Memory],
    dtype: DTypeLike,
    learning: Learning | None,
) -> list[Band]:
    """Return a batch's bands. The first writes its gradients to ``gradients``."""
    bands = []
    for number, (images, memory) in enumerate(zip(slices, memories, strict=True)):
        own = gradients
        if number:
            own = {
                layer_id: {name: memory.keep(a.shape, dtype) for name, a in arrays.items()}
                for layer_id, arrays in gradients.items()
            }
        size = images.stop - images.start
        bands.append(Band(graph, size, parameters, own, memory, dtype, learning, number))
    return bands
