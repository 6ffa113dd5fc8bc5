"""Trains the preset "Shapes" and writes shapes.safetensors.

A small network learns from the shapes on paper that the program draws, with the program's own
engine, as ``cnngui train`` does it; then it is measured on others that it was not trained with.
Some minutes on two cores.

Run it from the checkout: ``python resources/networks/train_shapes.py``
"""

from __future__ import annotations

import sys

from by_training import SEED, file_asked_for, train

from cnngui.spec.layers import (
    BatchNorm2d,
    Conv2d,
    Dropout,
    Flatten,
    GlobalAvgPool2d,
    LayerSpec,
    Linear,
    MaxPool2d,
    ReLU,
    Softmax,
)
from cnngui.spec.network import InputSpec, NetworkSpec

SIZE = 48
CHANNELS = (16, 24, 32, 48, 64)
POOLED = 3
"""After so many convolutions one number sees 54 pixels across: the largest shape as a whole."""
CLASSES = 6

EPOCHS = 16
SAMPLES, TEST_SAMPLES = 24_000, 4_000


def shapes_network() -> NetworkSpec:
    """Return the network, untrained.

    The mean over each last map asks whether something is anywhere: where a shape is held does not
    matter, and few samples do.
    """
    layers: list[LayerSpec] = []
    for number, channels in enumerate(CHANNELS, 1):
        layers += [
            Conv2d(id=f"conv{number}", out_channels=channels, padding="same", bias=False),
            BatchNorm2d(id=f"bn{number}"),
            ReLU(id=f"relu{number}"),
        ]
        if number <= POOLED:
            layers.append(MaxPool2d(id=f"pool{number}"))
    layers += [
        GlobalAvgPool2d(id=f"pool{POOLED + 1}"),
        Flatten(id="flatten1"),
        Dropout(id="dropout1", p=0.2),
        Linear(id="linear1", out_features=CLASSES),
        Softmax(id="softmax1"),
    ]
    grey = {"mean": (0.5, 0.5, 0.5), "std": (0.25, 0.25, 0.25)}
    size = InputSpec(channels=3, height=SIZE, width=SIZE, **grey)
    return NetworkSpec(name="Shapes", input=size, layers=tuple(layers))


if __name__ == "__main__":
    sys.exit(
        train(
            shapes_network(),
            file_asked_for("shapes.safetensors"),
            data=f"paper:seed={SEED}:count={SAMPLES}:size={SIZE}",
            test=f"paper:seed={SEED + 1}:count={TEST_SAMPLES}:size={SIZE}",
            epochs=EPOCHS,
            augment="flip=yes",
        )
    )
