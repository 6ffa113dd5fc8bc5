"""The wall's picture: zoom, pan, pointing, choosing."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QMargins, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QResizeEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QGraphicsScene,
    QGraphicsView,
    QWidget,
)

from cnngui.featuremaps.wall import WallLayout
from cnngui.gui.theme import SPACE_M, colors
from cnngui.gui.view_state import ViewState
from cnngui.gui.views.held import Held
from cnngui.gui.views.viewport import Viewport
from cnngui.gui.views.wall_overlay import Cell, Tile, WallOverlay, labelled_picture
from cnngui.gui.views.wall_picture import WallPicture, in_color
from cnngui.gui.widgets.spoken import SpokenItem, say_chosen
from cnngui.gui.words.moments import moment_in
from cnngui.gui.words.naming import channel_label, channel_names
from cnngui.gui.words.numbers import number_text, shape_label
from cnngui.gui.words.scales import ranked, wall_scale_text
from cnngui.pipeline.lenses.wall import WallResult, planned
from cnngui.pipeline.results import FrameResult
from cnngui.spec.layers import INPUT_ID

_MARGIN = SPACE_M
ZOOM_STEP = 1.25
_WHEEL_NOTCH = 120
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class WallCanvas(QGraphicsView):
    """All tiles as one image with labels over it.

    ``pointed_at`` says in words what is under the pointer; empty where there is nothing.
    """

    pointed_at = Signal(str)

    def __init__(self, state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._request = state.request()
        self._held: Held[WallResult] = Held(state.playhead)
        self._names: tuple[str, ...] = ()
        self._viewport = Viewport()
        self._pointer: QPointF | None = None
        self._pressed: QPointF | None = None
        self._is_panning = False
        self._slot_after_turning: int | None = None
        self._overlay_cause: tuple[object, ...] = ()
        self._image = WallPicture(state)
        self._overlay = WallOverlay()
        scene = QGraphicsScene(self)
        scene.addItem(self._image)
        scene.addItem(self._overlay)
        self.setScene(scene)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Feature maps"))
        self.setAccessibleDescription(self.tr("Arrows choose a channel, Page Up and Down turn"))
        self.setMinimumSize(160, 120)
        self._take_colors()
        state.changed.connect(self._on_state_changed)
        state.colormaps_changed.connect(self._on_state_colormaps_changed)
        state.playhead.moved.connect(self._on_playhead_moved)

    @property
    def _wall(self) -> WallResult | None:
        return self._held.shown

    @property
    def moment(self) -> int:
        """The moment that is seen, from 0 for the oldest; 0 of a layer without."""
        wall = self._wall
        if wall is None or wall.moments is None:
            return 0
        place = self._state.playhead.place
        is_played = self._state.playhead.is_playing and place in wall.moments.places
        return place if is_played else wall.moments.chosen

    @property
    def layout_shown(self) -> WallLayout | None:
        """Where the tiles of the picture shown are; None before the first."""
        return self._wall.layout if self._wall else None

    @property
    def zoom(self) -> float:
        """1 where the whole wall fits."""
        return self._viewport.zoom

    def show_result(self, result: FrameResult) -> None:
        """Paint the wall of a result that has one."""
        wall = result.part(WallResult)
        if wall is None:
            return
        if self._wall is None or self._wall.layer_id != wall.layer_id:
            self._viewport.fit()
            self._slot_after_turning = None
        if not self._held.take(wall, result.view):
            return
        self._request = result.view
        self._names = channel_names(self._state.network, wall.layer_id)
        fitting = planned(wall.values.shape, self._state.network.input, result.view)
        self._viewport.set_wall(fitting.width, fitting.height)
        self._show()
        self._choose_after_turning(wall)
        self._place()

    def claim(self, size: QSize) -> None:
        """Ask for walls that fit this size: the canvas has it, or will when it is shown."""
        self._state.set_wall_size(*self._in_device_pixels(size.shrunkBy(QMargins(*4 * (_MARGIN,)))))

    def tile_rect(self, slot: int) -> QRectF:
        """Return where a slot's tile is on the widget."""
        layout = self._shown().layout
        left, top, width, height = self._viewport.rect
        across, down = width / layout.width, height / layout.height
        x, y, tile_width, tile_height = layout.tile_rect(slot)
        ratio = self.devicePixelRatioF()
        return QRectF(
            (left + x * across) / ratio,
            (top + y * down) / ratio,
            tile_width * across / ratio,
            tile_height * down / ratio,
        )

    def scale_text(self) -> str:
        """Say what the colours mean."""
        wall, asked = self._wall, self._request
        if wall is None:
            return ""
        low, high = float(wall.low[0]), float(wall.high[0])
        return wall_scale_text(asked.scaling, clips=asked.clips, low=low, high=high)

    def item_count(self) -> int:
        """Return how many tiles are on the page shown."""
        return self._wall.layout.shown if self._wall is not None else 0

    def item_at(self, place: int) -> SpokenItem:
        """Return a tile as it is told of."""
        wall = self._shown()
        channel = int(wall.channels[place])
        text = self.tr("channel {channel}, from {low} to {high}").format(
            channel=self._label(place),
            low=number_text(float(wall.statistics.minimum[channel])),
            high=number_text(float(wall.statistics.maximum[channel])),
        )
        is_chosen = channel == self._state.channel
        return SpokenItem(text, self.tile_rect(place).toRect(), is_chosen)

    def copy_picture(self) -> QImage:
        """Return the whole wall as it is drawn, labels included; a null image if there is none."""
        wall = self._wall
        if wall is None:
            return QImage()
        return labelled_picture(
            in_color(self._state, wall, self.moment),
            [
                Tile(
                    QRectF(*wall.layout.tile_rect(slot)),
                    self._label(slot),
                    is_dead,
                    cells=self._cells(wall, slot, 1.0, QPointF(0, 0)),
                )
                for slot, (_, is_dead) in enumerate(self._channels(wall))
            ],
        )

    def move_channel(self, right: int, down: int) -> None:
        """Choose the channel that many tiles further; over an edge of the page, on the next one."""
        if self._wall is None:
            return
        layout, channels = self._wall.layout, self._wall.channels
        here = np.flatnonzero(channels == self._state.channel)
        slot = int(here[0]) + right + down * layout.columns if here.size else 0
        if 0 <= slot < layout.shown:
            self._choose(slot)
        elif slot < 0 and layout.page > 0:
            self._slot_after_turning = slot
            self._state.set_page(layout.page - 1)
        elif slot >= layout.shown and layout.page < layout.pages - 1:
            self._slot_after_turning = slot - layout.shown
            self._state.set_page(layout.page + 1)

    def turn_page(self, by: int) -> None:
        """Show another page; stays at the first and the last."""
        if self._wall is not None:
            layout = self._wall.layout
            self._state.set_page(max(0, min(layout.pages - 1, layout.page + by)))

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Magnify around a point of the widget, or its centre."""
        at = at or QRectF(self.rect()).center()
        ratio = self.devicePixelRatioF()
        self._viewport.zoom_at(at.x() * ratio, at.y() * ratio, factor)
        self._state.set_zoom(self._viewport.zoom)
        self._place()

    def fit(self) -> None:
        """Show the whole wall again."""
        self._viewport.fit()
        self._state.set_zoom(1.0)
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # The scene has the view's own pixels as its coordinates.
        self.setSceneRect(QRectF(self.rect()))
        self._viewport.set_view(*self._in_device_pixels(event.size()))
        self.claim(event.size())
        self._place()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._take_colors()

    def wheelEvent(self, event: QWheelEvent) -> None:
        notches = event.angleDelta().y() / _WHEEL_NOTCH
        self.zoom_by(ZOOM_STEP**notches, event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._pressed = event.position()
            self._is_panning = False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        here = event.position()
        if self._pressed is not None and self._viewport.zoom > 1:
            moved = here - self._pressed
            if self._is_panning or moved.manhattanLength() >= QApplication.startDragDistance():
                self._is_panning = True
                self._pressed = here
                self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
                ratio = self.devicePixelRatioF()
                self._viewport.pan(moved.x() * ratio, moved.y() * ratio)
        self._pointer = here
        self._place()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        was_click = self._pressed is not None and not self._is_panning
        self._pressed, self._is_panning = None, False
        self.viewport().unsetCursor()
        place = self._locate(event.position())
        if was_click and event.button() == Qt.MouseButton.LeftButton and place is not None:
            slot, at = place
            self._choose(slot)
            self._state.select_place(at)
            if self._shown().layout.moments > 1:
                self._state.set_moment(at[0])

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)
        if event.button() == Qt.MouseButton.LeftButton and self._locate(event.position()):
            self._state.show_sight("number")

    def leaveEvent(self, event: QEvent) -> None:
        self._pointer = None
        self._state.point_at(None)
        self._place()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if event.matches(QKeySequence.StandardKey.ZoomIn) or key == Qt.Key.Key_Plus:
            self.zoom_by(ZOOM_STEP)
        elif event.matches(QKeySequence.StandardKey.ZoomOut) or key == Qt.Key.Key_Minus:
            self.zoom_by(1 / ZOOM_STEP)
        elif key == Qt.Key.Key_0:
            self.fit()
        elif key in _ARROWS:
            self.move_channel(*_ARROWS[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._state.show_sight("number")
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self.turn_page(1 if key == Qt.Key.Key_PageDown else -1)
        else:
            event.ignore()

    def _shown(self) -> WallResult:
        if self._wall is None:
            raise LookupError("there is no wall yet")
        return self._wall

    def _in_device_pixels(self, size: QSize) -> tuple[int, int]:
        ratio = self.devicePixelRatioF()
        return round(size.width() * ratio), round(size.height() * ratio)

    def _channels(self, wall: WallResult) -> list[tuple[int, bool]]:
        dead = wall.statistics.is_dead[wall.channels]
        return list(zip(wall.channels.tolist(), dead.tolist(), strict=True))

    def _label(self, slot: int) -> str:
        """Return number and name of a slot's channel, after its rank where they are sorted."""
        wall = self._shown()
        label = channel_label(int(wall.channels[slot]), self._names)
        if self._request.order == "index":
            return label
        return ranked(wall.layout.first + slot + 1, label)

    def _choose(self, slot: int) -> None:
        self._state.select_channel(int(self._shown().channels[slot]))
        tile, ratio = self.tile_rect(slot), self.devicePixelRatioF()
        self._viewport.reveal(
            tile.x() * ratio, tile.y() * ratio, tile.width() * ratio, tile.height() * ratio
        )
        self._place()
        say_chosen(self, slot)

    def _choose_after_turning(self, wall: WallResult) -> None:
        if self._slot_after_turning is None or wall.layout.page != self._state.page:
            return
        slot, self._slot_after_turning = self._slot_after_turning, None
        shown = wall.layout.shown
        self._choose(min(slot, shown - 1) if slot >= 0 else max(shown + slot, 0))

    def _locate(self, point: QPointF | None) -> tuple[int, tuple[int, ...]] | None:
        """Return slot and place, (row, column) or (t, row, column), of the value at a point."""
        wall = self._wall
        if point is None or wall is None:
            return None
        left, top, width, height = self._viewport.rect
        ratio, layout = self.devicePixelRatioF(), wall.layout
        found = layout.locate(
            (point.x() * ratio - left) * layout.width / width,
            (point.y() * ratio - top) * layout.height / height,
        )
        if found is None:
            return None
        slot, moment, *at = found
        if wall.moments is None:
            return slot, tuple(at)
        return slot, (moment if layout.moments > 1 else self.moment, *at)

    def _cells(
        self, wall: WallResult, slot: int, scale: float, origin: QPointF
    ) -> tuple[Cell, ...]:
        """Return the moments that are side by side in a tile, named in the first row of tiles."""
        layout, moments = wall.layout, wall.moments
        if layout.moments == 1 or moments is None:
            return ()
        is_named = slot < layout.columns
        cells = []
        for moment in moments.places:
            x, y, width, height = layout.moment_rect(slot, moment)
            rect = QRectF(x * scale, y * scale, width * scale, height * scale).translated(origin)
            label = moment_in(moment, moments.count) if is_named else ""
            cells.append(Cell(rect, label, moment == moments.chosen))
        return tuple(cells)

    def _place(self) -> None:
        """Put picture, labels and outlines where they belong, and say what is pointed at."""
        wall = self._wall
        if wall is None:
            return
        left, top, width, height = self._viewport.rect
        ratio = self.devicePixelRatioF()
        self._image.setTransform(
            QTransform(
                width / wall.layout.width / ratio,
                0,
                0,
                height / wall.layout.height / ratio,
                left / ratio,
                top / ratio,
            )
        )
        pointed = None if self._is_panning else self._locate(self._pointer)
        self._mark(wall, pointed[0] if pointed else None)
        self._state.point_at((wall.layer_id, pointed[1]) if pointed else None)
        self.pointed_at.emit(self._description(wall, pointed))

    def _mark(self, wall: WallResult, pointed_slot: int | None) -> None:
        """Draw the overlay anew if anything in it changed: most frames change only the picture."""
        channels = self._channels(wall)
        cause = (
            *(wall.layout, self._viewport.rect, self.size(), self.devicePixelRatioF()),
            *(channels, self._names, self._state.channel, pointed_slot),
            *(self._request.order, wall.moments),
        )
        if cause == self._overlay_cause:
            return
        self._overlay_cause = cause
        left, top, width, _ = self._viewport.rect
        ratio = self.devicePixelRatioF()
        scale, origin = width / wall.layout.width / ratio, QPointF(left, top) / ratio
        self._overlay.show_tiles(
            QRectF(self.rect()),
            [
                Tile(
                    self.tile_rect(slot),
                    self._label(slot),
                    is_dead,
                    is_selected=channel == self._state.channel,
                    is_hovered=slot == pointed_slot,
                    cells=self._cells(wall, slot, scale, origin),
                )
                for slot, (channel, is_dead) in enumerate(channels)
            ],
        )

    def _description(self, wall: WallResult, place: tuple[int, tuple[int, ...]] | None) -> str:
        if place is None:
            return ""
        slot, at = place
        *times, row, column = at
        channel = int(wall.channels[slot])
        moment = times[0] if times else 0
        value = wall.value(channel, moment, row, column)
        text = self.tr("channel {channel}   row {row}, column {column}   value {value}")
        if wall.moments is not None:
            text = self.tr(
                "channel {channel}   {moment}, row {row}, column {column}   value {value}"
            )
        text = text.format(
            channel=self._label(slot),
            moment=moment_in(moment, wall.moments.count) if wall.moments is not None else "",
            row=row,
            column=column,
            value=number_text(value, digits=5),
        )
        if value < wall.low[channel] or value > wall.high[channel]:
            text += self.tr("   clipped")
        if wall.statistics.is_dead[channel]:
            text += self.tr("   zero everywhere")
        seen = self._state.regions.get(INPUT_ID)
        if seen is not None and wall.layer_id != INPUT_ID:
            size = shape_label(tuple(len(axis) for axis in seen[1:]))
            text += self.tr("   sees {size}").format(size=size)
        return text

    def _on_state_changed(self) -> None:
        if self._state.zoom == 1.0:
            self._viewport.fit()
        self._place()

    def _show(self) -> None:
        if self._wall is not None:
            self._image.show_wall(self._wall, self.moment)

    def _on_state_colormaps_changed(self) -> None:
        self._image.forget_colors()
        self._show()

    def _on_playhead_moved(self) -> None:
        self._held.turn()
        self._show()
        self._place()

    def _take_colors(self) -> None:
        self.setBackgroundBrush(QColor(colors().canvas))
        self._overlay_cause = ()
