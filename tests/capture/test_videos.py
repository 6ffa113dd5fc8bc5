from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cnngui.capture.address import SourceAddress, parse_address
from cnngui.capture.opening import open_source
from cnngui.capture.source import Source
from cnngui.errors import SourceError
from cnngui.images.opencv import cv2
from tests.capture.media import noise, number_of, numbered, read_all, write_video


def opened(path: Path) -> Source:
    return open_source(parse_address(str(path)))


@pytest.mark.parametrize(("name", "codec"), [("a.avi", "MJPG"), ("视频 é.mp4", "mp4v")])
def test_gives_every_frame_in_order_then_none(tmp_path: Path, name: str, codec: str) -> None:
    with opened(write_video(tmp_path / name, 40, codec)) as source:
        info = source.info
        assert (info.name, info.width, info.height, info.frame_count) == (name, 160, 64, 40)
        assert info.rate == pytest.approx(25)
        assert info.duration == pytest.approx(1.6)
        assert (info.live, info.seekable) == (False, True)
        pictures = read_all(source)
        assert [number_of(picture) for picture in pictures] == list(range(40))
        assert source.position == 39
        assert source.read() is None
        assert source.take_warnings() == []
        assert not pictures[0].flags.writeable


@pytest.mark.parametrize(
    ("name", "codec"), [("a.avi", "MJPG"), ("a.mp4", "mp4v"), ("a.mkv", "FFV1")]
)
def test_seeks_exactly_to_the_frame(tmp_path: Path, name: str, codec: str) -> None:
    with opened(write_video(tmp_path / name, 60, codec)) as source:
        for position in (30, 31, 5, 4, 59, 0, 0, 17, 18, 16):
            source.seek(position)
            assert number_of(source.read()) == position
            assert source.position == position
        source.seek(1000)
        assert number_of(source.read()) == 59
        assert source.read() is None
        source.seek(-3)
        assert number_of(source.read()) == 0


def test_built_in_clip_is_ten_seconds_that_can_be_wound() -> None:
    with open_source(SourceAddress("sample")) as source:
        assert (source.info.width, source.info.height) == (640, 480)
        assert source.info.duration == pytest.approx(10)
        pictures = read_all(source)
        assert len(pictures) == source.info.frame_count
        for position in (200, 7, 249, 100, 99, 0):
            source.seek(position)
            np.testing.assert_array_equal(source.read(), pictures[position])

    def step(one: int, other: int) -> float:
        difference = pictures[one].astype(float) - pictures[other]
        return float(np.abs(difference).mean())

    # It flows back into its start: that step is like any other.
    assert step(-1, 0) < 1.6 * step(0, 1)


def test_the_clip_of_shapes_on_paper_is_there_and_can_be_wound() -> None:
    with open_source(SourceAddress("sample", "shapes")) as source:
        assert (source.info.width, source.info.height) == (640, 480)
        assert source.info.frame_count == 600
        source.seek(599)
        assert source.read() is not None
        assert source.read() is None


def test_a_text_file_is_no_video(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "notes.mp4").write_text("I am a text.\n" * 100)
    with pytest.raises(SourceError, match=r"notes\.mp4: must be a video"):
        opened(tmp_path / "notes.mp4")
    assert capfd.readouterr().err == ""


def test_an_empty_or_vanished_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.touch()
    with pytest.raises(SourceError, match=r"a\.mp4.*empty"):
        opened(path)
    address = parse_address(str(path))
    path.unlink()
    with pytest.raises(SourceError, match=r"a\.mp4.*No such file"):
        open_source(address)


def test_a_video_of_zero_frames_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"at least one frame, got 0"):
        opened(write_video(tmp_path / "none.avi", 0))


def test_a_truncated_video_plays_as_far_as_it_goes_and_is_told_once(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = write_video(tmp_path / "cut.avi", 60)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with opened(path) as source:
        assert source.info.frame_count == 60
        source.seek(55)
        assert source.read() is None
        assert source.info.frame_count == 60  # that was no count
        source.seek(0)
        found = len(read_all(source))
        assert 10 < found < 40
        assert source.info.frame_count == found
        (warning,) = source.take_warnings()
        assert "cut.avi: must hold the 60 frames" in str(warning)
        source.seek(0)
        assert len(read_all(source)) == found
        assert source.take_warnings() == []
    assert capfd.readouterr().err == ""


def test_a_truncated_video_without_its_index_is_refused(tmp_path: Path) -> None:
    path = write_video(tmp_path / "cut.mp4", 60, "mp4v")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(SourceError, match=r"cut\.mp4"):
        opened(path)


def test_frames_that_change_size_midway_are_brought_to_the_first_size(tmp_path: Path) -> None:
    sizes = [(160, 64)] * 3 + [(320, 240)] * 3 + [(80, 48)] * 3
    path = tmp_path / "sizes.mjpeg"
    jpegs = [
        cv2.imencode(".jpg", numbered(index, width, height))[1].tobytes()
        for index, (width, height) in enumerate(sizes)
    ]
    path.write_bytes(b"".join(jpegs))
    with opened(path) as source:
        assert source.info.frame_count == 0  # this kind of file does not say
        pictures = read_all(source)
        assert [number_of(picture) for picture in pictures] == list(range(9))
        assert {picture.shape for picture in pictures} == {(64, 160, 3)}
        # Even such a file can be started again and, now that its length is known, be wound.
        assert source.info.frame_count == 9
        for position in (0, 5, 2):
            source.seek(position)
            assert number_of(source.read()) == position


def test_garbage_in_the_middle_is_no_crash(tmp_path: Path) -> None:
    path = write_video(tmp_path / "dirty.avi", 60)
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 4000] = noise(1, 4000)[0, :, 0].tobytes()
    path.write_bytes(data)
    with opened(path) as source:
        assert 10 < len(read_all(source)) <= 60


def test_closing_twice_is_harmless(tmp_path: Path) -> None:
    source = opened(write_video(tmp_path / "a.avi", 3))
    source.close()
    source.close()
