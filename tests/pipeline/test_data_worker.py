"""Data sets opened, thumbnails made and own samples edited beside the live picture."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from cnngui.data import opening
from cnngui.data.augmentation import Augmentation
from cnngui.data.dataset import Dataset, OpeningCancelledError
from cnngui.data.opening import open_dataset
from cnngui.data.sample_folder import SampleFolder
from cnngui.pipeline import data_worker
from cnngui.pipeline.data_events import (
    DatasetCancelled,
    DatasetFailed,
    DatasetOpened,
    DatasetProgress,
    SamplesChanged,
    SamplesFailed,
    ThumbnailsReady,
)
from cnngui.pipeline.live import LivePipeline
from tests.data.files import picture, write_image
from tests.pipeline.fakes import PATIENCE_S, Listener


class Gate:
    """Holds the next opening, or the next thumbnail, until the test lets it go on."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self.opened = threading.Event()

    def wait(self) -> None:
        self.reached.set()
        assert self.opened.wait(PATIENCE_S)


def test_a_data_set_is_opened(pipeline: LivePipeline, listener: Listener, tmp_path: Path) -> None:
    write_image(tmp_path / "a" / "1.png")
    (tmp_path / "a" / "2.png").write_text("broken")
    pipeline.data.open(str(tmp_path))
    opened = listener.event(DatasetOpened)
    assert opened.address == str(tmp_path)
    assert len(opened.dataset) == 1
    assert len(opened.dataset.problems) == 1
    progress = listener.event(DatasetProgress)
    assert (progress.address, progress.total) == (str(tmp_path), 2)


def test_what_cannot_be_opened_is_said(pipeline: LivePipeline, listener: Listener) -> None:
    pipeline.data.open("/no/such/place")
    failed = listener.event(DatasetFailed)
    assert failed.address == "/no/such/place"
    assert "no such file" in str(failed.error)


def held_opening(monkeypatch: pytest.MonkeyPatch, gate: Gate) -> None:
    """Let opening ``slow`` wait, and ask then whether it was cancelled."""

    def open_slowly(address: str, *, on_progress, is_cancelled) -> Dataset:
        if address == "slow":
            gate.wait()
            if is_cancelled():
                raise OpeningCancelledError
        return open_dataset("shapes:count=6", on_progress=on_progress, is_cancelled=is_cancelled)

    monkeypatch.setattr(opening, "open_dataset", open_slowly)


