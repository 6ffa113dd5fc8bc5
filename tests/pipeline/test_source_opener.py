"""Attempts to open sources: beside each other, but one device is never asked for twice at once."""

from __future__ import annotations

import threading
from collections.abc import Callable

from cnngui.capture.address import SourceAddress
from cnngui.capture.settings import CaptureSettings
from cnngui.pipeline.source_opener import Opening, SourceOpener
from tests.pipeline.fakes import CAMERA, FILM, PATIENCE_S, Camera


class SlowCameras:
    """Stands for ``open_source``: a camera comes when it may, everything else at once."""

    def __init__(self) -> None:
        self.asked: list[SourceAddress] = []
        self.begun, self.may_come = threading.Event(), threading.Event()
        self.is_taken = False
        self.clashed = False

    def __call__(
        self,
        address: SourceAddress,
        settings: CaptureSettings,
        is_stopped: Callable[[], bool],
    ) -> Camera:
        self.asked.append(address)
        if address == CAMERA:
            self.clashed = self.clashed or self.is_taken
            self.is_taken = True
            self.begun.set()
            assert self.may_come.wait(PATIENCE_S)
        return Device(self)


class Device(Camera):
    def __init__(self, owner: SlowCameras) -> None:
        super().__init__()
        self.owner = owner

    def close(self) -> None:
        super().close()
        self.owner.is_taken = False


class Receiver:
    """Takes the attempts that have ended."""

    def __init__(self) -> None:
        self.ended: list[Opening] = []
        self.came = threading.Event()

    def __call__(self, opening: Opening) -> bool:
        self.ended.append(opening)
        self.came.set()
        return True


def attempt(address: SourceAddress = CAMERA) -> Opening:
    return Opening(address, CaptureSettings(), again=False)


def test_a_device_is_not_asked_for_while_an_older_attempt_may_hold_it() -> None:
    cameras, receiver = SlowCameras(), Receiver()
    opener = SourceOpener(cameras, receiver)
    first, film, second = attempt(), attempt(FILM), attempt()
    opener.start(first)
    assert cameras.begun.wait(PATIENCE_S)
    opener.start(film)
    assert receiver.came.wait(PATIENCE_S)
    opener.start(second)
    cameras.may_come.set()
    assert opener.join(PATIENCE_S)
    assert not cameras.clashed
    assert cameras.asked == [CAMERA, FILM, CAMERA]
    assert receiver.ended == [film, second]


def test_attempts_that_nobody_waits_for_any_more_are_left_out() -> None:
    cameras, receiver = SlowCameras(), Receiver()
    opener = SourceOpener(cameras, receiver)
    attempts = [attempt() for _ in range(10)]
    opener.start(attempts[0])
    assert cameras.begun.wait(PATIENCE_S)
    for opening in attempts[1:]:
        opener.start(opening)
    cameras.may_come.set()
    assert opener.join(PATIENCE_S)
    assert cameras.asked == [CAMERA, CAMERA]
    assert receiver.ended == attempts[-1:]
    assert attempts[0].source is not None
    assert attempts[0].source.closed.is_set()
