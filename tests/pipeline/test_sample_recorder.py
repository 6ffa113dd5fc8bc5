"""Samples recorded from the live source."""

from __future__ import annotations

import time

import numpy as np
import pytest

from cnngui.data.sample_folder import SampleFolder
from cnngui.pipeline import sample_recorder
from cnngui.pipeline.capture_commands import OpenSource, Play, Seek, Step
from cnngui.pipeline.clip_maker import MOST_WAITING_BYTES, Filmed, FrameQueue
from cnngui.pipeline.data_events import (
    SampleRecorded,
    SamplesChanged,
    SamplingCountdown,
    SamplingFailed,
    SamplingPaused,
    SamplingStarted,
    SamplingStopped,
)
from cnngui.pipeline.engine_commands import SetFrozen, SetNetwork
from cnngui.pipeline.events import SourceLost
from cnngui.pipeline.live import LivePipeline
from cnngui.pipeline.messages import Playback
from cnngui.pipeline.sample_recorder import RecordSamples, StopSamples
from cnngui.spec.network import InputSpec
from tests.pipeline.fakes import (
    CAMERA,
    CLIP,
    FILM,
    Camera,
    Film,
    Listener,
    Opener,
    number_of,
    small_network,
)

FAST = 1000.0


@pytest.fixture
def camera(pipeline: LivePipeline, opener: Opener, listener: Listener) -> Camera:
    """A camera whose first picture, 1, was seen."""
    camera = Camera()
    opener.prepare(CAMERA, camera)
    pipeline.tell(SetNetwork(small_network(), 1))
    pipeline.tell(OpenSource(CAMERA))
    camera.send(1)
    listener.result()
    return camera


@pytest.fixture
def stalls_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """A source that gives nothing new for a moment is said to have stopped."""
    monkeypatch.setattr(sample_recorder, "STALLED_AFTER_S", 0.1)


def recorded(folder: SampleFolder) -> list[int]:
    """The numbers of the pictures on disk, in the order in which they were taken."""
    data = folder.as_dataset()
    return [number_of(data.picture(index)) for index in range(len(data))]


def test_frames_become_samples_while_recording(
    pipeline: LivePipeline, listener: Listener, camera: Camera, folder: SampleFolder
) -> None:
    pipeline.tell(RecordSamples(folder, "cup", FAST))
    assert listener.event(SamplingStarted).class_name == "cup"
    for number in (2, 3, 4):
        sample = listener.event(SampleRecorded)
        assert sample.sample.path.parent.name == "cup"
        assert sample.count == number - 1
        camera.send(number)
    listener.event(SampleRecorded)
    pipeline.tell(StopSamples())
    stopped = listener.event(SamplingStopped)
    assert (stopped.class_name, stopped.count) == ("cup", 4)
    changed = listener.event(SamplesChanged)
    assert changed.dataset.labels.tolist() == [0] * 4
    assert recorded(folder) == [1, 2, 3, 4]
    assert changed.dataset.recordings.tolist() == [0] * 4, "they belong together"
    camera.send(5)
    listener.result()
    assert recorded(folder) == [1, 2, 3, 4]


def test_a_short_press_takes_one_sample(
    pipeline: LivePipeline, listener: Listener, camera: Camera, folder: SampleFolder
) -> None:
    pipeline.tell(RecordSamples(folder, "cup", FAST))
    pipeline.tell(StopSamples())
    assert listener.event(SamplingStopped).count == 1


def test_a_burst_ends_by_itself(
    pipeline: LivePipeline, listener: Listener, film: Film, folder: SampleFolder
) -> None:
    pipeline.tell(RecordSamples(folder, "book", FAST, burst=5))
    assert listener.event(SamplingStopped).count == 5
    assert len(set(recorded(folder))) == 5


def test_the_rate_is_kept(
    pipeline: LivePipeline, listener: Listener, film: Film, folder: SampleFolder
) -> None:
    begun = time.monotonic()
    pipeline.tell(RecordSamples(folder, "book", 20.0, burst=5))
    listener.event(SamplingStopped)
    assert time.monotonic() - begun >= 4 / 20


def test_counting_down_comes_first(
    pipeline: LivePipeline, listener: Listener, camera: Camera, folder: SampleFolder
) -> None:
    pipeline.tell(RecordSamples(folder, "cup", FAST, burst=1, countdown_s=1.2))
    assert listener.event(SamplingCountdown).seconds_left == 2
    assert listener.event(SamplingCountdown).seconds_left == 1
    assert recorded(folder) == []
    listener.event(SamplingStarted)
    assert listener.event(SamplingStopped).count == 1


def test_a_countdown_can_be_given_up(
    pipeline: LivePipeline, listener: Listener, camera: Camera, folder: SampleFolder
) -> None:
    pipeline.tell(RecordSamples(folder, "cup", FAST, countdown_s=60.0))
    assert listener.event(SamplingCountdown).seconds_left == 60
    pipeline.tell(StopSamples())
    assert listener.event(SamplingStopped).count == 0
    assert recorded(folder) == []


