"""Layers that can be run: a description and its parameters, delegating to the operations."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import ClassVar, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from cnngui.engine.initializers import Parameters
from cnngui.engine.ops import Calls, activation, conv, join, linear, norm, pool
from cnngui.engine.ops.conv_weights import ConvWeights
from cnngui.engine.ops.layout import prefers_pixels
from cnngui.engine.ops.scratch import Scratch
from cnngui.engine.tensor import Margins, Part, Tensor
from cnngui.spec import layers as spec

Array = NDArray[np.float32]
Description = TypeVar("Description", bound=spec.LayerSpec)
Pooling = TypeVar("Pooling", spec.MaxPool2d, spec.AvgPool2d)


class Layer(Generic[Description]):
    """What the program needs to know of a layer in order to split, fuse and bind it."""

    splits_rows: ClassVar[bool] = True
    """Whether some output rows can be computed without the others."""
    splits_units: ClassVar[bool] = False
    """Whether some units of its flat output can be computed without the others."""
    is_elementwise: ClassVar[bool] = False
    """Whether each output value depends on one input value, so that it may take its place."""
    is_identity: ClassVar[bool] = False
    """Whether the output is the input."""
    keeps_zeros: ClassVar[bool] = False
    """Whether zero in is zero out, so that it may run over margins and need not go around them."""
    commutes_with_maxima: ClassVar[bool] = False
    """Whether the larger of two inputs has the larger output, to the last digit."""
    takes_maxima: ClassVar[bool] = False
    """Whether each output is the largest of some inputs."""

    def __init__(self, description: Description, parameters: Parameters) -> None:
        self.description = description
        self.parameters = parameters

    @property
    def margins(self) -> Margins:
        """The zeros that must lie around what it reads."""
        return Margins()

    @property
    def wants_pixels(self) -> bool:
        """Whether it works much faster on tensors with pixels outermost, whatever their shape."""
        return False

    @property
    def continues_band(self) -> bool:
        """Whether it can go on with the rows that the layer before has just computed."""
        return self.is_elementwise

    def rows_read(self, rows: range) -> range:
        """Return the input rows for some output rows, where ``splits_rows``.

        They may reach into the margins. Where ``continues_band``, neighbouring output rows are made
        of neighbouring input rows without a gap.
        """
        return rows

    def scratch_values(self, source_shape: Sequence[int], shape: Sequence[int]) -> int:
        """Return about how much scratch one image needs; shapes ``(N, C, H, W)``."""
        return 0

    def absorb(self, following: Layer) -> Layer | None:
        """Return a layer that computes at once what this and the following do, or None."""
        return None

    def bind(
        self, sources: Sequence[Tensor], target: Tensor, part: Part, scratch: Scratch
    ) -> Calls:
        """Return the calls that compute a part of ``target``."""
        raise NotImplementedError


class _Elementwise(Layer[Description]):
    is_elementwise = True

    def bind(
        self, sources: Sequence[Tensor], target: Tensor, part: Part, scratch: Scratch
    ) -> Calls:
        (source,) = sources
        if self.keeps_zeros and source.memory is target.memory:
            whole_rows = target.columns
            return self.apply(source.view(part, whole_rows), target.view(part, whole_rows), scratch)
        return self.apply(source.view(part), target.view(part), scratch)

    def apply(self, x: Array, out: Array, scratch: Scratch) -> Calls:
        raise NotImplementedError


class _ReLU(_Elementwise[spec.ReLU]):
    keeps_zeros = True
    commutes_with_maxima = True

    def apply(self, x: Array, out: Array, scratch: Scratch) -> Calls:
        return activation.relu(x, out)


class _LeakyReLU(_Elementwise[spec.LeakyReLU]):
    keeps_zeros = True
    commutes_with_maxima = True

    def apply(self, x: Array, out: Array, scratch: Scratch) -> Calls:
        return activation.leaky_relu(x, out, self.description.negative_slope, scratch)


class _Sigmoid(_Elementwise[spec.Sigmoid]):
    def apply(self, x: Array, out: Array, scratch: Scratch) -> Calls:
        return activation.sigmoid(x, out)


class _Tanh(_Elementwise[spec.Tanh]):
    keeps_zeros = True

    def apply(self, x: Array, out: Array, scratch: Scratch) -> Calls:
        return activation.tanh(x, out)


class _SiLU(_Elementwise[spec.SiLU]):
    keeps_zeros = True

    def apply(self, x: Array, out: Array, scratch: Scratch) -> Calls:
        return activation.silu(x, out, scratch)


class _BatchNorm2d(_Elementwise[spec.BatchNorm2d]):
    @property
    def scale_and_shift(self) -> tuple[Array, Array]:
        return norm.scale_and_shift(**self.parameters, eps=self.description.eps)

    def apply(self, x: Array, out: Array, scratch: Scratch) -> Calls:
        return norm.batch_norm(x, out, *self.scale_and_shift)


class _Dropout(Layer[spec.Dropout]):
    is_identity = True


class _Softmax(Layer[spec.Softmax]):
    def bind(
        self, sources: Sequence[Tensor], target: Tensor, part: Part, scratch: Scratch
    ) -> Calls:
        return activation.softmax(sources[0].view(part), target.view(part), scratch)


class _Conv2d(Layer[spec.Conv2d]):
    def __init__(self, description: spec.Conv2d, parameters: Parameters) -> None:
        super().__init__(description, parameters)
        self._weights = ConvWeights(
            parameters.get("weight", np.empty((0, 0, 0, 0), np.float32)),
            parameters.get("bias"),
            description.stride,
            description.dilation,
            description.groups,
        )
        self._absorbed: dict[Layer, Layer] = {}

    def absorb(self, following: Layer) -> Layer | None:
        """Multiply a normalisation's factors into the weights, once and for all."""
        if not isinstance(following, _BatchNorm2d):
            return None
        if following not in self._absorbed:
            scale, shift = following.scale_and_shift
            bias = self.parameters.get("bias")
            parameters = {
                "weight": self.parameters["weight"] * scale[:, None, None, None],
                "bias": shift if bias is None else bias * scale + shift,
            }
            self._absorbed[following] = _Conv2d(self.description, parameters)
        return self._absorbed[following]

    @property
    def margins(self) -> Margins:
        (top, bottom), (left, right) = self.description.pads
        return Margins(top, bottom, left, right)

    @property
    def wants_pixels(self) -> bool:
        return self._weights.is_depthwise and self.description.out_channels >= 16

    def rows_read(self, rows: range) -> range:
        return self._span(rows, axis=0)

    def _span(self, outputs: range, axis: int) -> range:
        """Return what the windows of some rows (axis 0) or columns (axis 1) reach over."""
        layer, before = self.description, (self.margins.top, self.margins.left)[axis]
        stride, reach = layer.stride[axis], layer.dilation[axis] * (layer.kernel_size[axis] - 1)
        return range(
            outputs.start * stride - before, outputs.stop * stride - before - stride + reach + 1
        )

    def scratch_values(self, source_shape: Sequence[int], shape: Sequence[int]) -> int:
        if self._weights.is_depthwise:
            return prod(shape[1:])
        kernel_height, kernel_width = self.description.kernel_size
        _, channels, height, width = shape
        if prefers_pixels(channels, width):
            return kernel_height * kernel_width * source_shape[1] * height * width
        return kernel_width * prod(source_shape[1:3]) * width

    def bind(
        self, sources: Sequence[Tensor], target: Tensor, part: Part, scratch: Scratch
    ) -> Calls:
        columns = self._span(range(target.shape[3]), axis=1)
        return conv.conv2d(
            sources[0].view(Part(part.images, self.rows_read(part.rows)), columns),
            self._weights,
            target.view(part),
            scratch,
        )


