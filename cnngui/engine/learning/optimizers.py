"""How gradients change parameters: PyTorch's formulas, in place.

Small networks have many small arrays, and each call into NumPy costs more than its arithmetic. So
an optimizer gathers the gradients of small arrays in one flat array, computes the change of all
these parameters there, and takes each parameter's part of it away. Large arrays are gone through
where they lie, in blocks that stay in cache, on all threads.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import hypot, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnngui.engine import parallel
from cnngui.engine.gradients.arrays import Arrays, each_of
from cnngui.engine.learning.clipping import length

Array = NDArray[Any]

_BLOCK = 65_536
"""Values: four arrays of 256 KB, which a core's own cache holds."""

_FEWEST_BLOCKS = 4
"""Fewer are done before another thread is awake."""

_BLOCKS_AT_A_TIME = 128
"""Some 0.1 s: so long the threads are held."""


@dataclass(frozen=True, eq=False)
class _Block:
    """Some values of all parameters, so few that they stay in cache; each array is flat.

    Attributes
    ----------
    gradient : of this step.
    values : the parameters; empty where they are not at hand and there is no weight decay.
    change : to be filled with what is taken away from the parameters.
    memory : what is remembered from step to step.
    room, other_room : to work with, of the same length.
    """

    gradient: Array
    values: Array
    change: Array
    memory: list[Array]
    room: Array
    other_room: Array


class Optimizer(ABC):
    """Changes parameters by their gradients.

    The first step fixes which parameters these are; later ones must bring the same.

    Attributes
    ----------
    learning_rate : of the next step.
    weight_decay : pulls all parameters towards 0.
    """

    _states: int
    """How many numbers are remembered for each parameter."""

    def __init__(self, learning_rate: float, weight_decay: float) -> None:
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self._steps = 0
        self._rooms: list[Array] = []
        """What each thread works with."""

    def step(
        self,
        parameters: Arrays,
        gradients: Arrays,
        give_way: Callable[[], object] = lambda: None,
    ) -> None:
        """Change all parameters in place. Gradients stay as they are.

        ``give_way`` is called between pieces of the work, with no thread at it: others may compute.
        """
        if self._steps == 0:
            self._prepare(parameters)
        self._steps += 1
        values, slopes = list(each_of(parameters)), list(each_of(gradients))
        if self._small:
            self._gather(slopes, self._gradient)
            if self.weight_decay:
                self._gather(values, self._values)
        flat_values = [self._values, *(values[number].reshape(-1) for number in self._large)]
        flat_slopes = [self._gradient, *(slopes[number].reshape(-1) for number in self._large)]
        threads = parallel.thread_count() if len(self._blocks) >= _FEWEST_BLOCKS else 1
        if len(self._rooms) < threads:
            self._rooms = [np.empty((3, self._room_size), self._dtype) for _ in range(threads)]

        def work(worker: int, number: int) -> None:
            source, part, memory = self._blocks[number]
            value, slope = flat_values[source][part], flat_slopes[source][part]
            room, other_room, change = self._rooms[worker][:, : len(slope)]
            if source == 0:
                change = self._change[part]
            # What becomes infinite is the caller's to judge.
            with np.errstate(all="ignore"):
                self._update(_Block(slope, value, change, memory, room, other_room))
                if source:
                    value -= change
                    # What was taken away is in the cache now, and is kept nowhere.
                    self._lengths[number] = length([change])

        for first in range(0, len(self._blocks), _BLOCKS_AT_A_TIME):
            if first:
                give_way()
            some = range(first, min(first + _BLOCKS_AT_A_TIME, len(self._blocks)))
            if threads > 1:
                parallel.run(partial(_one_of, some, work), len(some), threads)
            else:
                for number in some:
                    work(0, number)
        for number, change in self._small.items():
            values[number] -= change

    def lengths_of_changes(self) -> dict[str, float]:
        """Return, by layer, how long what the last step took away was, of all arrays together."""
        of_arrays: dict[int, list[float]] = {number: [] for number in self._large}
        for (source, _, _), part in zip(self._blocks, self._lengths, strict=True):
            if source:
                of_arrays[self._large[source - 1]].append(part)
        small = {number: [length([change])] for number, change in self._small.items()}
        each = of_arrays | small
        return {
            layer_id: hypot(*(part for number in numbers for part in each[number]))
            for layer_id, numbers in self._numbers.items()
        }

    @abstractmethod
    def _update(self, block: _Block) -> None:
        """Fill the block's ``change``."""

    def _decayed(self, block: _Block) -> Array:
        """Return the gradient with the weight decay as part of it: L2."""
        if not self.weight_decay:
            return block.gradient
        np.multiply(block.values, self.weight_decay, out=block.other_room)
        return np.add(block.gradient, block.other_room, out=block.other_room)

    def _gather(self, arrays: list[Array], target: Array) -> None:
        np.concatenate([arrays[number].reshape(-1) for number in self._small], out=target)

    def _prepare(self, parameters: Arrays) -> None:
        arrays = list(each_of(parameters))
        self._dtype = arrays[0].dtype
        self._large = [
            number
            for number, array in enumerate(arrays)
            if array.size >= _BLOCK and array.flags.c_contiguous
        ]
        """Which arrays are gone through where they lie."""
        small = [number for number in range(len(arrays)) if number not in self._large]
        size = sum(arrays[number].size for number in small)
        self._gradient = np.empty(size, self._dtype)
        self._values = np.empty(size if self.weight_decay else 0, self._dtype)
        self._change = np.empty(size, self._dtype)
        self._blocks: list[tuple[int, slice, list[Array]]] = []
        """Of which flat array, which part of it, and what is remembered of it."""
        for source, count in enumerate([size, *(arrays[number].size for number in self._large)]):
            self._cut(source, count)
        start = 0
        self._small: dict[int, Array] = {}
        """The changes of those that are gathered."""
        for number in small:
            array = arrays[number]
            self._small[number] = self._change[start : start + array.size].reshape(array.shape)
            start += array.size
        each = iter(range(len(arrays)))
        self._numbers = {
            layer_id: [next(each) for _ in of_layer] for layer_id, of_layer in parameters.items()
        }
        """Which arrays each layer has."""
        self._lengths = [0.0] * len(self._blocks)
        """Of each block's change, where it is part of a large array."""
        self._room_size = min(max(size, *(array.size for array in arrays)), _BLOCK)

    def _cut(self, source: int, size: int) -> None:
        """Make a flat array's blocks."""
        memory = [np.zeros(size, self._dtype) for _ in range(self._states)]
        for start in range(0, size, _BLOCK):
            part = slice(start, start + _BLOCK)
            self._blocks.append((source, part, [state[part] for state in memory]))


