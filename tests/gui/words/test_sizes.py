"""The formula of a layer's size gives the size, whatever the arguments."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from cnngui.gui.words.sizes import size_words
from cnngui.spec.layers import (
    AvgPool2d,
    Conv2d,
    Conv3d,
    ConvTranspose2d,
    ConvTranspose3d,
    LayerSpec,
    MaxPool2d,
    MaxPool3d,
    ReLU,
)
from cnngui.spec.network import InputSpec, NetworkSpec
from cnngui.spec.shapes import infer


def value_of(formula: str) -> tuple[float, int]:
    left, _, right = formula.rpartition(" = ")
    python = left.replace("−", "-").replace("·", "*")
    python = re.sub(r"⌊(.*)⌋", r"math.floor(\1)", python)
    python = re.sub(r"⌈(.*)⌉", r"math.ceil(\1)", python)
    return eval(python, {"math": math}), int(right)


@pytest.mark.parametrize("seed", range(40))
def test_the_formula_is_right(qapp: object, seed: int) -> None:
    rng = np.random.default_rng(seed)

    def two(low: int, high: int) -> tuple[int, int]:
        return int(rng.integers(low, high)), int(rng.integers(low, high))

    layer = [
        Conv2d(
            id="x",
            kernel_size=two(1, 5),
            stride=two(1, 4),
            padding=two(0, 3),
            dilation=two(1, 3),
        ),
        Conv2d(id="x", padding=(1, 2, 3, 0), kernel_size=4),
        MaxPool2d(id="x", kernel_size=3, stride=two(1, 4), padding=1),
        AvgPool2d(id="x", kernel_size=(2, 3), stride=2),
        ConvTranspose2d(id="x", kernel_size=two(1, 5), stride=2, output_padding=(1, 0)),
    ][seed % 5]
    spec = NetworkSpec(input=InputSpec(height=20, width=27), layers=(layer,))
    report = infer(spec)
    if not report.is_valid:
        return
    lines = size_words(spec, "x").splitlines()
    formulas = [line.partition(": ")[2] for line in lines]
    made = report.shapes["x"][1:]
    for formula, size in zip(formulas * (2 if len(formulas) == 1 else 1), made, strict=True):
        value, told = value_of(formula)
        assert (value, told) == (size, size), formula


@pytest.mark.parametrize(
    "layer",
    [
        Conv3d(id="x", kernel_size=(3, 2, 5), stride=(2, 1, 3), padding=(1, 0, 2)),
        Conv3d(id="x", dilation=(2, 1, 1), padding=(0, 1, 2, 0, 3, 0)),
        ConvTranspose3d(id="x", kernel_size=(2, 3, 3), stride=(2, 1, 1)),
        MaxPool3d(id="x", kernel_size=(1, 2, 2), stride=(1, 2, 2)),
    ],
    ids=str,
)
def test_what_spans_time_tells_its_moments_first(qapp: object, layer: LayerSpec) -> None:
    spec = NetworkSpec(input=InputSpec(height=20, width=27, frames=9), layers=(layer,))
    first, *others = size_words(spec, "x").splitlines()
    made = infer(spec).shapes["x"][1:]
    assert first.startswith("Moments: ")
    formulas = [line.partition(": ")[2] for line in (first, *others)]
    sizes = made if len(formulas) == 3 else made[:2]
    for formula, size in zip(formulas, sizes, strict=True):
        assert value_of(formula) == (size, size), formula


def test_a_window_of_pictures_has_the_same_formula_at_each_moment(qapp: object) -> None:
    layer = Conv2d(id="x", padding=1)
    still = NetworkSpec(input=InputSpec(height=20, width=20), layers=(layer,))
    moving = NetworkSpec(input=InputSpec(height=20, width=20, frames=4), layers=(layer,))
    assert size_words(moving, "x") == size_words(still, "x") != ""


def test_no_window_no_formula(qapp: object) -> None:
    spec = NetworkSpec(layers=(ReLU(id="relu1"),))
    assert size_words(spec, "relu1") == ""
    assert size_words(spec, "input") == ""
