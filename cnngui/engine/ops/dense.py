"""Fully-connected layers. For one image it is the weights that are read, for many the images."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from cnngui.engine.ops import Calls
from cnngui.engine.ops.elementwise import bind
from cnngui.engine.ops.learning.operation import Operation, Place
from cnngui.engine.ops.live.layer import Cut, Layer, Shape4
from cnngui.engine.ops.live.scratch import Scratch
from cnngui.engine.ops.live.tensor import Part, Tensor
from cnngui.engine.ops.registry import learning, live
from cnngui.spec import layers as spec

Array = NDArray[np.float32]


@live(spec.Linear)
class LiveLinear(Layer[spec.Linear]):
    """Cut by units, not by images, each of which would read all weights."""

    splits_rows = False

    def cut(self, shape: Shape4, *, pixels: bool) -> Cut:
        return Cut(by_units=True)

    def bind(
        self, sources: Sequence[Tensor], target: Tensor, part: Part, scratch: Scratch
    ) -> Calls:
        weight, bias = self.parameters["weight"], self.parameters.get("bias")
        if part.units is not None:
            units = slice(part.units.start, part.units.stop)
            weight, bias = weight[units], None if bias is None else bias[units]
        x = sources[0].view(Part(part.images, part.rows))[:, :, 0, 0]
        return linear(x, weight, bias, target.view(part)[:, :, 0, 0])


def linear(x: Array, weight: Array, bias: Array | None, out: Array) -> Calls:
    """``x @ weight.T + bias``; x ``(N, in)``, weight ``(units, in)``, out ``(N, units)``."""
    calls: Calls = [partial(np.matmul, x, weight.T, out)]
    if len(x) == 1 and x.flags.c_contiguous and out.flags.c_contiguous:
        # For one image; its call takes half as long.
        calls = [partial(np.dot, weight, x[0], out[0])]
    if bias is not None:
        calls.append(bind(np.add, out, bias, out=out))
    return calls


@learning(spec.Linear)
class LearningLinear(Operation):
    """Over flat tensors ``(features, images)``: one matrix product for all images each way."""

    def __init__(self, layer: spec.Linear, place: Place) -> None:
        super().__init__(layer, place)
        self._weight, self._bias = place.parameters["weight"], place.parameters.get("bias")

    def forward(self) -> None:
        np.matmul(self._weight, self.x, out=self.out)
        if self._bias is not None:
            self.out += self._bias[:, None]

    def learn(self) -> None:
        gradients = self.place.gradients
        np.matmul(self.d_out, self.x.T, out=gradients["weight"])
        if "bias" in gradients:
            np.add.reduce(self.d_out, axis=1, out=gradients["bias"])

    def backward(self) -> None:
        np.matmul(self._weight.T, self.d_out, out=self.d_x)
