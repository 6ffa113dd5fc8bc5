"""The terms of numbers with time in groups, and what is printed of them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import numpy as np
import pytest

from cnngui.engine import parallel
from cnngui.engine.model import Model
from cnngui.explain.decimals import added, read
from cnngui.explain.number import Number, explain_number
from cnngui.explain.receptive import fields
from cnngui.gui.number.groups import groups_of, maps_read
from cnngui.gui.number.shown import Shown
from cnngui.gui.number.words import formula_text, meaning_text, sight_text, title_text
from cnngui.pipeline.lenses.number import NumberResult
from cnngui.spec.layers import (
    AvgPool3d,
    Conv2d,
    Conv3d,
    ConvTranspose3d,
    Flatten,
    GlobalAvgPool3d,
    LayerSpec,
    Linear,
    MaxPool3d,
    ReLU,
    Upsample3d,
)
from cnngui.spec.network import InputSpec, NetworkSpec
from cnngui.spec.shapes import infer


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    """The tests of the window watch over threads, and the engine keeps its own."""
    parallel.configure(1)
    yield
    parallel.shutdown()


def asked(
    *layers: LayerSpec, channel: int = 0, at: tuple[int, ...] | None = None, frames: int = 5
) -> tuple[NetworkSpec, Number]:
    """Return a number of the last layer; without a place at the newest moment, in the middle."""
    network = NetworkSpec(input=InputSpec(frames=frames, height=6, width=7), layers=layers)
    shapes = infer(network).shapes
    model = Model(network)
    x = np.random.default_rng(0).random((1, *network.input.shape), np.float32)
    wanted = ["input", *(layer.id for layer in layers)]
    outputs = {name: value[0] for name, value in model.activations(x, wanted).items()}
    last = network.last_id
    if at is None:
        sizes = shapes[last][1:]
        at = (sizes[0] - 1, *(size // 2 for size in sizes[1:])) if sizes else ()
    return network, explain_number(network, model.weights(), outputs, last, channel, at)


def shown(network: NetworkSpec, number: Number) -> Shown:
    result = NumberResult(network.last_id, number, {}, {}, None, None, ())
    return Shown(result, groups_of(number, network))


def test_a_window_in_time_is_cut_into_its_moments() -> None:
    network, number = asked(Conv3d(id="x", padding=(0, 1, 1)))
    groups = groups_of(number, network)
    assert [(group.channel, group.moment) for group in groups] == [
        (channel, moment) for channel in range(3) for moment in (2, 3, 4)
    ]
    assert all(group.grid == (3, 3) for group in groups)
    assert sorted(np.concatenate([group.terms for group in groups])) == list(range(81))
    assert shown(network, number).maps == ((0, 1, 2), (3, 4, 5), (6, 7, 8))


def test_padding_in_time_lies_after_the_last_moment() -> None:
    network, number = asked(Conv3d(id="x", padding="same"))
    assert [group.moment for group in groups_of(number, network)][:3] == [3, 4, 5]


@pytest.mark.parametrize(
    ("layers", "moments", "grid"),
    [
        ((Conv2d(id="x"),), [4, 4, 4], (3, 3)),
        ((MaxPool3d(id="x"),), [2, 3], (2, 2)),
        ((AvgPool3d(id="x", kernel_size=(3, 1, 1), stride=1),), [2, 3, 4], (1, 1)),
        ((GlobalAvgPool3d(id="x"),), [0, 1, 2, 3, 4], (6, 7)),
        ((ReLU(id="x"),), [4], (1, 1)),
        ((Upsample3d(id="x", mode="trilinear"),), [4], (2, 2)),
        ((Conv3d(id="c", out_channels=1), Flatten(id="f"), Linear(id="x")), [0, 1, 2], (4, 5)),
    ],
)
def test_what_reads_moments_is_grouped_by_them(
    layers: tuple[LayerSpec, ...], moments: list[int], grid: tuple[int, int]
) -> None:
    network, number = asked(*layers)
    groups = groups_of(number, network)
    assert [group.moment for group in groups] == moments
    assert {group.grid for group in groups} == {grid}


def test_maps_that_a_flat_layer_holds() -> None:
    network, _ = asked(Conv3d(id="c", out_channels=2), Flatten(id="f"), Linear(id="x"))
    assert maps_read(network, "c") == (2, 3, 4, 5)
    assert maps_read(network, "f") == (2, 3, 4, 5)
    assert maps_read(network, "x") is None
    assert maps_read(network, "input") == (3, 5, 6, 7)


@pytest.mark.parametrize(
    "layers",
    [
        (Conv3d(id="x"),),
        (Conv3d(id="x", padding="same", kernel_size=(5, 3, 3)),),
        (Conv3d(id="c", out_channels=20), Conv3d(id="x", kernel_size=(2, 3, 3))),
        (Conv3d(id="c", out_channels=7), Conv3d(id="x", kernel_size=(3, 1, 1))),
        (ConvTranspose3d(id="x", stride=2),),
        (AvgPool3d(id="x"),),
        (Conv3d(id="c", out_channels=2), Flatten(id="f"), Linear(id="x")),
        (Conv2d(id="x"),),
    ],
    ids=str,
)
@pytest.mark.parametrize("seed", range(3))
def test_slices_add_up_to_channels_and_those_to_the_number(
    layers: tuple[LayerSpec, ...], seed: int
) -> None:
    network, number = asked(*layers)
    view = shown(network, number)
    ends = view.summands
    parts = [*ends.texts, *(part for part in (ends.bias, ends.rounding) if part)]
    assert sum(map(read, parts), Decimal(0)) == read(ends.total)
    assert float(read(ends.total)) == pytest.approx(number.value, abs=1e-3)
    for place, of_map in enumerate(view.maps):
        subtotals = []
        for part in of_map:
            texts, subtotal = view.products_text(part)
            assert sum(map(read, texts), Decimal(0)) == read(subtotal)
            subtotals.append(subtotal)
        assert sum(map(read, subtotals), Decimal(0)) == read(view.map_text(place))
        assert view.map_sums[place] == pytest.approx(sum(view.sums[part] for part in of_map))
    if ends.by_moment:
        assert len(ends.texts) == len(view.groups) > len(view.maps)


def test_few_moments_are_summed_one_by_one() -> None:
    layers = (Conv2d(id="c", out_channels=1), Conv3d(id="x", kernel_size=(3, 1, 1)))
    network, number = asked(*layers)
    ends = shown(network, number).summands
    assert ends.by_moment
    assert ends.groups == (0, 1, 2)


def test_sums_of_printed_numbers() -> None:
    assert added(["0.10", "−0.35"], 2) == "−0.25"
    assert added(["0", "0"], 3) == "0"
    assert added(["0.1", "∞"], 1) == "∞"
    assert added(["−∞", "∞"], 1) == "NaN"
    assert added(["1.5", "NaN"], 1) == "NaN"


def test_words_tell_the_moment(qapp: object) -> None:
    network, number = asked(Conv3d(id="x", padding=(0, 1, 1), stride=(2, 1, 1)))
    assert title_text(network, "x", 0, (1, 2, 3)) == "channel 0 · t, row 2, column 3"
    assert title_text(network, "x", 0, (0, 2, 3)) == "channel 0 · t−1, row 2, column 3"
    assert formula_text(number) == (
        "x[0, 1, 3, 3] = Σ_c Σ_k,i,j weight[0, c, k, i, j] · "
        "input[c, 1·2 + k, 3 + i − 1, 3 + j − 1] + bias[0]"
    )
    assert "each of 3 moments" in meaning_text(number)
    told = sight_text(network, "x", (1, 3, 3), fields(network)["x"])
    assert "3×3 pixels" in told
    assert "Of 5 frames it sees 3: t−2 to t." in told
    assert "by 1×1 pixels" in told


def test_a_window_of_pictures_stands_at_its_moment(qapp: object) -> None:
    network, number = asked(Conv2d(id="x", padding=1), at=(2, 3, 3))
    assert "input[c, 2, 3 + i − 1, 3 + j − 1]" in formula_text(number)
    assert "Of 5 frames it sees 1: t−2 to t−2." in sight_text(
        network, "x", (2, 3, 3), fields(network)["x"]
    )
