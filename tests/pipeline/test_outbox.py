"""The bell rings when there is something new to fetch, and nothing piles up."""

from __future__ import annotations

from pathlib import Path

from cnngui.pipeline.events import Crashed, PlaybackChanged, Saved, SaveProgress
from cnngui.pipeline.mailbox import Slot
from cnngui.pipeline.messages import Playback
from cnngui.pipeline.outbox import Outbox


class Bell:
    def __init__(self) -> None:
        self.rings = 0
        self.outbox = Outbox(self.ring)

    def ring(self) -> None:
        self.rings += 1
        # Whoever is rung may fetch at once: no lock is held.
        self.outbox.take_result()


def test_a_slot_holds_the_newest() -> None:
    slot: Slot[int] = Slot()
    assert slot.take() is None
    assert not slot.put(1)
    assert slot.put(2)
    assert slot.take() == 2
    assert slot.take() is None


def test_the_bell_rings_once_for_many_events() -> None:
    bell = Bell()
    for number in range(5):
        bell.outbox.put_event(Saved("snapshot", Path(str(number))))
    assert bell.rings == 1
    assert [event.path.name for event in bell.outbox.take_events()] == list("01234")
    bell.outbox.put_event(Saved("snapshot", Path("again")))
    assert bell.rings == 2


def test_of_states_only_the_newest_is_kept() -> None:
    outbox = Outbox(lambda: None)
    for position in range(100):
        outbox.put_event(PlaybackChanged(Playback(), position))
        outbox.put_event(SaveProgress("snapshot", position, 100))
    assert outbox.take_events() == [
        PlaybackChanged(Playback(), 99),
        SaveProgress("snapshot", 99, 100),
    ]


def test_a_defect_in_every_frame_is_told_once() -> None:
    outbox = Outbox(lambda: None)
    for _ in range(100):
        outbox.put_event(Crashed("engine", "the same"))
    assert outbox.take_events() == [Crashed("engine", "the same")]


def test_events_nobody_fetches_take_bounded_memory() -> None:
    outbox = Outbox(lambda: None)
    for number in range(5000):
        outbox.put_event(Saved("snapshot", Path(str(number))))
    events = outbox.take_events()
    assert len(events) == 1000
    assert events[-1] == Saved("snapshot", Path("4999"))
