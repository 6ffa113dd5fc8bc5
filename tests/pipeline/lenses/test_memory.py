"""What the lenses keep from frame to frame: how wide ranges were, and orders of channels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cnngui.capture.frame import Frame
from cnngui.featuremaps.scales import LEAST_SHARE
from cnngui.featuremaps.scaling import NEUTRAL_CODE
from cnngui.featuremaps.statistics import find_extremes, measure
from cnngui.pipeline.lenses.memory import Memory, Values
from cnngui.pipeline.looking import look
from cnngui.pipeline.messages import ViewRequest
from cnngui.pipeline.running import RunningNetwork
from cnngui.spec.layers import Conv2d
from cnngui.spec.network import InputSpec, NetworkSpec
from tests.pipeline.parts import channel_of, thumbnails_of, wall_of

VIEW = ViewRequest(layer_id="conv1")


def noise(*shape: int, seed: int = 0) -> Values:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def highest(memory: Memory, maps: Values, view: ViewRequest = VIEW) -> Values:
    return memory.ranges(view, "conv1", maps, find_extremes(maps), True)[1]


@pytest.mark.parametrize("clips", [False, True])
def test_a_difference_of_still_pictures_stays_neutral(clips: bool) -> None:
    """A kernel takes a channel from one that differed from it, and no longer does."""
    view = replace(
        VIEW, width=64, height=64, clips=clips, thumbnails=("conv1",), thumbnail_size=(16, 16)
    )
    layer = Conv2d(id="conv1", out_channels=1, kernel_size=(1, 1))
    spec = NetworkSpec(name="diff", input=InputSpec(height=16, width=16), layers=(layer,))
    weight = np.array([1, -1, 0], np.float32).reshape(1, 3, 1, 1)
    weights = {"conv1": {"weight": weight, "bias": np.zeros(1, np.float32)}}
    network, memory = RunningNetwork(spec, weights), Memory()
    rng = np.random.default_rng(0)
    moving = rng.integers(0, 256, (16, 16, 3), np.uint8)
    still = np.repeat(moving[..., :1], 3, axis=2)
    first = look(network, Frame(0, 0.0, moving, 0), view, memory)
    assert np.ptp(wall_of(first).codes) > 100
    edited = network.edited(
        "conv1",
        "weight",
        [np.array([0]), np.array([0]), np.array([0]), np.array([0])],
        np.array([1 + 1e-7], np.float32),
    )
    result = look(edited, Frame(1, 0.1, still, 1), view, memory)
    assert 0 < np.abs(wall_of(result).values).max() < 1e-6
    for codes in (
        wall_of(result).codes,
        channel_of(result).codes,
        thumbnails_of(result)["conv1"].codes,
    ):
        shown = codes[codes > 1].astype(int)
        assert np.abs(shown - NEUTRAL_CODE).max() <= 1
    # Where nothing was seen before, rounding alone does not fill the colours either.
    fresh = wall_of(look(edited, Frame(1, 0.1, still, 1), view, Memory()))
    assert fresh.high[0] >= 5e-7


def test_the_widest_range_is_remembered_until_weights_or_source_change() -> None:
    for forget in (Memory.forget_widths, Memory.follow_source):
        memory, loud = Memory(), noise(3, 9, 9)
        most = highest(memory, loud)
        quiet = loud * np.float32(1e-3)
        np.testing.assert_allclose(highest(memory, quiet), LEAST_SHARE * most, rtol=1e-6)
        forget(memory)
        np.testing.assert_allclose(highest(memory, quiet), 1e-3 * most, rtol=1e-6)


def test_one_strong_value_is_not_remembered_where_it_is_clipped() -> None:
    view, memory, maps = replace(VIEW, clips=True), Memory(), noise(1, 90, 90)
    maps[0, 0, 0] = 1e6
    assert highest(memory, maps)[0] == 1e6  # all values were asked for
    memory = Memory()
    bulk = highest(memory, maps, view)
    np.testing.assert_allclose(highest(memory, maps / 10, view), bulk / 10)


def test_a_thumbnail_of_the_first_maps_and_a_wall_of_all_share_what_they_know() -> None:
    memory, maps = Memory(), noise(6, 9, 9)
    memory.own_ranges(VIEW, "conv1", 100 * maps[:4], find_extremes(100 * maps[:4]), True)
    most = np.abs(maps).max((1, 2))
    expected = np.concatenate([100 * LEAST_SHARE * most[:4], most[4:]])
    np.testing.assert_allclose(highest(memory, maps), expected, rtol=1e-6)


def test_what_a_snapshot_is_told_is_what_is_on_the_screen() -> None:
    for scaling in ("map", "layer", "locked"):
        for clips in (False, True):
            memory, view = Memory(), replace(VIEW, scaling=scaling, clips=clips)
            memory.begin_frame(view)
            maps = noise(3, 60, 60)
            highest(memory, 50 * maps, view)
            shown = highest(memory, maps, view)
            told = memory.scales(view)
            found = told.ranges("conv1", maps, find_extremes(maps), True)[1]
            np.testing.assert_array_equal(found, shown)


def test_locked_ranges_are_chosen_anew_when_it_is_changed_what_they_hold() -> None:
    memory, maps = Memory(), noise(1, 90, 90)
    locked = replace(VIEW, scaling="locked")
    memory.begin_frame(locked)
    whole = highest(memory, maps, locked)
    clipped = replace(locked, clips=True)
    memory.begin_frame(clipped)
    assert highest(memory, maps, clipped) < whole


def test_sorted_channels_stay_until_they_are_sorted_again() -> None:
    memory, view = Memory(), replace(VIEW, order="mean")
    rising, falling = (
        measure(np.arange(4, dtype=np.float32)[::step, None, None].copy()) for step in (1, -1)
    )
    assert memory.order(view, "conv1", rising).tolist() == [3, 2, 1, 0]
    assert memory.order(view, "conv1", falling).tolist() == [3, 2, 1, 0]
    again = replace(view, sortings=1)
    assert memory.order(again, "conv1", falling).tolist() == [0, 1, 2, 3]
    assert memory.order(again, "conv1", rising).tolist() == [0, 1, 2, 3]
    memory.follow_source()
    assert memory.order(again, "conv1", rising).tolist() == [3, 2, 1, 0]
    assert memory.order(replace(again, order="index"), "conv1", rising).tolist() == [0, 1, 2, 3]
    assert memory.order(again, "conv2", falling).tolist() == [0, 1, 2, 3]
