"""Forward and backward made ready: every operation bound, and divided among the threads."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, prod

import numpy as np
from numpy.typing import NDArray

from cnngui.engine import parallel
from cnngui.engine.gradients.arrays import Arrays, each_of
from cnngui.engine.gradients.band import Band, BandStep
from cnngui.engine.gradients.graph import Graph
from cnngui.engine.gradients.interruption import Interruption
from cnngui.engine.ops import Calls
from cnngui.engine.ops.learning.layout import images_first

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
    parameters = sum(
        prod(shape) for shapes in graph.parameters.values() for shape in shapes.values()
    )
    bands_each = 1
    if parameters * itemsize <= _MOST_GRADIENT_BYTES:
        largest = itemsize * max(
            (prod(graph.shapes[step.layer.id]) for step in graph.steps), default=0
        )
        fitting = ceil(largest * images / threads / _CACHE_BYTES)
        each = images // threads
        work = max(multiply_adds / _MOST_MULTIPLY_ADDS, largest / _MOST_OUTPUT_BYTES)
        short = min(ceil(each * work), each, _MOST_BANDS_EACH)
        bands_each = max(min(fitting, each // _FEWEST_IMAGES), short, 1)
    count = threads * bands_each
    edges = [images * part // count for part in range(count + 1)]
    return [slice(*ends) for ends in itertools.pairwise(edges)]


@dataclass
class _Stage:
    """What all bands do without waiting for each other, and what is done when all are through."""

    calls: list[Calls]
    then: Callable[[], object] | None = None

    def run(self, interruption: Interruption) -> None:
        left = [deque(calls) for calls in self.calls]

        def work(_: int, band: int) -> None:
            calls = left[band]
            # What becomes infinite is the caller's to judge; each thread has its own settings.
            with np.errstate(all="ignore"):
                while calls and not interruption.is_wanted():
                    calls.popleft()()

        parallel.run(work, len(left), parallel.thread_count())
        while any(left):
            # Nobody holds the threads meanwhile: who interrupts may compute with them.
            interruption.take()
            parallel.run(work, len(left), parallel.thread_count())
        if self.then is not None:
            self.then()


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
        for stage in self._forward:
            stage.run(self._interruption)
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
        for stage in self._backward:
            stage.run(self._interruption)
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
    pieces = max(min(array.nbytes // _FEWEST_BYTES_ADDED, len(array)), 1)
    edges = [len(array) * piece // pieces for piece in range(pieces + 1)]
    return [slice(*ends) for ends in itertools.pairwise(edges)]


def _stages(first: list[Calls], steps_of_bands: Sequence[Sequence[BandStep]]) -> list[_Stage]:
    """Cut what all bands do where they meet. ``first``: what each band does before its steps."""
    stages = [_Stage(first)]
    for steps in zip(*steps_of_bands, strict=True):
        if (share := steps[0].share) is not None:
            for calls, step in zip(stages[-1].calls, steps, strict=True):
                calls.append(step.prepare)
            stages[-1].then = share
            stages.append(_Stage([[] for _ in steps]))
        for calls, step in zip(stages[-1].calls, steps, strict=True):
            calls += step.calls
    return stages
