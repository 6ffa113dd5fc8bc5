"""The list of rows: selection, keyboard, and dragging a layer to another place."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPalette
from PySide6.QtWidgets import QApplication, QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from cnngui.gui.document import Document
from cnngui.gui.network.input_form import edited_network
from cnngui.gui.network.layer_actions import LayerActions
from cnngui.gui.network.row import InputRow, LayerRow, Row
from cnngui.gui.network.row_drag import RowDrag
from cnngui.gui.theme import SLIM_SCROLL_BAR, SPACE_L, SPACE_M, SPACE_S
from cnngui.gui.widgets.menu import Menu
from cnngui.gui.words.errors import said
from cnngui.spec.cost import Cost, layer_costs
from cnngui.spec.layers import INPUT_ID, LayerSpec
from cnngui.spec.mending import remedy_of

_LEAST_HEIGHT = 96
_WALKING_KEYS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End)


def _is_plain(event: QKeyEvent) -> bool:
    return not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier


class LayerList(QScrollArea):
    """Shows a document's input and layers, one row each.

    Rows live as long as their layer does and are changed in place, so that an editor keeps the
    keyboard while the network changes around it.

    Attributes
    ----------
    hint : says what to do while there are no layers.
    """

    def __init__(
        self, document: Document, actions: LayerActions, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._actions = actions
        self._layer_rows: dict[str, LayerRow] = {}
        self._input_row = InputRow()
        self.hint = QLabel(self.tr("Add a layer to begin"))
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.hint.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.hint.setContentsMargins(0, SPACE_L, 0, SPACE_L)

        self._content = content = QWidget()
        self._box = QVBoxLayout(content)
        self._box.setContentsMargins(SPACE_S, SPACE_S, SPACE_S, SPACE_M)
        self._box.setSpacing(2)
        self._box.addWidget(self._input_row)
        self._box.addWidget(self.hint)
        self._box.addStretch(1)
        self._drag = RowDrag(content)
        self.setWidget(content)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().setStyleSheet(SLIM_SCROLL_BAR)
        self.setMinimumHeight(_LEAST_HEIGHT)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("layers"))
        # Rows have grown or shrunk, or the window has.
        self.verticalScrollBar().rangeChanged.connect(self._reveal_selection)
        self._connect(self._input_row)
        document.spec_changed.connect(self._refresh)
        document.selection_changed.connect(self._on_selection_changed)
        self._refresh()

    def row(self, row_id: str) -> Row:
        """Return the row of a layer, or of "input"; KeyError if there is none."""
        return self._input_row if row_id == INPUT_ID else self._layer_rows[row_id]

    def show_timings(self, layer_ms: Mapping[str, float]) -> None:
        """Show how many milliseconds each layer took for a frame."""
        for layer_id, row in self._layer_rows.items():
            row.show_time(layer_ms.get(layer_id))

    def event(self, event: QEvent) -> bool:
        # Before any shortcut of the window: the arrows walk through the rows.
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self.hasFocus()
            and _is_plain(event)
            and event.key() in _WALKING_KEYS
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Keys that mean nothing here go on to the window, not to the scroll area: its page keys
        # would move the list away from the selection.
        event.setAccepted(self._acts_on(event))

    def _acts_on(self, event: QKeyEvent) -> bool:
        key = event.key()
        if not _is_plain(event):
            return False
        if key == Qt.Key.Key_Escape:
            dragging, inside = self._drag.slot is not None, not self.hasFocus()
            self._cancel_drag()
            if inside:
                self.setFocus()
            return dragging or inside
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            form = self.row(self._document.selected_id).form
            if form is not None and self.hasFocus():
                form.focus_first()
            return True
        if key in _WALKING_KEYS:
            ids = [INPUT_ID, *self._layer_rows]
            index = ids.index(self._document.selected_id)
            wanted: dict[int, int] = {
                Qt.Key.Key_Up: max(0, index - 1),
                Qt.Key.Key_Down: min(len(ids) - 1, index + 1),
                Qt.Key.Key_Home: 0,
                Qt.Key.Key_End: -1,
            }
            self._document.select(ids[wanted[key]])
            return True
        return False

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._mark_selection()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._mark_selection()

    def _connect(self, row: Row) -> None:
        row.clicked.connect(partial(self._on_row_clicked, row.row_id))
        row.menu_requested.connect(partial(self._on_menu_requested, row.row_id))
        row.field_edited.connect(partial(self._on_field_edited, row.row_id))
        row.field_finished.connect(self._document.finish_merging)
        row.mend_requested.connect(partial(self._on_mend_requested, row.row_id))

    def _make_row(self, layer: LayerSpec) -> LayerRow:
        row = LayerRow(layer)
        self._connect(row)
        row.redraw_requested.connect(partial(self._actions.redraw_layer, layer.id))
        row.header.bypass_clicked.connect(partial(self._actions.toggle_bypass, layer.id))
        row.header.drag_moved.connect(partial(self._on_drag_moved, layer.id))
        row.header.drag_ended.connect(partial(self._on_drag_ended, layer.id))
        return row

    def _refresh(self) -> None:
        self._cancel_drag()
        spec, report = self._document.spec, self._document.report
        types = {layer.id: layer.type for layer in spec.layers}
        for row in list(self._layer_rows.values()):
            if types.get(row.row_id) != row.layer_type:
                self._discard(row)
        costs = layer_costs(spec)
        rows: dict[str, LayerRow] = {}
        for place, layer in enumerate(spec.layers, start=1):
            row = rows[layer.id] = self._layer_rows.get(layer.id) or self._make_row(layer)
            if self._box.indexOf(row) != place:
                self._box.insertWidget(place, row)
                self._reveal_soon()
        self._layer_rows = rows
        self.hint.setVisible(not rows)
        self._mark_selection()
        self._input_row.show_network(spec, report)
        for layer in spec.layers:
            rows[layer.id].show_layer(spec, layer, report, costs.get(layer.id, Cost()))

    def _discard(self, row: LayerRow) -> None:
        focus = self.focusWidget()
        if focus is not None and row.isAncestorOf(focus):
            self.setFocus()
        del self._layer_rows[row.row_id]
        self._box.removeWidget(row)
        row.hide()
        row.deleteLater()

    def _mark_selection(self) -> None:
        for row in (self._input_row, *self._layer_rows.values()):
            selected = row.row_id == self._document.selected_id
            row.set_selected(selected, selected and self.hasFocus())

    def _on_selection_changed(self) -> None:
        self._refresh()
        self._reveal_soon()

    def _reveal_soon(self) -> None:
        # The row has its new place only after the layout has run.
        QTimer.singleShot(0, self, self._reveal_selection)

    def _reveal_selection(self) -> None:
        row = self.row(self._document.selected_id)
        self.ensureWidgetVisible(row, 0, SPACE_S)
        # Where a row is taller than the list, the editor in use is seen, or else its beginning.
        focus = QApplication.focusWidget()
        inside = focus is not None and row.isAncestorOf(focus)
        self.ensureWidgetVisible(focus if focus and inside else row.header, 0, SPACE_S)

    def _on_row_clicked(self, row_id: str) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._document.select(row_id)

    def _on_menu_requested(self, row_id: str, position: QPoint) -> None:
        self._document.select(row_id)
        menu = Menu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions(self._actions.all())
        menu.popup(position)

    def _on_field_edited(self, row_id: str, field: str, value: object) -> None:
        if row_id == INPUT_ID:
            edited = edited_network(self._document.spec, field, value)
            text = self.tr("Change {field} of the input").format(field=field)
            self._document.edit(edited, text, merge_key=f"{INPUT_ID}.{field}")
        else:
            self._actions.change_layer(row_id, field, value)

    def _on_mend_requested(self, row_id: str) -> None:
        remedy = remedy_of(self._document.spec, row_id)
        if remedy is not None:
            self._document.edit(remedy.spec, said(remedy.words), select=row_id)
            self.setFocus()

    def _on_drag_moved(self, layer_id: str, pointer: QPoint) -> None:
        if self._drag.slot is None:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._drag.move_to(self.row(layer_id), list(self._layer_rows.values()), pointer)
        self.ensureVisible(0, self._content.mapFromGlobal(pointer).y(), 0, 40)

    def _cancel_drag(self) -> None:
        if self._drag.finish() is not None:
            for row in self._layer_rows.values():
                row.header.forget_press()

    def _on_drag_ended(self, layer_id: str) -> None:
        slot = self._drag.finish()
        if slot is not None:
            index = self._document.spec.index_of(layer_id)
            self._actions.move(layer_id, slot - (slot > index))
