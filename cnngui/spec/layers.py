"""What a layer is described by: one frozen dataclass each, with PyTorch's argument names.

A description holds no arrays and computes nothing. Values are not checked here, so that a person
may type a wrong one and be told about it: ``spec.shapes`` finds what is wrong, at which field.
"""

from __future__ import annotations

from dataclasses import Field, dataclass, field, fields
from typing import Any, ClassVar, Literal

Pair = tuple[int, int]
"""(height, width). A layer's constructor also takes one int for both."""

Padding = tuple[int, int] | Literal["same", "valid"]

INITIALIZERS = ("he", "xavier", "zeros")

WEIGHT_ARGUMENTS = ("initializer", "seed", "frozen")
"""The arguments that say where a layer's weights come from and whether they may change."""

INPUT_ID = "input"
"""The name under which layers read the network's input."""

ArgumentKind = Literal["int", "float", "bool", "pair", "padding", "choice"]


@dataclass(frozen=True, slots=True)
class Argument:
    """How one argument of a layer may be edited: what an editor or a file reader needs to know.

    Attributes
    ----------
    kind : which editor and which type.
    minimum, maximum : inclusive; for a pair they hold for each of the two numbers.
    choices : for ``kind="choice"``.
    affects_shape : False where neither the output's shape nor a parameter's depends on it.
    """

    kind: ArgumentKind
    minimum: float = 0
    maximum: float = 0
    choices: tuple[str, ...] = ()
    affects_shape: bool = True


def _argument(default: Any, kind: ArgumentKind, **rest: Any) -> Any:
    return field(default=default, metadata={"argument": Argument(kind, **rest)})


def _size(default: int, maximum: int = 1_000_000) -> Any:
    return _argument(default, "int", minimum=1, maximum=maximum)


def _pair(default: int, minimum: int = 1, maximum: int = 4096) -> Any:
    return _argument((default, default), "pair", minimum=minimum, maximum=maximum)


