from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QIcon

from cnngui.gui.icons import icon
from cnngui.resources import resource_path

GUI = Path(__file__).parents[2] / "cnngui" / "gui"
GLYPHS = sorted(path.stem for path in resource_path("icons").glob("*.svg"))


def ink_share(glyph: QIcon) -> float:
    """How much of the picture is painted."""
    image = glyph.pixmap(QSize(24, 24)).toImage()
    alpha = [image.pixelColor(x, y).alpha() for x in range(24) for y in range(24)]
    return sum(alpha) / 255 / 24**2


def test_a_button_without_height_is_painted_without_complaint(qapp) -> None:
    # Warnings of Qt fail the test.
    assert icon("link-variant").pixmap(QSize(14, 0)).isNull()
    assert not icon("link-variant").pixmap(QSize(14, 14)).isNull()


@pytest.mark.parametrize("name", GLYPHS)
def test_every_glyph_can_be_seen(qapp, name: str) -> None:
    assert 0.03 < ink_share(icon(name)) < 0.8


def test_what_is_greyed_out_is_fainter(qapp) -> None:
    image = icon("stop").pixmap(QSize(24, 24), QIcon.Mode.Disabled).toImage()
    assert 0 < image.pixelColor(12, 12).alpha() < 255


def test_no_glyph_is_left_over() -> None:
    sources = "".join(path.read_text("utf-8") for path in GUI.rglob("*.py"))
    assert [name for name in GLYPHS if f'"{name}"' not in sources] == []
