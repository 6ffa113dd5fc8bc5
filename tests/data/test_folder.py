from __future__ import annotations

import os
import struct
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnngui.data.dataset import OpeningCancelledError
from cnngui.data.folder import open_folder
from cnngui.errors import DataError
from cnngui.spec.network import InputSpec
from tests.data.files import picture, write_image


def test_sub_folders_are_classes_in_the_order_in_which_people_count(tmp_path: Path) -> None:
    for name in ("b 10", "b 2", "a"):
        for number in (10, 9):
            write_image(tmp_path / name / f"{number}.png", picture(number))
    data = open_folder(tmp_path)
    assert data.classes == ("a", "b 2", "b 10")
    assert data.labels.tolist() == [0, 0, 1, 1, 2, 2]
    assert [path.name for path in data.files[:2]] == ["9.png", "10.png"]
    assert (data.name, data.address) == (tmp_path.name, str(tmp_path))
    np.testing.assert_array_equal(data.picture(1), picture(10))
    assert not data.labels.flags.writeable
    assert data.problems == ()


def test_images_of_any_size_and_kind_make_one_batch(tmp_path: Path) -> None:
    write_image(tmp_path / "a" / "pixel.png", picture(50, 1, 1))
    write_image(tmp_path / "a" / "wide.bmp", picture(60, 3, 500))
    write_image(tmp_path / "ü 猫" / "tall.JPG", picture(70, 400, 2))
    data = open_folder(tmp_path)
    assert len(data) == 3
    batch = data.batch([0, 1, 2], InputSpec(channels=1, height=9, width=12))
    assert batch.shape == (3, 9, 12, 1)


def test_what_is_hidden_or_the_systems_own_is_passed_over(tmp_path: Path) -> None:
    write_image(tmp_path / "a" / "1.png")
    for folder in (".git", "__MACOSX", "@eaDir", "$RECYCLE.BIN", "a/@eaDir", "a/.thumbs"):
        write_image(tmp_path / folder / "1.png")
    for name in ("._1.png", ".DS_Store", "Thumbs.db", "desktop.ini", "DESKTOP.INI"):
        (tmp_path / "a" / name).write_bytes(b"resource fork")
        (tmp_path / name).write_bytes(b"resource fork")
    (tmp_path / "readme.txt").write_text("hello")
    data = open_folder(tmp_path)
    assert data.classes == ("a",)
    assert len(data) == 1
    assert data.problems == ()


def test_what_is_left_out_is_named(tmp_path: Path) -> None:
    for number, name in enumerate(("cat", "dog", "emu")):
        write_image(tmp_path / "a" / "deeper" / f"{name}.png")
        (tmp_path / "a" / f"{number}.txt").write_text("label")
        write_image(tmp_path / f"loose{number}.png")
    write_image(tmp_path / "a" / "1.png")
    (tmp_path / "a" / "LICENSE").write_text("mine")
    data = open_folder(tmp_path)
    assert len(data) == 1
    assert [str(problem) for problem in data.problems] == [
        "loose0.png: must lie in the folder of a class to be learnt from, got 3 images beside the "
        "classes",
        "a/deeper: must hold numbered pictures alone (1.png, 2.png, ...) to be a clip, got a "
        "folder with 3 images",
        "a/LICENSE: must be an image (png, jpg, ...) or a video (mp4, ...) to be learnt from, got "
        "1 files named so",
        "a/0.txt: must be an image (png, jpg, ...) or a video (mp4, ...) to be learnt from, got 3 "
        "files named .txt",
    ]


@pytest.mark.parametrize("kind", ["jfif", "gif", "avif", "JPG"])
def test_pictures_of_every_kind_are_samples(tmp_path: Path, kind: str) -> None:
    suffix = {"jfif": ".jpg"}.get(kind, f".{kind.lower()}")
    write_image(tmp_path / "a" / f"1{suffix}").rename(tmp_path / "a" / f"2.{kind}")
    data = open_folder(tmp_path)
    assert (len(data), data.problems) == (1, ())


def test_a_class_whose_images_all_lie_deeper_says_so(tmp_path: Path) -> None:
    write_image(tmp_path / "train" / "cats" / "1.png")
    with pytest.raises(DataError, match=r"train/cats.*got a folder with 1 images"):
        open_folder(tmp_path)


