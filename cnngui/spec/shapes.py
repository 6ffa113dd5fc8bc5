"""Walks over a network and collects the shapes of its layers, and why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from math import prod
from types import MappingProxyType

from cnngui.errors import NetworkError, text
from cnngui.spec import limits
from cnngui.spec.checks import Problem, description_problems, shown
from cnngui.spec.layers import (
    INPUT_ID,
    LayerSpec,
    MisfitError,
    Shape,
    require_rank,
    shape_text,
)
from cnngui.spec.network import InputSpec, NetworkSpec
from cnngui.spec.remembering import remembered

__all__ = ["Shape", "ShapeReport", "infer", "shape_text"]


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


_INPUT_SIZES = tuple(f"{INPUT_ID}.{field}" for field in ("channels", "height", "width", "frames"))


def infer(network: NetworkSpec) -> ShapeReport:
    """Return every layer's output shape and everything that is wrong.

    A layer that reads one without a shape gets none either, but no problem for that: the problem
    is where it began.
    """
    return _inferred(network, limits.most_bytes())


@remembered
def _inferred(network: NetworkSpec, most_bytes: int) -> ShapeReport:
    # The problems are part of the key: a network with 8.0 channels equals one with 8.
    return _infer(network, tuple(description_problems(network)), most_bytes)


@lru_cache(maxsize=256)
def _infer(network: NetworkSpec, own_problems: tuple[Problem, ...], most_bytes: int) -> ShapeReport:
    problems = list(own_problems)
    faulty = {problem.layer_id for problem in problems}
    shapes: dict[str, Shape | None] = {INPUT_ID: network.input.shape}
    if any(problem.thing in _INPUT_SIZES for problem in problems):
        shapes[INPUT_ID] = None
    elif fault := _too_much_of_the_input(network.input):
        shapes[INPUT_ID] = None
        problems.append(fault)
    parameters: dict[str, dict[str, Shape]] = {}
    budget = _Budget(most_bytes)
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
        except MisfitError as fault:
            problems.append(Problem(layer.id, fault.field, fault.rule, fault.got))
    places = {INPUT_ID: -1} | {layer.id: place for place, layer in enumerate(network.layers)}
    problems.sort(key=lambda problem: places.get(problem.layer_id, len(places)))
    found = {layer_id: shape for layer_id, shape in shapes.items() if shape is not None}
    # Read-only, since the report is cached and so shared.
    return ShapeReport(MappingProxyType(found), tuple(problems), MappingProxyType(parameters))


def _too_much_of_the_input(described: InputSpec) -> Problem | None:
    """Return what is wrong with an input for which there is not enough memory."""
    if prod(described.shape) > limits.most_values():
        got = f"{prod(described.shape):,} ({shape_text(described.shape)})"
        return Problem(INPUT_ID, "frames", limits.values_rule(), got)
    held = described.held_frames * described.channels * described.height * described.width
    if described.frames > 1 and held > limits.most_bytes():
        rule = text(
            "must reach over no more than {most:,} MB of frames, for which there is memory",
            most=limits.most_megabytes(),
        )
        return Problem(INPUT_ID, "frame_step", rule, f"{held // 1_000_000:,} MB")
    return None


def _kept_parameters(layer: LayerSpec, sources: list[Shape]) -> dict[str, Shape]:
    """Return the shapes of what a layer holds. A bypassed one keeps its weights while they fit."""
    if not layer.enabled:
        fewest, most = layer.input_count
        if not fewest <= len(sources) <= most:
            return {}
        try:
            _output_shape(replace(layer, enabled=True), sources)
        except MisfitError:
            return {}
    return layer.parameter_shapes(sources)


class _Budget:
    """What a network has taken of the memory that it may take."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._values = 0

    def spend(self, layer: LayerSpec, shape: Shape, parameters: Mapping[str, Shape]) -> None:
        count = sum(map(prod, parameters.values()))
        self._values += prod(shape) + limits.WEIGHT_COPIES * count
        if limits.BYTES_PER_VALUE * self._values > self._most_bytes:
            rule = text(
                "maps and weights (twice) of all layers must fit into {most:,} MB, which is what "
                "the free memory allows",
                most=limits.most_megabytes(),
            )
            found = text("{count:,} MB up to here", count=limits.megabytes_of(self._values))
            field = layer.size_argument if count > prod(shape) else ""
            raise MisfitError(field, rule, found)


def _sources(
    network: NetworkSpec, index: int, shapes: Mapping[str, Shape | None]
) -> list[Shape | None]:
    """Return the shapes of what the layer at ``index`` reads, all earlier ones being in shapes."""
    layer = network.layers[index]
    names = network.inputs_of(index)
    fewest, most = layer.input_count
    if not fewest <= len(names) <= most and layer.enabled:
        rule = text("must read one layer")
        if most > fewest:
            rule = text("must read {fewest} to {most} layers", fewest=fewest, most=most)
        raise MisfitError("inputs", rule, str(len(names)))
    for name in names:
        if name in shapes and name != layer.id:
            continue
        if name == layer.id:
            found = text("{layer} itself", layer=name)
        elif name in network:
            found = text("{layer}, which comes after it", layer=shown(name))
        else:
            found = text("{layer}, which does not exist", layer=shown(name))
        raise MisfitError("inputs", text("must name layers that come before it"), found)
    return [shapes[name] for name in names]


def _output_shape(layer: LayerSpec, sources: list[Shape]) -> Shape:
    if not layer.enabled:
        return sources[0]
    require_rank(layer, sources)
    shape = layer.output_shape(sources)
    if prod(shape) > limits.most_values():
        found = f"{prod(shape):,} ({shape_text(shape)})"
        raise MisfitError(layer.size_argument, limits.values_rule(), found)
    return shape
