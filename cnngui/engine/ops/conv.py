"""Convolution (cross-correlation) on the live path; ``conv_learning`` has what learns."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import partial
from math import prod

import numpy as np
from numpy.typing import NDArray

from cnngui.engine.initializers import Parameters
from cnngui.engine.ops import Calls
from cnngui.engine.ops.live import side_by_side, winograd_tiles
from cnngui.engine.ops.live.conv_choice import conv2d
from cnngui.engine.ops.live.conv_cost import ConvCost
from cnngui.engine.ops.live.conv_weights import ConvWeights
from cnngui.engine.ops.live.layer import Cut, Layer, Shape4
from cnngui.engine.ops.live.layout import prefers_pixels
from cnngui.engine.ops.live.scratch import Scratch
from cnngui.engine.ops.live.tensor import Margins, Part, Tensor
from cnngui.engine.ops.registry import live
from cnngui.engine.ops.tiling import TILE
from cnngui.spec import layers as spec

_MULTIPLIED_ALONE = 0.17
"""Nanoseconds for a multiply-add that is part of no matrix product."""


@live(spec.Conv2d)
class LiveConv2d(Layer[spec.Conv2d]):
    """By one of several strategies, whichever suits shapes and layout; see ``conv_choice``."""

    def __init__(
        self,
        description: spec.Conv2d,
        parameters: Parameters,
        scale: NDArray[np.float32] | None = None,
    ) -> None:
        super().__init__(description, parameters)
        self._weights = ConvWeights(
            parameters.get("weight", np.empty((0, 0, 0, 0), np.float32)),
            parameters.get("bias"),
            description.stride,
            description.dilation,
            description.groups,
            scale,
        )
        self._joined = side_by_side.joined(self._weights)
        self._absorbed: tuple[Layer, Layer] | None = None
        """What was last absorbed, and both together."""
        # Of a 1x1 kernel, what is read is the matrix itself.
        self.keeps_layout = description.kernel_size == (1, 1) and description.groups == 1
        self.writes_plain = not self._weights.is_depthwise

    def absorb(self, following: Layer) -> Layer | None:
        """Multiply a normalisation's factors into the weights, once and for all."""
        if following.scale_and_shift is None:
            return None
        if self._absorbed is None or self._absorbed[0] is not following:
            scale, shift = following.scale_and_shift
            bias, before = self.parameters.get("bias"), self._weights.scale
            parameters = {
                "weight": self.parameters["weight"],
                "bias": shift if bias is None else bias * scale + shift,
            }
            if before is not None:
                scale = before * scale
            both = LiveConv2d(self.description, parameters, scale)
            both.is_hasty = self.is_hasty
            self._absorbed = following, both
        return self._absorbed[1]

    def keep_ready(self, used: Collection[Layer]) -> None:
        if self not in used:
            self._weights, self._joined = replace(self._weights), replace(self._joined)
        if self._absorbed is not None:
            self._absorbed[1].keep_ready(used)

    @property
    def margins(self) -> Margins:
        (top, bottom), (left, right) = self.description.pads
        return Margins(top, bottom, left, right)

    def wants_pixels(self, shape: Shape4) -> bool:
        if self._weights.is_depthwise:
            return self.description.out_channels >= 16
        return self._goes_by_tiles(shape)

    def nanoseconds(self, shape: Shape4, multiply_adds: int) -> float:
        if self._weights.is_depthwise:
            return multiply_adds * _MULTIPLIED_ALONE
        cost = self._cost(shape)
        return cost.by_tiles if self._goes_by_tiles(shape) else cost.direct

    def cut(self, shape: Shape4, *, pixels: bool) -> Cut:
        if self._weights.is_depthwise or not pixels:
            return Cut(by_units=False, rows=TILE)
        by_units, most = self._cost(shape).most_bands(by_tiles=self._goes_by_tiles(shape))
        rows = TILE * self._weights.dilation[0] if self._goes_by_tiles(shape) else 1
        return Cut(by_units, most, rows)

    @property
    def ready_bytes(self) -> int:
        return 0 if self._weights.is_depthwise else self._weights.weight.nbytes

    @property
    def hasty_bytes(self) -> int:
        """Tiles multiply with 36 numbers for each 9 of a kernel."""
        return 3 * self._weights.weight.nbytes if self._weights.suits_tiles else 0

    def hasty_nanoseconds(self, shape: Shape4) -> float:
        cost = self._cost(shape)
        others = (
            [cost.direct] if prefers_pixels(*shape[1::2]) else [cost.direct, cost.along_columns]
        )
        return min(others) - cost.by_tiles

    def _goes_by_tiles(self, shape: Shape4) -> bool:
        return self.is_hasty and self._weights.suits_tiles and self.hasty_nanoseconds(shape) > 0

    def _cost(self, shape: Shape4) -> ConvCost:
        weights = self._suited(shape)
        distance = weights.dilation[0]
        if weights.suits_tiles and distance > 1:
            # It goes apart into smaller images; see ``dilated_tiles``.
            images, channels, *size = shape
            height, width = (-(-side // distance) for side in size)
            shape = (images * distance**2, channels, height, width)
        return ConvCost.of(weights.weight.shape, weights.groups, shape)

    def _suited(self, shape: Shape4) -> ConvWeights:
        """Return the weights to multiply with. Rows outermost gain nothing by joining groups."""
        return self._joined if prefers_pixels(*shape[1::2]) else self._weights

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
        if self._goes_by_tiles((1, channels, height, width)):
            return winograd_tiles.scratch_values(source_shape[1], (1, channels, height, width))
        if prefers_pixels(channels, width):
            return kernel_height * kernel_width * source_shape[1] * height * width
        return kernel_width * prod(source_shape[1:3]) * width

    def bind(
        self, sources: Sequence[Tensor], target: Tensor, part: Part, scratch: Scratch
    ) -> Calls:
        columns = self._span(range(target.shape[3]), axis=1)
        x = sources[0].view(Part(part.images, self.rows_read(part.rows)), columns)
        weights = self._suited(target.shape) if target.lies_by_pixels else self._weights
        out = target.view(part)
        calls = conv2d(
            x,
            weights if part.units is None else weights.of_units(part.units),
            out,
            scratch,
            by_tiles=target.lies_by_pixels and self._goes_by_tiles(target.shape),
        )
        if weights.groups < self._weights.groups:
            calls.append(partial(side_by_side.mend, x, self._weights, out))
        return calls
