"""One output number, taken apart: what was read, what it was multiplied by, what came of it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnngui.explain import values, windows  # noqa: F401  they fill TAPS
from cnngui.explain.functions import curve_of
from cnngui.explain.taps import TAPS, Taps, Unit, copied, of_one_moment, one_each
from cnngui.spec.layers import LayerSpec, Normalisation
from cnngui.spec.network import NetworkSpec
from cnngui.spec.shapes import infer

Values = NDArray[np.float64]
Moments = tuple[float, float]
"""Mean and variance, divided by the count, of what a normalisation looks at."""


@dataclass(frozen=True)
class Subtotal:
    """The sum of the terms that read one channel of one input."""

    source: str
    channel: int
    value: float


@dataclass(frozen=True, eq=False)
class Question:
    """A number that somebody asks about: where it is, and so which numbers make it.

    Attributes
    ----------
    layer : its layer.
    kind : the kind of arithmetic; a bypassed layer copies.
    channel, at : where it is: ``at`` is (y, x), of maps of several moments (t, y, x), of flat
        tensors ``()``.
    sources : the ids that the layer reads, as its terms count them.
    taps : the terms.
    """

    layer: LayerSpec
    kind: str
    channel: int
    at: tuple[int, ...]
    sources: tuple[str, ...]
    taps: Taps

    def read(self, source: str, view: NDArray[Any]) -> tuple[dict[int, Values], Moments | None]:
        """Return what of one input belongs to the number: little, and fresh.

        To be called while the view is valid.

        Parameters
        ----------
        source : the id of what is read; a layer may read one twice.
        view : ``(C, *sizes)`` or ``(F,)``.

        Returns
        -------
        The values of the terms by place among the inputs, and the moments that a normalisation
        takes of the first input; None where none are taken.
        """
        places = [place for place, name in enumerate(self.sources) if name == source]
        found = {place: self.taps.read(place, view) for place in places}
        moments = None
        if self.taps.over is not None and 0 in places:
            part = np.asarray(view[self.taps.over], np.float64)
            moments = float(part.mean()), float(part.var())
        return found, moments

    def weights(self, parameters: Mapping[str, NDArray[Any]]) -> Values:
        """Return what each term is multiplied by, float64 ``(n,)``.

        Parameters
        ----------
        parameters : the layer's, by name.
        """
        if self.taps.weight is None:
            return np.ones(len(self.taps)) if self.taps.factor is None else self.taps.factor
        name, index = self.taps.weight
        return np.asarray(parameters[name][index], np.float64)

    def pick(self, view: NDArray[Any]) -> float:
        """Return the number itself from its layer's output ``(C, *sizes)`` or ``(F,)``."""
        return float(view[(self.channel, *self.at)])


def ask(network: NetworkSpec, layer_id: str, channel: int, at: Sequence[int]) -> Question:
    """Return which numbers make one number of a layer's output.

    Raises
    ------
    KeyError
        The layer does not exist or has no shape.
    IndexError
        The layer has no such channel or place.
    """
    report = infer(network)
    index = network.index_of(layer_id)
    layer, shape = network.layers[index], report.shapes[layer_id]
    sources = network.inputs_of(index)
    where = (channel, *at)
    if len(where) != len(shape) or not all(
        0 <= place < size for place, size in zip(where, shape, strict=True)
    ):
        raise IndexError(f"{layer_id} has no {where}")
    unit = Unit(layer, tuple(report.shapes[name] for name in sources), shape, channel, tuple(at))
    kind = layer.kind if layer.enabled else "copy"
    return Question(layer, kind, channel, tuple(at), sources, _taps(unit))


def _taps(unit: Unit) -> Taps:
    layer: LayerSpec = unit.layer
    if not layer.enabled:
        return copied(0, unit.channel, unit.at)
    if type(layer) in TAPS:
        function = TAPS[type(layer)]
        is_of_one_moment = layer.rank == 2 and len(unit.shape) == 4
        return of_one_moment(unit, function) if is_of_one_moment else function(unit)
    # Curves, normalisation, Dropout: the value at the same place.
    over = None
    if isinstance(layer, Normalisation) and not layer.measured:
        box = tuple(range(place, place + 1) for place in (unit.channel, *unit.at))
        (part,) = layer.reach(box, unit.sources, unit.shape)
        over = tuple(slice(along.start, along.stop) for along in part)
    return one_each(unit, [0], [unit.channel], factor=np.ones(1), over=over)


