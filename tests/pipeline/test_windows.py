"""What a network that sees several frames at once is given: of films, pictures and cameras."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnngui.capture.frame import Frame, Window
from cnngui.capture.source import Source, SourceInfo
from cnngui.pipeline.events import Event, SourceWarned
from cnngui.pipeline.frame_buffer import FrameBuffer
from cnngui.pipeline.messages import Playback
from cnngui.pipeline.meter import Meter
from cnngui.pipeline.player import Player
from cnngui.spec.network import InputSpec
from tests.pipeline.fakes import CLIP, Camera, Film, number_of, picture_of

EIGHT = InputSpec(channels=1, height=6, width=8, frames=4, frame_step=2, mean=(0.0,), std=(1.0,))


def numbers(window: Window | None) -> list[int]:
    assert window is not None
    return [int(moment.pixels[0, -1, 0]) for moment in window.moments]


class Irregular(Film):
    """A film whose frames come when they come."""

    def __init__(self, times: list[float]) -> None:
        super().__init__(count=len(times))
        self._times = np.asarray(times)

    @property
    def info(self) -> SourceInfo:
        return replace(super().info, times=self._times)


class Stage:
    """A player, and what it has handed on."""

    def __init__(self, source: Source, described: InputSpec = EIGHT) -> None:
        self.frames: list[Frame] = []
        self.events: list[Event] = []
        self.meter = Meter()
        self.player = Player(
            lambda frame, _: self.frames.append(frame), self.meter, self.events.append
        )
        self.player.aim(described)
        self.player.take(source, CLIP)
        self.player.begin(playing=False)

    @property
    def shown(self) -> list[int]:
        return numbers(self.frames[-1].window)

    def step(self, times: int = 1) -> None:
        for _ in range(times):
            self.player.step(1)


def test_a_window_fills_and_then_holds_every_second_frame():
    stage = Stage(Film())
    lengths = []
    for _ in range(8):
        lengths.append(len(stage.shown))
        stage.step()
    assert lengths == [1, 1, 2, 2, 3, 3, 4, 4]
    assert stage.shown == [2, 4, 6, 8]
    assert stage.frames[-1].window.is_full
    assert number_of(stage.frames[-1].pixels) == 8


def test_a_still_input_has_no_window_and_costs_nothing():
    stage = Stage(Film(), InputSpec())
    assert stage.frames[-1].window is None


def test_keys_name_the_frames():
    stage = Stage(Film())
    stage.step(8)
    before = stage.frames[-1].window.keys
    stage.step(2)
    assert stage.frames[-1].window.keys[:-1] == before[1:]
    assert len({*before, *stage.frames[-1].window.keys}) == 5


@pytest.mark.parametrize("position", [6, 7, 12, 19, 40])
def test_after_winding_the_frames_before_are_read_again(position):
    stage = Stage(Film())
    stage.player.seek(position)
    last = min(position, 19)
    assert stage.shown == [last - 6, last - 4, last - 2, last]
    assert number_of(stage.frames[-1].pixels) == last


def test_near_the_beginning_there_are_only_some():
    stage = Stage(Film())
    stage.player.seek(3)
    assert stage.shown == [1, 3]


def test_stepping_back_shows_what_playing_showed():
    stage = Stage(Film())
    stage.step(10)
    played = [numbers(frame.window) for frame in stage.frames]
    for place in range(9, 6, -1):
        stage.player.step(-1)
        assert stage.shown == played[place]


def test_a_faster_tempo_leaves_out_no_frame_of_the_window():
    stage = Stage(Film())
    stage.player._show_next(skipped=4)
    stage.player._show_next(skipped=4)
    assert stage.frames[-1].position == 10
    assert stage.shown == [4, 6, 8, 10]


def test_frames_that_only_fill_the_window_are_read_and_not_counted():
    stage = Stage(Film())
    stage.step(5)
    counters = stage.meter.counters()
    assert (counters.captured, counters.dropped, stage.meter.read) == (0, 0, 6)
    stage.step(2)
    assert (stage.meter.counters().captured, stage.meter.read) == (2, 8)
    # Two of the frames left out would have filled the window, and one would have been computed.
    left_out = Stage(Film())
    left_out.step(3)
    left_out.player._show_next(skipped=3)
    counters = left_out.meter.counters()
    assert (counters.captured, counters.dropped, left_out.meter.read) == (2, 1, 8)


def test_a_loop_begins_to_fill_again():
    stage = Stage(Film(count=9))
    stage.step(8)
    assert stage.shown == [2, 4, 6, 8]
    stage.player.play(Playback(playing=True, loop=True))
    for _ in range(3):
        stage.player._show_next()
    assert len(stage.shown) < 4
    assert stage.shown[-1] == number_of(stage.frames[-1].pixels) < 4


def test_a_picture_repeats():
    stage = Stage(Film(count=1))
    assert stage.shown == [0] * 4
    assert len(set(stage.frames[-1].window.keys)) == 1


def test_another_input_is_filled_from_the_film():
    stage = Stage(Film())
    stage.step(10)
    stage.player.aim(replace(EIGHT, frames=3, frame_step=1, width=4))
    assert stage.shown == [8, 9, 10]
    assert stage.frames[-1].window.moments[0].pixels.shape == (6, 4, 1)
    assert number_of(stage.frames[-1].pixels) == 10
    stage.player.aim(InputSpec())
    assert stage.frames[-1].window is not None  # nothing was handed on for a still one
    stage.step()
    assert stage.frames[-1].window is None


def test_a_mirrored_window_is_mirrored_all_through():
    stage = Stage(Film())
    stage.step(10)
    stage.player.play(Playback(playing=False, mirror=True))
    window = stage.frames[-1].window
    assert [int(moment.pixels[0, 0, 0]) for moment in window.moments] == [4, 6, 8, 10]
    assert all(moment.pixels[0, -1, 0] == 0 for moment in window.moments)


def test_a_camera_refills_after_it_was_let_go():
    camera = Camera()
    camera.send(*range(1, 12))
    stage = Stage(camera)
    for _ in range(6):
        stage.player.show_due(0.0)
    assert stage.shown == [1, 3, 5, 7]
    again = Camera()
    again.send(50, 51, 52)
    stage.player.take(again, CLIP)
    stage.player.go_on()
    assert stage.shown == [50]


def test_frames_are_taken_by_the_mediums_time():
    """At 10 frames a second, of a film of 25 that misses some."""
    described = replace(EIGHT, frame_step=1, frame_rate=10.0)
    times = [0.0, 0.04, 0.08, 0.12, 0.2, 0.24, 0.31, 0.32, 0.36, 0.4, 0.44]
    stage = Stage(Irregular(times), described)
    stage.player.seek(9)
    # 0.4, 0.3, 0.2 and 0.1 are wanted.
    assert stage.shown in ([2, 4, 6, 9], [3, 4, 6, 9])
    stage.step()
    assert stage.shown[1:] == [5, 6, 10] or stage.shown[1:] == [5, 8, 10]


@settings(max_examples=60, deadline=None)
@given(
    rate=st.floats(3, 240),
    wanted=st.floats(2, 60),
    step=st.integers(1, 4),
    jitter=st.integers(0, 2**31),
)
def test_what_a_window_holds_depends_on_the_mediums_time_alone(rate, wanted, step, jitter):
    rng = np.random.default_rng(jitter)
    times = (np.cumsum(rng.uniform(0.2, 1.8, 60)) / rate).tolist()
    described = replace(EIGHT, frame_step=step, frame_rate=wanted)
    played = Stage(Irregular(times), described)
    played.step(50)
    wound = Stage(Irregular(times), described)
    wound.player.seek(50)
    fast = Stage(Irregular(times), described)
    for _ in range(10):
        fast.player._show_next(skipped=4)
    assert fast.frames[-1].position == 50
    assert numbers(played.frames[-1].window) == wound.shown == fast.shown
    reached = played.frames[-1].window
    for back, moment in enumerate(reversed(reached.moments)):
        target = times[50] - back * step / wanted
        nearest = min(abs(time - target) for time in times)
        assert abs(moment.seconds - target) <= nearest + 0.25 / wanted + 1e-9


def test_of_a_very_fast_source_few_frames_are_held():
    buffer = FrameBuffer()
    buffer.aim(replace(EIGHT, frames=3, frame_step=1, frame_rate=10.0))
    for number in range(10_000):
        buffer.add(picture_of(number % 256), number / 10_000)
    assert len(buffer._moments) < 20
    assert [round(moment.seconds, 2) for moment in buffer.window().moments] == [0.8, 0.9, 1.0]


def test_a_source_that_is_too_slow_is_told_once():
    described = replace(EIGHT, frame_step=1, frame_rate=25.0)
    stage = Stage(Film(rate=5.0), described)
    stage.step(12)
    told = [event for event in stage.events if isinstance(event, SourceWarned)]
    assert len(told) == 1
    assert str(told[0].error) == (
        "Built-in clip: the network wants 25 frames a second, got 5: some are seen twice"
    )
    good = Stage(Film(rate=25.0), described)
    good.step(12)
    assert not [event for event in good.events if isinstance(event, SourceWarned)]
