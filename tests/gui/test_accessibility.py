"""What a person has who sees little, uses no mouse, or listens to the window."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenu,
    QWidget,
)
from pytestqt.qtbot import QtBot

from cnngui.gui.document import Document
from cnngui.gui.network.panel import NetworkPanel
from cnngui.gui.widgets.notices import Notice, NoticeBar
from cnngui.gui.window.drawer import TrainingDrawer
from cnngui.spec.layers import LAYER_TYPES
from tests.gui.driver import Driver
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
    """The window with its drawer open and every page of it built."""
    driver.action("training").trigger()
    drawer = driver.window.findChild(TrainingDrawer)
    for page in (3, 2, 1, 0):
        drawer.show_page(page)
        QApplication.processEvents()
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
