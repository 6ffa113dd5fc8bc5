import errno
import os
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
from collections import namedtuple

import numpy as np
import pytest

from cnngui.errors import SaveError
from cnngui.featuremaps import encoding
from cnngui.featuremaps.colormaps import PAPER
from cnngui.featuremaps.recorder import MAX_GAP_S, Recorder, compose_record
from cnngui.images.opencv import cv2

WIDTH, HEIGHT, RATE = 160, 120, 10.0


def plain(colour):
    return np.full((HEIGHT, WIDTH, 3), colour, np.uint8)


def read_video(path):
    video = cv2.VideoCapture(str(path))
    rate = video.get(cv2.CAP_PROP_FPS)
    pictures = []
    while (read := video.read())[0]:
        pictures.append(cv2.cvtColor(read[1], cv2.COLOR_BGR2RGB))
    return pictures, rate


@pytest.fixture(params=range(len(encoding._CODECS)), ids=["usual", "fallback"])
def every_codec(request, monkeypatch):
    monkeypatch.setattr(encoding, "_CODECS", encoding._CODECS[request.param :])


@pytest.fixture(autouse=True)
def _nothing_is_left_in_the_folder_for_temporary_files(tmp_path_factory, monkeypatch):
    folder = tmp_path_factory.mktemp("temporary")
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield
    assert os.listdir(folder) == []


@pytest.mark.usefixtures("every_codec")
def test_video_holds_the_pictures_in_their_order_and_colours(tmp_path):
    with Recorder(tmp_path / "walk.mp4", WIDTH, HEIGHT, RATE) as made:
        for colour in ((250, 20, 20), (20, 250, 20), (20, 20, 250)):
            for _ in range(4):
                made.add(plain(colour))
    pictures, rate = read_video(made.path)
    assert rate == RATE
    assert len(pictures) == 12
    for place, channel in ((1, 0), (5, 1), (9, 2)):
        assert pictures[place].mean(axis=(0, 1)).argmax() == channel


NO_CODEC = ("????", cv2.CAP_OPENCV_MJPEG, encoding.JPEG)


def test_a_codec_that_does_not_open_is_replaced(tmp_path, monkeypatch):
    monkeypatch.setattr(encoding, "_CODECS", (NO_CODEC, encoding._CODECS[-1]))
    with Recorder(tmp_path / "walk.avi", WIDTH, HEIGHT, RATE) as made:
        made.add(plain(9))
    assert made.path == tmp_path / "walk.mp4"
    assert os.listdir(tmp_path) == ["walk.mp4"]
    assert len(read_video(made.path)[0]) == 1


def test_no_codec_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(encoding, "_CODECS", (NO_CODEC,))
    with pytest.raises(SaveError, match="codec"):
        Recorder(tmp_path / "walk.mp4", WIDTH, HEIGHT, RATE)
    assert os.listdir(tmp_path) == []


def test_time_is_kept_by_leaving_out_and_holding(tmp_path):
    with Recorder(tmp_path / "walk", WIDTH, HEIGHT, RATE) as made:
        for number in range(60):  # 60 pictures in 2 s
            made.add(plain(0), time=100.0 + number / 30)
        for number in range(4):  # 4 pictures in 2 s
            made.add(plain(200), time=102.0 + number / 2)
    pictures, _ = read_video(made.path)
    assert len(pictures) == pytest.approx(36, abs=1)
    assert sum(picture.mean() > 100 for picture in pictures) == pytest.approx(15, abs=1)


def test_a_long_gap_is_cut_short(tmp_path):
    with Recorder(tmp_path / "walk", WIDTH, HEIGHT, RATE) as made:
        made.add(plain(0), time=0.0)
        made.add(plain(90), time=3600.0)
        made.add(plain(180), time=3600.1)
    pictures, _ = read_video(made.path)
    assert len(pictures) == 1 + MAX_GAP_S * RATE + 1


def test_without_a_picture_there_is_no_file(tmp_path):
    Recorder(tmp_path / "walk", WIDTH, HEIGHT, RATE).close()
    assert os.listdir(tmp_path) == []


