"""Windows, kernels and products as numbers in coloured cells, one row for each map that is read."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from cnngui.featuremaps.colormaps import PRIMARIES
from cnngui.gui.crashes import guarded
from cnngui.gui.number.groups import Group, groups_of, maps_read
from cnngui.gui.number.shown import Shown
from cnngui.gui.number.terms_layout import (
    CAPTION,
    EMPTY,
    OPERATOR,
    Row,
    cell_in,
    laid_out,
    term_at,
)
from cnngui.gui.theme import ACCENT, SPACE_L, SPACE_M, SPACE_S, colors, is_dark
from cnngui.gui.view_state import ViewState
from cnngui.gui.widgets.bars import sign_color
from cnngui.gui.widgets.cell_editing import CellEditing
from cnngui.gui.widgets.cells import cell_colors, paint_cell
from cnngui.gui.widgets.pictures import REGION, draw_picture, fitted, indexed_image, paint_region
from cnngui.gui.words.moments import moment_in
from cnngui.gui.words.naming import channel_label, channel_names
from cnngui.gui.words.numbers import number_text
from cnngui.pipeline.lenses.number import MOST_PICTURES, MapPicture, NumberResult
from cnngui.spec.layers import INPUT_ID, Shape, moments

TINTS = ("#b3261e", "#1a7f37", "#2353c4")
TINTS_ON_DARK = ("#ff7b72", "#4cc268", "#7aa2ff")
"""Words in the input's red, green and blue, to be read on either ground."""


