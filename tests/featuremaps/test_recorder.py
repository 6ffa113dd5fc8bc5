import os
import shutil
import sys
from collections import namedtuple

import numpy as np
import pytest

from cnngui.errors import SaveError
from cnngui.featuremaps import recorder
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


@pytest.fixture(params=range(len(recorder._KINDS)), ids=["usual", "fallback"])
def every_kind(request, monkeypatch):
    monkeypatch.setattr(recorder, "_KINDS", recorder._KINDS[request.param :])


@pytest.mark.usefixtures("every_kind")
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


def test_a_codec_that_does_not_open_is_replaced(tmp_path, monkeypatch):
    kinds = ((".mp4", "????", cv2.CAP_OPENCV_MJPEG), recorder._KINDS[-1])
    monkeypatch.setattr(recorder, "_KINDS", kinds)
    with Recorder(tmp_path / "walk.mp4", WIDTH, HEIGHT, RATE) as made:
        made.add(plain(9))
    assert made.path == tmp_path / "walk.avi"
    assert os.listdir(tmp_path) == ["walk.avi"]


def test_no_codec_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(recorder, "_KINDS", ((".mp4", "????", cv2.CAP_OPENCV_MJPEG),))
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


def test_a_disk_that_fills_up_leaves_a_video_that_plays(tmp_path, monkeypatch):
    with Recorder(tmp_path / "walk", WIDTH, HEIGHT, RATE) as made:
        for _ in range(30):
            made.add(plain(120))
        monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(10**9, 10**9, 10**6))
        with pytest.raises(SaveError, match="MB free"):
            made.add(plain(120))
    assert len(read_video(made.path)[0]) == 30


def test_a_folder_that_vanishes_is_said(tmp_path):
    with Recorder(tmp_path / "stick" / "walk", WIDTH, HEIGHT, RATE) as made:
        made.add(plain(1))
        shutil.rmtree(tmp_path / "stick")
        with pytest.raises(SaveError, match="walk"):
            made.add(plain(1))


def test_a_file_that_does_not_grow_is_said(tmp_path, monkeypatch):
    made = Recorder(tmp_path / "walk", WIDTH, HEIGHT, RATE)
    monkeypatch.setattr(made, "_check_every", 5)
    for _ in range(9):  # too little for the encoder to write its first block
        made.add(plain(1))
    with pytest.raises(SaveError, match="must grow"):
        made.add(plain(1))
    made.close()


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
