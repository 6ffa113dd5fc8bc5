"""Convolutions that span time, live: each moment is a convolution of images.

An output moment is made of a few moments of what is read. Stacked, these are images of several
times as many channels, and what is summed over taps in time is summed over channels: so all that
makes convolutions of images fast is used as it is. Taps that would lie before the first moment or
after the last are left out of the stack, not multiplied with zeros.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from math import prod
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from cnngui.engine.initializers import Parameters
from cnngui.engine.ops import Calls
from cnngui.engine.ops.conv import LiveConv2d
from cnngui.engine.ops.conv_transpose import LiveConvTranspose2d
from cnngui.engine.ops.elementwise import bind
from cnngui.engine.ops.formula import Recipe
from cnngui.engine.ops.live.layer import Layer, Shape4
from cnngui.engine.ops.live.layout import as_layout, is_pixel_major
from cnngui.engine.ops.live.scratch import Scratch
from cnngui.engine.ops.live.spans import Run, Taps, Windows1d, recipe_of, runs
from cnngui.engine.ops.live.tensor import Margins, Part, Tensor
from cnngui.engine.ops.registry import live
from cnngui.spec import layers as spec
from cnngui.spec.layers import Shape
from cnngui.spec.layers.conv import KernelLayer

Array = NDArray[np.float32]
Kernels = TypeVar("Kernels", bound=KernelLayer)
AnyFlat = TypeVar("AnyFlat", bound=LiveConv2d | LiveConvTranspose2d)


class _Spanning(Layer[Kernels], Generic[Kernels, AnyFlat]):
    looks_across = True
    splits_moments = True

    def __init__(self, description: Kernels, parameters: Parameters) -> None:
        super().__init__(description, parameters)
        self._flat: dict[tuple[int, ...], AnyFlat] = {}
        self._bare: AnyFlat = self._flat_layer({})

    def _flat_layer(self, parameters: Parameters) -> AnyFlat:
        """Return the layer that computes one moment."""
        raise NotImplementedError

    def _weight_of(self, taps: tuple[int, ...]) -> Array:
        """Return the weight with which a stack of moments is multiplied.

        The channels of the stack are group by group those of each moment.
        """
        raise NotImplementedError

    def _taps(self, moment: int, of: int) -> Taps:
        """Return what an output moment is made of, of a source of so many moments."""
        raise NotImplementedError

    def _rows_read(self, flat: AnyFlat, rows: range) -> range:
        """Return what the computing of some rows reads, margins included."""
        raise NotImplementedError

    def _with(self, taps: tuple[int, ...]) -> AnyFlat:
        if taps not in self._flat:
            own = {"bias": self.parameters["bias"]} if "bias" in self.parameters else {}
            self._flat[taps] = self._flat_layer({"weight": self._weight_of(taps), **own})
        return self._flat[taps]

    @property
    def margins(self) -> Margins:
        return self._bare.margins

    def recipe(self, moment: int, sources: Sequence[Shape], shape: Shape) -> Recipe:
        return recipe_of(self._taps(moment, sources[0][1]))

    def scratch_values(self, source_shape: Sequence[int], shape: Sequence[int]) -> int:
        # Less than there is: of stacks, which are several times as deep, BLAS multiplies larger
        # pieces so much better that they need not all stay in the cache.
        return self._bare.scratch_values(source_shape, shape) // 2

    def bind(
        self, sources: Sequence[Tensor], target: Tensor, part: Part, scratch: Scratch
    ) -> Calls:
        (source,) = sources
        calls: Calls = []
        for run in runs(part.images, source, target, self._taps):
            calls += self._bind_run(run, source, target, Part(run.images, part.rows), scratch)
        return calls

    def _bind_run(
        self, run: Run, source: Tensor, target: Tensor, part: Part, scratch: Scratch
    ) -> Calls:
        if not run.taps:
            bias = self.parameters.get("bias", np.zeros(1, np.float32))
            return [partial(np.copyto, target.view(part), bias[:, None, None])]
        flat = self._with(run.taps)
        if len(run.taps) == 1:
            return flat.bind([_moments_at(source, run.sources[0], run)], target, part, scratch)
        calls, stacked = self._stack(run, source, self._rows_read(flat, part.rows), scratch)
        return calls + flat.bind([stacked], target, part, scratch)

    def _stack(
        self, run: Run, source: Tensor, rows: range, scratch: Scratch
    ) -> tuple[Calls, Tensor]:
        """Bind the stacking of moments as channels: group by group those of each moment."""
        channels, groups = source.shape[1], self.description.groups
        held = len(run.images), len(run.taps) * channels, len(rows), len(source.columns)
        memory = as_layout(scratch.take(prod(held)), held, is_pixel_major(source.memory))
        by_tap = memory.reshape(held[0], groups, len(run.taps), channels // groups, *held[2:])
        calls: Calls = []
        for place, images in enumerate(run.sources):
            read = _moments_at(source, images, run).view(Part(run.images, rows), source.columns)
            to, of = by_tap[:, :, place], read.reshape(held[0], groups, -1, *held[2:])
            calls.append(partial(np.copyto, to, of))
        shape = (source.shape[0], held[1], *source.shape[2:])
        first = run.images.start, rows.start, source.first_column
        return calls, Tensor(shape, memory, *first)


def _moments_at(source: Tensor, images: range, run: Run) -> Tensor:
    """See some images of a tensor as those that the output images of a run are made of."""
    first, last = images.start - source.first_image, images[-1] - source.first_image
    memory = source.memory[first : last + 1 : images.step]
    return Tensor(source.shape, memory, run.images.start, source.first_row, source.first_column)


@live(spec.Conv3d)
class LiveConv3d(_Spanning[spec.Conv3d, LiveConv2d]):
    """Convolution of video."""

    def __init__(self, description: spec.Conv3d, parameters: Parameters) -> None:
        super().__init__(description, parameters)
        before, after = description.pads[0]
        self._windows = Windows1d(
            description.kernel_size[0],
            description.stride[0],
            before,
            description.dilation[0],
            after,
        )
        self._absorbed: tuple[Layer, Layer] | None = None
        """What was last absorbed, and both together."""

    def absorb(self, following: Layer) -> Layer | None:
        """Multiply a normalisation's factors into the weights, once and for all."""
        if following.scale_and_shift is None:
            return None
        if self._absorbed is None or self._absorbed[0] is not following:
            scale, shift = following.scale_and_shift
            bias = self.parameters.get("bias")
            parameters = {
                "weight": self.parameters["weight"] * scale[:, None, None, None, None],
                "bias": shift if bias is None else bias * scale + shift,
            }
            self._absorbed = following, LiveConv3d(self.description, parameters)
        return self._absorbed[1]

    def wants_pixels(self, shape: Shape4) -> bool:
        layer = self.description
        is_depthwise = layer.groups == layer.out_channels == len(self._weight) > 1
        return is_depthwise and self._weight.shape[1] == 1 and layer.out_channels >= 16

    @property
    def _weight(self) -> Array:
        return self.parameters.get("weight", np.empty((0, 0, 0, 0, 0), np.float32))

    def _flat_layer(self, parameters: Parameters) -> LiveConv2d:
        layer = self.description
        _, (top, bottom), (left, right) = layer.pads
        flat = spec.Conv2d(
            id=layer.id,
            out_channels=layer.out_channels,
            kernel_size=layer.kernel_size[1:],
            stride=layer.stride[1:],
            padding=(left, right, top, bottom),
            dilation=layer.dilation[1:],
            groups=layer.groups,
            bias=layer.bias,
        )
        return LiveConv2d(flat, parameters)

    def _weight_of(self, taps: tuple[int, ...]) -> Array:
        by_tap = self._weight[:, :, taps].swapaxes(1, 2)
        out_channels, _, _, *window = by_tap.shape
        return np.ascontiguousarray(by_tap.reshape(out_channels, -1, *window))

    def _taps(self, moment: int, of: int) -> Taps:
        return self._windows.taps(moment, of)

    def _rows_read(self, flat: LiveConv2d, rows: range) -> range:
        return flat.rows_read(rows)

    def _bind_run(
        self, run: Run, source: Tensor, target: Tensor, part: Part, scratch: Scratch
    ) -> Calls:
        if len(run.taps) < 2 or self._weight.shape[1] > 1 or self.description.groups == 1:
            return super()._bind_run(run, source, target, part, scratch)
        # One kernel per channel: a stack would make many small matrices of it. Tap by tap instead.
        out = target.view(part)
        calls: Calls = []
        for place, (tap, images) in enumerate(zip(run.taps, run.sources, strict=True)):
            read = _moments_at(source, images, run)
            if place == 0:
                calls += self._with((tap,)).bind([read], target, part, scratch)
                continue
            beside = Tensor.of_part(target.shape, part, is_pixel_major(target.memory), scratch)
            more = self._flat_layer({"weight": self._weight_of((tap,))})
            calls += more.bind([read], beside, part, scratch)
            calls.append(bind(np.add, out, beside.view(part), out=out))
        return calls


