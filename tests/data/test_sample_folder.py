from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from cnngui.data.class_list import CLASSES_FILE, COLOURS, SampleClass
from cnngui.data.opening import open_dataset
from cnngui.data.sample_folder import MOST_SIDE, SampleFolder
from cnngui.errors import DataError, SaveError
from tests.data.files import picture, write_image


@pytest.fixture
def folder(tmp_path: Path) -> SampleFolder:
    folder = SampleFolder(tmp_path / "mine")
    folder.add_class("cup")
    folder.add_class("book")
    return folder


def names(folder: SampleFolder) -> list[str]:
    return [one.name for one in folder.classes()]


def counts(folder: SampleFolder) -> dict[str, int]:
    data = folder.as_dataset()
    found = np.bincount(data.labels, minlength=len(data.classes))
    return dict(zip(data.classes, found.tolist(), strict=True))


def test_nothing_is_written_before_the_first_class(tmp_path: Path) -> None:
    folder = SampleFolder(tmp_path / "mine")
    assert folder.classes() == ()
    assert len(folder.as_dataset()) == 0
    assert not folder.path.exists()


def test_samples_are_whole_pngs_in_the_folder_of_their_class(folder: SampleFolder) -> None:
    path = folder.add("cup", picture(90))
    assert path.parent == folder.path / "cup"
    data = folder.as_dataset()
    assert data.classes == ("cup", "book")
    np.testing.assert_array_equal(data.picture(0), picture(90))
    again = open_dataset(data.address)
    assert again.classes == ("cup", "book")  # not in the order of the alphabet
    assert len(again) == 1


def test_many_samples_keep_the_order_in_which_they_were_taken(folder: SampleFolder) -> None:
    paths = [folder.add("cup", picture(value)) for value in range(20)]
    assert list(folder.as_dataset().files) == paths


@pytest.mark.parametrize(("height", "width"), [(1080, 1920), (640, 480), (1, 5000)])
def test_large_frames_are_made_smaller(folder: SampleFolder, height: int, width: int) -> None:
    folder.add("cup", picture(9, height, width))
    shape = folder.as_dataset().picture(0).shape
    assert max(shape) == MOST_SIDE
    assert shape[0] == max(1, round(height * MOST_SIDE / max(height, width)))


def test_deleted_samples_come_back_as_they_were(folder: SampleFolder) -> None:
    paths = [folder.add("cup", picture(value)) for value in range(3)]
    content = paths[1].read_bytes()
    folder.delete(paths[:2])
    assert counts(folder) == {"cup": 1, "book": 0}
    folder.restore(paths[:2])
    assert paths[1].read_bytes() == content
    assert counts(folder) == {"cup": 3, "book": 0}


def test_deleting_the_same_name_twice_loses_neither(folder: SampleFolder) -> None:
    path = folder.path / "cup" / "1.png"
    first = write_image(path, picture(1)).read_bytes()
    folder.delete([path])
    second = write_image(path, picture(2)).read_bytes()
    folder.delete([path])
    kept = {file.read_bytes() for file in folder.path.glob(".cnngui-trash/*/samples/cup/*")}
    assert kept == {first, second}
    folder.restore([path])
    assert path.read_bytes() == second


def test_samples_move_to_another_class_and_back(folder: SampleFolder) -> None:
    path = folder.add("cup", picture(1))
    (moved,) = folder.move([path], "book")
    assert counts(folder) == {"cup": 0, "book": 1}
    assert folder.move([moved], "cup") == (path,)
    assert folder.move([path], "cup") == (path,)


def test_a_moved_sample_overwrites_none_of_the_same_name(folder: SampleFolder) -> None:
    one = write_image(folder.path / "cup" / "1.png", picture(1))
    write_image(folder.path / "book" / "1.png", picture(2))
    (moved,) = folder.move([one], "book")
    assert moved.name != "1.png"
    assert counts(folder) == {"cup": 0, "book": 2}


def test_a_removed_class_comes_back_with_samples_colour_and_place(folder: SampleFolder) -> None:
    folder.add_class("pen")
    folder.add("cup", picture(1))
    before = folder.classes()
    folder.remove_class("cup")
    assert names(folder) == ["book", "pen"]
    folder.restore_class(before[0], 0)
    assert folder.classes() == before
    assert counts(folder) == {"cup": 1, "book": 0, "pen": 0}


def test_a_renamed_class_keeps_samples_colour_and_place(folder: SampleFolder) -> None:
    folder.add("cup", picture(1))
    colours = [one.colour for one in folder.classes()]
    folder.rename_class("cup", "Tasse 茶")
    assert names(folder) == ["Tasse 茶", "book"]
    assert [one.colour for one in folder.classes()] == colours
    assert counts(folder) == {"Tasse 茶": 1, "book": 0}
    folder.rename_class("Tasse 茶", "tasse 茶")
    assert names(folder) == ["tasse 茶", "book"]
    folder.rename_class("book", "book")


def test_colours_differ_and_can_be_chosen(folder: SampleFolder) -> None:
    for number in range(12):
        folder.add_class(f"more {number}")
    colours = [one.colour for one in folder.classes()]
    assert len(set(colours[: len(COLOURS)])) == len(COLOURS)
    folder.recolour_class("book", "#010203")
    assert folder.classes()[1] == SampleClass("book", "#010203")
    with pytest.raises(DataError, match="must be #rrggbb"):
        folder.recolour_class("book", "red")


