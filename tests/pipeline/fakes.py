"""Sources that do as told, and somebody who listens to the pipeline."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np

from cnngui.capture.address import SourceAddress
from cnngui.capture.settings import CaptureSettings
from cnngui.capture.source import Picture, Source, SourceInfo
from cnngui.errors import SourceError
from cnngui.pipeline.events import Event
from cnngui.pipeline.live import LivePipeline
from cnngui.pipeline.results import FrameResult
from cnngui.spec.layers import Conv2d, Flatten, GlobalAvgPool2d, Linear, ReLU
from cnngui.spec.network import InputSpec, NetworkSpec

PATIENCE_S = 10.0

FILM = SourceAddress("video", "/film")
CLIP = SourceAddress("sample")
CAMERA = SourceAddress("camera", "Desk Cam")
OTHER_CAMERA = SourceAddress("camera", "Door Cam")

E = TypeVar("E")


def picture_of(value: int, height: int = 12, width: int = 16) -> Picture:
    """A grey picture whose value says which one it is; its left half is black."""
    picture = np.full((height, width, 3), value, np.uint8)
    picture[:, : width // 2] = 0
    picture.flags.writeable = False
    return picture


def number_of(picture: Picture) -> int:
    return int(picture[0, -1, 0])


class Film(Source):
    """A medium whose picture at position n has the value n."""

    def __init__(self, count: int = 20, rate: float = 500.0, broken_at: int = -1) -> None:
        self.count, self.rate, self.broken_at = count, rate, broken_at
        self.closed = False
        self._next = 0

    @property
    def info(self) -> SourceInfo:
        return SourceInfo("film", 16, 12, self.rate, self.count, seekable=True)

    @property
    def position(self) -> int:
        return max(self._next - 1, 0)

    def read(self) -> Picture | None:
        if self._next == self.broken_at:
            raise SourceError("film", "must be whole", "a hole")
        if self._next >= self.count:
            return None
        self._next += 1
        return picture_of((self._next - 1) % 256)

    def seek(self, position: int) -> None:
        self._next = min(max(position, 0), self.count - 1)

    def close(self) -> None:
        self.closed = True


class Camera(Source):
    """Gives the pictures, or raises the errors, that the test sends it."""

    def __init__(self, timeout_s: float = 30.0) -> None:
        self.timeout_s = timeout_s
        self.sent: queue.Queue[int | Exception | None] = queue.Queue()
        self.closed = threading.Event()

    @property
    def info(self) -> SourceInfo:
        return SourceInfo("camera", 16, 12, 30.0, live=True)

    def send(self, *items: int | Exception | None) -> None:
        for item in items:
            self.sent.put(item)

    def unplug(self) -> None:
        self.send(SourceError("camera", "must stay connected", "no picture"))

    def read(self) -> Picture | None:
        deadline = time.monotonic() + self.timeout_s
        item: int | Exception | None
        while True:
            try:
                item = self.sent.get(timeout=0.02)
                break
            except queue.Empty:
                # So that a test which ends does not have to wait for a picture.
                if self.closed.is_set() or time.monotonic() > deadline:
                    raise SourceError("camera", "must go on sending", "silence") from None
        if isinstance(item, Exception):
            raise item
        return None if item is None else picture_of(item)

    def close(self) -> None:
        self.closed.set()


class Opener:
    """Stands for ``open_source``: a list of what each address gives, one after the other."""

    def __init__(self) -> None:
        self.prepared: dict[SourceAddress, list[Source | Exception | threading.Event]] = {}
        self.asked: list[SourceAddress] = []
        self.settings: list[CaptureSettings] = []
        self.given: list[Source] = []

    def prepare(
        self, address: SourceAddress, *outcomes: Source | Exception | threading.Event
    ) -> None:
        """An event stands for an attempt that hangs until it is set, and then goes on."""
        self.prepared.setdefault(address, []).extend(outcomes)

    def __call__(
        self,
        address: SourceAddress,
        settings: CaptureSettings,
        is_stopped: Callable[[], bool],
    ) -> Source:
        self.asked.append(address)
        self.settings.append(settings)
        while True:
            outcomes = self.prepared.get(address)
            if not outcomes:
                raise SourceError(address.label, "must be there", "nothing")
            outcome = outcomes.pop(0)
            if isinstance(outcome, threading.Event):
                assert outcome.wait(PATIENCE_S)
                continue
            if isinstance(outcome, Exception):
                raise outcome
            self.given.append(outcome)
            return outcome

    def end(self) -> None:
        """Let no read wait any longer."""
        for source in self.given:
            source.close()


class Listener:
    """Takes what the pipeline gives whenever its bell rings."""

    def __init__(self) -> None:
        self.rung = threading.Event()
        self.rings = 0
        self.events: list[Event] = []
        self.results: list[FrameResult] = []
        self.early: list[FrameResult] = []
        self.pipeline: LivePipeline | None = None

    def ring(self) -> None:
        self.rings += 1
        self.rung.set()

    def take(self) -> None:
        assert self.pipeline is not None
        self.events += self.pipeline.outbox.take_events()
        result = self.pipeline.outbox.take_result()
        if result is not None:
            (self.results if result.is_complete else self.early).append(result)
            self.pipeline.mark_shown(result)

    def until(self, reached: Callable[[], object], what: str = "it") -> None:
        deadline = time.monotonic() + PATIENCE_S
        while True:
            self.take()
            if reached():
                return
            assert time.monotonic() < deadline, f"{what} did not come; events: {self.events}"
            self.rung.wait(0.02)
            self.rung.clear()

    def event(self, kind: type[E]) -> E:
        """Wait for an event of a kind and take it out of the list."""

        def found() -> list[E]:
            return [event for event in self.events if isinstance(event, kind)]

        self.until(found, kind.__name__)
        first = found()[0]
        self.events.remove(first)  # type: ignore[arg-type]
        return first

    def result(self, fits: Callable[[FrameResult], bool] = lambda _: True) -> FrameResult:
        """Wait for a result that fits and forget those before it."""

        def found() -> list[FrameResult]:
            return [result for result in self.results if fits(result)]

        self.until(found, "the result")
        first = found()[0]
        del self.results[: self.results.index(first) + 1]
        return first


def small_network(name: str = "small", seed: int = 0) -> NetworkSpec:
    return NetworkSpec(
        name=name,
        input=InputSpec(channels=3, height=12, width=16),
        layers=(
            Conv2d(id="conv1", out_channels=4, padding="same", seed=seed),
            ReLU(id="relu1"),
            Conv2d(id="conv2", out_channels=6, padding="same", seed=seed),
        ),
    )


def classifier() -> NetworkSpec:
    return NetworkSpec(
        name="classifier",
        input=InputSpec(channels=1, height=12, width=16, mean=(0.5,), std=(0.5,)),
        layers=(
            Conv2d(id="conv1", out_channels=4),
            GlobalAvgPool2d(id="pool1"),
            Flatten(id="flatten1"),
            Linear(id="linear1", out_features=3),
        ),
        classes=("a", "b", "c"),
    )
