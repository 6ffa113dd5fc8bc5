"""What the pipeline does with films, pictures and cameras."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import numpy as np
import pytest

from cnngui.capture.settings import CaptureSettings
from cnngui.capture.source import SourceInfo
from cnngui.errors import SourceError
from cnngui.pipeline.capture_commands import CloseSource, OpenSource, Play, Seek, Step
from cnngui.pipeline.engine_commands import SetNetwork
from cnngui.pipeline.events import (
    Crashed,
    PlaybackChanged,
    SourceEnded,
    SourceFailed,
    SourceLost,
    SourceOpened,
)
from cnngui.pipeline.live import LivePipeline
from cnngui.pipeline.messages import Playback
from tests.pipeline.fakes import (
    CAMERA,
    CLIP,
    FILM,
    OTHER_CAMERA,
    PATIENCE_S,
    Camera,
    Film,
    Listener,
    Opener,
    number_of,
    small_network,
)


@pytest.fixture(autouse=True)
def _network(pipeline: LivePipeline) -> None:
    pipeline.tell(SetNetwork(small_network(), 1))


def test_a_film_plays_to_its_end_once(
    pipeline: LivePipeline, opener: Opener, listener: Listener
) -> None:
    opener.prepare(FILM, Film(count=20, rate=200.0))
    pipeline.tell(Play(Playback(loop=False)))
    pipeline.tell(OpenSource(FILM))
    assert listener.event(SourceOpened).info.frame_count == 20
    assert listener.event(SourceEnded).address == FILM
    listener.until(lambda: pipeline.meter.counters().captured == 20)
    counters = pipeline.meter.counters()
    last = listener.result(lambda result: result.position == 19)
    assert number_of(last.picture) == 19
    listener.until(
        lambda: (now := pipeline.meter.counters()).processed + now.dropped == counters.captured
    )


def test_a_film_loops(pipeline: LivePipeline, opener: Opener, listener: Listener) -> None:
    opener.prepare(FILM, Film(count=4, rate=400.0))
    pipeline.tell(OpenSource(FILM))
    listener.until(lambda: pipeline.meter.counters().captured > 12)
    assert not [event for event in listener.events if isinstance(event, SourceEnded)]


def test_playing_again_after_the_end_begins_at_the_start(
    pipeline: LivePipeline, opener: Opener, listener: Listener
) -> None:
    opener.prepare(FILM, Film(count=3, rate=300.0))
    pipeline.tell(Play(Playback(loop=False)))
    pipeline.tell(OpenSource(FILM))
    listener.event(SourceEnded)
    listener.until(lambda: not _last_playback(listener).playing)
    before = pipeline.meter.counters().captured
    pipeline.tell(Play(Playback(loop=False)))
    listener.event(SourceEnded)
    assert pipeline.meter.counters().captured == before + 3


def test_pause_seek_and_step_show_exactly_that_frame(
    pipeline: LivePipeline, opener: Opener, listener: Listener
) -> None:
    opener.prepare(FILM, Film(count=100, rate=10.0))
    pipeline.tell(OpenSource(FILM))
    listener.event(SourceOpened)
    pipeline.tell(Play(Playback(playing=False)))
    pipeline.tell(Seek(50))
    assert number_of(listener.result(lambda result: result.position == 50).picture) == 50
    pipeline.tell(Step())
    assert number_of(listener.result(lambda result: result.position == 51).picture) == 51
    pipeline.tell(Step(-2))
    assert number_of(listener.result(lambda result: result.position == 49).picture) == 49
    pipeline.tell(Seek(10_000))
    listener.result(lambda result: result.position == 99)


def test_stepping_pauses(pipeline: LivePipeline, opener: Opener, listener: Listener) -> None:
    opener.prepare(FILM, Film(count=100, rate=5.0))
    pipeline.tell(OpenSource(FILM))
    listener.result(lambda result: result.position == 0)
    pipeline.tell(Step(5))
    listener.until(lambda: not _last_playback(listener).playing)
    assert _last_playback(listener).playing is False
    listener.result(lambda result: result.position == 5)


class StraightFilm(Film):
    """Cannot be wound."""

    @property
    def info(self) -> SourceInfo:
        return replace(super().info, seekable=False)


def test_a_step_back_that_cannot_be_gone_pauses_all_the_same(
    pipeline: LivePipeline, opener: Opener, listener: Listener
) -> None:
    opener.prepare(FILM, StraightFilm(count=1000, rate=5.0))
    pipeline.tell(OpenSource(FILM))
    listener.result()
    pipeline.tell(Step(-1))
    listener.until(lambda: not _last_playback(listener).playing)


class SlowFilm(Film):
    """Takes its time to wind."""

    def __init__(self) -> None:
        super().__init__(count=1000, rate=10.0)
        self.wound_to: list[int] = []
        self.winds = threading.Event()
        self.may_go_on = threading.Event()

    def seek(self, position: int) -> None:
        self.wound_to.append(position)
        self.winds.set()
        assert self.may_go_on.wait(PATIENCE_S)
        super().seek(position)


def test_of_many_seeks_the_newest_wins(
    pipeline: LivePipeline, opener: Opener, listener: Listener
) -> None:
    film = SlowFilm()
    opener.prepare(FILM, film)
    pipeline.tell(OpenSource(FILM))
    listener.event(SourceOpened)
    pipeline.tell(Seek(50))
    assert film.winds.wait(PATIENCE_S)
    for position in range(100, 900):
        pipeline.tell(Seek(position))
    film.may_go_on.set()
    listener.result(lambda result: result.position == 899)
    assert film.wound_to == [50, 899]


def test_speed_changes_the_tempo(
    pipeline: LivePipeline, opener: Opener, listener: Listener
) -> None:
    opener.prepare(FILM, Film(count=10_000, rate=10.0))
    pipeline.tell(Play(Playback(speed=16.0)))
    pipeline.tell(OpenSource(FILM))
    # At normal speed this would take twelve seconds, which is longer than the listener waits.
    listener.until(lambda: pipeline.meter.counters().captured >= 120)


def test_mirroring_a_paused_film_shows_it_mirrored(
    pipeline: LivePipeline, opener: Opener, listener: Listener
) -> None:
    opener.prepare(FILM, Film(count=100, rate=10.0))
    pipeline.tell(Play(Playback(playing=False)))
    pipeline.tell(OpenSource(FILM))
    listener.event(SourceOpened)
    paused = Playback(playing=False)
    pipeline.tell(Play(paused))
    pipeline.tell(Seek(40))
    straight = listener.result(lambda result: result.position == 40)
    pipeline.tell(Play(replace(paused, mirror=True)))
    mirrored = listener.result(lambda result: result.picture[0, 0, 0] == 40)
    assert np.array_equal(mirrored.picture, straight.picture[:, ::-1])
    assert np.array_equal(mirrored.input, straight.input[:, ::-1])


def test_a_still_picture_is_captured_once(
    pipeline: LivePipeline, opener: Opener, listener: Listener
) -> None:
    opener.prepare(FILM, Film(count=1, rate=500.0))
    pipeline.tell(OpenSource(FILM))
    listener.result()
    pipeline.tell(SetNetwork(small_network(seed=1), 2))
    again = listener.result(lambda result: result.generation == 2)
    assert not again.fresh
    assert pipeline.meter.counters().captured == 1
    assert pipeline.meter.counters().processed == 1


def test_a_source_that_cannot_be_opened_leaves_the_old_one_running(
    pipeline: LivePipeline, opener: Opener, listener: Listener
) -> None:
    opener.prepare(FILM, Film(count=50, rate=200.0))
    pipeline.tell(OpenSource(FILM))
    listener.event(SourceOpened)
    opener.prepare(CAMERA, SourceError("Desk Cam", "must be free", "in use"))
    pipeline.tell(OpenSource(CAMERA))
    failed = listener.event(SourceFailed)
    assert failed.address == CAMERA
    assert "in use" in str(failed.error)
    before = pipeline.meter.counters().captured
    listener.until(lambda: pipeline.meter.counters().captured > before + 5)


def test_a_source_that_cannot_be_opened_leaves_a_paused_one_paused(
    pipeline: LivePipeline, opener: Opener, listener: Listener
) -> None:
    opener.prepare(FILM, Film(count=50, rate=200.0))
    pipeline.tell(OpenSource(FILM))
    pipeline.tell(Play(Playback(playing=False)))
    listener.until(lambda: any(e.playback.playing is False for e in playback_changes(listener)))
    opener.prepare(CAMERA, SourceError("Desk Cam", "must be free", "in use"))
    pipeline.tell(OpenSource(CAMERA))
    listener.event(SourceFailed)
    before = pipeline.meter.counters()
    pipeline.tell(Seek(7))
    assert listener.result(lambda result: result.position == 7).fresh
    assert pipeline.meter.counters().captured == before.captured + 1
    assert not playback_changes(listener)[-1].playback.playing


def test_a_mirror_turned_while_a_paused_source_gives_way_pauses_not_the_next(
    pipeline: LivePipeline, opener: Opener, listener: Listener
) -> None:
    hanging = threading.Event()
    opener.prepare(FILM, Film(count=50, rate=200.0))
    opener.prepare(CLIP, hanging, Film(count=50, rate=200.0))
    pipeline.tell(OpenSource(FILM))
    pipeline.tell(Play(Playback(playing=False)))
    listener.event(SourceOpened)
    pipeline.tell(OpenSource(CLIP))
    pipeline.tell(Play(Playback(playing=False, mirror=True)))
    listener.until(lambda: any(e.playback.mirror for e in playback_changes(listener)))
    hanging.set()
    listener.event(SourceOpened)
    listener.until(lambda: playback_changes(listener)[-1].playback.playing)


def test_counting_begins_anew_with_a_source_and_not_when_a_lost_one_is_back(
    pipeline: LivePipeline, opener: Opener, listener: Listener
) -> None:
    first, second = Camera(), Camera()
    opener.prepare(CAMERA, first, second)
    pipeline.tell(OpenSource(CAMERA))
    listener.event(SourceOpened)
    first.send(1, 2, 3, 4)
    listener.until(lambda: pipeline.meter.counters().captured == 4)
    pipeline.meter.add_dropped(time.monotonic())
    first.unplug()
    listener.event(SourceOpened)
    second.send(5)
    listener.until(lambda: pipeline.meter.counters().captured == 5)
    assert pipeline.meter.counters().dropped > 0
    second.unplug()
    opener.prepare(FILM, Film(count=1))
    pipeline.tell(OpenSource(FILM))
    listener.event(SourceOpened)
    listener.until(lambda: pipeline.meter.counters().captured == 1)
    assert pipeline.meter.counters().dropped == 0


def playback_changes(listener: Listener) -> list[PlaybackChanged]:
    return [event for event in listener.events if isinstance(event, PlaybackChanged)]


def test_the_old_source_goes_on_while_a_new_one_hangs_and_the_newest_wish_wins(
    pipeline: LivePipeline, opener: Opener, listener: Listener
) -> None:
    hanging = threading.Event()
    late = Camera()
    opener.prepare(CAMERA, hanging, late)
    opener.prepare(FILM, Film(rate=200.0))
    opener.prepare(CLIP, Film())
    pipeline.tell(OpenSource(FILM))
    listener.event(SourceOpened)
    pipeline.tell(OpenSource(CAMERA))
    before = pipeline.meter.counters().captured
    listener.until(lambda: pipeline.meter.counters().captured > before + 10)
    pipeline.tell(OpenSource(CLIP))
    assert listener.event(SourceOpened).address == CLIP
    hanging.set()
    assert late.closed.wait(5.0)
    assert not [event for event in listener.events if isinstance(event, SourceOpened)]


def test_a_film_that_breaks_off_is_told_and_keeps_its_last_frame(
    pipeline: LivePipeline, opener: Opener, listener: Listener
) -> None:
    film = Film(rate=200.0, broken_at=5)
    opener.prepare(FILM, film)
    pipeline.tell(OpenSource(FILM))
    assert "a hole" in str(listener.event(SourceFailed).error)
    assert film.closed
    pipeline.tell(SetNetwork(small_network(seed=1), 2))
    assert number_of(listener.result(lambda result: result.generation == 2).picture) == 4


def test_a_camera_pulled_out_comes_back_and_never_as_another_one(
    pipeline: LivePipeline, opener: Opener, listener: Listener
) -> None:
    first, second = Camera(), Camera()
    absent = SourceError("Desk Cam", "must be connected", "Door Cam")
    opener.prepare(CAMERA, first, absent, absent, absent, second)
    opener.prepare(OTHER_CAMERA, Camera())
    first.send(1)
    pipeline.tell(OpenSource(CAMERA))
    listener.event(SourceOpened)
    listener.result(lambda result: number_of(result.picture) == 1)
    first.unplug()
    lost = listener.event(SourceLost)
    assert lost.address == CAMERA
    assert first.closed.is_set()
    assert listener.event(SourceOpened).address == CAMERA
    second.send(2)
    listener.result(lambda result: number_of(result.picture) == 2)
    assert set(opener.asked) == {CAMERA}
    assert len(opener.asked) == 5
    # One loss is told once, however often it was tried again.
    assert not [event for event in listener.events if isinstance(event, SourceLost | SourceFailed)]


def test_a_stream_that_ends_counts_as_lost(
    pipeline: LivePipeline, opener: Opener, listener: Listener
) -> None:
    camera, again = Camera(), Camera()
    opener.prepare(CAMERA, camera, again)
    camera.send(1, None)
    pipeline.tell(OpenSource(CAMERA))
    listener.event(SourceLost)
    again.send(3)
    listener.result(lambda result: number_of(result.picture) == 3)


def test_a_paused_camera_is_let_go_and_taken_again(
    pipeline: LivePipeline, opener: Opener, listener: Listener
) -> None:
    first, second = Camera(), Camera()
    opener.prepare(CAMERA, first, second)
    first.send(1)
    pipeline.tell(OpenSource(CAMERA))
    listener.result(lambda result: number_of(result.picture) == 1)
    pipeline.tell(Play(Playback(playing=False)))
    first.send(1)
    assert first.closed.wait(5.0)
    second.send(2)
    assert len(opener.asked) == 1
    pipeline.tell(Play(Playback(playing=True)))
    listener.result(lambda result: number_of(result.picture) == 2)


def test_another_resolution_closes_the_device_first_and_falls_back(
    pipeline: LivePipeline, opener: Opener, listener: Listener
) -> None:
    first, third = Camera(), Camera()
    opener.prepare(CAMERA, first, SourceError("Desk Cam", "must know that size", "9x9"), third)
    first.send(1)
    pipeline.tell(OpenSource(CAMERA))
    listener.result()
    third.send(3)
    first.send(1)
    pipeline.tell(OpenSource(CAMERA, CaptureSettings(9, 9)))
    assert "9x9" in str(listener.event(SourceFailed).error)
    listener.result(lambda result: number_of(result.picture) == 3)
    assert [settings.width for settings in opener.settings] == [0, 9, 0]
    assert all(settings.newest_only for settings in opener.settings)


def test_a_closed_source_keeps_the_last_frame(
    pipeline: LivePipeline, opener: Opener, listener: Listener
) -> None:
    camera = Camera()
    opener.prepare(CAMERA, camera)
    camera.send(7)
    pipeline.tell(OpenSource(CAMERA))
    listener.result(lambda result: number_of(result.picture) == 7)
    camera.send(7)
    pipeline.tell(CloseSource())
    assert camera.closed.wait(5.0)
    pipeline.tell(SetNetwork(small_network(seed=1), 2))
    result = listener.result(lambda result: result.generation == 2)
    assert number_of(result.picture) == 7


def test_a_defect_in_a_source_is_told_and_the_next_one_opens(
    pipeline: LivePipeline, opener: Opener, listener: Listener
) -> None:
    opener.prepare(CAMERA, ZeroDivisionError("a defect"))
    opener.prepare(FILM, Film(rate=200.0))
    pipeline.tell(OpenSource(CAMERA))
    assert "ZeroDivisionError" in listener.event(Crashed).report
    listener.event(SourceFailed)
    pipeline.tell(OpenSource(FILM))
    listener.event(SourceOpened)
    listener.result()


def test_a_defect_while_reading_is_told_once_and_commands_still_work(
    pipeline: LivePipeline, opener: Opener, listener: Listener
) -> None:
    film = Film(rate=200.0)
    film.seek(0)
    broken = Film(rate=200.0)
    broken.read = lambda: 1 // 0  # type: ignore[assignment, return-value]
    opener.prepare(CAMERA, broken)
    opener.prepare(FILM, film)
    pipeline.tell(OpenSource(CAMERA))
    assert "ZeroDivisionError" in listener.event(Crashed).report
    pipeline.tell(OpenSource(FILM))
    listener.result()


def _last_playback(listener: Listener) -> Playback:
    changes = [event for event in listener.events if isinstance(event, PlaybackChanged)]
    return changes[-1].playback if changes else Playback()


class DyingFilm(Film):
    """Gives nothing any more once it was played."""

    def seek(self, position: int) -> None:
        self._next = self.count


def test_a_loop_that_gets_no_frame_is_told_and_ends(
    pipeline: LivePipeline, opener: Opener, listener: Listener
) -> None:
    film = DyingFilm(count=4, rate=400.0)
    opener.prepare(FILM, film)
    pipeline.tell(OpenSource(FILM))
    failed = listener.event(SourceFailed)
    assert "must give its frames again when it begins anew" in str(failed.error)
    listener.until(lambda: film.closed)


class UnevenFilm(Film):
    """Its second half is twice as slow, whatever its rate is said to be."""

    TIMES = (0.0, 0.02, 0.04, 0.06, 0.5, 1.0)

    @property
    def info(self) -> SourceInfo:
        times = np.array(self.TIMES)
        return SourceInfo("film", 16, 12, 500.0, 6, seekable=True, times=times)


def test_a_film_plays_by_its_own_time_stamps(
    pipeline: LivePipeline, opener: Opener, listener: Listener
) -> None:
    opener.prepare(FILM, UnevenFilm(count=6))
    pipeline.tell(Play(Playback(loop=False)))
    pipeline.tell(OpenSource(FILM))
    listener.event(SourceEnded)
    shown = {result.position: result.time for result in listener.results}
    if 5 not in shown:
        last = listener.result(lambda result: result.position == 5)
        shown[5] = last.time
    assert shown[5] - shown[4] == pytest.approx(0.5, abs=0.2)
    assert shown[5] - min(shown.values()) == pytest.approx(1.0, abs=0.25)
