"""The presets that see several frames, on their clip of a hand, and on what they never saw."""

from __future__ import annotations

from itertools import accumulate

import numpy as np
import pytest

from cnngui.capture.address import SourceAddress
from cnngui.capture.opening import open_source
from cnngui.data.opening import open_dataset
from cnngui.engine.model import Model
from cnngui.engine.preprocess import normalise_batch
from cnngui.formats.opening import open_network
from cnngui.images.fit import fit_frame
from cnngui.spec.network import InputSpec
from cnngui.spec.presets import preset_of

REST = 20
LENGTHS = {
    "left": 25,
    "right": 25,
    "up": 22,
    "down": 22,
    "clockwise": 50,
    "anticlockwise": 50,
    "grow": 25,
    "shrink": 25,
}
"""What the hand does, in how many frames; it rests before each."""
ENDS = dict(zip(LENGTHS, accumulate(REST + frames for frames in LENGTHS.values()), strict=True))
"""The frame after the last one of each."""


def clip_frames(target: InputSpec) -> np.ndarray:
    """Return all frames of the clip, fitted: uint8 ``(404, H, W, C)``."""
    preset = preset_of("motions")
    assert preset is not None
    frames = []
    with open_source(SourceAddress("sample", preset.clip)) as source:
        while (frame := source.read()) is not None:
            frames.append(fit_frame(frame, target))
    return np.stack(frames)


def window(frames: np.ndarray, last: int, target: InputSpec) -> np.ndarray:
    """Return what a network sees when the clip shows a frame: uint8 ``(T, H, W, C)``."""
    back = np.arange(target.frames - 1, -1, -1) * target.frame_step
    return frames[np.maximum(last - back, 0)]


def answers(name: str, windows: np.ndarray, layer_id: str) -> np.ndarray:
    """Return what a layer gives for windows ``(N, T, H, W, C)``."""
    network = open_network(name)
    x = normalise_batch(windows, network.spec.input.mean, network.spec.input.std)
    return Model(network.spec, network.weights).activations(x, [layer_id])[layer_id]


def test_a_waving_hand_lights_the_map_of_its_direction_and_a_resting_one_none() -> None:
    spec = open_network("motion").spec
    frames = clip_frames(spec.input)
    names = spec.layer("conv2").channel_names
    for side in ("left", "right", "up", "down"):
        waving = window(frames, ENDS[side] - LENGTHS[side] // 2, spec.input)
        resting = window(frames, ENDS[side] - LENGTHS[side] - 1, spec.input)
        maps = answers("motion", np.stack([waving, resting]), "relu2")[:, :, -1].max(axis=(2, 3))
        found = dict(zip(names, maps[0].tolist(), strict=True))
        own = found.pop(f"moves {side}")
        assert own > 0.05
        assert own > 5 * max(value for name, value in found.items() if name.startswith("moves "))
        assert maps[1, names.index(f"moves {side}")] < 0.02


@pytest.mark.parametrize("motion", LENGTHS)
def test_each_motion_of_the_hand_is_named(motion: str) -> None:
    spec = open_network("motions").spec
    frames = clip_frames(spec.input)
    windows = np.stack([window(frames, ENDS[motion] - back, spec.input) for back in (1, 2, 3)])
    scores = answers("motions", windows, spec.last_id)
    assert [spec.classes[place] for place in scores.argmax(axis=1)] == [motion] * 3


def test_a_resting_hand_is_still() -> None:
    spec = open_network("motions").spec
    frames = clip_frames(spec.input)
    scores = answers("motions", window(frames, REST, spec.input)[None], spec.last_id)
    assert spec.classes[int(scores.argmax())] == "still"


def test_clips_that_it_was_not_trained_with_are_named() -> None:
    spec = open_network("motions").spec
    data = open_dataset("motions:seed=77:count=270:size=48")
    scores = answers("motions", data.batch(range(270), spec.input), spec.last_id)
    assert np.mean(scores.argmax(axis=1) == data.labels) > 0.92
