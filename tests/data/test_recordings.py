from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cnngui.data.folder import open_folder
from cnngui.data.recordings import clip_name, new_recording, recordings_of, sample_name
from cnngui.data.sample_folder import SampleFolder


def named(*names: str, folder: str = "cup") -> list[Path]:
    return [Path(folder, name) for name in names]


def test_a_recordings_samples_are_told_by_their_names() -> None:
    first, second = new_recording(), new_recording()
    files = named(*(sample_name(name, number) for name in (first, second) for number in range(3)))
    assert sorted(files) == files
    assert recordings_of(files).tolist() == [0, 0, 0, 1, 1, 1]


def test_they_are_told_in_another_class_and_by_another_name_too() -> None:
    begun = new_recording()
    moved = Path("hat", f"{begun}_00001-0123abcd.png")
    files = [*named(sample_name(begun, 0), "photo.png"), moved]
    assert recordings_of(files).tolist() == [0, 1, 0]


def test_of_samples_named_as_before_times_tell() -> None:
    """One file a sample: a burst of three, a pause, one more, the next class."""
    files = named(
        "2026-01-02_10-00-00-000000-aaaa.png",
        "2026-01-02_10-00-00-200000-bbbb.png",
        "2026-01-02_10-00-01-400000-cccc.png",
        "2026-01-02_10-00-09-000000-dddd.png",
    )
    files += named("2026-01-02_10-00-09-100000-eeee.png", folder="hat")
    assert recordings_of(files).tolist() == [0, 0, 0, 1, 2]


@pytest.mark.parametrize(
    "name",
    [
        *("a.png", "cat_001.png", "2026-01-02_10-00-00-000000-aaaa.jpg"),
        *("2026-99-99_99-99-99-000000-aaaa.png", "2026-01-02_10-00-00-000000-AAAA.png"),
    ],
)
def test_other_pictures_stand_for_themselves(name: str) -> None:
    files = [*named(name), *named(name, folder="hat")]
    assert recordings_of(files).tolist() == [0, 1]


def test_clips_of_a_recording_and_of_a_file_belong_together() -> None:
    begun = new_recording()
    files = named(clip_name(begun, 0), clip_name(begun, 1), "film.mp4", "film.mp4", "other.mp4")
    assert recordings_of(files).tolist() == [0, 0, 1, 1, 2]


def test_a_folder_of_samples_knows_its_recordings(tmp_path: Path) -> None:
    folder = SampleFolder(tmp_path / "mine")
    folder.add_class("cup")
    pixels = np.zeros((8, 8, 3), np.uint8)
    for name in (new_recording(), new_recording()):
        for number in range(2):
            folder.add("cup", pixels, sample_name(name, number))
    folder.add("cup", pixels)
    data = open_folder(folder.path)
    assert data.recordings[:4].tolist() == [0, 0, 1, 1]
    assert len(data.recordings) == 5
    assert not data.recordings.flags.writeable
