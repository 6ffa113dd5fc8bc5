"""Lines over the epochs, below a title that is also their legend."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtGui import QColor, QFont, QResizeEvent
from PySide6.QtWidgets import (
    QGraphicsItem,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnngui.gui.theme import SPACE_M, SPACE_S, colors, number_font
from cnngui.gui.words.numbers import number_text, share_text
from cnngui.gui.words.runs import last_number

_MOST_DOTS = 60
_HEADER_PIXELS, _AXIS_PIXELS = 12, 11
_MARGIN_X, _MARGIN_Y = 0.03, 0.05
"""Around the lines, as shares: room for the first and the last number on each axis."""
_LEFT_AXIS_WIDTH, _BOTTOM_AXIS_HEIGHT, _LOW_BOTTOM_AXIS_HEIGHT = 34, 32, 18
_ROOMY = 150
_SMALLEST = 1e-6
"""A loss on a logarithmic scale is shown down to here: below, nothing is left to be learned."""

Values = NDArray[np.float32]


@dataclass(frozen=True)
class Line:
    """One line of a plot.

    Attributes
    ----------
    epochs, values : float32 ``(N,)``; values that are not finite leave a gap.
    width : in pixels.
    style : how it is dashed.
    dots : whether each value has a dot, as long as there are few.
    """

    epochs: Values
    values: Values
    color: QColor
    width: float
    dots: bool = False
    style: Qt.PenStyle = Qt.PenStyle.SolidLine


@dataclass(frozen=True)
class Mark:
    """A moment at which something was changed, in epochs, and what to call it."""

    epoch: float
    text: str


@dataclass(frozen=True)
class LegendEntry:
    """What a legend says of a line.

    Attributes
    ----------
    color, sign : as the line is drawn.
    name : left away where there is only room for figures.
    values : the last one is the figure.
    """

    color: str
    name: str
    values: Values
    sign: str = "●"


class Plot(QWidget):
    """A title that is also the legend, and lines below it.

    Parameters
    ----------
    title : what the lines are of.
    is_share : the values are shares, 0 to 1, shown as percents; else they are 0 or more.
    """

    def __init__(self, title: str, *, is_share: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = title
        self._is_share = is_share
        self._range: tuple[float, float, float] | None = None
        self._is_log = False
        self._lines: Sequence[Line] = ()
        self._fitted_to: Sequence[Values] = ()
        self._epochs = 1.0
        self._marks: list[tuple[Mark, pg.InfiniteLine]] = []
        self._header = QLabel()
        self._header.setTextFormat(Qt.TextFormat.RichText)
        small = QFont(self.font())
        small.setPixelSize(_HEADER_PIXELS)
        self._header.setFont(number_font(small))
        self._header.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._view = pg.PlotWidget(background=None)
        self._view.setAccessibleName(title)
        self._view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._view.setMinimumSize(100, 48)
        self._plot = self._view.getPlotItem()
        self._plot.setMenuEnabled(False)
        self._plot.hideButtons()
        self._plot.setMouseEnabled(x=False, y=False)
        self._plot.disableAutoRange()
        self._plot.showGrid(x=True, y=True, alpha=0.15)
        self._curves: list[pg.PlotCurveItem] = []
        self._dots: list[pg.ScatterPlotItem] = []
        self._looks: list[tuple[object, ...]] = []
        self._legend: Sequence[LegendEntry] = ()
        self._set_up_axes()
        self._take_colors()
        head = QHBoxLayout()
        head.setSpacing(SPACE_S)
        head.addWidget(self._header, 1)
        if not is_share:
            head.addWidget(self._make_log_button())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_S)
        column.addLayout(head)
        column.addWidget(self._view, 1)

    @property
    def legend_text(self) -> str:
        """What the title and the legend say, as rich text."""
        return self._header.text()

    @property
    def lines(self) -> list[tuple[Values, Values]]:
        """Epochs and values of every line shown."""
        return [(line.epochs, line.values) for line in self._lines]

    @property
    def marks(self) -> list[Mark]:
        """What is marked on the way."""
        return [mark for mark, _ in self._marks]

    @property
    def curve_items(self) -> list[pg.PlotCurveItem]:
        """Every line shown, as it is drawn."""
        return [curve for curve in self._curves if curve.isVisible()]

    @property
    def view_range(self) -> tuple[list[float], list[float]]:
        """From where to where epochs and values are shown."""
        x, y = self._plot.getViewBox().viewRange()
        return x, y

    @property
    def background(self) -> QColor:
        """The colour behind the lines."""
        return self._plot.getViewBox().background.brush().color()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._take_colors()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_axis()
        self._write_header()

    def show_lines(self, lines: Sequence[Line], epochs: float, fitted_to: Iterable[Values]) -> None:
        """Draw lines from 0 to ``epochs``, as high as the highest finite value ``fitted_to``."""
        self._lines, self._epochs, self._fitted_to = lines, epochs, list(fitted_to)
        self._draw_lines()

    def show_marks(self, marks: Sequence[Mark]) -> None:
        """Draw an upright line for each change that was made on the way."""
        if list(marks) == self.marks:
            return
        for _, line in self._marks:
            self._plot.removeItem(line)
        self._marks = [(mark, self._mark_line(mark)) for mark in marks]
        for _, line in self._marks:
            self._plot.addItem(line)
        self._view.setAccessibleDescription("; ".join(mark.text for mark in marks))

    @Slot(bool)
    def set_log(self, is_log: bool) -> None:
        """Let each tenth of a value take as much room as the one before, or not."""
        self._is_log = is_log
        self._plot.getAxis("left").setLogMode(y=is_log)
        self._draw_lines()

    def _draw_lines(self) -> None:
        lines = self._lines
        while len(self._curves) < len(lines):
            self._add_line()
        for place, (curve, dots) in enumerate(zip(self._curves, self._dots, strict=True)):
            line = lines[place] if place < len(lines) else None
            curve.setVisible(line is not None)
            dots.setVisible(line is not None and line.dots and len(line.values) <= _MOST_DOTS)
            if line is not None:
                pen = pg.mkPen(line.color, width=line.width, style=line.style)
                curve.setData(line.epochs, self._height_of(line.values), pen=pen)
            if line is not None and dots.isVisible():
                self._show_dots(place, line)
        epochs = self._epochs
        low, high = (0.0, 1.0) if self._is_share else self._reach()
        if self._range != (epochs, low, high):
            self._range = (epochs, low, high)
            beside, above = _MARGIN_X * epochs, _MARGIN_Y * (high - low)
            self._plot.setRange(
                xRange=(-beside, epochs + beside), yRange=(low - above, high + above), padding=0
            )

    def show_legend(self, entries: Sequence[LegendEntry]) -> None:
        """Say behind the title which line is what, and where each one stands."""
        self._legend = entries
        self._write_header()

    def _write_header(self) -> None:
        """Leave the names away where there is only room for the figures."""
        figures = [
            (entry, share_text(last) if self._is_share else number_text(last))
            for entry in self._legend
            if (last := last_number(entry.values)) is not None
        ]
        plain = self._title + "".join(
            f"    {entry.sign} {entry.name} {figure}" for entry, figure in figures
        )
        is_roomy = self._header.fontMetrics().horizontalAdvance(plain) <= self.width()
        parts = [f"<b>{escape(self._title)}</b>"]
        for entry, figure in figures:
            words = f"{entry.name} {figure}".strip() if is_roomy else figure
            words = escape(words).replace(" ", "&nbsp;")
            sign = entry.sign.replace(" ", "&nbsp;")
            parts.append(f'<span style="color: {entry.color}">{sign}</span>&nbsp;{words}')
        self._header.setText(" &nbsp; ".join(parts))

    def _take_colors(self) -> None:
        scheme = colors()
        for name in ("left", "bottom"):
            axis = self._plot.getAxis(name)
            axis.setPen(pg.mkPen(scheme.outline))
            axis.setTextPen(pg.mkPen(scheme.muted))
        self._plot.getViewBox().setBackgroundColor(scheme.field)
        for _, line in self._marks:
            line.setPen(pg.mkPen(scheme.muted, style=Qt.PenStyle.DashLine))
            line.label.setColor(scheme.muted)

    def _make_log_button(self) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName("plot_log")
        button.setText(self.tr("log"))
        button.setAccessibleName(self.tr("Logarithmic scale"))
        button.setToolTip(
            self.tr("Show losses on a logarithmic scale: small ones are told apart, too")
        )
        button.setCheckable(True)
        button.setAutoRaise(True)
        button.setFont(self._header.font())
        button.toggled.connect(self.set_log)
        return button

    def _mark_line(self, mark: Mark) -> pg.InfiniteLine:
        scheme = colors()
        options = {"position": 0.92, "color": scheme.muted, "anchors": [(0, 0.5), (1, 0.5)]}
        return pg.InfiniteLine(
            mark.epoch,
            angle=90,
            pen=pg.mkPen(scheme.muted, style=Qt.PenStyle.DashLine),
            label=mark.text,
            labelOpts=options,
        )

    def _height_of(self, values: Values) -> Values:
        """Return where values are drawn on the axis."""
        if not self._is_log:
            return values
        with np.errstate(invalid="ignore"):
            return np.log10(np.maximum(values, np.float32(_SMALLEST)))

    def _reach(self) -> tuple[float, float]:
        """Return from where to where the axis of a loss goes."""
        highest = _highest(self._fitted_to)
        if not self._is_log:
            return 0.0, highest
        lowest = min(
            (float(values[np.isfinite(values)].min(initial=highest)) for values in self._fitted_to),
            default=highest,
        )
        low, high = (math.log10(max(value, _SMALLEST)) for value in (lowest, highest))
        return min(low, high - 1), high

    def _set_up_axes(self) -> None:
        font = QFont(self.font())
        font.setPixelSize(_AXIS_PIXELS)
        for name in ("left", "bottom"):
            axis = self._plot.getAxis(name)
            axis.enableAutoSIPrefix(False)
            # Lines change several times a second, what is written beside them hardly ever.
            axis.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
            axis.setStyle(tickFont=font, tickLength=-3, hideOverlappingLabels=False)
        self._plot.setContentsMargins(0, SPACE_S, SPACE_M, 0)
        self._plot.getAxis("left").setWidth(_LEFT_AXIS_WIDTH)
        self._plot.setLabel("bottom", self.tr("epochs"), **{"font-size": f"{_AXIS_PIXELS}px"})
        self._fit_axis()
        if self._is_share:
            self._plot.getAxis("left").setScale(100)

    def _show_dots(self, place: int, line: Line) -> None:
        heights = self._height_of(line.values)
        look = (line.color.rgba(), line.epochs.tobytes(), heights.tobytes())
        if look != self._looks[place]:  # they change once in an epoch, and cost as much as a line
            self._looks[place] = look
            self._dots[place].setData(line.epochs, heights, brush=pg.mkBrush(line.color))

    def _fit_axis(self) -> None:
        """Name the epochs where there is room: in a low drawer the lines need it more."""
        is_roomy = self.height() >= _ROOMY
        axis = self._plot.getAxis("bottom")
        axis.showLabel(is_roomy)
        axis.setHeight(_BOTTOM_AXIS_HEIGHT if is_roomy else _LOW_BOTTOM_AXIS_HEIGHT)

    def _add_line(self) -> None:
        curve = pg.PlotCurveItem(connect="finite", antialias=True)
        dots = pg.ScatterPlotItem(size=5, pen=None, antialias=True)
        self._plot.addItem(curve)
        self._plot.addItem(dots)
        self._curves.append(curve)
        self._dots.append(dots)
        self._looks.append(())


def _highest(courses: Iterable[Values]) -> float:
    """Return what a loss axis must reach; 1 where nothing was measured."""
    highest = 0.0
    for values in courses:
        finite = values[np.isfinite(values)]
        highest = max(highest, float(finite.max(initial=0.0)))
    return highest or 1.0
