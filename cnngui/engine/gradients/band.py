"""Some images of a batch on their way through all layers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import DTypeLike, NDArray

from cnngui.engine.gradients import activation, conv, join, linear, norm, pool
from cnngui.engine.gradients.arrays import Arrays
from cnngui.engine.gradients.graph import Graph, Step
from cnngui.engine.gradients.memory import Memory, Recycled
from cnngui.engine.gradients.operation import Operation, Place
from cnngui.engine.ops import Calls
from cnngui.spec import layers as spec
from cnngui.spec.layers import INPUT_ID

_OPERATIONS: dict[type[spec.LayerSpec], type[Operation]] = {
    spec.Conv2d: conv.Conv2d,
    spec.MaxPool2d: pool.MaxPool2d,
    spec.AvgPool2d: pool.AvgPool2d,
    spec.GlobalAvgPool2d: pool.GlobalAvgPool2d,
    spec.BatchNorm2d: norm.FixedNorm,
    spec.ReLU: activation.ReLU,
    spec.LeakyReLU: activation.LeakyReLU,
    spec.Sigmoid: activation.Sigmoid,
    spec.Tanh: activation.Tanh,
    spec.SiLU: activation.SiLU,
    spec.Softmax: activation.Softmax,
    spec.Dropout: activation.Dropout,
    spec.Flatten: join.Flatten,
    spec.Linear: linear.Linear,
    spec.Add: join.Add,
    spec.Concat: join.Concat,
}

_NOTHING = np.zeros(0)


@dataclass(frozen=True)
class Learning:
    """What the bands of a batch share while they learn.

    Attributes
    ----------
    rng_of : what a layer draws from, by its id and the band's number.
    statistics : of each batch normalisation, by layer id.
    """

    rng_of: Callable[[str, int], np.random.Generator]
    statistics: dict[str, norm.BatchStatistics] = field(default_factory=dict)


@dataclass(frozen=True)
class BandStep:
    """What a band does in one operation, forward or backward.

    Attributes
    ----------
    calls : its work, in order.
    prepare : what it does before the bands of the batch meet.
    share : what is called once when all have prepared; None where they do not meet.
    """

    calls: Calls
    prepare: Callable[[], object]
    share: Callable[[], object] | None


class Band:
    """The operations of all layers, bound to their arrays.

    Parameters
    ----------
    graph : the layers.
    size : how many images.
    parameters : of all layers.
    gradients : where the gradients of the parameters that are trained go, by layer id.
    memory, dtype : for all arrays.
    learning, number : None to run forward only, as a trained network is used; else which band of
        the batch this is.

    Attributes
    ----------
    images : ``(size, C, H, W)``, to be set before ``read`` is called.
    output, d_output : ``(K, size)``: what the loss reads, and its gradient.
    forward_steps : from the first layer to the last.
    backward_steps : from the last layer to the first, of those that gradients pass through.
    """

    def __init__(
        self,
        graph: Graph,
        size: int,
        parameters: Arrays,
        gradients: Arrays,
        memory: Memory,
        dtype: DTypeLike,
        learning: Learning | None,
        number: int = 0,
    ) -> None:
        self.gradients = gradients
        self._graph, self._size = graph, size
        self._parameters, self._memory, self._dtype = parameters, memory, dtype
        self._learning, self._number = learning, number
        self.images: NDArray = _NOTHING
        self._input = self._keep(INPUT_ID)
        self._in_place = _in_place(graph, is_training=learning is not None)
        values = self._make_values()
        self._with_gradient = {
            step.layer.id for step in graph.steps if learning and step.needs_gradient
        }
        self._recycled = Recycled(memory, dtype)
        self.output = values[graph.output]
        self.d_output = self._recycled.take(self.output.shape) if learning else _NOTHING
        self.forward_steps: list[BandStep] = []
        self.backward_steps: list[BandStep] = []
        d_values = {graph.output: self.d_output}
        # Backward's order: who comes first writes a gradient, the others add to it.
        for step in reversed(graph.steps):
            self._bind(step, values, d_values)
        self.forward_steps.reverse()

    def read(self) -> None:
        """Take over the images, in the order of our own maps."""
        np.copyto(self._input, self.images.transpose(2, 1, 3, 0))

    def _keep(self, layer_id: str) -> NDArray:
        shape = self._graph.shapes[layer_id]
        if len(shape) == 3:
            channels, height, width = shape
            shape = height, channels, width
        return self._memory.keep((*shape, self._size), self._dtype)

    def _make_values(self) -> dict[str, NDArray]:
        values = {INPUT_ID: self._input}
        for step in self._graph.steps:
            name = step.layer.id
            values[name] = values[step.sources[0]] if name in self._in_place else self._keep(name)
        return values

    def _bind(
        self, step: Step, values: Mapping[str, NDArray], d_values: dict[str, NDArray]
    ) -> None:
        """Make a layer's operation. ``d_values``: the gradients that have been written to."""
        name = step.layer.id
        d_out = d_values.get(name, _NOTHING)
        d_sources: list[NDArray | None] = []
        additions: Calls = []
        done_with = [] if name in self._in_place else [d_out]
        for source in step.sources:
            if source not in self._with_gradient:
                d_sources.append(None)
                continue
            if name in self._in_place:
                d_source = d_values[source] = d_out
            else:
                d_source = self._recycled.take(values[source].shape)
            if d_values.setdefault(source, d_source) is not d_source:
                total = d_values[source]
                additions.append(partial(np.add, total, d_source, out=total))
                done_with.append(d_source)
            d_sources.append(d_source)
        operation = operation_at(
            Place(
                sources=[values[source] for source in step.sources],
                out=values[name],
                d_out=d_out,
                d_sources=d_sources,
                parameters=self._parameters.get(name, {}),
                gradients=self.gradients.get(name, {}),
                memory=self._memory,
                is_training=self._learning is not None and step.needs_gradient,
            ),
            step,
            self._learning,
            self._number,
        )
        meeting = operation.meeting
        share = meeting.share_forward if meeting else None
        self.forward_steps.append(BandStep([operation.forward], operation.prepare_forward, share))
        if self._learning and step.needs_gradient:
            calls: Calls = [operation.learn] if step.learns else []
            if any(d_source is not None for d_source in d_sources):
                calls += [operation.backward, *additions]
            share = meeting.share_backward if meeting else None
            self.backward_steps.append(BandStep(calls, operation.prepare_backward, share))
            for array in done_with:
                self._recycled.give_back(array)


