"""What a training has learned, as values; and a studio whose pipeline answers at once."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
from numpy.typing import NDArray

from cnngui.pipeline.kernel_painter import paint_kernels
from cnngui.pipeline.kernel_pictures import KernelRequest
from cnngui.pipeline.training.progress import Basis, Evaluation, KernelMoment, Measurement
from cnngui.pipeline.training.summary import summarise
from cnngui.spec.layers import Conv2d, Flatten, Linear, ReLU
from cnngui.spec.network import InputSpec, NetworkSpec
from tests.gui.trainings import FakeStudio

LEARNER = NetworkSpec(
    name="learner",
    input=InputSpec(channels=3, height=16, width=16),
    layers=(
        Conv2d(id="conv1", out_channels=8, padding="same"),
        ReLU(id="relu1"),
        Conv2d(id="conv2", out_channels=16, padding="same"),
        Flatten(id="flatten1"),
        Linear(id="fc1", out_features=3),
    ),
)


def kernels(scale: float = 1.0) -> dict[str, NDArray[np.float32]]:
    random = np.random.default_rng(0)
    shapes = {"conv1": (8, 3, 3, 3), "conv2": (16, 8, 3, 3)}
    return {
        layer_id: (scale * random.normal(size=shape)).astype(np.float32)
        for layer_id, shape in shapes.items()
    }


def moments(count: int = 5) -> tuple[KernelMoment, ...]:
    """Weights that grow by a tenth of the first ones with each moment, half an epoch apart."""
    return tuple(
        KernelMoment(step=10 * place, epoch=0.5 * place, kernels=kernels(1 + place / 10))
        for place in range(count)
    )


def evaluation(
    labels: list[int],
    probabilities: list[list[float]],
    classes: tuple[str, ...] = ("circle", "square", "star"),
    first: int = 0,
    basis: Basis = "validation",
) -> Evaluation:
    truth, shares = np.array(labels, np.int64), np.array(probabilities, np.float32)
    summary = summarise(truth, shares)
    return Evaluation(
        measured=Measurement(basis, len(labels), 2.0, summary.accuracy, 0.5),
        classes=classes,
        indices=np.arange(first, first + len(labels), dtype=np.int64),
        labels=truth,
        probabilities=shares,
        summary=summary,
    )


class FakePainter:
    """Paints at once, and notes what it was asked for."""

    def __init__(self, studio: LearnedStudio) -> None:
        self._studio = studio
        self.requests: list[KernelRequest] = []

    def tell(self, request: KernelRequest) -> None:
        self.requests.append(request)
        self._studio.event_received.emit(paint_kernels(request))


class FakeThumbnails:
    """Notes which pictures are wanted."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, list[int]]] = []

    def ask_thumbnails(self, token: str, dataset: object, indices: list[int], size: int) -> None:
        self.asked.append((token, list(indices)))

    def forget_thumbnails(self, token: str) -> None:
        pass


class LearnedStudio(FakeStudio):
    """A studio as the pages of kernels and results see it."""

    def __init__(self, spec: NetworkSpec = LEARNER) -> None:
        super().__init__(spec)
        self.painter, self.thumbnails = FakePainter(self), FakeThumbnails()
        self.pipeline = SimpleNamespace(tell=self.painter.tell, data=self.thumbnails)

    def run_with(self, weights: dict[str, NDArray[np.float32]]) -> None:
        """Have the network compute a frame with these kernels."""
        named = {layer_id: {"weight": weight} for layer_id, weight in weights.items()}
        self.result = SimpleNamespace(weights=named)
        self.result_changed.emit()
