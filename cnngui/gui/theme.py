"""How the program looks: Fusion in a light and a dark palette, one accent colour, spacing.

Many Linux desktops ignore ``QStyleHints.setColorScheme`` (measured with Qt 6.11 on plain X11), so
that call is made for the platform's own parts (title bars, native dialogs) and the palettes are
set here. Widgets that draw by themselves follow ``QEvent.Type.PaletteChange`` and ask ``colors``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, get_args

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontInfo, QFontMetrics, QPalette
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QStyleFactory

Theme = Literal["system", "light", "dark"]
THEMES: tuple[Theme, ...] = get_args(Theme)

ACCENT = QColor("#1f6feb")

SPACE_S = 4
SPACE_M = 8
SPACE_L = 16
"""Distances in logical pixels: inside a control, between controls, between groups."""

_USUAL_LETTERS = 13
"""Pixels of a font's size up to which lengths are as they are written in the sources."""

SLIM_SCROLL_BAR = """
    QScrollBar { background: transparent; border: none; }
    QScrollBar:vertical { width: 10px; }
    QScrollBar:horizontal { height: 10px; }
    QScrollBar::handle { background: palette(mid); border-radius: 3px; margin: 2px; }
    QScrollBar::handle:vertical { min-height: 32px; }
    QScrollBar::handle:horizontal { min-width: 32px; }
    QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
    QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
"""

_FUSION_DARKENS = 127
"""Per cent that an outline loses against the Window role: ``darker(140)``, ``lighter(110)``."""

_OUTLINED = ("QCheckBox", "QLineEdit", "QAbstractSpinBox", "QComboBox", "QPlainTextEdit")
"""Kinds of widgets that would not be seen without their outline."""


@dataclass(frozen=True, slots=True)
class Colors:
    """The colours of one palette, by what they are for, as ``#rrggbb``."""

    window: str
    panel: str
    field: str
    button: str
    border: str
    """Between parts, where a line only pleases the eye."""
    outline: str
    """Around what can be changed: by its line it is seen."""
    text: str
    muted: str
    link: str
    error: str
    warning: str
    good: str
    canvas: str
    """Behind pictures: the wall, the strip, the inspector."""


LIGHT = Colors(
    window="#f3f4f6",
    panel="#fafbfc",
    field="#ffffff",
    button="#e9ebee",
    border="#c9ced6",
    outline="#78828f",
    text="#1c2024",
    muted="#5f6872",
    link="#1961d2",
    error="#c42929",
    warning="#905b00",
    good="#187733",
    canvas="#e4e7eb",
)
DARK = Colors(
    window="#202226",
    panel="#26292e",
    field="#191b1e",
    button="#30343a",
    border="#43484f",
    outline="#808a97",
    text="#e6e8ea",
    muted="#98a1ab",
    link="#6cb0ff",
    error="#ff7b72",
    warning="#e3b341",
    good="#56d364",
    canvas="#141518",
)


def apply_theme(app: QApplication, theme: Theme) -> None:
    """Give the whole program this theme, at once; ``system`` follows the desktop's scheme."""
    schemes = {
        "system": Qt.ColorScheme.Unknown,
        "light": Qt.ColorScheme.Light,
        "dark": Qt.ColorScheme.Dark,
    }
    hints = app.styleHints()
    hints.setColorScheme(schemes[theme])
    dark = theme == "dark" or (theme == "system" and hints.colorScheme() == Qt.ColorScheme.Dark)
    if app.style().name() != "fusion":
        app.setStyle(QStyleFactory.create("Fusion"))
    colors = DARK if dark else LIGHT
    app.setPalette(_palette(colors))
    for kind in _OUTLINED:
        # The stub asks for bytes, the call for text.
        app.setPalette(_outlined_palette(colors), kind)  # type: ignore[arg-type]


def is_dark() -> bool:
    """Say whether the dark palette is the one on the screen."""
    return QApplication.palette().color(QPalette.ColorRole.Window).lightness() < 128


def colors() -> Colors:
    """Return the colours of the palette on the screen."""
    return DARK if is_dark() else LIGHT


def give_slim_bars(area: QAbstractScrollArea) -> None:
    """Give an area scroll bars that stay in the background beside pictures or rows."""
    for bar in (area.horizontalScrollBar(), area.verticalScrollBar()):
        bar.setStyleSheet(SLIM_SCROLL_BAR)


def number_font(font: QFont) -> QFont:
    """Return ``font`` with digits of one width, so that changing numbers do not jump."""
    numbers = QFont(font)
    numbers.setFeature(QFont.Tag("tnum"), 1)
    return numbers


def with_font(pixels: int) -> int:
    """Return a length that grows with the letters: so many pixels where these are of usual size."""
    font = QApplication.font()
    return round(pixels * _growth(font.key()))


@lru_cache(maxsize=8)
def _growth(_font_key: str) -> float:
    return max(1.0, QFontInfo(QApplication.font()).pixelSize() / _USUAL_LETTERS)


def text_width(metrics: QFontMetrics, text: str) -> int:
    """Return in whole pixels the room in which a text is not elided.

    ``horizontalAdvance`` may round down, and then ``elidedText`` takes the end off.
    """
    return metrics.horizontalAdvance(text) + 1


def _outlined_palette(colors: Colors) -> QPalette:
    """Return the palette of fields and boxes, which Fusion outlines in a shade of their window.

    It would hardly be seen. They paint no ground in that colour themselves.
    """
    palette = _palette(colors)
    palette.setColor(QPalette.ColorRole.Window, QColor(colors.outline).lighter(_FUSION_DARKENS))
    return palette


def _palette(colors: Colors) -> QPalette:
    role = QPalette.ColorRole
    palette = QPalette(QColor(colors.button), QColor(colors.window))
    for name, color in (
        (role.WindowText, colors.text),
        (role.Text, colors.text),
        (role.ButtonText, colors.text),
        (role.BrightText, colors.error),
        (role.PlaceholderText, colors.muted),
        (role.Base, colors.field),
        (role.AlternateBase, colors.panel),
        (role.ToolTipBase, colors.panel),
        (role.ToolTipText, colors.text),
        (role.Link, colors.link),
        (role.LinkVisited, colors.link),
        (role.Mid, colors.outline),
        (role.Highlight, ACCENT.name()),
        (role.Accent, ACCENT.name()),
        (role.HighlightedText, "#ffffff"),
    ):
        palette.setColor(name, QColor(color))
    for name in (role.WindowText, role.Text, role.ButtonText, role.Link):
        faint = QColor(colors.muted)
        faint.setAlpha(140)
        palette.setColor(QPalette.ColorGroup.Disabled, name, faint)
    palette.setColor(QPalette.ColorGroup.Disabled, role.Highlight, QColor(colors.border))
    return palette
