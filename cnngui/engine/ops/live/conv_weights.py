"""A convolution's weights in the forms in which they are multiplied."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from math import prod

import numpy as np
from numpy.typing import NDArray

from cnngui.engine.ops.live import winograd
from cnngui.engine.parallel import multiplies_where_they_lie
from cnngui.spec.layers import Pair

Array = NDArray[np.float32]

_FEWEST_TO_MIX = 8  # channels, in and out: with fewer, mixing costs more than it saves


@dataclass(frozen=True, eq=False)
class ConvWeights:
    """The weights of a convolution and how they walk over x, prepared once for all bands.

    Attributes
    ----------
    weight : ``(out_channels, in_channels / groups, kh, kw)``.
    bias : ``(out_channels,)`` or None.
    stride, dilation : (height, width).
    scale : ``(out_channels,)`` or None: what each kernel is multiplied by in all these forms. The
        weight itself stays as it is, so that it can be shared.
    """

    weight: Array
    bias: Array | None = None
    stride: Pair = (1, 1)
    dilation: Pair = (1, 1)
    groups: int = 1
    scale: Array | None = None
    _repeated: dict[tuple[str, int], Array] = field(default_factory=dict, init=False, repr=False)
    _of_units: dict[range, ConvWeights] = field(default_factory=dict, init=False, repr=False)

    def _kernels(self) -> Array:
        return self.weight if self.scale is None else self.weight * self.scale[:, None, None, None]

    def _by_place(self) -> Array:
        """Return ``(groups, out_channels / groups, kh, kw, in_channels / groups)`` of any strides.

        None of the forms is made of another one, which would be kept as well.
        """
        out_channels, *others = self.weight.shape
        shape = (self.groups, out_channels // self.groups, *others)
        return self._kernels().reshape(shape).transpose(0, 1, 3, 4, 2)

    @cached_property
    def matrices(self) -> Array:
        """``(groups, out_channels / groups, kh * kw * in_channels / groups)``, contiguous."""
        by_place = np.ascontiguousarray(self._by_place())
        return by_place.reshape(*by_place.shape[:2], -1)

    @cached_property
    def upright_matrices(self) -> Array:
        """The same transposed, contiguous again."""
        upright = np.ascontiguousarray(self._by_place().transpose(0, 2, 3, 4, 1))
        return upright.reshape(self.groups, -1, upright.shape[-1])

    @cached_property
    def upright_matrices_with_bias(self) -> Array:
        """As ``upright_matrices``, and below them a line of biases: to multiply with 1."""
        by_place = self._by_place().transpose(0, 2, 3, 4, 1)
        taps, out_channels = prod(by_place.shape[1:4]), by_place.shape[4]
        found = np.zeros((self.groups, taps + 1, out_channels), np.float32)
        np.copyto(found[:, :taps].reshape(by_place.shape), by_place)
        if self.bias is not None:
            found[:, taps] = self.bias.reshape(self.groups, -1)
        return found

    @cached_property
    def matrices_with_bias(self) -> Array:
        """As ``matrices``, each kernel row followed by a place for the bias: to multiply with 1.

        The bias stands in the first of these places, the others are zero.
        """
        by_place = self._by_place()
        rows = by_place.reshape(*by_place.shape[:3], -1)
        wider = np.zeros((*rows.shape[:3], rows.shape[3] + 1), np.float32)
        wider[..., :-1] = rows
        if self.bias is not None:
            wider[:, :, 0, -1] = self.bias.reshape(rows.shape[:2])
        return wider.reshape(*rows.shape[:2], -1)

    @cached_property
    def winograd_matrices(self) -> Array:
        """What Winograd's method multiplies with; see ``winograd.transformed_weight``."""
        return winograd.transformed_weight(self._kernels(), self.groups)

    @cached_property
    def tile_matrices(self) -> Array:
        """What it multiplies with in both directions; see ``winograd.weight_for_tiles``."""
        return winograd.weight_for_tiles(self._kernels(), self.groups)

    def of_units(self, units: range) -> ConvWeights:
        """Return those of some output channels, where there are no groups."""
        if units not in self._of_units:
            some = slice(units.start, units.stop)
            bias = None if self.bias is None else self.bias[some]
            scale = None if self.scale is None else self.scale[some]
            self._of_units[units] = ConvWeights(
                self.weight[some], bias, self.stride, self.dilation, scale=scale
            )
        return self._of_units[units]

    @cached_property
    def without_row_dilation(self) -> ConvWeights:
        """The same weights for rows that follow each other."""
        return replace(self, dilation=(1, self.dilation[1]))

    def repeated_taps(self, count: int) -> Array:
        """Return depthwise kernels as ``(kh, kw, count * out_channels)``."""
        return self.repeated("taps", self._kernels()[:, 0].transpose(1, 2, 0), count)

    def repeated_winograd_taps(self, count: int) -> Array:
        """Return depthwise kernels, mixed, as ``(6, kw, count * out_channels)``."""
        mixed = self.winograd_matrices[:, :, 0]  # 6, channel, kx
        return self.repeated("winograd", mixed.transpose(0, 2, 1), count)

    def repeated(self, form: str, values: Array, count: int) -> Array:
        """Return numbers ``(..., out_channels)`` so many times in a line; kept under that name."""
        if (form, count) not in self._repeated:
            # Once only, np.tile leaves what it copies in the order of its memory.
            self._repeated[form, count] = np.ascontiguousarray(np.tile(values, count))
        return self._repeated[form, count]

    @property
    def is_depthwise(self) -> bool:
        """Whether each channel has a kernel of its own and is summed with no other."""
        return self.groups == len(self.weight) and self.weight.shape[1] == 1

    @property
    def suits_tiles(self) -> bool:
        """Whether Winograd's method in both directions applies."""
        walks = self.weight.shape[2:], self.stride
        is_even = self.dilation[0] == self.dilation[1]
        return walks == ((3, 3), (1, 1)) and is_even and not self.is_depthwise

    def suits_winograd(self, pixels: bool) -> bool:
        """Tell whether Winograd's method along columns applies and pays.

        There must be enough to multiply; the mixing itself is cheap enough for depthwise kernels
        only where BLAS multiplies small matrices well.
        """
        if (self.weight.shape[2], self.stride[0], self.dilation[0]) != (3, 1, 1):
            return False
        if self.is_depthwise:
            return pixels and self.stride[1] == 1 and multiplies_where_they_lie()
        if pixels:
            return False
        return min(self.weight.shape[1], len(self.weight) // self.groups) >= _FEWEST_TO_MIX
