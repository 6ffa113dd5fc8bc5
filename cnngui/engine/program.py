"""A network made ready to run for one batch size and one set of tensors that are asked for.

Layers are gathered into *steps*: a layer, and those after it that can go on with the rows it has
just computed while they are in the cache (activation, normalisation, pooling). A step is cut into
*bands* of rows or images, which the threads of ``parallel`` take one after the other. What lies
between the layers of a step is kept only if somebody asks for it or reads it elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import ceil, prod
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from cnngui.engine import parallel
from cnngui.engine.kernels import Calls
from cnngui.engine.kernels.scratch import Scratch
from cnngui.engine.layers import Layer
from cnngui.engine.tensor import Margins, Part, Tensor
from cnngui.spec.layers import INPUT_ID

Array = NDArray[np.float32]
Shape4 = tuple[int, int, int, int]

_BAND_BYTES = 600_000
"""What a band may touch: it should stay in a core's own cache (0.5 to 2 MB) from layer to layer."""
_FEWEST_BANDS = 8
"""Of a step worth sharing out: enough that no thread waits long for the last one."""
_WORTH_SHARING = 4_000_000
"""Multiply-adds, about 0.1 ms. Below, waking another thread takes longer than it helps."""


@dataclass(frozen=True, eq=False)
class Node:
    """A layer in its place: its output's shape ``(C, H, W)`` or ``(F,)``, and what it reads."""

    layer: Layer
    inputs: tuple[str, ...]
    shape: tuple[int, ...]
    multiply_adds: int


@dataclass(eq=False)
class _Step:
    """Layers computed together; each but the first reads only the one before it."""

    ids: list[str]
    numbers: list[int] = field(default_factory=list)
    bands: list[Part] = field(default_factory=list)
    work: list[list[list[tuple[int, Calls]]]] = field(default_factory=list)
    """By worker and band: (number of the layer, its calls)."""


