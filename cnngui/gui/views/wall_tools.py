"""The row above the wall: which layer it is, and how its values become pictures."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics, QPalette, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from cnngui.featuremaps.colormaps import DIVERGING, SEQUENTIAL
from cnngui.featuremaps.scaling import SCALINGS
from cnngui.featuremaps.statistics import CHANNEL_ORDERS
from cnngui.gui.icons import icon
from cnngui.gui.theme import SPACE_M, SPACE_S, with_font
from cnngui.gui.view_state import AUTOMATIC, ViewState
from cnngui.gui.widgets.buttons import ICON_SIZE, ChoiceButton, tool_button
from cnngui.gui.widgets.eliding_label import ElidingLabel
from cnngui.gui.widgets.pictures import gradient_icon
from cnngui.gui.widgets.plain import plain_tip, show_plainly
from cnngui.gui.words.numbers import shape_label
from cnngui.gui.words.scales import bulk_text

_BULK, _ALL = "bulk", "all"
_LONGEST_NAME = 200
_NARROW = 620
"""Pixels: below this width the choices are without words."""


class WallTools(QWidget):
    """Title of the layer, scaling, order, colour map, fit."""

    fit_clicked = Signal()

    def __init__(self, state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._title = QLabel(self)
        bold = self.font()
        bold.setBold(True)
        self._title.setFont(bold)
        self._description = ElidingLabel(self)
        self._description.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        show_plainly(self._title)
        self._scaling = self._scaling_button()
        self._span = self._span_button()
        self._order = self._order_button()
        self._again = tool_button(
            "sort-variant",
            self.tr("Sort again"),
            self.tr("Sort again by what is seen now (O): sorted channels stay in their places"),
        )
        self._again.clicked.connect(state.sort_again)
        self._colormap = self._colormap_button()
        self._automatic_map = ""
        self._fit = tool_button(
            "fit-to-screen-outline", self.tr("Fit"), self.tr("Fit the wall (0)")
        )
        self._fit.clicked.connect(self.fit_clicked)
        self._true_size = tool_button(
            "move-resize-variant",
            self.tr("True size"),
            self.tr("Draw maps at their size relative to the input"),
        )
        self._true_size.setCheckable(True)
        self._true_size.toggled.connect(state.set_true_size)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_M, SPACE_S, SPACE_S, SPACE_S)
        row.setSpacing(SPACE_M)
        row.addStrut(self._fit.sizeHint().height())
        row.addWidget(self._title)
        row.addWidget(self._description, 1)
        for tool in (
            *(self._scaling, self._span, self._order, self._again),
            *(self._colormap, self._true_size, self._fit),
        ):
            row.addWidget(tool)

    def refresh(
        self, *, shows_maps: bool, shows_units: bool, signed: bool, is_zoomed: bool
    ) -> None:
        """Bring the row in line with the state and with what is shown below it."""
        name = self._state.layer_id
        # Its end tells the layers of a block apart, and what is beside it needs room, too.
        metrics = QFontMetrics(self._title.font())
        room = with_font(_LONGEST_NAME)
        self._title.setText(metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, room))
        self._title.setToolTip(plain_tip(name))
        description = self._description_text()
        self._description.setText(description)
        self._description.setToolTip(plain_tip(f"{self._state.layer_id}  {description}"))
        self._scaling.show_choice(self._state.scaling)
        self._span.show_choice(_BULK if self._state.clips else _ALL)
        self._order.show_choice(self._state.order)
        self._again.setEnabled(self._state.order != "index")
        self._colormap.show_choice(self._state.chosen_colormaps[signed])
        self._show_automatic_map(self._state.colormap(signed))
        for tool in (self._scaling, self._span, self._colormap, self._true_size, self._fit):
            tool.setVisible(shows_maps)
        for tool in (self._order, self._again):
            tool.setVisible(shows_maps or shows_units)
        self._fit.setEnabled(is_zoomed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        style = (
            Qt.ToolButtonStyle.ToolButtonIconOnly
            if self.width() < with_font(_NARROW)
            else Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        )
        for button in (self._scaling, self._span, self._order, self._colormap):
            button.setToolButtonStyle(style)

    def _description_text(self) -> str:
        layer_id, network = self._state.layer_id, self._state.network
        kind = network.layer(layer_id).type if layer_id in network else ""
        return f"{kind}  {shape_label(self._state.shape_of(layer_id))}".strip()

    def _scaling_button(self) -> ChoiceButton:
        button = ChoiceButton(
            self.tr("Scaling"),
            self.tr("Which values share the range from the first to the last colour"),
            self,
        )
        texts = {
            "map": (self.tr("Each map"), "arrow-expand-vertical"),
            "layer": (self.tr("Whole layer"), "layers-outline"),
            "locked": (self.tr("Locked"), "lock-outline"),
        }
        for key in SCALINGS:
            text, icon_name = texts[key]
            button.add_choice(key, text, icon(icon_name))
        button.chosen.connect(self._state.set_scaling)
        return button

    def _span_button(self) -> ChoiceButton:
        share = bulk_text()
        tip = self.tr(
            "What sets a range: all values of a map, or {share} of those that are not zero,\n"
            "found in a sample, so that a few strong ones do not make all others pale"
        )
        button = ChoiceButton(self.tr("Span of the colours"), tip.format(share=share), self)
        button.add_choice(_BULK, share, icon("chart-bell-curve"))
        button.add_choice(_ALL, self.tr("All values"), icon("arrow-expand-horizontal"))
        button.chosen.connect(lambda key: self._state.set_clips(key == _BULK))
        return button

    def _order_button(self) -> ChoiceButton:
        button = ChoiceButton(self.tr("Order"), self.tr("By what the channels are sorted"), self)
        texts = {
            "index": self.tr("By number"),
            "mean": self.tr("By mean"),
            "maximum": self.tr("By maximum"),
            "variance": self.tr("By variance"),
        }
        for key in CHANNEL_ORDERS:
            name = "sort-numeric-ascending" if key == "index" else "sort-descending"
            button.add_choice(key, texts[key], icon(name))
        button.chosen.connect(self._state.set_order)
        return button

    def _colormap_button(self) -> ChoiceButton:
        button = ChoiceButton(self.tr("Colour map"), self.tr("How values become colours"), self)
        button.setIconSize(ICON_SIZE)
        button.add_choice(AUTOMATIC, self.tr("Automatic"))
        button.add_section(self.tr("Values from zero up"))
        for name in SEQUENTIAL:
            button.add_choice(name, self._colormap_title(name), gradient_icon(name, ICON_SIZE))
        button.add_section(self.tr("Values of both signs"))
        for name in DIVERGING:
            button.add_choice(name, self._colormap_title(name), gradient_icon(name, ICON_SIZE))
        button.chosen.connect(self._on_colormap_chosen)
        return button

    def _colormap_title(self, name: str) -> str:
        titles = {
            "grey": self.tr("Grey"),
            "blue-red": self.tr("Blue-red"),
            "blue-red on dark": self.tr("Blue-red on dark"),
            "purple-green": self.tr("Purple-green"),
        }
        return titles.get(name, name.capitalize())  # the others are names of their own

    def _show_automatic_map(self, name: str) -> None:
        if name != self._automatic_map:
            self._automatic_map = name
            self._colormap.set_icon(AUTOMATIC, gradient_icon(name, ICON_SIZE))

    def _on_colormap_chosen(self, name: str) -> None:
        sequential, diverging = self._state.chosen_colormaps
        if name == AUTOMATIC:
            self._state.set_colormaps(AUTOMATIC, AUTOMATIC)
        elif name in DIVERGING:
            self._state.set_colormaps(sequential, name)
        else:
            self._state.set_colormaps(name, diverging)
