"""What a person has who sees little, uses no mouse, or listens to the window."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenu,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from cnngui.gui.document import Document
from cnngui.gui.network.layer_list import LayerList
from cnngui.gui.network.panel import NetworkPanel
from cnngui.gui.results.class_accuracies import ClassAccuracies
from cnngui.gui.results.confusion_view import ConfusionView
from cnngui.gui.views.input_view import InputView
from cnngui.gui.views.inspector import Inspector
from cnngui.gui.views.kernel_view import KernelView
from cnngui.gui.views.strip import LayerStrip
from cnngui.gui.views.wall_canvas import WallCanvas
from cnngui.gui.widgets.menu import letter_of
from cnngui.gui.widgets.notices import Notice, NoticeBar
from cnngui.gui.widgets.spoken import speak_of_items
from cnngui.gui.window.drawer import TrainingDrawer
from cnngui.gui.window.large_view import LargeView
from cnngui.gui.window.status import StatusLine
from cnngui.gui.window.toolbar import ToolBar
from cnngui.gui.window.transport import Transport
from cnngui.spec.layers import LAYER_TYPES
from tests.gui.driver import Driver
from tests.gui.learned import evaluation
from tests.gui.views.conftest import show


def controls(top: QWidget) -> Iterator[QWidget]:
    """Everything below a widget that the keyboard or the mouse can work on."""
    for widget in top.findChildren(QWidget):
        takes_keys = widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        is_own = widget.focusProxy() is None and not is_popup_list(widget)
        if is_own and (takes_keys or isinstance(widget, QAbstractButton)):
            yield widget


def is_popup_list(widget: QWidget) -> bool:
    """Whether it is the list that a box unfolds, which is read with the box."""
    return isinstance(widget.window().parent(), QComboBox) or isinstance(widget, QMenu)


def spoken_name(widget: QWidget) -> str:
    """What a screen reader calls a control; not what the control holds."""
    if isinstance(widget, QComboBox | QLineEdit | QAbstractSpinBox):
        buddies = [
            label for label in widget.window().findChildren(QLabel) if label.buddy() is widget
        ]
        return widget.accessibleName() or (buddies[0].text() if buddies else "")
    if isinstance(widget, QLabel):
        return "what it says"
    interface = QAccessible.queryAccessibleInterface(widget)
    return interface.text(QAccessible.Text.Name)


def path_of(widget: QWidget) -> str:
    parents = []
    while widget is not None and len(parents) < 4:
        parents.append(f"{type(widget).__name__} {widget.objectName()}".strip())
        widget = widget.parentWidget()
    return " in ".join(parents)


def nameless(top: QWidget) -> list[str]:
    return [path_of(widget) for widget in controls(top) if not spoken_name(widget).strip()]


@pytest.fixture
def whole(driver: Driver) -> Driver:
    """The window with its drawer open, and every page of it and of the large view built."""
    for sight in ("number", "network", "shift", "maps"):
        driver.action(sight).trigger()
        QApplication.processEvents()
    driver.action("training").trigger()
    drawer = driver.window.findChild(TrainingDrawer)
    for page in (3, 2, 1, 0):
        drawer.show_page(page)
        QApplication.processEvents()
    driver.window.findChild(WallCanvas).setFocus()
    return driver


def test_every_control_of_the_window_has_a_name(whole: Driver) -> None:
    whole.action("shortcuts").trigger()
    for bar in whole.window.findChildren(NoticeBar):
        bar.show_notice(Notice("Something", details="more", action_text="Mend", action=bar.hide))
    assert nameless(whole.window) == []


@pytest.mark.parametrize("layer_type", LAYER_TYPES.values(), ids=LAYER_TYPES.keys())
def test_every_editor_of_a_layer_has_a_name(qtbot: QtBot, layer_type: type) -> None:
    document = Document()
    panel = NetworkPanel(document)
    qtbot.addWidget(panel)
    layer = layer_type(id="one")
    document.edit(document.spec.inserted(len(document.spec.layers), layer), "add")
    document.select("one")
    show(qtbot, panel, 340, 900)
    assert nameless(panel) == []


def spoken_items(widget: QWidget) -> list[str]:
    """What a screen reader finds inside a widget."""
    interface = QAccessible.queryAccessibleInterface(widget)
    assert interface.role() == QAccessible.Role.List
    items = [interface.child(place) for place in range(interface.childCount())]
    assert all(item.role() == QAccessible.Role.ListItem and item.isValid() for item in items)
    return [item.text(QAccessible.Text.Name) for item in items]


def test_the_tiles_of_the_wall_are_items(driver: Driver) -> None:
    canvas = driver.window.findChild(WallCanvas)
    names = spoken_items(canvas)
    assert len(names) == driver.wall.layout.shown > 1
    assert re.fullmatch(r"channel 1\b.*, from \S+ to \S+", names[1])
    canvas.setFocus()
    driver.key(Qt.Key.Key_Right)
    interface = QAccessible.queryAccessibleInterface(canvas)
    focused = interface.focusChild()
    assert re.match(r"channel 1\b", focused.text(QAccessible.Text.Name))
    assert focused.state().selected
    assert focused.state().focused
    there = canvas.mapToGlobal(canvas.tile_rect(3).center().toPoint())
    found = interface.childAt(there.x(), there.y())
    assert interface.indexOfChild(found) == 3
    assert found.rect().contains(there)


def test_the_pictures_of_a_kernel_are_items(driver: Driver) -> None:
    driver.wait(lambda: driver.window.findChild(KernelView).isVisible())
    assert spoken_items(driver.window.findChild(KernelView).pictures) == [
        "input R",
        "input G",
        "input B",
    ]


def test_thumbnails_and_rows_are_items_by_name(driver: Driver) -> None:
    strip = QAccessible.queryAccessibleInterface(driver.window.findChild(LayerStrip))
    ids = [layer.id for layer in driver.document.spec.layers]
    said = [strip.child(n).text(QAccessible.Text.Name) for n in range(strip.childCount())]
    assert [name.split(":")[0] for name in said[1:]] == ids
    rows = [driver.window.findChild(LayerList).row(layer_id) for layer_id in ids]
    items = [QAccessible.queryAccessibleInterface(row) for row in rows]
    assert {item.role() for item in items} == {QAccessible.Role.ListItem}
    assert [item.text(QAccessible.Text.Name).split(",")[0] for item in items] == ids
    assert [item.state().selected for item in items] == [
        layer_id == driver.document.selected_id for layer_id in ids
    ]


def test_units_classes_and_cells_are_items(qtbot: QtBot) -> None:
    judged = evaluation([0, 1, 1], [[0.9, 0.1], [0.2, 0.8], [0.7, 0.3]], ("cat", "dog"))
    classes, matrix = ClassAccuracies(), ConfusionView()
    for view in (classes, matrix):
        qtbot.addWidget(view)
        view.show_evaluation(judged)
    speak_of_items()
    worst, best = spoken_items(classes)
    assert worst.startswith("1 of 2 “dog” were recognised")
    assert best.startswith("1 of 1 “cat” were recognised")
    assert len(spoken_items(matrix)) == 4
    assert "dog" in spoken_items(matrix)[2]
    assert "cat" in spoken_items(matrix)[2]


def test_a_listener_hears_what_the_arrows_choose(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged = evaluation([0, 1], [[0.9, 0.1], [0.2, 0.8]], ("cat", "dog"))
    classes = ClassAccuracies()
    classes.show_evaluation(judged)
    show(qtbot, classes)
    told: list[int] = []
    monkeypatch.setattr(QAccessible, "isActive", lambda: True)
    monkeypatch.setattr(
        QAccessible, "updateAccessibility", lambda event: told.append(event.child())
    )
    qtbot.keyClick(classes, Qt.Key.Key_Down)
    qtbot.keyClick(classes, Qt.Key.Key_Down)
    assert told == [0, 1]


REGIONS = (ToolBar, NetworkPanel, InputView, LayerStrip, LargeView, Inspector, TrainingDrawer)
REGIONS_BELOW = (Transport, StatusLine)


def region_of(window: QWidget, widget: QWidget) -> int:
    """Where a widget is, in the order in which the window is read."""
    for number, kind in enumerate((*REGIONS, *REGIONS_BELOW)):
        region = window.findChild(kind)
        if region is widget or region.isAncestorOf(widget):
            return number
    raise AssertionError(path_of(widget))


def is_read_after(widget: QWidget, before: QWidget) -> bool:
    """Whether a widget is lower than another, or to the right of it, or inside it."""
    here, there = (QRect(it.mapToGlobal(QPoint()), it.size()) for it in (before, widget))
    is_lower, is_beside = there.top() > here.top() - 12, there.left() >= here.right() - 2
    return is_lower or is_beside or before.isAncestorOf(widget)


def walk(driver: Driver, *, forward: bool = True) -> list[QWidget]:
    """Press Tab until it has gone round, from the first button on."""
    first = driver.button("source_button")
    first.setFocus()
    stops = [first]
    while True:
        driver.key(Qt.Key.Key_Tab if forward else Qt.Key.Key_Backtab)
        here = QApplication.focusWidget()
        if here is first:
            return stops
        assert here not in stops, path_of(here)
        stops.append(here)


def test_tab_follows_the_eye(whole: Driver) -> None:
    window = whole.window
    window.resize(1366, 900)
    # The inspector is empty before there is a result.
    whole.wait(window.findChild(KernelView).isVisible)
    for page in range(4):
        window.findChild(TrainingDrawer).show_page(page)
        stops = walk(whole)
        regions = [region_of(window, widget) for widget in stops]
        assert regions == sorted(regions)
        assert set(regions) == set(range(len(REGIONS + REGIONS_BELOW)))
        for one, other in pairwise(stops):
            if region_of(window, one) == region_of(window, other):
                assert is_read_after(other, one), (path_of(one), path_of(other))


def test_tab_goes_back_as_it_came(driver: Driver) -> None:
    there = walk(driver)
    assert walk(driver, forward=False) == [there[0], *reversed(there[1:])]


def test_tab_leads_into_the_drawer_that_was_just_opened(driver: Driver) -> None:
    canvas = driver.window.findChild(WallCanvas)
    canvas.setFocus()
    driver.key(Qt.Key.Key_T)
    assert canvas.hasFocus()  # the arrows still choose channels
    driver.key(Qt.Key.Key_Tab)
    assert driver.window.findChild(TrainingDrawer).isAncestorOf(QApplication.focusWidget())
    canvas.setFocus()
    driver.key(Qt.Key.Key_Tab)
    assert driver.window.findChild(Inspector).isAncestorOf(QApplication.focusWidget())


def test_every_entry_of_every_menu_has_a_letter(whole: Driver) -> None:
    menus = [menu for menu in whole.window.findChildren(QMenu) if menu.actions()]
    assert len(menus) > 12
    for menu in menus:
        menu.aboutToShow.emit()
        entries = [action for action in menu.actions() if action.text()]
        letters = [letter_of(action.text()) for action in entries if not action.isSeparator()]
        assert all(letters), [action.text() for action in entries]
        assert len(set(letters)) == len(letters), [action.text() for action in entries]
        menu.aboutToHide.emit()


def test_space_presses_what_has_the_keyboard_and_freezes_elsewhere(driver: Driver) -> None:
    freeze, panel = driver.action("freeze"), driver.window.findChild(NetworkPanel)
    form = driver.window.findChild(LayerList).row("conv1").form
    seed, bias = form.editor("seed"), form.editor("bias").focusProxy()
    chain = form.editor("stride").findChild(QToolButton)
    dice = seed.findChild(QToolButton)
    for button in (bias, chain, dice, driver.button("button_training")):
        button.setFocus()
        with driver.qtbot.waitSignal(button.clicked):
            driver.key(Qt.Key.Key_Space)
    assert not freeze.isChecked()
    choice = form.editor("padding").findChild(QComboBox)
    choice.setFocus()
    driver.key(Qt.Key.Key_Space)
    assert choice.view().isVisible()
    choice.hidePopup()
    assert not freeze.isChecked()
    for widget in (driver.window.findChild(WallCanvas), panel.layer_list):
        before = freeze.isChecked()
        widget.setFocus()
        driver.key(Qt.Key.Key_Space)
        assert freeze.isChecked() != before
