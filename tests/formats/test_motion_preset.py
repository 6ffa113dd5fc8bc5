"""The preset whose kernels span time: drawn by hand, blind to what is still."""

from __future__ import annotations

import importlib.util
from types import ModuleType

import numpy as np
import pytest

from cnngui.engine.model import Model
from cnngui.formats.network_file import read_network
from cnngui.formats.opening import open_network
from cnngui.resources import resource_path
from cnngui.spec.codec import to_json
from cnngui.spec.layers import Conv3d
from cnngui.spec.network import InputSpec, NetworkSpec

SIDES = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}


@pytest.fixture(scope="module")
def drawing() -> ModuleType:
    path = resource_path("networks/draw_motion.py")
    described = importlib.util.spec_from_file_location("draw_motion", path)
    module = importlib.util.module_from_spec(described)
    described.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def answers():
    """Return what ``relu2`` or another layer gives for a window ``(T, H, W)``, by channel."""
    network = open_network("motion")
    model = Model(network.spec, network.weights)

    def answered(window: np.ndarray, layer_id: str = "relu2") -> dict[str, np.ndarray]:
        x = window[None, None].astype(np.float32)
        maps = model.activations(x, [layer_id])[layer_id][0]
        conv = network.spec.layer(layer_id.replace("relu", "conv"))
        return dict(zip(conv.channel_names, maps, strict=True))

    return answered


def disc(side: str, speed: float, bright: float = 0.8) -> np.ndarray:
    """Return six frames of a disc that moves to a side by so many pixels a frame."""
    y, x = np.mgrid[0:120, 0:160]
    frames = []
    for time in range(6):
        middle_x, middle_y = np.array([80, 60]) + speed * (time - 3.5) * np.array(SIDES[side])
        cover = np.clip(18.5 - np.hypot(x - middle_x, y - middle_y), 0, 1)
        frames.append(0.3 + (bright - 0.3) * cover)
    return np.stack(frames)


def test_the_stored_kernels_are_what_the_script_draws(drawing) -> None:
    spec, weights = drawing.motion()
    stored = read_network(drawing.FILE)
    assert to_json(stored.spec) == to_json(spec)
    for layer_id, arrays in weights.items():
        for name, array in arrays.items():
            np.testing.assert_array_equal(stored.weights[layer_id][name], array)


def test_the_taps_of_every_place_sum_to_exactly_zero_over_time(drawing) -> None:
    for name, kernel in drawing.first_layer().items():
        assert kernel.shape == (3, 13, 13)
        assert np.abs(kernel.sum(axis=0)).max() == 0, name
        assert np.abs(kernel).max() > 0.01, name


def test_a_still_picture_gives_nothing(answers) -> None:
    still = np.repeat(np.random.default_rng(0).random((1, 120, 160)), 6, axis=0)
    assert max(np.abs(values).max() for values in answers(still, "conv1").values()) < 1e-6
    assert max(values.max() for values in answers(still).values()) == 0


def test_the_frame_difference_is_the_newest_frame_less_the_one_before(answers) -> None:
    window = np.full((6, 120, 160), 0.25)
    window[3:] += 0.5
    maps = answers(window, "conv1")
    changed = maps["frame difference"][:, 20, 30]
    np.testing.assert_allclose(changed, [0, 0.5, 0, 0], atol=1e-6)
    np.testing.assert_allclose(maps["darker than before"][:, 20, 30], -changed, atol=1e-6)


@pytest.mark.parametrize(("speed", "bright"), [(2, 0.8), (4, 0.05), (7, 0.8)])
@pytest.mark.parametrize("side", SIDES)
def test_what_moves_to_a_side_lights_its_own_map(answers, side, speed, bright) -> None:
    maps = answers(disc(side, speed, bright))
    moved = {name: float(maps[f"moves {name}"][-1].max()) for name in SIDES}
    own = moved.pop(side)
    assert own > 0.1
    assert own > 3 * max(moved.values()), moved
    assert maps["anything moves"][-1].max() > 0.05


def test_slow_and_fast_are_told_apart(answers) -> None:
    slow, fast = answers(disc("left", 1)), answers(disc("left", 9))
    assert slow["slow"].max() > 2 * slow["fast"].max()
    assert fast["fast"].max() > 2 * fast["slow"].max()


def test_flicker_is_told_from_a_single_change(answers) -> None:
    window = np.full((6, 120, 160), 0.3)
    window[1::2, 40:80, 60:100] = 0.8
    assert answers(window)["flickers"].max() > 0.5
    window[:3], window[3:] = window[0], window[1]
    assert answers(window)["flickers"].max() < 0.02


def test_a_kernel_for_motion_to_the_right_gives_1_to_it_and_a_third_to_left_and_still() -> None:
    """Its taps of 1/3 lie on the way of a dot that moves right by one pixel a moment.

    Such a dot meets all three. One that moves left, or rests, meets one at a time.
    """
    kernel = np.zeros((1, 1, 3, 3, 3), np.float32)
    for moment in range(3):
        kernel[0, 0, moment, 1, moment] = 1 / 3
    spec = NetworkSpec(
        input=InputSpec(height=5, width=9, frames=3).with_channels(1),
        layers=(Conv3d(id="conv1", out_channels=1, padding=(1, 1, 1, 1, 0, 0), bias=False),),
    )
    model = Model(spec, {"conv1": {"weight": kernel}})

    def answered(step: int) -> float:
        window = np.zeros((1, 1, 3, 5, 9), np.float32)
        for moment in range(3):
            window[0, 0, moment, 2, 4 + step * (moment - 1)] = 1
        return float(model.activations(window)["conv1"].max())

    assert answered(1) == pytest.approx(1, abs=1e-6)
    assert answered(-1) == pytest.approx(1 / 3, abs=1e-6)
    assert answered(0) == pytest.approx(1 / 3, abs=1e-6)
