"""Normalisation, and dropout."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cnngui.engine.ops import Calls, run
from cnngui.engine.ops.elementwise import bind
from cnngui.engine.ops.formula import Array
from cnngui.engine.ops.learning.formula_operation import by_image
from cnngui.engine.ops.learning.operation import Operation, Place
from cnngui.engine.ops.live.layer import Layer
from cnngui.engine.ops.live.scratch import Scratch
from cnngui.engine.ops.live.tensor import Part, Tensor
from cnngui.engine.ops.registry import learning, live
from cnngui.spec import layers as spec
from cnngui.spec.layers.norm import BatchNorm


def running_scale_and_shift(parameters: Mapping[str, Array], eps: float) -> tuple[Array, Array]:
    """Return ``(scale, shift)``, each ``(C,)``: what running statistics do to a channel.

    Ioffe and Szegedy, "Batch Normalization", 2015, algorithm 2. Computed in float64.
    """
    weight, bias = parameters["weight"], parameters["bias"]
    scale = weight / np.sqrt(parameters["running_var"].astype(np.float64) + eps)
    shift = bias - parameters["running_mean"] * scale
    return scale.astype(weight.dtype), shift.astype(weight.dtype)


def scale_and_shift(x: Array, scale: Array, shift: Array, out: Array) -> Calls:
    """``x * scale + shift``, channel by channel. ``out`` may be ``x`` itself."""
    return [
        bind(np.multiply, x, scale[:, None, None], out=out),
        bind(np.add, out, shift[:, None, None], out=out),
    ]


@live(spec.BatchNorm2d)
@live(spec.BatchNorm3d)
class LiveBatchNorm2d(Layer[spec.BatchNorm2d]):
    """Normalisation by running statistics."""

    is_elementwise = True

    @cached_property
    def scale_and_shift(self) -> tuple[Array, Array]:
        return running_scale_and_shift(self.parameters, self.description.eps)

    def bind(
        self, sources: Sequence[Tensor], target: Tensor, part: Part, scratch: Scratch
    ) -> Calls:
        scale, shift = self.scale_and_shift
        if part.units is not None:
            some = slice(part.units.start, part.units.stop)
            scale, shift = scale[some], shift[some]
        return scale_and_shift(sources[0].view(part), scale, shift, target.view(part))


class FixedBatchNorm(Operation):
    """By the running statistics: of a network that is used, and where they are frozen.

    The parameters may change from forward to forward, by learning.
    """

    divides_channels = True

    def __init__(self, layer: BatchNorm, place: Place) -> None:
        super().__init__(layer, place)
        self._eps = layer.eps
        channels = (self.x.shape[1],)
        self._scale, self._shift = place.keep(channels), place.keep(channels)
        self._calls = scale_and_shift(
            by_image(self.x), self._scale, self._shift, by_image(self.out)
        )

    def forward(self) -> None:
        scale, shift = running_scale_and_shift(self.place.parameters, self._eps)
        np.copyto(self._scale, scale)
        np.copyto(self._shift, shift)
        run(self._calls)

    def learn(self) -> None:
        parameters, gradients = self.place.parameters, self.place.gradients
        d_out, x = _by_channel(self.d_out), _by_channel(self.x)
        total, projected = gradient_sums(d_out, x, parameters["running_mean"], np.empty_like(x))
        np.copyto(gradients["bias"], total)
        deviation = np.sqrt(parameters["running_var"] + self._eps)
        np.divide(projected, deviation, out=gradients["weight"])

    def backward(self) -> None:
        scale = self._scale[:, None]
        np.multiply(_by_channel(self.d_out), scale, out=_by_channel(self.d_x))


@dataclass
class Moments:
    """Each channel's number of values, their mean, and the sum of squared distances from it."""

    count: int
    mean: NDArray
    squares: NDArray


def moments(x: NDArray, centred: NDArray) -> Moments:
    """Measure each channel of maps ``(rows, channels, places)``. ``centred``: scratch like x."""
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


@learning(spec.BatchNorm2d)
@learning(spec.BatchNorm3d)
class LearningBatchNorm(Operation):
    """By the mean and variance of the whole batch, which all parts of it find out together.

    Moments count as so many more images.

    Each part measures its images; ``merged`` puts that together.
    """

    divides_channels = True

    def __init__(self, layer: BatchNorm, place: Place, statistics: BatchStatistics) -> None:
        super().__init__(layer, place)
        self.meeting = statistics
        statistics.parts.append(self)
        self._layer = layer
        self._x, self._d_out = _by_channel(self.x), _by_channel(self.d_out)
        (self._scratch,) = place.scratch(self._x.shape)
        channels = (self.x.shape[1],)
        self._scale, self._shift = place.keep(channels), place.keep(channels)
        self._calls = scale_and_shift(
            by_image(self.x), self._scale, self._shift, by_image(self.out)
        )
        self.moments: Moments
        self.batch: Moments
        """Those of the whole batch."""
        self.sums: tuple[NDArray, NDArray]
        self.batch_sums: tuple[NDArray, NDArray]

    @classmethod
    def at(cls, layer: BatchNorm, place: Place) -> Operation:
        """Return what goes by running statistics, unless the layer learns."""
        if place.learning is None or layer.frozen:
            return FixedBatchNorm(layer, place)
        meetings = place.learning.meetings
        statistics = meetings.setdefault(layer.id, BatchStatistics(layer))
        return cls(layer, place, statistics)

    def prepare_forward(self) -> None:
        self.moments = moments(self._x, self._scratch)

    def forward(self) -> None:
        np.multiply(self.place.parameters["weight"], self._inverse_deviation(), out=self._scale)
        np.subtract(self.place.parameters["bias"], self.batch.mean * self._scale, out=self._shift)
        run(self._calls)

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
        np.multiply(self._x, slope[:, None], out=self._scratch)
        self._scratch += shift[:, None]
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

    def __init__(self, layer: BatchNorm) -> None:
        self._layer = layer
        self.parts: list[LearningBatchNorm] = []

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


@live(spec.Dropout)
class LiveDropout(Layer[spec.Dropout]):
    """Everything passes."""

    is_identity = True


@learning(spec.Dropout)
class LearningDropout(Operation):
    """Zero with probability p, else x / (1 - p), so that the mean stays as it is."""

    replaces_input = True

    def __init__(self, layer: spec.Dropout, place: Place) -> None:
        super().__init__(layer, place)
        if place.learning is None:
            raise RuntimeError("nothing is dropped but while a network learns")
        self._p, self._rng = layer.p, place.learning.rng_of(layer.id, place.part)
        # What x was multiplied by; the gradient is multiplied by the same.
        self._kept = place.keep(self.out.shape)

    @classmethod
    def changes_nothing(cls, layer: spec.Dropout, *, is_learning: bool) -> bool:
        return layer.p == 0 or not is_learning

    def forward(self) -> None:
        kept = self._kept
        self._rng.random(dtype=kept.dtype, out=kept)
        np.greater_equal(kept, self._p, out=kept, casting="unsafe")
        kept *= 1 / (1 - self._p)
        np.multiply(self.x, kept, out=self.out)

    def backward(self) -> None:
        np.multiply(self.d_out, self._kept, out=self.d_x)
