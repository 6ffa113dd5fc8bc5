from collections.abc import Iterator

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QFontMetrics, QIcon, QImage, QPalette
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QLineEdit, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from cnngui.gui.icons import icon
from cnngui.gui.theme import (
    DARK,
    LIGHT,
    Colors,
    Theme,
    apply_theme,
    colors,
    is_dark,
    number_font,
)
from cnngui.gui.training.curves_view import RUN_COLORS, TRAINING_COLOR, VALIDATION_COLOR

GROUNDS = ("window", "panel", "field", "button", "canvas")
TEXT_CONTRAST = 4.5
"""WCAG 2.1, level AA, for text."""
OUTLINE_CONTRAST = 3.0
"""The same, for what shows where a control is."""


@pytest.fixture(autouse=True)
def _light_again(qapp: QApplication) -> Iterator[None]:
    yield
    apply_theme(qapp, "light")


def luminance(color: str) -> float:
    """As WCAG 2.1 defines it."""
    parts = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in QColor(color).getRgbF()[:3]  # type: ignore[index]
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def ink(picture: QIcon, mode: QIcon.Mode, state: QIcon.State = QIcon.State.Off) -> str:
    """The colour of the most opaque pixel."""
    image = picture.pixmap(QSize(32, 32), mode, state).toImage()
    image = image.convertToFormat(QImage.Format.Format_ARGB32)
    pixels = [image.pixelColor(x, y) for x in range(32) for y in range(32)]
    return max(pixels, key=lambda pixel: pixel.alpha()).name()


@pytest.mark.parametrize("palette", [LIGHT, DARK])
@pytest.mark.parametrize("role", ["text", "muted", "link", "error", "warning", "good"])
def test_words_can_be_read_on_the_window(palette: Colors, role: str) -> None:
    for ground in GROUNDS:
        assert contrast(getattr(palette, role), getattr(palette, ground)) >= TEXT_CONTRAST, ground


@pytest.mark.parametrize("palette", [LIGHT, DARK])
@pytest.mark.parametrize("ground", GROUNDS)
def test_outlines_are_seen(palette: Colors, ground: str) -> None:
    assert contrast(palette.outline, getattr(palette, ground)) >= OUTLINE_CONTRAST


@pytest.mark.parametrize("palette", [LIGHT, DARK])
@pytest.mark.parametrize("color", [TRAINING_COLOR, VALIDATION_COLOR, *RUN_COLORS])
def test_every_curve_is_seen(palette: Colors, color: str) -> None:
    for ground in (palette.field, palette.window):  # of the plot, and of the list of runs
        assert contrast(color, ground) >= OUTLINE_CONTRAST


def test_light_and_dark_take_effect_at_once(qapp: QApplication) -> None:
    apply_theme(qapp, "dark")
    assert is_dark()
    assert colors() is DARK
    assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(DARK.window)
    apply_theme(qapp, "light")
    assert not is_dark()
    assert colors() is LIGHT


def test_icons_follow_the_theme_without_being_made_again(qapp: QApplication) -> None:
    play = icon("play")
    assert ink(play, QIcon.Mode.Normal) == LIGHT.text
    apply_theme(qapp, "dark")
    assert ink(play, QIcon.Mode.Normal) == DARK.text
    assert ink(play, QIcon.Mode.Normal, QIcon.State.On) == DARK.link
    assert ink(icon("record-circle", "#ff0000"), QIcon.Mode.Normal) == "#ff0000"


def test_an_icon_that_does_not_exist_is_refused(qapp: QApplication) -> None:
    with pytest.raises(FileNotFoundError):
        icon("no such glyph")


def test_digits_have_one_width(qapp: QApplication) -> None:
    metrics = QFontMetrics(number_font(qapp.font()))
    assert len({metrics.horizontalAdvance(digit) for digit in "0123456789"}) == 1


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_box_that_is_not_ticked_is_seen(qtbot: QtBot, qapp: QApplication, theme: Theme) -> None:
    apply_theme(qapp, theme)
    box = QCheckBox()
    qtbot.addWidget(box)
    picture = box.grab().toImage()
    row = picture.height() // 2
    found = {picture.pixelColor(x, row).name() for x in range(picture.width())}
    assert max(contrast(color, colors().window) for color in found) >= OUTLINE_CONTRAST


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("kind", [QLineEdit, QSpinBox, QComboBox])
def test_a_field_is_seen_by_its_outline(
    qtbot: QtBot, qapp: QApplication, theme: Theme, kind: type[QWidget]
) -> None:
    apply_theme(qapp, theme)
    page = QWidget()
    qtbot.addWidget(page)
    field = kind(page)
    field.setGeometry(20, 20, 160, 28)
    picture = page.grab().toImage()
    # Down across the upper edge, where nothing is written.
    edge = {picture.pixelColor(80, row).name() for row in range(18, 26)}
    assert max(contrast(color, colors().window) for color in edge) >= OUTLINE_CONTRAST
