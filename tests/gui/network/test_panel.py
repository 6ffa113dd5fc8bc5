"""The network panel, driven as a person would."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QShortcut, QWheelEvent
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QLabel,
    QLineEdit,
    QMenu,
    QSpinBox,
    QToolButton,
)

from cnngui.gui.document import Document
from cnngui.gui.network.axes_editors import PaddingEditor
from cnngui.gui.widgets.menu import plain_text
from cnngui.gui.widgets.spin_boxes import IntSpinBox
from cnngui.gui.words.arguments import meaning
from cnngui.spec.layers import INPUT_ID, LAYER_TYPES, Add, Conv2d, Linear, MaxPool2d, ReLU
from cnngui.spec.network import InputSpec, NetworkSpec
from tests.gui.network.panels import focused_panel

NETWORK = NetworkSpec(
    name="three",
    layers=(
        Conv2d(id="conv1", padding="same"),
        ReLU(id="relu1"),
        MaxPool2d(id="pool1"),
    ),
)


@pytest.fixture
def document(qapp):
    document = Document(NETWORK)
    document.select("pool1")
    return document


@pytest.fixture
def panel(document, qtbot):
    return focused_panel(qtbot, document)


def row(panel, row_id):
    return panel.layer_list.row(row_id)


def click(qtbot, panel, row_id):
    qtbot.mouseClick(row(panel, row_id).header, Qt.MouseButton.LeftButton, pos=QPoint(90, 20))


def editors(panel, row_id, field, kind):
    return row(panel, row_id).form.editor(field).findChildren(kind)


def spin_box(panel, row_id, field, kind=QSpinBox):
    return editors(panel, row_id, field, kind)[0]


def type_number(qtbot, box, text):
    box.setFocus()
    box.selectAll()
    qtbot.keyClicks(box, text)


def choose(qtbot, box, text):
    """Choose from a drop-down list by the keyboard."""
    box.setFocus()
    index = box.findText(text)
    assert index >= 0
    while box.currentIndex() != index:
        qtbot.keyClick(box, Qt.Key.Key_Down if box.currentIndex() < index else Qt.Key.Key_Up)


def ids(document):
    return [layer.id for layer in document.spec.layers]


def shown_ids(panel, document):
    """The ids of the rows from top to bottom."""
    rows = [row(panel, layer_id) for layer_id in ids(document)]
    return [shown.row_id for shown in sorted(rows, key=lambda shown: shown.y())]


def wheel(qtbot, widget):
    centre = QPointF(widget.rect().center())
    event = QWheelEvent(
        centre,
        QPointF(widget.mapToGlobal(centre.toPoint())),
        QPoint(0, 0),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


def test_rows_show_shape_arguments_parameters_and_time(panel):
    panel.show_timings({"conv1": 1.234, "pool1": 0.04})
    conv, relu = row(panel, "conv1").header.content, row(panel, "relu1").header.content
    assert (conv.name, conv.kind, conv.summary) == ("conv1", "Conv2d", "3×3, 8, same")
    assert conv.shape == "8×120×160"
    assert conv.cost == "224 p · 1.2\u202fms"
    assert relu.cost == ""
    assert row(panel, INPUT_ID).header.content.shape == "3×120×160"


def test_a_click_selects_and_opens_the_editors(qtbot, panel, document):
    assert row(panel, "conv1").form is None
    click(qtbot, panel, "conv1")
    assert document.selected_id == "conv1"
    assert row(panel, "conv1").form.isVisible()
    assert not row(panel, "pool1").form.isVisible()


def test_arrows_walk_through_the_rows(qtbot, panel, document):
    seen = []
    document.selection_changed.connect(seen.append)
    for _ in range(4):
        qtbot.keyClick(panel.layer_list, Qt.Key.Key_Up)
    assert seen == ["relu1", "conv1", INPUT_ID]
    qtbot.keyClick(panel.layer_list, Qt.Key.Key_End)
    assert document.selected_id == "pool1"
    qtbot.keyClick(panel.layer_list, Qt.Key.Key_Home)
    assert document.selected_id == INPUT_ID


def test_enter_goes_into_the_editors_and_escape_comes_back(qtbot, panel):
    qtbot.keyClick(panel.layer_list, Qt.Key.Key_Return)
    box = spin_box(panel, "pool1", "kernel_size")
    assert box.hasFocus()
    qtbot.keyClick(box, Qt.Key.Key_Escape)
    assert panel.layer_list.hasFocus()


@pytest.mark.parametrize("layer_type", LAYER_TYPES)
def test_every_layer_type_can_be_added_after_the_selected_one(qtbot, panel, document, layer_type):
    document.select("conv1")
    menus = [panel.add_menu, *panel.add_menu.findChildren(QMenu)]
    offered = [action for menu in menus for action in menu.actions()]
    (action,) = (item for item in offered if plain_text(item) == layer_type)
    assert action.toolTip() != layer_type
    action.trigger()
    assert document.spec.layers[1].type == layer_type
    assert document.selected_id == document.spec.layers[1].id
    qtbot.waitUntil(row(panel, document.selected_id).form.isVisible)
    document.undo_stack.undo()
    assert document.spec == NETWORK
    assert document.selected_id == "conv1"


def test_a_layer_added_to_the_input_comes_first(qtbot, panel, document):
    document.select(INPUT_ID)
    panel.layer_actions.add("ReLU")
    assert ids(document) == ["relu2", "conv1", "relu1", "pool1"]
    qtbot.waitUntil(lambda: shown_ids(panel, document)[0] == "relu2")


def test_typing_a_number_edits_at_once_and_is_one_step(qtbot, panel, document):
    click(qtbot, panel, "conv1")
    box = spin_box(panel, "conv1", "out_channels")
    type_number(qtbot, box, "64")
    assert document.running_spec.layer("conv1").out_channels == 64
    assert box.hasFocus()
    assert row(panel, "conv1").header.content.shape == "64×120×160"
    assert document.undo_stack.count() == 1
    document.undo_stack.undo()
    assert document.spec == NETWORK
    assert box.value() == 8
    document.undo_stack.redo()
    assert box.value() == 64


def test_undo_in_a_field_is_the_documents(qtbot, panel, document):
    undo = QShortcut(QKeySequence(QKeySequence.StandardKey.Undo), panel)
    undo.activated.connect(document.undo_stack.undo)
    panel.layer_actions.toggle_bypass("relu1")
    click(qtbot, panel, "conv1")
    box = spin_box(panel, "conv1", "out_channels")
    type_number(qtbot, box, "64")
    for _ in range(2):
        qtbot.keyClick(box, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert document.spec == NETWORK


def test_arrows_in_the_list_are_not_the_windows(qtbot, panel, document):
    stolen = QShortcut(QKeySequence("Up"), panel)
    heard = []
    stolen.activated.connect(lambda: heard.append("up"))
    qtbot.keyClick(panel.layer_list, Qt.Key.Key_Up)
    assert document.selected_id == "relu1"
    assert heard == []


def test_leaving_a_field_and_coming_back_is_another_step(qtbot, panel, document):
    click(qtbot, panel, "conv1")
    box = spin_box(panel, "conv1", "out_channels")
    type_number(qtbot, box, "9")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    type_number(qtbot, box, "10")
    document.undo_stack.undo()
    assert document.spec.layer("conv1").out_channels == 9


def test_a_wrong_number_is_explained_while_the_last_valid_network_runs(qtbot, panel, document):
    click(qtbot, panel, "conv1")
    box = spin_box(panel, "conv1", "groups")
    type_number(qtbot, box, "5")
    shown = row(panel, "conv1")
    assert shown.problem_text.startswith("groups must divide")
    assert shown.header.content.problem == shown.problem_text
    assert shown.form.editor("groups").toolTip().startswith("must divide")
    assert shown.form.editor("stride").toolTip() == meaning("stride")
    assert row(panel, "relu1").header.content.shape == "–"
    assert document.running_spec == NETWORK
    type_number(qtbot, box, "1")
    assert shown.problem_text == ""


def test_numbers_out_of_range_can_be_typed_and_are_explained(qtbot, panel, document):
    click(qtbot, panel, "conv1")
    box = spin_box(panel, "conv1", "out_channels")
    type_number(qtbot, box, "0")
    assert "must be a whole number from 1" in row(panel, "conv1").problem_text
    type_number(qtbot, box, "1000000000")
    assert "must be a whole number from 1" in row(panel, "conv1").problem_text
    assert document.running_spec.layer("conv1").out_channels < 100_000


def test_stepping_stays_within_the_range(qtbot, panel, document):
    click(qtbot, panel, "conv1")
    box = spin_box(panel, "conv1", "groups")
    qtbot.keyClick(box, Qt.Key.Key_Down)
    assert box.value() == 1
    assert document.spec == NETWORK


def test_height_and_width_change_together_until_the_chain_is_opened(qtbot, panel, document):
    click(qtbot, panel, "conv1")
    height, width = editors(panel, "conv1", "kernel_size", QSpinBox)
    type_number(qtbot, height, "5")
    assert document.spec.layer("conv1").kernel_size == (5, 5)
    (chain,) = editors(panel, "conv1", "kernel_size", QToolButton)
    qtbot.mouseClick(chain, Qt.MouseButton.LeftButton)
    type_number(qtbot, width, "7")
    assert document.spec.layer("conv1").kernel_size == (5, 7)
    assert document.undo_stack.count() == 2
    qtbot.mouseClick(chain, Qt.MouseButton.LeftButton)
    assert document.spec.layer("conv1").kernel_size == (5, 5)


def test_padding_by_name_or_by_number(qtbot, panel, document):
    click(qtbot, panel, "conv1")
    (mode,) = editors(panel, "conv1", "padding", QComboBox)
    height, *_, left, right, top, bottom = editors(panel, "conv1", "padding", QSpinBox)
    assert not height.isVisible()
    choose(qtbot, mode, "number")
    assert height.isVisible()
    assert document.spec.layer("conv1").padding == (0, 0)
    type_number(qtbot, height, "2")
    assert document.spec.layer("conv1").padding == (2, 2)
    choose(qtbot, mode, "each side")
    assert not height.isVisible()
    assert document.spec.layer("conv1").padding == (2, 2, 2, 2)
    for box, number in ((left, "1"), (right, "3"), (top, "4"), (bottom, "5")):
        assert box.isVisible()
        type_number(qtbot, box, number)
    assert document.spec.layer("conv1").padding == (1, 3, 4, 5)
    assert "padding ←1 →3 ↑4 ↓5" in row(panel, "conv1").header.content.summary
    choose(qtbot, mode, "number")
    assert document.spec.layer("conv1").padding == (4, 1)
    choose(qtbot, mode, "valid")
    assert document.spec.layer("conv1").padding == "valid"
    assert not height.isVisible()


def test_switches_and_floats(qtbot, panel, document):
    click(qtbot, panel, "conv1")
    (bias,) = editors(panel, "conv1", "bias", QCheckBox)
    qtbot.mouseClick(bias, Qt.MouseButton.LeftButton)
    assert document.spec.layer("conv1").bias is False
    panel.layer_actions.add("BatchNorm2d")
    eps = spin_box(panel, "bn1", "eps", QDoubleSpinBox)
    assert eps.text() == "1e-05"
    type_number(qtbot, eps, "2e-3")
    assert document.spec.layer("bn1").eps == pytest.approx(2e-3)
    qtbot.keyClick(eps, Qt.Key.Key_Up)
    assert document.spec.layer("bn1").eps == pytest.approx(2.1e-3)


def test_the_first_number_of_a_prelu_takes_the_place_of_learned_ones(panel, document):
    panel.layer_actions.add("PReLU")
    assert not panel.layer_actions.redraw.isEnabled()
    document.edit(document.spec.edited("prelu1", weights_id="learned"), "Learn")
    assert panel.layer_actions.redraw.isEnabled()
    panel.layer_actions.change_layer("prelu1", "frozen", True)
    assert document.spec.layer("prelu1").weights_id == "learned"
    panel.layer_actions.change_layer("prelu1", "init", 0.5)
    assert document.spec.layer("prelu1").weights_id == ""
    fields = {"num_parameters", "init", "inputs", "frozen"}
    form = row(panel, "prelu1").form
    assert {label.text() for label in form.findChildren(QLabel) if label.buddy()} == {
        *(fields - {"inputs"}),
        "reads",
    }


def test_the_wheel_scrolls_past_what_has_no_focus(qtbot, panel, document):
    click(qtbot, panel, "conv1")
    box = spin_box(panel, "conv1", "out_channels")
    (mode,) = editors(panel, "conv1", "padding", QComboBox)
    wheel(qtbot, box)
    wheel(qtbot, mode)
    assert document.spec == NETWORK
    box.setFocus()
    wheel(qtbot, box)
    assert document.spec.layer("conv1").out_channels == 9


def test_delete_duplicate_and_bypass_by_key(qtbot, panel, document):
    click(qtbot, panel, "relu1")
    qtbot.keyClick(panel.layer_list, Qt.Key.Key_Delete)
    assert ids(document) == ["conv1", "pool1"]
    assert document.selected_id == "pool1"
    qtbot.keyClick(panel.layer_list, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert ids(document) == ["conv1", "pool1", "pool2"]
    qtbot.waitUntil(lambda: shown_ids(panel, document) == ids(document))
    assert document.selected_id == "pool2"
    qtbot.keyClick(panel.layer_list, Qt.Key.Key_B)
    assert not document.spec.layer("pool2").enabled
    assert row(panel, "pool2").header.content.bypassed
    while document.undo_stack.canUndo():
        document.undo_stack.undo()
    assert document.spec == NETWORK
    assert document.selected_id == "relu1"


def test_keys_of_the_list_are_left_to_an_editor(qtbot, panel, document):
    click(qtbot, panel, "conv1")
    box = spin_box(panel, "conv1", "out_channels")
    box.setFocus()
    box.selectAll()
    qtbot.keyClick(box, Qt.Key.Key_Delete)
    assert ids(document) == ["conv1", "relu1", "pool1"]
    assert box.text() == ""
    assert document.spec == NETWORK


def test_alt_and_arrows_move_the_layer(qtbot, panel, document):
    alt = Qt.KeyboardModifier.AltModifier
    click(qtbot, panel, "relu1")
    qtbot.keyClick(panel.layer_list, Qt.Key.Key_Up, alt)
    qtbot.waitUntil(lambda: shown_ids(panel, document) == ["relu1", "conv1", "pool1"])
    assert not panel.layer_actions.move_up.isEnabled()
    qtbot.keyClick(panel.layer_list, Qt.Key.Key_Up, alt)
    qtbot.keyClick(panel.layer_list, Qt.Key.Key_Down, alt)
    qtbot.keyClick(panel.layer_list, Qt.Key.Key_Down, alt)
    assert ids(document) == ["conv1", "pool1", "relu1"]
    assert document.selected_id == "relu1"
    assert document.undo_stack.count() == 3


def drag(qtbot, panel, row_id, to_y):
    """Drag a row's header to a height of the list's content, without letting go."""
    header = row(panel, row_id).header
    start = QPoint(8, 20)
    target = header.mapFromGlobal(row(panel, row_id).parentWidget().mapToGlobal(QPoint(60, to_y)))
    qtbot.mousePress(header, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(header, start + QPoint(0, 12))
    qtbot.mouseMove(header, target)
    return header, target


@pytest.mark.parametrize(
    ("dragged", "above", "order"),
    [
        ("pool1", "conv1", ["pool1", "conv1", "relu1"]),
        ("conv1", "pool1", ["relu1", "conv1", "pool1"]),
        ("conv1", None, ["relu1", "pool1", "conv1"]),
        ("relu1", "pool1", ["conv1", "relu1", "pool1"]),
    ],
)
def test_dragging_a_row_moves_the_layer(qtbot, panel, document, dragged, above, order):
    height = row(panel, above).y() + 2 if above else row(panel, "pool1").geometry().bottom() + 20
    header, target = drag(qtbot, panel, dragged, height)
    qtbot.mouseRelease(header, Qt.MouseButton.LeftButton, pos=target)
    assert ids(document) == order
    assert document.undo_stack.count() == (order != ids(Document(NETWORK)))
    document.undo_stack.undo()
    assert document.spec == NETWORK


def test_escape_ends_a_drag(qtbot, panel, document):
    header, target = drag(qtbot, panel, "pool1", 0)
    qtbot.keyClick(panel.layer_list, Qt.Key.Key_Escape)
    qtbot.mouseMove(header, target + QPoint(0, 3))
    qtbot.mouseRelease(header, Qt.MouseButton.LeftButton, pos=target)
    assert document.spec == NETWORK


def test_keys_of_other_alphabets_are_left_alone(panel, document):
    key = QKeyEvent(QEvent.Type.KeyPress, 0x0444, Qt.KeyboardModifier.NoModifier, "ф")
    QApplication.sendEvent(panel.layer_list, key)
    assert document.selected_id == "pool1"


def test_bypassing_by_the_eye(qtbot, panel, document):
    (eye,) = row(panel, "conv1").header.findChildren(QToolButton)
    qtbot.mouseClick(eye, Qt.MouseButton.LeftButton)
    assert not document.spec.layer("conv1").enabled
    assert row(panel, "conv1").header.content.shape == "3×120×160"
    qtbot.mouseClick(eye, Qt.MouseButton.LeftButton)
    assert document.spec == NETWORK


@pytest.mark.parametrize("layer_type", [*LAYER_TYPES, INPUT_ID])
def test_every_argument_is_explained(panel, document, layer_type):
    if layer_type == INPUT_ID:
        document.select(INPUT_ID)
    else:
        panel.layer_actions.add(layer_type)
    form = row(panel, document.selected_id).form
    captions = [label for label in form.findChildren(QLabel) if label.buddy() is not None]
    assert captions
    for caption in captions:
        assert caption.toolTip()
        assert caption.buddy().toolTip()


def test_what_a_layer_reads(qtbot, panel, document):
    click(qtbot, panel, "pool1")
    (sources,) = editors(panel, "pool1", "inputs", QComboBox)
    choose(qtbot, sources, "conv1")
    assert document.spec.layer("pool1").inputs == ("conv1",)
    assert "reads conv1" in row(panel, "pool1").header.content.summary
    choose(qtbot, sources, "the layer before")
    assert document.spec == NETWORK


def test_ticking_what_an_add_reads(qtbot, panel, document):
    panel.layer_actions.add("Add")
    assert document.spec.layer("add1").inputs == ("relu1", "pool1")
    assert row(panel, "add1").problem_text.startswith("inputs must")
    (box,) = editors(panel, "add1", "inputs", QComboBox)
    box.showPopup()
    menu = QApplication.activePopupWidget()
    ticks = {plain_text(action).partition("\t")[0]: action for action in menu.actions()}
    assert list(ticks) == ["pool1", "relu1", "conv1", "input"]
    assert ticks["input"].text().endswith("\t3×120×160")
    for name in document.spec.layer("add1").inputs:
        qtbot.mouseClick(
            menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(ticks[name]).center()
        )
    for name in ("conv1", "relu1"):
        qtbot.mouseClick(
            menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(ticks[name]).center()
        )
    assert menu.isVisible()
    qtbot.keyClick(menu, Qt.Key.Key_Escape)
    assert document.spec.layer("add1").inputs == ("conv1", "relu1")
    assert document.report.is_valid
    assert box.currentText() == "conv1, relu1"


def test_a_read_layer_that_was_removed_is_named_and_can_be_unticked(qtbot, panel, document):
    joined = Add(id="add1", inputs=("conv1", "relu1"))
    document.edit(NETWORK.inserted(2, joined), "Add", select="add1")
    document.edit(document.spec.removed("conv1"), "Remove")
    assert "conv1" in row(panel, "add1").problem_text
    (box,) = editors(panel, "add1", "inputs", QComboBox)
    box.showPopup()
    menu = QApplication.activePopupWidget()
    (gone,) = (action for action in menu.actions() if plain_text(action).startswith("conv1"))
    assert gone.isChecked()
    qtbot.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(gone).center())
    menu.close()
    assert document.spec.layer("add1").inputs == ("relu1",)


def test_the_dice_draws_one_layer_anew(qtbot, panel, document):
    document.edit(document.spec.edited("conv1", weights_id="abc"), "Load")
    click(qtbot, panel, "conv1")
    (dice,) = editors(panel, "conv1", "seed", QToolButton)
    qtbot.mouseClick(dice, Qt.MouseButton.LeftButton)
    assert document.spec.layer("conv1").seed == 1
    assert document.spec.layer("conv1").weights_id == ""
    assert spin_box(panel, "conv1", "seed").value() == 1


def test_choosing_an_initializer_gives_up_weights_from_a_file(qtbot, panel, document):
    document.edit(document.spec.edited("conv1", weights_id="abc"), "Load")
    click(qtbot, panel, "conv1")
    (choices,) = editors(panel, "conv1", "initializer", QComboBox)
    choose(qtbot, choices, "xavier")
    assert document.spec.layer("conv1") == Conv2d(id="conv1", padding="same", initializer="xavier")
    document.undo_stack.undo()
    assert document.spec.layer("conv1").weights_id == "abc"


def test_freezing_a_layer_keeps_its_weights(qtbot, panel, document):
    document.edit(document.spec.edited("conv1", weights_id="abc"), "Load")
    click(qtbot, panel, "conv1")
    (box,) = editors(panel, "conv1", "frozen", QCheckBox)
    assert "keeps its weights" in row(panel, "conv1").form.editor("frozen").toolTip()
    qtbot.mouseClick(box, Qt.MouseButton.LeftButton)
    assert document.spec.layer("conv1") == Conv2d(
        id="conv1", padding="same", weights_id="abc", frozen=True
    )


def test_drawing_all_weights(panel, document):
    document.edit(document.spec.inserted(3, Conv2d(id="conv2", seed=4)), "Add")
    panel.layer_actions.draw_all()
    assert [layer.seed for layer in document.spec.layers if isinstance(layer, Conv2d)] == [5, 5]
    panel.layer_actions.draw_all(7, "zeros")
    conv = document.spec.layer("conv2")
    assert (conv.seed, conv.initializer) == (7, "zeros")


def test_editing_the_input(qtbot, panel, document):
    click(qtbot, panel, INPUT_ID)
    type_number(qtbot, spin_box(panel, INPUT_ID, "height"), "64")
    assert document.running_spec.input.height == 64
    (channels,) = editors(panel, INPUT_ID, "channels", QComboBox)
    choose(qtbot, channels, "1 (grey)")
    assert document.spec.input == InputSpec(channels=1, height=64, mean=(0.0,), std=(1.0,))
    assert sum(box.isVisible() for box in editors(panel, INPUT_ID, "mean", QDoubleSpinBox)) == 1
    (fit,) = editors(panel, INPUT_ID, "fit", QComboBox)
    choose(qtbot, fit, "letterbox")
    assert document.spec.input.fit == "letterbox"


def test_normalising_as_imagenet_follows_the_channels(qtbot, panel, document):
    click(qtbot, panel, INPUT_ID)
    (names,) = editors(panel, INPUT_ID, "normalise", QComboBox)
    choose(qtbot, names, "ImageNet")
    assert document.spec.input.mean == (0.485, 0.456, 0.406)
    (channels,) = editors(panel, INPUT_ID, "channels", QComboBox)
    choose(qtbot, channels, "1 (grey)")
    assert len(document.spec.input.std) == 1
    assert names.currentText() == "ImageNet"
    type_number(qtbot, spin_box(panel, INPUT_ID, "mean", QDoubleSpinBox), "0.25")
    assert document.spec.input.mean == (0.25,)
    assert names.currentText() == "other"


def test_a_wrong_input_is_explained_at_its_row(qtbot, panel, document):
    click(qtbot, panel, INPUT_ID)
    type_number(qtbot, spin_box(panel, INPUT_ID, "std", QDoubleSpinBox), "0")
    assert row(panel, INPUT_ID).problem_text.startswith("std must be a number")
    assert document.running_spec == NETWORK


def test_renaming_the_network(qtbot, panel, document):
    name = panel.findChild(QLineEdit)
    name.selectAll()
    qtbot.keyClicks(name, "mine")
    qtbot.keyClick(name, Qt.Key.Key_Return)
    assert document.spec.name == "mine"
    name.clear()
    qtbot.keyClick(name, Qt.Key.Key_Return)
    assert name.text() == document.spec.name == "mine"
    document.undo_stack.undo()
    assert name.text() == "three"


def test_an_empty_network_says_what_to_do(qtbot, panel, document):
    for layer_id in ids(document):
        document.select(layer_id)
        panel.layer_actions.remove.trigger()
    assert document.selected_id == INPUT_ID
    assert row(panel, INPUT_ID).problem_text == ""
    assert panel.layer_list.hint.isVisible()
    assert document.running_spec == document.spec
    panel.layer_actions.add("Conv2d")
    assert not panel.layer_list.hint.isVisible()


def test_the_problem_button_goes_to_the_first_problem(qtbot, panel, document):
    assert not panel.problem_button.isVisible()
    document.edit(NETWORK.inserted(1, Linear(id="linear1")), "Add")
    document.select("pool1")
    assert panel.problem_button.text() == "1 problem: the last valid network runs on"
    qtbot.mouseClick(panel.problem_button, Qt.MouseButton.LeftButton)
    assert document.selected_id == "linear1"


def test_totals_of_the_running_network_beside_fully_connected_ones(panel, document):
    text = panel.totals.text()
    assert "224 | 8.85" in text
    assert "39 million times fewer parameters" in text
    document.edit(NETWORK.edited("conv1", groups=5), "Break")
    assert panel.totals.text() == text


def test_rows_and_focus_survive_another_network(qtbot, panel, document):
    click(qtbot, panel, "conv1")
    kept = row(panel, "conv1")
    spin_box(panel, "conv1", "out_channels").setFocus()
    document.edit(NETWORK.edited("relu1", enabled=False), "Bypass")
    assert row(panel, "conv1") is kept
    other = NetworkSpec(name="other", layers=(MaxPool2d(id="conv1"), ReLU(id="relu9")))
    document.replace_network(other)
    assert row(panel, "conv1") is not kept
    assert row(panel, "conv1").layer_type == "MaxPool2d"
    assert document.selected_id == "conv1"
    document.undo_stack.undo()
    qtbot.waitUntil(lambda: shown_ids(panel, document) == ["conv1", "relu1", "pool1"])


def test_sixty_layers_are_edited_without_a_wait(qtbot, panel, document):
    layers = tuple(Conv2d(id=f"conv{i}", padding="same") for i in range(60))
    document.replace_network(NetworkSpec(layers=layers))
    document.select("conv3")
    type_number(qtbot, spin_box(panel, "conv3", "out_channels"), "12")
    assert row(panel, "conv4").header.content.cost == "872 p"


def test_a_low_panel_keeps_the_table_and_drops_the_sentence(qtbot, panel):
    sentence = panel.totals.findChildren(QLabel)[-1]
    assert sentence.isVisible()
    panel.resize(340, 400)
    qtbot.waitUntil(lambda: not sentence.isVisible())
    assert panel.totals.text().startswith("224")


def test_the_whole_of_an_added_layer_is_seen(qtbot, panel, document):
    for _ in range(12):
        panel.layer_actions.add("Conv2d")
    added = row(panel, document.selected_id)

    def is_seen():
        area = panel.layer_list.viewport()
        top = added.mapTo(area, QPoint(0, 0)).y()
        return top >= 0 and top + added.height() <= area.height()

    qtbot.waitUntil(is_seen)


def test_the_editor_in_use_stays_in_sight_when_a_problem_appears(qtbot, panel, document):
    panel.resize(340, 380)
    click(qtbot, panel, "conv1")
    box = spin_box(panel, "conv1", "groups")
    type_number(qtbot, box, "5")
    assert row(panel, "conv1").problem_text
    area = panel.layer_list.viewport()
    qtbot.waitUntil(lambda: area.rect().contains(box.mapTo(area, QPoint(1, 1))))


def test_naming_the_classes(qtbot, panel, document):
    click(qtbot, panel, INPUT_ID)
    (line,) = editors(panel, INPUT_ID, "classes", QLineEdit)
    line.setFocus()
    qtbot.keyClicks(line, "cat, ,  red panda,")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert document.spec.classes == ("cat", "red panda")
    assert line.text() == "cat, red panda"
    QGuiApplication.clipboard().setText("dog\nowl\n")
    line.selectAll()
    line.paste()
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert document.spec.classes == ("dog", "owl")
    document.undo_stack.undo()
    assert document.spec.classes == ("cat", "red panda")
    assert line.text() == "cat, red panda"
    document.undo_stack.undo()
    assert document.spec.classes == ()
    assert line.text() == ""


def test_a_class_with_a_comma_in_its_name_stays_one_while_nothing_is_typed(qtbot, panel, document):
    named = replace(document.spec, classes=("tench, Tinca tinca", "goldfish"))
    document.edit(named, "Name")
    click(qtbot, panel, INPUT_ID)
    (line,) = editors(panel, INPUT_ID, "classes", QLineEdit)
    line.setFocus()
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert document.spec == named


def test_in_a_low_window_the_list_keeps_more_than_one_row(panel):
    panel.resize(340, 10)
    two_rows = 2 * row(panel, "conv1").header.height()
    assert panel.layer_list.height() > two_rows


def test_numbers_of_a_padding_have_room_however_low_the_panel(qtbot, panel, document):
    panel.resize(340, 260)
    document.edit(document.spec.edited("conv1", padding=(1, 1)), "edit")
    document.select("conv1")
    (editor,) = (found for found in panel.findChildren(PaddingEditor) if found.isVisible())
    boxes = [box for box in editor.findChildren(IntSpinBox) if box.isVisible()]
    assert len(boxes) == 2
    qtbot.waitUntil(lambda: all(box.height() >= 20 for box in boxes))
