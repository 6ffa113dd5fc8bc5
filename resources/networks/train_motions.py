"""Trains the preset "Motions" and writes motions.safetensors.

A small network learns from the clips that the program draws, with the program's own engine, as
``cnngui train`` does it; then it is measured on others that it was not trained with. Some
ten minutes on one core.

Run it from the checkout: ``python resources/networks/train_motions.py``
"""

from __future__ import annotations

import sys

from by_training import SEED, file_asked_for, train

from cnngui.spec.layers import (
    BatchNorm3d,
    Conv3d,
    Dropout,
    Flatten,
    GlobalAvgPool3d,
    LayerSpec,
    Linear,
    MaxPool3d,
    ReLU,
    Softmax,
)
from cnngui.spec.network import InputSpec, NetworkSpec

HEIGHT, WIDTH = 48, 64
FRAMES, STEP, RATE = 8, 3, 25.0
"""Eight frames reach over 0.84 seconds: as long as a hand needs for one motion."""
CLASSES = 9

EPOCHS = 8
SAMPLES, TEST_SAMPLES = 16_000, 2_700


def motions_network() -> NetworkSpec:
    """Return the network, untrained.

    The first kernels span three moments at full detail, for small motions are lost on small maps.
    The mean over each last map asks whether something is anywhere, at any time.
    """
    layers: list[LayerSpec] = [
        *_block(1, 12, kernel_size=(3, 5, 5), stride=(1, 2, 2), padding=(1, 2, 2)),
        MaxPool3d(id="pool1", kernel_size=(1, 2, 2), stride=(1, 2, 2)),
        *_block(2, 24),
        MaxPool3d(id="pool2", kernel_size=2),
        *_block(3, 32),
        MaxPool3d(id="pool3", kernel_size=2),
        *_block(4, 48),
        GlobalAvgPool3d(id="pool4"),
        Flatten(id="flatten1"),
        Dropout(id="dropout1", p=0.2),
        Linear(id="linear1", out_features=CLASSES),
        Softmax(id="softmax1"),
    ]
    grey = {"channels": 1, "mean": (0.5,), "std": (0.25,)}
    time = {"frames": FRAMES, "frame_step": STEP, "frame_rate": RATE}
    size = InputSpec(height=HEIGHT, width=WIDTH, **grey, **time)
    return NetworkSpec(name="Motions", input=size, layers=tuple(layers))


def _block(number: int, channels: int, **arguments: object) -> list[LayerSpec]:
    return [
        Conv3d(
            id=f"conv{number}",
            out_channels=channels,
            bias=False,
            **({"padding": "same"} | arguments),
        ),
        BatchNorm3d(id=f"bn{number}"),
        ReLU(id=f"relu{number}"),
    ]


if __name__ == "__main__":
    sys.exit(
        train(
            motions_network(),
            file_asked_for("motions.safetensors"),
            data=f"motions:seed={SEED}:count={SAMPLES}:size={HEIGHT}",
            test=f"motions:seed={SEED + 1}:count={TEST_SAMPLES}:size={HEIGHT}",
            epochs=EPOCHS,
            threads=1,  # or sums are added in another order on another machine
        )
    )
