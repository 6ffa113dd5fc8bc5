"""Clips as samples: recorded by holding, shown moving, moved, deleted and had back."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from cnngui.data.drawn import DrawnOptions
from cnngui.data.drawn_motions import motions
from cnngui.gui.samples.augmentation_form import AugmentationForm
from cnngui.gui.widgets.moving import Moments, frame_at, frames_of
from cnngui.gui.widgets.sample_grid import SamplesGrid
from cnngui.gui.words.clips import clip_words, recorded_words
from cnngui.pipeline.data_events import ThumbnailsReady
from cnngui.spec.network import InputSpec, NetworkSpec
from tests.data.test_stored import write_video
from tests.gui.driver import Driver
from tests.gui.sampling import Hands, SamplesStudio, folder_dataset

CLIPS = motions(options=DrawnOptions(count=18, seed=0, size=24))


def test_what_is_said_of_clips() -> None:
    assert clip_words(CLIPS, 3) == "clip, 22 frames, 0.84 s"
    assert clip_words(folder_dataset(["a/1.png"]), 0) == ""
    assert recorded_words(InputSpec()) == ""
    assert recorded_words(InputSpec(frames=8, frame_step=3)) == "Clips of 22 frames"
    assert recorded_words(InputSpec(frames=8, frame_step=3, frame_rate=25)) == "Clips of 0.84 s"


def test_a_loop_rests_on_its_last_frame() -> None:
    pixels = np.zeros((3, 4, 5, 3), np.uint8)
    pixels[:] = np.arange(3, dtype=np.uint8)[:, None, None, None]
    frames = frames_of(pixels)
    shown = [frame_at(frames, moment).pixelColor(0, 0).red() for moment in range(9)]
    assert shown == [0, 1, 2, 2, 2, 2, 2, 0, 1]


def test_moments_are_counted_only_while_something_that_moves_is_in_sight(qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    moments = Moments(widget)
    widget.show()
    assert not moments.is_running
    moments.set_moving(True)
    with qtbot.waitSignal(moments.passed):
        pass
    assert moments.now > 0
    widget.hide()
    assert not moments.is_running
    widget.show()
    assert moments.is_running
    moments.set_moving(False)
    assert not moments.is_running


def test_clips_in_sight_move_and_pictures_do_not(qtbot: QtBot) -> None:
    studio = SamplesStudio()
    grid = SamplesGrid(studio, "test")
    qtbot.addWidget(grid)
    grid.resize(300, 200)
    grid.show()
    grid.set_samples(CLIPS, range(4))
    qtbot.waitUntil(lambda: bool(studio.desk.requests))
    token = studio.desk.requests[-1][0]
    frames = np.zeros((2, 4, 5, 3), np.uint8)
    frames[1] = 200
    studio.event_received.emit(ThumbnailsReady(token, (0, 1), (frames[0], frames[0])))
    assert not grid.moments.is_running
    studio.event_received.emit(ThumbnailsReady(token, (2, 3), (frames, frames)))
    assert grid.moments.is_running
    cell = grid.model().index(2, 0)
    first = cell.data(Qt.ItemDataRole.DecorationRole).pixelColor(0, 0).red()
    assert first == 0
    qtbot.waitUntil(lambda: cell.data(Qt.ItemDataRole.DecorationRole).pixelColor(0, 0).red() == 200)
    assert "clip, 22 frames, 0.84 s" in cell.data(Qt.ItemDataRole.ToolTipRole)
    grid.hide()
    assert not grid.moments.is_running


def test_mirrored_directions_are_told(qtbot: QtBot) -> None:
    form = AugmentationForm()
    qtbot.addWidget(form)
    assert not form._flip.isChecked()
    assert "what moves left then moves right" in form._flip.toolTip()


@pytest.fixture
def gestures(driver: Driver) -> Hands:
    """The samples page beside a network that sees three frames at once, every second one."""
    seen = InputSpec(height=24, width=32, frames=3, frame_step=2)
    spec = NetworkSpec(name="gestures", input=seen)
    driver.document.edit(spec, "See several frames")
    driver.wait(lambda: driver.document.running_spec == spec)
    hands = Hands(driver)
    hands.open_collection()
    return hands


def test_clips_are_recorded_moved_deleted_and_had_back(gestures: Hands) -> None:
    hands = gestures
    assert "Clips of 5 frames" in hands.record_button(0).toolTip()
    assert not hands.child(QSpinBox, "pace_rate").isEnabled()
    count = hands.record(0, least=2)
    collection = hands.driver.settings.collection
    (name, other) = hands.names

    def clips(class_name: str) -> int:
        return len([path for path in (collection / class_name).glob("[!.]*") if path.is_dir()])

    assert clips(name) == count
    for clip in (collection / name).glob("[!.]*"):
        assert len(list(clip.glob("*ms.png"))) == 5
    hands.select(0, 0)
    hands.page.board.cards[0].grid.delete_requested.emit()
    hands.driver.wait(lambda: clips(name) == count - 1 and hands.counts[0] == count - 1)
    hands.driver.action("undo").trigger()
    hands.driver.wait(lambda: clips(name) == count and hands.counts[0] == count)
    hands.select(0, 1)
    hands.page.board._take_dropped(1, hands.page.board.cards[0].grid)
    hands.driver.wait(lambda: clips(other) == 1 and hands.counts == [count - 1, 1])
    assert hands.child(QLabel, "samples_summary").text().startswith(f"{count} samples")


def test_one_clip_of_a_long_film_is_deleted_and_had_back(gestures: Hands) -> None:
    hands = gestures
    hands.record(0, least=2)
    own = hands.counts[0]
    film = hands.driver.settings.collection / hands.names[1] / "film.avi"
    write_video(film, 150)
    hands.page.collection.open(hands.driver.settings.collection)
    hands.driver.wait(lambda: hands.counts == [own, 3])
    hands.select(1, 1)
    hands.page.board.cards[1].grid.delete_requested.emit()
    hands.driver.wait(lambda: hands.counts == [own, 2])
    data = hands.page.collection.dataset
    assert {sample.first for sample in data.samples if sample.path == film} == {0, 100}
    # Both that are left are all that there is: the film goes, and with it what is said of it.
    hands.select(1, 0, 1)
    hands.page.board.cards[1].grid.delete_requested.emit()
    hands.driver.wait(lambda: hands.counts == [own, 0])
    assert not film.exists()
    hands.driver.action("undo").trigger()
    hands.driver.wait(lambda: hands.counts == [own, 2])
    hands.driver.action("undo").trigger()
    hands.driver.wait(lambda: hands.counts == [own, 3])
    # A clip that is moved takes the others of its film along, for they are one file.
    hands.select(1, 0, 2)
    hands.page.board._take_dropped(0, hands.page.board.cards[1].grid)
    hands.driver.wait(lambda: hands.counts == [own + 3, 0])
    assert hands.driver.document.undo_stack.undoText() == "Move 3 samples"
