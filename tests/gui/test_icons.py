from __future__ import annotations

from PySide6.QtCore import QSize

from cnngui.gui.icons import icon


def test_a_button_without_height_is_painted_without_complaint(qapp) -> None:
    # Warnings of Qt fail the test.
    assert icon("link").pixmap(QSize(14, 0)).isNull()
    assert not icon("link").pixmap(QSize(14, 14)).isNull()
