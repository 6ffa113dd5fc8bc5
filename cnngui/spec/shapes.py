"""The only place that computes output shapes, and says why there is none.

Shapes follow PyTorch's arithmetic exactly and leave out the batch: ``(C, H, W)`` for maps,
``(F,)`` for flat tensors.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from math import prod
from types import MappingProxyType

from cnngui.errors import NetworkError, Words
from cnngui.spec.checks import Problem, description_problems, shown
from cnngui.spec.layers import (
    INPUT_ID,
    Add,
    AvgPool2d,
    BatchNorm2d,
    Concat,
    Conv2d,
    Flatten,
    GlobalAvgPool2d,
    LayerSpec,
    Linear,
    MaxPool2d,
    Pair,
)
from cnngui.spec.network import NetworkSpec

Shape = tuple[int, ...]

MAX_TENSOR_VALUES = 2**27
"""Values of one tensor: 512 MiB as float32. A padded input counts as a tensor too."""
MAX_ALL_VALUES = 2**29
"""Values of all layers' outputs together: 2 GiB as float32."""
MAX_PARAMETERS = 2**27
"""Parameters of all layers together: 512 MiB as float32."""


@dataclass(frozen=True, eq=False)
class ShapeReport:
    """What is known about a network's shapes.

    Attributes
    ----------
    shapes : by layer id, "input" included; only of layers that have one.
    problems : everything that is wrong, in the order of the layers.
    parameters : by layer id and PyTorch's parameter name; every layer with a shape is in it.
    """

    shapes: Mapping[str, Shape]
    problems: tuple[Problem, ...]
    parameters: Mapping[str, Mapping[str, Shape]]

    @property
    def is_valid(self) -> bool:
        """Whether the network can be computed."""
        return not self.problems

    def problems_of(self, layer_id: str) -> tuple[Problem, ...]:
        """Return the problems of one layer, or of "input"."""
        return tuple(problem for problem in self.problems if problem.layer_id == layer_id)

    def raise_if_invalid(self) -> None:
        """Raise a NetworkError that tells the first problem, if there is any."""
        for problem in self.problems:
            raise NetworkError(problem.thing, problem.rule, problem.got)


_INPUT_SIZES = tuple(f"{INPUT_ID}.{field}" for field in ("channels", "height", "width"))


class _MisfitError(Exception):
    """The shapes do not fit: at which field, the rule, what was found."""

    def __init__(self, field: str, rule: Words, got: Words = "") -> None:
        super().__init__(field, rule, got)
        self.field, self.rule, self.got = field, rule, got


def shape_text(shape: Shape) -> str:
    """Return a shape as people write it: ``8x120x160``."""
    return "x".join(map(str, shape))


def infer(network: NetworkSpec) -> ShapeReport:
    """Return every layer's output shape and everything that is wrong.

    A layer that reads one without a shape gets none either, but no problem for that: the problem
    is where it began.
    """
    # The problems are part of the key: a network with 8.0 channels equals one with 8.
    return _infer(network, tuple(description_problems(network)))


@lru_cache(maxsize=256)
def _infer(network: NetworkSpec, own_problems: tuple[Problem, ...]) -> ShapeReport:
    problems = list(own_problems)
    faulty = {problem.layer_id for problem in problems}
    shapes: dict[str, Shape | None] = {INPUT_ID: network.input.shape}
    if any(problem.thing in _INPUT_SIZES for problem in problems):
        shapes[INPUT_ID] = None
    parameters: dict[str, dict[str, Shape]] = {}
    budget = _Budget()
    for index, layer in enumerate(network.layers):
        shapes.setdefault(layer.id, None)
        if layer.id in faulty:
            continue
        try:
            sources = _sources(network, index, shapes)
            known = [shape for shape in sources if shape is not None]
            if len(known) < len(sources):
                continue
            shape = _output_shape(layer, known)
            sizes = _kept_parameters(layer, known)
            budget.spend(layer, shape, sizes)
            shapes[layer.id], parameters[layer.id] = shape, sizes
        except _MisfitError as fault:
            problems.append(Problem(layer.id, fault.field, fault.rule, fault.got))
    places = {INPUT_ID: -1} | {layer.id: place for place, layer in enumerate(network.layers)}
    problems.sort(key=lambda problem: places.get(problem.layer_id, len(places)))
    found = {layer_id: shape for layer_id, shape in shapes.items() if shape is not None}
    # Read-only, since the report is cached and so shared.
    return ShapeReport(MappingProxyType(found), tuple(problems), MappingProxyType(parameters))


