import numpy as np
import pytest

from cnngui.featuremaps.scaling import HIGHEST_CODE, LOWEST_CODE, NON_FINITE_CODE
from cnngui.featuremaps.thumbnail import sample_for_thumbnail, thumbnail


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize(
    "shape",
    [
        (1, 1, 1),
        (3, 120, 160),
        (64, 60, 80),
        (16, 480, 640),
        (8, 4096, 1),
        (5, 1, 4096),
        (512, 7, 7),
        (1,),
        (10,),
        (4096,),
    ],
)
@pytest.mark.parametrize("size", [(96, 72), (1, 1), (7, 200)])
def test_is_of_the_size_asked_for_and_shows_something(shape, size, signed):
    view = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    codes = thumbnail(view, *size, signed)
    assert codes.shape == (size[1], size[0])
    assert codes.dtype == np.uint8
    assert codes.any()


def test_four_channels_in_their_quarters():
    view = np.zeros((9, 120, 160), np.float32)
    view[1] = 1.0
    codes = thumbnail(view, 96, 72, signed=False)
    assert codes[20, 70] == HIGHEST_CODE
    assert codes[20, 20] == LOWEST_CODE
    assert codes[50, 20] == codes[50, 70] == LOWEST_CODE


def test_bars_are_as_high_as_their_values():
    codes = thumbnail(np.array([1.0, 0.5, 0.0], np.float32), 90, 61, signed=False)
    assert [int((codes[:, column] > 0).sum()) for column in (15, 45, 75)] == [61, 31, 1]


def test_signed_bars_part_at_the_middle():
    codes = thumbnail(np.array([2.0, -2.0], np.float32), 40, 61, signed=True)
    assert codes[5, 10] == HIGHEST_CODE
    assert codes[55, 10] == 0
    assert codes[5, 30] == 0
    assert codes[55, 30] == LOWEST_CODE


@pytest.mark.parametrize("shape", [(2, 200, 300), (2, 3, 3), (12,)])
def test_nan_and_infinity_do_no_harm(shape):
    view = np.full(shape, np.nan, np.float32)
    view.flat[1] = np.inf
    view.flat[2] = 1.0
    codes = thumbnail(view, 96, 72, signed=True)
    assert codes.shape == (72, 96)
    assert (codes == NON_FINITE_CODE).sum() > 1000


def test_a_bar_that_is_no_number_is_a_whole_column():
    codes = thumbnail(np.array([1.0, np.nan, -1.0, np.inf], np.float32), 80, 60, signed=True)
    for column, is_number in ((10, True), (30, False), (50, True), (70, False)):
        assert (codes[:, column] == NON_FINITE_CODE).all() != is_number
        assert (codes[:, column] == NON_FINITE_CODE).any() != is_number


@pytest.mark.parametrize("shape", [(1, 1, 1), (3, 120, 160), (16, 480, 640), (8, 4096, 1)])
@pytest.mark.parametrize("size", [(96, 72), (1, 1), (7, 200)])
def test_a_sample_gives_the_same_picture(shape, size):
    view = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    channels, step = sample_for_thumbnail(shape, *size)
    sample = view[:channels, ::step, ::step]
    np.testing.assert_array_equal(
        thumbnail(sample, *size, signed=True), thumbnail(view, *size, signed=True)
    )
