"""Maps with moments: one of them, all in turn, or side by side; and frames that fill a window."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from cnngui.gui.document import Document
from cnngui.gui.view_state import ViewState
from cnngui.gui.views.filmstrip import Filmstrip
from cnngui.gui.views.input_view import InputView
from cnngui.gui.views.inspector import Inspector
from cnngui.gui.views.moment_bar import MomentBar
from cnngui.gui.views.strip import LayerStrip
from cnngui.gui.views.wall import WallView
from cnngui.gui.views.wall_canvas import WallCanvas
from cnngui.gui.words.moments import slice_labels
from cnngui.pipeline.messages import TimeView
from cnngui.spec.checks import MAX_INPUT_FRAMES
from cnngui.spec.layers import Conv2d, Conv3d, ConvTranspose3d, Flatten, Linear, Slice
from cnngui.spec.network import InputSpec, NetworkSpec
from tests.gui.views.conftest import show
from tests.gui.views.results import Maps, filling_result, frame_result, window_of

SEEN = InputSpec(channels=1, height=12, width=16, frames=6, frame_rate=25.0, frame_step=3)
NETWORK = NetworkSpec(
    name="video",
    input=SEEN,
    layers=(
        Conv3d(id="conv1", out_channels=4, padding=(0, 1, 1)),
        Slice(id="newest", dim="time", start=3, stop=4),
        Flatten(id="flatten1"),
        Linear(id="fc1", out_features=3),
    ),
)
STILL = NetworkSpec(
    name="still", input=InputSpec(height=12, width=16), layers=(Conv2d(id="conv1", padding="same"),)
)


def counting(channels: int, moments: int) -> Maps:
    """Every value names its place: channel, moment, row and column can be read off it."""
    channel, moment, row, column = np.indices((channels, moments, 12, 16))
    return (channel * 100000 + moment * 10000 + row * 100 + column).astype(np.float32)


@pytest.fixture
def document(qapp: object) -> Document:
    document = Document(NETWORK)
    document.select("conv1")
    return document


@pytest.fixture
def outputs() -> dict[str, Maps]:
    return {
        "input": counting(1, 6),
        "conv1": counting(4, 4),
        "newest": counting(4, 1),
        "fc1": np.arange(3, dtype=np.float32),
    }


class Wall:
    """A wall on the screen whose requests are answered at once."""

    def __init__(self, qtbot: QtBot, state: ViewState, outputs: dict[str, Maps]) -> None:
        self.qtbot, self.state, self.outputs = qtbot, state, outputs
        self.view = WallView(state)
        self.said = ""
        self.canvas.pointed_at.connect(self._on_pointed)
        show(qtbot, self.view)
        self.answer()

    @property
    def canvas(self) -> WallCanvas:
        return self.view.canvas

    @property
    def bar(self) -> MomentBar:
        return self.view.findChild(MomentBar)

    def answer(self) -> None:
        self.view.show_result(frame_result(self.state.request(), self.outputs))

    def press(self, time: TimeView) -> None:
        self.qtbot.mouseClick(self.bar.time_buttons[time], Qt.MouseButton.LeftButton)
        self.answer()

    def point(self, at: QPointF) -> str:
        self.said = ""
        self.qtbot.mouseMove(self.canvas.viewport(), at.toPoint())
        self.qtbot.waitUntil(lambda: bool(self.said))
        return self.said

    def _on_pointed(self, text: str) -> None:
        self.said = text


@pytest.fixture
def wall(qtbot: QtBot, state: ViewState, outputs: dict[str, Maps]) -> Wall:
    return Wall(qtbot, state, outputs)


def test_the_newest_moment_is_seen_and_told(wall: Wall) -> None:
    assert wall.bar.slider.value() == 3
    assert wall.bar.label.text() == "t   4 of 4"
    tile = wall.canvas.tile_rect(2)
    assert "channel 2   t, row 0, column 0   value 2.3e+05" in wall.point(
        tile.topLeft() + QPointF(1, 1)
    )
    # In time the kernel sees three frames; at the corner the padding is not seen.
    assert wall.said.endswith("sees 3×2×2")


def test_the_slider_chooses_another_moment_by_keyboard(wall: Wall) -> None:
    wall.bar.slider.setFocus()
    wall.qtbot.keyClick(wall.bar.slider, Qt.Key.Key_Left)
    wall.qtbot.keyClick(wall.bar.slider, Qt.Key.Key_Left)
    wall.answer()
    assert wall.state.request().moment == 2
    assert wall.bar.label.text() == "t−2   2 of 4"
    assert "t−2, row 0" in wall.point(wall.canvas.tile_rect(0).topLeft() + QPointF(1, 1))
    wall.qtbot.keyClick(wall.bar.slider, Qt.Key.Key_Home)
    assert wall.state.moment == 0


def test_steps_in_time_stop_at_the_ends(state: ViewState) -> None:
    state.step_moment(1)
    assert state.moment == 3
    for _ in range(7):
        state.step_moment(-1)
    assert state.moment == 0


def test_a_moment_is_counted_from_the_newest_in_every_layer(state: ViewState) -> None:
    state.set_moment(1)
    assert state.moments_back == 2
    state.select_layer("input")
    assert state.moment == 3
    state.select_layer("newest")
    assert state.moment == 0


def test_side_by_side_channels_go_down_and_time_goes_across(wall: Wall) -> None:
    wall.press("film")
    layout = wall.canvas.layout_shown
    assert layout is not None
    assert layout.moments == 4
    tile = wall.canvas.tile_rect(1)
    third = tile.topLeft() + QPointF(tile.width() * 0.5 + 4, 2)
    assert "channel 1   t−1, row 0, column 0   value 1.2e+05" in wall.point(third)
    wall.qtbot.mouseClick(wall.canvas.viewport(), Qt.MouseButton.LeftButton, pos=third.toPoint())
    assert (wall.state.channel, wall.state.place, wall.state.moment) == (1, (2, 0, 0), 2)


def test_moments_are_played_and_a_new_frame_waits_for_the_first(wall: Wall) -> None:
    wall.press("loop")
    playhead = wall.state.playhead
    assert playhead.is_playing
    wall.qtbot.waitUntil(lambda: playhead.place == 2)
    first = wall.canvas.moment
    wall.outputs["conv1"] = wall.outputs["conv1"] + np.float32(5)
    wall.answer()
    assert first == 2
    at = wall.canvas.tile_rect(0).topLeft() + QPointF(1, 1)
    assert "value 20000" in wall.point(at)
    wall.qtbot.waitUntil(lambda: "value 5 " in wall.said)
    assert "t−3, row 0" in wall.said


def test_every_moment_that_is_played_is_drawn(wall: Wall) -> None:
    wall.press("loop")
    seen = {}
    for place in range(4):
        wall.qtbot.waitUntil(lambda place=place: wall.canvas.moment == place)
        seen[place] = wall.canvas.copy_picture()
    assert all(seen[place] != seen[place + 1] for place in range(3))


def test_moving_the_slider_ends_the_playing(wall: Wall) -> None:
    wall.press("loop")
    wall.qtbot.waitUntil(lambda: wall.state.playhead.place == 1)
    wall.bar.slider.setFocus()
    wall.qtbot.keyClick(wall.bar.slider, Qt.Key.Key_End)
    assert wall.state.time == "moment"
    assert not wall.state.playhead.is_playing
    assert wall.state.moment == 3


def test_nothing_is_played_where_nobody_looks(wall: Wall) -> None:
    wall.press("loop")
    wall.state.show_sight("network")
    assert not wall.state.playhead.is_playing
    wall.state.show_sight("maps")
    assert wall.state.playhead.is_playing
    wall.state.set_minimised(True)
    assert not wall.state.playhead.is_playing
    wall.state.set_minimised(False)
    wall.state.select_layer("fc1")
    assert not wall.state.playhead.is_playing


def test_the_row_of_moments_keeps_its_place_over_a_layer_without_any(wall: Wall) -> None:
    before = wall.canvas.size(), wall.bar.height()
    wall.state.select_layer("newest")
    wall.answer()
    assert not wall.bar.slider.isVisible()
    assert (wall.canvas.size(), wall.bar.height()) == before


def test_a_network_of_still_pictures_has_no_such_row(
    qtbot: QtBot, state: ViewState, document: Document
) -> None:
    document.edit(STILL, "still")
    view = WallView(state)
    show(qtbot, view)
    assert not view.findChild(MomentBar).isVisible()


def test_the_inspector_studies_the_moment_looked_at(
    qtbot: QtBot, state: ViewState, outputs: dict[str, Maps]
) -> None:
    inspector = Inspector(state)
    show(qtbot, inspector, 300, 900)
    state.set_moment(1)
    inspector.show_result(frame_result(state.request(), outputs))
    assert inspector.details.title.text().endswith("channel 0&nbsp;&nbsp;t−2")
    picture = inspector.details.picture
    at = picture.picture_rect().center()
    qtbot.mouseMove(picture, at)
    qtbot.waitUntil(lambda: inspector.details.pointed.text().startswith("t−2, row "))
    qtbot.mouseClick(picture, Qt.MouseButton.LeftButton, pos=at)
    assert state.place[0] == 1
    state.show_sight("maps")
    state.set_time("loop")
    inspector.show_result(frame_result(state.request(), outputs))
    assert inspector.details.title.text().endswith("all 4 moments")
    qtbot.waitUntil(lambda: "t−1, row" in inspector.details.pointed.text())


def test_a_kernel_is_shown_by_its_moments_and_changed_in_one(
    qtbot: QtBot, state: ViewState, outputs: dict[str, Maps]
) -> None:
    inspector = Inspector(state)
    show(qtbot, inspector, 300, 1100)
    kernel = np.arange(27, dtype=np.float32).reshape(1, 3, 3, 3)
    inspector.show_result(frame_result(state.request(), outputs, kernel=kernel))
    view = inspector.details.kernel
    assert "3×3×3" in inspector.details.kernel_title.text()
    assert view.numbers.accessibleDescription().startswith("t−2:\n0 1 2\n")
    assert view.pictures.item_at(0).name == "input grey, t−2"
    assert view.chosen_slice == 2  # the one with the largest weights
    qtbot.mouseClick(
        view.pictures, Qt.MouseButton.LeftButton, pos=view.pictures.picture_rect(1).center()
    )
    assert view.chosen_slice == 1
    qtbot.keyClick(view.pictures, Qt.Key.Key_Left)
    assert view.chosen_slice == 0
    edited: list[tuple[object, ...]] = []
    view.weight_edited.connect(lambda *what: edited.append(what))
    cell = view.numbers.editing._rect_of((1, 2, 0))
    assert cell is not None
    qtbot.mouseClick(view.numbers, Qt.MouseButton.LeftButton, pos=cell.center().toPoint())
    field = view.numbers.editing.field
    assert field.text() == "15"
    field.setText("-3")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert edited == [(0, (1, 2, 0), -3.0, True)]


def test_slices_are_named_by_the_moments_they_weigh() -> None:
    assert slice_labels(Conv3d(id="a", dilation=(2, 1, 1)), 3) == ("t−4", "t−2", "t")
    assert slice_labels(ConvTranspose3d(id="a"), 2) == ("t", "t+1")


def test_thumbnails_tell_that_there_are_several_moments(
    qtbot: QtBot, state: ViewState, document: Document, outputs: dict[str, Maps]
) -> None:
    strip = LayerStrip(state, document)
    show(qtbot, strip, 500, 160)
    state.set_moment(2)
    strip.show_result(frame_result(state.request(), outputs))
    model = strip.model()
    words = model.data(model.index(1, 0), Qt.ItemDataRole.ToolTipRole)
    assert "moment t−1 of 4" in words
    assert "moment" not in model.data(model.index(2, 0), Qt.ItemDataRole.ToolTipRole)
    before = strip.grab().toImage()
    state.set_moment(0)
    strip.show_result(frame_result(state.request(), outputs))
    assert strip.grab().toImage() != before


def test_the_filmstrip_has_all_frames_with_their_times(
    qtbot: QtBot, state: ViewState, outputs: dict[str, Maps]
) -> None:
    view = InputView(state)
    show(qtbot, view, 330, 240)
    strip = view.findChild(Filmstrip)
    assert not strip.isVisible()
    window = window_of(SEEN, 6, step_s=0.12)
    pixels = window.moments[-1].pixels
    view.show_result(frame_result(state.request(), outputs, pixels=pixels, window=window))
    assert strip.isVisible()
    assert strip.labels == ("−0.60 s", "−0.48 s", "−0.36 s", "−0.24 s", "−0.12 s", "0 s")
    shown = strip.grab().toImage()
    colors = [shown.pixelColor(strip.cell_rect(place).center()).red() for place in range(6)]
    assert colors == [10, 20, 30, 40, 50, 60]
    assert view.findChild(QLabel).text() == "Input 16×12 grey, 6 frames"
    qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=strip.cell_rect(2).center())
    assert state.moments_back == 3


def test_frames_without_times_are_counted(state: ViewState, qtbot: QtBot) -> None:
    strip = Filmstrip(state)
    show(qtbot, strip, 330, 60)
    strip.show_window(window_of(SEEN, 6))
    assert strip.labels == ("t−5", "t−4", "t−3", "t−2", "t−1", "t")


def test_while_it_fills_the_frames_there_are_stand_at_the_right(
    qtbot: QtBot, state: ViewState
) -> None:
    strip = Filmstrip(state)
    show(qtbot, strip, 330, 60)
    strip.show_window(window_of(SEEN, 2, step_s=0.12))
    assert strip.count_words == "2 of 6"
    assert strip.labels == ("−0.12 s", "0 s")
    shown = strip.grab().toImage()
    assert shown.pixelColor(strip.cell_rect(5).center()).red() == 20
    assert shown.pixelColor(strip.cell_rect(4).center()).red() == 10
    assert strip.item_count() == 2


def test_many_frames_have_pictures_that_can_be_seen_and_whole_times(
    qtbot: QtBot, state: ViewState
) -> None:
    strip = Filmstrip(state)
    show(qtbot, strip, 330, 60)
    many = replace(SEEN, frames=MAX_INPUT_FRAMES)
    strip.show_window(window_of(many, MAX_INPUT_FRAMES, step_s=0.04))
    shown = strip.grab().toImage()
    newest = strip.cell_rect(MAX_INPUT_FRAMES - 1)
    across = [
        shown.pixelColor(newest.right() - back, newest.center().y()).red() for back in (9, 13)
    ]
    assert across == [10 * MAX_INPUT_FRAMES % 256] * 2, "one picture, wider than a frame's place"
    edge = shown.copy(0, newest.bottom() + 1, 3, strip.height() - newest.bottom() - 1)
    colours = {edge.pixel(x, y) for x in range(edge.width()) for y in range(edge.height())}
    assert len(colours) == 1, "no time is cut at the edge"
    qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=strip.cell_rect(50).center())
    assert state.moments_back == MAX_INPUT_FRAMES - 1 - 50


def test_only_frames_that_a_number_sees_are_outlined(qtbot: QtBot, state: ViewState) -> None:
    strip = Filmstrip(state)
    show(qtbot, strip, 330, 60)
    strip.show_window(window_of(SEEN, 6, step_s=0.12))
    plain = strip.grab().toImage()
    state.point_at(("conv1", (1, 5, 5)))
    marked = strip.grab().toImage()
    changed = [
        plain.copy(strip.cell_rect(place)) != marked.copy(strip.cell_rect(place))
        for place in range(6)
    ]
    assert changed == [False, True, True, True, False, False]


def test_before_the_first_window_is_full_it_says_so(qtbot: QtBot, state: ViewState) -> None:
    view = WallView(state)
    show(qtbot, view)
    view.show_result(filling_result(state.request(), window_of(SEEN, 2)))
    texts = [label.text() for label in view.findChildren(QLabel) if label.isVisible()]
    assert any("2 of 6 frames" in text for text in texts)


def test_the_last_wall_stays_while_a_window_fills(wall: Wall) -> None:
    before = wall.canvas.copy_picture()
    wall.view.show_result(filling_result(wall.state.request(), window_of(SEEN, 2)))
    assert wall.canvas.isVisible()
    assert wall.canvas.copy_picture() == before
