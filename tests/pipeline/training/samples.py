"""Small data sets and networks to train in tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnngui.data.dataset import Stills
from cnngui.errors import DataError
from cnngui.spec.layers import Conv2d, Flatten, LayerSpec, Linear, MaxPool2d, ReLU, Softmax
from cnngui.spec.network import InputSpec, NetworkSpec

INPUT = InputSpec(channels=1, height=8, width=8, mean=(0.0,), std=(1.0,))


@dataclass(eq=False)
class FakeData(Stills):
    """Pictures in memory, all of one size."""

    pixels: NDArray[np.uint8]
    labels: NDArray[np.int64]
    classes: tuple[str, ...] = ("upper", "lower", "all")
    name: str = "bars"
    address: str = "fake:bars"
    problems: tuple = ()
    together: tuple[int, ...] = ()
    unreadable: frozenset[int] = frozenset()

    @property
    def recordings(self) -> NDArray[np.int64]:
        return np.array(self.together or range(len(self.labels)), np.int64)

    def picture(self, index: int) -> NDArray[np.uint8]:
        return np.repeat(self.pixels[index], 3, axis=2)

    def batch(self, indices: Sequence[int], target: InputSpec) -> NDArray[np.uint8]:
        for index in indices:
            if index in self.unreadable:
                raise DataError(f"{index}.png", "must be readable", "no such file")
        return self.pixels[list(indices)]

    def __len__(self) -> int:
        return len(self.labels)


def bars(count: int = 90, **changes: object) -> FakeData:
    """Pictures bright in the upper half, in the lower one, or in both, with noise."""
    rng = np.random.default_rng(5)
    labels = np.arange(count) % 3
    pixels = rng.integers(0, 60, (count, 8, 8, 1), np.uint8)
    pixels[np.isin(labels, (0, 2)), :4] += 180
    pixels[np.isin(labels, (1, 2)), 4:] += 180
    return FakeData(pixels, labels, **changes)


def small(*tail: LayerSpec, units: int = 3) -> NetworkSpec:
    return NetworkSpec(
        name="small",
        input=INPUT,
        layers=(
            Conv2d(id="conv1", out_channels=4),
            ReLU(id="relu1"),
            MaxPool2d(id="pool1"),
            Flatten(id="flatten1"),
            Linear(id="linear1", out_features=units),
            *(tail or (Softmax(id="softmax1"),)),
        ),
    )
