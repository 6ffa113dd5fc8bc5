"""What the ways to convolve cost, and so which one suits a shape and how its work is best divided.

A few numbers, in nanoseconds on one core, measured where 90 GFLOP/s are reached. What matters are
their ratios, which differ little from processor to processor.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from cnngui.engine.ops.tiling import INPUT_ROWS, TILE

_MULTIPLIED = 0.022
"""A multiply-add within a large matrix product."""
_COPIED = 0.17
"""A value brought to another place."""
_ARRANGED = 0.15
"""A value that BLAS brings into its own order before it multiplies."""
_FETCHED = 0.25
"""What that takes longer if the value comes from main memory."""
_WRITTEN = 0.2
"""A value of the product, however many multiply-adds it is made of."""
_NEAR = 1_000_000
"""Weights: so many are in some cache when the next band reads them."""

# Winograd's method along columns: a value mixed into six or from six, see ``winograd``.
_MIXED_ALONG = 0.2
_UNMIXED_ALONG = 0.3
# And in both directions, see ``winograd_tiles``.
_MIXED_INTO_TILE = 0.95
_MIXED_OUT_OF_TILE = 0.6

_WORTH_REPEATING = 0.05
"""Bands do a part of the work again: it should be no larger a part than this."""
_FEWEST_UNITS = 64
"""Narrower products do not fill BLAS's blocks."""


@dataclass(frozen=True)
class ConvCost:
    """A convolution of one size.

    Attributes
    ----------
    groups : how many convolutions stand side by side.
    in_channels, out_channels : of each of them.
    kernel_size : (height, width).
    images, height, width : of the output.
    """

    groups: int
    in_channels: int
    out_channels: int
    kernel_size: tuple[int, int]
    images: int
    height: int
    width: int

    @classmethod
    def of(
        cls, weight_shape: tuple[int, ...], groups: int, shape: tuple[int, int, int, int]
    ) -> ConvCost:
        """Return that of a weight as in ``ConvWeights``, and an output ``(N, C, H, W)``."""
        out_channels, in_channels, kernel_height, kernel_width = weight_shape
        images, _, height, width = shape
        size = (kernel_height, kernel_width)
        return cls(groups, in_channels, out_channels // groups, size, images, height, width)

    @property
    def tiles(self) -> int:
        """How many tiles of 4x4 pixels cover the output."""
        return self.images * -(-self.height // TILE) * -(-self.width // TILE)

    @property
    def pixels(self) -> int:
        """How many the output has."""
        return self.images * self.height * self.width

    @property
    def direct(self) -> float:
        """Windows as a matrix, times the weights."""
        places = self.kernel_size[0] * self.kernel_size[1]
        copies = places * self.in_channels * self.pixels if places > 1 else 0
        return self.groups * (_COPIED * copies + self._product(places, self.pixels))

    @property
    def along_columns(self) -> float:
        """Six products make four rows, where the kernel has three rows and no stride.

        Rows at the end that are no four are computed directly.
        """
        rest = self.height % TILE
        beside = replace(self, height=rest).direct if rest else 0
        kernel_width, fours = self.kernel_size[1], self.pixels - self.images * rest * self.width
        mixing = self.in_channels * (_MIXED_ALONG + _COPIED * kernel_width) + (
            self.out_channels * _UNMIXED_ALONG
        )
        products = self._product(INPUT_ROWS * kernel_width, fours / TILE, INPUT_ROWS)
        return self.groups * (fours * INPUT_ROWS / TILE * mixing + products) + beside

    @property
    def by_tiles(self) -> float:
        """36 products make 16 pixels, where the kernel is 3x3 and has no stride."""
        places = INPUT_ROWS**2
        mixing = self.in_channels * _MIXED_INTO_TILE + self.out_channels * _MIXED_OUT_OF_TILE
        products = self._product(places, self.tiles, places)
        return self.groups * (places * self.tiles * mixing + products)

    def most_bands(self, *, by_tiles: bool) -> tuple[bool, int]:
        """Return whether to divide the output channels, not the rows, and into how many bands.

        Each band of rows reads all weights, and each band of channels all values.
        """
        places = INPUT_ROWS**2 if by_tiles else self.kernel_size[0] * self.kernel_size[1]
        rows = self.tiles if by_tiles else self.pixels
        if by_tiles:
            per_value = _ARRANGED + _MIXED_INTO_TILE
        else:
            per_value = _ARRANGED + (_COPIED if places > 1 else 0)
        is_near = places * self.in_channels * self.out_channels * self.groups <= _NEAR
        per_weight = _ARRANGED if is_near else _ARRANGED + _FETCHED
        divides_units = self.groups == 1 and rows * per_value < self.out_channels * per_weight
        share = self.out_channels / per_value if divides_units else rows / per_weight
        most = int(share * _MULTIPLIED * _WORTH_REPEATING)
        if divides_units:
            most = min(most, self.out_channels // _FEWEST_UNITS)
        return divides_units, most

    def _product(self, places: int, rows: float, places_made: int = 1) -> float:
        weights = places * self.in_channels * self.out_channels
        written = rows * places_made * self.out_channels * _WRITTEN
        return weights * (rows * _MULTIPLIED + _ARRANGED + _FETCHED) + written
