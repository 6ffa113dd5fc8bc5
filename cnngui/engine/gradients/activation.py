"""Activations and their gradients. ``out`` may be ``x``, and ``d_x`` may be ``d_out``.

``d_`` before a name means the loss's gradient with respect to it. Except for SiLU the gradient
follows from the result alone, so that the result may take the place of what it was made from.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnngui.engine.gradients.operation import Operation, Place
from cnngui.spec import layers as spec


def relu(x: NDArray, out: NDArray, zero: NDArray) -> None:
    """max(0, x). ``zero`` is a line of zeros as long as x's last axis, faster than the number."""
    np.maximum(x, zero, out=out)


def relu_gradient(d_out: NDArray, out: NDArray, d_x: NDArray, is_positive: NDArray) -> None:
    """``is_positive``: scratch, bool of out's shape."""
    np.greater(out, 0, out=is_positive)
    np.multiply(d_out, is_positive, out=d_x)


def leaky_relu(x: NDArray, out: NDArray, slope: float, factor: NDArray) -> None:
    """``factor``: scratch of x's shape."""
    _leaky_factor(x, slope, factor)
    np.multiply(x, factor, out=out)


def leaky_relu_gradient(
    d_out: NDArray, out: NDArray, d_x: NDArray, slope: float, factor: NDArray
) -> None:
    """A result is positive where x was: the slope is not negative."""
    _leaky_factor(out, slope, factor)
    np.multiply(d_out, factor, out=d_x)


def _leaky_factor(x: NDArray, slope: float, factor: NDArray) -> None:
    np.greater(x, 0, out=factor, casting="unsafe")
    factor *= 1 - slope
    factor += slope


def sigmoid(x: NDArray, out: NDArray) -> None:
    """1 / (1 + exp(-x)), as a hyperbolic tangent: that one does not overflow."""
    np.multiply(x, 0.5, out=out)
    np.tanh(out, out=out)
    out += 1
    out *= 0.5


def sigmoid_gradient(d_out: NDArray, out: NDArray, d_x: NDArray, factor: NDArray) -> None:
    """``factor``: scratch of out's shape."""
    np.subtract(1, out, out=factor)
    factor *= out
    np.multiply(d_out, factor, out=d_x)


def tanh(x: NDArray, out: NDArray) -> None:
    """Hyperbolic tangent."""
    np.tanh(x, out=out)


def tanh_gradient(d_out: NDArray, out: NDArray, d_x: NDArray, factor: NDArray) -> None:
    """``factor``: scratch of out's shape."""
    np.multiply(out, out, out=factor)
    np.subtract(1, factor, out=factor)
    np.multiply(d_out, factor, out=d_x)


def silu(x: NDArray, out: NDArray) -> None:
    """X times sigmoid(x). ``out`` must not be x."""
    sigmoid(x, out)
    out *= x


def silu_gradient(d_out: NDArray, x: NDArray, d_x: NDArray, gate: NDArray, rest: NDArray) -> None:
    """``gate``, ``rest``: scratch of x's shape."""
    sigmoid(x, gate)
    np.subtract(1, gate, out=rest)
    rest *= x
    rest += 1
    rest *= gate
    np.multiply(d_out, rest, out=d_x)


def softmax(x: NDArray, out: NDArray) -> None:
    """Over the axis before the last: ``(places, channels, rest)``."""
    np.subtract(x, x.max(axis=1, keepdims=True), out=out)
    np.exp(out, out=out)
    out /= out.sum(axis=1, keepdims=True)


def softmax_gradient(d_out: NDArray, out: NDArray, d_x: NDArray, product: NDArray) -> None:
    """``product``: scratch of out's shape."""
    np.multiply(d_out, out, out=product)
    np.subtract(d_out, product.sum(axis=1, keepdims=True), out=d_x)
    d_x *= out


