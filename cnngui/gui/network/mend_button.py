"""The button that offers to end a layer's problems."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget

from cnngui.gui.icons import icon
from cnngui.gui.widgets.plain import plain_tip

_FEWEST_LETTERS = 4


class MendButton(QPushButton):
    """Says what would be done, as far as there is room; its tip says all of it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(icon("auto-fix"), "", parent)
        self._words = ""
        self.setAccessibleName(self.tr("Mend it"))

    def set_words(self, words: str) -> None:
        """Offer something."""
        if words != self._words:
            self._words = words
            self.setAccessibleName(words)
            self.setToolTip(plain_tip(words))
            self.setText(words)

    def fit(self, width: int) -> None:
        """Take no more room than that, except for the sign."""
        self.setText(self._words)
        needed = self.sizeHint().width()
        if needed <= width:
            return
        metrics = self.fontMetrics()
        beside = needed - metrics.horizontalAdvance(self._words)
        cut = Qt.TextElideMode.ElideRight
        shown = metrics.elidedText(self._words, cut, max(width - beside, 0))
        self.setText(shown if len(shown) > _FEWEST_LETTERS else "")
