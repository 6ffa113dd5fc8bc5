"""How the arguments of layers are declared: with what an editor or a file reader needs to know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields, replace
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from cnngui.spec.layers.base import LayerSpec

WEIGHT_ARGUMENTS = ("initializer", "seed", "frozen")
"""The arguments that say where a layer's weights come from and whether they may change."""

ArgumentKind = Literal[
    "int", "float", "bool", "choice", "sizes", "factors", "padding", "sides", "shape"
]


@dataclass(frozen=True, slots=True)
class Argument:
    """How one argument of a layer may be edited.

    Attributes
    ----------
    kind : which editor and which type. ``sizes`` are whole numbers, one per axis of a map, time
        or height first, ``factors`` floats. ``sides`` are whole numbers, two per axis in PyTorch's
        order of ``F.pad``: left, right, top, bottom, first and last moment. ``padding`` is sizes,
        sides, "same" or "valid".
        ``shape`` is one whole number for a flat tensor, or channels, height and width for maps,
        with time before the height for maps of several moments.
    minimum, maximum : inclusive; they hold for each of several numbers.
    choices : for ``kind="choice"``.
    affects_shape : False where neither the output's shape nor a parameter's depends on it.
    rank : how many axes a map has, for kinds with a number per axis. ``arguments_of`` fills it in.
    is_optional : whether it may be None.
    since : the version of the file format that first knew it.
    goes_without_saying : whether files leave it out where it has its default.
    default : what it is where nothing is said. ``arguments_of`` fills it in.
    """

    kind: ArgumentKind
    minimum: float = 0
    maximum: float = 0
    choices: tuple[str, ...] = ()
    affects_shape: bool = True
    rank: int = 2
    is_optional: bool = False
    since: int = 1
    goes_without_saying: bool = False
    default: object = None

    @property
    def counts(self) -> tuple[int, ...]:
        """How many numbers its value may hold; of one that is not several numbers: none."""
        match self.kind:
            case "sizes" | "factors":
                return (self.rank,)
            case "sides":
                return (2 * self.rank,)
            case "padding":
                return (self.rank, 2 * self.rank)
            case "shape":
                return (1, self.rank + 1, self.rank + 2)
            case _:
                return ()

    def spelt_out(self, value: object) -> object:
        """Return a value with one number given for all of several written as often as it holds."""
        if self.counts and isinstance(value, int | float):
            return (value,) * self.counts[0]
        return tuple(value) if self.counts and isinstance(value, list) else value


def argument(default: Any, kind: ArgumentKind, **rest: Any) -> Any:
    """Return a dataclass field that is an argument; ``rest`` as in ``Argument``."""
    return field(default=default, metadata={"argument": Argument(kind, **rest)})


def count(default: int, maximum: int = 1_000_000) -> Any:
    """Return a field for a number of channels, units or groups."""
    return argument(default, "int", minimum=1, maximum=maximum)


def sizes(default: int, minimum: int = 1, maximum: int = 4096, **rest: Any) -> Any:
    """Return a field for one whole number per axis, ``default`` for each."""
    return argument(default, "sizes", minimum=minimum, maximum=maximum, **rest)


@cache
def arguments_of(layer_type: type[LayerSpec]) -> Mapping[str, Argument]:
    """Return the editable arguments of a layer type in PyTorch's order, its weights' last."""
    order = layer_type.argument_order

    def place(item: Field[Any]) -> tuple[bool, int]:
        told = order.index(item.name) if item.name in order else len(order)
        return item.name in WEIGHT_ARGUMENTS, told

    found = {}
    for item in sorted(fields(layer_type), key=place):
        if "argument" in item.metadata:
            described = item.metadata["argument"]
            described = replace(described, rank=layer_type.rank or described.rank)
            found[item.name] = replace(described, default=described.spelt_out(item.default))
    return MappingProxyType(found)