class TermsView(QWidget):
    """Draws the terms of a number that is a sum, a largest, a product or a copy.

    Signals
    -------
    pointed_at : what is under the pointer, in words; "" where there is nothing.
    window_dragged : the window was dragged so many places down and right on the map read.
    weight_edited : a weight was changed by hand; carries the term, the number, and whether that is
        final.
    edit_cancelled : weights are to be again what they were.
    """

    pointed_at = Signal(str)
    window_dragged = Signal(int, int)
    weight_edited = Signal(int, float, bool)
    edit_cancelled = Signal()

    def __init__(self, state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._shown: Shown | None = None
        self._layout = EMPTY
        self._revealed: int | None = None
        self._pointed: int | None = None
        self._dragged: tuple[Row, QPointF] | None = None
        self._font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        self._scale = 1.0
        self.editing = CellEditing(
            self, self._weight_at, self._weight_rect, self._weight, self._next_weight, self._largest
        )
        self.editing.changed.connect(self._on_editing_changed)
        self.editing.cancelled.connect(self.edit_cancelled)
        self._chosen_row = 0
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Terms of the number"))
        state.colormaps_changed.connect(self.update)

    @property
    def shown(self) -> Shown | None:
        """What is drawn."""
        return self._shown

    @property
    def groups(self) -> tuple[Group, ...]:
        """All groups, also those of which no cells are drawn."""
        return self._shown.groups if self._shown is not None else ()

    @property
    def rows(self) -> tuple[Row, ...]:
        """Where groups stand whose cells are drawn."""
        return self._layout.rows

    @property
    def bars(self) -> tuple[tuple[int, QRectF], ...]:
        """Where groups stand that are only a bar; -1 is all the others together."""
        return self._layout.bars

    def show_number(self, result: NumberResult) -> None:
        """Draw a number."""
        known = self._shown
        if known is not None and known.number.question is result.number.question:
            groups = known.groups
        else:
            groups = groups_of(result.number, self._state.network)
        self._shown = Shown(result, groups)
        self._place()
        self.setAccessibleDescription(self._spoken())
        self.update()

    def reveal(self, terms: int | None) -> None:
        """Draw only so many products; None: all of them."""
        if terms != self._revealed:
            self._revealed = terms
            self.update()

    def cell_rect(self, term: int, grid: str) -> QRectF | None:
        """Return where a term's cell is; None if its group's cells are not drawn."""
        for row in self.rows:
            group = self._group(row)
            found = np.flatnonzero(group.terms == term)
            if found.size and grid in row.grids:
                return cell_in(row.grids[grid], group, int(found[0]))
        return None

    def set_scale(self, scale: float) -> None:
        """Draw digits and cells so many times as large."""
        self._scale = scale
        self._place()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(560, self.minimumHeight())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        point = event.position()
        for place, rect in self.bars:
            if rect.contains(point) and place >= 0 and self._shown is not None:
                self._state.select_term(self._shown.groups[self._shown.maps[place][0]].key)
                return
        for row in self.rows:
            if row.thumb.contains(point):
                self._dragged = row, point
                return

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragged is not None:
            self._drag(event.position())
            return
        term, _ = self._term_at(event.position())
        if term != self._pointed:
            self._pointed = term
            self.update()
        self.pointed_at.emit(self._said(term))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._dragged = None

    def leaveEvent(self, event: QEvent) -> None:
        self._pointed = None
        self.pointed_at.emit("")
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            first = self._next_weight(-1, 1)
            if first is not None:
                self.editing.open(first)
                return
        event.ignore()

    @property
    def chosen_group(self) -> Group | None:
        """The group whose cells were clicked last, or the only one whose cells are drawn."""
        if self._shown is None or not self.rows:
            return None
        return self._group(self.rows[min(self._chosen_row, len(self.rows) - 1)])

    @Slot(object, float, bool)
    def _on_editing_changed(self, term: int, value: float, final: bool) -> None:
        self.weight_edited.emit(term, value, final)

    # What the hands on the cells ask.

    def _weight_at(self, point: QPointF) -> int | None:
        for place, row in enumerate(self.rows):
            if row.bounds.contains(point):
                self._chosen_row = place
        term, grid = self._term_at(point)
        return term if grid == "weight" and self._can_edit() else None

    def _weight_rect(self, term: Hashable) -> QRectF | None:
        return self.cell_rect(term, "weight") if isinstance(term, int) else None

    def _weight(self, term: Hashable) -> float:
        if self._shown is None or not isinstance(term, int):
            return 0.0
        return float(self._shown.number.weights[term])

    def _next_weight(self, term: Hashable, by: int) -> int | None:
        if not self._can_edit() or not isinstance(term, int):
            return None
        terms = [int(one) for row in self.rows for one in self._group(row).terms]
        place = terms.index(term) + by if term in terms else 0
        return terms[place] if 0 <= place < len(terms) else None

    def _largest(self) -> float:
        return _scale(self._shown.number.weights) if self._shown is not None else 1.0

    def _can_edit(self) -> bool:
        return self._shown is not None and self._shown.number.question.taps.weight is not None

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        shown = self._shown
        if shown is None:
            return
        painter = QPainter(self)
        for row in self.rows:
            if row.bounds.intersects(QRectF(event.rect())):
                self._paint_row(painter, shown, row)
        for place, rect in self.bars:
            if rect.intersects(QRectF(event.rect())):
                self._paint_bar(painter, shown, place, rect)

    def _place(self) -> None:
        shown = self._shown
        if shown is None or not shown.groups:
            self._layout = EMPTY
        else:
            chosen = self._chosen(shown)
            self._layout = laid_out(shown, chosen, self.width(), self._scale, self._font)
        self.setMinimumHeight(self._layout.height)

    def _chosen(self, shown: Shown) -> int:
        """Return the map whose cells are drawn where those of all would be too many."""
        request = self._state.request().number
        for place, (first, *_) in enumerate(shown.maps):
            if request is not None and shown.groups[first].key == request.term:
                return place
        return shown.strongest[0]

    def _group(self, row: Row) -> Group:
        if self._shown is None:
            raise LookupError("no number is shown")
        return self._shown.groups[row.group]

    # What is under the pointer.

    def _term_at(self, point: QPointF) -> tuple[int | None, str]:
        if self._shown is None:
            return None, ""
        return term_at(self.rows, self._shown, point)

    def _said(self, term: int | None) -> str:
        shown = self._shown
        if term is None or shown is None:
            return ""
        number = shown.number
        taps = number.question.taps
        where = self.label(int(taps.source[term]), int(taps.channel[term]))
        if taps.at.shape[1] > 1:
            *moment, y, x = taps.at[term].tolist()
            if moment:
                where = f"{where}, {self._moment_label(int(taps.source[term]), moment[0])}"
            place = self.tr("{name}, row {row}, column {column}").format(
                name=where, row=y, column=x
            )
        else:
            place = where
        if not taps.inside[term]:
            place = self.tr("{place} (padding)").format(place=place)
        value = number_text(float(number.inputs[term]), digits=5)
        if number.question.kind != "sum":
            return f"{place}:  {value}"
        weight = number_text(float(number.weights[term]), digits=5)
        product = number_text(float(number.products[term]), digits=5)
        return f"{place}:  {value} × {weight} = {product}"

    def label(self, source: int, channel: int) -> str:
        """Return what a channel that is read is called."""
        shown = self._shown
        if shown is None:
            return ""
        source_id = shown.number.question.sources[source]
        names = channel_names(self._state.network, source_id)
        if source_id == INPUT_ID and channel < len(names):
            return names[channel]
        return f"{source_id} {channel_label(channel, names)}"

    def group_label(self, group: Group) -> str:
        """Return what a group is called: its map, and the moment at which that is read."""
        name = self.label(*group.key)
        if group.moment is None:
            return name
        return f"{name}, {self._moment_label(group.source, group.moment)}"

    def _moment_label(self, source: int, moment: int) -> str:
        shown = self._shown
        shape: Shape = ()
        if shown is not None:
            shape = maps_read(self._state.network, shown.number.question.sources[source]) or ()
        return moment_in(moment, moments(shape))

    def _drag(self, here: QPointF) -> None:
        if self._dragged is None or self._shown is None:
            return
        row, start = self._dragged
        picture = self._shown.result.sources.get(self._group(row).picture_key)
        if picture is None:
            return
        target = _picture_rect(picture, row.thumb)
        down = round((here.y() - start.y()) * picture.height / target.height())
        right = round((here.x() - start.x()) * picture.width / target.width())
        if down or right:
            moved = QPointF(
                right * target.width() / picture.width, down * target.height() / picture.height
            )
            self._dragged = row, start + moved
            self.window_dragged.emit(down, right)

    # How it is drawn.

    def _paint_row(self, painter: QPainter, shown: Shown, row: Row) -> None:
        group = shown.groups[row.group]
        is_revealed = self._revealed is None or bool((group.terms < self._revealed).all())
        self._paint_thumb(painter, shown, row, group)
        captions = {
            "window": self.tr("window"),
            "weight": self.tr("kernel") if self._has_kernel(shown) else self.tr("weights"),
            "product": self.tr("products"),
        }
        operators = {"weight": "×", "product": "="}
        is_first = row.group == shown.maps[shown.map_of(row.group)][0]
        for name, grid in row.grids.items():
            small = QFont(self.font())
            small.setPixelSize(11)
            painter.setFont(small)
            painter.setPen(QColor(colors().muted))
            caption = QRectF(grid.x(), grid.y() - CAPTION, max(grid.width(), 60.0), CAPTION)
            if is_first:  # the other moments of a map stand right below
                painter.drawText(caption, int(Qt.AlignmentFlag.AlignLeft), captions[name])
            if name in operators:
                painter.setFont(self.font())
                place = QRectF(grid.x() - OPERATOR, grid.y(), OPERATOR, grid.height())
                painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), operators[name])
            self._paint_grid(painter, shown, group, name, grid)
        self._paint_total(painter, shown, row, is_revealed)
        if not row.map_total.isEmpty() and is_revealed:
            self._paint_map_total(painter, shown, row)

    def _has_kernel(self, shown: Shown) -> bool:
        return shown.number.question.layer.has_kernels

    def _paint_thumb(self, painter: QPainter, shown: Shown, row: Row, group: Group) -> None:
        picture = shown.result.sources.get(group.picture_key)
        if row.thumb.isEmpty():
            return
        small = QFont(self.font())
        small.setPixelSize(11)
        painter.setFont(small)
        is_rgb = self._is_rgb(shown, group)
        tints = TINTS_ON_DARK if is_dark() else TINTS
        room = row.thumb.width() + SPACE_S
        caption = QRectF(row.thumb.x(), row.thumb.y() - CAPTION, room, CAPTION)
        painter.setPen(QColor(tints[group.channel] if is_rgb else colors().muted))
        text = painter.fontMetrics().elidedText(
            self.group_label(group), Qt.TextElideMode.ElideMiddle, round(caption.width())
        )
        painter.drawText(caption, int(Qt.AlignmentFlag.AlignLeft), text)
        if picture is None:  # before the first moment, or after the last: padding
            painter.setPen(QPen(QColor(colors().border), 1, Qt.PenStyle.DashLine))
            painter.drawRect(row.thumb.adjusted(0, 0, -1, -1))
            return
        target = _picture_rect(picture, row.thumb)
        colormap = self._colormap(shown, group, picture.signed)
        image = indexed_image(picture.codes, colormap, picture.signed)
        draw_picture(painter, target, image)
        at = shown.number.question.taps.at[group.terms][:, -2:]
        if at.shape[1] == 2:
            (top, left), (bottom, right) = at.min(axis=0).tolist(), at.max(axis=0).tolist()
            window = QRectF(left, top, right - left + 1, bottom - top + 1)
            paint_region(painter, target, QSize(picture.width, picture.height), window)

    def _is_rgb(self, shown: Shown, group: Group) -> bool:
        source_id = shown.number.question.sources[group.source]
        return source_id == INPUT_ID and self._state.network.input.channels == 3

    def _colormap(self, shown: Shown, group: Group, signed: bool) -> str:
        """Return the colours of a map: the input's red, green and blue have their own."""
        if self._is_rgb(shown, group) and not signed:
            return PRIMARIES[group.channel]
        return self._state.colormap(signed)

    def _paint_grid(
        self, painter: QPainter, shown: Shown, group: Group, name: str, grid: QRectF
    ) -> None:
        number = shown.number
        inside = number.question.taps.inside[group.terms]
        values, texts = self._cells(shown, group, name)
        backs = self._backs(shown, group, name, values)
        if self._layout.font is not None:
            painter.setFont(self._layout.font)
        border = QColor(colors().border)
        for place in range(len(group.terms)):
            term = int(group.terms[place])
            cell = cell_in(grid, group, place)
            hidden = name == "product" and self._revealed is not None and term >= self._revealed
            is_padding = name == "window" and not bool(inside[place])
            if hidden:
                painter.fillRect(cell, QColor(colors().field))
            else:
                text = texts[place] if self._layout.font is not None else ""
                paint_cell(painter, cell, None if is_padding else backs[place], text)
            if cell.width() >= 8:
                painter.setPen(border)
                painter.drawRect(cell)
        self._mark_cells(painter, shown, group, name, grid)

    def _mark_cells(
        self, painter: QPainter, shown: Shown, group: Group, name: str, grid: QRectF
    ) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for place, term in enumerate(group.terms.tolist()):
            if term in shown.number.largest and name == "window":
                painter.setPen(QPen(REGION, 3))
                painter.drawRect(cell_in(grid, group, place).adjusted(1, 1, -1, -1))
            stands_out = term == self._pointed or (
                self._revealed is not None and term == self._revealed - 1
            )
            if stands_out:
                painter.setPen(QPen(ACCENT, 2))
                painter.drawRect(cell_in(grid, group, place).adjusted(1, 1, -1, -1))

    def _cells(
        self, shown: Shown, group: Group, name: str
    ) -> tuple[NDArray[np.float64], list[str]]:
        number = shown.number
        if name == "product":
            place = shown.groups.index(group)
            printed = shown.products_text(place)[0] if self._layout.font is not None else ()
            return number.products[group.terms], list(printed)
        values = (number.inputs if name == "window" else number.weights)[group.terms]
        texts = ["−∞" if value == -np.inf else number_text(value) for value in values.tolist()]
        return values, texts

    def _backs(
        self, shown: Shown, group: Group, name: str, values: NDArray[np.float64]
    ) -> list[QColor]:
        if name == "window":
            picture = shown.result.sources.get(group.picture_key)
            scale = shown.result.source_scales.get(group.source) or _scale(shown.number.inputs)
            signed = picture.signed if picture is not None else bool((values < 0).any())
            colormap = self._colormap(shown, group, signed)
            return cell_colors(values, scale, colormap, signed=signed)
        whole = shown.number.weights if name == "weight" else shown.number.products
        return cell_colors(values, _scale(whole), self._state.diverging, signed=True)

    def _paint_total(self, painter: QPainter, shown: Shown, row: Row, is_revealed: bool) -> None:
        kind = shown.number.question.kind
        place = row.group
        painter.setFont(self.font())
        painter.setPen(QColor(colors().text))
        if kind == "sum":
            sums, rect = shown.sums[place], row.total.adjusted(SPACE_S, 0, 0, 0)
            if is_revealed:
                text = shown.products_text(place)[1]
            else:
                group = shown.groups[place]
                done = group.terms[group.terms < (self._revealed or 0)]
                sums = float(shown.number.products[done].sum())
                text = number_text(sums, digits=4) if done.size else "…"
            painter.drawText(rect, int(Qt.AlignmentFlag.AlignTop), f"Σ  {text}")
            largest = max((abs(s) for s in shown.sums if np.isfinite(s)), default=0.0) or 1.0
            length = (rect.width() - SPACE_M) * min(abs(sums) / largest, 1.0)
            if np.isfinite(length):
                bar = QRectF(rect.x(), rect.y() + 22, length, 8)
                painter.fillRect(bar, sign_color(self._state.diverging, sums))
        elif kind == "max":
            text = self.tr("largest  {value}").format(value=number_text(shown.number.value, 4))
            painter.drawText(row.total, int(Qt.AlignmentFlag.AlignTop), text)

    def _paint_map_total(self, painter: QPainter, shown: Shown, row: Row) -> None:
        """Write below the moments of a map what they add up to."""
        group = shown.groups[row.group]
        line = row.map_total.adjusted(SPACE_S, 2, 0, 0)
        painter.setPen(QPen(QColor(colors().text), 1))
        painter.drawLine(line.topLeft(), QPointF(line.x() + 72 * self._scale, line.y()))
        text = f"{self.label(*group.key)}  {shown.map_text(shown.map_of(row.group))}"
        painter.drawText(line, int(Qt.AlignmentFlag.AlignVCenter), text)

    def _paint_bar(self, painter: QPainter, shown: Shown, place: int, rect: QRectF) -> None:
        listed = [index for index, _ in self.bars if index >= 0]
        if place >= 0:
            value = shown.map_sums[place]
            label = self.label(*shown.groups[shown.maps[place][0]].key)
        else:
            rest = [s for index, s in enumerate(shown.map_sums) if index not in set(listed)]
            value = float(np.sum(rest))
            label = self.tr("the other {count}").format(count=len(rest))
        largest = abs(shown.map_sums[shown.strongest[0]]) or 1.0
        chosen = bool(self.rows) and place >= 0 and self.rows[0].group in shown.maps[place]
        if chosen:
            painter.fillRect(rect, QColor(colors().panel))
        painter.setFont(self.font())
        painter.setPen(QColor(colors().text))
        names = QRectF(rect.x() + SPACE_S, rect.y(), 150, rect.height())
        text = painter.fontMetrics().elidedText(label, Qt.TextElideMode.ElideMiddle, 146)
        painter.drawText(names, int(Qt.AlignmentFlag.AlignVCenter), text)
        track = QRectF(names.right(), rect.y() + 6, rect.width() - 150 - 90, rect.height() - 12)
        share = min(max(value / largest, -1.0), 1.0) if np.isfinite(value) else 0.0
        middle = track.center().x()
        length = share * track.width() / 2
        bar = QRectF(min(middle, middle + length), track.y(), abs(length), track.height())
        painter.fillRect(bar, sign_color(self._state.diverging, value))
        painter.setPen(QColor(colors().border))
        painter.drawLine(QPointF(middle, rect.y() + 2), QPointF(middle, rect.bottom() - 2))
        if chosen:
            painter.setPen(QPen(ACCENT, 2))
            tip = QPointF(rect.x(), rect.center().y())
            arrow = QPolygonF([tip + QPointF(0, -4), tip + QPointF(4, 0), tip + QPointF(0, 4)])
            painter.drawPolyline(arrow)
        painter.setPen(QColor(colors().text))
        numbers = QRectF(track.right() + SPACE_M, rect.y(), 90 - SPACE_L, rect.height())
        align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(numbers, int(align), number_text(value, digits=4))

    def _spoken(self) -> str:
        """Return the terms for a screen reader."""
        shown = self._shown
        if shown is None:
            return ""
        lines = []
        for place in shown.strongest[:MOST_PICTURES]:
            of_map = shown.maps[place]
            for part in of_map if len(of_map) > 1 else ():
                value = number_text(shown.sums[part], digits=4)
                lines.append(f"{self.group_label(shown.groups[part])}: {value}")
            value = number_text(shown.map_sums[place], digits=4)
            lines.append(f"{self.label(*shown.groups[of_map[0]].key)}: {value}")
        return "\n".join(lines)


def _scale(values: NDArray[np.float64]) -> float:
    finite = np.abs(values[np.isfinite(values)])
    return float(finite.max(initial=0.0)) or 1.0


def _picture_rect(picture: MapPicture, room: QRectF) -> QRectF:
    return fitted(QSize(picture.width, picture.height), room.toRect())
