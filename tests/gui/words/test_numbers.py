from __future__ import annotations

import pytest

from cnngui.gui.words.errors import problem_text
from cnngui.gui.words.numbers import (
    bytes_label,
    milliseconds_label,
    number_label,
    number_text,
    ratio_label,
    shape_label,
    share_text,
)
from cnngui.spec.checks import Problem


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [(-0.12345, 3, "−0.123"), (1234567.0, 7, "1234567"), (0.0, 3, "0"), (float("nan"), 3, "NaN")],
)
def test_numbers(value: float, digits: int, text: str) -> None:
    assert number_text(value, digits) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0, "0 %"),
        (1, "100 %"),
        (0.5, "50 %"),
        (0.1234, "12.3 %"),
        (1e-6, "< 0.1 %"),
        (0.9999999, "> 99.9 %"),
    ],
)
def test_shares_are_never_a_false_none_or_all(share: float, text: str) -> None:
    assert share_text(share) == text


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


@pytest.mark.parametrize(
    ("ratio", "label"),
    [
        (1.26, "1.3"),
        (9_390.2, "9,390"),
        (99_390.2, "9.9 万"),
        (1.86e6, "190 万"),
        (76.2e6, "7600 万"),
        (1.2e11, "1200 亿"),
        (3e13, "30 万亿"),
    ],
)
def test_ratios_in_the_units_of_chinese(in_chinese, ratio, label):
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
