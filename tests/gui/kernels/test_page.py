from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cnngui.gui.kernels.page import KernelsPage
from cnngui.gui.view_state import ViewState
from cnngui.spec.layers import Conv2d
from cnngui.spec.network import NetworkSpec
from tests.gui.learned import LEARNER, LearnedStudio, kernels, moments
from tests.gui.trainings import training
from tests.gui.views.conftest import show

LEFT = Qt.MouseButton.LeftButton
RUN = training("20260102-030405-a", spec=LEARNER, moments=moments())
EARLIER = training("20250102-030405-b", spec=LEARNER, moments=moments(3), state="finished")


@pytest.fixture
def studio(qapp: QApplication) -> LearnedStudio:
    return LearnedStudio()


@pytest.fixture
def state(studio: LearnedStudio) -> ViewState:
    studio.document.select("conv1")
    return studio.view


@pytest.fixture
def page(qtbot: QtBot, studio: LearnedStudio, state: ViewState) -> KernelsPage:
    page = KernelsPage(studio)  # type: ignore[arg-type]
    show(qtbot, page, 1024, 270)
    return page


def drawn(page: KernelsPage):
    assert page.canvas.isVisible()
    assert page.canvas.drawn is not None
    return page.canvas.drawn


def middle_of(page: KernelsPage, kernel: int, panel: int = 0):
    return page.canvas.block_rect(kernel, panel).center().toPoint()


def corner_of(page: KernelsPage, kernel: int, panel: int = 0):
    return page.canvas.block_rect(kernel, panel).topLeft().toPoint()


def test_before_the_first_picture_it_says_what_to_do(page: KernelsPage) -> None:
    assert page.message.isVisible()
    assert "as soon as a source is open" in page.message.text()


def test_a_network_without_convolution_has_none(qtbot: QtBot, studio: LearnedStudio) -> None:
    studio.document.replace_network(NetworkSpec(name="bare"))
    page = KernelsPage(studio)  # type: ignore[arg-type]
    show(qtbot, page, 800, 250)
    assert "no convolution" in page.message.text()


def test_the_running_network_is_shown_before_any_training(
    page: KernelsPage, studio: LearnedStudio
) -> None:
    weights = kernels()
    studio.run_with(weights)
    assert drawn(page).panels[0] is weights["conv1"]
    assert drawn(page).layout.has_color
    assert not page.history.isVisible()
    assert not page.compare.isVisible()
    count = len(studio.painter.requests)
    studio.run_with(weights)
    assert len(studio.painter.requests) == count
    studio.run_with(kernels(2.0))
    assert len(studio.painter.requests) == count + 1


def test_it_follows_the_layer_looked_at_and_leads_there(
    qtbot: QtBot, page: KernelsPage, studio: LearnedStudio, state: ViewState
) -> None:
    studio.run_with(kernels())
    state.select_layer("conv2")
    assert page.layer.currentText() == "conv2"
    assert drawn(page).request.layer_id == "conv2"
    assert not drawn(page).layout.has_color
    state.select_layer("relu1")
    assert page.layer.currentText() == "conv1"
    page.layer.setFocus()
    qtbot.keyClick(page.layer, Qt.Key.Key_Down)
    assert drawn(page).request.layer_id == "conv2"
    assert state.layer_id == "conv2"


def test_a_click_on_a_kernel_chooses_its_channel(
    qtbot: QtBot, page: KernelsPage, studio: LearnedStudio, state: ViewState
) -> None:
    studio.run_with(kernels())
    state.select_layer("relu1")
    qtbot.mouseClick(page.canvas.viewport(), LEFT, pos=middle_of(page, 5))
    assert (state.layer_id, state.channel) == ("conv1", 5)
    qtbot.keyClick(page.canvas, Qt.Key.Key_Right)
    assert state.channel == 6
    qtbot.keyClick(page.canvas, Qt.Key.Key_Left)
    assert state.channel == 5


def test_the_weight_under_the_pointer(
    qtbot: QtBot, page: KernelsPage, studio: LearnedStudio, state: ViewState
) -> None:
    weights = kernels()
    studio.run_with(weights)
    state.select_layer("conv2")
    qtbot.mouseMove(page.canvas.viewport(), corner_of(page, 7))
    assert "kernel 7, input 0   row 0, column 0" in page.pointed.text()
    value = f"{weights['conv2'][7, 0, 0, 0]:.4g}".replace("-", "−")
    assert page.pointed.text().endswith(f"weight {value}")
    state.select_layer("conv1")
    qtbot.mouseMove(page.canvas.viewport(), corner_of(page, 1))
    assert "kernel 1 as a picture" in page.pointed.text()
    assert " R " in page.pointed.text()