def operation_at(place: Place, step: Step, learning: Learning | None, number: int) -> Operation:
    """Return what does a layer's work. ``learning``, ``number``: as of ``Band``."""
    match step.layer:
        case spec.BatchNorm2d() as layer if learning and not layer.frozen:
            shared = learning.statistics
            statistics = shared.setdefault(layer.id, norm.BatchStatistics(layer))
            return norm.BatchNorm2d(layer, place, statistics)
        case spec.Dropout() as layer if learning:
            return activation.Dropout(layer, place, learning.rng_of(layer.id, number))
        case spec.MaxPool2d() as layer:
            return pool.MaxPool2d(layer, place, applies_relu=step.applies_relu)
        case layer:
            return _OPERATIONS[type(layer)](layer, place)


def _in_place(graph: Graph, *, is_training: bool) -> set[str]:
    """Return the layers whose result may take the place of what they read."""
    readers = Counter(source for step in graph.steps for source in step.sources)
    operations = {step.layer.id: _OPERATIONS[type(step.layer)] for step in graph.steps}
    return {
        step.layer.id
        for step in graph.steps
        if operations[step.layer.id].replaces_input
        and readers[step.sources[0]] == 1
        and step.sources[0] != INPUT_ID
        and not (is_training and operations[step.sources[0]].uses_output)
    }
