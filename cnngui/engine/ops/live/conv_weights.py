"""A convolution's weights in the forms in which they are multiplied."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cnngui.engine.ops.live import winograd
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
    """

    weight: Array
    bias: Array | None = None
    stride: Pair = (1, 1)
    dilation: Pair = (1, 1)
    groups: int = 1
    _repeated: dict[tuple[str, int], Array] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def matrices(self) -> Array:
        """``(groups, out_channels / groups, kh * kw * in_channels / groups)``, contiguous."""
        by_place = np.ascontiguousarray(self.weight.transpose(0, 2, 3, 1))
        return by_place.reshape(self.groups, len(self.weight) // self.groups, -1)

    @cached_property
    def upright_matrices(self) -> Array:
        """The same transposed, contiguous again."""
        return np.ascontiguousarray(self.matrices.swapaxes(1, 2))

    @cached_property
    def upright_matrices_with_bias(self) -> Array:
        """As ``upright_matrices``, and below them a line of biases: to multiply with 1."""
        groups, _, out_channels = self.upright_matrices.shape
        line = np.zeros((groups, 1, out_channels), np.float32)
        if self.bias is not None:
            line[:] = self.bias.reshape(line.shape)
        return np.concatenate([self.upright_matrices, line], axis=1)

    @cached_property
    def matrices_with_bias(self) -> Array:
        """As ``matrices``, each kernel row followed by a place for the bias: to multiply with 1.

        The bias stands in the first of these places, the others are zero.
        """
        kernel_height = self.weight.shape[2]
        rows = self.matrices.reshape(*self.matrices.shape[:2], kernel_height, -1)
        wider = np.zeros((*rows.shape[:3], rows.shape[3] + 1), np.float32)
        wider[..., :-1] = rows
        if self.bias is not None:
            wider[:, :, 0, -1] = self.bias.reshape(rows.shape[:2])
        return wider.reshape(*rows.shape[:2], -1)

    @cached_property
    def winograd_matrices(self) -> Array:
        """What Winograd's method multiplies with; see ``winograd.transformed_weight``."""
        return winograd.transformed_weight(self.weight, self.groups)

    @cached_property
    def upright_winograd_matrices(self) -> Array:
        """The same transposed, contiguous again."""
        return np.ascontiguousarray(self.winograd_matrices.swapaxes(2, 3))

    @cached_property
    def without_row_dilation(self) -> ConvWeights:
        """The same weights for rows that follow each other."""
        return ConvWeights(self.weight, self.bias, self.stride, (1, self.dilation[1]), self.groups)

    def repeated_taps(self, count: int) -> Array:
        """Return depthwise kernels as ``(kh, kw, count * out_channels)``."""
        return self._repeat("taps", self.weight[:, 0].transpose(1, 2, 0), count)

    def repeated_winograd_taps(self, count: int) -> Array:
        """Return depthwise kernels, mixed, as ``(6, kw, count * out_channels)``."""
        mixed = self.winograd_matrices[:, :, 0]  # 6, channel, kx
        return self._repeat("winograd", mixed.transpose(0, 2, 1), count)

    def _repeat(self, form: str, taps: Array, count: int) -> Array:
        if (form, count) not in self._repeated:
            self._repeated[form, count] = np.tile(taps, (1, 1, count))
        return self._repeated[form, count]

    @property
    def is_depthwise(self) -> bool:
        """Whether each channel has a kernel of its own and is summed with no other."""
        return self.groups == len(self.weight) and self.weight.shape[1] == 1

    def suits_winograd(self, pixels: bool) -> bool:
        """Tell whether Winograd's method applies and there is enough to multiply for it to pay."""
        if (self.weight.shape[2], self.stride[0], self.dilation[0]) != (3, 1, 1):
            return False
        if self.is_depthwise:
            return pixels and self.stride[1] == 1
        return min(self.weight.shape[1], len(self.weight) // self.groups) >= _FEWEST_TO_MIX
