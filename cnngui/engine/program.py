"""A plan made ready to run: memory for every tensor that is kept, and calls bound to it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from itertools import pairwise
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from cnngui.engine import parallel
from cnngui.engine.kernels import Calls
from cnngui.engine.kernels.scratch import Scratch
from cnngui.engine.plan import Node, Plan, Sampling, Stage
from cnngui.engine.sample import Sample
from cnngui.engine.tensor import Part, Tensor
from cnngui.spec.layers import INPUT_ID

Array = NDArray[np.float32]
Observer = Callable[[Array], None]
Observers = Mapping[str | Sample, Observer]
"""By what is asked for: a layer's whole output, by its id, or a sample of it."""


Work = list[tuple[int, Calls]]
"""(number of the layer in its step, its calls), in order."""
_Shown = list[tuple[str | Sample, Array]]
"""(what was asked for, where it is), in order."""


class AbandonedError(Exception):
    """Whoever asked for a forward no longer wants it."""


class _BoundStep:
    """A step's calls for each band and thread, since each thread has scratch memory of its own.

    Parameters
    ----------
    names : the step's layers.
    bind : gives the work of a thread on a band. Asked when that thread first takes that band: most
        threads never meet most bands.
    """

    def __init__(
        self, names: Sequence[str], bind: Callable[[int, int], Work], threads: int, bands: int
    ) -> None:
        self.names = names
        self._bind = bind
        self._bands = bands
        self._work: list[list[Work | None]] = [[None] * bands for _ in range(threads)]
        self._spent = [[0.0] * len(names) for _ in range(threads)]

    def run(self, is_abandoned: Callable[[], bool]) -> Sequence[float]:
        """Compute, and return what each layer took in seconds."""
        for spent in self._spent:
            spent[:] = [0.0] * len(spent)
        if self._bands == 1:
            self._compute(0, 0, is_abandoned)
            return self._spent[0]

        def compute_quietly(thread: int, band: int) -> None:
            with _quiet():
                self._compute(thread, band, is_abandoned)

        start = perf_counter()
        parallel.run(compute_quietly, self._bands, len(self._work))
        elapsed = perf_counter() - start
        # Threads worked side by side: a layer is told its share of the time that passed.
        sums = [sum(times) for times in zip(*self._spent, strict=True)]
        share = elapsed / max(sum(sums), 1e-9)
        return [seconds * share for seconds in sums]

    def _compute(self, thread: int, band: int, is_abandoned: Callable[[], bool]) -> None:
        if is_abandoned():
            raise AbandonedError
        work = self._work[thread][band]
        if work is None:
            work = self._work[thread][band] = self._bind(thread, band)
        spent = self._spent[thread]
        before = perf_counter()
        for number, calls in work:
            for call in calls:
                call()
            now = perf_counter()
            spent[number] += now - before
            before = now


def _quiet() -> np.errstate:
    """Weights from a file may overflow: that is for the user to see in the maps, not in a log.

    Holds for the thread that enters it.
    """
    return np.errstate(all="ignore")


class Program:
    """What runs for one batch size and one set of tensors that are asked for.

    Parameters
    ----------
    nodes : the network's layers by id, in the order in which they are computed.
    input_shape : ``(C, H, W)``.
    images : the batch size.
    wanted : what is asked for: ids of layers, "input" among them, and samples.
    """

    def __init__(
        self,
        nodes: Mapping[str, Node],
        input_shape: tuple[int, ...],
        images: int,
        wanted: Collection[str | Sample],
    ) -> None:
        self._plan = plan = Plan(nodes, input_shape, images, wanted)
        self._tensors = {
            name: Tensor.whole(
                plan.shapes[name], plan.margins[name], name in plan.with_pixels_outermost
            )
            for name in plan.kept
        }
        self._samples = {
            sample: sample.empty(plan.shapes[plan.origins[sample.layer_id]])
            for sample in plan.samples
        }
        scratches = [Scratch() for _ in range(parallel.thread_count())]
        self._steps = [
            _bound(plan, step, self._tensors, self._samples, scratches) for step in plan.steps
        ]
        self._input = self._tensors[INPUT_ID].values
        self._shown_first, *shown_after = self._place_observers(nodes, wanted)
        self._runs = _between_observers(self._steps, shown_after)

    @property
    def nbytes(self) -> int:
        """Memory for values that are kept from band to band."""
        tensors = sum(tensor.memory.nbytes for tensor in self._tensors.values())
        return tensors + sum(sample.nbytes for sample in self._samples.values())

    def run(
        self, x: Array, observers: Observers, is_abandoned: Callable[[], bool]
    ) -> dict[str, float]:
        """Compute; return seconds by layer id. Observers must be those of what is asked for.

        ``is_abandoned`` is asked before every band, from any thread; AbandonedError if it says yes.
        """
        seconds: dict[str, float] = {}
        np.copyto(self._input, x)
        for request, view in self._shown_first:
            observers[request](view)
        for steps, shown in self._runs:
            with _quiet():
                for step in steps:
                    seconds.update(zip(step.names, step.run(is_abandoned), strict=True))
            for request, view in shown:
                observers[request](view)
        return seconds

    def _place_observers(
        self, nodes: Mapping[str, Node], wanted: Collection[str | Sample]
    ) -> list[_Shown]:
        """Return per step (before the first one, too) what is complete after it, and where."""
        complete_after = {INPUT_ID: 0} | {
            name: number for number, step in enumerate(self._plan.steps, 1) for name in step
        }
        order = {name: place for place, name in enumerate((INPUT_ID, *nodes))}
        shown: list[_Shown] = [[] for _ in range(len(self._steps) + 1)]
        for request in sorted(wanted, key=lambda request: order[layer_of(request)]):
            name = layer_of(request)
            view = self._view(request).view()
            view.flags.writeable = False
            is_flat = name != INPUT_ID and len(nodes[name].shape) == 1
            place = complete_after[self._plan.origins[name]]
            shown[place].append((request, view[:, :, 0, 0] if is_flat else view))
        return shown

    def _view(self, request: str | Sample) -> Array:
        if isinstance(request, Sample) and request in self._samples:
            return self._samples[request]
        tensor = self._tensors[self._plan.origins[layer_of(request)]]
        if isinstance(request, str):
            return tensor.values
        images, _, height, _ = tensor.shape
        return request.of(tensor, Part(range(images), range(height)))


