"""Building what sees time: the menu, the input's frames, numbers for three axes, offers to mend."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractSpinBox, QComboBox, QDoubleSpinBox, QLabel, QSpinBox
from pytestqt.qtbot import QtBot

from cnngui.gui.document import Document
from cnngui.gui.network import NetworkPanel
from cnngui.gui.network.axes_editors import PaddingEditor, ShapeEditor, SizesEditor
from cnngui.gui.network.editors import make_editor
from cnngui.gui.widgets.editors import FieldEditor
from cnngui.gui.widgets.menu import Menu, plain_text
from cnngui.spec.layers import (
    INPUT_ID,
    LAYER_TYPES,
    Conv2d,
    Conv3d,
    Pad3d,
    Reshape,
    arguments_of,
)
from cnngui.spec.network import InputSpec, NetworkSpec
from tests.gui.network.panels import shown_panel

STILL = NetworkSpec(layers=(Conv2d(id="conv1", padding="same"),))
MOVING = NetworkSpec(
    input=InputSpec(frames=8, height=20, width=20), layers=(Conv3d(id="conv1", padding="same"),)
)


def panel_of(qtbot: QtBot, spec: NetworkSpec, selected: str) -> tuple[NetworkPanel, Document]:
    document = Document(spec)
    document.select(selected)
    return shown_panel(qtbot, document), document


def boxes(editor: FieldEditor) -> list[QAbstractSpinBox]:
    return [box for box in editor.findChildren(QAbstractSpinBox) if box.isVisible()]


def type_into(qtbot: QtBot, box: QAbstractSpinBox, text: str) -> None:
    box.setFocus()
    box.selectAll()
    qtbot.keyClicks(box, text)
    qtbot.keyClick(box, Qt.Key.Key_Return)


def names_in(menu: Menu) -> list[str]:
    return [plain_text(action) for action in menu.actions() if not action.isSeparator()]


def test_what_spans_time_stands_by_itself_at_the_end_of_the_menu(qtbot: QtBot) -> None:
    panel, _ = panel_of(qtbot, STILL, "conv1")
    *others, last = [action for action in panel.add_menu.actions() if not action.isSeparator()]
    over_time = last.menu()
    assert isinstance(over_time, Menu)
    in_time = {name for name, kind in LAYER_TYPES.items() if kind.rank == 3}
    assert set(names_in(over_time)) == in_time
    for action in others:
        submenu = action.menu()
        told = names_in(submenu) if isinstance(submenu, Menu) else [plain_text(action)]
        assert not set(told) & in_time


def test_a_layer_that_needs_time_offers_it(qtbot: QtBot) -> None:
    panel, document = panel_of(qtbot, STILL, "conv1")
    row_count = len(document.spec.layers)
    panel.add_menu.chosen.emit("Conv3d")
    row = panel.layer_list.row("conv2")
    assert "give the input more frames" in row.problem_text
    qtbot.waitUntil(row.mend_button.isVisible)
    assert row.mend_button.text() == "Give the input 8 frames"
    qtbot.mouseClick(row.mend_button, Qt.MouseButton.LeftButton)
    assert document.report.is_valid
    assert document.spec.input.frames == 8
    assert document.selected_id == "conv2"
    assert not row.mend_button.isVisible()
    assert row.header.content.shape == "8×8×120×160"
    assert document.undo_stack.undoText() == "Give the input 8 frames"
    document.undo_stack.undo()
    assert document.spec.input.frames == 1
    assert len(document.spec.layers) == row_count + 1


def test_in_a_narrow_column_the_offer_leaves_room_for_the_name(qtbot: QtBot) -> None:
    long_name = "encoder_block_three_conv2"
    panel, _ = panel_of(qtbot, STILL.inserted(1, Conv3d(id=long_name)), "conv1")
    row = panel.layer_list.row(long_name)
    button, whole = row.mend_button, "Give the input 8 frames"

    def beside() -> int:
        """How much of the line is left of the button, in parts of a hundred."""
        lines = row.header._lines
        return 100 * (button.x() - lines.left()) // lines.width()

    for width in (640, 310, 340, 640):
        panel.resize(width, 900)
        qtbot.waitUntil(lambda: beside() >= 48)
        is_whole = width == 640
        assert button.text() == whole if is_whole else button.text().endswith("…")
        assert button.accessibleName() == whole
        assert whole in button.toolTip()


def test_the_offer_is_reached_by_the_keyboard(qtbot: QtBot) -> None:
    panel, document = panel_of(qtbot, STILL, "conv1")
    panel.add_menu.chosen.emit("MaxPool3d")
    button = panel.layer_list.row("pool1").mend_button
    qtbot.waitUntil(button.isVisible)
    button.setFocus()
    qtbot.keyClick(button, Qt.Key.Key_Space)
    assert document.report.is_valid


def test_a_still_input_is_asked_for_frames_alone(qtbot: QtBot) -> None:
    panel, document = panel_of(qtbot, STILL, INPUT_ID)
    form = panel.layer_list.row(INPUT_ID).form
    assert form is not None
    assert form.editor("frames").isVisible()
    for field in ("frame_step", "frame_rate"):
        assert not form.editor(field).isVisible()
    type_into(qtbot, boxes(form.editor("frames"))[0], "8")
    assert document.spec.input.frames == 8
    for field in ("frame_step", "frame_rate"):
        assert form.editor(field).isVisible()
    assert "8 frames" in panel.layer_list.row(INPUT_ID).header.content.kind


def test_step_and_rate_are_told_in_seconds(qtbot: QtBot) -> None:
    panel, document = panel_of(qtbot, MOVING, INPUT_ID)
    form = panel.layer_list.row(INPUT_ID).form
    assert form is not None

    def told() -> str:
        return " ".join(label.text() for label in form.findChildren(QLabel) if label.isVisible())

    assert "8 frames: the last 8 frames of the source" in told()
    type_into(qtbot, boxes(form.editor("frame_step"))[0], "3")
    (rate,) = boxes(form.editor("frame_rate"))
    assert isinstance(rate, QDoubleSpinBox)
    assert rate.text() == "as they come"
    type_into(qtbot, rate, "25")
    assert (document.spec.input.frame_step, document.spec.input.frame_rate) == (3, 25.0)
    assert "8 frames, every 3rd, at 25/s: 0.84 s" in told()
    qtbot.keyClick(rate, Qt.Key.Key_Up)
    assert document.spec.input.frame_rate == 26
    type_into(qtbot, rate, "0")
    assert document.spec.input.frame_rate == 0
    assert rate.text() == "as they come"


def test_a_rate_is_typed_into_the_words_too(qtbot: QtBot) -> None:
    panel, document = panel_of(qtbot, MOVING, INPUT_ID)
    form = panel.layer_list.row(INPUT_ID).form
    assert form is not None
    (rate,) = boxes(form.editor("frame_rate"))
    rate.setFocus()
    qtbot.keyClick(rate, Qt.Key.Key_End)
    qtbot.keyClicks(rate, "12,5")
    assert document.spec.input.frame_rate == 12.5


def test_time_changes_by_itself_and_height_with_width(qtbot: QtBot) -> None:
    panel, document = panel_of(qtbot, MOVING, "conv1")
    form = panel.layer_list.row("conv1").form
    assert form is not None
    editor = form.editor("kernel_size")
    assert isinstance(editor, SizesEditor)
    time, height, _ = boxes(editor)
    assert [box.accessibleName() for box in boxes(editor)] == [
        "kernel_size, time",
        "kernel_size, height",
        "kernel_size, width",
    ]
    type_into(qtbot, time, "1")
    assert document.spec.layer("conv1").kernel_size == (1, 3, 3)
    type_into(qtbot, height, "5")
    assert document.spec.layer("conv1").kernel_size == (1, 5, 5)
    assert document.spec.layer("conv1").padding == "same"


def test_padding_is_told_by_axis_or_by_side(qtbot: QtBot) -> None:
    panel, document = panel_of(qtbot, MOVING, "conv1")
    form = panel.layer_list.row("conv1").form
    assert form is not None
    editor = form.editor("padding")
    assert isinstance(editor, PaddingEditor)
    (mode,) = editor.findChildren(QComboBox)

    def choose(text: str) -> None:
        mode.setFocus()
        while mode.currentText() != text:
            before = mode.currentIndex()
            down = mode.findText(text) > before
            qtbot.keyClick(mode, Qt.Key.Key_Down if down else Qt.Key.Key_Up)
            assert mode.currentIndex() != before

    choose("number")
    assert document.spec.layer("conv1").padding == (0, 0, 0)
    time, height, _ = boxes(editor)
    type_into(qtbot, time, "2")
    type_into(qtbot, height, "1")
    assert document.spec.layer("conv1").padding == (2, 1, 1)
    choose("each side")
    assert document.spec.layer("conv1").padding == (1, 1, 1, 1, 2, 2)
    sides = boxes(editor)
    assert len(sides) == 6
    assert sides[4].accessibleName() == "padding, before the first moment"
    type_into(qtbot, sides[5], "0")
    assert document.spec.layer("conv1").padding == (1, 1, 1, 1, 2, 0)
    choose("number")
    assert document.spec.layer("conv1").padding == (2, 1, 1)
    choose("same")
    assert document.spec.layer("conv1").padding == "same"


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("flat", ["channels"]),
        ("maps", ["channels", "height", "width"]),
        ("maps of several moments", ["channels", "time", "height", "width"]),
    ],
)
def test_a_shape_says_what_its_numbers_are(qtbot: QtBot, words: str, names: list[str]) -> None:
    editor = make_editor(arguments_of(Reshape)["shape"])
    assert isinstance(editor, ShapeEditor)
    qtbot.addWidget(editor)
    editor.set_label("shape")
    editor.edited.connect(editor.set_value)
    editor.set_value((-1, 1, 1))
    editor.show()
    (kind,) = editor.findChildren(QComboBox)
    kind.setCurrentText(words)
    kind.activated.emit(kind.currentIndex())
    assert [box.accessibleName() for box in boxes(editor)] == [f"shape, {name}" for name in names]
    given: list[object] = []
    editor.edited.connect(given.append)
    for place, box in enumerate(boxes(editor)):
        assert isinstance(box, QSpinBox)
        box.setValue(place + 2)
    assert given[-1] == tuple(range(2, len(names) + 2))


def test_every_box_of_a_layer_in_time_has_a_name_of_its_own(qtbot: QtBot) -> None:
    for kind in (Conv3d, Pad3d):
        for name, argument in arguments_of(kind).items():
            editor = make_editor(argument)
            qtbot.addWidget(editor)
            editor.set_label(name)
            names = [box.accessibleName() for box in editor.findChildren(QAbstractSpinBox)]
            assert all(names)
            assert len(set(names)) == len(names)
