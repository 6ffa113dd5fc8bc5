"""The panel on the screen, in its usual size."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from cnngui.gui.document import Document
from cnngui.gui.network import NetworkPanel


def shown_panel(qtbot: QtBot, document: Document) -> NetworkPanel:
    """A panel that is seen and takes keys."""
    panel = NetworkPanel(document)
    qtbot.addWidget(panel)
    panel.resize(340, 900)
    panel.show()
    panel.activateWindow()
    qtbot.waitExposed(panel)
    return panel


def focused_panel(qtbot: QtBot, document: Document) -> NetworkPanel:
    """A panel whose list of layers has the keyboard."""
    panel = shown_panel(qtbot, document)
    panel.layer_list.setFocus()
    qtbot.waitUntil(panel.layer_list.hasFocus)
    return panel
