"""The preset that comes trained: it names what its clip shows, and what it was not trained with."""

from __future__ import annotations

import numpy as np

from cnngui.capture.address import SourceAddress
from cnngui.capture.opening import open_source
from cnngui.data.opening import open_dataset
from cnngui.engine.model import Model
from cnngui.engine.preprocess import normalise_batch
from cnngui.formats.opening import open_network
from cnngui.images.fit import fit_frame
from cnngui.spec.network import InputSpec
from cnngui.spec.presets import preset_of

IN_THE_CLIP = (
    *("circle", "star", "square", "triangle", "cross"),
    *("circle", "star", "square", "triangle", "cross"),
)
FRAMES_EACH = 60
LOOKED_AT = (15, 22, 30, 38, 45)
"""Frames of each drawing at which it is held up."""


def named(pixels: np.ndarray) -> list[str]:
    """Return what the network calls pictures that are fitted to its input."""
    network = open_network("shapes")
    spec = network.spec
    x = normalise_batch(pixels, spec.input.mean, spec.input.std)
    (scores,) = Model(spec, network.weights).activations(x, ["softmax1"]).values()
    return [spec.classes[place] for place in scores.argmax(axis=1)]


def network_input() -> InputSpec:
    return open_network("shapes").spec.input


def test_drawings_held_up_in_its_clip_are_named() -> None:
    preset = preset_of("shapes")
    assert preset is not None
    pictures = []
    with open_source(SourceAddress("sample", preset.clip)) as source:
        for number in range(len(IN_THE_CLIP)):
            for frame in LOOKED_AT:
                source.seek(FRAMES_EACH * number + frame)
                pictures.append(fit_frame(source.read(), network_input()))
    right = np.reshape(named(np.stack(pictures)), (-1, len(LOOKED_AT)))
    shares = (right == np.array(IN_THE_CLIP)[:, None]).mean(axis=1)
    assert shares.min() >= 0.8, dict(zip(IN_THE_CLIP, shares, strict=True))


def test_shapes_that_it_was_not_trained_with_are_named() -> None:
    data = open_dataset("paper:seed=77:count=300:size=48")
    names = named(data.batch(range(300), network_input()))
    truth = [data.classes[label] for label in data.labels]
    assert np.mean(np.array(names) == np.array(truth)) > 0.94