def parameter_shapes(layer: LayerSpec, in_shape: Shape) -> dict[str, Shape]:
    """Return the shapes of a layer's parameters by PyTorch's names, bypassed or not."""
    match layer:
        case Conv2d():
            weight = (layer.out_channels, in_shape[0] // layer.groups, *layer.kernel_size)
            return {"weight": weight} | ({"bias": (layer.out_channels,)} if layer.bias else {})
        case Linear():
            matrix = (layer.out_features, in_shape[0])
            return {"weight": matrix} | ({"bias": (layer.out_features,)} if layer.bias else {})
        case BatchNorm2d():
            names = ("weight", "bias", "running_mean", "running_var")
            return dict.fromkeys(names, (in_shape[0],))
        case _:
            return {}


def _kept_parameters(layer: LayerSpec, sources: list[Shape]) -> dict[str, Shape]:
    """Return the shapes of what a layer holds. A bypassed one keeps its weights while they fit."""
    if not layer.enabled:
        try:
            _output_shape(replace(layer, enabled=True), sources)
        except _MisfitError:
            return {}
    return parameter_shapes(layer, sources[0])


def same_padding(kernel_size: Pair, dilation: Pair = (1, 1)) -> tuple[Pair, Pair]:
    """Return ``((top, bottom), (left, right))`` that keep the size at stride 1.

    Where the total is odd, the greater half is below and on the right, as in PyTorch.
    """
    height, width = (
        distance * (size - 1) for size, distance in zip(kernel_size, dilation, strict=True)
    )
    return (height // 2, height - height // 2), (width // 2, width - width // 2)


def conv_padding(layer: Conv2d) -> tuple[Pair, Pair]:
    """Return a convolution's padding as ``((top, bottom), (left, right))``, names spelt out."""
    if layer.padding == "same":
        return same_padding(layer.kernel_size, layer.dilation)
    height, width = (0, 0) if layer.padding == "valid" else layer.padding
    return (height, height), (width, width)


class _Budget:
    """What a network has taken of the memory that it may take."""

    def __init__(self) -> None:
        self.values = 0
        self.parameters = 0

    def spend(self, layer: LayerSpec, shape: Shape, parameters: Mapping[str, Shape]) -> None:
        self.values += prod(shape)
        self.parameters += sum(map(prod, parameters.values()))
        if self.values > MAX_ALL_VALUES:
            rule = f"all layers together must give at most {MAX_ALL_VALUES:,} values"
            raise _MisfitError("", rule, f"{self.values:,} up to here")
        if self.parameters > MAX_PARAMETERS:
            rule = f"all layers together must have at most {MAX_PARAMETERS:,} parameters"
            raise _MisfitError(_size_field(layer), rule, f"{self.parameters:,} up to here")


def _size_field(layer: LayerSpec) -> str:
    """The argument that makes a layer large."""
    return {Conv2d: "out_channels", Linear: "out_features"}.get(type(layer), "")


def _sources(
    network: NetworkSpec, index: int, shapes: Mapping[str, Shape | None]
) -> list[Shape | None]:
    """Return the shapes of what the layer at ``index`` reads, all earlier ones being in shapes."""
    layer = network.layers[index]
    names = network.inputs_of(index)
    fewest, most = layer.input_count
    if not fewest <= len(names) <= most and layer.enabled:
        count = f"{fewest} to {most} layers" if most > fewest else "one layer"
        raise _MisfitError("inputs", f"must read {count}", str(len(names)))
    for name in names:
        if name == layer.id:
            raise _MisfitError("inputs", "must name layers that come before it", f"{name} itself")
        if name not in shapes:
            fault = "comes after it" if name in network else "does not exist"
            raise _MisfitError(
                "inputs", "must name layers that come before it", f"{shown(name)}, which {fault}"
            )
    return [shapes[name] for name in names]


def _output_shape(layer: LayerSpec, sources: list[Shape]) -> Shape:
    shape = sources[0]
    if not layer.enabled:
        return shape
    match layer:
        case Conv2d():
            out = _conv_shape(layer, _maps(layer, shape))
        case MaxPool2d() | AvgPool2d():
            out = _pool_shape(layer, _maps(layer, shape))
        case GlobalAvgPool2d():
            out = (_maps(layer, shape)[0], 1, 1)
        case BatchNorm2d():
            out = _maps(layer, shape)
        case Flatten():
            out = (prod(shape),)
        case Linear():
            if len(shape) != 1:
                rule = "must read a flat tensor: add a Flatten before it"
                raise _MisfitError("", rule, f"maps {shape_text(shape)}")
            out = (layer.out_features,)
        case Add():
            if len(set(sources)) > 1:
                found = " and ".join(map(shape_text, sources))
                raise _MisfitError("inputs", "must all have one shape", found)
            out = shape
        case Concat():
            if len({source[1:] for source in sources}) > 1:
                found = " and ".join(map(shape_text, sources))
                raise _MisfitError("inputs", "must all have one height and width", found)
            out = (sum(source[0] for source in sources), *shape[1:])
        case _:
            out = shape
    if prod(out) > MAX_TENSOR_VALUES:
        rule = f"must give at most {MAX_TENSOR_VALUES:,} values"
        raise _MisfitError(_size_field(layer), rule, f"{prod(out):,} ({shape_text(out)})")
    return out


def _maps(layer: LayerSpec, shape: Shape) -> Shape:
    if len(shape) != 3:
        raise _MisfitError("", f"{layer.type} must read maps", f"a flat tensor of {shape[0]}")
    return shape


def _conv_shape(layer: Conv2d, shape: Shape) -> Shape:
    channels, height, width = shape
    if layer.padding == "same" and layer.stride != (1, 1):
        raise _MisfitError("padding", "same needs a stride of 1", shape_text(layer.stride))
    for what, count in (("channels it reads", channels), ("out_channels", layer.out_channels)):
        if count % layer.groups:
            rule = f"must divide the {count} {what}"
            raise _MisfitError("groups", rule, str(layer.groups))
    (top, bottom), (left, right) = conv_padding(layer)
    padded = (height + top + bottom, width + left + right)
    _refuse_large_padding(channels, padded)
    reach = tuple(
        distance * (size - 1) + 1
        for size, distance in zip(layer.kernel_size, layer.dilation, strict=True)
    )
    if any(size > room for size, room in zip(reach, padded, strict=True)):
        found = shape_text(layer.kernel_size)
        if reach != layer.kernel_size:
            found += f" dilated to {shape_text(reach)}"
        raise _kernel_too_large(padded, found)
    rows, columns = (
        (room - size) // step + 1
        for room, size, step in zip(padded, reach, layer.stride, strict=True)
    )
    return layer.out_channels, rows, columns


def _pool_shape(layer: MaxPool2d | AvgPool2d, shape: Shape) -> Shape:
    if any(2 * pad > size for pad, size in zip(layer.padding, layer.kernel_size, strict=True)):
        rule = f"must be at most half the kernel {shape_text(layer.kernel_size)}"
        raise _MisfitError("padding", rule, shape_text(layer.padding))
    channels, *sides = shape
    padded = tuple(side + 2 * pad for side, pad in zip(sides, layer.padding, strict=True))
    _refuse_large_padding(channels, padded)
    counts = [
        _window_count(*numbers, ceil_mode=layer.ceil_mode)
        for numbers in zip(sides, layer.kernel_size, layer.stride, layer.padding, strict=True)
    ]
    if min(counts) < 1:
        raise _kernel_too_large(padded, shape_text(layer.kernel_size))
    return channels, *counts


def _window_count(side: int, size: int, step: int, pad: int, *, ceil_mode: bool) -> int:
    count = (side + 2 * pad - size + (step - 1 if ceil_mode else 0)) // step + 1
    # A last window that would begin in the far padding is left out.
    return count - 1 if ceil_mode and (count - 1) * step >= side + pad else count


def _refuse_large_padding(channels: int, padded: Shape) -> None:
    values = channels * prod(padded)
    if values > MAX_TENSOR_VALUES:
        rule = f"must leave the padded input with at most {MAX_TENSOR_VALUES:,} values"
        raise _MisfitError("padding", rule, f"{values:,}")


def _kernel_too_large(padded: Shape, found: str) -> _MisfitError:
    rule = f"must not be larger than its padded input {shape_text(padded)}"
    return _MisfitError("kernel_size", rule, found)
