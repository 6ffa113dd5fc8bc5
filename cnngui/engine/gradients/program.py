"""Forward and backward made ready: every operation bound, and divided among the threads."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, prod

import numpy as np
from numpy.typing import NDArray

from cnngui.engine import parallel
from cnngui.engine.gradients.arrays import Arrays, each_of
from cnngui.engine.gradients.band import Band, BandStep
from cnngui.engine.gradients.graph import Graph
from cnngui.engine.gradients.interruption import Interruption
from cnngui.engine.gradients.stages import Stage, run
from cnngui.engine.ops import Calls
from cnngui.engine.ops.learning.layout import images_first
from cnngui.engine.ops.learning.operation import shares

_LEAST_MULTIPLY_ADDS = 4_000_000
"""What a band's forward should have: for less, waking a thread costs more than it brings."""

_CACHE_BYTES = 1_250_000
"""Larger outputs of a layer have left the second-level cache when the next layer comes."""

_FEWEST_IMAGES = 16
"""A band is not made smaller for the cache: its images are the innermost loops' length."""

_MOST_MULTIPLY_ADDS = 10_000_000_000
_MOST_OUTPUT_BYTES = 10_000_000
"""A band's forward, and a layer's output, are no larger, so that others can come between soon."""

_MOST_BANDS_EACH = 4
"""A thread has no more bands for that: of large networks each takes tenths of a second to bind."""

_MOST_GRADIENT_BYTES = 4_000_000
"""Larger parameters are not worth having gradients in more bands than there are threads."""

_FEWEST_BYTES_ADDED = 500_000
"""Of so many the sum with those of another band takes some 0.05 ms."""


