"""The lens through which a shift is seen: the network is computed once more, and compared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from cnngui.capture.frame import Frame, Moment, Window
from cnngui.explain.shift import POOLINGS, changes, shifted
from cnngui.pipeline import looking
from cnngui.pipeline.lenses.memory import Memory
from cnngui.pipeline.lenses.shift import ShiftResult
from cnngui.pipeline.lenses.wall import WallResult
from cnngui.pipeline.messages import ViewRequest
from cnngui.pipeline.running import RunningNetwork
from cnngui.spec.layers import Conv2d, Conv3d, Flatten, Linear, MaxPool2d, MaxPool3d
from cnngui.spec.network import InputSpec, NetworkSpec

SPEC = NetworkSpec(
    input=InputSpec(height=24, width=32),
    layers=(
        Conv2d(id="conv1", padding=1),
        MaxPool2d(id="pool1"),
        Flatten(id="flatten1"),
        Linear(id="linear1"),
    ),
)
VIEW = ViewRequest(layer_id="pool1", wants_channel=False)


def frame() -> Frame:
    pixels = np.random.default_rng(0).integers(0, 256, (24, 32, 3), np.uint8)
    return Frame(0, 1.0, pixels, 0)


@pytest.fixture
def network() -> RunningNetwork:
    return RunningNetwork(SPEC)


def outputs_of(network: RunningNetwork, pixels: np.ndarray) -> dict[str, np.ndarray]:
    found: dict[str, np.ndarray] = {}

    def keep(name: str) -> Callable[[np.ndarray], None]:
        return lambda view: found.__setitem__(name, view[0].copy())

    names = ("input", *(layer.id for layer in SPEC.layers))
    network.run(pixels, {name: keep(name) for name in names})
    return found


def test_nobody_looks(network: RunningNetwork) -> None:
    result = looking.look(network, frame(), VIEW, Memory())
    assert result.part(ShiftResult) is None
    assert set(result.layer_ms) == {"conv1", "pool1"}


def test_it_is_what_two_runs_give(network: RunningNetwork) -> None:
    result = looking.look(network, frame(), replace(VIEW, shift=(1, -2)), Memory())
    part = result.part(ShiftResult)
    assert part is not None
    np.testing.assert_array_equal(part.picture, shifted(result.input, (1, -2)))
    outputs = [outputs_of(network, pixels) for pixels in (result.input, part.picture)]
    assert part.changes == changes(SPEC, *outputs, (1, -2))
    assert list(part.changes) == ["input", "conv1", "pool1", "flatten1", "linear1"]
    assert part.changes["input"].changed_after_moving == pytest.approx(0, abs=1e-6)
    assert part.cost_ms > 0
    # The pictures on the screen are those of the picture as it is.
    wall = result.part(WallResult)
    assert wall is not None
    np.testing.assert_array_equal(wall.values, outputs[0]["pool1"])


def test_poolings_are_compared_on_what_the_layer_reads(network: RunningNetwork) -> None:
    part = looking.look(network, frame(), replace(VIEW, shift=(0, 1)), Memory()).part(ShiftResult)
    assert part is not None
    assert tuple(part.poolings) == POOLINGS
    assert part.poolings["none"] == part.changes["conv1"]
    assert part.poolings["max"].changed == pytest.approx(part.changes["pool1"].changed)
    left = {name: found.changed_after_moving or 0 for name, found in part.poolings.items()}
    assert left["blurred max"] < left["max"] < left["stride"]
    flat = replace(VIEW, layer_id="linear1", shift=(0, 1))
    other = looking.look(network, frame(), flat, Memory()).part(ShiftResult)
    assert other is not None
    assert other.poolings == {}


def test_of_several_frames_each_is_shifted_and_the_newest_is_shown() -> None:
    seen = InputSpec(height=24, width=32, frames=3)
    layers = (Conv3d(id="conv1"), MaxPool3d(id="pool1", kernel_size=(1, 2, 2)))
    network = RunningNetwork(NetworkSpec(input=seen, layers=layers))
    rng = np.random.default_rng(0)
    moments = tuple(
        Moment(key, key / 25, rng.integers(0, 256, (24, 32, 3), np.uint8)) for key in range(3)
    )
    newest = Frame(0, 1.0, moments[-1].pixels, 0, 2 / 25, Window(seen, moments))
    part = looking.look(network, newest, replace(VIEW, shift=(2, -1)), Memory()).part(ShiftResult)
    assert part is not None
    np.testing.assert_array_equal(part.picture, shifted(moments[-1].pixels, (2, -1)))
    assert list(part.changes) == ["input", "conv1", "pool1"]
    assert part.changes["input"].changed_after_moving == pytest.approx(0, abs=1e-6)
    assert part.poolings["none"] == part.changes["conv1"]
