"""Transposed convolution: each input number lays its kernel into the output."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import product
from math import gcd, prod
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cnngui.engine.initializers import Parameters
from cnngui.engine.ops import Calls
from cnngui.engine.ops.learning.convolving import (
    correlate,
    rows_multiplied,
    spread,
    weight_gradient,
)
from cnngui.engine.ops.learning.kernels import (
    axes_of,
    by_result,
    by_tap,
    from_taps,
    images_of,
    scattered,
    to_taps,
)
from cnngui.engine.ops.learning.layout import by_moment
from cnngui.engine.ops.learning.operation import Division, Operation, Place
from cnngui.engine.ops.learning.unfold import Unfolding, by_group
from cnngui.engine.ops.live.conv_choice import conv2d
from cnngui.engine.ops.live.conv_weights import ConvWeights
from cnngui.engine.ops.live.layer import Layer
from cnngui.engine.ops.live.layout import as_layout, is_pixel_major
from cnngui.engine.ops.live.scratch import Scratch
from cnngui.engine.ops.live.tensor import Margins, Part, Tensor
from cnngui.engine.ops.registry import learning, live
from cnngui.spec import layers as spec
from cnngui.spec.layers.conv import KernelLayer

Array = NDArray[np.float32]


class _Phase(NamedTuple):
    """Every stride-th output along an axis, which is a convolution with some of the taps.

    Attributes
    ----------
    first, stride : outputs first, first + stride, ...
    taps : of the kernel, the last one first: so they lie over the input one after the other.
    begin : where the first of these outputs' windows begins in the input.
    dilation : from tap to tap.
    """

    first: int
    stride: int
    taps: tuple[int, ...]
    begin: int
    dilation: int

    def outputs(self, among: range) -> range:
        """Return which of some outputs these are, counted by themselves."""
        return range(
            -(-(among.start - self.first) // self.stride),
            -(-(among.stop - self.first) // self.stride),
        )

    def read(self, outputs: range) -> range:
        """Return what the windows of some of these outputs lie over. They may reach beyond."""
        reach = self.dilation * (len(self.taps) - 1) + 1
        return range(self.begin + outputs.start, self.begin + outputs.stop - 1 + reach)

    def read_beyond(self, extra: int) -> tuple[int, int]:
        """Return how far these windows reach before the first input, and after the last.

        ``extra`` is by how much there are more outputs than the stride times all inputs but one.
        """
        outputs = self.outputs(range(extra))  # but for one for each input but one
        return -self.begin, self.read(outputs).stop - 1


def _phases(kernel_size: int, stride: int, padding: int, dilation: int) -> list[_Phase]:
    """Output o is made of input i by tap k where ``o = i * stride + k * dilation - padding``."""
    found = []
    for first in range(stride):
        place = first + padding
        taps = [k for k in range(kernel_size) if (place - k * dilation) % stride == 0][::-1]
        begin = (place - taps[0] * dilation) // stride if taps else 0
        step = dilation // gcd(dilation, stride)
        found.append(_Phase(first, stride, tuple(taps), begin, step))
    return found


@live(spec.ConvTranspose2d)
class LiveConvTranspose2d(Layer[spec.ConvTranspose2d]):
    """As many convolutions as there are places in a stride, each of the taps that meet there.

    So no zeros are multiplied, and all that makes convolutions fast is used.
    """

    def __init__(self, description: spec.ConvTranspose2d, parameters: Parameters) -> None:
        super().__init__(description, parameters)
        self._phases = [
            _phases(*numbers)
            for numbers in zip(
                description.kernel_size,
                description.stride,
                description.padding,
                description.dilation,
                strict=True,
            )
        ]
        self._weights: dict[tuple[_Phase, _Phase], ConvWeights] = {}
        if "weight" in parameters:
            self._weights = {
                (down, across): self._weights_of(down, across)
                for down, across in product(*self._phases)
                if down.taps and across.taps
            }

    def _weights_of(self, down: _Phase, across: _Phase) -> ConvWeights:
        weight, groups = self.parameters["weight"], self.description.groups
        in_channels, out_channels, *size = weight.shape
        # From (in, out / groups, ...) to (out, in / groups, ...).
        grouped = weight.reshape(groups, in_channels // groups, out_channels, *size)
        turned = grouped.swapaxes(1, 2).reshape(groups * out_channels, in_channels // groups, *size)
        taps = turned[:, :, down.taps][:, :, :, across.taps]
        bias = self.parameters.get("bias")
        distance = (down.dilation, across.dilation)
        return ConvWeights(np.ascontiguousarray(taps), bias, (1, 1), distance, groups)

    @property
    def margins(self) -> Margins:
        layer, found = self.description, []
        for axis, phases in enumerate(self._phases):
            laid = layer.dilation[axis] * (layer.kernel_size[axis] - 1) + 1
            extra = laid + layer.output_padding[axis] - 2 * layer.padding[axis]
            beyond = [phase.read_beyond(extra) for phase in phases if phase.taps]
            found.append([max(0, *sides) for sides in zip(*beyond, strict=True)])
        (top, bottom), (left, right) = found
        return Margins(top, bottom, left, right)

    def rows_laid_over(self, rows: range) -> range:
        """Return the input rows that some output rows are made of, margins included."""
        read = [
            down.read(outputs)
            for down in self._phases[0]
            if down.taps and (outputs := down.outputs(rows))
        ]
        return range(
            min((some.start for some in read), default=0),
            max((some.stop for some in read), default=0),
        )

    def scratch_values(self, source_shape: Sequence[int], shape: Sequence[int]) -> int:
        width = -(-self.description.kernel_size[1] // self.description.stride[1])
        return width * prod(source_shape[1:]) + prod(shape[1:])

    def bind(
        self, sources: Sequence[Tensor], target: Tensor, part: Part, scratch: Scratch
    ) -> Calls:
        out = target.view(part)
        calls: Calls = []
        for down, across in product(*self._phases):
            rows, columns = down.outputs(part.rows), across.outputs(range(target.shape[3]))
            if not rows or not columns:
                continue
            first = down.first + rows.start * down.stride - part.rows.start
            places = out[:, :, first :: down.stride, across.first :: across.stride]
            if (down, across) not in self._weights:
                bias = self.parameters.get("bias", np.zeros(1, np.float32))
                calls.append(partial(np.copyto, places, bias[:, None, None]))
                continue
            weights = self._weights[down, across]
            x = sources[0].view(Part(part.images, down.read(rows)), across.read(columns))
            if (down.stride, across.stride) == (1, 1):
                return conv2d(x, weights, places, scratch)
            beside = as_layout(scratch.take(places.size), places.shape, is_pixel_major(out))
            calls += [*conv2d(x, weights, beside, scratch), partial(np.copyto, places, beside)]
        return calls


@learning(spec.ConvTranspose2d)
@learning(spec.ConvTranspose3d)
class LearningConvTranspose(Operation):
    """The adjoint of a convolution: forward is its way back, and backward its way forward."""

    def __init__(self, layer: spec.ConvTranspose2d | spec.ConvTranspose3d, place: Place) -> None:
        super().__init__(layer, place)
        images = images_of(layer, place)
        x, out = by_moment(self.x, images), by_moment(self.out, images)
        self._groups = groups = layer.groups
        read, made = x.shape[1] // groups, out.shape[1] // groups
        # The windows of the convolution that would make x of the output.
        self._axes = axes_of(layer, out, x, layer.padding)
        self._weight = place.parameters["weight"].reshape(groups, read, made, *self._axes.window)
        self._by_tap = by_tap(self._weight, place)
        # Lanes divide the channels of the results, and on the way back the rows of what is read.
        self._made, self._rows = place.share(made), place.share(len(x))
        grouped_out = out.reshape(len(out), groups, made, *out.shape[2:])
        self._some_out = grouped_out[:, :, self._made]
        self._some_weight = self._weight[:, :, self._made]
        self._some_by_tap = by_tap(self._some_weight, place)
        self._lines = scattered(self._some_weight, x, place)
        if not place.goes_back:
            return
        d_out = by_moment(self.d_out, images)
        self._windows = Unfolding(d_out, self._axes, groups, place.memory, self._rows)
        if place.gradients:
            self._gradients = self.partial_gradients = place.own_gradients()
            self._d_weight = self._gradients["weight"].reshape(self._weight.shape)
            self._d_by_tap = place.keep((groups, self._windows.taps, read))
            rows = rows_multiplied(self._d_by_tap, max(len(x[self._rows]), 1))
            self._products = place.keep((rows, *self._d_by_tap.shape))

    @classmethod
    def division(cls, layer: KernelLayer, place: Place, lanes: int) -> Division | None:
        made = place.out.shape[1] // layer.groups
        return "work" if min(made, len(place.sources[0])) >= lanes else None

    def forward(self) -> None:
        to_taps(self._some_weight, self._some_by_tap)
        x, weight = by_group(self.x, self._groups), by_result(self._some_by_tap)
        spread(x, weight, self._some_out, self._axes, self._lines)
        if "bias" in self.place.parameters:
            results = by_group(self.out, self._groups)[:, :, self._made]
            bias = self.place.parameters["bias"].reshape(self._groups, -1, 1)
            results += bias[:, self._made]

    def learn(self) -> None:
        x = by_group(self.x, self._groups)
        weight_gradient(self._windows, x, self._d_by_tap, self._products)
        from_taps(self._d_by_tap, self._d_weight)
        if "bias" in self._gradients:
            d_bias = self._gradients["bias"].reshape(self._groups, -1)
            d_results = by_group(self.d_out[self.place.share(len(self.d_out))], self._groups)
            np.add.reduce(np.add.reduce(d_results, axis=3), axis=0, out=d_bias)

    def backward(self) -> None:
        to_taps(self._weight, self._by_tap)
        weight = self._by_tap.reshape(*self._by_tap.shape[:2], -1)
        correlate(self._windows, weight, by_group(self.d_x, self._groups))
