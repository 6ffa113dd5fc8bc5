"""The wall's own picture, in colour, and the moment of it that is to be seen."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from cnngui.gui.view_state import ViewState
from cnngui.gui.views.tints import GROUND, tint, tints_of
from cnngui.gui.widgets.pictures import indexed_image
from cnngui.pipeline.lenses.wall import WallResult


class WallPicture(QGraphicsItem):
    """A picture, one unit of its coordinates per pixel."""

    def __init__(self, state: ViewState) -> None:
        super().__init__()
        self._state = state
        self._image = QImage()
        self._known: tuple[WallResult, dict[int, QImage]] | None = None

    def show_wall(self, wall: WallResult, moment: int) -> None:
        """Show a wall at one of the moments that it holds."""
        image = self._drawn(wall, moment)
        if image.size() != self._image.size():
            self.prepareGeometryChange()
        self._image = image
        self.update()

    def forget_colors(self) -> None:
        """Draw anew what was drawn: colours have another meaning."""
        self._known = None

    def _drawn(self, wall: WallResult, moment: int) -> QImage:
        """Return what a moment looks like; those of one wall are kept while they go round."""
        if self._known is None or self._known[0] is not wall:
            self._known = wall, {}
        pictures = self._known[1]
        if moment not in pictures:
            pictures[moment] = in_color(self._state, wall, moment)
        return pictures[moment]

    def boundingRect(self) -> QRectF:
        return QRectF(self._image.rect())

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        painter.drawImage(0, 0, self._image)


def in_color(state: ViewState, wall: WallResult, moment: int) -> QImage:
    """Return a wall at one of the moments that it holds, in the colours that are chosen."""
    codes = wall.codes_of(moment)
    tints = tints_of(state, wall.layer_id, wall.signed)
    if not tints:
        return indexed_image(codes, state.colormap(wall.signed), wall.signed)
    places = [
        (QRect(*wall.layout.tile_rect(slot)), tints[channel])
        for slot, channel in enumerate(wall.channels.tolist())
    ]
    return tint(indexed_image(codes, GROUND, signed=False), places)