def bands_of(graph: Graph, images: int, multiply_adds: int, itemsize: int) -> list[slice]:
    """Divide a batch into bands of images: one for each thread that is worth waking, or more.

    Which images go together decides how sums are rounded. So the same number of threads gives the
    same to the last bit.

    Parameters
    ----------
    graph : the layers.
    images : how many.
    multiply_adds : of one image's forward.
    itemsize : bytes of a value.
    """
    worthwhile = images * multiply_adds // _LEAST_MULTIPLY_ADDS
    threads = max(min(parallel.thread_count(), images, worthwhile), 1)
    bands_each = 1
    if _parameters(graph) * itemsize <= _MOST_GRADIENT_BYTES:
        largest = itemsize * max(
            (prod(graph.shapes[step.layer.id]) for step in graph.steps), default=0
        )
        fitting = ceil(largest * images / threads / _CACHE_BYTES)
        each = images // threads
        work = max(multiply_adds / _MOST_MULTIPLY_ADDS, largest / _MOST_OUTPUT_BYTES)
        short = min(ceil(each * work), each, _MOST_BANDS_EACH)
        bands_each = max(min(fitting, each // _FEWEST_IMAGES), short, 1)
    return shares(images, threads * bands_each)


def _parameters(graph: Graph) -> int:
    return sum(prod(shape) for shapes in graph.parameters.values() for shape in shapes.values())


def lanes_of(graph: Graph, images: int, multiply_adds: int, itemsize: int) -> int:
    """Return how many threads should divide every operation on the whole batch; 1 for none.

    That is where bands, one for each thread, would be of few images, whose runs in memory are
    short, or would each read many weights and sum gradients of them all.
    """
    slices = bands_of(graph, images, multiply_adds, itemsize)
    threads = min(parallel.thread_count(), images * multiply_adds // _LEAST_MULTIPLY_ADDS)
    if threads < 2 or len(slices) > threads:
        return 1
    has_many = _parameters(graph) * itemsize > _MOST_GRADIENT_BYTES
    return threads if has_many or images < _FEWEST_IMAGES * threads else 1


class Program:
    """All bands of a batch, and what they do in which order.

    Parameters
    ----------
    graph : what the bands compute.
    bands : of the batch.
    slices : which images of the batch each has.
    gradients : what the first band writes its gradients to; those of the others are added.
    interruption : asked between the pieces.
    """

    def __init__(
        self,
        graph: Graph,
        bands: Sequence[Band],
        slices: Sequence[slice],
        gradients: Arrays,
        interruption: Interruption,
    ) -> None:
        self.graph, self.gradients = graph, gradients
        self._bands, self._slices = bands, slices
        self._interruption = interruption
        reading: list[Calls] = [[band.read] for band in bands]
        self._forward = _stages(reading, [band.forward_steps for band in bands])
        self._backward = _stages([[] for _ in bands], [band.backward_steps for band in bands])

    def forward(self, x: NDArray) -> NDArray:
        """Return what the last layer makes of x ``(N, *shape)``, images first; fresh."""
        for band, images in zip(self._bands, self._slices, strict=True):
            band.images = x[images]
        run(self._forward, self._interruption)
        shape = self.graph.shapes[self.graph.output]
        return np.concatenate([images_first(band.output, shape) for band in self._bands])

    def backward(self, d_output: NDArray) -> dict[str, NDArray]:
        """Write the parameters' gradients, given that with respect to what forward returned.

        Returns
        -------
        The gradients with respect to the layers that are asked for, by id, images first; fresh.
        """
        for band, images in zip(self._bands, self._slices, strict=True):
            shape = self.graph.shapes[self.graph.output]
            np.copyto(images_first(band.d_output, shape), d_output[images])
        run(self._backward, self._interruption)
        self._add_gradients()
        shapes = self.graph.shapes
        return {
            layer_id: np.concatenate(
                [images_first(band.d_layers[layer_id], shapes[layer_id]) for band in self._bands]
            )
            for layer_id in self._bands[0].d_layers
        }

    def _add_gradients(self) -> None:
        """Add the gradients of all bands, in their order."""
        if len(self._bands) == 1:
            return
        shares = [list(each_of(band.gradients)) for band in self._bands]
        # Those of the first band are the sums.
        parts = [
            [of_band[number][rows] for of_band in shares]
            for number, first in enumerate(shares[0])
            for rows in _some_rows(first)
        ]
        small = [part for part in parts if part[0].nbytes < _FEWEST_BYTES_ADDED]
        large = [part for part in parts if part[0].nbytes >= _FEWEST_BYTES_ADDED]

        def add(_: int, number: int) -> None:
            with np.errstate(all="ignore"):
                for total, *others in [large[number]] if number < len(large) else small:
                    for share in others:
                        total += share

        parallel.run(add, len(large) + 1, parallel.thread_count())


def _some_rows(array: NDArray) -> list[slice]:
    """Cut an array into pieces that are worth a thread's while, or leave it whole."""
    return shares(len(array), max(min(array.nbytes // _FEWEST_BYTES_ADDED, len(array)), 1))


def _stages(first: list[Calls], steps_of_bands: Sequence[Sequence[BandStep]]) -> list[Stage]:
    """Cut what all bands do where they meet. ``first``: what each band does before its steps."""
    stages = [Stage(first)]
    for steps in zip(*steps_of_bands, strict=True):
        if (share := steps[0].share) is not None:
            if len(stages[-1].lanes) != len(steps):
                stages.append(Stage([[] for _ in steps]))
            for calls, step in zip(stages[-1].lanes, steps, strict=True):
                if step.prepare is not None:
                    calls.append(step.prepare)
            stages[-1].then = share
            stages.append(Stage([[] for _ in steps]))
        for lanes in _rounds(steps):
            if stages[-1].then is None and len(stages[-1].lanes) == len(lanes) == len(steps):
                for calls, more in zip(stages[-1].lanes, lanes, strict=True):
                    calls += more
            elif any(lanes):
                stages.append(Stage([list(lane) for lane in lanes]))
    return stages


def _rounds(steps: Sequence[BandStep]) -> list[list[Calls]]:
    """Return what may be done side by side: by several bands, or by the lanes of one."""
    if len(steps) == 1:
        return steps[0].rounds
    return [
        [calls for (calls,) in lanes]
        for lanes in zip(*(step.rounds for step in steps), strict=True)
    ]
