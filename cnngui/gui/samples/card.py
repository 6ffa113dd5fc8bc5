"""One class of a collection that is recorded: its name, its button, its samples."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QFont,
    QIcon,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QSizePolicy,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnngui.data.class_list import COLOURS, SampleClass
from cnngui.data.dataset import Dataset
from cnngui.gui.crashes import guarded
from cnngui.gui.icons import icon
from cnngui.gui.samples.keys import MOST_KEYS
from cnngui.gui.samples.words import count_label
from cnngui.gui.studio import Studio
from cnngui.gui.theme import ACCENT, SPACE_M, SPACE_S, colors, number_font, with_font
from cnngui.gui.widgets.menu import Menu
from cnngui.gui.widgets.plain import show_plainly
from cnngui.gui.widgets.sample_grid import SamplesGrid
from cnngui.gui.widgets.sample_model import SAMPLES_MIME
from cnngui.gui.widgets.spin_boxes import guard
from cnngui.spec.checks import MAX_TEXT_LENGTH

WIDTH, WIDEST = 208, 420

_DOT = 12
_RECORD_HEIGHT = 32
_RED = "#e2423a"
_NO_ARROW = "QToolButton::menu-indicator { image: none; }"


class ClassCard(QWidget):
    """Shows one class; what the user does to it goes out as signals.

    Parameters
    ----------
    studio : to ask for pictures.
    place : among the classes, from 0; its key is one more.

    Signals
    -------
    renamed, recoloured : carries the new name or colour (``#rrggbb``).
    naming_ended : Return or Escape was pressed in the name: number keys are to record again.
    removed : the class is to go, with its samples.
    record_pressed, record_released : the big button.
    delete_requested : the selected samples are to go.
    menu_requested : a context menu of the selected samples is wanted there (global position).
    dropped : samples of another card's grid, which it carries, were dropped here.
    """

    renamed = Signal(str)
    recoloured = Signal(str)
    naming_ended = Signal()
    removed = Signal()
    record_pressed = Signal()
    record_released = Signal()
    delete_requested = Signal()
    menu_requested = Signal(QPoint)
    dropped = Signal(object)

    def __init__(self, studio: Studio, place: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._place = place
        self._class = SampleClass("", COLOURS[place % len(COLOURS)])
        self._is_recording = False
        self._is_target = False
        self.setMinimumWidth(with_font(WIDTH))
        self.setMaximumWidth(WIDEST)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAcceptDrops(True)
        self.grid = SamplesGrid(studio, f"class {place}")
        self.grid.setDragEnabled(True)
        self.grid.delete_requested.connect(self.delete_requested)
        self.grid.menu_requested.connect(self.menu_requested)
        self._empty = QLabel()
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        show_plainly(self._empty)
        self._body = QStackedLayout()
        self._body.addWidget(self._empty)
        self._body.addWidget(self.grid)
        box = QVBoxLayout(self)
        box.setContentsMargins(SPACE_M, SPACE_M, SPACE_S, SPACE_S)
        box.setSpacing(SPACE_S)
        box.addLayout(self._title_row())
        box.addWidget(self._make_record_button())
        box.addLayout(self._body, 1)

    @property
    def name(self) -> str:
        """The class's name."""
        return self._class.name

    def show_class(self, shown: SampleClass, dataset: Dataset, numbers: Sequence[int]) -> None:
        """Show a class and its samples, in this order."""
        self._class = shown
        if not self._edit.hasFocus():
            self._edit.setText(shown.name)
        self._dot.setIcon(_dot_icon(shown.colour))
        self._count.setText(count_label(len(numbers)))
        self.grid.set_samples(dataset, numbers)
        self._body.setCurrentWidget(self.grid if numbers else self._empty)
        self.setAccessibleName(self.tr("Class {0}, {1} samples").format(shown.name, len(numbers)))
        self._record.setAccessibleName(self.tr("Record {0}").format(shown.name))

    def show_recording(self, burst: int, recording: bool, words: str, kind: str = "") -> None:
        """Show how recording goes, and whether this class is being recorded.

        Parameters
        ----------
        burst : how many samples a click records; 0 as long as the button is held.
        recording : whether it goes on.
        words : stand on the button meanwhile; empty leaves what stands there usually.
        kind : what is recorded, if it is not pictures.
        """
        if burst:
            usual, how = self.tr("Record {0}").format(burst), self.tr("Click Record")
        else:
            usual, how = self.tr("Hold to record"), self.tr("Hold Record")
        if self._place < MOST_KEYS:
            usual += f"  [{self._place + 1}]"
            how = self.tr("{0}, or press {1}").format(how, self._place + 1)
        self._empty.setText(f"{how}\n{kind}" if kind else how)
        self._record.setToolTip(kind)
        self._is_recording = recording
        self._record.setText(words if recording and words else usual)
        self._record.setDown(recording)
        self._record.setIcon(_record_icon(recording))
        self.update()

    def edit_name(self) -> None:
        """Let the user type another name."""
        self._edit.setFocus(Qt.FocusReason.OtherFocusReason)
        self._edit.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        ends = key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)
        if ends and self.focusWidget() is self._edit:
            if key == Qt.Key.Key_Escape:
                self._edit.setText(self.name)
            self.naming_ended.emit()
        else:
            super().keyPressEvent(event)

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        scheme = colors()
        border, width = QColor(scheme.border), 1.0
        if self._is_recording:
            border, width = QColor(scheme.error), 2.0
        elif self._is_target:
            border, width = ACCENT, 2.0
        card = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setPen(QPen(border, width))
        painter.setBrush(QColor(scheme.panel))
        painter.drawRoundedRect(card, 7, 7)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasFormat(SAMPLES_MIME) and event.source() is not self.grid:
            event.acceptProposedAction()
            self._show_target(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._show_target(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self._show_target(False)
        event.acceptProposedAction()
        self.dropped.emit(event.source())

    def _title_row(self) -> QHBoxLayout:
        self._dot = QToolButton()
        self._dot.setAutoRaise(True)
        self._dot.setIconSize(QSize(_DOT, _DOT))
        self._dot.setToolTip(self.tr("Another colour"))
        self._dot.setAccessibleName(self.tr("Colour"))
        self._dot.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._dot.setMenu(self._color_menu())
        self._dot.setStyleSheet(_NO_ARROW)
        self._edit = QLineEdit()
        self._edit.setObjectName("class_name")
        self._edit.setFrame(False)
        self._edit.setMaxLength(MAX_TEXT_LENGTH)
        self._edit.setAccessibleName(self.tr("Name of the class"))
        self._edit.setToolTip(self.tr("Click to change the name"))
        font = QFont(self._edit.font())
        font.setWeight(QFont.Weight.DemiBold)
        self._edit.setFont(font)
        palette = self._edit.palette()
        palette.setColor(QPalette.ColorRole.Base, Qt.GlobalColor.transparent)
        self._edit.setPalette(palette)
        guard(self._edit)
        self._edit.editingFinished.connect(self._on_name_edited)
        self._count = QLabel()
        self._count.setObjectName("class_count")
        self._count.setFont(number_font(self.font()))
        more = QToolButton()
        more.setObjectName("class_menu")
        more.setIcon(icon("dots-vertical"))
        more.setAutoRaise(True)
        more.setToolTip(self.tr("More"))
        more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        more.setStyleSheet(_NO_ARROW)
        menu = Menu(more)
        menu.addAction(icon("pencil-outline"), self.tr("Rename class"), self.edit_name)
        menu.addAction(
            icon("select-all"), self.tr("Select all samples"), self._on_select_all_triggered
        )
        menu.addAction(icon("delete-outline"), self.tr("Remove class"), self.removed.emit)
        more.setMenu(menu)
        row = QHBoxLayout()
        row.setSpacing(SPACE_S)
        row.addWidget(self._dot)
        row.addWidget(self._edit, 1)
        row.addWidget(self._count)
        row.addWidget(more)
        return row

    def _color_menu(self) -> QMenu:
        menu = Menu(self)
        for color in COLOURS:
            action = menu.addAction(_dot_icon(color), color)
            action.triggered.connect(partial(self.recoloured.emit, color))
        return menu

    def _make_record_button(self) -> QPushButton:
        self._record = QPushButton()
        self._record.setObjectName("class_record")
        self._record.setMinimumHeight(with_font(_RECORD_HEIGHT))
        self._record.setIcon(_record_icon(False))
        self._record.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._record.pressed.connect(self.record_pressed)
        self._record.released.connect(self.record_released)
        return self._record

    def _show_target(self, shown: bool) -> None:
        self._is_target = shown
        self.update()

    @Slot()
    def _on_name_edited(self) -> None:
        name = self._edit.text().strip()
        if name and name != self.name:
            self.renamed.emit(name)
        self._edit.setText(self.name)

    @Slot()
    def _on_select_all_triggered(self) -> None:
        self.grid.selectAll()
        self.grid.setFocus()


def _record_icon(recording: bool) -> QIcon:
    return icon("stop-circle" if recording else "record-circle", _RED)


def _dot_icon(colour: str) -> QIcon:
    pixmap = QPixmap(4 * _DOT, 4 * _DOT)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    painter.drawEllipse(pixmap.rect())
    painter.end()
    return QIcon(pixmap)