def test_beginning_another_class_ends_the_one_before(
    pipeline: LivePipeline, listener: Listener, camera: Camera, folder: SampleFolder
) -> None:
    pipeline.tell(RecordSamples(folder, "cup", FAST))
    listener.event(SampleRecorded)
    pipeline.tell(RecordSamples(folder, "book", FAST))
    assert listener.event(SamplingStopped).class_name == "cup"
    assert listener.event(SampleRecorded).class_name == "book"


@pytest.mark.usefixtures("stalls_soon")
def test_no_frame_is_recorded_twice_and_a_silent_source_is_said(
    pipeline: LivePipeline, listener: Listener, camera: Camera, folder: SampleFolder
) -> None:
    pipeline.tell(RecordSamples(folder, "cup", FAST))
    assert listener.event(SamplingPaused).class_name == "cup"
    assert recorded(folder) == [1]
    camera.send(2)
    listener.event(SampleRecorded)
    listener.until(lambda: recorded(folder) == [1, 2])
    listener.event(SamplingPaused)


@pytest.mark.usefixtures("stalls_soon")
def test_a_frozen_picture_is_recorded_once(
    pipeline: LivePipeline, listener: Listener, camera: Camera, folder: SampleFolder
) -> None:
    pipeline.tell(SetFrozen(True))
    pipeline.tell(RecordSamples(folder, "cup", FAST))
    listener.event(SampleRecorded)
    camera.send(2, 3)
    listener.event(SamplingPaused)
    assert recorded(folder) == [1]
    pipeline.tell(SetFrozen(False))
    camera.send(4)
    listener.until(lambda: recorded(folder)[-1] == 4)


@pytest.mark.usefixtures("stalls_soon")
def test_a_source_that_vanishes_loses_no_sample_and_recording_goes_on_when_it_is_back(
    pipeline: LivePipeline,
    listener: Listener,
    opener: Opener,
    camera: Camera,
    folder: SampleFolder,
) -> None:
    again = Camera()
    opener.prepare(CAMERA, again)
    pipeline.tell(RecordSamples(folder, "cup", FAST))
    listener.event(SampleRecorded)
    camera.unplug()
    listener.event(SourceLost)
    listener.event(SamplingPaused)
    assert recorded(folder) == [1]
    again.send(7)
    listener.until(lambda: recorded(folder) == [1, 7])


@pytest.mark.usefixtures("stalls_soon")
def test_recording_without_any_source_is_said(
    pipeline: LivePipeline, listener: Listener, folder: SampleFolder
) -> None:
    pipeline.tell(RecordSamples(folder, "cup", FAST))
    paused = listener.event(SamplingPaused)
    assert "must give new pictures" in str(paused.error)


def test_samples_are_mirrored_as_the_network_sees_them(
    pipeline: LivePipeline, listener: Listener, opener: Opener, folder: SampleFolder
) -> None:
    opener.prepare(FILM, Film(count=1))
    pipeline.tell(SetNetwork(small_network(), 1))
    pipeline.tell(OpenSource(FILM))
    listener.result()
    pipeline.tell(Play(Playback(playing=True, mirror=True)))
    mirrored = listener.result(lambda result: result.index == 1)
    pipeline.tell(RecordSamples(folder, "cup", FAST, burst=1))
    listener.event(SamplingStopped)
    pixels = folder.as_dataset().picture(0)
    np.testing.assert_array_equal(pixels, mirrored.input)


