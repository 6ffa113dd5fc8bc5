"""A network that can be run: built from a description, owning its weights."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from cnngui.spec.network import NetworkSpec
from cnngui.weights import Weights

Observer = Callable[[NDArray[np.float32]], None]
"""Called with a read-only view ``(N, C, H, W)`` or ``(N, F)``, valid only during the call."""


class Model:
    def __init__(
        self, spec: NetworkSpec, weights: Weights | None = None, previous: Model | None = None
    ) -> None:
        self.spec = spec
        self.layer_seconds: Mapping[str, float] = {}

    def weights(self) -> Weights:
        raise NotImplementedError

    def forward(self, x: NDArray[np.float32], observers: Mapping[str, Observer]) -> None:
        raise NotImplementedError

    def activations(
        self, x: NDArray[np.float32], layer_ids: Iterable[str] | None = None
    ) -> dict[str, NDArray[np.float32]]:
        raise NotImplementedError
