from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cnngui.capture import timeline, videos
from cnngui.capture.address import SourceAddress, parse_address
from cnngui.capture.ffmpeg import FileDecoder
from cnngui.capture.frame_reader import FrameReader
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


@pytest.mark.parametrize(("clip", "frames"), [("shapes", 600), ("motions", 404)])
def test_the_other_clips_are_there_and_can_be_wound(clip: str, frames: int) -> None:
    with open_source(SourceAddress("sample", clip)) as source:
        assert (source.info.width, source.info.height) == (640, 480)
        assert source.info.frame_count == frames
        source.seek(frames - 1)
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
        found = source.info.frame_count  # what there is, whatever its header says
        assert 10 < found < 40
        source.seek(55)
        assert number_of(source.read()) == found - 1
        assert source.read() is None
        source.seek(0)
        assert len(read_all(source)) == found
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
        assert source.info.frame_count == 9  # counted: this kind of file does not say
        pictures = read_all(source)
        assert [number_of(picture) for picture in pictures] == list(range(9))
        assert {picture.shape for picture in pictures} == {(64, 160, 3)}
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


# ------------------------------------------------- files as phones, browsers and cameras write them

VIDEOS = Path(__file__).parent / "videos"
"""Frame i of each shows the number i; made with FFmpeg 5.1."""

COUNTS = {
    "open-groups.ts": 100,  # MPEG-TS, H.264 whose groups refer to each other
    "open-groups-h265.mp4": 100,
    "program-stream.mpg": 100,  # MPEG-PS, packets without time stamps
    "one-group.mp4": 120,  # one key frame
    "refresh.mp4": 120,  # no key frames, but a gradual refresh
    "browser.webm": 150,  # a clock that counts milliseconds, no length, no index
    "phone.mp4": 160,  # 30 frames a second, then 24
    "no-times.h264": 60,  # nothing but pictures
    "packed.avi": 60,  # time stamps for decoding only
}


@pytest.mark.parametrize("name", COUNTS)
def test_every_frame_is_found_whatever_the_file_is(name: str) -> None:
    count = COUNTS[name]
    with opened(VIDEOS / name) as source:
        assert (source.info.frame_count, source.info.seekable) == (count, True)
        assert number_of(source.read()) == 0
        places = [int(place) for place in np.random.default_rng(7).integers(0, count, 12)]
        back = range(places[-1], max(places[-1] - 6, 0), -1)
        for place in [*places, *back, count - 1, 0, 1, count - 2, count + 50]:
            source.seek(place)
            assert number_of(source.read()) == min(place, count - 1)
            assert source.position == min(place, count - 1)
        assert source.read() is None
        source.seek(0)
        assert [number_of(picture) for picture in read_all(source)] == list(range(count))
        assert source.info.frame_count == count
        assert source.take_warnings() == []


def test_a_browsers_recording_keeps_its_own_time() -> None:
    with opened(VIDEOS / "browser.webm") as source:
        info = source.info
        assert info.duration == pytest.approx(5.0, abs=0.05)
        assert info.rate == pytest.approx(30, rel=0.02)
        times = [info.time_at(place) for place in range(150)]
        assert times == sorted(times)
        # The clock of its file: n/30 s, and up to 18 ms before or after that.
        for place, time in enumerate(times):
            assert time == pytest.approx(place / 30, abs=0.02)
        assert np.ptp(np.diff(times)) > 0.02
        assert info.time_at(150) == info.duration


def test_a_rate_that_changes_is_followed() -> None:
    with opened(VIDEOS / "phone.mp4") as source:
        assert source.info.time_at(59) == pytest.approx(59 / 30, abs=1e-3)
        assert source.info.time_at(159) == pytest.approx(2 + 99 / 24, abs=1e-3)
        assert source.info.duration == pytest.approx(2 + 100 / 24, abs=0.01)