def _one_of(some: range, work: Callable[[int, int], None], worker: int, place: int) -> None:
    work(worker, some[place])


class SGD(Optimizer):
    """Stochastic gradient descent, with momentum (also Nesterov's); weight decay is L2."""

    _states = 1

    def __init__(
        self,
        learning_rate: float = 1e-3,
        momentum: float = 0.0,
        *,
        nesterov: bool = False,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(learning_rate, weight_decay)
        self.momentum = momentum
        self.nesterov = nesterov

    def _update(self, block: _Block) -> None:
        gradient, change, (velocity,) = self._decayed(block), block.change, block.memory
        velocity *= self.momentum
        velocity += gradient
        if self.nesterov:
            np.multiply(velocity, self.momentum, out=change)
            change += gradient
            change *= self.learning_rate
        else:
            np.multiply(velocity, self.learning_rate, out=change)


class Adam(Optimizer):
    """Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2014; weight decay is L2."""

    _states = 2

    def __init__(
        self,
        learning_rate: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(learning_rate, weight_decay)
        self.betas = betas
        self.eps = eps

    def _update(self, block: _Block) -> None:
        self._adapt(block, self._decayed(block))

    def _adapt(self, block: _Block, gradient: Array) -> None:
        # What is remembered is the mean divided by 1 - beta1 and the mean square divided by
        # 1 - beta2: gradients are added as they are, and the factors go into the last ones.
        (mean, square), room, change = block.memory, block.room, block.change
        (beta1, beta2), steps = self.betas, self._steps
        mean *= beta1
        mean += gradient
        square *= beta2
        np.multiply(gradient, gradient, out=room)
        square += room
        # The corrections for having begun at 0 are part of the factors, too.
        correction = sqrt((1 - beta2**steps) / (1 - beta2))
        np.sqrt(square, out=room)
        room += self.eps * correction
        np.divide(mean, room, out=change)
        change *= self.learning_rate * correction * (1 - beta1) / (1 - beta1**steps)


class AdamW(Adam):
    """Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2017."""

    def __init__(
        self,
        learning_rate: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
    ) -> None:
        super().__init__(learning_rate, betas, eps, weight_decay)

    def _update(self, block: _Block) -> None:
        self._adapt(block, block.gradient)
        if self.weight_decay:
            decay = self.learning_rate * self.weight_decay
            np.multiply(block.values, decay, out=block.room)
            np.add(block.change, block.room, out=block.change)
