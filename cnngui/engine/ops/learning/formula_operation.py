"""An operation that a formula says all of, bound to the arrays of its place."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

from numpy.typing import DTypeLike, NDArray

from cnngui.engine.ops import run
from cnngui.engine.ops.elementwise import like
from cnngui.engine.ops.formula import Formula, Seen
from cnngui.engine.ops.learning.layout import by_moment
from cnngui.engine.ops.learning.memory import Memory
from cnngui.engine.ops.learning.operation import Division, Operation, Place
from cnngui.engine.ops.moments import looks_across
from cnngui.spec.layers import LayerSpec


class LearningRoom:
    """What the calls of one direction work with."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._taken: list[tuple[tuple[int, ...], DTypeLike]] = []

    def like(
        self,
        array: NDArray,
        dtype: DTypeLike | None = None,
        shape: tuple[int, ...] | None = None,
    ) -> NDArray:
        """Return scratch memory."""
        kind = array.dtype if dtype is None else dtype
        return like(array, lambda sizes: self._take(tuple(sizes), kind), shape)

    def line(self, array: NDArray, *shape: int) -> NDArray:
        """Return contiguous scratch memory."""
        return self._take(shape, array.dtype)

    def _take(self, shape: tuple[int, ...], dtype: DTypeLike) -> NDArray:
        # Scratch always begins at the same place: asked for together, arrays lie side by side.
        self._taken.append((shape, dtype))
        return self._memory.scratch(*self._taken)[-1]

    def keep(self, array: NDArray) -> NDArray:
        """Return memory of one's own."""
        return like(array, lambda shape: self._memory.keep(tuple(shape), array.dtype))


class FormulaOperation(Operation):
    """A layer by its formula."""

    formula_type: ClassVar[type[Formula]]

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        formula = cls.formula_type
        cls.uses_output = formula.reads == "output"
        cls.replaces_input = formula.in_place and formula.reads != "input"
        cls.is_positive_part = formula.is_positive_part

    def __init__(self, layer: LayerSpec, place: Place) -> None:
        super().__init__(layer, place)
        formula = self.formula_type(layer, place.parameters)
        see = by_image
        if looks_across(layer, place.source_shapes, place.shape):
            see = partial(by_sample, images=place.images)
        seen = Seen([see(source) for source in place.sources], see(place.out))
        rows = range(seen.out.shape[-2])
        self._forward = formula.forward(*seen, rows, LearningRoom(place.memory))
        if not place.goes_back:
            return
        d_out = see(place.d_out)
        d_sources = [None if d is None else see(d) for d in place.d_sources]
        room = LearningRoom(place.memory)
        self._learn = (
            formula.parameter_gradients(d_out, place.gradients, seen, room)
            if place.gradients
            else []
        )
        room = LearningRoom(place.memory)
        self._backward = formula.gradient(d_out, d_sources, seen, room)

    @classmethod
    def division(cls, layer: LayerSpec, place: Place, lanes: int) -> Division | None:
        formula = cls.formula_type
        is_local = formula.is_elementwise or formula.is_place_by_place or formula.joins_channels
        # Sources may be repeated along rows.
        rows = {len(array) for array in (*place.sources, place.out) if array.ndim == 4}
        across = looks_across(layer, place.source_shapes, place.shape)
        divides = is_local and len(rows) == 1 and min(rows) >= lanes
        return "rows" if divides and not (place.gradients or across) else None

    def forward(self) -> None:
        run(self._forward)

    def learn(self) -> None:
        run(self._learn)

    def backward(self) -> None:
        run(self._backward)


def by_image(array: NDArray) -> NDArray:
    """See maps as ``(N, C, H, W)``, each moment an image, flat tensors ``(F, N)`` as maps 1x1."""
    return array.transpose(3, 1, 0, 2) if array.ndim == 4 else array.T[:, :, None, None]


def by_sample(array: NDArray, images: int) -> NDArray:
    """See maps as ``(N, C, T, H, W)``, flat tensors as maps of one moment, 1x1."""
    if array.ndim == 4:
        return by_moment(array, images).transpose(4, 1, 3, 0, 2)
    return array.T[:, :, None, None, None]
