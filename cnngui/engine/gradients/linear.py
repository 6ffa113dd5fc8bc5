"""The fully connected layer and its gradients, over flat tensors ``(features, images)``."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnngui.engine.gradients.operation import Operation, Place
from cnngui.spec import layers as spec


def linear(x: NDArray, weight: NDArray, bias: NDArray | None, out: NDArray) -> None:
    """``weight`` ``(units, features)``, ``bias`` ``(units,)``, out ``(units, images)``."""
    np.matmul(weight, x, out=out)
    if bias is not None:
        out += bias[:, None]


def linear_gradient(d_out: NDArray, weight: NDArray, d_x: NDArray) -> None:
    """The gradient with respect to what the layer reads."""
    np.matmul(weight.T, d_out, out=d_x)


def linear_parameter_gradients(
    d_out: NDArray, x: NDArray, d_weight: NDArray, d_bias: NDArray | None
) -> None:
    """The gradients with respect to weights and biases, summed over the images."""
    np.matmul(d_out, x.T, out=d_weight)
    if d_bias is not None:
        np.add.reduce(d_out, axis=1, out=d_bias)


class Linear(Operation):
    """Linear."""

    def __init__(self, layer: spec.Linear, place: Place) -> None:
        super().__init__(layer, place)
        self._weight, self._bias = place.parameters["weight"], place.parameters.get("bias")

    def forward(self) -> None:
        linear(self.x, self._weight, self._bias, self.out)

    def learn(self) -> None:
        gradients = self.place.gradients
        linear_parameter_gradients(self.d_out, self.x, gradients["weight"], gradients.get("bias"))

    def backward(self) -> None:
        linear_gradient(self.d_out, self._weight, self.d_x)
