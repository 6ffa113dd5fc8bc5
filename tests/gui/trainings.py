"""Trainings as values, and a studio that only notes what it is asked for."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from cnngui.data.dataset import Stills
from cnngui.errors import UserError
from cnngui.gui.document import Document
from cnngui.gui.training_plan import SmallerOffer
from cnngui.gui.view_state import ViewState
from cnngui.pipeline.training.progress import (
    Curves,
    LayerHealth,
    Measurement,
    TrainingProgress,
)
from cnngui.pipeline.training.settings import TrainingSettings
from cnngui.spec.layers import Conv2d, Flatten, Linear
from cnngui.spec.mending import fits_classes
from cnngui.spec.network import InputSpec, NetworkSpec

NETWORK = NetworkSpec(
    name="small",
    input=InputSpec(channels=3, height=8, width=8),
    layers=(
        Conv2d(id="conv1", out_channels=4, padding="same"),
        Flatten(id="flatten1"),
        Linear(id="fc1", out_features=3),
    ),
)
HEALTHY = (LayerHealth("conv1", 1e-3, 1e-3), LayerHealth("fc1", 1e-2, 2e-3))


def curves(steps: int = 40, epochs: float = 2.0, *, validates: bool = True) -> Curves:
    """Loss falls and accuracy rises; raw values are noisy."""
    when = np.linspace(0, epochs, steps, dtype=np.float32)
    noise = np.random.default_rng(0).normal(0, 0.1, steps).astype(np.float32)
    loss = (2 * np.exp(-when)).astype(np.float32)
    at = np.arange(int(epochs) + 1 if validates else 0, dtype=np.float32)
    return Curves(
        epochs=when,
        loss=loss + noise,
        accuracy=1 - loss / 2,
        smooth_loss=loss,
        smooth_accuracy=1 - loss / 2,
        validation_epochs=at,
        validation_loss=(2.2 * np.exp(-at)).astype(np.float32),
        validation_accuracy=(1 - np.exp(-at)).astype(np.float32),
    )


def training(run_id: str = "20260102-030405-a", **changes: Any) -> TrainingProgress:
    """A training in its third of ten epochs; ``changes`` says what else is so."""
    values: dict[str, Any] = {
        "run_id": run_id,
        "state": "running",
        "spec": NETWORK,
        "data_name": "Shapes",
        "data_address": "shapes",
        "settings": TrainingSettings(),
        "rate_changes": (),
        "samples": (160, 40),
        "epoch": 2.0,
        "step": 10,
        "steps": 50,
        "learning_rate": 1e-3,
        "samples_per_second": 1240.0,
        "seconds_left": 42.0,
        "memory_bytes": 12_300_000,
        "curves": curves(),
        "layers": HEALTHY,
        "moments": (),
        "findings": (),
        "best": Measurement("validation", 40, 2.0, 0.875, 0.5),
        "evaluation": None,
    }
    return TrainingProgress(**(values | changes))


class FakeData(Stills):
    """A data set as far as the page looks at it."""

    name = "Shapes"
    address = "shapes"
    problems = ()

    def __init__(self, classes: tuple[str, ...] = ("circle", "square", "star")) -> None:
        self.classes = classes
        self.labels: NDArray[np.int64] = np.arange(60) % len(classes)

    def __len__(self) -> int:
        return len(self.labels)


class FakeStudio(QObject):
    """What pages see of a ``Studio``; ``asked`` are the calls."""

    result_changed = Signal()
    event_received = Signal(object)

    def __init__(self, spec: NetworkSpec = NETWORK) -> None:
        super().__init__()
        self.document = Document(spec)
        self.view = ViewState(self.document)
        self.asked: list[tuple[Any, ...]] = []
        self.data = FakeChoice(self.asked)
        self.plan = FakePlan(self)
        self.trainer = FakeTrainer(self.asked)
        self.runs = FakeRuns(self.asked)
        self.settings = SimpleNamespace(save_folder=Path("no such folder"))
        self.result: Any = None

    def give(self, data: FakeData | None) -> None:
        """Have a data set opened."""
        self.data.dataset = data
        self.data.changed.emit()

    def report(self, progress: TrainingProgress) -> None:
        """Hear of a training."""
        before = self.trainer.progress
        is_new = before is None or before.run_id != progress.run_id
        self.trainer.progress = progress
        others = (run for run in self.runs.kept if run.run_id != progress.run_id)
        self.runs.kept = (progress, *others)
        self.trainer.changed.emit()
        if is_new:
            self.runs.changed.emit()


class FakeChoice(QObject):
    """The choice of data."""

    changed = Signal()

    def __init__(self, asked: list[tuple[Any, ...]]) -> None:
        super().__init__()
        self._asked = asked
        self.dataset: FakeData | None = None
        self.problem: UserError | None = None
        self.progress: tuple[int, int] | None = None

    def open(self, address: str) -> None:
        self._asked.append(("open_data", address))


class FakePlan(QObject):
    """How the next training is to be."""

    settings_changed = Signal()
    memory_changed = Signal()
    times_changed = Signal()

    def __init__(self, studio: FakeStudio) -> None:
        super().__init__()
        self._studio = studio
        self.settings = TrainingSettings()
        self.memory_bytes = 0
        self.measured: list[int] = []
        self.offer: SmallerOffer | None = None
        self.timed = 0

    @property
    def needs_mending(self) -> bool:
        data, document = self._studio.data.dataset, self._studio.document
        if data is None or not document.report.is_valid:
            return False
        return not fits_classes(document.spec, len(data.classes))

    def set_settings(self, settings: TrainingSettings) -> None:
        self.settings = settings
        self.settings_changed.emit()

    def measure_memory(self) -> None:
        self.measured.append(self.settings.batch_size)

    def measure_times(self) -> None:
        self.timed += 1

    def take_small_network(self) -> None:
        self._studio.asked.append(("take_small_network",))

    def mend_network(self) -> None:
        self._studio.asked.append(("mend_network",))


class FakeTrainer(QObject):
    """The training under way."""

    changed = Signal()

    def __init__(self, asked: list[tuple[Any, ...]]) -> None:
        super().__init__()
        self._asked = asked
        self.progress: TrainingProgress | None = None
        self.preparing: tuple[int, int] | None = None
        self.problem: UserError | None = None

    @property
    def is_running(self) -> bool:
        return self.preparing is not None or self._state == "running"

    @property
    def is_paused(self) -> bool:
        return self._state == "paused"

    @property
    def is_under_way(self) -> bool:
        return self.is_running or self.is_paused

    def start(self) -> None:
        self._asked.append(("start",))

    def pause(self) -> None:
        self._asked.append(("pause",))

    def step(self) -> None:
        self._asked.append(("step",))

    def stop(self) -> None:
        self._asked.append(("stop",))

    def reset(self) -> None:
        self._asked.append(("reset",))

    def set_learning_rate(self, rate: float) -> None:
        self._asked.append(("set_learning_rate", rate))

    @property
    def _state(self) -> str:
        return self.progress.state if self.progress is not None else ""


class FakeRuns(QObject):
    """The trainings that are kept."""

    changed = Signal()

    def __init__(self, asked: list[tuple[Any, ...]]) -> None:
        super().__init__()
        self._asked = asked
        self.kept: tuple[TrainingProgress, ...] = ()

    def restore(self, run_id: str, first: bool = False) -> None:
        self._asked.append(("restore_run", run_id, first))

    def delete(self, run_id: str) -> None:
        self._asked.append(("delete_run", run_id))

    def write_curves(self, run_id: str, path: Path) -> None:
        self._asked.append(("write_curves", run_id, path))

    def write_predictions(self, evaluation: Any, dataset: Any, path: Path) -> None:
        self._asked.append(("write_predictions", evaluation, dataset, path))
