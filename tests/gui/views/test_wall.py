from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QWheelEvent
from PySide6.QtWidgets import QLabel, QToolButton
from pytestqt.qtbot import QtBot

from cnngui.featuremaps.colormaps import lookup_table
from cnngui.featuremaps.scaling import HIGHEST_CODE, LOWEST_CODE
from cnngui.gui.document import Document
from cnngui.gui.view_state import ViewState
from cnngui.gui.views.wall import WallView
from cnngui.gui.views.wall_canvas import WallCanvas
from cnngui.gui.widgets.buttons import ChoiceButton
from cnngui.gui.widgets.eliding_label import ElidingLabel
from cnngui.pipeline.lenses.wall import WallResult
from tests.gui.views.conftest import show
from tests.gui.views.results import Maps, frame_result
from tests.pipeline.parts import wall_of


class Wall:
    """A wall on the screen whose requests are answered at once."""

    def __init__(self, qtbot: QtBot, state: ViewState, outputs: dict[str, Maps]) -> None:
        self.qtbot = qtbot
        self.state = state
        self.outputs = outputs
        self.view = WallView(state)
        self.said = ""
        self.canvas.pointed_at.connect(self._on_pointed)
        show(qtbot, self.view)

    @property
    def canvas(self) -> WallCanvas:
        return self.view.canvas

    def answer(self) -> None:
        self.view.show_result(frame_result(self.state.request(), self.outputs))

    @property
    def foot(self) -> str:
        label = self.view.findChild(ElidingLabel, "wall_foot")
        assert isinstance(label, ElidingLabel)
        return label.text()

    def press(self, key: Qt.Key) -> None:
        self.qtbot.keyClick(self.canvas, key)
        self.answer()

    def move(self, point: QPointF) -> None:
        self.qtbot.mouseMove(self.canvas.viewport(), point.toPoint())
        self.qtbot.waitUntil(lambda: bool(self.said))

    def drag(self, start: QPoint, end: QPoint) -> None:
        viewport, left = self.canvas.viewport(), Qt.MouseButton.LeftButton
        self.qtbot.mousePress(viewport, left, pos=start)
        self.qtbot.mouseMove(viewport, (start + end) / 2)
        self.qtbot.mouseMove(viewport, end)
        self.qtbot.mouseRelease(viewport, left, pos=end)

    def turn_wheel(self, at: QPointF, notches: int) -> None:
        nothing = QPoint()
        event = QWheelEvent(
            *(at, self.canvas.mapToGlobal(at), nothing, QPoint(0, 120 * notches)),
            *(Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier),
            *(Qt.ScrollPhase.NoScrollPhase, False),
        )
        QGuiApplication.sendEvent(self.canvas.viewport(), event)

    def button(self, name: str) -> QToolButton:
        return next(
            button
            for button in self.view.findChildren(QToolButton)
            if button.accessibleName() == name
        )

    def choose(self, name: str, key: str) -> None:
        button = self.button(name)
        assert isinstance(button, ChoiceButton)
        next(action for action in button.menu().actions() if action.data() == key).trigger()

    def shows(self, words: str) -> bool:
        labels = self.view.findChildren(QLabel)
        return any(label.isVisible() and words in label.text() for label in labels)

    def _on_pointed(self, text: str) -> None:
        self.said = text


@pytest.fixture
def wall(qtbot: QtBot, state: ViewState, document: Document, outputs: dict[str, Maps]) -> Wall:
    document.select("conv1")
    return Wall(qtbot, state, outputs)


@pytest.fixture
def live(wall: Wall) -> Wall:
    wall.answer()
    return wall


def test_before_the_first_picture_it_says_what_to_do(wall: Wall) -> None:
    assert wall.shows("Choose a source")


def test_the_first_wall_is_asked_for_at_the_size_it_will_have(wall: Wall) -> None:
    before = wall.state.request()
    wall.answer()
    assert wall.state.request() == before
    ratio = wall.canvas.devicePixelRatioF()
    assert before.width == wall.canvas.width() * ratio - 16 * ratio
    assert before.height == wall.canvas.height() * ratio - 16 * ratio


