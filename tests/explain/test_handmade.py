"""Kernels made by hand: the textbooks' 3x3 ones, and what holds for every size."""

from __future__ import annotations

import numpy as np
import pytest

from cnngui.explain import handmade

SIZES = [(1, 1), (2, 2), (3, 3), (5, 5), (7, 7), (3, 5), (1, 3), (4, 6)]


def test_the_textbooks_ones() -> None:
    assert handmade.sobel_x((3, 3)).tolist() == [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]
    assert handmade.sobel_y((3, 3)).tolist() == [[-1, -2, -1], [0, 0, 0], [1, 2, 1]]
    np.testing.assert_allclose(
        handmade.gauss((3, 3)), np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]]) / 16
    )
    assert handmade.emboss((3, 3)).tolist() == [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]]
    assert handmade.laplacian((3, 3)).sum() == 0
    assert handmade.sharpen((3, 3)).sum() == 1


@pytest.mark.parametrize("size", SIZES)
def test_what_holds_for_every_size(size: tuple[int, int]) -> None:
    for name, make in handmade.PRESETS.items():
        kernel = make(size)
        assert kernel.shape == size, name
        assert kernel.dtype == np.float32
        assert np.isfinite(kernel).all()
    for name in ("identity", "box", "gauss", "sharpen"):
        assert handmade.PRESETS[name](size).sum() == pytest.approx(1, abs=1e-6)
    for name in ("sobel_x", "sobel_y", "laplacian"):
        assert handmade.PRESETS[name](size).sum() == pytest.approx(0, abs=1e-5)
    for angle in (0, 30, 90, 135):
        assert handmade.gabor(size, angle, 4).sum() == pytest.approx(0, abs=1e-5)


def test_gabor_answers_to_its_stripes_most() -> None:
    upright = np.cos(2 * np.pi * np.arange(9) / 4)[None, :] * np.ones((9, 1))
    answers = {
        angle: float(np.abs((handmade.gabor((9, 9), angle, 4) * upright).sum()))
        for angle in (0, 45, 90)
    }
    assert answers[0] > 3 * max(answers[45], answers[90])


@pytest.mark.parametrize("size", SIZES)
def test_changes(size: tuple[int, int]) -> None:
    rng = np.random.default_rng(0)
    kernel = handmade.drawn(size, rng)
    assert (handmade.negated(handmade.negated(kernel)) == kernel).all()
    assert (handmade.mirrored(handmade.mirrored(kernel)) == kernel).all()
    turned = kernel
    for _ in range(4):
        turned = handmade.turned(turned)
    assert (turned == kernel).all()
    assert handmade.summing_to_one(kernel).sum() == pytest.approx(1, abs=1e-4)
    assert handmade.summing_to_one(handmade.zero(size)).sum() == pytest.approx(1, abs=1e-6)
    assert handmade.summing_to_zero(kernel).sum() == pytest.approx(0, abs=1e-5)