@pytest.mark.parametrize(
    "name",
    [
        "",
        "  ",
        ".hidden",
        "a/b",
        "..",
        "a\\b",
        "con",
        "Aux.png",
        "a\n",
        "end.",
        "x" * 101,
        "\udcff",
    ],
)
def test_names_that_cannot_be_folders_are_refused(folder: SampleFolder, name: str) -> None:
    for attempt in (folder.add_class, lambda new: folder.rename_class("cup", new)):
        with pytest.raises(DataError, match="class"):
            attempt(name)
    assert names(folder) == ["cup", "book"]


@pytest.mark.parametrize("name", ["cup", "CUP"])
def test_no_two_classes_have_one_name(folder: SampleFolder, name: str) -> None:
    with pytest.raises(DataError, match="no other class has"):
        folder.add_class(name)
    with pytest.raises(DataError, match="no other class has"):
        folder.rename_class("book", name)


def test_what_is_not_there_is_said(folder: SampleFolder, tmp_path: Path) -> None:
    path = folder.add("cup", picture(1))
    for attempt in (
        lambda: folder.add("none", picture()),
        lambda: folder.move([path], "none"),
        lambda: folder.rename_class("none", "new"),
        lambda: folder.remove_class(".cnngui-trash"),
        lambda: folder.recolour_class("none", "#000000"),
        lambda: folder.delete([folder.path / "cup" / "none.png"]),
        lambda: folder.restore([path]),
        lambda: folder.delete([tmp_path / "elsewhere" / "cup" / "1.png"]),
        lambda: folder.delete([folder.path / "cup" / ".." / "book"]),
        lambda: folder.restore_class(SampleClass("none", "#000000")),
    ):
        with pytest.raises(DataError):
            attempt()
    assert counts(folder) == {"cup": 1, "book": 0}


def test_a_full_disk_leaves_nothing_half_written(folder: SampleFolder, monkeypatch) -> None:
    folder.add("cup", picture(1))

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("cnngui.atomic.os.fsync", full)
    with pytest.raises(SaveError, match="No space left"):
        folder.add("cup", picture(2))
    assert len(list((folder.path / "cup").iterdir())) == 1


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b'{"format": "cnngui-classes", "version": 2, "classes": []}',
        b'{"format": "cnngui-classes", "version": 1, "classes": [3]}',
        b"[" * 100_000,
    ],
)
def test_a_bad_list_of_classes_loses_no_class(folder: SampleFolder, content: bytes) -> None:
    folder.add("cup", picture(1))
    (folder.path / CLASSES_FILE).write_bytes(content)
    assert sorted(names(folder)) == ["book", "cup"]
    data = folder.as_dataset()
    assert len(data) == 1
    assert [error.thing for error in data.problems] == [CLASSES_FILE]


def test_the_list_names_no_folder_outside(folder: SampleFolder) -> None:
    path = folder.path / CLASSES_FILE
    content = json.loads(path.read_text())
    content["classes"] += [{"name": "../..", "colour": "#000000"}, {"name": "x", "colour": "no"}]
    content["classes"][0]["colour"] = "no"
    path.write_text(json.dumps(content))
    assert names(folder) == ["cup", "book"]
    assert folder.classes()[0].colour == COLOURS[0]


def test_classes_added_by_other_programs_come_last(folder: SampleFolder) -> None:
    (folder.path / "apple").mkdir()
    assert names(folder) == ["cup", "book", "apple"]


def test_what_was_returned_before_saves_looking_again(folder: SampleFolder) -> None:
    path = folder.add("cup", picture(1))
    known = folder.as_dataset()
    path.write_bytes(b"broken since")
    folder.add("book", picture(2))
    assert len(folder.as_dataset(known)) == 2
    assert len(folder.as_dataset()) == 1


DELETES = """
import sys
from pathlib import Path
from cnngui.data.sample_folder import SampleFolder
folder = SampleFolder(Path(sys.argv[1]))
folder.delete([Path(sys.argv[2])])
folder.remove_class("book")
print("deleted", flush=True)
if sys.stdin.readline():
    folder.restore([Path(sys.argv[2])])
"""


@pytest.mark.parametrize("is_killed", [False, True])
def test_what_another_window_deleted_can_be_brought_back_there(
    folder: SampleFolder, is_killed: bool
) -> None:
    path = folder.add("cup", picture(1))
    command = [sys.executable, "-c", DELETES, str(folder.path), str(path)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout is not None
        assert program.stdout.readline()
        folder.empty_trash()
        if is_killed:
            program.kill()
        else:
            program.communicate("go on\n", timeout=60)
    assert path.exists() != is_killed
    folder.empty_trash()
    assert not (folder.path / ".cnngui-trash").exists()


def test_emptied_trash_is_gone(folder: SampleFolder) -> None:
    path = folder.add("cup", picture(1))
    folder.delete([path])
    folder.remove_class("book")
    folder.empty_trash()
    assert sorted(path.name for path in folder.path.iterdir()) == [CLASSES_FILE, "cup"]
    folder.empty_trash()
