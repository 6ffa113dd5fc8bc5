"""Numbers taken apart must be put together again, by an index arithmetic of the test's own."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from cnngui.explain.decimals import printed, printed_groups, printed_sum, read
from cnngui.explain.number import Number, ask, explain_number
from cnngui.spec.layers import INPUT_ID, LAYER_TYPES
from cnngui.spec.network import InputSpec, NetworkSpec
from cnngui.spec.shapes import infer
from tests.explain.networks import random_model, random_network

PLACES = 1_000


def outputs_of(network: NetworkSpec, rng: np.random.Generator) -> tuple[Any, dict[str, Any]]:
    model = random_model(rng, network)
    x = rng.normal(0, 1, (1, *network.input.shape)).astype(np.float32)
    outputs = {name: array[0] for name, array in model.activations(x).items()}
    return model.weights(), {INPUT_ID: x[0], **outputs}


def random_number(
    rng: np.random.Generator, network: NetworkSpec, weights: Any, outputs: Any, layer_id: str
) -> Number:
    channel, *at = (int(rng.integers(0, size)) for size in infer(network).shapes[layer_id])
    return explain_number(network, weights, outputs, layer_id, channel, at)


def check(number: Number, weights: Any, outputs: Any) -> None:
    """Look every term up in the raw arrays and compute the value anew."""
    question, taps = number.question, number.question.taps
    terms = []
    for place in range(len(taps)):
        source = outputs[question.sources[taps.source[place]]]
        at = taps.at[place].tolist()
        is_inside = all(0 <= one < size for one, size in zip(at, source.shape[1:], strict=True))
        assert is_inside == taps.inside[place]
        found = float(source[(taps.channel[place], *at)]) if is_inside else taps.padding_value
        assert number.inputs[place] == found
        weight = float(number.weights[place])
        if taps.weight is not None:
            name, index = taps.weight
            parameter = weights[question.layer.id][name]
            assert parameter[tuple(int(axis[place]) for axis in index)] == np.float32(weight)
        terms.append((found, weight))
    scale = max((abs(a * b) for a, b in terms if math.isfinite(a)), default=0.0)
    expected = number.sum + (number.bias or 0.0)
    assert number.value == pytest.approx(expected, rel=1e-5, abs=1e-5 * max(scale, 1e-3))
    if question.kind == "sum":
        total = math.fsum(a * b for a, b in terms)
        assert number.sum == pytest.approx(total, abs=1e-12 * max(scale * len(terms), 1))
        parts = math.fsum(subtotal.value for subtotal in number.subtotals)
        assert parts == pytest.approx(total, abs=1e-9 * max(scale * len(terms), 1))
    if question.kind == "max":
        assert {number.inputs[place] for place in number.largest} == {number.sum}


@pytest.mark.parametrize("layer_type", LAYER_TYPES)
@pytest.mark.parametrize("seed", range(4))
def test_numbers_of_every_type_add_up(layer_type: str, seed: int) -> None:
    rng = np.random.default_rng([seed, *layer_type.encode()])
    network = random_network(rng, 3, layer_type)
    if not network.layers or network.layers[0].type != layer_type:
        network = random_network(rng, 6)
    weights, outputs = outputs_of(network, rng)
    for layer in network.layers:
        for _ in range(20):
            check(random_number(rng, network, weights, outputs, layer.id), weights, outputs)


def test_a_thousand_places_of_random_networks() -> None:
    rng = np.random.default_rng(20)
    seen: set[str] = set()
    count = 0
    while count < PLACES or len(seen) < len(LAYER_TYPES):
        network = random_network(rng, 8)
        weights, outputs = outputs_of(network, rng)
        for layer in network.layers:
            seen.add(layer.type)
            for _ in range(3):
                check(random_number(rng, network, weights, outputs, layer.id), weights, outputs)
                count += 1


def test_a_place_that_is_not_there_is_refused() -> None:
    network = NetworkSpec(input=InputSpec(height=8, width=8)).inserted(
        0, LAYER_TYPES["Conv2d"](id="conv1")
    )
    for channel, at in ((8, (0, 0)), (-1, (0, 0)), (0, (6, 0)), (0, ()), (0, (0,))):
        with pytest.raises(IndexError):
            ask(network, "conv1", channel, at)


def test_printed_sums_add_up_as_decimals() -> None:
    rng = np.random.default_rng(3)
    for _ in range(500):
        terms = (rng.normal(0, 10.0 ** rng.integers(-40, 38), rng.integers(1, 60))).tolist()
        total = float(np.float32(sum(np.float32(term) for term in terms)))
        text = printed_sum(terms, total)
        left = read(text.rounding) if text.rounding else 0
        assert sum(map(read, text.terms)) + left == read(text.total)
        # What is cut off is beyond what is read: less than a hundredth of the largest number.
        assert abs(float(left)) <= 0.01 * max(map(abs, (*terms, total)))


def test_printed_groups_add_up_at_every_level() -> None:
    rng = np.random.default_rng(4)
    for _ in range(300):
        scale = 10.0 ** rng.integers(-40, 38)
        groups = [rng.normal(0, scale, rng.integers(1, 30)).tolist() for _ in range(5)]
        bias = float(rng.normal(0, scale)) if rng.random() < 0.7 else None
        total = float(np.float32(sum(map(sum, groups)) + (bias or 0)))
        text = printed_groups(groups, bias, total)
        for terms, subtotal in zip(text.terms, text.subtotals, strict=True):
            assert sum(map(read, terms)) == read(subtotal)
        rest = [read(part) for part in (text.bias, text.rounding) if part]
        assert sum(map(read, text.subtotals)) + sum(rest) == read(text.total)


@pytest.mark.parametrize(
    ("value", "text"),
    [(math.nan, "NaN"), (math.inf, "∞"), (-math.inf, "−∞"), (-0.0001, "0.00"), (-1.5, "−1.50")],
)
def test_numbers_in_print(value: float, text: str) -> None:
    assert printed(value, 2) == text


@pytest.mark.parametrize(
    ("terms", "texts"),
    [
        ([2.741e38, -1.8e36], ("2.741e+38", "−0.018e+38")),
        ([1e-20, 0.0], ("1.000e−20", "0")),
        ([123456789.0, 0.4], ("123456789", "0")),
        ([0.5, 0.25], ("0.5000", "0.2500")),
    ],
)
def test_terms_of_any_size_are_short_and_have_the_same_power_of_ten(
    terms: list[float], texts: tuple[str, ...]
) -> None:
    assert printed_sum(terms, sum(terms)).terms == texts


def test_what_is_not_finite_does_not_add_up_and_leaves_nothing() -> None:
    assert printed_sum([1.0, math.inf], math.inf).rounding == ""
