"""Clips on disk: folders of numbered pictures and videos, found, cut and read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cnngui.capture.opening import CLIP_FILES
from cnngui.data.clip_writer import ClipWriter
from cnngui.data.folder import open_folder
from cnngui.data.split import stratified_split
from cnngui.data.stored import frame_name, stored_pictures, stored_video
from cnngui.errors import DataError, SaveError
from cnngui.images.opencv import cv2
from cnngui.resources import resource_path
from cnngui.spec.network import InputSpec
from tests.data.files import picture, write_image

INPUT = InputSpec(height=6, width=8, frames=3, frame_step=2)


def write_numbered(folder: Path, values: range, name: str = "{0}.png") -> None:
    folder.mkdir(parents=True)
    for number, value in enumerate(values, 1):
        write_image(folder / name.format(number), picture(value))


def write_video(path: Path, count: int, rate: float = 25.0) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    codec = cv2.VideoWriter.fourcc(*"MJPG")
    film = cv2.VideoWriter(str(path), codec, rate, (32, 24))
    for number in range(count):
        film.write(np.full((24, 32, 3), 40 + 5 * (number % 40), np.uint8))
    film.release()
    assert path.stat().st_size > 0


def values_of(frames) -> list[int]:
    return [int(frame[-1, -1, 0]) for frame in frames]


def test_numbered_pictures_are_a_clip_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    write_numbered(tmp_path / "wave" / "one", range(10, 130, 10), "frame {0}.png")
    data = open_folder(tmp_path)
    assert (len(data), data.lengths.tolist(), data.problems) == (1, [12], ())
    assert data.times(0) is None
    assert values_of(data.frames(0, [0, 8, 9, 11])) == [10, 90, 100, 120]
    assert values_of([data.picture(0)]) == [60]
    assert data.sample_name(0) == "wave/one"
    batch = data.batch([0], INPUT)
    assert batch.shape == (1, 3, 6, 8, 3)
    assert values_of(batch[0]) == [50, 70, 90]


def test_a_recorded_clip_reads_back_to_the_bit_with_its_times(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    frames = rng.integers(0, 256, (5, 30, 40, 3), np.uint8)
    (tmp_path / "wave").mkdir()
    writer = ClipWriter(tmp_path / "wave" / "clip")
    for place, frame in enumerate(frames):
        writer.add(frame, place * 0.04)
        assert [path.name for path in (tmp_path / "wave").glob("[!.]*")] == []
    clip = writer.finish()
    assert (clip.length, clip.times) == (5, (0.0, 0.04, 0.08, 0.12, 0.16))
    data = open_folder(tmp_path)
    assert data.samples == (clip,)
    np.testing.assert_array_equal(np.stack(list(data.frames(0, range(5)))), frames)
    assert [path.name for path in (tmp_path / "wave").iterdir()] == ["clip"]


def test_a_clip_given_up_leaves_nothing(tmp_path: Path) -> None:
    writer = ClipWriter(tmp_path / "clip")
    writer.add(picture(), 0.0)
    writer.abandon()
    assert list(tmp_path.iterdir()) == []


def test_a_clip_without_a_place_is_an_error_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(SaveError, match="must be writable"):
        ClipWriter(tmp_path / "absent" / "clip")
    writer = ClipWriter(tmp_path / "clip")
    writer.add(picture(), 0.0)
    (tmp_path / "clip").write_bytes(b"in its place")
    with pytest.raises(SaveError, match="must be writable"):
        writer.finish()
    assert [path.name for path in tmp_path.iterdir()] == ["clip"]


def test_videos_are_clips_with_their_times(tmp_path: Path) -> None:
    write_video(tmp_path / "wave" / "a.avi", 20)
    write_video(tmp_path / "rest" / "b.avi", 12, rate=10.0)
    data = open_folder(tmp_path)
    assert data.problems == ()
    assert dict(zip(data.files, data.lengths.tolist(), strict=True)) == {
        tmp_path / "wave" / "a.avi": 20,
        tmp_path / "rest" / "b.avi": 12,
    }
    wave = data.files.index(tmp_path / "wave" / "a.avi")
    assert data.times(wave)[-1] == pytest.approx(19 / 25, abs=0.002)
    found = values_of(data.frames(wave, [0, 3, 3, 19]))
    assert np.abs(np.array(found) - [40, 55, 55, 135]).max() <= 3


def test_a_gif_that_moves_is_a_clip_and_one_that_does_not_a_picture(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    for name, count in (("moves.gif", 4), ("rests.gif", 1)):
        frames = [np.full((12, 16, 3), 60 * number, np.uint8) for number in range(count)]
        moving = cv2.Animation()
        moving.frames, moving.durations = frames, [80] * count
        cv2.imwriteanimation(str(tmp_path / "a" / name), moving)
    data = open_folder(tmp_path)
    assert data.problems == ()
    assert data.lengths.tolist() == [4, 1]
    assert [sample.is_clip for sample in data.samples] == [True, False]


def test_long_ones_are_cut_and_stay_on_one_side_of_a_split(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        write_video(tmp_path / "wave" / f"{name}.avi", 150)
        write_numbered(tmp_path / "rest" / name, range(150))
    data = open_folder(tmp_path)
    assert data.lengths.tolist() == [50] * 18
    first_of_second = data.samples[1]
    assert (first_of_second.first, first_of_second.name) == (50, "a #50")
    assert values_of(data.frames(1, [0, 49])) == [50, 99]
    assert data.times(10)[0] == 0.0
    split = stratified_split(data.labels, 0.34, 0, data.recordings)
    sides = [{data.files[index] for index in side} for side in split[:2]]
    assert len(sides[0] | sides[1]) == 6
    assert not sides[0] & sides[1]
    assert split.alike == ()


def test_the_built_in_clip_can_be_learned_from(tmp_path: Path) -> None:
    clips = stored_video(resource_path(CLIP_FILES["motions"]))
    assert sum(clip.length for clip in clips) == 404
    assert max(clip.length for clip in clips) < 60


def test_bad_ones_are_named_and_the_others_stay(tmp_path: Path) -> None:
    write_numbered(tmp_path / "a" / "good", range(4))
    write_numbered(tmp_path / "a" / "broken", range(4))
    (tmp_path / "a" / "broken" / "2.png").write_bytes(b"no picture")
    (tmp_path / "a" / "film.mp4").write_bytes(b"no film")
    (tmp_path / "a" / "mixed").mkdir()
    for name in ("cat.png", "dog.png"):
        write_image(tmp_path / "a" / "mixed" / name, picture())
    write_numbered(tmp_path / "a" / "photos", range(3))
    write_image(tmp_path / "a" / "photos" / "2.png", picture(9, height=9))
    data = open_folder(tmp_path)
    assert [sample.path.name for sample in data.samples] == ["good"]
    told = "\n".join(map(str, data.problems))
    for name in ("broken/2.png", "a/film.mp4", "a/mixed", "a/photos"):
        assert name in told
    assert len(data.problems) == 4


def test_a_clip_that_changed_on_the_disk_is_said(tmp_path: Path) -> None:
    write_numbered(tmp_path / "a" / "one", range(6))
    data = open_folder(tmp_path)
    for name in ("5.png", "6.png"):
        (tmp_path / "a" / "one" / name).unlink()
    with pytest.raises(DataError, match="must have the pictures"):
        list(data.frames(0, [5]))


def test_names_of_frames_sort_as_they_follow() -> None:
    assert frame_name(21, 0.84) == "00021_0840ms.png"
    assert frame_name(3, 12.3456) == "00003_12346ms.png"


def test_times_that_go_back_are_not_believed(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "one"
    folder.mkdir(parents=True)
    for number, seconds in enumerate((0.0, 0.5, 0.2)):
        write_image(folder / frame_name(number, seconds), picture(number))
    (clip,) = stored_pictures(folder)
    assert (clip.length, clip.times) == (3, None)