def test_a_full_disk_ends_recording_and_leaves_whole_files(
    pipeline: LivePipeline,
    listener: Listener,
    camera: Camera,
    folder: SampleFolder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pipeline.tell(RecordSamples(folder, "cup", FAST))
    listener.event(SampleRecorded)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("cnngui.atomic.os.fsync", full)
    camera.send(2)
    failed = listener.event(SamplingFailed)
    assert failed.count == 1
    assert "No space left on device" in str(failed.error)
    assert str(folder.path / "cup") in str(failed.error)
    assert len(listener.event(SamplesChanged).dataset) == 1
    assert len(list((folder.path / "cup").iterdir())) == 1


def test_a_class_that_is_gone_ends_recording(
    pipeline: LivePipeline, listener: Listener, camera: Camera, folder: SampleFolder
) -> None:
    pipeline.tell(RecordSamples(folder, "spoon", FAST))
    assert "no such class" in str(listener.event(SamplingFailed).error)


def test_closing_while_recording_keeps_what_is_there(
    pipeline: LivePipeline, listener: Listener, film: Film, folder: SampleFolder
) -> None:
    pipeline.tell(RecordSamples(folder, "cup", FAST))
    listener.event(SampleRecorded)
    pipeline.close()
    data = folder.as_dataset()
    assert len(data) >= 1
    assert data.problems == ()


def test_the_same_still_picture_can_be_taken_for_two_classes(
    pipeline: LivePipeline, listener: Listener, opener: Opener, folder: SampleFolder
) -> None:
    opener.prepare(CLIP, Film(count=1))
    pipeline.tell(SetNetwork(small_network(), 1))
    pipeline.tell(OpenSource(CLIP))
    listener.result()
    for name in ("cup", "book"):
        pipeline.tell(RecordSamples(folder, name, FAST, burst=1))
        assert listener.event(SamplingStopped).count == 1
    assert folder.as_dataset().labels.tolist() == [0, 1]


GESTURES = InputSpec(height=12, width=16, frames=3, frame_step=2)


@pytest.fixture
def paced(pipeline: LivePipeline, opener: Opener, listener: Listener) -> Film:
    """A film of 60 pictures at 25 a second, held at its first one."""
    film = Film(count=60, rate=25.0)
    opener.prepare(FILM, film)
    pipeline.tell(SetNetwork(small_network(), 1))
    pipeline.tell(Play(Playback(playing=False)))
    pipeline.tell(OpenSource(FILM))
    listener.result()
    return film


def clips_in(folder: SampleFolder) -> list[list[int]]:
    """The numbers of the pictures of each clip on disk."""
    data = folder.as_dataset()
    assert data.problems == ()
    return [
        [number_of(frame) for frame in data.frames(index, range(length))]
        for index, length in enumerate(data.lengths.tolist())
    ]


def test_clips_follow_on_each_other_with_every_frame(
    pipeline: LivePipeline, paced: Film, listener: Listener, folder: SampleFolder
) -> None:
    pipeline.tell(RecordSamples(folder, "cup", FAST, burst=4, input=GESTURES))
    listener.event(SamplingStarted)
    pipeline.tell(Play(Playback(playing=True)))
    assert listener.event(SamplingStopped).count == 4
    clips = clips_in(folder)
    assert [len(clip) for clip in clips] == [5] * 4
    together = [number for clip in clips for number in clip]
    assert together == list(range(together[0], together[0] + 20))
    data = folder.as_dataset()
    assert data.times(0) == (0.0, 0.04, 0.08, 0.12, 0.16)
    assert len(set(data.recordings.tolist())) == 1


def test_a_rate_says_how_long_a_clip_is(
    pipeline: LivePipeline, paced: Film, listener: Listener, folder: SampleFolder
) -> None:
    """Of 25 frames a second, two steps of a fifth of a second are eleven frames."""
    slow = InputSpec(height=12, width=16, frames=3, frame_rate=5.0)
    pipeline.tell(RecordSamples(folder, "cup", FAST, burst=1, input=slow))
    listener.event(SamplingStarted)
    pipeline.tell(Play(Playback(playing=True)))
    listener.event(SamplingStopped)
    assert [len(clip) for clip in clips_in(folder)] == [11]


def test_who_holds_for_a_moment_gets_one_clip_all_the_same(
    pipeline: LivePipeline, paced: Film, listener: Listener, folder: SampleFolder
) -> None:
    pipeline.tell(RecordSamples(folder, "cup", FAST, input=GESTURES))
    listener.event(SamplingStarted)
    pipeline.tell(StopSamples())
    pipeline.tell(Play(Playback(playing=True)))
    assert listener.event(SampleRecorded).sample.length == 5
    assert listener.event(SamplingStopped).count == 1
    assert [len(clip) for clip in clips_in(folder)] == [5]


def test_what_is_not_whole_at_the_end_leaves_nothing(
    pipeline: LivePipeline, paced: Film, listener: Listener, folder: SampleFolder
) -> None:
    pipeline.tell(RecordSamples(folder, "cup", FAST, input=GESTURES))
    listener.event(SamplingStarted)
    pipeline.tell(Play(Playback(playing=True)))
    for _ in range(2):
        listener.event(SampleRecorded)
    pipeline.tell(StopSamples())
    count = listener.event(SamplingStopped).count
    assert [len(clip) for clip in clips_in(folder)] == [5] * count
    assert len(list((folder.path / "cup").iterdir())) == count


def test_a_clip_begins_anew_where_the_source_is_wound(
    pipeline: LivePipeline, paced: Film, listener: Listener, folder: SampleFolder
) -> None:
    pipeline.tell(RecordSamples(folder, "cup", FAST, burst=1, input=GESTURES))
    listener.event(SamplingStarted)
    pipeline.tell(Step(1))
    pipeline.tell(Step(1))
    pipeline.tell(Seek(30))
    pipeline.tell(Play(Playback(playing=True)))
    listener.event(SamplingStopped)
    ((*numbers,),) = clips_in(folder)
    assert numbers == list(range(numbers[0], numbers[0] + 5))
    assert numbers[0] >= 30


def test_frames_that_nobody_takes_are_bounded() -> None:
    waiting = FrameQueue()
    pixels = np.zeros((1000, 1000, 3), np.uint8)
    for index in range(3 * MOST_WAITING_BYTES // pixels.nbytes):
        waiting.put(Filmed(pixels, float(index)))
        assert len(waiting) * pixels.nbytes <= MOST_WAITING_BYTES
    newest = [int(frame.seconds) for frame in iter(waiting.take, None)]
    assert newest == list(range(newest[0], index + 1))