@dataclass(frozen=True, eq=False)
class Number:
    """One output number with all that makes it.

    Attributes
    ----------
    question : where it is and which terms it has.
    value : what the engine computed.
    inputs : float64 ``(n,)``, what each term reads; padding as what it counts as.
    weights : float64 ``(n,)``, what each is multiplied by.
    bias : what is added at the end; None where nothing is.
    facts : further numbers of the formula, by name: a curve's arguments, a normalisation's mean,
        variance, eps, weight and bias.
    """

    question: Question
    value: float
    inputs: Values
    weights: Values
    bias: float | None
    facts: Mapping[str, float] = field(default_factory=dict)

    @cached_property
    def products(self) -> Values:
        """float64 ``(n,)``: a term's share of a sum. Padding that is minus infinity stays it."""
        with np.errstate(invalid="ignore", over="ignore"):
            return self.inputs * self.weights

    @cached_property
    def sum(self) -> float:
        """What the terms give in float64, without the bias.

        Of a sum their sum; else what the layer's own arithmetic makes of them.
        """
        with np.errstate(all="ignore"):
            match self.question.kind:
                case "sum":
                    return (
                        math.fsum(self.products) if self._is_finite else float(sum(self.products))
                    )
                case "max":
                    return float(np.max(self.inputs))
                case "product":
                    return float(np.prod(self.inputs))
                case "copy":
                    return float(self.inputs[0])
                case "softmax":
                    return float(self.shares[self.question.channel])
                case "normalise":
                    return self._normalised
                case _:
                    x = float(self.inputs[0])
                    if math.isnan(x):
                        return x
                    return curve_of(self.question.layer).value(x, self.facts)

    @cached_property
    def _is_finite(self) -> bool:
        return bool(np.isfinite(self.products).all())

    @cached_property
    def exponentials(self) -> Values:
        """float64 ``(n,)``: of a softmax, exp of each value less the largest."""
        with np.errstate(all="ignore"):
            return np.exp(self.inputs - np.max(self.inputs))

    @cached_property
    def shares(self) -> Values:
        """float64 ``(n,)``: of a softmax, each exponential's part of their sum."""
        with np.errstate(all="ignore"):
            return self.exponentials / self.exponentials.sum()

    @property
    def _normalised(self) -> float:
        facts = self.facts
        centred = float(self.inputs[0]) - facts["mean"]
        scaled = centred / np.sqrt(facts["variance"] + facts["eps"])
        return float(scaled * facts.get("weight", 1.0) + facts.get("bias", 0.0))

    @cached_property
    def largest(self) -> tuple[int, ...]:
        """The terms that are the largest, all of equal ones; of a maximum only."""
        if self.question.kind != "max":
            return ()
        top = np.max(self.inputs)
        return tuple(np.flatnonzero(self.inputs == top).tolist())

    @cached_property
    def subtotals(self) -> tuple[Subtotal, ...]:
        """What each channel of each input adds to a sum, in the order of the terms."""
        if self.question.kind != "sum":
            return ()
        taps = self.question.taps
        sums: dict[tuple[int, int], float] = {}
        for source, channel, product in zip(
            taps.source.tolist(), taps.channel.tolist(), self.products.tolist(), strict=True
        ):
            sums[source, channel] = sums.get((source, channel), 0.0) + product
        names = self.question.sources
        return tuple(
            Subtotal(names[source], channel, value) for (source, channel), value in sums.items()
        )


