"""The page of one number, in the real window: opened, stepped, dragged, guessed, copied, left."""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from cnngui.explain.decimals import read
from cnngui.formats.opening import open_network
from cnngui.gui.number.page import NumberPage
from cnngui.gui.number.terms_view import TINTS, TINTS_ON_DARK
from cnngui.gui.theme import DARK, LIGHT, Colors
from cnngui.gui.views.wall_canvas import WallCanvas
from cnngui.pipeline.lenses.field import FieldResult
from cnngui.pipeline.lenses.number import NumberResult
from cnngui.spec.layers import Flatten, Linear, Softmax
from tests.gui.driver import Driver
from tests.gui.test_theme import contrast

LEFT = Qt.MouseButton.LeftButton


class Page:
    """The page with the hands on it."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver

    @cached_property
    def page(self) -> NumberPage:
        page = self.driver.window.findChild(NumberPage)
        assert page is not None
        return page

    @property
    def result(self) -> NumberResult:
        shown = self.page.terms.shown
        assert shown is not None
        return shown.result

    def open(self) -> None:
        self.driver.key(Qt.Key.Key_N)
        self.driver.wait(lambda: self.page.terms.shown is not None and self.page.isVisible())

    def wait_for_place(self, *at: int) -> None:
        self.driver.wait(lambda: self.result.number.question.at == at)

    def button(self, name: str) -> QToolButton:
        return next(
            button
            for button in self.page.findChildren(QToolButton)
            if button.accessibleName() == name
        )

    def press(self, name: str) -> None:
        self.driver.qtbot.mouseClick(self.button(name), LEFT)

    def press_text(self, text: str) -> None:
        button = next(b for b in self.page.findChildren(QToolButton) if b.text() == text)
        button.click()


@pytest.fixture
def page(driver: Driver) -> Page:
    driver.window.resize(1500, 900)
    return Page(driver)


def test_a_double_click_opens_it_at_the_place_and_escape_leads_back(
    driver: Driver, page: Page, qtbot: QtBot
) -> None:
    wall = driver.window.findChild(WallCanvas)
    assert wall is not None
    tile = wall.tile_rect(2)
    point = QPoint(round(tile.x() + tile.width() * 0.25), round(tile.y() + tile.height() * 0.75))
    qtbot.mouseClick(wall.viewport(), LEFT, pos=point)
    qtbot.mouseDClick(wall.viewport(), LEFT, pos=point)
    driver.wait(lambda: page.page.isVisible() and page.page.terms.shown is not None)
    driver.wait(lambda: page.result.number.question.channel == 2)
    y, x = page.result.number.question.at
    assert driver.wall is not None
    _, height, width = driver.wall.values.shape
    assert abs(y / height - 0.75) < 0.1
    assert abs(x / width - 0.25) < 0.1
    driver.key(Qt.Key.Key_Escape)
    driver.wait(lambda: not page.page.isVisible())
    assert driver.window.result is not None


def test_what_is_printed_adds_up(page: Page) -> None:
    page.open()
    shown = page.page.terms.shown
    assert shown is not None
    summands = shown.summands
    parts = [*summands.texts, *(part for part in (summands.bias, summands.rounding) if part)]
    assert sum(map(read, parts), Decimal(0)) == read(summands.total)
    for place in range(len(shown.groups)):
        texts, total = shown.products_text(place)
        assert sum(map(read, texts), Decimal(0)) == read(total)
    assert summands.total in page.page.result_view.value.text()
    assert page.result.number.value == pytest.approx(float(read(summands.total)), abs=1e-3)


def test_arrows_move_the_place_and_stay_live(driver: Driver, page: Page) -> None:
    page.open()
    y, x = page.result.number.question.at
    driver.key(Qt.Key.Key_Right)
    page.wait_for_place(y, x + 1)
    driver.key(Qt.Key.Key_Down)
    page.wait_for_place(y + 1, x + 1)
    assert not driver.action("freeze").isChecked()


def test_stepping_holds_the_picture_and_says_so(driver: Driver, page: Page) -> None:
    page.open()
    y, x = page.result.number.question.at
    page.press("One step on")
    page.wait_for_place(y, x + 1)
    assert driver.action("freeze").isChecked()
    held = next(b for b in page.page.findChildren(QToolButton) if "held" in b.text())
    assert held.isVisible()
    page.press("First")
    page.wait_for_place(0, 0)
    assert page.page.stepping.filled == 1
    driver.qtbot.mouseClick(held, LEFT)
    driver.wait(lambda: not driver.action("freeze").isChecked())
    assert page.page.stepping.filled is None
    driver.wait_for_new_frame()


def test_playing_slides_over_the_map_and_ends_when_told(driver: Driver, page: Page) -> None:
    page.open()
    page.press("First")
    page.wait_for_place(0, 0)
    page.page.stepping.set_speed(60)
    page.press("Play")
    driver.wait(lambda: page.result.number.question.at[1] > 5)
    page.press("Play")
    assert not page.page.stepping.is_playing


def test_term_by_term(driver: Driver, page: Page) -> None:
    page.open()
    page.page.stepping.set_kind("term")
    page.press("First")
    assert page.page.stepping.revealed == 0
    page.press("One step on")
    page.press("One step on")
    assert page.page.stepping.revealed == 2
    page.press("One step back")
    assert page.page.stepping.revealed == 1
    driver.key(Qt.Key.Key_Right)  # another number is seen whole
    driver.wait(lambda: page.page.stepping.revealed is None)


def test_the_result_waits_for_a_guess(driver: Driver, page: Page, qtbot: QtBot) -> None:
    page.open()
    page.press("Guess first")
    value = page.page.result_view.value
    driver.wait(lambda: value.text().endswith("= ?"))
    assert not page.page.result_view.sum.isVisible()
    field = page.page.result_view.findChild(QLineEdit)
    assert field is not None
    qtbot.keyClicks(field, "0,5")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert "you said 0.5" in value.text()
    page.page.move_place(0, 1)
    driver.wait(lambda: value.text().endswith("= ?"))


def test_dragging_the_window_moves_the_number(driver: Driver, page: Page, qtbot: QtBot) -> None:
    page.open()
    y, x = page.result.number.question.at
    terms = page.page.terms
    thumb = terms.rows[0].thumb.toRect()
    start = thumb.center()
    qtbot.mousePress(terms, LEFT, pos=start)
    qtbot.mouseMove(terms, start + QPoint(10, 0))
    qtbot.mouseMove(terms, start + QPoint(20, 0))
    driver.wait(lambda: page.result.number.question.at[1] > x)
    qtbot.mouseRelease(terms, LEFT, pos=start + QPoint(20, 0))
    assert page.result.number.question.at[0] == y


def test_clicking_the_map_chooses_the_place(driver: Driver, page: Page, qtbot: QtBot) -> None:
    page.open()
    qtbot.mouseClick(page.page.side.map, LEFT, pos=page.page.side.map.rect().center())
    driver.wait(lambda: page.page.stepping.filled is None)
    shape = page.result.output
    assert shape is not None
    y, x = page.result.number.question.at
    assert abs(y - shape.height / 2) < 0.2 * shape.height
    assert abs(x - shape.width / 2) < 0.2 * shape.width


def test_pointing_at_a_cell_says_its_arithmetic(driver: Driver, page: Page, qtbot: QtBot) -> None:
    page.open()
    terms = page.page.terms
    said: list[str] = []
    terms.pointed_at.connect(said.append)
    cell = terms.cell_rect(4, "weight")
    assert cell is not None
    qtbot.mouseMove(terms, cell.center().toPoint())
    driver.wait(lambda: any("×" in text for text in said))
    assert any(text.startswith("R, row") for text in said)


def test_copying(driver: Driver, page: Page) -> None:
    page.open()
    page.page.copy_text()
    text = QGuiApplication.clipboard().text()
    assert text.startswith("conv1[")
    assert "Σ_c" in text
    page.page.copy_picture()
    assert not QGuiApplication.clipboard().image().isNull()


def test_every_kind_of_layer_can_be_opened(driver: Driver, page: Page) -> None:
    page.open()
    document = driver.document
    spec = document.spec
    for layer in (Flatten(id="flat1"), Linear(id="fc1", out_features=4), Softmax(id="soft1")):
        spec = spec.inserted(len(spec.layers), layer)
    document.edit(spec, "more layers")
    for layer in spec.layers:
        document.select(layer.id)
        driver.wait(
            lambda layer_id=layer.id: (
                page.page.terms.shown is not None and page.result.layer_id == layer_id
            )
        )
        assert layer.id in page.page.result_view.value.text()
        assert page.page.result_view.formula.text()
    document.select("input")
    driver.wait(lambda: not page.page.terms.isVisible())


def test_what_nobody_looks_at_is_not_asked_for(driver: Driver, page: Page) -> None:
    driver.wait_for_new_frame()
    assert driver.result.view.number is None
    page.open()
    assert driver.result.view.number is not None
    driver.key(Qt.Key.Key_M)
    driver.wait(lambda: driver.result.view.number is None)


def test_larger_numbers_for_the_last_row(page: Page) -> None:
    page.open()
    before = page.page.result_view.value.font().pointSizeF()
    page.press("Larger")
    assert page.page.result_view.value.font().pointSizeF() == pytest.approx(1.5 * before)
    page.press("Larger")
    assert page.page.result_view.value.font().pointSizeF() == pytest.approx(before)


def test_what_it_really_listens_to_is_found_out_on_demand(driver: Driver, page: Page) -> None:
    page.open()
    assert driver.result.part(FieldResult) is None
    page.press_text("What it really listens to")
    driver.wait(lambda: driver.result.part(FieldResult) is not None)
    found = driver.result.part(FieldResult)
    assert found is not None
    assert found.spread is None or max(found.spread) < 7
    page.press_text("What it really listens to")
    driver.wait(lambda: driver.result.part(FieldResult) is None)


def test_in_a_small_window_cells_have_room_for_digits(driver: Driver) -> None:
    driver.window.resize(1024, 700)
    driver.document.replace_network(open_network("residual").spec)
    driver.document.select("block1_conv2")
    page = Page(driver)
    page.open()
    driver.wait(lambda: page.result.layer_id == "block1_conv2")
    weight, product = (page.page.terms.cell_rect(0, grid) for grid in ("weight", "product"))
    assert weight is not None
    assert product is not None
    assert weight.width() >= 47  # eight digits of the smallest size
    assert product.right() < page.page.terms.width()


@pytest.mark.parametrize(("scheme", "tints"), [(LIGHT, TINTS), (DARK, TINTS_ON_DARK)])
def test_the_words_in_red_green_and_blue_can_be_read(
    scheme: Colors, tints: tuple[str, ...]
) -> None:
    for tint in tints:
        assert contrast(tint, scheme.window) >= 4.5


def test_what_sharing_is_worth_is_told_whole_in_a_narrow_column(driver: Driver) -> None:
    driver.document.select("conv1")
    page = Page(driver)
    page.open()
    worth = next(
        widget
        for widget in page.page.side.findChildren(QWidget)
        if widget.accessibleName() == "What sharing is worth"
    )
    driver.wait(worth.isVisible)
    assert worth.heightForWidth(120) > worth.heightForWidth(1000)
    driver.wait(lambda: worth.height() == worth.heightForWidth(worth.width()))


def test_a_function_is_drawn_large_where_it_is_looked_at(driver: Driver) -> None:
    page = Page(driver)
    driver.document.select("relu1")
    page.open()
    driver.wait(lambda: page.result.layer_id == "relu1" and page.page.curve.isVisible())
    page.page.curve.grab()
    page.press("Guess first")
    assert not page.page.curve.isVisible()  # it would tell
    driver.document.select("conv1")
    driver.wait(lambda: page.result.layer_id == "conv1")
    assert not page.page.curve.isVisible()


def test_the_curve_of_a_low_page_is_seen_whole(driver: Driver) -> None:
    driver.window.resize(1500, 1000)
    page = Page(driver)
    driver.document.select("relu1")
    page.open()
    driver.wait(page.page.curve.isVisible)
    large = page.page.curve.height()
    driver.key(Qt.Key.Key_T)
    driver.window.resize(1366, 768)
    driver.wait(lambda: page.page.curve.height() < large)
    assert not page.page.curve.visibleRegion().isEmpty()
    assert page.page.curve.visibleRegion().boundingRect().height() == page.page.curve.height()
