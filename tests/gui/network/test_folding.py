"""A network of hundreds of layers in the list: blocks fold, and layers are found."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from cnngui.gui.document import Document
from cnngui.gui.network import NetworkPanel
from cnngui.gui.network.row import LayerRow
from tests.gui.network.panels import focused_panel
from tests.large_networks import resnet50

LEFT = Qt.MouseButton.LeftButton
BLOCK = "layer2_1_conv1"
"""The first layer of a block of ten."""


@pytest.fixture
def document(qapp: object) -> Document:
    return Document(resnet50())


@pytest.fixture
def panel(document: Document, qtbot: QtBot) -> NetworkPanel:
    return focused_panel(qtbot, document)


def seen_rows(panel: NetworkPanel) -> list[str]:
    """Return the ids of layers that have a row, from top to bottom."""
    rows = [row for row in panel.layer_list.findChildren(LayerRow) if row.isVisibleTo(panel)]
    return [row.row_id for row in sorted(rows, key=lambda row: row.y())]


def press(qtbot: QtBot, panel: NetworkPanel, key: Qt.Key, times: int = 1) -> None:
    for _ in range(times):
        qtbot.keyClick(panel.layer_list, key)


def test_blocks_stand_folded_and_a_click_opens_one(
    qtbot: QtBot, panel: NetworkPanel, document: Document
) -> None:
    assert seen_rows(panel) == [
        "conv1", "bn1", "relu", "maxpool", "avgpool", "flatten", "fc", "softmax"
    ]  # fmt: skip
    block = panel.layer_list.block_row(BLOCK)
    assert block.accessibleName() == "layer2_1, 10 layers, folded"
    qtbot.mouseClick(block, LEFT, pos=QPoint(60, 10))
    assert [name for name in seen_rows(panel) if "layer2_1" in name] == list(block.block.layer_ids)
    assert document.selected_id == BLOCK
    # Its first layer stands below its heading, and everything else where it was.
    assert panel.layer_list.row(BLOCK).y() >= block.y() + block.height()
    qtbot.mouseClick(block, LEFT, pos=QPoint(60, 10))
    assert len(seen_rows(panel)) == 8
    assert document.selected_id == block.block.layer_ids[-1]


def test_keys_walk_over_blocks_open_them_and_fold_them(
    qtbot: QtBot, panel: NetworkPanel, document: Document
) -> None:
    press(qtbot, panel, Qt.Key.Key_Home)
    press(qtbot, panel, Qt.Key.Key_Down, 6)
    assert document.selected_id == "layer1_1_relu3"
    assert panel.layer_list.block_row("layer1_1_conv1").is_chosen
    press(qtbot, panel, Qt.Key.Key_Return)
    assert document.selected_id == "layer1_1_conv1"
    press(qtbot, panel, Qt.Key.Key_Down)
    assert document.selected_id == "layer1_1_bn1"
    press(qtbot, panel, Qt.Key.Key_Minus)
    assert panel.layer_list.block_row("layer1_1_conv1").is_folded
    press(qtbot, panel, Qt.Key.Key_Up)
    assert document.selected_id == "layer1_0_relu3"
    press(qtbot, panel, Qt.Key.Key_Plus)
    assert document.selected_id == "layer1_0_conv1"


def test_a_layer_that_is_selected_elsewhere_opens_its_block(
    panel: NetworkPanel, document: Document
) -> None:
    document.select("layer3_4_conv2")
    assert panel.layer_list.row("layer3_4_conv2").isVisibleTo(panel)
    # One with a problem, too: that is how the button below the list leads there.
    document.edit(document.spec.edited("layer4_1_conv2", kernel_size=99), "Too large")
    assert not seen_rows(panel).count("layer4_1_conv2")
    panel.problem_button.click()
    assert panel.layer_list.row("layer4_1_conv2").isVisibleTo(panel)


def test_what_is_done_to_a_folded_block_is_seen(panel: NetworkPanel, document: Document) -> None:
    document.select("layer1_1_relu3")
    panel.layer_actions.remove.trigger()
    assert "layer1_1_add" in seen_rows(panel)
    assert "layer1_1_relu3" not in seen_rows(panel)
    document.undo_stack.undo()
    assert "layer1_1_relu3" in seen_rows(panel)


def test_layers_are_found_by_parts_of_their_names_and_types(
    qtbot: QtBot, panel: NetworkPanel, document: Document
) -> None:
    search = panel.search
    assert search.isVisibleTo(panel)
    search.setFocus()
    qtbot.keyClicks(search, "LAYER4 conv2d")
    assert len(seen_rows(panel)) == 10
    qtbot.keyClick(search, Qt.Key.Key_Return)
    assert document.selected_id == "layer4_0_conv1"
    qtbot.keyClick(search, Qt.Key.Key_Return)
    assert document.selected_id == "layer4_0_conv2"
    qtbot.keyClick(search, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert document.selected_id == "layer4_0_conv1"
    qtbot.keyClick(search, Qt.Key.Key_Down)
    qtbot.waitUntil(panel.layer_list.hasFocus)
    press(qtbot, panel, Qt.Key.Key_Down, 2)
    assert document.selected_id == "layer4_0_conv3"
    search.setFocus()
    qtbot.keyClick(search, Qt.Key.Key_Escape)
    assert search.text() == ""
    assert "layer4_0_conv3" in seen_rows(panel)
    assert "conv1" in seen_rows(panel)


def test_so_many_are_found_that_only_the_first_are_shown_or_none(
    qtbot: QtBot, panel: NetworkPanel
) -> None:
    hint = panel.layer_list.hint
    qtbot.keyClicks(panel.search, "layer")
    assert len(seen_rows(panel)) == 50
    assert hint.text().startswith("118 more")
    panel.search.setText("transformer")
    assert seen_rows(panel) == []
    assert hint.isVisibleTo(panel)


def test_a_row_is_dragged_past_a_block_not_into_it(
    qtbot: QtBot, panel: NetworkPanel, document: Document
) -> None:
    header = panel.layer_list.row("maxpool").header
    target = panel.layer_list.block_row("layer1_0_conv1")
    start = QPoint(90, 20)
    below = header.mapFromGlobal(target.mapToGlobal(QPoint(90, target.height() - 4)))
    qtbot.mousePress(header, LEFT, pos=start)
    for point in (start + QPoint(0, 20), below):
        qtbot.mouseMove(header, point)
    qtbot.mouseRelease(header, LEFT, pos=below)
    ids = [layer.id for layer in document.spec.layers]
    assert ids[ids.index("maxpool") - 1] == "layer1_0_relu3"
    assert ids[ids.index("maxpool") + 1] == "layer1_1_conv1"


def test_while_a_search_is_typed_editors_leave_room_for_what_is_found(
    qtbot: QtBot, panel: NetworkPanel, document: Document
) -> None:
    document.select("conv1")
    row = panel.layer_list.row("conv1")
    assert row.form.isVisibleTo(panel)
    panel.search.setFocus()
    qtbot.keyClicks(panel.search, "conv2d")
    assert row.isVisibleTo(panel)
    assert not row.form.isVisibleTo(panel)
    qtbot.keyClick(panel.search, Qt.Key.Key_Return)
    found = panel.layer_list.row(document.selected_id)
    assert found is not row
    assert found.form.isVisibleTo(panel)
    qtbot.keyClicks(panel.search, " layer1")
    assert not found.form.isVisibleTo(panel)
    # Into the list, by key or mouse.
    panel.layer_list.setFocus()
    qtbot.waitUntil(lambda: found.form.isVisibleTo(panel))
    panel.search.setFocus()
    panel.search.setText("conv2d")
    qtbot.keyClick(panel.search, Qt.Key.Key_Escape)
    assert found.form.isVisibleTo(panel)


def test_a_short_list_has_no_search_until_it_is_asked_for(
    qtbot: QtBot, panel: NetworkPanel, document: Document
) -> None:
    for layer in document.spec.layers[10:]:
        document.edit(document.spec.removed(layer.id), "Remove")
    assert not panel.search.isVisibleTo(panel)
    panel.find_layers()
    qtbot.waitUntil(panel.search.hasFocus)