def test_another_size_is_asked_for_when_the_window_has_it(live: Wall) -> None:
    before = live.state.request()
    live.view.resize(900, 640)
    live.qtbot.waitUntil(lambda: live.state.request().width > before.width)
    assert live.state.request().height > before.height


def test_pixels_of_the_wall_are_pixels_of_the_screen(live: Wall) -> None:
    layout = live.canvas.layout_shown
    assert layout is not None
    for slot in range(8):
        rect, ratio = live.canvas.tile_rect(slot), live.canvas.devicePixelRatioF()
        assert rect.width() * ratio == pytest.approx(layout.tile_width)
        assert rect.x() * ratio == pytest.approx(round(rect.x() * ratio))


def test_codes_have_the_colours_of_the_map_that_is_chosen(live: Wall) -> None:
    corner = live.canvas.tile_rect(7).bottomRight() - QPointF(2, 2)
    for name in ("viridis", "magma"):
        live.state.set_colormaps(name, "")
        picture = live.canvas.grab().toImage()
        color = picture.pixelColor(corner.toPoint() * picture.devicePixelRatio())
        assert list(color.toTuple()[:3]) == lookup_table(name, False)[HIGHEST_CODE, :3].tolist()


def test_a_click_chooses_the_channel(live: Wall) -> None:
    at = live.canvas.tile_rect(5).center().toPoint()
    live.qtbot.mouseClick(live.canvas.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert live.state.channel == 5


def test_a_click_beside_the_tiles_chooses_nothing(live: Wall) -> None:
    live.state.select_channel(3)
    live.qtbot.mouseClick(live.canvas.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(1, 1))
    assert live.state.channel == 3


@pytest.mark.parametrize(("slot", "row", "column"), [(0, 0, 0), (6, 23, 31), (3, 11, 17)])
def test_pointing_tells_channel_place_and_value(
    live: Wall, slot: int, row: int, column: int
) -> None:
    tile = live.canvas.tile_rect(slot)
    across, down = tile.width() / 32, tile.height() / 24
    live.move(tile.topLeft() + QPointF((column + 0.5) * across, (row + 0.5) * down))
    value = slot * 10000 + row * 100 + column
    said, _, sees = live.said.replace("   clipped", "").partition("   sees ")
    assert ("   clipped" in live.said) == (slot == 6)  # its last value but for its strongest
    assert said == f"channel {slot}   row {row}, column {column}   value {value}"
    # A 3x3 kernel, of which the padding is not seen.
    heights, widths = (3 - (at == 0) - (at == end) for at, end in ((row, 23), (column, 31)))
    assert sees == f"{heights}×{widths}"


def test_the_value_pointed_at_follows_the_picture(live: Wall) -> None:
    tile = live.canvas.tile_rect(0)
    live.move(tile.topLeft() + QPointF(1, 1))
    live.outputs["conv1"] = live.outputs["conv1"] + np.float32(7)
    live.answer()
    assert "value 7 " in live.said


def test_nothing_is_said_beside_the_tiles(live: Wall) -> None:
    live.move(live.canvas.tile_rect(0).center())
    live.qtbot.mouseMove(live.canvas.viewport(), QPoint(1, 1))
    live.qtbot.waitUntil(lambda: live.said == "")


def test_arrows_move_among_the_tiles(live: Wall) -> None:
    layout = live.canvas.layout_shown
    assert layout is not None
    live.press(Qt.Key.Key_Right)
    assert live.state.channel == 1
    live.press(Qt.Key.Key_Down)
    assert live.state.channel == 1 + layout.columns
    live.press(Qt.Key.Key_Up)
    live.press(Qt.Key.Key_Left)
    live.press(Qt.Key.Key_Left)
    assert live.state.channel == 0


def test_arrows_follow_the_order_on_the_screen(live: Wall) -> None:
    live.choose("Order", "mean")
    live.answer()
    live.state.select_channel(7)
    live.press(Qt.Key.Key_Right)
    assert live.state.channel == 6


def test_pages_turn_by_key_and_button(live: Wall) -> None:
    live.state.select_layer("wide")
    live.answer()
    layout = live.canvas.layout_shown
    assert layout is not None
    assert layout.pages > 1
    assert not live.button("Previous page").isEnabled()
    live.press(Qt.Key.Key_PageDown)
    assert live.state.page == 1
    assert live.shows(f"channels {layout.per_page}–")
    live.press(Qt.Key.Key_PageUp)
    live.press(Qt.Key.Key_PageUp)
    assert live.state.page == 0
    for _ in range(layout.pages + 1):
        live.qtbot.mouseClick(live.button("Next page"), Qt.MouseButton.LeftButton)
        live.answer()
    assert live.state.page == layout.pages - 1
    assert live.shows("–511 of 512")


def test_arrows_go_on_to_the_next_page_and_back(live: Wall) -> None:
    live.state.select_layer("wide")
    live.answer()
    layout = live.canvas.layout_shown
    assert layout is not None
    live.state.select_channel(layout.per_page - 1)
    live.press(Qt.Key.Key_Right)
    assert (live.state.page, live.state.channel) == (1, layout.per_page)
    live.press(Qt.Key.Key_Left)
    assert (live.state.page, live.state.channel) == (0, layout.per_page - 1)


def test_a_layer_of_one_page_has_no_page_buttons(live: Wall) -> None:
    assert not live.button("Next page").isVisible()


def test_the_wheel_magnifies_around_the_pointer(live: Wall) -> None:
    at = live.canvas.tile_rect(6).center()
    live.turn_wheel(at, 5)
    assert live.canvas.zoom == pytest.approx(1.25**5)
    assert live.state.request().zoom == live.canvas.zoom
    assert live.canvas.tile_rect(6).center().toPoint() == at.toPoint()
    live.answer()
    # The gaps between tiles are not magnified.
    assert (live.canvas.tile_rect(6).center() - at).manhattanLength() < 10
    live.turn_wheel(at, -30)
    assert live.canvas.zoom == 1


def test_keys_magnify_and_fit(live: Wall) -> None:
    live.press(Qt.Key.Key_Plus)
    live.press(Qt.Key.Key_Plus)
    assert live.canvas.zoom > 1.5
    live.press(Qt.Key.Key_Minus)
    assert live.canvas.zoom == pytest.approx(1.25)
    assert live.button("Fit").isEnabled()
    live.press(Qt.Key.Key_0)
    assert live.canvas.zoom == 1
    assert not live.button("Fit").isEnabled()


def test_the_window_can_magnify_and_turn_whatever_has_the_focus(live: Wall) -> None:
    live.view.zoom_in()
    assert live.canvas.zoom == pytest.approx(1.25)
    live.view.zoom_out()
    assert live.canvas.zoom == 1
    live.state.select_layer("flatten1")
    live.answer()
    live.view.zoom_in()
    live.view.turn_page(1)
    assert live.state.request().zoom == 1
    assert live.state.page == 0


def test_dragging_moves_a_magnified_wall_and_chooses_nothing(live: Wall) -> None:
    live.state.select_channel(2)
    live.turn_wheel(QPointF(300, 200), 8)
    live.answer()
    before = live.canvas.tile_rect(0).topLeft()
    live.drag(QPoint(300, 200), QPoint(260, 180))
    moved = live.canvas.tile_rect(0).topLeft() - before
    assert (moved.x(), moved.y()) == pytest.approx((-40, -20))
    assert live.state.channel == 2


def test_a_fitted_wall_does_not_move(live: Wall) -> None:
    before = live.canvas.tile_rect(0)
    live.drag(QPoint(300, 200), QPoint(200, 100))
    assert live.canvas.tile_rect(0) == before


def test_another_layer_is_shown_unzoomed(live: Wall) -> None:
    live.canvas.zoom_by(4)
    live.state.select_layer("pool1")
    live.answer()
    assert live.canvas.zoom == 1


def test_moving_to_a_channel_out_of_view_brings_it_into_view(live: Wall) -> None:
    live.turn_wheel(live.canvas.tile_rect(0).topLeft(), 4)
    live.answer()
    for _ in range(7):
        live.press(Qt.Key.Key_Right)
    assert live.canvas.rect().contains(live.canvas.tile_rect(7).center().toPoint())


def test_a_channel_that_is_zero_everywhere_is_marked(live: Wall) -> None:
    tile = live.canvas.tile_rect(2).toAlignedRect().adjusted(2, 2, -2, -2)
    maps = live.outputs["conv1"].copy()
    maps[2] = 1e-9
    live.outputs["conv1"] = maps.copy()
    live.answer()
    alive = live.canvas.grab(tile).toImage()
    maps[2] = 0
    live.outputs["conv1"] = maps
    live.answer()
    dead = live.canvas.grab(tile).toImage()
    hatched = sum(
        alive.pixel(x, y) != dead.pixel(x, y)
        for x in range(alive.width())
        for y in range(alive.height())
    )
    assert hatched > 200
    live.move(live.canvas.tile_rect(2).center() + QPointF(5, 7))
    assert "value 0   zero everywhere" in live.said


def test_the_channels_of_the_input_are_red_green_and_blue(
    live: Wall, document: Document, state: ViewState
) -> None:
    document.select("input")
    live.answer()
    picture, layout = live.canvas.copy_picture(), live.canvas.layout_shown
    assert layout is not None
    strongest = []
    for slot in range(3):
        x, y, width, height = layout.tile_rect(slot)
        brightest = picture.pixelColor(x + width - 2, y + height - 2)
        strongest.append(int(np.argmax(brightest.getRgb()[:3])))
    assert strongest == [0, 1, 2]
    live.answer()
    assert live.canvas.copy_picture() == picture  # no deeper with each frame
    state.set_colormaps("viridis", "purple-green")
    live.answer()
    assert live.canvas.copy_picture() != picture  # what was chosen has precedence


def test_choices_reach_the_request_and_the_state(live: Wall) -> None:
    live.choose("Scaling", "locked")
    live.choose("Colour map", "inferno")
    live.choose("Colour map", "purple-green")
    assert live.state.request().scaling == "locked"
    assert (live.state.sequential, live.state.diverging) == ("inferno", "purple-green")
    assert live.button("Scaling").text().startswith("Locked")
    assert live.button("Colour map").text().startswith("Inferno")


def test_the_wall_says_what_its_colours_mean_where_nothing_is_pointed_at(live: Wall) -> None:
    assert live.foot == "Colours of each map: 99 % of what is not zero, stronger is clipped"
    live.choose("Span of the colours", "all")
    live.answer()
    assert live.foot == "Colours of each map: all its values"
    live.choose("Scaling", "layer")
    live.answer()
    assert live.foot == "Colours of all maps: 0 to 7.23e+04"
    live.choose("Span of the colours", "bulk")
    live.answer()
    assert live.foot == "Colours of all maps: 0 to 7.23e+04, stronger is clipped"
    live.move(live.canvas.tile_rect(0).center())
    assert live.foot.startswith("channel 0")


def test_what_a_few_strong_values_hide_is_seen_unless_all_are_asked_for(live: Wall) -> None:
    live.outputs["conv1"] = np.full((8, 24, 32), 1, np.float32)
    live.outputs["conv1"][:, :12] = 0
    live.outputs["conv1"][:, 23, 31] = 1000
    at = live.canvas.tile_rect(0)
    faint = QPointF(at.center().x(), at.y() + 0.8 * at.height()).toPoint()

    def brightness() -> int:
        live.answer()
        picture = live.canvas.grab().toImage()
        return picture.pixelColor(faint * picture.devicePixelRatio()).lightness()

    bulk = brightness()
    live.choose("Span of the colours", "all")
    assert brightness() < bulk - 50


def test_tiles_of_a_sorted_wall_tell_rank_and_number(live: Wall) -> None:
    live.choose("Order", "mean")
    live.answer()
    assert live.canvas.item_at(0).name.startswith("channel #1 · 7,")
    live.move(live.canvas.tile_rect(2).center() + QPointF(5, 7))
    assert live.said.startswith("channel #3 · 5 ")


def test_a_sorted_wall_is_sorted_again_by_a_button(live: Wall) -> None:
    again = live.button("Sort again")
    assert not again.isEnabled()
    assert again.isVisible()  # its place is kept
    live.choose("Order", "mean")
    live.answer()
    before = live.state.request()
    live.qtbot.mouseClick(again, Qt.MouseButton.LeftButton)
    assert live.state.request() == replace(before, sortings=before.sortings + 1)


def test_a_result_of_another_layer_changes_nothing(live: Wall) -> None:
    late = frame_result(live.state.request(), live.outputs)
    live.state.select_layer("pool1")
    live.answer()
    live.view.show_result(late)
    layout = live.canvas.layout_shown
    assert layout is not None
    assert layout.map_height == 12


def test_a_layer_that_does_not_run_says_why_there_is_no_picture(
    live: Wall, document: Document
) -> None:
    broken = document.spec.duplicated("conv1").edited("conv2", kernel_size=(999, 999), padding=0)
    document.edit(broken, "duplicate", select="conv2")
    assert live.shows("conv2 does not run yet")
    assert live.shows("conv2: kernel_size must not be larger")
    document.select("conv1")
    live.answer()
    assert live.canvas.isVisible()


def test_the_copy_has_the_size_of_the_wall_and_its_labels(live: Wall) -> None:
    picture = live.view.copy_picture()
    layout = live.canvas.layout_shown
    assert layout is not None
    assert (picture.width(), picture.height()) == (layout.width, layout.height)
    assert QGuiApplication.clipboard().image().size() == picture.size()
    x, y, width, height = layout.tile_rect(7)
    tile = picture.copy(x, y, width, height)
    labelled = tile.pixelColor(6, 6).toTuple()[:3]
    assert list(labelled) != lookup_table("viridis", False)[LOWEST_CODE, :3].tolist()
    assert list(tile.pixelColor(width - 1, height - 1).toTuple()[:3]) == (
        lookup_table("viridis", False)[HIGHEST_CODE, :3].tolist()
    )


def test_there_is_nothing_to_copy_before_the_first_picture(wall: Wall) -> None:
    assert wall.view.copy_picture().isNull()


def test_a_flat_layer_is_shown_as_bars(live: Wall) -> None:
    live.state.select_layer("fc1")
    live.answer()
    assert not live.canvas.isVisible()
    assert not live.button("Scaling").isVisible()
    live.view.move_channel(0, 1)
    assert live.state.channel == 1
    live.state.select_layer("conv1")
    live.answer()
    assert live.canvas.isVisible()


def test_arrays_of_a_result_are_left_as_they_are(live: Wall) -> None:
    result = frame_result(live.state.request(), live.outputs)
    codes = wall_of(result).codes.copy()
    codes.flags.writeable = False
    wall = replace(wall_of(result), codes=codes)
    live.view.show_result(replace(result, parts={WallResult: wall}))
    live.canvas.grab()
    np.testing.assert_array_equal(codes, wall_of(result).codes)


def test_a_narrow_wall_keeps_its_choices_as_icons(live: Wall) -> None:
    live.view.resize(420, 400)
    live.qtbot.waitUntil(
        lambda: live.button("Order").toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonIconOnly
    )
    assert live.view.width() == 420


def test_changing_colours_of_the_window_repaints_the_labels(live: Wall) -> None:
    live.canvas.setPalette(QGuiApplication.palette())
    live.answer()
    assert live.canvas.layout_shown is not None


def test_what_a_narrow_wall_cuts_of_the_layers_facts_is_in_a_tip(live: Wall) -> None:
    live.view.resize(300, 400)
    tips = [label.toolTip() for label in live.view.findChildren(QLabel)]
    assert "conv1  Conv2d  8×24×32" in tips


def test_a_layer_that_takes_long_is_not_shown_by_the_picture_of_another(
    live: Wall, qtbot: QtBot
) -> None:
    live.state.select_layer("conv1")
    live.answer()
    live.state.select_layer("wide")
    assert live.canvas.isVisible()
    qtbot.waitUntil(lambda: live.shows("wide is being computed"))
    assert not live.canvas.isVisible()
    live.answer()
    assert live.canvas.isVisible()
    assert not live.shows("being computed")
