from __future__ import annotations

import threading

from cnngui.pipeline.turns import Turns

PATIENCE_S = 10.0


class Computing:
    """Someone who takes a turn in a thread of their own and keeps it until told."""

    def __init__(self, turns: Turns, patience_s: float = PATIENCE_S) -> None:
        self.computes = threading.Event()
        self.done = threading.Event()
        self._turns = turns
        self._patience_s = patience_s
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        with self._turns.take(self._patience_s):
            self.computes.set()
            assert self.done.wait(PATIENCE_S)

    def end(self) -> None:
        self.done.set()
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive()


def test_who_comes_later_waits():
    turns = Turns()
    first = Computing(turns)
    assert first.computes.wait(PATIENCE_S)
    second = Computing(turns)
    assert not second.computes.wait(0.05)
    first.end()
    assert second.computes.wait(PATIENCE_S)
    second.end()


def test_who_has_waited_comes_before_who_asks_again():
    turns = Turns()
    order = []
    waits = threading.Event()

    def live_view() -> None:
        waits.set()
        with turns.take(PATIENCE_S):
            order.append("frame")

    thread = threading.Thread(target=live_view)
    with turns.take(PATIENCE_S):
        order.append("batch")
        thread.start()
        assert waits.wait(PATIENCE_S)
        while not turns.are_wanted:
            pass
    with turns.take(PATIENCE_S):
        order.append("batch")
    thread.join(PATIENCE_S)
    assert order == ["batch", "frame", "batch"]


def test_who_loses_patience_goes_ahead_and_keeps_others_waiting():
    turns = Turns()
    slow = Computing(turns)
    assert slow.computes.wait(PATIENCE_S)
    impatient = Computing(turns, patience_s=0.01)
    assert impatient.computes.wait(PATIENCE_S)
    third = Computing(turns)
    slow.end()
    assert not third.computes.wait(0.05)
    impatient.end()
    assert third.computes.wait(PATIENCE_S)
    third.end()


def test_a_turn_ends_with_an_error_too():
    turns = Turns()
    try:
        with turns.take(PATIENCE_S):
            raise ZeroDivisionError
    except ZeroDivisionError:
        pass
    after = Computing(turns)
    assert after.computes.wait(PATIENCE_S)
    after.end()
