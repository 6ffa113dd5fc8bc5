"""Layers that only move values: several tensors into one, maps into a flat tensor."""

from __future__ import annotations

import numpy as np

from cnngui.engine.gradients.operation import Operation, Place
from cnngui.spec import layers as spec


class Add(Operation):
    """The sum of tensors; each receives the whole gradient."""

    def forward(self) -> None:
        first, second, *others = self.place.sources
        np.add(first, second, out=self.out)
        for other in others:
            self.out += other

    def backward(self) -> None:
        for d_source in self.place.d_sources:
            if d_source is not None:
                np.copyto(d_source, self.d_out)


class Concat(Operation):
    """The channels of tensors one after the other; each receives its part of the gradient."""

    def __init__(self, layer: spec.Concat, place: Place) -> None:
        super().__init__(layer, place)
        self._axis = 1 if self.out.ndim == 4 else 0

    def forward(self) -> None:
        np.concatenate(self.place.sources, axis=self._axis, out=self.out)

    def backward(self) -> None:
        start = 0
        for source, d_source in zip(self.place.sources, self.place.d_sources, strict=True):
            stop = start + source.shape[self._axis]
            if d_source is not None:
                part = slice(start, stop)
                np.copyto(d_source, self.d_out[:, part] if self._axis else self.d_out[part])
            start = stop


class Flatten(Operation):
    """Maps channel by channel, row by row."""

    def __init__(self, layer: spec.Flatten, place: Place) -> None:
        super().__init__(layer, place)
        if self.x.ndim == 4:
            rows, channels, columns, images = self.x.shape
            self._shape: tuple[int, ...] = (channels, rows, columns, images)
            self._order: tuple[int, ...] = (1, 0, 2, 3)
        else:
            self._shape, self._order = self.x.shape, (0, 1)

    def forward(self) -> None:
        np.copyto(self.out.reshape(self._shape), self.x.transpose(self._order))

    def backward(self) -> None:
        np.copyto(self.d_x.transpose(self._order), self.d_out.reshape(self._shape))