def test_closing_twice_is_harmless(tmp_path):
    made = Recorder(tmp_path / "walk", WIDTH, HEIGHT, RATE)
    made.add(plain(1))
    made.close()
    made.close()
    assert len(read_video(made.path)[0]) == 1


def test_what_is_there_is_not_written_over(tmp_path):
    (tmp_path / "walk.mp4").write_text("mine")
    with pytest.raises(SaveError, match=r"walk\.mp4"):
        Recorder(tmp_path / "walk", WIDTH, HEIGHT, RATE)
    assert (tmp_path / "walk.mp4").read_text() == "mine"


def test_a_folder_that_is_a_file_is_said(tmp_path):
    (tmp_path / "taken").write_text("")
    with pytest.raises(SaveError, match="taken"):
        Recorder(tmp_path / "taken" / "walk", WIDTH, HEIGHT, RATE)


@pytest.mark.skipif(sys.platform != "linux", reason="names are text elsewhere")
def test_a_folder_whose_name_is_no_text_is_said(tmp_path):
    folder = tmp_path / os.fsdecode(b"\xff")
    with pytest.raises(SaveError, match="must have a name that is text in UTF-8"):
        Recorder(folder / "walk", WIDTH, HEIGHT, RATE)
    assert os.listdir(tmp_path) == []


Usage = namedtuple("Usage", "total used free")


def test_an_almost_full_disk_is_refused_at_the_start(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(10**9, 10**9, 10**6))
    with pytest.raises(SaveError, match="MB free"):
        Recorder(tmp_path / "walk", WIDTH, HEIGHT, RATE)
    assert os.listdir(tmp_path) == []


def test_little_room_is_told_as_less_than_is_needed(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(10**9, 10**9, 2**25 - 1))
    with pytest.raises(SaveError, match="must have 32 MB free for recording, got 31 MB"):
        Recorder(tmp_path / "walk", WIDTH, HEIGHT, RATE)


def test_a_disk_that_fills_up_leaves_a_video_that_plays(tmp_path, monkeypatch):
    with Recorder(tmp_path / "walk", WIDTH, HEIGHT, RATE) as made:
        for _ in range(30):
            made.add(plain(120))
        monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(10**9, 10**9, 10**6))
        with pytest.raises(SaveError, match="MB free"):
            made.add(plain(120))
    assert len(read_video(made.path)[0]) == 30


def test_a_folder_that_vanishes_is_said(tmp_path):
    made = Recorder(tmp_path / "stick" / "walk", WIDTH, HEIGHT, RATE)
    made.add(plain(1))
    shutil.rmtree(tmp_path / "stick")
    for lost in (lambda: made.add(plain(1)), made.close):
        with pytest.raises(SaveError, match="walk"):
            lost()
    made.close()


def test_a_disk_that_refuses_in_the_middle_leaves_what_was_written(tmp_path, monkeypatch):
    made = Recorder(tmp_path / "walk", WIDTH, HEIGHT, RATE)
    for _ in range(9):
        made.add(plain(1))
    size = made.path.stat().st_size
    made._writer._file = Full(made._writer._file)
    with pytest.raises(SaveError, match=r"walk\.mp4: must be a file .*No space left"):  # noqa: PT012
        for _ in range(9):
            made.add(plain(1))
    with pytest.raises(SaveError, match="No space left"):
        made.close()
    assert made.path.stat().st_size == size
    assert len(read_video(made.path)[0]) == 8  # whole groups of 0.4 s