class _Pool(Layer[Pooling]):
    @property
    def windows(self) -> pool.Windows:
        layer = self.description
        return pool.Windows(layer.kernel_size, layer.stride, layer.padding)

    @property
    def continues_band(self) -> bool:
        return self.windows.are_apart

    def rows_read(self, rows: range) -> range:
        size, stride, before = (
            self.windows.kernel_size[0],
            self.windows.stride[0],
            self.windows.padding[0],
        )
        # Of windows that are apart, what lies between them is read, too.
        length = max(size, stride)
        return range(rows.start * stride - before, (rows.stop - 1) * stride - before + length)

    def bind(
        self, sources: Sequence[Tensor], target: Tensor, part: Part, scratch: Scratch
    ) -> Calls:
        height = sources[0].shape[2]
        read, rows = range(height), part.rows
        if self.continues_band:
            # Only the rows of this band may be there. Counted from the first of them, windows
            # lie as they do in the whole.
            read = self.rows_read(rows)
            read, rows = range(read.start, min(read.stop, height)), range(len(rows))
        x = sources[0].view(Part(part.images, read))
        return self.pool(x, target.view(part), rows, scratch)

    def pool(self, x: Array, out: Array, rows: range, scratch: Scratch) -> Calls:
        raise NotImplementedError


