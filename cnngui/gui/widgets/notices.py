"""The one place where the window says that something went wrong: a bar, never a dialog."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnngui.gui.crashes import guarded
from cnngui.gui.icons import icon
from cnngui.gui.theme import SPACE_M, SPACE_S, colors

Severity = Literal["error", "warning", "information"]

_ICONS: dict[Severity, str] = {
    "error": "alert-circle-outline",
    "warning": "alert-outline",
    "information": "information-outline",
}
_MOST_KEPT = 50
_DETAILS_HEIGHT = 160
_MOVING = (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide)


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the user should read.

    Attributes
    ----------
    text : one sentence.
    key : what it is about; a later notice with the same key takes its place. Empty: its text.
    details : more, shown when asked for (a traceback).
    action_text, action : a button beside the text, and what it does; the notice goes away then.
    """

    text: str
    severity: Severity = "error"
    key: str = ""
    details: str = ""
    action_text: str = ""
    action: Callable[[], None] | None = None

    @property
    def identity(self) -> str:
        return self.key or self.text


class NoticeBar(QWidget):
    """Shows the newest notice; closing it shows the one before, if there is one.

    The same notice again only raises its count, so a fault that repeats with every frame stays
    one line. It lies over other widgets, see ``lie_over``: nothing moves when it comes or goes.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._under: QWidget | None = None
        self._notices: dict[str, Notice] = {}
        self._counts: dict[str, int] = {}
        self.setObjectName("notice_bar")
        self._sign = QLabel()
        self._text = QLabel()
        self._text.setObjectName("notice_text")
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._count = QLabel()
        self._count.setObjectName("notice_count")
        self._action = QToolButton()
        self._action.setObjectName("notice_action")
        self._action.clicked.connect(self._on_action_clicked)
        self._toggle = QToolButton()
        self._toggle.setObjectName("notice_details_button")
        self._toggle.setText(self.tr("Details"))
        self._toggle.setCheckable(True)
        self._toggle.toggled.connect(self._on_details_toggled)
        close = QToolButton()
        close.setObjectName("notice_close")
        close.setIcon(icon("close"))
        close.setAutoRaise(True)
        close.setToolTip(self.tr("Close this notice"))
        close.setAccessibleName(self.tr("Close this notice"))
        close.clicked.connect(self._on_close_clicked)
        self._details = QPlainTextEdit()
        self._details.setReadOnly(True)
        self._details.setAccessibleName(self.tr("Details"))
        self._details.setFixedHeight(_DETAILS_HEIGHT)
        self._details.hide()

        row = QHBoxLayout()
        row.setSpacing(SPACE_M)
        row.addWidget(self._sign)
        row.addWidget(self._text, 1)
        for widget in (self._count, self._action, self._toggle, close):
            row.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_M, SPACE_S, SPACE_S, SPACE_S)
        column.addLayout(row)
        column.addWidget(self._details)
        self.hide()

    def lie_over(self, under: QWidget, within: QWidget) -> None:
        """Lie over the upper edge of a widget that is somewhere in ``within``, as wide as it."""
        self.setParent(within)
        self._under = under
        for watched in (under, within):
            watched.installEventFilter(self)
        self._refresh()

    def show_notice(self, notice: Notice) -> None:
        """Put this notice in front; if it is there already, count it."""
        self._notices.pop(notice.identity, None)
        self._notices[notice.identity] = notice
        self._counts[notice.identity] = self._counts.get(notice.identity, 0) + 1
        if len(self._notices) > _MOST_KEPT:
            self.dismiss(next(iter(self._notices)))
        self._refresh()

    def dismiss(self, key: str) -> None:
        """Take a notice away because what it said is over; nothing happens if it is not there."""
        self._notices.pop(key, None)
        self._counts.pop(key, None)
        self._refresh()

    @property
    def current(self) -> Notice | None:
        """The notice in front."""
        return next(reversed(self._notices.values()), None)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _MOVING:
            self._place()
        return super().eventFilter(watched, event)

    def event(self, event: QEvent) -> bool:
        handled = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._place()
        return handled

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._refresh()

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(colors().panel))
        painter.setPen(QColor(colors().border))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.fillRect(0, 0, SPACE_S, self.height(), QColor(self._tint()))

    def _tint(self) -> str:
        palette = colors()
        tints = {"error": palette.error, "warning": palette.warning}
        return tints.get(self.current.severity, palette.link) if self.current else palette.link

    def _refresh(self) -> None:
        notice = self.current
        self.setVisible(notice is not None)
        if notice is None:
            return
        height = self.fontMetrics().height() + SPACE_S
        self._sign.setPixmap(icon(_ICONS[notice.severity], self._tint()).pixmap(height, height))
        self._text.setText(notice.text)
        count = self._counts[notice.identity]
        self._count.setText(f"× {count}" if count > 1 else "")
        self._action.setVisible(bool(notice.action_text))
        self._action.setText(notice.action_text)
        self._toggle.setVisible(bool(notice.details))
        if not notice.details:
            self._toggle.setChecked(False)
        if self._details.toPlainText() != notice.details:
            self._details.setPlainText(notice.details)
        self._place()

    def _place(self) -> None:
        """Lie over the upper edge of what is under it, in front of all else."""
        under, within, layout = self._under, self.parentWidget(), self.layout()
        if under is None or within is None or layout is None or self.isHidden():
            return
        corner = within.mapFromGlobal(under.mapToGlobal(QPoint(0, 0)))
        width = under.width()
        height = max(layout.totalHeightForWidth(width), layout.totalMinimumSize().height())
        self.setGeometry(QRect(corner, QSize(width, height)))
        self.raise_()

    @Slot()
    def _on_close_clicked(self) -> None:
        if self.current is not None:
            self.dismiss(self.current.identity)

    @Slot()
    def _on_action_clicked(self) -> None:
        notice = self.current
        if notice is not None and notice.action is not None:
            self.dismiss(notice.identity)
            notice.action()

    @Slot(bool)
    def _on_details_toggled(self, shown: bool) -> None:
        self._details.setVisible(shown)
        self._place()
