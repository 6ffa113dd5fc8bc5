from __future__ import annotations

import itertools

import pytest

from cnngui.engine.gradients.program import bands_of
from cnngui.engine.learning.network import learning_graph
from cnngui.spec.layers import Conv2d, Flatten, Linear
from cnngui.spec.network import InputSpec, NetworkSpec

MUCH = 10**9


def a_graph(size: int = 8, units: int = 10):
    layers = (
        Conv2d(id="conv", padding="same"),
        Flatten(id="flatten"),
        Linear(id="linear", out_features=units),
    )
    return learning_graph(NetworkSpec(input=InputSpec(height=size, width=size), layers=layers))


def sizes(*arguments) -> list[int]:
    found = bands_of(*arguments, itemsize=4)
    assert found[0].start == 0
    assert all(left.stop == right.start for left, right in itertools.pairwise(found))
    return [band.stop - band.start for band in found]


@pytest.mark.parametrize(("threads", "expected"), [(1, [7]), (2, [3, 4]), (9, [1] * 7)])
def test_a_batch_is_divided_among_the_threads(set_threads, threads, expected):
    set_threads(threads)
    assert sizes(a_graph(), 7, MUCH) == expected


def test_too_little_work_stays_on_one_thread(set_threads):
    set_threads(4)
    assert sizes(a_graph(), 64, 100) == [64]


def test_bands_are_small_enough_for_the_cache(set_threads):
    set_threads(2)
    # 8 maps of 64x64: 131 KB an image.
    assert sizes(a_graph(64), 128, MUCH) == [16] * 8


def test_many_parameters_are_not_held_for_more_bands_than_threads(set_threads):
    set_threads(2)
    assert sizes(a_graph(64, units=100), 128, MUCH) == [64, 64]