@dataclass(frozen=True, kw_only=True)
class LayerSpec:
    """What every layer has.

    Attributes
    ----------
    id : the layer's name, unique in its network ("conv1").
    inputs : the ids it reads; empty means the layer before (for the first, the network's input).
    enabled : False bypasses the layer: what it reads (of several: the first) passes unchanged.
    """

    id: str
    inputs: tuple[str, ...] = ()
    enabled: bool = True

    has_parameters: ClassVar[bool] = False
    input_count: ClassVar[tuple[int, int]] = (1, 1)
    """Fewest and most layers it may read."""
    id_stem: ClassVar[str] = ""
    """What new ids of this type begin with; empty means the type's name."""

    def __post_init__(self) -> None:
        for name, argument in arguments_of(type(self)).items():
            value = getattr(self, name)
            if argument.kind in ("pair", "padding"):
                if isinstance(value, int):
                    object.__setattr__(self, name, (value, value))
                elif isinstance(value, list):
                    object.__setattr__(self, name, tuple(value))
        object.__setattr__(self, "inputs", tuple(self.inputs))

    @property
    def type(self) -> str:
        """The name of the layer's type as files and the screen spell it ("Conv2d")."""
        return type(self).__name__


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
    """

    initializer: str = _argument("he", "choice", choices=INITIALIZERS, affects_shape=False)
    seed: int = _argument(0, "int", minimum=0, maximum=2**31 - 1, affects_shape=False)
    frozen: bool = _argument(False, "bool", affects_shape=False)
    weights_id: str = ""

    has_parameters: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class Conv2d(ParametricSpec):
    """2-D convolution (cross-correlation).

    Parameters ``weight`` ``(out_channels, in_channels / groups, kh, kw)`` and ``bias``
    ``(out_channels,)``.
    """

    id_stem: ClassVar[str] = "conv"

    out_channels: int = _size(8)
    kernel_size: Pair = _pair(3)
    stride: Pair = _pair(1)
    padding: Padding = _argument((0, 0), "padding", minimum=0, maximum=4096)
    dilation: Pair = _pair(1)
    groups: int = _size(1)
    bias: bool = _argument(True, "bool")


@dataclass(frozen=True, kw_only=True)
class MaxPool2d(LayerSpec):
    """The largest value of each window."""

    id_stem: ClassVar[str] = "pool"

    kernel_size: Pair = _pair(2)
    stride: Pair = _pair(2)
    padding: Pair = _pair(0, minimum=0)
    ceil_mode: bool = _argument(False, "bool")


@dataclass(frozen=True, kw_only=True)
class AvgPool2d(LayerSpec):
    """The mean of each window."""

    id_stem: ClassVar[str] = "pool"

    kernel_size: Pair = _pair(2)
    stride: Pair = _pair(2)
    padding: Pair = _pair(0, minimum=0)
    ceil_mode: bool = _argument(False, "bool")
    count_include_pad: bool = _argument(True, "bool", affects_shape=False)


@dataclass(frozen=True, kw_only=True)
class GlobalAvgPool2d(LayerSpec):
    """The mean of each whole map: ``(C, H, W)`` to ``(C, 1, 1)``."""

    id_stem: ClassVar[str] = "pool"


@dataclass(frozen=True, kw_only=True)
class BatchNorm2d(ParametricSpec):
    """Normalises each channel by its running mean and variance, then scales and shifts it.

    Parameters ``weight``, ``bias``, ``running_mean``, ``running_var``, each ``(C,)``; drawn ones
    are 1, 0, 0, 1 whatever the initializer.
    """

    id_stem: ClassVar[str] = "bn"

    eps: float = _argument(1e-5, "float", minimum=1e-12, maximum=1.0, affects_shape=False)
    momentum: float = _argument(0.1, "float", minimum=0.0, maximum=1.0, affects_shape=False)


@dataclass(frozen=True, kw_only=True)
class ReLU(LayerSpec):
    """max(0, x)."""


@dataclass(frozen=True, kw_only=True)
class LeakyReLU(LayerSpec):
    """x where positive, ``negative_slope`` times x elsewhere."""

    negative_slope: float = _argument(0.01, "float", minimum=0.0, maximum=10.0, affects_shape=False)


@dataclass(frozen=True, kw_only=True)
class Sigmoid(LayerSpec):
    """1 / (1 + exp(-x))."""


@dataclass(frozen=True, kw_only=True)
class Tanh(LayerSpec):
    """Hyperbolic tangent."""


@dataclass(frozen=True, kw_only=True)
class SiLU(LayerSpec):
    """x times sigmoid(x)."""


@dataclass(frozen=True, kw_only=True)
class Softmax(LayerSpec):
    """exp(x) over channels, made to sum to 1 (at each position of a map)."""


@dataclass(frozen=True, kw_only=True)
class Dropout(LayerSpec):
    """Drops units with probability ``p`` in training; passes everything otherwise."""

    p: float = _argument(0.5, "float", minimum=0.0, maximum=0.99, affects_shape=False)


@dataclass(frozen=True, kw_only=True)
class Flatten(LayerSpec):
    """``(C, H, W)`` to ``(C * H * W,)``, channel by channel, row by row."""


@dataclass(frozen=True, kw_only=True)
class Linear(ParametricSpec):
    """Fully connected; reads a flat tensor.

    Parameters ``weight`` ``(out_features, in_features)`` and ``bias`` ``(out_features,)``.
    """

    out_features: int = _size(10)
    bias: bool = _argument(True, "bool")


@dataclass(frozen=True, kw_only=True)
class Add(LayerSpec):
    """The sum of tensors of one shape."""

    input_count: ClassVar[tuple[int, int]] = (2, 16)


@dataclass(frozen=True, kw_only=True)
class Concat(LayerSpec):
    """The channels of several tensors, one after the other."""

    input_count: ClassVar[tuple[int, int]] = (2, 16)


LAYER_TYPES: dict[str, type[LayerSpec]] = {
    layer_type.__name__: layer_type
    for layer_type in (
        Conv2d,
        MaxPool2d,
        AvgPool2d,
        GlobalAvgPool2d,
        BatchNorm2d,
        ReLU,
        LeakyReLU,
        Sigmoid,
        Tanh,
        SiLU,
        Softmax,
        Dropout,
        Flatten,
        Linear,
        Add,
        Concat,
    )
}
"""Every layer type by name, in the order in which a menu shows them."""


def arguments_of(layer_type: type[LayerSpec]) -> dict[str, Argument]:
    """Return the editable arguments of a layer type in PyTorch's order, its weights' last."""

    def weights_last(item: Field[Any]) -> bool:
        return item.name in WEIGHT_ARGUMENTS

    found = [item for item in fields(layer_type) if "argument" in item.metadata]
    return {item.name: item.metadata["argument"] for item in sorted(found, key=weights_last)}
