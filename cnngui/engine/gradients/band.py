"""Some images of a batch on their way through all layers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import DTypeLike, NDArray

from cnngui.engine.gradients.arrays import Arrays
from cnngui.engine.gradients.graph import Graph, Step
from cnngui.engine.ops import Calls
from cnngui.engine.ops.families import operation_of
from cnngui.engine.ops.learning.layout import images_first, lying
from cnngui.engine.ops.learning.memory import Memory, Recycled
from cnngui.engine.ops.learning.operation import Learning, Operation, Place, shares
from cnngui.spec.layers import INPUT_ID

_NOTHING = np.zeros(0)


_FEWEST_VALUES = 16_384
"""Fewer are not worth another thread's while, but for matrix products."""


@dataclass(frozen=True)
class BandStep:
    """What a band does in one operation, forward or backward.

    Attributes
    ----------
    rounds : its work, in order; each round is what threads may do side by side.
    prepare : what it does before the bands of the batch meet.
    share : what is called once when all have prepared; None where they do not meet.
    """

    rounds: list[list[Calls]]
    prepare: Callable[[], object] | None = None
    share: Callable[[], object] | None = None


class Band:
    """The operations of all layers, bound to their arrays.

    Parameters
    ----------
    graph : the layers.
    size : how many images.
    parameters : of all layers.
    gradients : where the gradients of the parameters that are asked for go, by layer id.
    memories : for all arrays; of several each is for one of the lanes that divide operations.
    dtype : of all arrays.
    goes_back : False to run forward only.
    learning : None to compute the network as it is used.
    number : which band of the batch this is.

    Attributes
    ----------
    images : ``(size, *shape)`` of the input's shape, to be set before ``read`` is called.
    output, d_output : as tensors lie here: what is differentiated, and where backward begins.
    d_layers : by id the gradients with respect to the layers that are asked for, in the same order.
    forward_steps : from the first layer to the last.
    backward_steps : from the last layer to the first, of those that gradients pass through.
    """

    def __init__(
        self,
        graph: Graph,
        size: int,
        parameters: Arrays,
        gradients: Arrays,
        memories: Sequence[Memory],
        dtype: DTypeLike,
        *,
        goes_back: bool,
        learning: Learning | None,
        number: int = 0,
    ) -> None:
        self.gradients = gradients
        self._graph, self._size = graph, size
        self._parameters, self._memory, self._dtype = parameters, memories[0], dtype
        self._memories = memories
        self._goes_back, self._learning, self._number = goes_back, learning, number
        self.images: NDArray = _NOTHING
        self._input = self._keep(INPUT_ID)
        self._in_place = _in_place(graph, goes_back=goes_back)
        values = self._make_values()
        self._with_gradient = {
            *(step.layer.id for step in graph.steps if goes_back and step.needs_gradient),
            *(graph.asked & {INPUT_ID}),
        }
        self._recycled = Recycled(self._memory, dtype)
        self.output = values[graph.output]
        self.d_output = self._recycled.take(self.output.shape) if goes_back else _NOTHING
        self.forward_steps: list[BandStep] = []
        self.backward_steps: list[BandStep] = []
        self._sums: list[Calls] = []
        """What adds up the gradients that several lanes have summed."""
        self.d_layers: dict[str, NDArray] = {}
        d_values = {graph.output: self.d_output}
        # Backward's order: who comes first writes a gradient, the others add to it.
        for step in reversed(graph.steps):
            self._bind(step, values, d_values)
        self.forward_steps.reverse()
        if self._sums:
            self.backward_steps.append(BandStep([self._sums]))
        if INPUT_ID in graph.asked:
            # Nothing comes after it that could use its memory again.
            self.d_layers[INPUT_ID] = d_values[INPUT_ID]

    def read(self) -> None:
        """Take over the images, in the order of our own maps."""
        np.copyto(images_first(self._input, self._graph.shapes[INPUT_ID]), self.images)

    def _keep(self, layer_id: str) -> NDArray:
        return self._memory.keep(lying(self._graph.shapes[layer_id], self._size), self._dtype)

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
        additions: list[Calls] = [[] for _ in self._memories]
        """Each adds the gradients of some rows."""
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
                for calls, rows in zip(additions, shares(len(total), len(additions)), strict=True):
                    calls.append(partial(np.add, total[rows], d_source[rows], out=total[rows]))
                done_with.append(d_source)
            d_sources.append(d_source)
        goes_back = self._goes_back and step.needs_gradient
        place = Place(
            images=self._size,
            source_shapes=[self._graph.shapes[source] for source in step.sources],
            shape=self._graph.shapes[name],
            sources=[values[source] for source in step.sources],
            out=values[name],
            d_out=d_out,
            d_sources=d_sources,
            parameters=self._parameters.get(name, {}),
            gradients=self.gradients.get(name, {}),
            memory=self._memory,
            goes_back=goes_back,
            learning=self._learning,
            part=self._number,
            takes_positive_part=step.takes_positive_part,
        )
        lanes = self._lanes(step, place)
        self._add_forward(lanes)
        if goes_back:
            kept_calls: Calls = []
            if name in self._graph.asked:
                # Before anybody uses it up, or its memory.
                kept = self.d_layers[name] = self._memory.keep(d_out.shape, self._dtype)
                kept_calls.append(partial(np.copyto, kept, d_out))
            self._add_backward(step, lanes, kept_calls, additions)
            for array in done_with:
                self._recycled.give_back(array)

    def _lanes(self, step: Step, place: Place) -> list[Operation]:
        """Return the layer's operation, or what it is divided into."""
        kind = operation_of(step.layer)
        count = len(self._memories)
        division = kind.division(step.layer, place, count) if count > 1 else None
        maps = [array for array in (*place.sources, place.out) if array.ndim == 4]
        is_large = max((array.size for array in maps), default=0) >= _FEWEST_VALUES
        if division is None or not (division == "work" or is_large):
            return [kind.at(step.layer, place)]
        return [kind.at(step.layer, part) for part in place.divided(division, self._memories)]

    def _add_forward(self, lanes: Sequence[Operation]) -> None:
        operation, *others = lanes
        if others:
            calls = [[*_meeting_itself(lane, forward=True), lane.forward] for lane in lanes]
            step = BandStep([calls])
        else:
            share = operation.meeting.share_forward if operation.meeting else None
            step = BandStep([[[operation.forward]]], operation.prepare_forward, share)
        self.forward_steps.append(step)

    def _add_backward(
        self, step: Step, lanes: Sequence[Operation], kept: Calls, additions: list[Calls]
    ) -> None:
        """Add what a layer does, after something is kept, and before gradients are added."""
        work = [
            [
                *([lane.learn] if step.learns else []),
                *([lane.backward] if any(d is not None for d in lane.place.d_sources) else []),
            ]
            for lane in lanes
        ]
        operation, *others = lanes
        if not others:
            share = operation.meeting.share_backward if operation.meeting else None
            rounds = [[[*kept, *work[0]]], additions]
            self.backward_steps.append(BandStep(rounds, operation.prepare_backward, share))
            return
        each = zip(lanes, work, strict=True)
        calls = [[*_meeting_itself(lane, forward=False), *own] for lane, own in each]
        self.backward_steps.append(BandStep([[kept], calls, additions]))
        if step.learns:
            self._sums += [
                [
                    partial(np.add, total, other.partial_gradients[name], out=total)
                    for other in others
                ]
                for name, total in operation.partial_gradients.items()
            ]


def _meeting_itself(operation: Operation, *, forward: bool) -> Calls:
    """Return what a lane does that has all of the batch, where parts of a batch would meet."""
    meeting = operation.meeting
    if meeting is None:
        return []
    if forward:
        return [operation.prepare_forward, meeting.share_forward]
    return [operation.prepare_backward, meeting.share_backward]


def _in_place(graph: Graph, *, goes_back: bool) -> set[str]:
    """Return the layers whose result may take the place of what they read."""
    readers = Counter(source for step in graph.steps for source in step.sources)
    operations = {step.layer.id: operation_of(step.layer) for step in graph.steps}
    return {
        step.layer.id
        for step in graph.steps
        if operations[step.layer.id].replaces_input
        and readers[step.sources[0]] == 1
        and step.sources[0] != INPUT_ID
        and not (goes_back and operations[step.sources[0]].uses_output)
    }