def test_a_training_is_shown_by_itself_and_live(page: KernelsPage, studio: LearnedStudio) -> None:
    studio.run_with(kernels())
    studio.report(RUN)
    assert drawn(page).panels[0] is RUN.moments[-1].kernels["conv1"]
    assert page.history.label.text() == "epoch 2.0"
    assert page.summary.text().startswith("changed by 40 %")
    further = replace(RUN, moments=(*RUN.moments, *moments(7)[5:]))
    studio.report(further)
    assert drawn(page).panels[0] is further.moments[-1].kernels["conv1"]


def test_back_in_the_history_it_stays_there(page: KernelsPage, studio: LearnedStudio) -> None:
    studio.report(RUN)
    page.history.slider.setValue(1)
    assert drawn(page).panels[0] is RUN.moments[1].kernels["conv1"]
    assert page.history.label.text() == "epoch 0.5"
    limit = drawn(page).limits[0]
    thinned = replace(RUN, moments=(*RUN.moments[:1], *RUN.moments[1::2], *moments(9)[5:]))
    studio.report(thinned)
    assert page.history.label.text() == "epoch 0.5"
    page.history.slider.setValue(0)
    assert page.history.label.text() == "before training"
    assert page.summary.text() == "changed by 0 % since the first weights"
    assert drawn(page).limits[0] > limit


def test_playing_ends_at_the_end(qtbot: QtBot, page: KernelsPage, studio: LearnedStudio) -> None:
    studio.report(RUN)
    shown = []
    page.history.moment_changed.connect(lambda: shown.append(page.history.label.text()))
    qtbot.mouseClick(page.history.play, LEFT)
    assert page.history.play.accessibleName() == "Pause"
    qtbot.waitUntil(lambda: page.history.play.accessibleName() == "Play", timeout=10_000)
    assert shown == ["before training", "epoch 0.5", "epoch 1.0", "epoch 1.5", "epoch 2.0"]


def test_before_now_and_change_side_by_side(
    qtbot: QtBot, page: KernelsPage, studio: LearnedStudio
) -> None:
    studio.report(RUN)
    qtbot.mouseClick(page.compare, LEFT)
    assert drawn(page).layout.panels == 3
    first, last = RUN.moments[0].kernels["conv1"], RUN.moments[-1].kernels["conv1"]
    for panel, weights in zip(drawn(page).panels, (first, last, last - first), strict=True):
        np.testing.assert_array_equal(panel, weights)
    qtbot.mouseMove(page.canvas.viewport(), corner_of(page, 2, panel=2))
    assert "before R" in page.pointed.text()
    assert "change R" in page.pointed.text()


def test_another_run_can_be_looked_at(
    qtbot: QtBot, page: KernelsPage, studio: LearnedStudio
) -> None:
    studio.runs.kept = (EARLIER,)
    studio.runs.changed.emit()
    studio.run_with(kernels())
    assert page.run.isVisible()
    assert not page.history.isVisible()
    page.run.setFocus()
    qtbot.keyClick(page.run, Qt.Key.Key_Down)
    assert page.history.isVisible()
    assert drawn(page).panels[0] is EARLIER.moments[-1].kernels["conv1"]


def test_a_network_that_is_no_longer_the_runs_is_shown_itself(
    page: KernelsPage, studio: LearnedStudio
) -> None:
    studio.report(RUN)
    assert page.history.isVisible()
    studio.document.edit(LEARNER.edited("conv1", out_channels=12), "edit")
    assert not page.history.isVisible()
    weights = {"conv1": np.ones((12, 3, 3, 3), np.float32)}
    studio.run_with(weights)
    assert drawn(page).panels[0] is weights["conv1"]


def test_many_kernels_scroll(
    qtbot: QtBot, page: KernelsPage, studio: LearnedStudio, state: ViewState
) -> None:
    wide = Conv2d(id="conv2", out_channels=600, kernel_size=(7, 7), padding="same")
    studio.document.edit(LEARNER.replaced("conv2", wide), "edit")
    studio.run_with({"conv2": np.ones((600, 8, 7, 7), np.float32)})
    state.select_layer("conv2")
    bar = page.canvas.verticalScrollBar()
    assert drawn(page).layout.first == 0
    assert bar.maximum() > 0
    qtbot.keyClick(page.canvas, Qt.Key.Key_PageDown)
    layout = drawn(page).layout
    assert layout.first == layout.columns * layout.rows
    bar.setValue(bar.maximum())
    layout = drawn(page).layout
    assert layout.first + layout.shown == 600
    qtbot.mouseClick(page.canvas.viewport(), LEFT, pos=middle_of(page, 599))
    assert state.channel == 599


def test_colours_follow_the_choice(
    page: KernelsPage, studio: LearnedStudio, state: ViewState
) -> None:
    studio.run_with(kernels())
    state.set_colormaps("", "purple-green")
    assert drawn(page).request.colormap == "purple-green"


def test_nothing_is_painted_while_nobody_looks(page: KernelsPage, studio: LearnedStudio) -> None:
    page.hide()
    studio.run_with(kernels())
    assert studio.painter.requests == []
    page.show()
    assert len(studio.painter.requests) >= 1
