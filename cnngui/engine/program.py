"""A plan made ready to run: memory for every tensor that is kept, and calls bound to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from itertools import pairwise
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from cnngui.engine import parallel, schedule
from cnngui.engine.glimpse import Glimpse
from cnngui.engine.ops import Calls
from cnngui.engine.ops.live.scratch import Scratch
from cnngui.engine.ops.live.tensor import Part, Tensor
from cnngui.engine.plan import Plan
from cnngui.engine.work import GlimpsePart, Node, Stage
from cnngui.spec.layers import INPUT_ID

Array = NDArray[np.float32]
Observer = Callable[[Array], None]
Observers = Mapping[str | Glimpse, Observer]
"""By what is asked for: a layer's whole output, by its id, or a glimpse of it."""


Work = list[tuple[int, Calls]]
"""(number of the layer in the program, its calls), in order."""
_Shown = list[tuple[str | Glimpse, Array]]
"""(what was asked for, where it is), in order."""


class AbandonedError(Exception):
    """Whoever asked for a forward no longer wants it."""


class Program:
    """What runs for one batch size and one set of tensors that are asked for.

    Parameters
    ----------
    nodes : the network's layers by id, in the order in which they are computed.
    input_shape : ``(C, H, W)``.
    images : the batch size.
    wanted : what is asked for: ids of layers, "input" among them, and glimpses.
    """

    def __init__(
        self,
        nodes: Mapping[str, Node],
        input_shape: tuple[int, ...],
        images: int,
        wanted: Collection[str | Glimpse],
    ) -> None:
        self._plan = plan = Plan(nodes, input_shape, images, wanted)
        self._places = {
            name: Tensor.whole(
                plan.shapes[name], plan.margins[name], name in plan.with_pixels_outermost
            )
            for name in set(plan.place_of.values())
        }
        self._tensors = {name: self._places[place] for name, place in plan.place_of.items()}
        self._glimpses = {
            glimpse: glimpse.empty(plan.shapes[plan.origins[glimpse.layer_id]])
            for glimpse in plan.glimpses
        }
        self._pieces = plan.pieces()
        self._needs = [piece.needs for piece in self._pieces]
        # Input included: its copying is its work.
        self._names = [INPUT_ID, *(name for step in plan.steps for name in step)]
        self._number = {name: number for number, name in enumerate(self._names)}
        widest = max(Counter(piece.bands[0][0] for piece in self._pieces).values())
        self._threads = min(widest, parallel.thread_count())
        self._scratches = [Scratch() for _ in range(self._threads)]
        # Each thread has scratch memory, and so calls, of its own.
        self._work: list[list[Work | None]] = [
            [None] * len(self._pieces) for _ in range(self._threads)
        ]
        self._spent = [[0.0] * len(self._names) for _ in range(self._threads)]
        self._elapsed = 0.0
        self._given: list[Array] = []
        self._shown = self._place_observers(nodes, wanted)

    @property
    def nbytes(self) -> int:
        """Memory for values that are kept from band to band."""
        tensors = sum(tensor.memory.nbytes for tensor in self._places.values())
        return tensors + sum(glimpse.nbytes for glimpse in self._glimpses.values())

    def run(self, x: Array, observers: Observers, is_abandoned: Callable[[], bool]) -> None:
        """Compute. Observers must be those of what is asked for.

        ``is_abandoned`` is asked before every band, from any thread; AbandonedError if it says yes.
        """
        observing = 0.0

        def show(shown: _Shown) -> None:
            nonlocal observing
            before = perf_counter()
            for request, view in shown:
                observers[request](view)
            observing += perf_counter() - before

        milestones = [(count, partial(show, shown)) for count, shown in self._shown]

        def compute(thread: int, piece: int) -> None:
            if is_abandoned():
                raise AbandonedError
            self._compute(thread, piece)

        for spent in self._spent:
            spent[:] = [0.0] * len(spent)
        self._given[:] = [x]
        start = perf_counter()
        # Weights from a file may overflow: that is for the user to see in the maps, not in a log.
        try:
            with np.errstate(all="ignore"):
                schedule.run(self._needs, compute, milestones, self._threads)
        finally:
            self._given.clear()
            # While one thread observes, the others compute.
            self._elapsed = perf_counter() - start - observing / self._threads

    def _compute(self, thread: int, piece: int) -> None:
        work = self._work[thread][piece]
        if work is None:
            # A thread binds a piece when it first takes it: most threads never meet most pieces.
            work = self._work[thread][piece] = [
                calls
                for step, band in self._pieces[piece].bands
                for calls in self._bind(thread, step, band)
            ]
        spent = self._spent[thread]
        before = perf_counter()
        for number, calls in work:
            for call in calls:
                call()
            now = perf_counter()
            spent[number] += now - before
            before = now

    def layer_seconds(self) -> dict[str, float]:
        """Return what each layer took in the last run.

        Threads worked side by side: a layer is told its share of the time that passed.
        """
        sums = [sum(times) for times in zip(*self._spent, strict=True)]
        share = self._elapsed / max(sum(sums), 1e-9)
        seconds = {name: time * share for name, time in zip(self._names, sums, strict=True)}
        del seconds[INPUT_ID]
        return seconds

    def _place_observers(
        self, nodes: Mapping[str, Node], wanted: Collection[str | Glimpse]
    ) -> list[tuple[int, _Shown]]:
        """Return what is complete when so many pieces are done, and where it is."""
        complete_after = {
            name: number
            for number, piece in enumerate(self._pieces, 1)
            for step, _ in piece.bands
            for name in step
        }
        order = {name: place for place, name in enumerate((INPUT_ID, *nodes))}
        shown: dict[int, _Shown] = {}
        for request in sorted(wanted, key=lambda request: order[layer_of(request)]):
            name = layer_of(request)
            view = self._view(request).view()
            view.flags.writeable = False
            is_flat = name != INPUT_ID and len(nodes[name].shape) == 1
            count = complete_after[self._plan.origins[name]]
            shown.setdefault(count, []).append((request, view[:, :, 0, 0] if is_flat else view))
        return sorted(shown.items())

    def _view(self, request: str | Glimpse) -> Array:
        if isinstance(request, Glimpse) and request in self._glimpses:
            return self._glimpses[request]
        tensor = self._tensors[self._plan.origins[layer_of(request)]]
        if isinstance(request, str):
            return tensor.values
        images, _, height, _ = tensor.shape
        return request.of(tensor, Part(range(images), range(height)))

    def _bind(self, thread: int, step: Sequence[str], band: Part) -> Work:
        """Bind a band of a step to memory.

        What is not kept shares the memory of what comes next if that is computed value by value,
        and else is left to scratch memory.
        """
        if step == (INPUT_ID,):
            target = self._tensors[INPUT_ID].view(band)
            return [(self._number[INPUT_ID], [partial(_take_input, self._given, band, target)])]
        plan, scratch = self._plan, self._scratches[thread]
        scratch.reset()
        work = plan.stages(step, band)
        tensors = dict(self._tensors)
        stages = [stage for stage in work if isinstance(stage, Stage)]
        for stage, following in reversed(list(pairwise(stages))):
            if stage.target not in tensors:
                next_ = tensors[following.target]
                is_value_by_value = plan.nodes[following.name].layer.is_elementwise
                wants_other = plan.nodes[stage.name].layer.writes_plain and next_.has_margins_beside
                if is_value_by_value and not wants_other:
                    tensors[stage.target] = next_
                else:
                    pixels = stage.target in plan.with_pixels_outermost
                    shape = plan.shapes[stage.target]
                    tensors[stage.target] = Tensor.of_part(shape, stage.part, pixels, scratch)

        def calls_of(stage: Stage | GlimpsePart) -> tuple[int, Calls]:
            if isinstance(stage, GlimpsePart):
                room = self._glimpses[stage.glimpse]
                calls = _take_glimpse(plan, stage, tensors, room, scratch)
                return self._number[stage.layer], calls
            return self._number[stage.name], plan.nodes[stage.name].layer.bind(
                [tensors[source] for source in stage.sources],
                tensors[stage.target],
                stage.part,
                scratch,
            )

        return [calls_of(stage) for stage in work]


def _take_input(given: Sequence[Array], part: Part, target: Array) -> None:
    images, rows = (slice(some.start, some.stop) for some in (part.images, part.rows))
    np.copyto(target, given[0][images, :, rows])


def layer_of(request: str | Glimpse) -> str:
    """Return the id of the layer that is asked for, as a whole or as a glimpse."""
    return request.layer_id if isinstance(request, Glimpse) else request


def _take_glimpse(
    plan: Plan,
    glimpse_part: GlimpsePart,
    tensors: Mapping[str, Tensor],
    room: Array,
    scratch: Scratch,
) -> Calls:
    """Bind the taking of a band's part of a glimpse."""
    glimpse, part = glimpse_part.glimpse, glimpse_part.part
    values = glimpse.of(tensors[glimpse_part.source], part)
    rows = glimpse.rows_within(part.rows)
    target = room[part.images.start : part.images.stop, :, rows.start : rows.stop]
    if glimpse_part.source == glimpse_part.layer:
        return [partial(np.copyto, target, values)]
    layer = plan.nodes[glimpse_part.layer].layer
    whole = Part(range(len(target)), range(len(rows)))
    small = Tensor(values.shape, values), Tensor(target.shape, target)
    return layer.bind(small[:1], small[1], whole, scratch)
