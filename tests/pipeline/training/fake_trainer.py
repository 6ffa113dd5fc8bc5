"""A trainer that learns nothing and counts: each step adds one to every weight."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from cnngui.data.dataset import Dataset, Stills
from cnngui.engine.gradients.interruption import Interruption
from cnngui.errors import text
from cnngui.pipeline.training.progress import (
    Curves,
    Finding,
    KernelMoment,
    LayerHealth,
    Measurement,
    RateChange,
    TrainingProgress,
    TrainingState,
)
from cnngui.pipeline.training.settings import TrainingSettings
from cnngui.spec.network import NetworkSpec
from cnngui.spec.shapes import infer
from cnngui.weights import Weights


class Gate:
    """What a fake trainer waits for, and what it does then.

    Attributes
    ----------
    prepared : preparing waits for it.
    finishing : a step waits for it, and lets others come between meanwhile.
    in_step : set while it does.
    failure : raised by the next step, or by preparing where ``fails_preparing``.
    """

    def __init__(self) -> None:
        self.prepared = threading.Event()
        self.prepared.set()
        self.preparing = threading.Event()
        self.finishing = threading.Event()
        self.finishing.set()
        self.in_step = threading.Event()
        self.failure: BaseException | None = None
        self.fails_preparing = False
        self.steps_per_epoch = 4
        self.made: list[FakeTrainer] = []


class FakeTrainer:
    gate: Gate

    def __init__(
        self,
        spec: NetworkSpec,
        weights: Weights | None,
        data: Dataset,
        settings: TrainingSettings,
        *,
        run_id: str,
        is_cancelled: Callable[[], bool],
        on_prepared: Callable[[int, int], None],
        interruption: Interruption,
    ) -> None:
        gate = self.gate
        gate.made.append(self)
        on_prepared(0, len(data))
        gate.preparing.set()
        while not gate.prepared.wait(0.01) and not is_cancelled():
            pass
        if gate.fails_preparing and gate.failure is not None:
            raise gate.failure
        self.spec, self.settings, self.run_id = spec, settings, run_id
        self.given = weights
        self.interruption = interruption
        self.measuring = False
        self.is_winding_up = False
        self.learning_rate = settings.learning_rate
        self.rates: list[float] = []
        self.state: TrainingState = "running"
        self.batches_done = self.best_step = 0
        self.steps = settings.epochs * gate.steps_per_epoch

    @property
    def is_done(self) -> bool:
        return self.state in ("finished", "stopped", "failed")

    def step(self) -> None:
        gate = self.gate
        if gate.failure is not None:
            raise gate.failure
        while not gate.finishing.wait(0.001):
            gate.in_step.set()
            if self.interruption.is_wanted():
                self.interruption.take()
        if self.is_winding_up:
            self.state = "stopped"
            return
        self.batches_done += 1
        self.rates.append(self.learning_rate)
        if self.batches_done % gate.steps_per_epoch == 0:
            self.best_step = self.batches_done
        if self.batches_done == self.steps:
            self.state = "finished"

    @property
    def best_evaluation(self) -> None:
        return None

    def weights(self) -> Weights:
        return weights_of(self.spec, self.batches_done)

    def best_weights(self) -> Weights:
        return weights_of(self.spec, self.best_step)

    def reset(self) -> None:
        self.batches_done = self.best_step = 0
        self.state = "running"

    def stop(self) -> None:
        self.state = "stopped"

    def wind_up(self) -> None:
        """Take one more step, as if to measure, where any was taken."""
        self.is_winding_up = True
        if not self.batches_done or self.batches_done == self.best_step:
            self.stop()

    @property
    def progress(self) -> TrainingProgress:
        return progress_of(
            self.spec,
            self.run_id,
            state=self.state,
            settings=replace(self.settings, learning_rate=self.learning_rate),
            step=self.batches_done,
            steps=self.steps,
            epoch=self.batches_done / self.gate.steps_per_epoch,
            learning_rate=self.learning_rate,
            measuring=self.measuring,
        )


def weights_of(spec: NetworkSpec, value: float) -> Weights:
    """Every number is ``value``."""
    return {
        layer_id: {name: np.full(shape, value, np.float32) for name, shape in parameters.items()}
        for layer_id, parameters in infer(spec).parameters.items()
        if parameters
    }


def progress_of(spec: NetworkSpec, run_id: str, **values: object) -> TrainingProgress:
    numbers = np.linspace(0, 1, 5, dtype=np.float32)
    progress = TrainingProgress(
        run_id=run_id,
        state="running",
        spec=spec,
        data_name="Fake",
        data_address="fake",
        settings=TrainingSettings(),
        rate_changes=(RateChange(2, 0.5, 1.5, 0.0625),),
        samples=(8, 2),
        epoch=0.0,
        step=0,
        steps=1,
        learning_rate=0.001,
        samples_per_second=0.0,
        seconds_left=0.0,
        memory_bytes=1000,
        curves=Curves(*[numbers] * 8),
        layers=(LayerHealth("conv1", 0.1, 0.01, "vanishing"),),
        moments=tuple(
            KernelMoment(step, step / 4, {"conv1": np.full((4, 1, 3, 3), step, np.float32)})
            for step in range(3)
        ),
        findings=(Finding("vanishing", text("{layers}: hardly learns", layers="conv1")),),
        best=Measurement("validation", 2, 0.0, 0.5, 1.0),
        evaluation=None,
    )
    return replace(progress, **values)  # type: ignore[arg-type]


class FakeData(Stills):
    """Ten grey pictures of three classes."""

    name, address, classes = "Fake", "fake", ("a", "b", "c")
    labels = np.arange(10) % 3
    problems = ()

    def picture(self, index: int) -> np.ndarray:
        return np.full((8, 8, 3), index, np.uint8)

    def batch(self, indices: object, target: object) -> np.ndarray:
        raise NotImplementedError

    def __len__(self) -> int:
        return 10