@live(spec.ConvTranspose3d)
class LiveConvTranspose3d(_Spanning[spec.ConvTranspose3d, LiveConvTranspose2d]):
    """Transposed convolution of video."""

    def _flat_layer(self, parameters: Parameters) -> LiveConvTranspose2d:
        layer = self.description
        flat = spec.ConvTranspose2d(
            id=layer.id,
            out_channels=layer.out_channels,
            kernel_size=layer.kernel_size[1:],
            stride=layer.stride[1:],
            padding=layer.padding[1:],
            output_padding=layer.output_padding[1:],
            dilation=layer.dilation[1:],
            groups=layer.groups,
            bias=layer.bias,
        )
        return LiveConvTranspose2d(flat, parameters)

    def _weight_of(self, taps: tuple[int, ...]) -> Array:
        weight, groups = self.parameters["weight"], self.description.groups
        in_channels, out_channels, _, *window = weight.shape
        grouped = weight.reshape(groups, in_channels // groups, out_channels, -1, *window)
        by_tap = np.moveaxis(grouped[:, :, :, taps], 3, 1)
        return np.ascontiguousarray(by_tap.reshape(-1, out_channels, *window))

    def _taps(self, moment: int, of: int) -> Taps:
        layer = self.description
        (size, *_), (step, *_), (before, *_) = layer.kernel_size, layer.stride, layer.padding
        found = []
        for tap in range(size):
            place, beside = divmod(moment + before - tap * layer.dilation[0], step)
            if not beside and 0 <= place < of:
                found.append((tap, place))
        return tuple(found)

    def _rows_read(self, flat: LiveConvTranspose2d, rows: range) -> range:
        return flat.rows_laid_over(rows)