def answer(
    question: Question,
    value: float,
    read: Mapping[int, Values],
    moments: Moments | None,
    parameters: Mapping[str, NDArray[Any]],
) -> Number:
    """Put a number together from what was read of the layer's inputs.

    Parameters
    ----------
    value : the engine's.
    read, moments : what ``Question.read`` has returned, of all inputs together.
    parameters : the layer's, by name.
    """
    taps = question.taps
    inputs = np.empty(len(taps), np.float64)
    for place, found in read.items():
        inputs[taps.source == place] = found
    bias = None
    if taps.bias is not None and taps.bias[0] in parameters:
        bias = float(parameters[taps.bias[0]][taps.bias[1]])
    return Number(
        question,
        value,
        inputs,
        question.weights(parameters),
        bias,
        _facts(question, moments, parameters),
    )


def explain_number(
    network: NetworkSpec,
    parameters: Mapping[str, Mapping[str, NDArray[Any]]],
    outputs: Mapping[str, NDArray[Any]],
    layer_id: str,
    channel: int,
    at: Sequence[int] = (),
) -> Number:
    """Take a number apart whose layer's inputs and output are at hand.

    Parameters
    ----------
    network : the description.
    parameters : by layer id and name.
    outputs : by id ("input" included), ``(C, *sizes)`` or ``(F,)``: of the layer and what it reads.

    Raises
    ------
    KeyError, IndexError
        As of ``ask``.
    """
    question = ask(network, layer_id, channel, at)
    read: dict[int, Values] = {}
    moments = None
    for name in dict.fromkeys(question.sources):
        found, seen = question.read(name, outputs[name])
        read |= found
        moments = moments or seen
    own = parameters.get(layer_id, {})
    return answer(question, question.pick(outputs[layer_id]), read, moments, own)


def chain_of(
    network: NetworkSpec,
    parameters: Mapping[str, Mapping[str, NDArray[Any]]],
    number: Number,
) -> tuple[Number, ...]:
    """Return what the layers make of a number that take each value by itself.

    Only those in a row from the number's layer on of which each alone reads the one before: curves,
    normalisation by fixed numbers, and copies. Their values are computed here, in float64.
    """
    shapes = infer(network).shapes
    found: list[Number] = []
    here = number
    while True:
        readers = [
            layer
            for index, layer in enumerate(network.layers)
            if here.question.layer.id in network.inputs_of(index)
        ]
        is_alone = (
            len(readers) == 1 and len(network.inputs_of(network.index_of(readers[0].id))) == 1
        )
        if not is_alone or not _is_by_value(readers[0]):
            return tuple(found)
        if shapes[readers[0].id] != shapes[here.question.layer.id]:
            return tuple(found)
        question = ask(network, readers[0].id, here.question.channel, here.question.at)
        value = here.value if not found else here.sum
        own = parameters.get(readers[0].id, {})
        here = answer(question, math.nan, {0: np.array([value])}, None, own)
        here = replace(here, value=here.sum)
        found.append(here)


def _is_by_value(layer: LayerSpec) -> bool:
    if not layer.enabled:
        return True
    if isinstance(layer, Normalisation):
        return bool(layer.measured)
    return layer.kind in ("function", "copy")


def _facts(
    question: Question, moments: Moments | None, parameters: Mapping[str, NDArray[Any]]
) -> dict[str, float]:
    layer: Any = question.layer
    if question.kind == "function":
        curve = curve_of(layer)
        facts = {name: float(getattr(layer, name)) for name in curve.facts}
        return facts | {
            name: _of_channel(parameters[name], question.channel) for name in curve.parameters
        }
    if question.kind != "normalise":
        return {}
    facts = {"eps": float(layer.eps)}
    if moments is None:
        names = {"mean": "running_mean", "variance": "running_var"}
        facts |= {
            fact: _of_channel(parameters[name], question.channel) for fact, name in names.items()
        }
    else:
        facts["mean"], facts["variance"] = moments
    for name in ("weight", "bias"):
        if name in parameters:
            facts[name] = _of_unit(parameters[name], question)
    return facts


def _of_channel(array: NDArray[Any], channel: int) -> float:
    """Return a parameter's number for a channel; one number serves all."""
    return float(array[channel if len(array) > 1 else 0])


def _of_unit(array: NDArray[Any], question: Question) -> float:
    """Return a normalisation's factor: one for each channel, or one for each number."""
    if array.ndim > 1:
        return float(array[(question.channel, *question.at)])
    return _of_channel(array, question.channel)
