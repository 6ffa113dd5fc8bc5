"""Calls that cannot be interrupted, made by a thread that can be left behind."""

from __future__ import annotations

import threading
import time

import pytest

from cnngui.capture import aside
from cnngui.capture.aside import Aside, is_anything_left_behind
from cnngui.capture.deadline import Deadline, StoppedError


def soon(is_stopped=lambda: False) -> Deadline:
    return Deadline(0.2, "thing", is_stopped)


@pytest.fixture
def released() -> threading.Event:
    return threading.Event()


def wait_for_all() -> None:
    for thread in list(aside._left_behind):
        thread.join(5)
    assert not is_anything_left_behind()


def test_it_returns_what_the_call_returns_and_raises_what_it_raises() -> None:
    desk, closed = Aside(), threading.Event()
    assert desk.call(lambda: 7, soon()) == 7
    assert desk.call(lambda: None, soon()) is None
    with pytest.raises(ZeroDivisionError):
        desk.call(lambda: 1 // 0, soon())
    assert desk.call(lambda: 8, soon()) == 8
    desk.leave(closed.set)
    assert closed.is_set()
    assert not is_anything_left_behind()


@pytest.mark.parametrize(("stopped", "error"), [(False, TimeoutError), (True, StoppedError)])
def test_who_waits_can_turn_away(
    released: threading.Event, stopped: bool, error: type[Exception]
) -> None:
    desk, closed = Aside(), threading.Event()
    began = time.monotonic()
    with pytest.raises(error):
        desk.call(released.wait, soon(lambda: stopped))
    with pytest.raises(TimeoutError):
        desk.call(lambda: 7, soon())  # nothing is asked of it any more
    desk.leave(closed.set)
    assert time.monotonic() - began < 1.0
    assert is_anything_left_behind()
    assert not closed.is_set()
    released.set()
    assert closed.wait(5)  # it lets go of what it holds as soon as it can
    wait_for_all()


def test_a_last_call_that_hangs_is_not_waited_for_either(released: threading.Event) -> None:
    desk = Aside()
    assert desk.call(lambda: 7, soon()) == 7
    began = time.monotonic()
    desk.leave(released.wait)
    assert time.monotonic() - began < 1.5
    assert is_anything_left_behind()
    released.set()
    wait_for_all()
