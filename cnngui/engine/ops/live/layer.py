"""Layers that can be run: a description and its parameters, which bind their calls to bands."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from math import prod
from typing import ClassVar, Generic, NamedTuple

import numpy as np
from numpy.typing import DTypeLike, NDArray

from cnngui.engine.initializers import Parameters
from cnngui.engine.ops import Calls
from cnngui.engine.ops.elementwise import like
from cnngui.engine.ops.formula import Description, Formula, Recipe, Room
from cnngui.engine.ops.live.scratch import Scratch
from cnngui.engine.ops.live.tensor import Margins, Part, Tensor
from cnngui.engine.ops.moments import by_sample, images_of, samples_of
from cnngui.spec.layers import Shape, moments, whole

Array = NDArray[np.float32]
Shape4 = tuple[int, int, int, int]
"""``(N, C, H, W)``"""


def shape4(samples: int, shape: Shape) -> Shape4:
    """Return the shape of a tensor of so many samples: moments count as images."""
    height, width = shape[-2:] if len(shape) > 1 else (1, 1)
    return samples * moments(shape), shape[0], height, width


_PASS = 0.4
"""Nanoseconds a value of what goes over its memory once or twice."""
_MULTIPLIED = 0.022


class Cut(NamedTuple):
    """How a layer's work may be divided into bands.

    Attributes
    ----------
    by_units : output channels (or units of a flat layer) by output channels, not rows by rows.
    most : more bands than this would do too much of the work again; it need not be one.
    rows : bands should be of a multiple of so many.
    """

    by_units: bool
    most: int = 1_000_000
    rows: int = 1


class Layer(Generic[Description]):
    """What the program needs to know of a layer in order to split, fuse and bind it."""

    splits_rows: bool = True
    """Whether some output rows can be computed without the others."""
    looks_across: bool = False
    """Whether moments of its output are made of others, or of several; see ``ops.moments``."""
    splits_moments: bool = False
    """Whether some output moments can be computed without the others, where it looks across."""
    passes: float = 1
    """How many times as long it takes as going over its output once or twice, about."""
    is_elementwise: bool = False
    """Whether each output value depends on one input value, so that it may take its place."""
    is_place_by_place: bool = False
    """The same of several inputs at the same place: it can go on with what was just computed if the
    others are there."""
    is_identity: bool = False
    """Whether the output is the input."""
    keeps_zeros: bool = False
    """Whether zero in is zero out, so that it may run over margins and need not go around them."""
    commutes_with_maxima: bool = False
    """Whether the larger of two inputs has the larger output, to the last digit."""
    keeps_layout: bool = False
    """Whether it is much faster if what it writes lies as what it reads."""
    writes_plain: bool = False
    """Whether it is faster if no margins lie between the rows that it writes."""
    takes_maxima: bool = False
    """Whether each output is the largest of some inputs."""
    is_hasty: bool = True
    """Whether it may take a way that is faster and takes more memory for weights made ready."""

    def __init__(self, description: Description, parameters: Parameters) -> None:
        self.description = description
        self.parameters = parameters

    @property
    def margins(self) -> Margins:
        """The zeros that must lie around what it reads."""
        return Margins()

    def wants_pixels(self, shape: Shape4) -> bool:
        """Tell whether it works much faster on tensors with pixels outermost.

        ``shape`` is its output's.
        """
        return False

    def nanoseconds(self, shape: Shape4, multiply_adds: int) -> float:
        """Return about what it takes on one core; which is enough to share work out.

        ``multiply_adds`` are those of the whole batch.
        """
        return prod(shape) * self.passes * _PASS + multiply_adds * _MULTIPLIED

    def cut(self, shape: Shape4, *, pixels: bool) -> Cut:
        """Return how to divide its work, by its output's shape and layout."""
        return Cut(by_units=False)

    @property
    def ready_bytes(self) -> int:
        """About what its weights take in the form in which they are multiplied, beside them."""
        return 0

    @property
    def hasty_bytes(self) -> int:
        """What they take more in the way that is faster for some shapes; 0 if there is none."""
        return 0

    def hasty_nanoseconds(self, shape: Shape4) -> float:
        """Return about what that way saves on one core, by its output's shape."""
        return 0.0

    @property
    def continues_band(self) -> bool:
        """Whether it can go on with the rows that the layer before has just computed."""
        return self.is_elementwise

    @property
    def scale_and_shift(self) -> tuple[Array, Array] | None:
        """What each channel is multiplied by and what is then added, if that is all it does."""
        return None

    def rows_read(self, rows: range) -> range:
        """Return the input rows for some output rows, where ``continues_band``.

        They may reach beyond the input. Neighbouring output rows are made of neighbouring input
        rows without a gap.
        """
        return rows

    def scratch_values(self, source_shape: Sequence[int], shape: Sequence[int]) -> int:
        """Return about how much scratch one image needs; shapes ``(N, C, H, W)``."""
        return 0

    def absorb(self, following: Layer) -> Layer | None:
        """Return a layer that computes at once what this and the following do, or None."""
        return None

    def keep_ready(self, used: Collection[Layer]) -> None:
        """Let go of weights made ready that none of those layers needs.

        Those are the layer's own, and those of what it does at once with others.
        """

    def recipe(self, moment: int, sources: Sequence[Shape], shape: Shape) -> Recipe:
        """Return what a moment of the output is made of; of what has no time, it is moment 0.

        What is made of the same moments of all that it reads is made alike at any time. Else the
        moment is told from all others.
        """
        time = (range(moment, moment + 1),) if len(shape) == 4 else ()
        part = (range(shape[0]), *time, *whole(shape[1 + len(time) :]))
        reads = self.description.reach(part, sources, shape)
        times = [read[1] if len(read) == 4 else range(1) for read in reads]
        made = tuple((number, place) for number, places in enumerate(times) for place in places)
        is_own = all(
            len(places) == 1 and (places[0] == moment or moments(source) == 1)
            for places, source in zip(times, sources, strict=True)
        )
        return Recipe(None if is_own else moment, made)

    def bind(
        self, sources: Sequence[Tensor], target: Tensor, part: Part, scratch: Scratch
    ) -> Calls:
        """Return the calls that compute a part of ``target``."""
        raise NotImplementedError


