"""The window on small screens, on screens of high resolution, and with large letters."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QScrollArea,
    QScrollBar,
    QSplitter,
    QStackedWidget,
    QTabBar,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from cnngui.gui.network.layer_list import LayerList
from cnngui.gui.network.panel import NetworkPanel
from cnngui.gui.network.row_header import RowHeader
from cnngui.gui.number.page import NumberPage
from cnngui.gui.settings import Settings
from cnngui.gui.theme import SLIM_SCROLL_BAR
from cnngui.gui.views.inspector import Inspector
from cnngui.gui.views.wall_canvas import WallCanvas
from cnngui.gui.widgets.two_rows import TwoRows
from cnngui.gui.window.drawer import TrainingDrawer
from cnngui.gui.window.status import StatusLine
from cnngui.gui.window.transport import Transport
from cnngui.terminal.cli import Arguments
from tests.gui.driver import Driver

LEAST_WALL, LEAST_LIST = 80, 60


def is_inside(widget: QWidget, window: QWidget) -> bool:
    top = widget.mapTo(window, QPoint(0, 0)).y()
    return widget.isVisible() and top >= 0 and top + widget.height() <= window.height()


@pytest.mark.parametrize(
    ("width", "height"),
    [
        (800, 470),  # the least
        (960, 480),  # 1920 x 1080 at twice the size, below a task bar and a title
        (960, 540),
        (1024, 700),
        (1280, 720),  # 1920 x 1080 at one and a half times the size
        (1366, 768),
    ],
)
def test_everything_is_on_the_screen_with_the_drawer_open(
    driver: Driver, width: int, height: int
) -> None:
    window = driver.window
    window.resize(width, height)
    driver.key(Qt.Key.Key_T)
    driver.wait(lambda: window.findChild(TrainingDrawer).isVisible())
    QApplication.processEvents()
    assert (window.width(), window.height()) == (width, height)
    for kind in (StatusLine, Transport, TrainingDrawer):
        assert is_inside(window.findChild(kind), window), kind
    assert window.findChild(WallCanvas).height() >= LEAST_WALL
    assert window.findChild(LayerList).height() >= LEAST_LIST
    assert window.minimumSizeHint().height() <= height


@pytest.mark.parametrize(("width", "height"), [(1024, 700), (1366, 768)])
def test_the_drawer_leaves_list_costs_and_wall_what_they_need(
    driver: Driver, width: int, height: int
) -> None:
    window = driver.window
    window.resize(width, height)
    driver.key(Qt.Key.Key_T)
    drawer, panel = window.findChild(TrainingDrawer), window.findChild(NetworkPanel)
    driver.wait(drawer.isVisible)
    tabs = drawer.findChild(QTabBar, "training_tabs")
    QApplication.processEvents()
    before = tabs.mapTo(window, QPoint(0, 0))
    for page in (1, 2, 3, 0):
        drawer.show_page(page)
        QApplication.processEvents()
        place = drawer.findChild(QStackedWidget).currentWidget()
        assert isinstance(place, QScrollArea)
        assert place.verticalScrollBar().maximum() == 0, page
        assert tabs.mapTo(window, QPoint(0, 0)) == before  # the next one is where it was
    assert drawer.height() < height / 3
    assert panel.totals.isVisible()
    assert panel.totals.height() >= panel.totals.sizeHint().height()
    assert panel.layer_list.height() >= 130
    assert window.findChild(WallCanvas).height() >= 150


def test_the_inspector_and_its_map_grow_with_the_window(driver: Driver) -> None:
    window, inspector = driver.window, driver.window.findChild(Inspector)
    driver.wait_for_maps()
    window.resize(1366, 768)
    QApplication.processEvents()
    narrow, small = inspector.width(), inspector.details.picture.picture_rect().width()
    window.resize(1920, 1080)
    QApplication.processEvents()
    assert inspector.width() > 1.3 * narrow
    assert inspector.details.picture.picture_rect().width() > 1.4 * small
    window.resize(1366, 768)
    QApplication.processEvents()
    assert inspector.width() == narrow
    bench = inspector.parentWidget()
    assert isinstance(bench, QSplitter)
    bench.moveSplitter(1000, 2)
    chosen = inspector.width()
    window.resize(1920, 1080)
    QApplication.processEvents()
    assert inspector.width() == chosen


def test_what_a_person_made_of_the_room_is_kept(driver: Driver) -> None:
    window = driver.window
    window.resize(1366, 768)
    driver.key(Qt.Key.Key_T)
    drawer = window.findChild(TrainingDrawer)
    driver.wait(drawer.isVisible)
    rows = drawer.parentWidget()
    assert isinstance(rows, TwoRows)
    rows.moveSplitter(200, 1)
    chosen = drawer.height()
    assert chosen > 300
    for _ in range(2):
        driver.key(Qt.Key.Key_T)
        QApplication.processEvents()
    window.resize(1366, 900)
    QApplication.processEvents()
    assert drawer.height() == chosen
    assert rows.chosen_sizes()[1] == chosen


def test_the_classes_leave_the_kernel_room(qtbot: QtBot, settings: Settings) -> None:
    driver = Driver(qtbot, settings, Arguments(network="tiny-vgg"))
    inspector = driver.window.findChild(Inspector)
    bars = inspector.class_bars
    driver.wait(bars.isVisible)
    driver.window.resize(1366, 900)
    QApplication.processEvents()
    tall = bars.height()
    driver.window.resize(1366, 520)
    QApplication.processEvents()
    assert bars.height() < tall
    assert bars.height() < 0.4 * inspector.height()
    driver.window.close()


def shows_text(widget: QLabel | QAbstractButton) -> bool:
    icon_only = Qt.ToolButtonStyle.ToolButtonIconOnly
    is_icon = isinstance(widget, QToolButton) and widget.toolButtonStyle() == icon_only
    return bool(widget.text()) and not is_icon


@pytest.fixture
def large_letters(qapp: QApplication) -> Iterator[QFont]:
    usual = qapp.font()
    font = QFont(usual)
    font.setPointSizeF(usual.pointSizeF() * 1.8)
    qapp.setFont(font)
    yield font
    qapp.setFont(usual)


def test_lines_of_large_letters_do_not_overlap(
    qtbot: QtBot, settings: Settings, large_letters: QFont
) -> None:
    driver = Driver(qtbot, settings, Arguments(network="tiny-vgg"))
    window = driver.window
    window.resize(1920, 1080)
    driver.wait_for_maps()
    driver.key(Qt.Key.Key_T)
    driver.wait(window.findChild(Inspector).class_bars.isVisible)
    QApplication.processEvents()
    for header in window.findChildren(RowHeader):
        assert header.height() >= 2 * header.fontMetrics().height()
    bars = window.findChild(Inspector).class_bars
    assert bars.height() >= 4 * bars.fontMetrics().height()
    for kind in (QLabel, QAbstractButton):
        for widget in window.findChildren(kind):
            if widget.isVisible() and shows_text(widget):
                assert widget.height() >= widget.fontMetrics().height(), widget.text()
    numbers = window.findChild(Inspector).details.numbers
    assert numbers.width() <= window.findChild(Inspector).width()
    driver.window.close()


def test_one_number_is_scrolled_in_its_parts_alone(driver: Driver) -> None:
    driver.window.resize(1366, 768)
    driver.key(Qt.Key.Key_N)
    page = driver.window.findChild(NumberPage)
    driver.wait(lambda: page.terms.shown is not None and page.isVisible())
    QApplication.processEvents()
    around = page.parentWidget().parentWidget()
    assert isinstance(around, QScrollArea)
    assert around.verticalScrollBar().maximum() == 0


def test_the_scroll_bars_of_a_small_window_are_slim(driver: Driver) -> None:
    driver.window.resize(800, 470)
    driver.key(Qt.Key.Key_T)
    drawer = driver.window.findChild(TrainingDrawer)
    driver.wait(drawer.isVisible)
    seen = []
    for page, key in enumerate((Qt.Key.Key_N, Qt.Key.Key_W, Qt.Key.Key_H, Qt.Key.Key_M)):
        drawer.show_page(page)
        driver.key(key)
        QApplication.processEvents()
        seen += [bar for bar in driver.window.findChildren(QScrollBar) if bar.isVisible()]
    assert seen
    assert all(bar.styleSheet() == SLIM_SCROLL_BAR for bar in seen)
