import pytest

from cnngui.gui.network.wording import (
    arguments_summary,
    bytes_label,
    milliseconds_label,
    number_label,
    problem_text,
    ratio_label,
    shape_label,
)
from cnngui.spec.checks import Problem
from cnngui.spec.layers import Add, AvgPool2d, Conv2d, Dropout, LeakyReLU, Linear, MaxPool2d, ReLU


@pytest.mark.parametrize(
    ("layer", "summary"),
    [
        (Conv2d(id="c"), "3×3, 8"),
        (Conv2d(id="c", padding="valid"), "3×3, 8"),
        (Conv2d(id="c", kernel_size=(3, 5), stride=2, padding="same"), "3×5, 8, stride 2, same"),
        (
            Conv2d(id="c", padding=(1, 2), dilation=2, groups=4),
            "3×3, 8, padding 1×2, dilation 2, 4 groups",
        ),
        (MaxPool2d(id="p"), "2×2"),
        (AvgPool2d(id="p", kernel_size=3, padding=1), "3×3, stride 2, padding 1"),
        (Linear(id="l", out_features=7), "7"),
        (Linear(id="l", out_features=7, frozen=True), "7, frozen"),
        (LeakyReLU(id="r"), "0.01"),
        (Dropout(id="d", p=0.25), "0.25"),
        (ReLU(id="r"), ""),
        (ReLU(id="r", inputs=("conv1",)), "reads conv1"),
        (Add(id="a", inputs=("conv1", "pool1")), "reads conv1 + pool1"),
    ],
)
def test_summaries_leave_out_what_is_usual(layer, summary):
    assert arguments_summary(layer) == summary


@pytest.mark.parametrize(
    ("number", "label"),
    [(0, "0"), (999, "999"), (1000, "1 k"), (1234, "1.23 k"), (999_600, "1 M"), (4.3e10, "43 G")],
)
def test_numbers_have_three_digits_and_a_unit(number, label):
    assert number_label(number).replace("\u202f", " ") == label


@pytest.mark.parametrize(
    ("size", "label"), [(12, "12 B"), (230_400, "230 kB"), (1.42e12, "1.42 TB")]
)
def test_amounts_of_memory(size, label):
    assert bytes_label(size).replace("\u202f", " ") == label


@pytest.mark.parametrize(
    ("milliseconds", "label"),
    [(0.004, "0.00 ms"), (0.997, "1.0 ms"), (3.44, "3.4 ms"), (17.2, "17 ms")],
)
def test_times(milliseconds, label):
    assert milliseconds_label(milliseconds).replace("\u202f", " ") == label


@pytest.mark.parametrize(
    ("ratio", "label"),
    [
        (1.26, "1.3"),
        (91.4, "91"),
        (99_390.2, "99,390"),
        (1.86e6, "1.9 million"),
        (76.2e6, "76 million"),
        (1.2e11, "120 billion"),
        (3e13, "30 trillion"),
    ],
)
def test_ratios_in_plain_words(ratio, label):
    assert ratio_label(ratio) == label


def test_shapes():
    assert shape_label((8, 120, 160)) == "8×120×160"
    assert shape_label((10,)) == "10"
    assert shape_label(None) == "–"


def test_problems_begin_with_the_field_as_it_is_spelt():
    assert (
        problem_text(Problem("c", "out_channels", "must be 1", "2"))
        == "out_channels must be 1, got 2"
    )
    assert problem_text(Problem("c", "", "must have", "none")) == "Must have, got none"
