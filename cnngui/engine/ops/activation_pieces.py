"""Activations made of straight pieces, and hardswish.

Most gradients follow from the result alone, so that it may take the place of what it is made from.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import ClassVar

import numpy as np

from cnngui.engine.ops import Calls
from cnngui.engine.ops.curves import clip, find_between, line_of, number
from cnngui.engine.ops.elementwise import bind
from cnngui.engine.ops.formula import Array, Curve, Reads, Room, Seen
from cnngui.engine.ops.registry import formula
from cnngui.spec import layers as spec


@formula(spec.ReLU)
class ReLU(Curve[spec.ReLU]):
    """max(0, x)."""

    keeps_zeros = True
    commutes_with_maxima = True
    is_positive_part = True

    def curve(self, x: Array, out: Array, room: Room) -> Calls:
        return [bind(np.maximum, x, line_of(0, x), out=out)]

    def slope(self, d_out: Array, seen: Array, d_x: Array, room: Room) -> Calls:
        is_positive = room.like(seen, bool)
        return [
            bind(np.greater, seen, number(0, seen), out=is_positive),
            bind(np.multiply, d_out, is_positive, out=d_x),
        ]


@formula(spec.LeakyReLU)
class LeakyReLU(Curve[spec.LeakyReLU]):
    """x where positive, ``negative_slope`` times x elsewhere."""

    keeps_zeros = True
    commutes_with_maxima = True

    def curve(self, x: Array, out: Array, room: Room) -> Calls:
        scaled = room.like(x)
        # For slopes up to 1 the larger of x and slope * x is wanted, above 1 the smaller.
        choose = np.maximum if self.layer.negative_slope <= 1 else np.minimum
        return [
            bind(np.multiply, x, number(self.layer.negative_slope, x), out=scaled),
            bind(choose, x, scaled, out=out),
        ]

    def slope(self, d_out: Array, seen: Array, d_x: Array, room: Room) -> Calls:
        slope, factor = self.layer.negative_slope, room.like(seen)
        return [
            # A result is positive where x was: the slope is not negative.
            bind(np.greater, seen, number(0, seen), out=factor, casting="unsafe"),
            bind(np.multiply, factor, number(1 - slope, seen), out=factor),
            bind(np.add, factor, number(slope, seen), out=factor),
            bind(np.multiply, d_out, factor, out=d_x),
        ]


@formula(spec.PReLU)
class PReLU(Curve[spec.PReLU]):
    """x where positive, a learned number times x elsewhere."""

    keeps_zeros = True
    reads: ClassVar[Reads] = "input"

    def of_units(self, units: range) -> PReLU:
        weight = self.parameters["weight"]
        if len(weight) > 1:
            weight = weight[units.start : units.stop]
        return PReLU(self.layer, {"weight": weight})

    @property
    def _weight(self) -> Array:
        return self.parameters["weight"][:, None, None]

    def curve(self, x: Array, out: Array, room: Room) -> Calls:
        negative = room.like(x)
        return [
            bind(np.minimum, x, line_of(0, x), out=negative),
            bind(np.multiply, negative, self._weight, out=negative),
            bind(np.maximum, x, line_of(0, x), out=out),
            bind(np.add, out, negative, out=out),
        ]

    def slope(self, d_out: Array, seen: Array, d_x: Array, room: Room) -> Calls:
        factor, is_positive = room.like(seen), room.like(seen, bool)
        return [
            bind(np.less_equal, seen, number(0, seen), out=factor, casting="unsafe"),
            bind(np.multiply, factor, self._weight, out=factor),
            bind(np.greater, seen, number(0, seen), out=is_positive),
            bind(np.add, factor, is_positive, out=factor),
            bind(np.multiply, d_out, factor, out=d_x),
        ]

    def parameter_gradients(
        self, d_out: Array, gradients: Mapping[str, Array], seen: Seen, room: Room
    ) -> Calls:
        (x,) = seen.sources
        product = room.like(x)
        d_weight = gradients["weight"]
        axes = (0, 2, 3) if len(d_weight) > 1 else (0, 1, 2, 3)
        return [
            bind(np.minimum, x, line_of(0, x), out=product),
            bind(np.multiply, product, d_out, out=product),
            partial(
                np.add.reduce,
                product,
                axis=axes,
                out=d_weight if len(axes) < 4 else d_weight[0, ...],
            ),
        ]


@formula(spec.ReLU6)
class ReLU6(Curve[spec.ReLU6]):
    """min(max(0, x), 6)."""

    keeps_zeros = True
    commutes_with_maxima = True

    def curve(self, x: Array, out: Array, room: Room) -> Calls:
        return clip(x, 0, 6, out)

    def slope(self, d_out: Array, seen: Array, d_x: Array, room: Room) -> Calls:
        is_inside = room.like(seen, bool)
        return [
            *find_between(seen, 0, 6, is_inside, room),
            bind(np.multiply, d_out, is_inside, out=d_x),
        ]


@formula(spec.Hardtanh)
class Hardtanh(Curve[spec.Hardtanh]):
    """x, not below ``min_val`` and not above ``max_val``."""

    commutes_with_maxima = True

    def __init__(self, layer: spec.Hardtanh, parameters: Mapping[str, Array]) -> None:
        super().__init__(layer, parameters)
        self.keeps_zeros = layer.min_val <= 0 <= layer.max_val

    def curve(self, x: Array, out: Array, room: Room) -> Calls:
        return clip(x, self.layer.min_val, self.layer.max_val, out)

    def slope(self, d_out: Array, seen: Array, d_x: Array, room: Room) -> Calls:
        is_inside = room.like(seen, bool)
        return [
            *find_between(seen, self.layer.min_val, self.layer.max_val, is_inside, room),
            bind(np.multiply, d_out, is_inside, out=d_x),
        ]


@formula(spec.Hardsigmoid)
class Hardsigmoid(Curve[spec.Hardsigmoid]):
    """x / 6 + 1 / 2, not below 0 and not above 1."""

    commutes_with_maxima = True

    def curve(self, x: Array, out: Array, room: Room) -> Calls:
        return [
            bind(np.add, x, number(3, x), out=out),
            *clip(out, 0, 6, out),
            bind(np.divide, out, number(6, x), out=out),
        ]

    def slope(self, d_out: Array, seen: Array, d_x: Array, room: Room) -> Calls:
        is_inside = room.like(seen, bool)
        return [
            *find_between(seen, 0, 1, is_inside, room),
            bind(np.multiply, d_out, is_inside, out=d_x),
            bind(np.divide, d_x, number(6, seen), out=d_x),
        ]


@formula(spec.Hardswish)
class Hardswish(Curve[spec.Hardswish]):
    """x times hardsigmoid(x)."""

    keeps_zeros = True
    reads: ClassVar[Reads] = "input"

    def curve(self, x: Array, out: Array, room: Room) -> Calls:
        gate = room.like(x)
        return [
            bind(np.add, x, number(3, x), out=gate),
            *clip(gate, 0, 6, gate),
            bind(np.divide, gate, number(6, x), out=gate),
            bind(np.multiply, x, gate, out=out),
        ]

    def slope(self, d_out: Array, seen: Array, d_x: Array, room: Room) -> Calls:
        gate, bend, is_inside = room.like(seen), room.like(seen), room.like(seen, bool)
        return [
            bind(np.add, seen, number(3, seen), out=gate),
            *find_between(gate, 0, 6, is_inside, room),
            *clip(gate, 0, 6, gate),
            *clip(seen, -3, 3, bend),
            bind(np.multiply, bend, is_inside, out=bend),
            bind(np.add, gate, bend, out=gate),
            bind(np.divide, gate, number(6, seen), out=gate),
            bind(np.multiply, d_out, gate, out=d_x),
        ]
