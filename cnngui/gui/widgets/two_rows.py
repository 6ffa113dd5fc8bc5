"""Two parts, one above the other, of which the upper one grows with the room."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QWidget


class TwoRows(QSplitter):
    """The lower part has its usual height until a person moves the handle; then that.

    It gives way where the upper one would get less than it needs.

    Parameters
    ----------
    usual : says how high the lower part is, of so much in all.
    least_upper : pixels that the upper part gets before the lower one has its height.
    """

    def __init__(
        self,
        upper: QWidget,
        lower: QWidget,
        usual: Callable[[int], int],
        least_upper: Callable[[], int] = lambda: 0,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self._usual = usual
        self._least_upper = least_upper
        self._chosen: int | None = None
        self.addWidget(upper)
        self.addWidget(lower)
        self.setStretchFactor(0, 1)
        self.setChildrenCollapsible(False)
        lower.installEventFilter(self)
        self.splitterMoved.connect(self._on_splitter_moved)

    def chosen_sizes(self) -> list[int]:
        """Return the heights of both parts as a person divided them; none if nobody did."""
        if self._chosen is None:
            return []
        return [max(self._room() - self._chosen, 0), self._chosen]

    def choose(self, sizes: list[int]) -> None:
        """Divide the room as a person did; nothing happens where that is not known."""
        if len(sizes) == self.count() and sizes[1] > 0:
            self._chosen = sizes[1]
            self._share()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShowToParent:
            self._share()
        return super().eventFilter(watched, event)

    def _room(self) -> int:
        return self.height() - self.handleWidth()

    def _share(self) -> None:
        room = self._room()
        wanted = self._usual(self.height()) if self._chosen is None else self._chosen
        lower = max(min(wanted, room - self._least_upper()), 0)
        self.setSizes([room - lower, lower])

    @Slot()
    def _on_splitter_moved(self) -> None:
        self._chosen = self.sizes()[1]