class Full:
    """A file on a disk that takes half of what it is given."""

    def __init__(self, file):
        self._file = file

    def __getattr__(self, name):
        return getattr(self._file, name)

    def write(self, data):
        self._file.write(data[: len(data) // 2])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_no_room_for_temporary_files_is_said(tmp_path, monkeypatch):
    made = Recorder(tmp_path / "walk", WIDTH, HEIGHT, RATE)
    real = made._encoder._opened
    monkeypatch.setattr(made._encoder, "_opened", lambda: Silent(real()))
    with pytest.raises(SaveError, match="must have room for the recording's next pictures, got 0"):  # noqa: PT012
        for _ in range(9):
            made.add(plain(1))
    made.close()
    assert os.listdir(tmp_path) == []


class Silent:
    """OpenCV does not say when it could not write."""

    def __init__(self, writer):
        self._writer = writer

    def write(self, picture):
        pass

    def release(self):
        self._writer.release()


@pytest.mark.usefixtures("every_codec")
def test_it_can_be_played_while_it_is_made(tmp_path):
    with Recorder(tmp_path / "walk", WIDTH, HEIGHT, RATE) as made:
        for number in range(1, 30):
            made.add(plain(min(8 * number, 255)))
            if number >= 4:
                pictures, rate = read_video(made.path)
                assert rate == RATE
                assert number - 4 < len(pictures) <= number
    assert len(read_video(made.path)[0]) == 29


_KILLED = """
import sys, time
import numpy as np
from pathlib import Path
from cnngui.featuremaps.recorder import Recorder
recorder = Recorder(Path(sys.argv[1]), 320, 240, 30.0)
picture = np.zeros((240, 320, 3), np.uint8)
began = time.monotonic()
while True:
    recorder.add(picture, time.monotonic())
    print(time.monotonic() - began, flush=True)
    time.sleep(1 / 60)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no such end elsewhere")
def test_a_killed_recording_can_be_played_up_to_a_second_before(tmp_path):
    path = tmp_path / "walk.mp4"
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-c", _KILLED, str(path)], stdout=subprocess.PIPE, env=environment
    ) as recording:
        seconds = 0.0
        while seconds < 2.5:
            seconds = float(recording.stdout.readline())
        recording.kill()
        seconds = float([str(seconds), *recording.stdout.read().split()][-1])
    pictures, rate = read_video(path)
    assert rate == 30.0
    assert seconds - 1.0 <= len(pictures) / rate <= seconds + 0.1


def boxes(data):
    found, place = [], 0
    while place < len(data):
        size, kind = struct.unpack_from(">I4s", data, place)
        if size == 1:
            (size,) = struct.unpack_from(">Q", data, place + 8)
        found.append(kind.decode())
        place += size
    assert place == len(data)
    return found


def test_once_closed_it_is_an_ordinary_file_with_one_table(tmp_path):
    made = Recorder(tmp_path / "walk", WIDTH, HEIGHT, RATE)
    for number in range(10):
        made.add(plain(20 * number))
    growing = boxes(made.path.read_bytes())
    assert growing == ["ftyp", "free", "moov", "moof", "mdat", "moof", "mdat"]
    made.close()
    assert boxes(made.path.read_bytes()) == ["ftyp", "mdat", "moov"]
    video = cv2.VideoCapture(str(made.path))
    assert video.get(cv2.CAP_PROP_FRAME_COUNT) == 10
    for place in (7, 2, 9, 0):  # its table leads to each frame
        video.set(cv2.CAP_PROP_POS_FRAMES, place)
        assert video.read()[1].mean() == pytest.approx(20 * place, abs=4)
    video.release()


@pytest.mark.parametrize("input_shape", [(28, 28, 1), (480, 640, 3), (1, 1, 3), (4096, 1, 3)])
@pytest.mark.parametrize("wall_shape", [(700, 924, 3), (1, 1, 3), (4096, 4096, 3)])
def test_record_has_both_pictures_side_by_side(input_shape, wall_shape):
    record = compose_record(
        np.full(input_shape, 200, np.uint8), np.full(wall_shape, 100, np.uint8), 640, 360
    )
    assert record.shape == (360, 640, 3)
    assert (record[:, :200] == 200).all(axis=2).any()
    assert (record[:, 210:] == 100).all(axis=2).any()
    assert (record[:, 210:] != 200).any(axis=2).all()
    assert (record[:16] == PAPER).all()
    assert (record[:, :16] == PAPER).all()
    assert (record[:, -16:] == PAPER).all()
