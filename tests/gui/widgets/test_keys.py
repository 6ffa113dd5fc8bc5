"""Which keys remove what is selected."""

from __future__ import annotations

import sys

import pytest
from PySide6.QtGui import QKeySequence
from pytestqt.qtbot import QtBot

from cnngui.gui.document import Document
from cnngui.gui.network.layer_actions import LayerActions
from cnngui.gui.widgets.keys import delete_keys


def test_on_a_mac_backspace_removes_a_layer(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    shortcuts = LayerActions(Document()).remove.shortcuts()
    assert shortcuts[0] == QKeySequence("Backspace")
    assert QKeySequence(QKeySequence.StandardKey.Delete) in shortcuts


def test_elsewhere_backspace_removes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    assert delete_keys() == [QKeySequence(QKeySequence.StandardKey.Delete)]