@pytest.mark.parametrize(
    ("name", "size"), [("wide-pixels.mp4", (160, 64)), ("wide-pixels-turned.mp4", (64, 160))]
)
def test_pixels_that_are_not_square_are_drawn_right(name: str, size: tuple[int, int]) -> None:
    with opened(VIDEOS / name) as source:
        assert (source.info.width, source.info.height) == size
        picture = source.read()
        assert picture.shape[1::-1] == size
        assert not picture.flags.writeable
        if name == "wide-pixels.mp4":
            source.seek(6)
            assert number_of(source.read()) == 6


def test_a_frame_that_takes_too_long_to_find_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(videos, "_WIND_S", -1.0)
    with opened(VIDEOS / "one-group.mp4") as source:
        source.seek(100)
        shown = number_of(source.read())
        assert shown == source.position < 100  # what is told is what is shown
        (warning,) = source.take_warnings()
        assert "frame 100 must be found within" in str(warning)
        assert f"got frame {shown}, shown in its place" in str(warning)


def test_a_file_too_long_to_be_counted_says_so_when_it_is_wound(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(timeline, "MAX_SECONDS", -1.0)
    monkeypatch.setattr(timeline, "_LOOK_EVERY", 1)
    monkeypatch.setattr(videos, "_MOST_COUNTED", 10)
    with opened(write_video(tmp_path / "long.avi", 60)) as source:
        assert source.info.times is None
        source.seek(40)
        assert number_of(source.read()) == pytest.approx(40, abs=3)
        (warning,) = source.take_warnings()
        assert "frames are found by the nominal rate" in str(warning)
        source.seek(5)  # near the beginning it counts, and is exact
        assert number_of(source.read()) == 5
        assert source.take_warnings() == []


def test_a_codec_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    decode = FileDecoder.grab

    def grab(self: FileDecoder) -> bool:
        return self.get(cv2.CAP_PROP_FORMAT) == -1 and decode(self)

    monkeypatch.setattr(FileDecoder, "grab", grab)
    with pytest.raises(SourceError, match="must be in a codec that can be decoded here, got VP80"):
        opened(VIDEOS / "browser.webm")


def test_an_interlaced_film_is_right_or_refused_by_name() -> None:
    refusal = ""
    try:
        with opened(VIDEOS / "interlaced.ts") as source:
            assert [number_of(picture) for picture in read_all(source)] == list(range(50))
    except SourceError as error:  # what OpenCV 4.13 and 5.0 give is not the film
        refusal = str(error)
    assert not refusal or "must be a film of whole frames to be converted here" in refusal


@pytest.mark.parametrize(("name", "codec"), [("a.avi", "MJPG"), ("a.mp4", "mp4v")])
def test_a_film_of_a_still_picture_is_not_taken_for_one(
    tmp_path: Path, name: str, codec: str
) -> None:
    path = tmp_path / name
    writer = cv2.VideoWriter(
        str(path), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*codec), 25, (160, 64)
    )
    for _ in range(60):
        writer.write(noise(64, 160))
    writer.release()
    with opened(path) as source:
        assert len(read_all(source)) == 60


@pytest.mark.parametrize("name", ["one-group.mp4", "open-groups.ts", "program-stream.mpg"])
def test_stepping_back_finds_a_few_frames_at_a_time(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: list[int] = []
    find = FrameReader.find

    def counted(self: FrameReader, position: int, end: float) -> None:
        found.append(position)
        find(self, position, end)

    monkeypatch.setattr(FrameReader, "find", counted)
    with opened(VIDEOS / name) as source:
        source.seek(90)
        assert number_of(source.read()) == 90
        found.clear()
        for position in range(89, 74, -1):
            source.seek(position)
            assert (number_of(source.read()), source.position) == (position, position)
        assert len(found) == 4  # two for every eight frames
        for position in range(76, 99):  # on again, from what is kept and beyond it
            assert (number_of(source.read()), source.position) == (position, position)
        source.seek(20)
        assert number_of(source.read()) == 20
        assert len(source._kept) == 0