class LiveRoom:
    """What formulas work with on the live path: nothing is kept, for there is no way back."""

    def __init__(self, scratch: Scratch) -> None:
        self._scratch = scratch

    def like(
        self,
        array: NDArray,
        dtype: DTypeLike | None = None,
        shape: tuple[int, ...] | None = None,
    ) -> NDArray:
        """Return scratch memory, float32 or bool."""

        def take(sizes: list[int]) -> NDArray:
            if dtype is None or np.dtype(dtype) == np.float32:
                return self._scratch.take(*sizes)
            values = prod(sizes)
            return self._scratch.take(-(-values // 4)).view(dtype)[:values].reshape(sizes)

        return like(array, take, shape)

    def line(self, array: NDArray, *shape: int) -> NDArray:
        """Return contiguous scratch memory."""
        return self._scratch.take(*shape)

    def keep(self, array: NDArray) -> NDArray:
        """Return scratch memory, too."""
        return self.like(array)


class FormulaLayer(Layer[Description]):
    """A layer that a formula says all of."""

    formula_type: ClassVar[type[Formula]]

    def recipe(self, moment: int, sources: Sequence[Shape], shape: Shape) -> Recipe:
        own = self._formula.recipe(moment, sources) if self.looks_across else None
        return super().recipe(moment, sources, shape) if own is None else own

    def __init__(self, description: Description, parameters: Parameters) -> None:
        super().__init__(description, parameters)
        self._formula = formula = self.formula_type(description, parameters)
        self.splits_rows = formula.splits_rows
        self.passes = formula.passes
        self.is_elementwise = formula.is_elementwise
        self.is_place_by_place = formula.is_place_by_place
        self.keeps_zeros = formula.keeps_zeros
        self.commutes_with_maxima = formula.commutes_with_maxima
        self.splits_moments = formula.splits_moments

    def bind(
        self, sources: Sequence[Tensor], target: Tensor, part: Part, scratch: Scratch
    ) -> Calls:
        formula = self._formula if part.units is None else self._formula.of_units(part.units)
        if self.looks_across:
            return self._bind_across(formula, sources, target, part, LiveRoom(scratch))
        columns = None
        if self.is_elementwise and self.keeps_zeros and sources[0].memory is target.memory:
            columns = target.columns  # margins included: one long line
        views = [self._seen(source, target, part, columns) for source in sources]
        return formula.forward(views, target.view(part, columns), part.rows, LiveRoom(scratch))

    def _bind_across(
        self, formula: Formula, sources: Sequence[Tensor], target: Tensor, part: Part, room: Room
    ) -> Calls:
        """Give the formula arrays with an axis for time."""
        samples, moments = samples_of(part.images, target.moments)
        if len(moments) < target.moments:
            formula = formula.of_moments(moments)
        views = [
            by_sample(
                source.view(Part(images_of(samples, range(source.moments), source.moments), rows)),
                source.moments,
            )
            for source in sources
            for rows in [self._rows_seen(source, target, part)]
        ]
        out = by_sample(target.view(part), len(moments))
        return formula.forward(views, out, part.rows, room)

    def _rows_seen(self, source: Tensor, target: Tensor, part: Part) -> range:
        is_repeated = source.shape[2] == 1 != target.shape[2]
        is_whole = is_repeated or not self._formula.reads_same_rows
        return range(source.shape[2]) if is_whole else part.rows

    def _seen(self, source: Tensor, target: Tensor, part: Part, columns: range | None) -> Array:
        rows = self._rows_seen(source, target, part)
        if rows is not part.rows:
            return source.view(Part(part.images, rows, part.units))
        return source.view(part, columns)
