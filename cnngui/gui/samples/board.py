"""The classes of a collection side by side, each with its button and its samples."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint, Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from cnngui.gui.icons import icon
from cnngui.gui.samples.card import ClassCard
from cnngui.gui.samples.collection import SamplesCollection
from cnngui.gui.samples.edits import SamplesEdits
from cnngui.gui.samples.keys import HoldKeys
from cnngui.gui.samples.pace import PaceForm
from cnngui.gui.samples.recording import SamplesRecording
from cnngui.gui.studio import Studio
from cnngui.gui.theme import SPACE_L, SPACE_M, SPACE_S, give_slim_bars, with_font
from cnngui.gui.widgets.keys import delete_keys
from cnngui.gui.widgets.menu import Menu
from cnngui.gui.widgets.picture_view import Picture
from cnngui.gui.widgets.pictures import plain_image
from cnngui.gui.widgets.sample_grid import SamplesGrid
from cnngui.gui.words.clips import recorded_words

_PACE_WIDTH = 152
_ADD_WIDTH = 88


class SamplesBoard(QWidget):
    """Shows a collection; what is done here is done to it, and can be undone.

    Attributes
    ----------
    cards : one per class, in their order.
    """

    def __init__(
        self,
        studio: Studio,
        collection: SamplesCollection,
        recording: SamplesRecording,
        edits: SamplesEdits,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._studio = studio
        self._collection = collection
        self._recording = recording
        self._edits = edits
        self.setAccessibleName(self.tr("Classes: number keys record them"))
        self.cards: list[ClassCard] = []
        self._names_next = False
        """Whether the class that appears next is to be named."""
        self._pace = PaceForm()
        self._pace.setFixedWidth(with_font(_PACE_WIDTH))
        self._pace.edited.connect(recording.set_pace)
        self._add = QPushButton()
        self._add.setObjectName("samples_add_class")
        self._add.setIcon(icon("plus"))
        self._add.setText(self.tr("Class"))
        self._add.setToolTip(self.tr("Add a class"))
        self._add.setFixedWidth(with_font(_ADD_WIDTH))
        self._add.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self._add.clicked.connect(self._on_add_clicked)
        self._none = QPushButton()
        self._none.setObjectName("samples_add_none")
        self._none.setText(self.tr("None\nof these"))
        self._none.setAccessibleName(self.tr("Add the class “none of these”"))
        self._none.setToolTip(
            self.tr(
                "Add a class for everything else: without one, a network must name one of its "
                "classes whatever it sees"
            )
        )
        self._none.setFixedWidth(with_font(_ADD_WIDTH))
        self._none.clicked.connect(lambda: self._edits.add_class(self.tr("none of these")))
        strip = QWidget()
        self._row = QHBoxLayout(strip)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(SPACE_M)
        more = QVBoxLayout()
        more.setSpacing(SPACE_S)
        more.addWidget(self._add, 1)
        more.addWidget(self._none)
        self._row.addLayout(more)
        self._row.addStretch(1)
        self._area = QScrollArea()
        self._area.setWidget(strip)
        self._area.setWidgetResizable(True)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the cards have the keyboard
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        give_slim_bars(self._area)
        self._live = Picture(self.tr("No picture yet: choose a source."), self)
        self._live.setMinimumHeight(0)
        self._live.setFixedWidth(with_font(_PACE_WIDTH))
        left = QVBoxLayout()
        left.setSpacing(SPACE_S)
        left.addWidget(self._live, 1)
        left.addWidget(self._pace)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_M, SPACE_S, SPACE_M, SPACE_M)
        row.setSpacing(SPACE_L)
        row.addLayout(left)
        row.addWidget(self._area, 1)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        keys = HoldKeys(self)
        keys.pressed.connect(recording.press)
        keys.released.connect(recording.release)
        studio.result_changed.connect(self._follow_result)
        collection.changed.connect(self._follow)
        recording.changed.connect(self._follow_recording)
        studio.document.running_changed.connect(self._follow_recording)
        self._follow()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._recording.place is not None:
            self._recording.stop()
        else:
            super().keyPressEvent(event)

    def _follow(self) -> None:
        """Show the collection as it is now."""
        collection, data = self._collection, self._collection.dataset
        if data is None:
            return
        while len(self.cards) > len(collection.classes):
            card = self.cards.pop()
            self._row.removeWidget(card)
            card.deleteLater()
        if 0 < len(self.cards) < len(collection.classes):
            # Once it has its place, the new class is in sight.
            QTimer.singleShot(0, self, self._show_newest)
        while len(self.cards) < len(collection.classes):
            card = self._make_card(len(self.cards))
            self._row.insertWidget(len(self.cards), card, 2)
            self.cards.append(card)
        for place, (card, one) in enumerate(zip(self.cards, collection.classes, strict=True)):
            card.show_class(one, data, collection.numbers_of(place))
        names = {one.name.casefold() for one in collection.classes}
        self._none.setVisible(self.tr("none of these").casefold() not in names)
        self._follow_recording()

    def _make_card(self, place: int) -> ClassCard:
        card = ClassCard(self._studio, place)
        card.record_pressed.connect(partial(self._recording.press, place))
        card.record_released.connect(self._recording.release)
        card.renamed.connect(partial(self._edits.rename_class, place))
        card.naming_ended.connect(self.setFocus)
        card.recoloured.connect(partial(self._edits.recolour_class, place))
        card.removed.connect(partial(self._edits.remove_class, place))
        card.delete_requested.connect(partial(self._delete_selected, card))
        card.menu_requested.connect(partial(self._show_menu, card))
        card.dropped.connect(partial(self._take_dropped, place))
        card.grid.selectionModel().selectionChanged.connect(lambda: self._deselect_others(card))
        return card

    @Slot()
    def _follow_recording(self) -> None:
        """Show which class is being recorded, and how long it will still be until it is."""
        pace, recorded, words = self._recording.pace, self._recording.place, self._recording.words
        kind = recorded_words(self._studio.document.running_spec.input)
        self._pace.show_pace(pace)
        self._pace.show_kind(clips=bool(kind))
        for place, card in enumerate(self.cards):
            card.show_recording(pace.burst, place == recorded, words, kind)

    @Slot()
    def _follow_result(self) -> None:
        result = self._studio.result
        if result is not None and self.isVisible():
            self._live.show_image(plain_image(result.picture))

    @Slot()
    def _on_add_clicked(self) -> None:
        self._names_next = True
        self._edits.add_class()

    @Slot()
    def _show_newest(self) -> None:
        """Bring the last class into sight; one that was just added can be named at once."""
        self._area.ensureWidgetVisible(self._add)
        if self._names_next and self.cards:
            self._names_next = False
            self.cards[-1].edit_name()

    def _delete_selected(self, card: ClassCard) -> None:
        self._edits.delete(card.grid.selected_numbers)

    def _take_dropped(self, place: int, grid: object) -> None:
        if isinstance(grid, SamplesGrid):
            self._edits.move(grid.selected_numbers, place)

    def _deselect_others(self, card: ClassCard) -> None:
        """Keep the selection in one class, so that it is plain what Delete would delete."""
        if card.grid.selectionModel().hasSelection():
            for other in self.cards:
                if other is not card:
                    other.grid.clearSelection()

    def _show_menu(self, card: ClassCard, position: QPoint) -> None:
        """Offer what can be done to the selected samples of a card."""
        numbers = card.grid.selected_numbers
        if not numbers:
            return
        menu = Menu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        others = menu.submenu(self.tr("Move to"), icon("folder-move-outline"))
        for place, one in enumerate(self._collection.classes):
            if self.cards[place] is not card:
                others.addAction(
                    one.name.replace("&", "&&"), partial(self._edits.move, numbers, place)
                )
        others.setEnabled(not others.isEmpty())
        delete = menu.addAction(
            icon("delete-outline"),
            self.tr("Delete"),
            partial(self._edits.delete, numbers),
        )
        delete.setShortcuts(delete_keys())
        menu.popup(position)
