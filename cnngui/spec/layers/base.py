"""What every type of layer must say of itself, so that nothing else need know its name.

A description holds no arrays and computes nothing. Values are not checked here, so that a person
may type a wrong one and be told about it: ``spec.shapes`` finds what is wrong, at which field.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal, Self, TypeAlias

from cnngui.errors import Text, Words, text
from cnngui.spec.layers.arguments import argument, arguments_of

Shape: TypeAlias = tuple[int, ...]
"""Without the batch: ``(C, H, W)`` for maps, ``(C, T, H, W)`` for maps of several moments, ``(F,)``
for flat tensors."""

Pair: TypeAlias = tuple[int, int]
"""(height, width). A layer's constructor also takes one int for both."""

Triple: TypeAlias = tuple[int, int, int]
"""(time, height, width). A layer's constructor also takes one int for all three."""

Box: TypeAlias = tuple[range, ...]
"""Part of a tensor: along each axis of its shape, which values, without gaps. A part without a
value has an empty range in it."""

INITIALIZERS = ("he", "xavier", "zeros")

INPUT_ID = "input"
"""The name under which layers read the network's input."""

MenuGroup = Literal["convolution", "pooling", "activation", "norm", "dense", "join", "shape"]

Arithmetic = Literal["sum", "max", "product", "copy", "function", "normalise", "softmax"]


class MisfitError(Exception):
    """The shapes do not fit: at which field, the rule, what was found."""

    def __init__(self, field: str, rule: Text, got: Words = "") -> None:
        super().__init__(field, rule, got)
        self.field, self.rule, self.got = field, rule, got


@dataclass(frozen=True, kw_only=True)
class LayerSpec(ABC):
    """What every layer has, and what its type says.

    The methods take the shapes of what the layer reads, of which there are as many as it may read,
    each of its ``rank``; of a bypassed layer they are not asked.

    Attributes
    ----------
    id : the layer's name, unique in its network ("conv1").
    inputs : the ids it reads; empty means the layer before (for the first, the network's input).
    enabled : False bypasses the layer: what it reads (of several: the first) passes unchanged.
    channel_names : what its channels (or units) are called, from the first on; "" for one without
        a name. There may be fewer or more than channels.
    """

    id: str
    inputs: tuple[str, ...] = ()
    enabled: bool = True
    channel_names: tuple[str, ...] = ()

    menu_group: ClassVar[MenuGroup]
    arithmetic: ClassVar[Arithmetic]
    """How an output number comes about: as a sum of inputs (times weights), the largest of some, a
    product, a copy of one, a function of one, one scaled by what all of them are like, or its share
    in all."""
    rank: ClassVar[int | None]
    """How many axes the maps have that it works on: 3 for video, 2 for images, 0 for flat tensors;
    None: any. Where maps have moments, a layer of rank 2 works on each moment for itself."""
    keeps_channels: ClassVar[bool]
    """Whether output channel (or unit) i is made of channel i wherever as many come out as go in,
    so that its name still holds."""

    has_parameters: ClassVar[bool] = False
    has_kernels: ClassVar[bool] = False
    """Whether weights slide over its input, one kernel per output channel."""
    is_dense: ClassVar[bool] = False
    """Whether every output unit has a weight for every input unit."""
    size_argument: ClassVar[str] = ""
    """The argument that says how many channels or units it puts out, where one does."""
    input_count: ClassVar[tuple[int, int]] = (1, 1)
    """Fewest and most layers it may read."""
    id_stem: ClassVar[str] = ""
    """What new ids of this type begin with; empty means the type's name."""
    argument_order: ClassVar[tuple[str, ...]] = ()
    """Arguments in PyTorch's order, where that is not the order in which they are declared."""
    suggested: ClassVar[Mapping[str, object]] = {}
    """Arguments that a newly added layer has instead of PyTorch's defaults."""
    since: ClassVar[int] = 1
    """The version of the file format that first knew the type."""

    def __post_init__(self) -> None:
        for name, described in arguments_of(type(self)).items():
            if described.counts:
                object.__setattr__(self, name, described.spelt_out(getattr(self, name)))
        object.__setattr__(self, "inputs", tuple(self.inputs))
        object.__setattr__(self, "channel_names", tuple(self.channel_names))

    @property
    def type(self) -> str:
        """The name of the layer's type as files and the screen spell it, which is PyTorch's."""
        return type(self).__name__

    @property
    def groups_of_inputs(self) -> int | None:
        """None where its weight begins with the output channels, as usual.

        Where it begins with the input channels: into how many groups these are divided.
        """
        return None

    @property
    def format_version(self) -> int:
        """The oldest version of the file format that can hold it."""
        told = (
            described.since
            for name, described in arguments_of(type(self)).items()
            if getattr(self, name) != described.default
        )
        return max(self.since, *told, 2 if self.channel_names else 1)

    def usual(self, name: str) -> object:
        """Return the value of an argument that goes without saying, given the others."""
        return arguments_of(type(self))[name].default

    def edited(self, **arguments: Any) -> Self:
        """Return the layer with some arguments changed.

        What cannot stand beside them is changed, too.
        """
        return replace(self, **arguments)

    @property
    def kind(self) -> Arithmetic:
        """How its output numbers come about with these arguments: ``arithmetic`` as a rule."""
        return self.arithmetic

    @abstractmethod
    def output_shape(self, sources: Sequence[Shape]) -> Shape:
        """Return the shape of what it puts out, by PyTorch's arithmetic.

        Raises
        ------
        MisfitError
            If the shapes and the arguments do not fit each other.
        """

    def parameter_shapes(self, sources: Sequence[Shape]) -> dict[str, Shape]:
        """Return the shapes of its parameters by PyTorch's names."""
        return {}

    def multiply_adds(self, sources: Sequence[Shape], shape: Shape) -> int:
        """Return how many numbers are multiplied and added for an output of that shape.

        Biases are left out. Layers that only compare, add up or bend values count as 0.
        """
        return 0

    @abstractmethod
    def gives_negative(self, signed: Sequence[bool]) -> bool:
        """Return whether an output may be below zero.

        Parameters
        ----------
        signed : for each tensor that it reads, whether that has values below zero.
        """

    @abstractmethod
    def reach(self, part: Box, sources: Sequence[Shape], shape: Shape) -> list[Box]:
        """Return the part of each source that a part of the output depends on.

        Parameters
        ----------
        part : of an output of that shape; not empty.
        """


