"""What is there before there are samples: the ways to get some."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QAction, QFont, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnngui.gui.crashes import guarded
from cnngui.gui.samples.sources import SampleSources
from cnngui.gui.theme import SPACE_M, SPACE_S, with_font
from cnngui.gui.widgets.eliding_label import ElidingLabel
from cnngui.gui.widgets.menu import plain_text

_BUTTON_WIDTH, _BUTTON_HEIGHT = 196, 100
_ICON_SIDE = 32


class SamplesWelcome(QWidget):
    """Three large buttons for the first minute, and the other ways beside them."""

    def __init__(self, sources: SampleSources, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        words = QLabel(
            self.tr(
                "Show the camera three things and press Record, or take the shapes that the "
                "program draws."
            )
        )
        words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        large = QHBoxLayout()
        large.setSpacing(SPACE_M)
        large.addStretch(1)
        for action in (sources.record, sources.shapes, sources.folder):
            large.addWidget(_BigButton(action), 4)  # their titles come before the margins
        small = QVBoxLayout()
        small.setSpacing(SPACE_S)
        small.addStretch(1)
        for action in (sources.digits, sources.motions, sources.idx):
            small.addWidget(_small_button(action))
        small.addStretch(1)
        large.addLayout(small)
        large.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_M, SPACE_S, SPACE_M, SPACE_S)
        column.setSpacing(SPACE_M)
        column.addStretch(1)
        column.addWidget(words)
        column.addLayout(large)
        column.addStretch(2)


class _BigButton(QPushButton):
    """An action as its icon, its name and one line of what it is."""

    def __init__(self, action: QAction) -> None:
        super().__init__()
        self.setObjectName(f"welcome_{action.objectName()}")
        self.setAccessibleName(plain_text(action))
        self.setAccessibleDescription(action.toolTip())
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setMinimumSize(self.sizeHint())
        self.setMaximumWidth(2 * self.sizeHint().width())
        self.clicked.connect(action.trigger)
        self._glyph = action.icon()
        title = ElidingLabel()
        title.setText(plain_text(action))
        font = QFont(title.font())
        font.setWeight(QFont.Weight.DemiBold)
        title.setFont(font)
        line = QLabel(action.toolTip())
        line.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        line.setWordWrap(True)
        # The button has room for two lines; the page need not ask how high it is at each width.
        line.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_S, 2 * SPACE_M + _ICON_SIDE, SPACE_S, SPACE_M)
        column.setSpacing(0)
        for label in (title, line):
            # The titles of all buttons are in one line, however long what is below them.
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            column.addWidget(label, int(label is line))

    def sizeHint(self) -> QSize:
        return QSize(with_font(_BUTTON_WIDTH), with_font(_BUTTON_HEIGHT))

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        place = QRect((self.width() - _ICON_SIDE) // 2, SPACE_M, _ICON_SIDE, _ICON_SIDE)
        self._glyph.paint(QPainter(self), place)


def _small_button(action: QAction) -> QToolButton:
    button = QToolButton()
    # An action's own button would show the letter that its menu adds to it: 动作(G).
    button.setText(plain_text(action))
    button.setIcon(action.icon())
    button.setToolTip(action.toolTip())
    button.clicked.connect(action.trigger)
    button.setAutoRaise(True)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    return button
