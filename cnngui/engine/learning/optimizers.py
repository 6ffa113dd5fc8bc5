"""How gradients change parameters: PyTorch's formulas, in place.

Small networks have many small arrays, and each call into NumPy costs more than its arithmetic. So
an optimizer gathers all gradients in one flat array, computes the change of all parameters there,
and takes each parameter's part of it away. Large networks are done in blocks that stay in cache.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnngui.engine.gradients.arrays import Arrays, each_of

_BLOCK = 65_536
"""Values: five arrays of 256 KB, which a core's own cache holds."""


@dataclass(frozen=True, eq=False)
class _Block:
    """Some values of all parameters, so few that they stay in cache; each array is flat.

    Attributes
    ----------
    gradient : of this step; may be spoilt.
    values : the parameters; may be spoilt. Only with weight decay.
    change : to be filled with what is taken away from the parameters.
    memory : what is remembered from step to step.
    """

    gradient: NDArray[Any]
    values: NDArray[Any]
    change: NDArray[Any]
    memory: list[NDArray[Any]]


class Optimizer(ABC):
    """Changes parameters by their gradients.

    The first step fixes which parameters these are; later ones must bring the same.

    Attributes
    ----------
    learning_rate : of the next step.
    weight_decay : pulls all parameters towards 0.
    changes : by layer and parameter, what the last step took away; valid until the next one.
    """

    _states: int
    """How many numbers are remembered for each parameter."""

    def __init__(self, learning_rate: float, weight_decay: float) -> None:
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.changes: Arrays = {}
        self._steps = 0

    def step(self, parameters: Arrays, gradients: Arrays) -> None:
        """Change all parameters in place. Gradients stay as they are."""
        if self._steps == 0:
            self._prepare(parameters)
        self._steps += 1
        np.concatenate([part.reshape(-1) for part in each_of(gradients)], out=self._gradient)
        if self.weight_decay:
            np.concatenate([part.reshape(-1) for part in each_of(parameters)], out=self._values)
        for block in self._blocks:
            self._update(block)
        for parameter, change in zip(each_of(parameters), each_of(self.changes), strict=True):
            parameter -= change

    @abstractmethod
    def _update(self, block: _Block) -> None:
        """Fill the block's ``change``."""

    def _add_decay(self, block: _Block) -> None:
        """Make the weight decay part of the gradient: L2."""
        if self.weight_decay:
            np.multiply(block.values, self.weight_decay, out=block.values)
            np.add(block.gradient, block.values, out=block.gradient)

    def _prepare(self, parameters: Arrays) -> None:
        size = sum(array.size for array in each_of(parameters))
        dtype = next(each_of(parameters)).dtype
        self._gradient, all_changes = np.empty(size, dtype), np.empty(size, dtype)
        self._values = np.empty(size if self.weight_decay else 0, dtype)
        memory = [np.zeros(size, dtype) for _ in range(self._states)]
        self._blocks = [
            _Block(
                self._gradient[part],
                self._values[part],
                all_changes[part],
                [state[part] for state in memory],
            )
            for part in (slice(start, start + _BLOCK) for start in range(0, size, _BLOCK))
        ]
        start = 0
        changes: dict[str, dict[str, NDArray[Any]]] = {}
        for layer_id, of_layer in parameters.items():
            changes[layer_id] = {}
            for name, array in of_layer.items():
                part = all_changes[start : start + array.size]
                changes[layer_id][name] = part.reshape(array.shape)
                start += array.size
        self.changes = changes


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
        self._add_decay(block)
        gradient, change, (velocity,) = block.gradient, block.change, block.memory
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
        self._add_decay(block)
        self._adapt(block)

    def _adapt(self, block: _Block) -> None:
        gradient, change, (mean, square) = block.gradient, block.change, block.memory
        (beta1, beta2), steps = self.betas, self._steps
        mean *= beta1
        np.multiply(gradient, 1 - beta1, out=change)
        mean += change
        square *= beta2
        np.multiply(gradient, gradient, out=gradient)
        gradient *= 1 - beta2
        square += gradient
        # Both corrections for having begun at 0 in one factor.
        correction = sqrt(1 - beta2**steps)
        np.sqrt(square, out=gradient)
        gradient += self.eps * correction
        np.divide(mean, gradient, out=change)
        change *= self.learning_rate * correction / (1 - beta1**steps)


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
        self._adapt(block)
        if self.weight_decay:
            decay = self.learning_rate * self.weight_decay
            np.multiply(block.values, decay, out=block.values)
            np.add(block.change, block.values, out=block.change)
