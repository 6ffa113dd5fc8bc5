"""Normalisation by what each image itself is like: the same in use and while learning."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from math import prod
from typing import ClassVar, TypeVar

import numpy as np

from cnngui.engine.ops import Call, Calls
from cnngui.engine.ops.curves import number
from cnngui.engine.ops.elementwise import bind
from cnngui.engine.ops.formula import Array, Reads, Room, Seen, Unary
from cnngui.engine.ops.registry import formula
from cnngui.spec import layers as spec

Norm = TypeVar("Norm", bound=spec.Normalisation)


class _ImageNorm(Unary[Norm]):
    """Shifts and scales groups of values to a mean of 0 and a variance of 1, then by parameters."""

    splits_rows = False
    reads: ClassVar[Reads] = "input"

    def groups(self, channels: int) -> int:
        """Return into how many groups the channels are divided."""
        raise NotImplementedError

    by_position: bool = False
    """Whether each position of the maps is normalised by itself."""

    def compute(self, x: Array, out: Array, rows: range, room: Room) -> Calls:
        _, calls = self._normalise(x, out, room)
        for function, name in ((np.multiply, "weight"), (np.add, "bias")):
            if name in self.parameters:
                calls.append(bind(function, out, _spread(self.parameters[name], out), out=out))
        return calls

    def pass_back(self, d_out: Array, d_x: Array, seen: Seen, room: Room) -> Calls:
        normalised, product = room.like(d_x), room.like(d_x)
        scale, calls = self._normalise(seen.sources[0], normalised, room)
        if "weight" in self.parameters:
            weight = _spread(self.parameters["weight"], d_out)
            calls.append(bind(np.multiply, d_out, weight, out=d_out))
        # What mean and variance bring: the parts of d_out that shifting and scaling x would be.
        share = number(1 / self._count(d_x), d_x)
        shifting, scaling = room.line(d_x, *scale.shape), room.line(d_x, *scale.shape)
        grouped = self._grouped(normalised)
        return [
            *calls,
            *self._sum(self._grouped(d_out), shifting, room),
            bind(np.multiply, shifting, share, out=shifting),
            bind(np.multiply, d_out, normalised, out=product),
            *self._sum(self._grouped(product), scaling, room),
            bind(np.multiply, scaling, share, out=scaling),
            bind(np.multiply, grouped, scaling, out=grouped),
            bind(np.add, grouped, shifting, out=grouped),
            bind(np.subtract, d_out, normalised, out=d_x),
            bind(np.multiply, self._grouped(d_x), scale, out=self._grouped(d_x)),
        ]

    def parameter_gradients(
        self, d_out: Array, gradients: Mapping[str, Array], seen: Seen, room: Room
    ) -> Calls:
        normalised = room.like(d_out)
        _, calls = self._normalise(seen.sources[0], normalised, room)
        calls.append(bind(np.multiply, normalised, d_out, out=normalised))
        for name, summed in (("weight", normalised), ("bias", d_out)):
            if name in gradients:
                gradient = gradients[name]
                axes: tuple[int, ...] = (0,)
                if gradient.ndim == 1:
                    axes = (0, *range(2, summed.ndim))
                else:
                    gradient = gradient.reshape(summed.shape[1:])
                calls.append(partial(np.add.reduce, summed, axis=axes, out=gradient))
        return calls

    def _normalise(self, x: Array, out: Array, room: Room) -> tuple[Array, Calls]:
        """Bind the normalising of each group. Returns also what it is multiplied by."""
        grouped, normalised = self._grouped(x), self._grouped(out)
        images, groups, _, *sides = grouped.shape
        shape = (images, groups, 1, *(sides if self.by_position else (1 for _ in sides)))
        mean, scale = room.line(x, *shape), room.line(x, *shape)
        share = number(1 / self._count(x), x)
        # What a mean was rounded by is found in what it leaves, and would be enlarged three hundred
        # times where all values are alike.
        centring = [
            call
            for values in (grouped, normalised)
            for call in (
                *self._sum(values, mean, room),
                bind(np.multiply, mean, share, out=mean),
                bind(np.subtract, values, mean, out=normalised),
            )
        ]
        return scale, [
            *centring,
            *self._sum_squares(normalised, scale, room),
            bind(np.multiply, scale, share, out=scale),
            bind(np.add, scale, number(self.layer.eps, x), out=scale),
            bind(np.sqrt, scale, out=scale),
            bind(np.divide, number(1, x), scale, out=scale),
            bind(np.multiply, normalised, scale, out=normalised),
        ]

    def _grouped(self, x: Array) -> Array:
        """See ``(N, C, ...)`` as ``(N, groups, C / groups, ...)``."""
        images, channels, *sides = x.shape
        groups = self.groups(channels)
        return x.reshape(images, groups, channels // groups, *sides)

    def _count(self, x: Array) -> int:
        """Return how many values are normalised together."""
        _, channels, *sides = x.shape
        return channels // self.groups(channels) * (1 if self.by_position else prod(sides))

    def _sum(self, grouped: Array, out: Array, room: Room) -> Calls:
        """Sum over each group."""
        if self.by_position:
            return [partial(np.add.reduce, grouped, axis=2, keepdims=True, out=out)]
        rows = room.line(grouped, *grouped.shape[:-1])
        return [partial(np.add.reduce, grouped, axis=-1, out=rows), _sum_rows(rows, out)]

    def _sum_squares(self, grouped: Array, out: Array, room: Room) -> Calls:
        """Sum the squares over each group, along rows without writing them down."""
        if self.by_position:
            squares = room.like(grouped)
            square = bind(np.multiply, grouped, grouped, out=squares)
            return [square, *self._sum(squares, out, room)]
        rows = room.line(grouped, *grouped.shape[:-1])
        return [partial(np.vecdot, grouped, grouped, out=rows), _sum_rows(rows, out)]


def _spread(parameter: Array, maps: Array) -> Array:
    """See one number per channel, or per value, as what is applied to maps."""
    if parameter.ndim == 1:
        return parameter.reshape(-1, *(1 for _ in maps.shape[2:]))
    return parameter.reshape(maps.shape[1:])


def _sum_rows(rows: Array, out: Array) -> Call:
    """Bind the summing of what rows have given: ``(N, groups, channels, ..., height)``.

    They lie side by side, and NumPy adds up neighbours in pairs, so that little is rounded off even
    of large maps.
    """
    images, groups, *_ = rows.shape
    lines = rows.reshape(images, groups, -1)
    return partial(np.add.reduce, lines, axis=2, out=out.reshape(images, groups))


@formula(spec.GroupNorm)
class GroupNorm(_ImageNorm[spec.GroupNorm]):
    """Each group of channels."""

    def groups(self, channels: int) -> int:
        return self.layer.num_groups


@formula(spec.InstanceNorm2d)
@formula(spec.InstanceNorm3d)
class InstanceNorm(_ImageNorm[spec.InstanceNorm2d | spec.InstanceNorm3d]):
    """Each map, of a moment or of all moments together."""

    def groups(self, channels: int) -> int:
        return channels


@formula(spec.LayerNorm)
class LayerNorm(_ImageNorm[spec.LayerNorm]):
    """All values, or those of all channels at each position."""

    def __init__(self, layer: spec.LayerNorm, parameters: Mapping[str, Array]) -> None:
        super().__init__(layer, parameters)
        self.by_position = self.splits_rows = layer.normalized_shape == "channels"

    def groups(self, channels: int) -> int:
        return 1
