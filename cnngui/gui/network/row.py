"""One row of the list: the two lines, and when it is selected the editors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QContextMenuEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from cnngui.gui.crashes import guarded
from cnngui.gui.network.input_form import InputForm
from cnngui.gui.network.layer_form import LayerForm
from cnngui.gui.network.mend_button import MendButton
from cnngui.gui.network.row_header import HeaderContent, RowHeader
from cnngui.gui.network.row_paint import paint_card
from cnngui.gui.theme import SPACE_M
from cnngui.gui.widgets.form import Form
from cnngui.gui.widgets.spoken import say_chosen
from cnngui.gui.words.arguments import arguments_summary
from cnngui.gui.words.errors import problem_text, said
from cnngui.gui.words.lists import listed
from cnngui.gui.words.numbers import (
    milliseconds_label,
    parameters_label,
    shape_label,
    translate,
)
from cnngui.gui.words.time import frames_text
from cnngui.spec.checks import Problem
from cnngui.spec.cost import Cost
from cnngui.spec.layers import INPUT_ID, LAYER_TYPES, LayerSpec
from cnngui.spec.mending import Remedy, remedy_of
from cnngui.spec.network import NetworkSpec
from cnngui.spec.shapes import ShapeReport


class Row(QWidget):
    """What the rows of layers and of the input have in common.

    Signals
    -------
    clicked : the header was clicked.
    menu_requested : a context menu is wanted there (global position).
    field_edited : the user gave a field another value; carries its name and the value.
    field_finished : the user is done with a field.
    mend_requested : what is offered to end the row's problems is wanted.
    """

    clicked = Signal()
    menu_requested = Signal(QPoint)
    field_edited = Signal(str, object)
    field_finished = Signal()
    mend_requested = Signal()

    def __init__(self, row_id: str, header: RowHeader, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.row_id = row_id
        self.header = header
        self._selected = self._is_closed = False
        self._focused = False
        self._form: Form | None = None
        self.mend_button = MendButton()
        self.mend_button.clicked.connect(self.mend_requested)
        header.hold(self.mend_button)
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(2, 0, 2, 0)
        self._box.setSpacing(0)
        self._box.addWidget(header)
        header.clicked.connect(self.clicked)

    @property
    def is_chosen(self) -> bool:
        """Whether its layer is the one selected; a screen reader asks."""
        return self._selected

    @property
    def form(self) -> Form | None:
        """The editors; None until the row was selected for the first time."""
        return self._form

    @property
    def problem_text(self) -> str:
        """What is said to be wrong, empty if nothing is."""
        return self.header.content.problem

    def close_editors(self, closed: bool) -> None:
        """Keep the editors out of sight, from the next ``set_selected`` on, or no longer."""
        self._is_closed = closed

    def set_selected(self, selected: bool, focused: bool) -> None:
        """Open the row's editors or close them; ``focused``: the list has the keyboard."""
        was_selected = self._selected
        self._selected, self._focused = selected, focused
        is_open = selected and not self._is_closed
        if is_open and self._form is None:
            self._form = self._make_form()
            self._form.setContentsMargins(12, 0, SPACE_M, SPACE_M)
            self._form.edited.connect(self.field_edited)
            self._form.finished.connect(self.field_finished)
            self._box.addWidget(self._form)
        if self._form is not None:
            self._form.setVisible(is_open)
        self.update()
        if selected and focused and not was_selected:
            say_chosen(self)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_requested.emit(event.globalPos())

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        if not (self._selected or self.header.underMouse()):
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_card(painter, self.rect(), selected=self._selected, focused=self._focused)

    def _make_form(self) -> Form:
        raise NotImplementedError

    def _name_for_listeners(self) -> None:
        content = self.header.content
        parts = (content.name, content.kind, content.summary, content.shape, content.problem)
        self.setAccessibleName(listed(parts))

    def _show_problems(self, problems: Sequence[Problem], remedy: Remedy | None = None) -> None:
        self.mend_button.setVisible(remedy is not None)
        if remedy is not None:
            self.mend_button.set_words(said(remedy.words))
            self.header.fit()
        self._name_for_listeners()
        if self._form is not None:
            self._form.set_problems(problems)


def _lines(problems: Sequence[Problem]) -> str:
    return "\n".join(problem_text(problem) for problem in problems)


class InputRow(Row):
    """The first row: what the network is shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        content = HeaderContent(INPUT_ID, translate("NetworkPanel", "input"), "")
        super().__init__(INPUT_ID, RowHeader(content, movable=False), parent)

    def show_network(self, spec: NetworkSpec, report: ShapeReport) -> None:
        """Show the input of a network."""
        problems = report.problems_of(INPUT_ID)
        color = self.tr("RGB") if spec.input.channels == 3 else self.tr("grey")
        fits = {
            "stretch": self.tr("stretched"),
            "crop": self.tr("centre crop"),
            "letterbox": self.tr("letterbox"),
        }
        fit = fits.get(spec.input.fit, spec.input.fit)
        summary = listed((color, fit, frames_text(spec.input)))
        self.header.set_content(
            HeaderContent(
                INPUT_ID,
                self.tr("input"),
                shape_label(spec.input.shape),
                summary,
                problem=_lines(problems),
            )
        )
        if isinstance(self._form, InputForm) and self._selected:
            self._form.show_network(spec)
        self._show_problems(problems)

    def _make_form(self) -> Form:
        return InputForm()


class LayerRow(Row):
    """The row of one layer; it stays with the layer's id and type, whatever else is edited.

    Signals
    -------
    redraw_requested : other weights are wanted for this layer.
    """

    redraw_requested = Signal()

    def __init__(self, layer: LayerSpec, parent: QWidget | None = None) -> None:
        content = HeaderContent(layer.type, layer.id, "", layer.type)
        super().__init__(layer.id, RowHeader(content, movable=True), parent)
        self.layer_type = layer.type
        self._shown: object = None
        self._count = ""
        self._time = ""

    def show_layer(
        self, spec: NetworkSpec, layer: LayerSpec, report: ShapeReport, cost: Cost
    ) -> None:
        """Show a layer of the network and what is known about it."""
        problems = report.problems_of(layer.id)
        shown = (layer, report.shapes.get(layer.id), problems, cost.parameters)
        if shown == self._shown and not (self._selected or problems):
            return  # one of hundreds, while another one is edited
        self._shown = shown
        self._count = parameters_label(cost.parameters) if cost.parameters else ""
        self.header.set_content(
            HeaderContent(
                layer.type,
                layer.id,
                shape_label(report.shapes.get(layer.id)),
                layer.type,
                arguments_summary(layer),
                self._cost_text(),
                bypassed=not layer.enabled,
                problem=_lines(problems),
            )
        )
        if isinstance(self._form, LayerForm) and self._selected:
            self._form.show_layer(spec, layer)
        self._show_problems(problems, remedy_of(spec, layer.id) if problems else None)

    def show_time(self, milliseconds: float | None) -> None:
        """Show how long the layer takes for a frame; None if it is not computed."""
        self._time = "" if milliseconds is None else milliseconds_label(milliseconds)
        content = self.header.content
        self.header.set_content(replace(content, cost=self._cost_text()))

    def _cost_text(self) -> str:
        return " · ".join(filter(None, (self._count, self._time)))

    def _make_form(self) -> Form:
        form = LayerForm(LAYER_TYPES[self.layer_type])
        form.redraw_requested.connect(self.redraw_requested)
        return form
