"""A layer at work: it knows the arrays of its place in the network and what to do with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, ClassVar, Literal, Protocol

import numpy as np
from numpy.typing import DTypeLike, NDArray

from cnngui.engine.ops.learning.memory import Memory
from cnngui.spec.layers import LayerSpec, Shape

Division = Literal["channels", "rows", "work"]
"""What several threads divide of one operation: channels of all it reads and writes, rows of them,
or, knowing best itself, its work."""


def share(count: int, part: int, parts: int) -> slice:
    """Return which of so many things one of several equal parts is."""
    return slice(count * part // parts, count * (part + 1) // parts)


def shares(count: int, parts: int) -> list[slice]:
    """Return all parts: as many, some of them empty where there are fewer things."""
    return [share(count, part, parts) for part in range(parts)]


class Meeting(Protocol):
    """Where all parts of the batch tell each other what they have prepared."""

    def share_forward(self) -> None:
        """Called when all have prepared forward."""

    def share_backward(self) -> None:
        """Called when all have prepared backward."""


@dataclass(frozen=True)
class Learning:
    """What the parts of a batch share while they learn.

    Attributes
    ----------
    rng_of : what a layer draws from, by its id and the part's number.
    meetings : by layer id, each of the kind that its operation makes.
    """

    rng_of: Callable[[str, int], np.random.Generator]
    meetings: dict[str, Any] = field(default_factory=dict)


@dataclass
class Place:
    """Where an operation works.

    Attributes
    ----------
    images : how many of the batch's; maps of several moments have that many in each.
    source_shapes, shape : of what it reads and of its result, without the batch.
    sources : what it reads.
    out : where its result goes.
    d_out : the gradient with respect to out; the operation may use it up.
    d_sources : where the gradients with respect to the sources go; None where nobody needs them.
    parameters : by name.
    gradients : where the parameters' gradients go; empty where they are not asked for.
    memory : for what is kept between forward and backward, and for scratch.
    goes_back : False where only forward will be asked for.
    learning : None where the network is computed as it is used: with running statistics, and
        nothing dropped.
    part : which part of the batch this is.
    takes_positive_part : whether it also does the work of the layer that it would have read, where
        ``Operation.does_also``.
    lane, lanes : which share of the work this is, and of how many, where work is divided.
    """

    images: int
    source_shapes: Sequence[Shape]
    shape: Shape
    sources: list[NDArray]
    out: NDArray
    d_out: NDArray
    d_sources: list[NDArray | None]
    parameters: Mapping[str, NDArray]
    gradients: Mapping[str, NDArray]
    memory: Memory
    goes_back: bool
    learning: Learning | None = None
    part: int = 0
    takes_positive_part: bool = False
    lane: int = 0
    lanes: int = 1

    def share(self, count: int) -> slice:
        """Return which of so many things this lane does."""
        return share(count, self.lane, self.lanes)

    def divided(self, division: Division, memories: Sequence[Memory]) -> list[Place]:
        """Return the places of all lanes, each with memory of its own."""
        places = [
            replace(self, memory=memory, lane=lane, lanes=len(memories))
            for lane, memory in enumerate(memories)
        ]
        return places if division == "work" else [place._part(division) for place in places]

    def _part(self, division: Division) -> Place:
        """Return what a lane has of all arrays, as a place of its own."""
        by_channel = division == "channels"

        def part(array: NDArray) -> NDArray:
            if array.ndim < 4:
                # The gradient of what nobody differentiates is no maps.
                return array
            if by_channel:
                return array[:, self.share(array.shape[1])]
            return array[self.share(len(array))]

        def some(arrays: Mapping[str, NDArray]) -> Mapping[str, NDArray]:
            if not by_channel:
                return arrays
            return {name: array[self.share(len(array))] for name, array in arrays.items()}

        return replace(
            self,
            sources=[part(source) for source in self.sources],
            out=part(self.out),
            d_out=part(self.d_out),
            d_sources=[None if d is None else part(d) for d in self.d_sources],
            parameters=some(self.parameters),
            gradients=some(self.gradients),
            learning=self.learning and replace(self.learning, meetings={}),
            lane=0,
            lanes=1,
        )

    def keep(self, shape: tuple[int, ...]) -> NDArray:
        """Return an array that holds from forward to backward."""
        return self.memory.keep(shape, self.out.dtype)

    def own_gradients(self) -> Mapping[str, NDArray]:
        """Return where this lane sums gradients of parameters: of all lanes but one, beside."""
        if self.lane == 0:
            return self.gradients
        return {name: self.keep(array.shape) for name, array in self.gradients.items()}

    def scratch(
        self, *shapes: tuple[int, ...], masks: tuple[tuple[int, ...], ...] = ()
    ) -> list[NDArray]:
        """Return arrays that hold while the operation works; ``masks`` are bool."""
        wanted: list[tuple[tuple[int, ...], DTypeLike]] = [
            (shape, self.out.dtype) for shape in shapes
        ]
        return self.memory.scratch(*wanted, *((shape, bool) for shape in masks))


class Operation:
    """One layer, for one part of the batch. Forward leaves what backward needs in its arrays.

    Attributes
    ----------
    uses_output : whether backward looks at the result.
    replaces_input : whether the result may take the place of what it was made from.
    is_positive_part : whether positive values stay as they are and all others become zero.
    divides_channels : whether each channel is computed by itself.
    meeting : where the parts of the batch wait for each other; None where each goes its own way.
    """

    uses_output: ClassVar[bool] = False
    replaces_input: ClassVar[bool] = False
    is_positive_part: ClassVar[bool] = False
    divides_channels: ClassVar[bool] = False
    meeting: Meeting | None = None
    partial_gradients: Mapping[str, NDArray] = MappingProxyType({})
    """What is still to be added to the parameters' gradients, where other lanes write these."""

    def __init__(self, layer: LayerSpec, place: Place) -> None:
        self.place = place
        self.x, self.out, self.d_out = place.sources[0], place.out, place.d_out

    @classmethod
    def at(cls, layer: Any, place: Place) -> Operation:
        """Return the operation that does a layer's work at a place."""
        return cls(layer, place)

    @classmethod
    def division(cls, layer: Any, place: Place, lanes: int) -> Division | None:
        """Tell what so many threads can divide of its work; None where one must do all."""
        return "channels" if cls.divides_channels and place.out.shape[1] >= lanes else None

    @classmethod
    def changes_nothing(cls, layer: Any, *, is_learning: bool) -> bool:
        """Whether the result is what is read, so that nothing need be done."""
        return False

    @classmethod
    def does_also(cls, before: type[Operation]) -> bool:
        """Whether it can do what an operation does that it alone reads, for less."""
        return False

    @property
    def d_x(self) -> NDArray:
        """Where the gradient with respect to what is read first goes."""
        d_x = self.place.d_sources[0]
        if d_x is None:
            raise RuntimeError("the gradient of something that nobody needs was asked for")
        return d_x

    def prepare_forward(self) -> None:
        """Do what must be done before the forward meeting."""

    def forward(self) -> None:
        """Write the result."""
        raise NotImplementedError

    def prepare_backward(self) -> None:
        """Do what must be done before the backward meeting."""

    def learn(self) -> None:
        """Write the gradients with respect to the parameters."""

    def backward(self) -> None:
        """Write the gradients with respect to the sources."""
        raise NotImplementedError