def test_an_opening_gives_way_to_a_newer_one(
    pipeline: LivePipeline, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate()
    held_opening(monkeypatch, gate)
    pipeline.data.open("slow")
    assert gate.reached.wait(PATIENCE_S)
    pipeline.data.open("never begun")
    pipeline.data.open("shapes")
    gate.opened.set()
    assert listener.event(DatasetOpened).address == "shapes"
    cancelled = {listener.event(DatasetCancelled).address for _ in range(2)}
    assert cancelled == {"slow", "never begun"}


@pytest.mark.parametrize("closes", [False, True])
def test_an_opening_is_cancelled(
    pipeline: LivePipeline, listener: Listener, monkeypatch: pytest.MonkeyPatch, closes: bool
) -> None:
    gate = Gate()
    held_opening(monkeypatch, gate)
    pipeline.data.open("slow")
    assert gate.reached.wait(PATIENCE_S)
    if closes:
        threading.Timer(0.05, gate.opened.set).start()
        pipeline.close()
    else:
        pipeline.data.cancel_opening()
        gate.opened.set()
    assert listener.event(DatasetCancelled).address == "slow"


def test_thumbnails_come_for_every_index(pipeline: LivePipeline, listener: Listener) -> None:
    data = open_dataset("shapes")
    indices = [5, 3, 3, 900]
    pipeline.data.ask_thumbnails("grid", data, indices, 40)
    found: list[int] = []
    while len(found) < len(indices):
        ready = listener.event(ThumbnailsReady)
        assert ready.token == "grid"
        assert [one.shape for one in ready.pictures] == [(40, 40, 3)] * len(ready.indices)
        found += ready.indices
    assert found == indices


def test_augmented_thumbnails_come_as_a_whole(pipeline: LivePipeline, listener: Listener) -> None:
    data = open_dataset("shapes")
    pipeline.data.ask_thumbnails("preview", data, (7,) * 8, 64, Augmentation(rotation=50), 3)
    ready = listener.event(ThumbnailsReady)
    assert ready.indices == (7,) * 8
    assert len({one.tobytes() for one in ready.pictures}) == 8


def test_the_newest_request_of_a_token_wins_and_edits_come_first(
    pipeline: LivePipeline,
    listener: Listener,
    folder: SampleFolder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = open_dataset("shapes")
    gate = Gate()
    made: list[int] = []

    def one_picture(_: Dataset, index: int, size: int) -> np.ndarray:
        made.append(index)
        if index == 0:
            gate.wait()
        return np.zeros((size, size, 3), np.uint8)

    monkeypatch.setattr(data_worker, "thumbnail", one_picture)
    monkeypatch.setattr(data_worker, "_PART_S", 0.0)
    pipeline.data.ask_thumbnails("a", data, [0, 1, 2], 8)
    assert gate.reached.wait(PATIENCE_S)
    pipeline.data.ask_thumbnails("a", data, [3], 8)
    pipeline.data.ask_thumbnails("b", data, [4], 8)
    pipeline.data.ask_thumbnails("c", data, [5], 8)
    pipeline.data.forget_thumbnails("b")
    pipeline.data.open_samples(folder)
    gate.opened.set()
    listener.until(lambda: len(made) == 3)
    listener.event(SamplesChanged)
    assert made == [0, 5, 3]


def test_edits_answer_with_how_the_folder_is(
    pipeline: LivePipeline, listener: Listener, folder: SampleFolder
) -> None:
    data = pipeline.data

    def counts() -> dict[str, int]:
        changed = listener.event(SamplesChanged)
        assert changed.folder == folder
        assert tuple(one.name for one in changed.classes) == changed.dataset.classes
        numbers = np.bincount(changed.dataset.labels, minlength=len(changed.classes))
        return dict(zip(changed.dataset.classes, numbers.tolist(), strict=True))

    path = folder.add("cup", picture(1))
    data.open_samples(folder)
    assert counts() == {"cup": 1, "book": 0}
    data.delete_samples(folder, [path])
    assert counts() == {"cup": 0, "book": 0}
    data.restore_samples(folder, [path])
    assert counts() == {"cup": 1, "book": 0}
    data.move_samples(folder, [path], "book")
    assert counts() == {"cup": 0, "book": 1}
    data.add_class(folder, "pen", "#123456", 0)
    assert counts() == {"pen": 0, "cup": 0, "book": 1}
    data.rename_class(folder, "book", "tome")
    assert counts() == {"pen": 0, "cup": 0, "tome": 1}
    data.recolour_class(folder, "pen", "#654321")
    assert listener.event(SamplesChanged).classes[0].colour == "#654321"
    removed = folder.classes()[2]
    data.remove_class(folder, "tome")
    assert counts() == {"pen": 0, "cup": 0}
    data.restore_class(folder, removed, 1)
    assert counts() == {"pen": 0, "tome": 1, "cup": 0}


def test_where_moved_samples_are_is_told(
    pipeline: LivePipeline, listener: Listener, folder: SampleFolder
) -> None:
    path = folder.add("cup", picture(1))
    pipeline.data.move_samples(folder, [path], "book")
    assert listener.event(SamplesChanged).paths == (folder.path / "book" / path.name,)


def test_an_edit_that_fails_is_said_and_the_folder_told(
    pipeline: LivePipeline, listener: Listener, folder: SampleFolder
) -> None:
    path = folder.add("cup", picture(1))
    pipeline.data.delete_samples(folder, [path, folder.path / "cup" / "none.png"])
    failed = listener.event(SamplesFailed)
    assert "none.png" in str(failed.error)
    assert len(listener.event(SamplesChanged).dataset) == 0  # the first one was deleted


def test_a_folder_that_is_not_there_yet_has_no_classes(
    pipeline: LivePipeline, listener: Listener, tmp_path: Path
) -> None:
    pipeline.data.open_samples(SampleFolder(tmp_path / "new"))
    changed = listener.event(SamplesChanged)
    assert changed.classes == ()
    assert len(changed.dataset) == 0
    pipeline.data.add_class(changed.folder, "cup")
    assert [one.name for one in listener.event(SamplesChanged).classes] == ["cup"]


def test_edits_asked_for_before_closing_are_made(
    pipeline: LivePipeline, folder: SampleFolder
) -> None:
    path = folder.add("cup", picture(1))
    pipeline.data.rename_class(folder, "cup", "mug")
    pipeline.data.delete_samples(folder, [folder.path / "mug" / path.name])
    pipeline.close()
    assert [one.name for one in folder.classes()] == ["mug", "book"]
    assert len(folder.as_dataset()) == 0
    assert not (folder.path / ".cnngui-trash").exists()
