"""Programs for batches of several sizes, all in the same memory."""

from __future__ import annotations

import zlib
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from functools import partial

import numpy as np
from numpy.typing import DTypeLike, NDArray

from cnngui.engine import parallel
from cnngui.engine.gradients.arrays import Arrays
from cnngui.engine.gradients.band import Band
from cnngui.engine.gradients.graph import Graph
from cnngui.engine.gradients.interruption import Interruption
from cnngui.engine.gradients.program import Program, bands_of, lanes_of
from cnngui.engine.ops.learning.memory import Memory
from cnngui.engine.ops.learning.operation import Learning

_PROGRAMS_KEPT = 4
"""Batches and evaluations, each with a smaller last one."""


class Workspace:
    """What one network's programs share.

    Parameters
    ----------
    parameters : of all layers.
    multiply_adds : of one image's forward.
    dtype : of all computing.
    seed : of what is random in learning.
    interruption : asked between the pieces.
    """

    def __init__(
        self,
        parameters: Arrays,
        multiply_adds: int,
        dtype: DTypeLike,
        seed: int = 0,
        interruption: Interruption | None = None,
    ) -> None:
        self._parameters, self._multiply_adds = parameters, multiply_adds
        self._dtype, self._seed = np.dtype(dtype), seed
        self._interruption = interruption or Interruption()
        self._rngs: dict[tuple[str, int], np.random.Generator] = {}
        self._buffers: list[NDArray[np.uint8]] = []
        self._programs: OrderedDict[Hashable, Program] = OrderedDict()

    def program(
        self,
        key: Hashable,
        make: Callable[[], tuple[Graph, Arrays]],
        images: int,
        *,
        goes_back: bool,
        is_learning: bool,
    ) -> Program:
        """Return what runs a batch.

        Parameters
        ----------
        key : names what ``make`` returns, and what is to be done with it.
        make : returns the graph, and where the gradients of its parameters go.
        images : how many.
        goes_back : False to run forward only.
        is_learning : False to compute the network as it is used.

        Raises
        ------
        MemoryError : there is not enough for so large a batch.
        """
        key = (key, images, parallel.thread_count())
        if key in self._programs:
            self._programs.move_to_end(key)
            return self._programs[key]
        program = self._new_program(*make(), images, goes_back=goes_back, is_learning=is_learning)
        self._programs[key] = program
        if len(self._programs) > _PROGRAMS_KEPT:
            self._programs.popitem(last=False)
        return program

    def _new_program(
        self, graph: Graph, gradients: Arrays, images: int, *, goes_back: bool, is_learning: bool
    ) -> Program:
        slices, lanes = _division(graph, images, self._multiply_adds, self._dtype.itemsize)
        make_bands = partial(
            _bands,
            graph,
            parameters=self._parameters,
            gradients=gradients if goes_back else {},
            dtype=self._dtype,
            goes_back=goes_back,
        )
        rng_of = self._rng if is_learning else None
        measuring = _measured(slices, lanes, partial(make_bands, rng_of=rng_of))
        # All programs use the same memory, for nothing in it outlives a batch.
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
        bands = make_bands(slices, memories, rng_of=rng_of)
        return Program(graph, bands, slices, gradients, self._interruption)

    def _rng(self, layer_id: str, band: int) -> np.random.Generator:
        key = layer_id, band
        if key not in self._rngs:
            seed = [self._seed, zlib.crc32(layer_id.encode()), band]
            self._rngs[key] = np.random.default_rng(seed)
        return self._rngs[key]


def needed_bytes(
    graph: Graph, images: int, multiply_adds: int, dtype: DTypeLike, *, is_learning: bool
) -> int:
    """Return how much memory forward and backward take, parameters and gradients included.

    That is every layer's output, its gradient, and what layers work with.
    """
    shapeless = Memory()
    parameters = {
        layer_id: {name: shapeless.keep(shape, dtype) for name, shape in shapes.items()}
        for layer_id, shapes in graph.parameters.items()
    }
    gradients = {
        layer_id: {name: shapeless.keep(parameters[layer_id][name].shape, dtype) for name in names}
        for layer_id, names in graph.trained.items()
    }
    slices, lanes = _division(graph, images, multiply_adds, np.dtype(dtype).itemsize)
    make_bands = partial(
        _bands,
        graph,
        parameters=parameters,
        gradients=gradients,
        dtype=dtype,
        goes_back=True,
        rng_of=(lambda layer_id, band: np.random.default_rng(0)) if is_learning else None,
    )
    return sum(memory.nbytes for memory in (shapeless, *_measured(slices, lanes, make_bands)))


def _division(
    graph: Graph, images: int, multiply_adds: int, itemsize: int
) -> tuple[list[slice], int]:
    """Return the bands of a batch, and how many lanes the operations of the only one have."""
    lanes = lanes_of(graph, images, multiply_adds, itemsize)
    if lanes > 1:
        return [slice(0, images)], lanes
    return bands_of(graph, images, multiply_adds, itemsize), 1


def _measured(
    slices: Sequence[slice],
    lanes: int,
    make_bands: Callable[[Sequence[slice], Sequence[Memory]], object],
) -> list[Memory]:
    """Return what each band needs, or each lane.

    Bands of one size need the same, but for the first one.
    """
    if lanes > 1:
        memory_of_lanes = [Memory() for _ in range(lanes)]
        make_bands(slices, memory_of_lanes)
        return memory_of_lanes
    kinds = [(number > 0, images.stop - images.start) for number, images in enumerate(slices)]
    examples = dict(zip(kinds, slices, strict=True))
    memories = {kind: Memory() for kind in examples}
    make_bands(list(examples.values()), list(memories.values()))
    return [memories[kind] for kind in kinds]


def _bands(
    graph: Graph,
    slices: Sequence[slice],
    memories: Sequence[Memory],
    *,
    parameters: Arrays,
    gradients: Arrays,
    dtype: DTypeLike,
    goes_back: bool,
    rng_of: Callable[[str, int], np.random.Generator] | None,
) -> list[Band]:
    """Return a batch's bands. The first writes its gradients to ``gradients``.

    ``memories``: one for each band, or of a single band for each lane. ``rng_of``: what layers draw
    from while they learn; None where the network is only used.
    """
    learning = None if rng_of is None else Learning(rng_of)
    bands = []
    by_band = [memories] if len(slices) == 1 else [[memory] for memory in memories]
    for number, (images, of_band) in enumerate(zip(slices, by_band, strict=True)):
        own = gradients
        if number:
            (memory,) = of_band
            own = {
                layer_id: {name: memory.keep(a.shape, dtype) for name, a in arrays.items()}
                for layer_id, arrays in gradients.items()
            }
        band = Band(
            graph,
            images.stop - images.start,
            parameters,
            own,
            of_band,
            dtype,
            goes_back=goes_back,
            learning=learning,
            number=number,
        )
        bands.append(band)
    return bands
