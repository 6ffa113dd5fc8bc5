"""A plan made ready to run: memory for every tensor that is kept, and calls bound to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import pairwise
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from cnngui.engine import parallel, schedule
from cnngui.engine.given import Given, take_input
from cnngui.engine.glimpse import Glimpse
from cnngui.engine.ops import Calls
from cnngui.engine.ops.live.scratch import Scratch
from cnngui.engine.ops.live.tensor import Part, Tensor
from cnngui.engine.ops.moments import by_sample
from cnngui.engine.places import Places
from cnngui.engine.plan import Plan
from cnngui.engine.work import GlimpsePart, Node, Piece, Stage
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
    """What runs for one plan, on one place in memory.

    Parameters
    ----------
    plan : the decisions.
    places : the memory.
    nodes : the network's layers by id, in the order in which they are computed.
    pieces : what is computed; all by default.
    scratches : memory that this program may share with others that do not run at the same time,
        as much as there are threads; its own by default.
    pixels_to_values : what bytes are multiplied by, and what is then added, each a number per
        channel.
    """

    def __init__(
        self,
        plan: Plan,
        places: Places,
        nodes: Mapping[str, Node],
        pieces: list[Piece] | None = None,
        scratches: list[Scratch] | None = None,
        pixels_to_values: tuple[Array, Array] | None = None,
    ) -> None:
        self._plan, self._places = plan, places
        self._tensors, self._glimpses = places.tensors, places.glimpses
        self._pieces = plan.pieces() if pieces is None else pieces
        self._needs = [piece.needs for piece in self._pieces]
        # Input included: its copying is its work.
        self._names = [INPUT_ID, *(name for step in plan.steps for name in step)]
        self._number = {name: number for number, name in enumerate(self._names)}
        widest = max(Counter(piece.bands[0][0] for piece in self._pieces).values(), default=1)
        self._threads = min(widest, parallel.thread_count())
        self._scratches = scratches or [Scratch() for _ in range(self._threads)]
        # Each thread has scratch memory, and so calls, of its own.
        self._work: list[list[Work | None]] = [
            [None] * len(self._pieces) for _ in range(self._threads)
        ]
        self._spent = [[0.0] * len(self._names) for _ in range(self._threads)]
        self._elapsed = 0.0
        self._given = Given(pixels_to_values)
        self._shown = self._place_observers(nodes)

    def run(
        self, x: NDArray, observers: Observers, is_abandoned: Callable[[], bool], back: int = 0
    ) -> None:
        """Compute. Observers must be of what is asked for.

        Parameters
        ----------
        back : by how many moments the window lies before that of x, of which only the newest
            moment is then read.

        ``is_abandoned`` is asked before every band, from any thread; AbandonedError if it says yes.
        """
        observing = 0.0

        def show(shown: _Shown) -> None:
            nonlocal observing
            before = perf_counter()
            for request, view in shown:
                if request in observers:
                    observers[request](view)
            observing += perf_counter() - before

        milestones = [(count, partial(show, shown)) for count, shown in self._shown]

        def compute(thread: int, piece: int) -> None:
            if is_abandoned():
                raise AbandonedError
            self._compute(thread, piece)

        for spent in self._spent:
            spent[:] = [0.0] * len(spent)
        self._given.x, self._given.back = x, back
        start = perf_counter()
        # Weights from a file may overflow: that is for the user to see in the maps, not in a log.
        try:
            with np.errstate(all="ignore"):
                schedule.run(self._needs, compute, milestones, self._threads)
        finally:
            self._given.x = None
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

    def _place_observers(self, nodes: Mapping[str, Node]) -> list[tuple[int, _Shown]]:
        """Return what is complete when so many pieces are done, and where it is."""
        complete_after = {
            name: number
            for number, piece in enumerate(self._pieces, 1)
            for step, _ in piece.bands
            for name in step
        }
        order = {name: place for place, name in enumerate((INPUT_ID, *nodes))}
        shown: dict[int, _Shown] = {}
        for request in sorted(self._plan.wanted, key=lambda request: order[layer_of(request)]):
            name = layer_of(request)
            shape = self._plan.input_shape if name == INPUT_ID else nodes[name].shape
            view = _as_described(self._view(request), shape)
            view.flags.writeable = False
            count = complete_after.get(self._plan.origins[name], 0)
            shown.setdefault(count, []).append((request, view))
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
            taken = partial(take_input, self._given, band, self._tensors[INPUT_ID])
            return [(self._number[INPUT_ID], [taken, *self._places.twins(INPUT_ID, band)])]
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
                    shape, moments = plan.shapes[stage.target], plan.moments[stage.target]
                    tensors[stage.target] = Tensor.of_part(
                        shape, stage.part, pixels, scratch, moments
                    )

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

        bound = [calls_of(stage) for stage in work]
        twins: Calls = []
        for name in dict.fromkeys(stage.target for stage in stages):
            if name in self._tensors:
                twins += self._places.twins(name, plan.parts(step, band)[name])
        for glimpsed in work:
            if isinstance(glimpsed, GlimpsePart):
                twins += self._places.twins(glimpsed.glimpse, glimpsed.part)
        return [*bound, (self._number[step[-1]], twins)] if twins else bound


def _as_described(images: Array, shape: Sequence[int]) -> Array:
    """See images as observers see what is of that shape."""
    if len(shape) == 1:
        return images[:, :, 0, 0]
    return by_sample(images, shape[1]) if len(shape) == 4 else images.view()


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