def layer_of(request: str | Sample) -> str:
    """Return the id of the layer that is asked for, as a whole or as a sample."""
    return request.layer_id if isinstance(request, Sample) else request


def _bound(
    plan: Plan,
    step: Sequence[str],
    tensors: Mapping[str, Tensor],
    samples: Mapping[Sample, Array],
    scratches: Sequence[Scratch],
) -> _BoundStep:
    bands = plan.bands(step)

    def bind(thread: int, band: int) -> Work:
        return _bind(plan, step, bands[band], tensors, samples, scratches[thread])

    return _BoundStep(step, bind, len(scratches), len(bands))


def _bind(
    plan: Plan,
    step: Sequence[str],
    band: Part,
    kept: Mapping[str, Tensor],
    samples: Mapping[Sample, Array],
    scratch: Scratch,
) -> Work:
    """Bind a step to the memory of one band.

    What is not kept shares the memory of what comes next if that is computed value by value, and
    else is left to scratch memory.
    """
    scratch.reset()
    work = plan.stages(step, band)
    tensors = dict(kept)
    stages = [stage for stage in work if isinstance(stage, Stage)]
    for stage, following in reversed(list(pairwise(stages))):
        if stage.target not in tensors:
            if plan.nodes[following.name].layer.is_elementwise:
                tensors[stage.target] = tensors[following.target]
            else:
                pixels = stage.target in plan.with_pixels_outermost
                shape = plan.shapes[stage.target]
                tensors[stage.target] = Tensor.of_part(shape, stage.part, pixels, scratch)

    def calls_of(stage: Stage | Sampling) -> tuple[int, Calls]:
        if isinstance(stage, Sampling):
            room = samples[stage.sample]
            return step.index(stage.layer), _take_sample(plan, stage, tensors, room, scratch)
        return step.index(stage.name), plan.nodes[stage.name].layer.bind(
            [tensors[source] for source in stage.sources],
            tensors[stage.target],
            stage.part,
            scratch,
        )

    return [calls_of(stage) for stage in work]


def _take_sample(
    plan: Plan,
    sampling: Sampling,
    tensors: Mapping[str, Tensor],
    room: Array,
    scratch: Scratch,
) -> Calls:
    """Bind the taking of a band's part of a sample."""
    sample, part = sampling.sample, sampling.part
    values = sample.of(tensors[sampling.source], part)
    rows = sample.rows_within(part.rows)
    target = room[part.images.start : part.images.stop, :, rows.start : rows.stop]
    if sampling.source == sampling.layer:
        return [partial(np.copyto, target, values)]
    layer = plan.nodes[sampling.layer].layer
    whole = Part(range(len(target)), range(len(rows)))
    small = Tensor(values.shape, values), Tensor(target.shape, target)
    return layer.bind(small[:1], small[1], whole, scratch)


def _between_observers(
    steps: Sequence[_BoundStep], shown_after: Sequence[_Shown]
) -> list[tuple[list[_BoundStep], _Shown]]:
    """Gather steps up to the next that somebody observes."""
    runs: list[tuple[list[_BoundStep], _Shown]] = [([], [])]
    for step, shown in zip(steps, shown_after, strict=True):
        runs[-1][0].append(step)
        if shown:
            runs[-1][1].extend(shown)
            runs.append(([], []))
    return runs
