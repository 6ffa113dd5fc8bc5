"""Batch normalisation and its gradients, over maps ``(rows, channels, places)``.

Of a batch that is divided among threads each measures its part; ``merged`` puts that together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnngui.engine.gradients.operation import Operation, Place
from cnngui.spec import layers as spec


@dataclass
class Moments:
    """Of each channel: how many values, their mean, and the sum of squared distances from it."""

    count: int
    mean: NDArray
    squares: NDArray


def moments(x: NDArray, centred: NDArray) -> Moments:
    """Measure each channel. ``centred``: scratch of x's shape."""
    count = x.shape[0] * x.shape[2]
    mean = np.add.reduce(np.add.reduce(x, axis=2), axis=0) / count
    np.subtract(x, mean[:, None], out=centred)
    return Moments(count, mean, np.vecdot(centred, centred).sum(axis=0))


def merged(parts: Sequence[Moments]) -> Moments:
    """Return the moments of all parts together (Chan, Golub and LeVeque, 1979)."""
    total = parts[0]
    for part in parts[1:]:
        count = total.count + part.count
        apart = part.mean - total.mean
        total = Moments(
            count,
            total.mean + apart * (part.count / count),
            total.squares + part.squares + apart**2 * (total.count * part.count / count),
        )
    return total


def scale_and_shift(x: NDArray, scale: NDArray, shift: NDArray, out: NDArray) -> None:
    """X times scale plus shift, both ``(channels,)``."""
    np.multiply(x, scale[:, None], out=out)
    out += shift[:, None]


def gradient_sums(
    d_out: NDArray, x: NDArray, mean: NDArray, centred: NDArray
) -> tuple[NDArray, NDArray]:
    """Return, by channel, the sum of d_out and that of d_out times x's distance from the mean.

    ``centred``: scratch of x's shape.
    """
    np.subtract(x, mean[:, None], out=centred)
    return (
        np.add.reduce(np.add.reduce(d_out, axis=2), axis=0),
        np.vecdot(d_out, centred).sum(axis=0),
    )


class FixedNorm(Operation):
    """By the running statistics: of a network that is used, and where they are frozen."""

    def __init__(self, layer: spec.BatchNorm2d, place: Place) -> None:
        super().__init__(layer, place)
        self._layer = layer

    def forward(self) -> None:
        parameters = self.place.parameters
        scale = self._scale()
        shift = parameters["bias"] - parameters["running_mean"] * scale
        scale_and_shift(_by_channel(self.x), scale, shift, _by_channel(self.out))

    def backward(self) -> None:
        scale = self._scale()[:, None]
        np.multiply(_by_channel(self.d_out), scale, out=_by_channel(self.d_x))

    def _scale(self) -> NDArray:
        parameters = self.place.parameters
        return parameters["weight"] / np.sqrt(parameters["running_var"] + self._layer.eps)


class BatchNorm2d(Operation):
    """By the mean and variance of the whole batch, which all parts of it find out together."""

    def __init__(self, layer: spec.BatchNorm2d, place: Place, statistics: BatchStatistics) -> None:
        super().__init__(layer, place)
        self.meeting = statistics
        statistics.parts.append(self)
        self._layer = layer
        self._x, self._out = _by_channel(self.x), _by_channel(self.out)
        self._d_out = _by_channel(self.d_out)
        (self._scratch,) = place.scratch(self._x.shape)
        self.moments: Moments
        self.batch: Moments
        """Those of the whole batch."""
        self.sums: tuple[NDArray, NDArray]
        self.batch_sums: tuple[NDArray, NDArray]

    def prepare_forward(self) -> None:
        self.moments = moments(self._x, self._scratch)

    def forward(self) -> None:
        scale = self.place.parameters["weight"] * self._inverse_deviation()
        shift = self.place.parameters["bias"] - self.batch.mean * scale
        scale_and_shift(self._x, scale, shift, self._out)

    def prepare_backward(self) -> None:
        self.sums = gradient_sums(self._d_out, self._x, self.batch.mean, self._scratch)

    def learn(self) -> None:
        total, projected = self.sums
        np.copyto(self.place.gradients["bias"], total)
        np.multiply(projected, self._inverse_deviation(), out=self.place.gradients["weight"])

    def backward(self) -> None:
        total, projected = self.batch_sums
        inverse, count = self._inverse_deviation(), self.batch.count
        scale = self.place.parameters["weight"] * inverse
        # Mean and variance depend on every value; what that brings is linear in x.
        slope = -scale * inverse**2 * projected / count
        shift = -scale * total / count - slope * self.batch.mean
        scale_and_shift(self._x, slope, shift, self._scratch)
        d_x = _by_channel(self.d_x)
        np.multiply(self._d_out, scale[:, None], out=d_x)
        d_x += self._scratch

    def _inverse_deviation(self) -> NDArray:
        return 1 / np.sqrt(self.batch.squares / self.batch.count + self._layer.eps)


class BatchStatistics:
    """What the parts of a batch tell each other in one layer.

    Attributes
    ----------
    parts : all of them; the order decides how sums are rounded.
    """

    def __init__(self, layer: spec.BatchNorm2d) -> None:
        self._layer = layer
        self.parts: list[BatchNorm2d] = []

    def share_forward(self) -> None:
        """When all have measured: tell them, and bring the running statistics up to date."""
        batch = merged([part.moments for part in self.parts])
        for part in self.parts:
            part.batch = batch
        parameters = self.parts[0].place.parameters
        now = {"running_mean": batch.mean, "running_var": batch.squares / max(batch.count - 1, 1)}
        for name, value in now.items():
            parameters[name][...] += self._layer.momentum * (value - parameters[name])

    def share_backward(self) -> None:
        """When all have summed: tell them."""
        total = np.sum([part.sums[0] for part in self.parts], axis=0)
        projected = np.sum([part.sums[1] for part in self.parts], axis=0)
        for part in self.parts:
            part.batch_sums = total, projected


def _by_channel(maps: NDArray) -> NDArray:
    """Return maps as ``(rows, channels, places)``."""
    return maps.reshape(*maps.shape[:2], -1)
