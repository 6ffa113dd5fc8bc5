"""The list of rows: selection, keyboard, folding, and dragging a layer to another place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPalette
from PySide6.QtWidgets import QApplication, QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from cnngui.gui.document import Document
from cnngui.gui.folds import Folds
from cnngui.gui.network.block_row import BlockRow
from cnngui.gui.network.input_form import edited_network
from cnngui.gui.network.layer_actions import LayerActions
from cnngui.gui.network.row import InputRow, LayerRow, Row
from cnngui.gui.network.row_drag import RowDrag
from cnngui.gui.network.search import LayerSearch
from cnngui.gui.theme import SPACE_L, SPACE_M, SPACE_S, give_slim_bars
from cnngui.gui.widgets.menu import Menu
from cnngui.gui.words.errors import said
from cnngui.spec.blocks import Block, Stop, blocks_of, is_large
from cnngui.spec.cost import Cost, layer_costs
from cnngui.spec.layers import INPUT_ID, LayerSpec
from cnngui.spec.mending import remedy_of

_LEAST_HEIGHT = 96
_MOST_FOUND = 50
"""Whoever looks for a layer does not read on."""
_WALKING_KEYS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End)


def _is_plain(event: QKeyEvent) -> bool:
    return not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier


class LayerList(QScrollArea):
    """Shows a document's input and layers, one row each.

    Rows live as long as their layer does and are changed in place, so that an editor keeps the
    keyboard while the network changes around it. A layer has one when it is first seen: not while
    its block is folded.

    Parameters
    ----------
    folds : which blocks of layers stand as one row.
    search : what is typed there leaves the layers that fit, each in a row.

    Attributes
    ----------
    hint : says what to do while there are no layers.
    """

    def __init__(
        self,
        document: Document,
        actions: LayerActions,
        folds: Folds,
        search: LayerSearch,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._actions = actions
        self._folds = folds
        self._search = search
        self._is_looked_through = False
        """While somebody types what is looked for, editors make no less room for what is found."""
        self._layer_rows: dict[str, LayerRow] = {}
        self._block_rows: dict[str, BlockRow] = {}
        self._stops: dict[str, LayerRow | BlockRow] = {}
        """The rows to walk through, by the layer that each selects."""
        self._unseen = 0
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
        give_slim_bars(self)
        self.setMinimumHeight(_LEAST_HEIGHT)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("layers"))
        # Rows have grown or shrunk, or the window has.
        self.verticalScrollBar().rangeChanged.connect(self._reveal_selection)
        self._connect(self._input_row)
        document.spec_changed.connect(self._refresh)
        document.selection_changed.connect(self._on_selection_changed)
        folds.changed.connect(self._on_folds_changed)
        search.wanted_changed.connect(self._on_search_wanted_changed)
        search.step_requested.connect(self._on_search_step_requested)
        search.left.connect(self._on_search_left)
        self._refresh()

    def row(self, row_id: str) -> Row:
        """Return the row of a layer, or of "input"; KeyError if there is none yet."""
        return self._input_row if row_id == INPUT_ID else self._layer_rows[row_id]

    def block_row(self, key: str) -> BlockRow:
        """Return the row of a block, by its first layer; KeyError if it has none."""
        return self._block_rows[key]

    def show_timings(self, layer_ms: Mapping[str, float]) -> None:
        """Show how many milliseconds each layer took for a frame."""
        for layer_id, row in self._stops.items():
            if isinstance(row, LayerRow):
                row.show_time(layer_ms.get(layer_id))
            else:
                known = [layer_ms[name] for name in row.block.layer_ids if name in layer_ms]
                row.show_time(sum(known) if known else None)

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
        row = self._row_seen(self._document.selected_id)
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if isinstance(row, BlockRow):
                self._folds.open(row.block.key)
            elif row is not None and row.form is not None and self.hasFocus():
                row.form.focus_first()
            return True
        if key == Qt.Key.Key_Plus and isinstance(row, BlockRow):
            self._folds.open(row.block.key)
            return True
        if key == Qt.Key.Key_Minus and isinstance(row, LayerRow) and self.hasFocus():
            self._folds.fold_around(self._document.selected_id)
            return True
        if key in _WALKING_KEYS:
            ids = [INPUT_ID, *self._stops]
            chosen = self._document.selected_id
            index = ids.index(chosen) if chosen in ids else 0
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
        if self._is_looked_through:
            self._on_selection_changed()
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
        shown: list[LayerRow | BlockRow] = []
        self._stops = {}
        self._unseen = 0
        headings = self._headings()
        for stop in self._wanted_stops():
            if stop.block is not None:
                self._stops[stop.layer_id] = self._shown_block(stop.block, True)
                shown.append(self._stops[stop.layer_id])
                continue
            if stop.layer_id in headings:
                shown.append(self._shown_block(headings[stop.layer_id], False))
            layer = spec.layer(stop.layer_id)
            row = self._layer_rows.get(layer.id) or self._make_row(layer)
            self._layer_rows[layer.id] = self._stops[layer.id] = row
            shown.append(row)
        self._place(shown)
        self._say_what_to_do()
        self._mark_selection()
        self._input_row.show_network(spec, report)
        for row_shown in shown:
            if isinstance(row_shown, LayerRow):
                layer = spec.layer(row_shown.row_id)
                row_shown.show_layer(spec, layer, report, costs.get(layer.id, Cost()))

    def _wanted_stops(self) -> Sequence[Stop]:
        spec = self._document.spec
        if not self._search.is_used:
            return self._folds.stops(spec)
        found = [Stop((layer.id,)) for layer in spec.layers if self._search.fits(layer)]
        self._unseen = max(len(found) - _MOST_FOUND, 0)
        return found[:_MOST_FOUND]

    def _headings(self) -> Mapping[str, Block]:
        """Return the open blocks that have one: those of networks that are hard to overlook."""
        spec = self._document.spec
        if self._search.is_used or not is_large(spec):
            return {}
        return {block.key: block for block in blocks_of(spec)}

    def _shown_block(self, block: Block, folded: bool) -> BlockRow:
        row = self._block_rows.get(block.key)
        if row is None:
            row = self._block_rows[block.key] = BlockRow(block)
            row.clicked.connect(partial(self._on_block_clicked, block.key))
            row.menu_requested.connect(partial(self._on_block_menu_requested, block.key))
        spec, report = self._document.spec, self._document.report
        costs = layer_costs(spec)
        row.show_block(
            block,
            folded,
            report.shapes.get(block.layer_ids[-1]),
            sum(costs[name].parameters for name in block.layer_ids if name in costs),
            any(problem.layer_id in block.layer_ids for problem in report.problems),
        )
        return row

    def _place(self, shown: Sequence[LayerRow | BlockRow]) -> None:
        """Put rows in their order, and all others out of sight."""
        # Otherwise each row that comes or goes lays out all others.
        self._box.setEnabled(False)
        for place, row in enumerate(shown, start=1):
            item = self._box.itemAt(place)
            if item is None or item.widget() is not row:
                self._box.insertWidget(place, row)
                self._reveal_soon()
            if row.isHidden():
                row.show()
        seen = set(shown)
        for hidden in (*self._layer_rows.values(), *self._block_rows.values()):
            if hidden not in seen and not hidden.isHidden():
                self._give_back_keyboard(hidden)
                hidden.hide()
        self._box.setEnabled(True)
        self._box.invalidate()

    def _say_what_to_do(self) -> None:
        words = self.tr("Add a layer to begin")
        if self._search.is_used and self._stops:
            words = self.tr("{count} more: type more of the name").format(count=self._unseen)
        elif self._search.is_used:
            words = self.tr("No layer has that in its name or type")
        self.hint.setText(words)
        self.hint.setVisible(not self._stops or self._unseen > 0)

    def _give_back_keyboard(self, row: QWidget) -> None:
        focus = self.focusWidget()
        if focus is not None and row.isAncestorOf(focus):
            self.setFocus()

    def _discard(self, row: LayerRow) -> None:
        self._give_back_keyboard(row)
        del self._layer_rows[row.row_id]
        self._box.removeWidget(row)
        row.hide()
        row.deleteLater()

    def _mark_selection(self) -> None:
        chosen = self._row_seen(self._document.selected_id)
        for row in (self._input_row, *self._stops.values()):
            is_chosen = row is chosen
            if isinstance(row, Row):
                row.close_editors(self._is_looked_through)
            row.set_selected(is_chosen, is_chosen and self.hasFocus())

    def _row_seen(self, row_id: str) -> Row | BlockRow | None:
        """Return the row that shows the input or a layer, be it its block's; None if none does."""
        if row_id == INPUT_ID:
            return self._input_row
        stop = self._folds.stop_of(self._document.spec, row_id)
        if stop is not None and not self._search.is_used:
            row_id = stop.layer_id
        return self._stops.get(row_id)

    def _on_selection_changed(self) -> None:
        self._is_looked_through = False
        self._mark_selection()
        row = self._row_seen(self._document.selected_id)
        if isinstance(row, LayerRow):  # its editors may have been made only now
            spec = self._document.spec
            layer = spec.layer(row.row_id)
            cost = layer_costs(spec).get(layer.id, Cost())
            row.show_layer(spec, layer, self._document.report, cost)
        elif isinstance(row, InputRow):
            row.show_network(self._document.spec, self._document.report)
        self._reveal_soon()

    def _on_folds_changed(self) -> None:
        self._refresh()
        self._reveal_soon()

    def _on_search_wanted_changed(self) -> None:
        self._is_looked_through = self._search.is_used
        self._refresh()
        self._reveal_soon()

    def _on_search_step_requested(self, back: bool) -> None:
        ids = list(self._stops)
        if not ids:
            return
        chosen = self._document.selected_id
        if chosen in ids:
            step = -1 if back else 1
            chosen = ids[(ids.index(chosen) + step) % len(ids)]
        else:
            places = {layer.id: place for place, layer in enumerate(self._document.spec.layers)}
            after = [name for name in ids if places[name] > places.get(chosen, -1)]
            chosen = ids[-1] if back else (after or ids)[0]
        self._document.select(chosen)

    def _on_search_left(self) -> None:
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if self._search.is_used and self._row_seen(self._document.selected_id) is None:
            self._on_search_step_requested(back=False)

    def _on_block_clicked(self, key: str) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if key in self._folds.folded:
            self._folds.open(key)
        else:
            self._folds.toggle(key)

    def _on_block_menu_requested(self, key: str, position: QPoint) -> None:
        menu = Menu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        is_folded = key in self._folds.folded
        words = self.tr("Open the block") if is_folded else self.tr("Fold the block")
        menu.addAction(words, partial(self._folds.toggle, key))
        menu.addAction(self.tr("Fold all blocks"), partial(self._folds.fold_all, True))
        menu.addAction(self.tr("Open all blocks"), partial(self._folds.fold_all, False))
        menu.popup(position)

    def _reveal_soon(self) -> None:
        # The row has its new place only after the layout has run.
        QTimer.singleShot(0, self, self._reveal_selection)

    def _reveal_selection(self) -> None:
        row = self._row_seen(self._document.selected_id)
        if row is None:
            return
        self.ensureWidgetVisible(row, 0, SPACE_S)
        if isinstance(row, BlockRow):
            return
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
        self._drag.move_to(self.row(layer_id), list(self._stops.values()), pointer)
        self.ensureVisible(0, self._content.mapFromGlobal(pointer).y(), 0, 40)

    def _cancel_drag(self) -> None:
        if self._drag.finish() is not None:
            for row in self._layer_rows.values():
                row.header.forget_press()

    def _on_drag_ended(self, layer_id: str) -> None:
        slot = self._drag.finish()
        if slot is not None:
            spec, rows = self._document.spec, list(self._stops.values())
            index = spec.index_of(layer_id)
            place = len(spec.layers)
            if slot < len(rows):
                # Before the first layer of what is there: a block is not torn apart.
                row = rows[slot]
                first = row.block.key if isinstance(row, BlockRow) else row.row_id
                place = spec.index_of(first)
            self._actions.move(layer_id, place - (place > index))
