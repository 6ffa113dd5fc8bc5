"""The kernel of one channel of a convolution: as pictures and as numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from cnngui.featuremaps.kernel_wall import largest_weight
from cnngui.featuremaps.scaling import encode
from cnngui.gui.theme import SPACE_S
from cnngui.gui.view_state import ViewState
from cnngui.gui.views.kernel_numbers import KernelNumbers
from cnngui.gui.views.kernel_pictures import KernelPictures
from cnngui.gui.widgets.eliding_label import ElidingLabel
from cnngui.gui.widgets.plain import plain_tip


class KernelView(QWidget):
    """One picture per input channel, and the numbers of the one chosen.

    A kernel that spans time has a picture and a table for each moment, side by side.

    Signals
    -------
    weight_edited : a number was changed by hand; carries the input's place, the tuple of indices
        within the kernel, the number, and whether that is final.
    edit_cancelled : numbers are to be again what they were.
    """

    weight_edited = Signal(int, object, float, bool)
    edit_cancelled = Signal()

    def __init__(self, state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._kernel: NDArray[np.float32] | None = None
        self._source = ""
        self._shown_for: tuple[object, ...] = ()
        self._names: tuple[str, ...] = ()
        self._slices: tuple[str, ...] = ()
        self.pictures = KernelPictures(self)
        self.numbers = KernelNumbers(self)
        # Names of layers may be long, and the panel stays as wide as it is.
        self._numbers_title = ElidingLabel(self, Qt.TextElideMode.ElideMiddle)
        self._numbers_title.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._pictures_area = _scrolling(self.pictures, self)
        self._pictures_area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the pictures have the keyboard
        self._numbers_area = _scrolling(self.numbers, self)
        self._numbers_area.setAccessibleName(self.numbers.accessibleName())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_S)
        column.addWidget(self._pictures_area)
        column.addWidget(self._numbers_title)
        column.addWidget(self._numbers_area)
        self.pictures.chosen.connect(self._on_pictures_chosen)
        self.numbers.editing.changed.connect(self._on_numbers_changed)
        self.numbers.editing.cancelled.connect(self.edit_cancelled)
        state.colormaps_changed.connect(self._color)

    @property
    def chosen_slice(self) -> int | None:
        """Which of the slices is chosen; None of a kernel that does not span time."""
        return self.pictures.slice if self._slices else None

    @Slot(object, float, bool)
    def _on_numbers_changed(self, cell: tuple[int, int, int], value: float, final: bool) -> None:
        tap = cell if self._slices else cell[1:]
        self.weight_edited.emit(self.pictures.current, tap, value, final)

    @Slot(int)
    def _on_pictures_chosen(self, place: int) -> None:
        self._show_numbers(place)

    def show_kernel(
        self,
        kernel: NDArray[np.float32],
        source: str,
        names: tuple[str, ...],
        owner: tuple[str, int] = ("", 0),
        slices: tuple[str, ...] = (),
    ) -> None:
        """Show a kernel ``(in_channels / groups, kh, kw)``, or ``(..., kt, kh, kw)``.

        Parameters
        ----------
        source, names : the layer it reads, and what the channels are called that it reads there.
        owner : its layer and channel. Another one's opens with the input that it weighs most;
            the same one's, changed by learning or by hand, stays where it is looked at.
        slices : of a kernel that spans time, what each of its moments is called.
        """
        if kernel.ndim == 3:
            kernel = kernel[:, np.newaxis]
        if (owner, source, kernel.shape) != self._shown_for:
            self._shown_for = owner, source, kernel.shape
            sums = np.asarray(np.nansum(np.abs(kernel), (2, 3), np.float64))
            self.pictures.current = int(sums.sum(axis=1).argmax())
            self.pictures.slice = int(sums[self.pictures.current].argmax())
        known = self._kernel is not None and np.array_equal(kernel, self._kernel)
        if known and (source, names, slices) == (self._source, self._names, self._slices):
            return
        self._kernel, self._source, self._names, self._slices = kernel, source, names, slices
        self._color()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_heights()

    def _color(self) -> None:
        if self._kernel is None:
            return
        largest = largest_weight(self._kernel)
        codes = encode(self._kernel, -largest, largest)
        colormap = self._state.diverging
        self.pictures.show_codes(codes, self._names, self._slices, colormap)
        self.numbers.take(self._kernel, codes, self._slices, colormap)
        self._show_numbers(self.pictures.current)
        self._fit_heights()

    def _fit_heights(self) -> None:
        if self._kernel is None:
            return
        self.numbers.fit_width(self.width())
        self.pictures.fit_width(self.width())
        self._pictures_area.setFixedHeight(self.pictures.height_shown(self.width()))
        numbers = self.numbers.minimumSize()
        is_scrolled = numbers.width() > self.width()
        scroll_bar = self._numbers_area.horizontalScrollBar().sizeHint().height()
        self._numbers_area.setFixedHeight(numbers.height() + (scroll_bar if is_scrolled else 0))

    def _show_numbers(self, place: int) -> None:
        text = self.tr("Weights for channel {name} of {source}")
        text = text.format(name=self._names[place], source=self._source)
        self._numbers_title.setText(text)
        self._numbers_title.setToolTip(plain_tip(text))
        self.numbers.show_input(place, self.chosen_slice)


def _scrolling(content: QWidget, parent: QWidget) -> QScrollArea:
    area = QScrollArea(parent)
    area.setWidget(content)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return area