class Program:
    """Memory for every tensor and calls bound to it.

    Parameters
    ----------
    nodes : the network's layers by id, in the order in which they are computed.
    input_shape : ``(C, H, W)``.
    images : the batch size.
    wanted : ids of the tensors that are asked for; "input" may be among them.
    """

    def __init__(
        self,
        nodes: Mapping[str, Node],
        input_shape: tuple[int, ...],
        images: int,
        wanted: Collection[str],
    ) -> None:
        self._origins = _origins(nodes)
        self._nodes = _needed(nodes, self._origins, wanted)
        self._shapes: dict[str, Shape4] = {INPUT_ID: _shape4(images, input_shape)} | {
            name: _shape4(images, node.shape) for name, node in self._nodes.items()
        }
        self._numbers = {name: number for number, name in enumerate(self._nodes)}
        self._steps = self._gather_steps()
        self._tensors = self._allocate({self._origins[name] for name in wanted})
        scratches = [Scratch() for _ in range(parallel.thread_count())]
        for step in self._steps:
            step.numbers = [self._numbers[name] for name in step.ids]
            step.bands = self._cut(step, images)
            step.work = [
                [self._bind(step, band, scratch) for band in step.bands] for scratch in scratches
            ]
        self._seconds = np.zeros((len(scratches), len(self._nodes)))
        self._shown_after = self._place_observers(nodes, wanted)

    def run(self, x: Array, observers: Mapping[str, Callable[[Array], None]]) -> dict[str, float]:
        """Compute; return seconds by layer id. The observers' ids must be those asked for."""
        self._seconds[:] = 0
        self._feed(x)
        for step, shown in zip((None, *self._steps), self._shown_after, strict=True):
            if step is not None:
                self._run_step(step)
            for name, view in shown:
                observers[name](view)
        return dict(zip(self._nodes, self._seconds.sum(axis=0).tolist(), strict=True))

    def _feed(self, x: Array) -> None:
        target = self._tensors[INPUT_ID].values
        np.copyto(target, x)

    def _run_step(self, step: _Step) -> None:
        def compute(worker: int, band: int) -> None:
            seconds = self._seconds[worker]
            # Weights from a file may overflow: that is for the user to see in the maps.
            with np.errstate(all="ignore"):
                before = perf_counter()
                for number, calls in step.work[worker][band]:
                    for call in calls:
                        call()
                    now = perf_counter()
                    seconds[number] += now - before
                    before = now

        start = perf_counter()
        parallel.run(compute, len(step.bands))
        elapsed = perf_counter() - start
        # Threads have worked side by side: what each layer took is its share of the time passed.
        spent = self._seconds[:, step.numbers].sum()
        self._seconds[:, step.numbers] *= elapsed / max(spent, 1e-9)

    def _sources(self, name: str) -> list[str]:
        return [self._origins[source] for source in self._nodes[name].inputs]

    def _gather_steps(self) -> list[_Step]:
        steps: list[_Step] = []
        ending_with: dict[str, _Step] = {}
        for name, node in self._nodes.items():
            sources = self._sources(name)
            if node.layer.continues_band and len(sources) == 1 and sources[0] in ending_with:
                step = ending_with.pop(sources[0])
                step.ids.append(name)
            else:
                step = _Step([name])
                steps.append(step)
            ending_with[name] = step
        return steps

    def _allocate(self, wanted: Collection[str]) -> dict[str, Tensor]:
        """Return the tensors that are kept whole: asked for, or read by another step."""
        margins = dict.fromkeys(self._shapes, Margins())
        kept = {INPUT_ID, *wanted, *(step.ids[-1] for step in self._steps)}
        next_in_step = {
            name: following for step in self._steps for name, following in pairwise(step.ids)
        }
        for name, node in self._nodes.items():
            for source in self._sources(name):
                margins[source] = margins[source].union(node.layer.margins)
                if next_in_step.get(source) != name:
                    kept.add(source)
        return {name: Tensor.whole(self._shapes[name], margins[name]) for name in kept}

    def _cut(self, step: _Step, images: int) -> list[Part]:
        """Cut a step into bands. Bands do not depend on the number of threads, nor do results."""
        height = self._shapes[step.ids[-1]][2]
        whole = Part(range(images), range(height))
        first = step.ids[0]
        head = self._nodes[first].layer
        values = head.scratch_values(
            self._shapes[self._sources(first)[0]], self._shapes[first]
        ) + sum(prod(self._shapes[name][1:]) for name in step.ids)
        work = sum(self._nodes[name].multiply_adds * images for name in step.ids)
        count = ceil(images * values * 4 / _BAND_BYTES)
        if work >= _WORTH_SHARING:
            count = max(count, _FEWEST_BANDS)
        per_image = ceil(count / images) if head.splits_rows else 1
        if per_image == 1:
            return [Part(some, whole.rows) for some in _pieces(images, count)]
        return [
            Part(range(image, image + 1), rows)
            for image in whole.images
            for rows in _pieces(height, per_image)
        ]

    def _bind(self, step: _Step, band: Part, scratch: Scratch) -> list[tuple[int, Calls]]:
        scratch.reset()
        tensors = dict(self._tensors)
        parts = self._parts(step, band)
        for name, following in reversed(list(pairwise(step.ids))):
            if name not in tensors and self._nodes[following].layer.is_elementwise:
                tensors[name] = tensors[following]
            elif name not in tensors:
                tensors[name] = Tensor.of_part(self._shapes[name], parts[name], scratch)
        return [
            (
                self._numbers[name],
                self._nodes[name].layer.bind(
                    [tensors[source] for source in self._sources(name)],
                    tensors[name],
                    parts[name],
                    scratch,
                ),
            )
            for name in step.ids
        ]

    def _parts(self, step: _Step, band: Part) -> dict[str, Part]:
        """Return what each layer of a step computes for a band of the last one.

        Together the bands cover every layer, also rows that no pooling window reaches.
        """
        rows = band.rows
        parts = {step.ids[-1]: band}
        for name, following in reversed(list(pairwise(step.ids))):
            last_height, height = self._shapes[following][2], self._shapes[name][2]
            is_last = rows.stop == last_height
            read = self._nodes[following].layer.rows_read(rows)
            rows = range(read.start, height if is_last else read.stop)
            parts[name] = Part(band.images, rows)
        return parts

    def _place_observers(
        self, nodes: Mapping[str, Node], wanted: Collection[str]
    ) -> list[list[tuple[str, Array]]]:
        """Return per step (before the first one, too) the tensors that are complete after it."""
        complete_after = {INPUT_ID: 0} | {
            name: number for number, step in enumerate(self._steps, 1) for name in step.ids
        }
        shown: list[list[tuple[str, Array]]] = [[] for _ in range(len(self._steps) + 1)]
        for name in (INPUT_ID, *nodes):
            if name in wanted:
                origin = self._origins[name]
                view = self._tensors[origin].values.view()
                view.flags.writeable = False
                is_flat = name != INPUT_ID and len(nodes[name].shape) == 1
                shown[complete_after[origin]].append((name, view[:, :, 0, 0] if is_flat else view))
        return shown


def _origins(nodes: Mapping[str, Node]) -> dict[str, str]:
    """Return for each id the one whose tensor it is: its own, or of what passes unchanged."""
    origins = {INPUT_ID: INPUT_ID}
    for name, node in nodes.items():
        passes = node.layer.is_identity or not node.layer.description.enabled
        origins[name] = origins[node.inputs[0]] if passes else name
    return origins


def _needed(
    nodes: Mapping[str, Node], origins: Mapping[str, str], wanted: Collection[str]
) -> dict[str, Node]:
    """Return the layers that must be computed, in order."""
    needed = {origins[name] for name in wanted}
    for name, node in reversed(list(nodes.items())):
        if name in needed:
            needed.update(origins[source] for source in node.inputs)
    return {name: node for name, node in nodes.items() if name in needed}


def _shape4(images: int, shape: Sequence[int]) -> Shape4:
    channels, height, width = (*shape, 1, 1)[:3]
    return images, channels, height, width


def _pieces(length: int, count: int) -> list[range]:
    """Cut ``range(length)`` into at most ``count`` equal pieces, the last one perhaps shorter."""
    size = ceil(length / min(count, length))
    return [range(first, min(first + size, length)) for first in range(0, length, size)]