@dataclass(frozen=True, kw_only=True)
class ParametricSpec(LayerSpec):
    """A layer with weights.

    Attributes
    ----------
    initializer, seed : how its weights are drawn. The same seed gives the same weights.
    frozen : True keeps its weights as they are when the network is trained.
    weights_id : names weights that were read from a file or learned instead of drawn; empty means
        drawn. Two layers with the same non-empty ``weights_id`` hold equal weights.
        Not written to files: it is found anew from the tensors' content.
    by_hand : whether somebody has changed weights by hand since they were drawn, read or learned.
    """

    initializer: str = argument("he", "choice", choices=INITIALIZERS, affects_shape=False)
    seed: int = argument(0, "int", minimum=0, maximum=2**31 - 1, affects_shape=False)
    frozen: bool = argument(False, "bool", affects_shape=False, goes_without_saying=True)
    weights_id: str = ""
    by_hand: bool = False

    has_parameters: ClassVar[bool] = True
    first_weights: ClassVar[tuple[str, ...]] = ("initializer", "seed")
    """The arguments that decide what its parameters are before they are learned or read."""
    measured: ClassVar[tuple[str, ...]] = ()
    """The parameters that are measured while learning, not learned: running means."""

    @property
    def constants(self) -> Mapping[str, float]:
        """The parameters that are not drawn, each with the number that it is full of at first."""
        return {"bias": 0.0}

    @property
    def format_version(self) -> int:
        """The oldest version of the file format that can hold it."""
        return max(super().format_version, 2 if self.by_hand else 1)

    @abstractmethod
    def parameter_shapes(self, sources: Sequence[Shape]) -> dict[str, Shape]:
        """Return the shapes of its parameters by PyTorch's names."""

    def edited(self, **arguments: Any) -> Self:
        """First weights take the place of those learned, read from a file or changed by hand."""
        if any(name in self.first_weights for name in arguments):
            arguments = {"weights_id": "", "by_hand": False} | arguments
        return super().edited(**arguments)

    def fans(self, weight: Shape) -> tuple[int, int]:
        """Return how many inputs an output is made of, and how many outputs an input goes into.

        Parameters
        ----------
        weight : the shape of its weight.
        """
        raise NotImplementedError(f"{self.type} has no weight that is drawn")


def shape_text(shape: Sequence[int]) -> str:
    """Return a shape as people write it: ``8x120x160``."""
    return "x".join(map(str, shape))


def whole(shape: Shape) -> Box:
    """Return the part that is all of a tensor."""
    return tuple(map(range, shape))


def require_rank(layer: LayerSpec, sources: Sequence[Shape]) -> None:
    """Raise a MisfitError if a layer reads what has not the axes that it works on."""
    for shape in sources:
        if layer.rank is None or len(shape) == layer.rank + 1 or (layer.rank, len(shape)) == (2, 4):
            continue
        found = text("a flat tensor of {size}", size=shape[0])
        if len(shape) > 1:
            found = text("maps {shape}", shape=shape_text(shape))
        if layer.rank == 0:
            rule = text("must read a flat tensor: add a Flatten before it")
        elif layer.rank == 3:
            rule = text(
                "{type} must read maps of several moments: give the input more frames",
                type=layer.type,
            )
        else:
            rule = text("{type} must read maps", type=layer.type)
        raise MisfitError("", rule, found)


def moments(shape: Shape) -> int:
    """Return how many moments maps have; 1 where they have no axis for time."""
    return shape[1] if len(shape) == 4 else 1
