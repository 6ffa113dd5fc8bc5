from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnngui.images.fit import fit_frame
from cnngui.images.opencv import cv2
from cnngui.spec.network import FITS, InputSpec
from tests.capture.media import noise


@given(
    st.sampled_from(FITS),
    st.sampled_from([1, 3]),
    *[st.integers(1, 40) | st.sampled_from([1, 1000])] * 4,
)
@settings(deadline=None, max_examples=150)
def test_always_the_size_asked_for(
    fit: str, channels: int, height: int, width: int, to_height: int, to_width: int
) -> None:
    pixels = np.full((height, width, 3), 200, np.uint8)
    pixels.flags.writeable = False
    target = InputSpec(fit=fit, channels=channels, height=to_height, width=to_width)
    fitted = fit_frame(pixels, target)
    assert fitted.shape == (to_height, to_width, channels)
    assert fitted.dtype == np.uint8
    assert fitted.flags.c_contiguous
    assert fitted.flags.writeable
    assert not np.shares_memory(fitted, pixels)
    # A plain picture stays plain; only letterbox adds black.
    assert set(np.unique(fitted)) <= ({0, 200} if fit == "letterbox" else {200})
    assert 200 in fitted


@pytest.mark.parametrize("fit", FITS)
def test_the_right_size_is_left_as_it_is(fit: str) -> None:
    pixels = noise(30, 40)
    np.testing.assert_array_equal(
        fit_frame(pixels, InputSpec(fit=fit, height=30, width=40)), pixels
    )


def test_crop_takes_the_centre() -> None:
    pixels = noise(20, 60)
    fitted = fit_frame(pixels, InputSpec(fit="crop", height=20, width=20))
    np.testing.assert_array_equal(fitted, pixels[:, 20:40])
    tall = fit_frame(pixels.transpose(1, 0, 2), InputSpec(fit="crop", height=20, width=20))
    np.testing.assert_array_equal(tall, pixels.transpose(1, 0, 2)[20:40])


def test_letterbox_keeps_all_between_black_bars() -> None:
    pixels = noise(20, 60)
    fitted = fit_frame(pixels, InputSpec(fit="letterbox", height=60, width=60))
    np.testing.assert_array_equal(fitted[20:40], pixels)
    assert not fitted[:20].any()
    assert not fitted[40:].any()


def test_stretch_uses_all_of_the_picture() -> None:
    pixels = np.zeros((10, 40, 3), np.uint8)
    pixels[:, 20:] = 255
    fitted = fit_frame(pixels, InputSpec(fit="stretch", height=10, width=10))
    assert not fitted[:, :5].any()
    assert (fitted[:, 5:] == 255).all()


def test_shrinking_means_the_area_of_each_pixel() -> None:
    pixels = noise(40, 60)
    fitted = fit_frame(pixels, InputSpec(fit="stretch", height=10, width=15))
    means = pixels.reshape(10, 4, 15, 4, 3).mean(axis=(1, 3))
    np.testing.assert_allclose(fitted, means, atol=0.51)


def test_grey_is_luma() -> None:
    pixels = noise(9, 7)
    grey = fit_frame(pixels, InputSpec(channels=1, mean=(0.0,), std=(1.0,), height=9, width=7))
    np.testing.assert_allclose(grey[:, :, 0], pixels @ [0.299, 0.587, 0.114], atol=0.51)
    np.testing.assert_array_equal(grey[:, :, 0], cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY))