def dropout(x: NDArray, out: NDArray, kept: NDArray, p: float, rng: np.random.Generator) -> None:
    """Zero with probability p, else x / (1 - p), so that the mean stays as it is.

    ``kept`` receives what x was multiplied by; the gradient is multiplied by the same.
    """
    rng.random(dtype=kept.dtype, out=kept)
    np.greater_equal(kept, p, out=kept, casting="unsafe")
    kept *= 1 / (1 - p)
    np.multiply(x, kept, out=out)


class _ByOutput(Operation):
    """An activation whose gradient follows from its result, given some scratch."""

    uses_output = True
    replaces_input = True

    def __init__(self, layer: spec.LayerSpec, place: Place) -> None:
        super().__init__(layer, place)
        (self._factor,) = place.scratch(self.out.shape)


class ReLU(Operation):
    """ReLU."""

    uses_output = True
    replaces_input = True

    def __init__(self, layer: spec.ReLU, place: Place) -> None:
        super().__init__(layer, place)
        (self._is_positive,) = place.scratch(masks=(self.out.shape,))
        self._zero = np.zeros(self.out[0].size, self.out.dtype)

    def forward(self) -> None:
        lines = len(self.x), -1
        relu(self.x.reshape(lines), self.out.reshape(lines), self._zero)

    def backward(self) -> None:
        relu_gradient(self.d_out, self.out, self.d_x, self._is_positive)


class LeakyReLU(_ByOutput):
    """LeakyReLU."""

    def __init__(self, layer: spec.LeakyReLU, place: Place) -> None:
        super().__init__(layer, place)
        self._slope = layer.negative_slope

    def forward(self) -> None:
        leaky_relu(self.x, self.out, self._slope, self._factor)

    def backward(self) -> None:
        leaky_relu_gradient(self.d_out, self.out, self.d_x, self._slope, self._factor)


class Sigmoid(_ByOutput):
    """Sigmoid."""

    def forward(self) -> None:
        sigmoid(self.x, self.out)

    def backward(self) -> None:
        sigmoid_gradient(self.d_out, self.out, self.d_x, self._factor)


class Tanh(_ByOutput):
    """Tanh."""

    def forward(self) -> None:
        tanh(self.x, self.out)

    def backward(self) -> None:
        tanh_gradient(self.d_out, self.out, self.d_x, self._factor)


class SiLU(Operation):
    """SiLU."""

    def __init__(self, layer: spec.SiLU, place: Place) -> None:
        super().__init__(layer, place)
        self._gate, self._rest = place.scratch(self.x.shape, self.x.shape)

    def forward(self) -> None:
        silu(self.x, self.out)

    def backward(self) -> None:
        silu_gradient(self.d_out, self.x, self.d_x, self._gate, self._rest)


class Softmax(_ByOutput):
    """Softmax that is not the last layer."""

    def __init__(self, layer: spec.Softmax, place: Place) -> None:
        super().__init__(layer, place)
        # Maps by channel; of a flat tensor the features are the channels.
        self._shape = (len(self.x) if self.x.ndim == 4 else 1, self.x.shape[-3 % self.x.ndim], -1)

    def forward(self) -> None:
        softmax(self.x.reshape(self._shape), self.out.reshape(self._shape))

    def backward(self) -> None:
        d_out, out, d_x, product = (
            array.reshape(self._shape) for array in (self.d_out, self.out, self.d_x, self._factor)
        )
        softmax_gradient(d_out, out, d_x, product)


class Dropout(Operation):
    """Dropout. ``rng``: None for a trained network, where everything passes."""

    replaces_input = True

    def __init__(
        self, layer: spec.Dropout, place: Place, rng: np.random.Generator | None = None
    ) -> None:
        super().__init__(layer, place)
        self._p, self._rng = layer.p, rng
        if rng is not None:
            self._kept = place.keep(self.out.shape)

    def forward(self) -> None:
        if self._rng is None:
            np.copyto(self.out, self.x)
        else:
            dropout(self.x, self.out, self._kept, self._p, self._rng)

    def backward(self) -> None:
        np.multiply(self.d_out, self._kept, out=self.d_x)