def test_bad_files_are_listed_and_left_out(tmp_path: Path) -> None:
    write_image(tmp_path / "a" / "1.png")
    good = write_image(tmp_path / "b" / "2.png").read_bytes()
    (tmp_path / "a" / "empty.png").write_bytes(b"")
    (tmp_path / "a" / "text.jpg").write_text("not a picture")
    (tmp_path / "b" / "half.png").write_bytes(good[: len(good) // 2])
    data = open_folder(tmp_path)
    assert len(data) == 2
    assert [error.thing for error in data.problems] == ["a/empty.png", "a/text.jpg", "b/half.png"]
    assert all(isinstance(error, DataError) for error in data.problems)


def test_a_class_without_samples_stays_a_class(tmp_path: Path) -> None:
    write_image(tmp_path / "b" / "1.png")
    (tmp_path / "a").mkdir()
    data = open_folder(tmp_path)
    assert data.classes == ("a", "b")
    assert data.labels.tolist() == [1]


def test_a_picture_too_large_for_memory_is_refused_by_its_header(tmp_path: Path) -> None:
    write_image(tmp_path / "a" / "1.png")
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    bomb = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk
    bomb += struct.pack(">I", zlib.crc32(chunk))
    (tmp_path / "a" / "bomb.png").write_bytes(bomb + bytes(100))
    data = open_folder(tmp_path)
    assert len(data) == 1
    assert "pixels" in str(data.problems[0].rule)


def test_a_file_that_has_gone_is_said_when_it_is_read(tmp_path: Path) -> None:
    path = write_image(tmp_path / "a" / "1.png")
    data = open_folder(tmp_path)
    path.unlink()
    with pytest.raises(DataError, match=r"a/1\.png: must be a file"):
        data.picture(0)
    with pytest.raises(DataError, match=r"a/1\.png"):
        data.batch([0], InputSpec())


@pytest.mark.parametrize("make", ["nothing", "files", "empty classes", "absent"])
def test_a_folder_without_classes_or_images_is_refused(tmp_path: Path, make: str) -> None:
    path = tmp_path / "data"
    if make != "absent":
        path.mkdir()
    if make == "files":
        write_image(path / "1.png")
    if make == "empty classes":
        (path / "a").mkdir()
    with pytest.raises(DataError, match="data: must"):
        open_folder(path)


def test_ten_thousand_classes(tmp_path: Path) -> None:
    for number in range(10_000):
        (tmp_path / str(number)).mkdir()
    for number in (0, 5_000, 9_999):
        write_image(tmp_path / str(number) / "1.png")
    data = open_folder(tmp_path)
    assert len(data.classes) == 10_000
    assert data.labels.tolist() == [0, 5_000, 9_999]


def test_progress_and_cancelling(tmp_path: Path) -> None:
    for number in range(6):
        write_image(tmp_path / "a" / f"{number}.png")
    seen: list[tuple[int, int]] = []
    open_folder(tmp_path, lambda done, total: seen.append((done, total)))
    assert seen == [(done, 6) for done in range(7)]
    with pytest.raises(OpeningCancelledError):
        open_folder(tmp_path, is_cancelled=lambda: True)


def test_files_known_before_are_not_looked_at_again(tmp_path: Path) -> None:
    path = write_image(tmp_path / "a" / "1.png")
    data = open_folder(tmp_path)
    path.write_bytes(b"broken since")
    write_image(tmp_path / "a" / "2.png")
    assert len(open_folder(tmp_path, known=data)) == 2
    assert len(open_folder(tmp_path)) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="names are text elsewhere")
def test_names_that_are_no_text_are_said_so(tmp_path: Path) -> None:
    write_image(tmp_path / "a" / "1.png")
    os.mkdir(os.fsencode(tmp_path) + b"/b\xff")
    (Path(os.fsdecode(os.fsencode(tmp_path / "a") + b"/x\xff.png"))).write_bytes(b"broken")
    data = open_folder(tmp_path)
    assert data.classes == ("a",)
    for problem in data.problems:
        str(problem).encode()
    assert len(data.problems) == 2


def test_a_name_that_no_network_can_give_to_a_class_is_said(tmp_path: Path) -> None:
    for name in ("a" * 200, "b" * 201):
        write_image(tmp_path / name / "1.png")
    data = open_folder(tmp_path)
    assert data.classes == ("a" * 200,)
    (problem,) = data.problems
    assert "at most 200 characters, got 201" in str(problem)


@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_damaged_images_never_end_the_opening(tmp_path: Path, data) -> None:
    suffix = data.draw(st.sampled_from([".png", ".jpg", ".bmp", ".webp", ".tiff", ".ppm"]))
    write_image(tmp_path / "a" / "good.png")
    content = bytearray(
        write_image(tmp_path / ".kept" / f"bad{suffix}", picture(90, 20, 20)).read_bytes()
    )
    for place, value in data.draw(
        st.lists(st.tuples(st.integers(0, len(content) - 1), st.integers(0, 255)), max_size=6)
    ):
        content[place] = value
    content = content[: data.draw(st.integers(0, len(content)))]
    bad = tmp_path / "a" / f"bad{suffix}"
    bad.write_bytes(bytes(content))
    opened = open_folder(tmp_path)
    assert len(opened) + len(opened.problems) == 2
    for index in range(len(opened)):
        assert opened.picture(index).ndim == 3
    bad.unlink()
