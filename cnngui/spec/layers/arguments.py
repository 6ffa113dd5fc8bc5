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

ArgumentKind = Literal["int", "float", "bool", "choice", "sizes", "padding"]


@dataclass(frozen=True, slots=True)
class Argument:
    """How one argument of a layer may be edited.

    Attributes
    ----------
    kind : which editor and which type. ``sizes`` are whole numbers, one per axis of a map, height
        first; ``padding`` is that, or "same", or "valid".
    minimum, maximum : inclusive; they hold for each of several numbers.
    choices : for ``kind="choice"``.
    affects_shape : False where neither the output's shape nor a parameter's depends on it.
    rank : how many axes a map has, for kinds with a number per axis. ``arguments_of`` fills it in.
    goes_without_saying : whether files leave it out where it has its default.
    default : what it is where nothing is said. ``arguments_of`` fills it in.
    """

    kind: ArgumentKind
    minimum: float = 0
    maximum: float = 0
    choices: tuple[str, ...] = ()
    affects_shape: bool = True
    rank: int = 2
    goes_without_saying: bool = False
    default: object = None

    @property
    def holds_numbers(self) -> bool:
        """Whether its value is a tuple, for which one number may be given that holds for all."""
        return self.kind in ("sizes", "padding")

    def spelt_out(self, value: object) -> object:
        """Return a value with one number given for all of several written as often as it holds."""
        if not self.holds_numbers:
            return value
        if isinstance(value, int):
            return (value,) * self.rank
        return tuple(value) if isinstance(value, list) else value


def argument(default: Any, kind: ArgumentKind, **rest: Any) -> Any:
    """Return a dataclass field that is an argument; ``rest`` as in ``Argument``."""
    return field(default=default, metadata={"argument": Argument(kind, **rest)})


def count(default: int, maximum: int = 1_000_000) -> Any:
    """Return a field for a number of channels, units or groups."""
    return argument(default, "int", minimum=1, maximum=maximum)


def sizes(default: int, minimum: int = 1, maximum: int = 4096) -> Any:
    """Return a field for one whole number per axis, ``default`` for each."""
    return argument(default, "sizes", minimum=minimum, maximum=maximum)


@cache
def arguments_of(layer_type: type[LayerSpec]) -> Mapping[str, Argument]:
    """Return the editable arguments of a layer type in PyTorch's order, its weights' last."""

    def weights_last(item: Field[Any]) -> bool:
        return item.name in WEIGHT_ARGUMENTS

    found = {}
    for item in sorted(fields(layer_type), key=weights_last):
        if "argument" in item.metadata:
            described = replace(item.metadata["argument"], rank=layer_type.rank or 0)
            found[item.name] = replace(described, default=described.spelt_out(item.default))
    return MappingProxyType(found)