class _MaxPool2d(_Pool[spec.MaxPool2d]):
    takes_maxima = True

    def pool(self, x: Array, out: Array, rows: range, scratch: Scratch) -> Calls:
        return pool.max_pool(x, out, self.windows, rows, scratch)


class _AvgPool2d(_Pool[spec.AvgPool2d]):
    def pool(self, x: Array, out: Array, rows: range, scratch: Scratch) -> Calls:
        include = self.description.count_include_pad
        return pool.avg_pool(x, out, self.windows, rows, scratch, count_include_pad=include)


class _GlobalAvgPool2d(Layer[spec.GlobalAvgPool2d]):
    splits_rows = False

    def bind(
        self, sources: Sequence[Tensor], target: Tensor, part: Part, scratch: Scratch
    ) -> Calls:
        whole = Part(part.images, range(sources[0].shape[2]))
        return pool.global_avg_pool(sources[0].view(whole), target.view(part))


class _Flatten(Layer[spec.Flatten]):
    splits_rows = False

    def bind(
        self, sources: Sequence[Tensor], target: Tensor, part: Part, scratch: Scratch
    ) -> Calls:
        whole = Part(part.images, range(sources[0].shape[2]))
        return join.flatten(sources[0].view(whole), _flat(target, part))


class _Linear(Layer[spec.Linear]):
    splits_rows = False
    splits_units = True

    def bind(
        self, sources: Sequence[Tensor], target: Tensor, part: Part, scratch: Scratch
    ) -> Calls:
        weight, bias = self.parameters["weight"], self.parameters.get("bias")
        if part.units is not None:
            units = slice(part.units.start, part.units.stop)
            weight, bias = weight[units], None if bias is None else bias[units]
        x = _flat(sources[0], Part(part.images, part.rows))
        return linear.linear(x, weight, bias, _flat(target, part))


class _Add(Layer[spec.Add]):
    def bind(
        self, sources: Sequence[Tensor], target: Tensor, part: Part, scratch: Scratch
    ) -> Calls:
        return join.add([source.view(part) for source in sources], target.view(part))


class _Concat(Layer[spec.Concat]):
    def bind(
        self, sources: Sequence[Tensor], target: Tensor, part: Part, scratch: Scratch
    ) -> Calls:
        return join.concat([source.view(part) for source in sources], target.view(part))


def _flat(tensor: Tensor, part: Part) -> Array:
    """Return a flat tensor's values ``(N, F)``."""
    return tensor.view(part)[:, :, 0, 0]


_RUNTIME_TYPES: dict[type[spec.LayerSpec], type[Layer]] = {
    spec.Conv2d: _Conv2d,
    spec.MaxPool2d: _MaxPool2d,
    spec.AvgPool2d: _AvgPool2d,
    spec.GlobalAvgPool2d: _GlobalAvgPool2d,
    spec.BatchNorm2d: _BatchNorm2d,
    spec.ReLU: _ReLU,
    spec.LeakyReLU: _LeakyReLU,
    spec.Sigmoid: _Sigmoid,
    spec.Tanh: _Tanh,
    spec.SiLU: _SiLU,
    spec.Softmax: _Softmax,
    spec.Dropout: _Dropout,
    spec.Flatten: _Flatten,
    spec.Linear: _Linear,
    spec.Add: _Add,
    spec.Concat: _Concat,
}


def runtime_layer(description: spec.LayerSpec, parameters: Parameters) -> Layer:
    """Return the layer that computes what is described."""
    return _RUNTIME_TYPES[type(description)](description, parameters)
