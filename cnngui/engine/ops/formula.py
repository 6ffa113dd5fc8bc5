"""Operations that the live path and learning compute by the same calls, each written once.

Arrays are indexed ``(N, C, H, W)``, a flat tensor of F features being ``(N, F, 1, 1)``; their
strides are whatever suits who runs the calls. Constants have the arrays' dtype.

Of maps with time, each moment is an image of its own, in whatever order. Only where
``looks_across`` (``ops.moments``) do all arrays have an axis for it, ``(N, C, T, H, W)``, of length
1 where what is read or made has no time. What may look across is written for both: rows are the
last axis but one.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, ClassVar, Generic, Literal, NamedTuple, Protocol, TypeVar

from numpy.typing import DTypeLike, NDArray

from cnngui.engine.ops import Calls
from cnngui.spec.layers import LayerSpec, Shape

Description = TypeVar("Description", bound=LayerSpec)

Array = NDArray[Any]
Arrays = Sequence[Array]
Wanted = Sequence[Array | None]
"""Where gradients go; None for those that nobody needs."""
Reads = Literal["input", "output", "nothing"]


class Seen(NamedTuple):
    """What forward was given, for gradients to look at."""

    sources: Arrays
    out: Array


class Recipe(NamedTuple):
    """What a moment of a layer's output is made of, and how.

    Two moments are equal, now or at another time, if they are made alike of equal moments.

    Attributes
    ----------
    how : tells apart what is made otherwise of the same moments.
    moments : (which source, which of its moments), in the order in which they take part.
    """

    how: Hashable
    moments: tuple[tuple[int, int], ...]


class Room(Protocol):
    """Where calls find memory to work with. Axes lie in the order of the array that is given."""

    def like(
        self, array: Array, dtype: DTypeLike | None = None, shape: tuple[int, ...] | None = None
    ) -> Array:
        """Return an array of that shape, which holds while these calls run and no longer.

        ``dtype``, ``shape``: others than the array's.
        """

    def line(self, array: Array, *shape: int) -> Array:
        """Return an array of another shape and of the array's type, contiguous in C's order."""

    def keep(self, array: Array) -> Array:
        """Return an array of that shape, which holds from forward to gradient."""


class Formula(Generic[Description]):
    """An operation, bound for one place in a network.

    Where ``in_place``, ``out`` may be the source itself, and a source's gradient ``d_out``.
    """

    reads: ClassVar[Reads] = "nothing"
    """What gradients look at beside ``d_out``: it must then still be as forward saw it."""
    in_place: ClassVar[bool] = False
    """Whether the output may take the place of what it is made from."""
    is_elementwise: ClassVar[bool] = False
    """Whether each output value depends on one input value, at the same place."""
    is_place_by_place: ClassVar[bool] = False
    """Whether each output value depends on one value of each of several sources, at its place."""
    joins_channels: ClassVar[bool] = False
    """Whether the output is the channels of all sources, one after the other."""
    is_positive_part: ClassVar[bool] = False
    """Whether positive values stay as they are and all others become zero."""
    splits_rows: bool = True
    """Whether some output rows can be computed without the others."""
    splits_moments: bool = False
    """Whether some output moments can be computed without the others: by ``of_moments``."""
    reads_same_rows: ClassVar[bool] = True
    """Whether output row y is made of source rows y alone: forward is then given only the rows that
    it computes. A source of a single row, repeated over all, is given whole."""

    passes: ClassVar[int] = 1
    """How many times as long it takes as going over its output once or twice, about."""
    keeps_zeros: bool = False
    """Whether zero in is zero out."""
    commutes_with_maxima: bool = False
    """Whether the larger of two inputs has the larger output, to the last digit."""

    def __init__(self, layer: Description, parameters: Mapping[str, Array]) -> None:
        self.layer = layer
        self.parameters = parameters

    def of_units(self, units: range) -> Formula[Description]:
        """Return the formula for some units of a flat tensor."""
        return self

    def recipe(self, moment: int, sources: Sequence[Shape]) -> Recipe | None:
        """Return what a moment of the output is made of, where it looks across.

        None where that follows from what the layer says to reach.
        """
        return None

    def of_moments(self, moments: range) -> Formula[Description]:
        """Return the formula for some moments of the output, where ``splits_moments``.

        What it reads is whole.
        """
        raise NotImplementedError

    def forward(self, sources: Arrays, out: Array, rows: range, room: Room) -> Calls:
        """Return the calls that compute ``out``, which is the ``rows`` of the output."""
        raise NotImplementedError

    def gradient(self, d_out: Array, d_sources: Wanted, seen: Seen, room: Room) -> Calls:
        """Return the calls that write the gradients with respect to what was read.

        Parameters
        ----------
        d_out : may be spoilt.
        d_sources : None for those that nobody needs.
        seen : only what ``reads`` names holds its values.
        """
        raise NotImplementedError

    def parameter_gradients(
        self, d_out: Array, gradients: Mapping[str, Array], seen: Seen, room: Room
    ) -> Calls:
        """Return the calls that write the gradients with respect to the parameters."""
        return []


class Unary(Formula[Description]):
    """An operation that reads one tensor."""

    def compute(self, x: Array, out: Array, rows: range, room: Room) -> Calls:
        """Return the calls that compute the output."""
        raise NotImplementedError

    def pass_back(self, d_out: Array, d_x: Array, seen: Seen, room: Room) -> Calls:
        """Return the calls that write the gradient with respect to x."""
        raise NotImplementedError

    def forward(self, sources: Arrays, out: Array, rows: range, room: Room) -> Calls:
        """Compute the output of what alone is read."""
        return self.compute(sources[0], out, rows, room)

    def gradient(self, d_out: Array, d_sources: Wanted, seen: Seen, room: Room) -> Calls:
        """Write the gradient with respect to what alone is read, if somebody needs it."""
        (d_x,) = d_sources
        return [] if d_x is None else self.pass_back(d_out, d_x, seen, room)


class Curve(Unary[Description]):
    """A function of each value by itself."""

    is_elementwise = True
    in_place = True
    reads: ClassVar[Reads] = "output"

    def curve(self, x: Array, out: Array, room: Room) -> Calls:
        """Return the calls that compute the function."""
        raise NotImplementedError

    def slope(self, d_out: Array, seen: Array, d_x: Array, room: Room) -> Calls:
        """Return the calls that multiply ``d_out`` by the function's slope.

        ``seen`` is x or the function's result, as ``reads`` says.
        """
        raise NotImplementedError

    def compute(self, x: Array, out: Array, rows: range, room: Room) -> Calls:
        """Return the calls of the curve."""
        return self.curve(x, out, room)

    def pass_back(self, d_out: Array, d_x: Array, seen: Seen, room: Room) -> Calls:
        """Return the calls of the slope."""
        return self.slope(d_out, seen.sources[0] if self.reads == "input" else seen.out, d_x, room)
