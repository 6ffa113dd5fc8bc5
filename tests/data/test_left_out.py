"""Clips of a long film are left out one by one, and come back."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from cnngui.data import folder as folders
from cnngui.data import stored
from cnngui.data.folder import FolderDataset, open_folder
from cnngui.data.left_out import companion
from cnngui.data.sample_folder import SampleFolder
from cnngui.data.stored import StoredSample
from cnngui.errors import DataError
from tests.data.test_stored import write_numbered, write_video

SHORT = ["wave/short.avi"]


@pytest.fixture
def folder(tmp_path: Path) -> SampleFolder:
    """A class with a film of three clips and a short one, and an empty class."""
    folder = SampleFolder(tmp_path / "mine")
    folder.add_class("wave")
    folder.add_class("rest")
    write_video(folder.path / "wave" / "long.avi", 150)
    write_video(folder.path / "wave" / "short.avi", 20)
    return folder


def found(data: FolderDataset) -> list[str]:
    return [data.sample_name(index) for index in range(len(data))]


def test_one_clip_goes_and_the_film_stays(folder: SampleFolder) -> None:
    data = folder.as_dataset()
    assert found(data) == ["wave/long.avi", "wave/long.avi #50", "wave/long.avi #100", *SHORT]
    folder.leave_out([data.samples[1]])
    for known in (data, None):  # looked at again, and for the first time
        less = folder.as_dataset(known)
        assert found(less) == ["wave/long.avi", "wave/long.avi #100", *SHORT]
        assert less.problems == ()
        assert less.labels.tolist() == [0, 0, 0]
    folder.leave_out([data.samples[2]])
    less = folder.as_dataset(less)
    assert found(less) == ["wave/long.avi", *SHORT]
    folder.take_in([data.samples[1]])
    again = folder.as_dataset(less)
    assert found(again) == ["wave/long.avi", "wave/long.avi #50", *SHORT]
    assert again.samples[1] == data.samples[1]
    folder.take_in([data.samples[2]])
    assert found(folder.as_dataset(again)) == found(data)
    assert not companion(data.samples[0].path).exists()


def test_a_film_that_was_left_out_as_a_whole_is_a_class_without_samples(
    folder: SampleFolder,
) -> None:
    data = folder.as_dataset()
    folder.leave_out(data.samples[:3])
    folder.delete([data.samples[3].path])
    assert len(folder.as_dataset()) == 0
    assert len(open_folder(folder.path, may_be_empty=True)) == 0
    with pytest.raises(DataError, match="must hold images"):
        open_folder(folder.path)


def test_what_is_left_out_goes_where_the_film_goes(folder: SampleFolder) -> None:
    data = folder.as_dataset()
    film, clip = data.samples[0].path, data.samples[1]
    folder.leave_out([clip])
    less = [name for name in found(data) if not name.endswith("#50")]
    folder.delete([film])
    assert found(folder.as_dataset()) == SHORT
    assert not companion(film).exists()
    folder.restore([film])
    assert found(folder.as_dataset()) == less
    (moved,) = folder.move([film], "rest")
    assert found(folder.as_dataset()) == [*SHORT, "rest/long.avi", "rest/long.avi #100"]
    folder.rename_class("rest", "still")
    assert found(folder.as_dataset())[1:] == ["still/long.avi", "still/long.avi #100"]
    assert not companion(moved).exists()


def test_another_film_of_that_name_is_whole(folder: SampleFolder) -> None:
    folder.leave_out([folder.as_dataset().samples[1]])
    write_video(folder.path / "wave" / "long.avi", 130)
    assert len(found(folder.as_dataset())) == 4


def test_clips_of_numbered_pictures_are_left_out_too(folder: SampleFolder) -> None:
    write_numbered(folder.path / "rest" / "one", range(150))
    data = folder.as_dataset()
    folder.leave_out([data.samples[-1]])
    assert found(folder.as_dataset(data))[-2:] == ["rest/one", "rest/one #50"]


@pytest.mark.parametrize(
    "content",
    [
        *("", "[]", '{"format": "cnngui-left-out", "version": 2, "clips": []}'),
        '{"format": "cnngui-left-out", "version": 1, "clips": [[50]]}',
        '{"format": "cnngui-left-out", "version": 1, "clips": [[50, Infinity]]}',
        "[" * 100_000,
    ],
)
def test_a_bad_list_leaves_nothing_out_and_is_said(folder: SampleFolder, content: str) -> None:
    film = folder.path / "wave" / "long.avi"
    companion(film).write_text(content)
    data = folder.as_dataset()
    assert len(data) == 4
    (problem,) = data.problems
    assert "long.avi.left-out.json: must be a list of clips" in str(problem)


def test_only_clips_of_this_folder_are_left_out(folder: SampleFolder, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere" / "wave" / "long.avi"
    elsewhere.parent.mkdir(parents=True)
    shutil.copy(folder.path / "wave" / "long.avi", elsewhere)
    with pytest.raises(DataError, match="must be a sample of"):
        folder.leave_out([StoredSample(elsewhere, "video", 0, 50)])
    assert not companion(elsewhere).exists()


def test_frames_beyond_the_most_are_left_out_and_that_is_said(
    folder: SampleFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (stored, folders):
        monkeypatch.setattr(module, "MOST_FRAMES", 20)
    write_numbered(folder.path / "rest" / "many", range(21))
    write_numbered(folder.path / "rest" / "all", range(20))
    data = folder.as_dataset()
    assert data.lengths.tolist() == [20, 20, 20, 20]
    told = [
        "wave/long.avi: may have at most 20 frames to learn from, got more, which are left out",
        "rest/many: may have at most 20 frames to learn from, got more, which are left out",
    ]
    assert [str(problem) for problem in data.problems] == told
    # Where it is known already, it is said again.
    assert [str(problem) for problem in folder.as_dataset(data).problems] == told
    assert data.samples[0] == replace(data.samples[1], path=data.samples[0].path, goes_on=True)
