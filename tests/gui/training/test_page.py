from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QLabel,
    QListView,
    QProgressBar,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from cnngui.errors import TrainingError
from cnngui.errors import text as template
from cnngui.gui.theme import DARK, apply_theme, colors
from cnngui.gui.training.actions import TrainActions
from cnngui.gui.training.curves_view import CurvesView
from cnngui.gui.training.health_view import HealthView
from cnngui.gui.training.page import TrainPage
from cnngui.gui.training.plot import Mark
from cnngui.gui.training_plan import SmallerOffer
from cnngui.gui.widgets.menu import plain_text
from cnngui.gui.words.runs import run_when
from cnngui.pipeline.training.progress import Finding, LayerHealth, Measurement, RateChange
from cnngui.pipeline.training.settings import TrainingSettings
from tests.gui.trainings import FakeData, FakeStudio, curves, training
from tests.gui.views.conftest import show

EARLIER = training("20250102-030405-b", state="finished", settings=TrainingSettings(epochs=4))


@pytest.fixture
def studio(qapp: QApplication) -> FakeStudio:
    return FakeStudio()


@pytest.fixture
def page(qtbot: QtBot, studio: FakeStudio) -> TrainPage:
    actions = TrainActions(studio)
    page = TrainPage(studio, actions)
    page.addActions(actions.all())
    show(qtbot, page, 1024, 260)
    return page


def button(page: QWidget, name: str) -> QToolButton:
    found = page.findChild(QToolButton, name)
    assert found is not None, name
    return found


def click(qtbot: QtBot, page: QWidget, name: str) -> None:
    qtbot.mouseClick(button(page, name), Qt.MouseButton.LeftButton)


def text(page: QWidget, name: str) -> str:
    label = page.findChild(QLabel, name)
    assert label is not None, name
    return label.text()


def part(page: QWidget, kind: type[QWidget]) -> QWidget:
    found = page.findChild(kind)
    assert found is not None, kind
    return found


def enabled(page: TrainPage) -> list[str]:
    names = ("train", "train_step", "train_stop", "train_reset")
    return [name for name in names if button(page, f"button_{name}").isEnabled()]


def tick(qtbot: QtBot, page: TrainPage, row: int) -> None:
    runs = part(page, QListView)
    runs.setCurrentIndex(runs.model().index(row, 0, QModelIndex()))
    qtbot.keyClick(runs, Qt.Key.Key_Return)


def test_without_samples_it_says_what_to_do_and_leads_there(qtbot: QtBot, page: TrainPage) -> None:
    assert enabled(page) == []
    assert "samples first" in button(page, "button_train").toolTip()
    hint = page.findChild(QLabel, "training_hint")
    assert hint.isVisible()
    assert "Choose samples" in hint.text()
    with qtbot.waitSignal(page.samples_requested):
        hint.linkActivated.emit("samples")


def test_samples_that_cannot_be_opened_say_why(page: TrainPage, studio: FakeStudio) -> None:
    studio.data.problem = TrainingError("folder", "must hold pictures", "<none>")
    studio.data.changed.emit()
    assert "must hold pictures" in text(page, "training_hint")
    assert "&lt;none&gt;" in text(page, "training_hint")


def test_with_samples_it_can_begin(qtbot: QtBot, page: TrainPage, studio: FakeStudio) -> None:
    studio.give(FakeData())
    assert enabled(page) == ["train", "train_step"]
    assert "60 samples of 3 classes" in text(page, "training_status")
    click(qtbot, page, "button_train")
    click(qtbot, page, "button_train_step")
    assert studio.asked == [("start",), ("step",)]


def test_memory_is_told_before_a_training_for_the_batch_size_chosen(
    page: TrainPage, studio: FakeStudio
) -> None:
    studio.plan.set_settings(TrainingSettings(batch_size=64))
    assert studio.plan.measured[-1] == 64
    studio.plan.memory_bytes = 12_300_000
    studio.plan.memory_changed.emit()
    assert text(page, "training_memory").startswith("12.3")
    studio.plan.memory_bytes = 0
    studio.plan.memory_changed.emit()
    assert text(page, "training_memory") == "–"


def test_the_offer_to_mend_outlives_its_notice(
    qtbot: QtBot, page: TrainPage, studio: FakeStudio
) -> None:
    studio.give(FakeData(("circle", "square")))
    click(qtbot, page, "notice_close")
    assert "Give it 2 outputs" in text(page, "training_hint")
    page.findChild(QLabel, "training_hint").linkActivated.emit("mend")
    assert studio.asked == [("mend_network",)]


def test_few_samples_are_offered_more_steps(
    qtbot: QtBot, page: TrainPage, studio: FakeStudio
) -> None:
    studio.give(FakeData())
    assert "change only 20 times" in text(page, "notice_text")
    click(qtbot, page, "notice_action")
    assert (studio.plan.settings.epochs, studio.plan.settings.batch_size) == (30, 8)
    assert not button(page, "notice_close").isVisible()


def test_buttons_follow_the_training(qtbot: QtBot, page: TrainPage, studio: FakeStudio) -> None:
    studio.give(FakeData())
    studio.report(training())
    assert enabled(page) == ["train", "train_stop", "train_reset"]
    assert button(page, "button_train").text() == "Pause"
    assert "Pause first" in button(page, "button_train_step").toolTip()
    click(qtbot, page, "button_train")
    studio.report(training(state="paused"))
    assert enabled(page) == ["train", "train_step", "train_stop", "train_reset"]
    assert button(page, "button_train").text() == "Go on"
    for name in ("train", "train_step", "train_stop", "train_reset"):
        click(qtbot, page, f"button_{name}")
    studio.report(training(state="finished"))
    assert enabled(page) == ["train", "train_step", "train_reset"]
    assert button(page, "button_train").text() == "Train"
    assert studio.asked == [("pause",), ("start",), ("step",), ("stop",), ("reset",)]


def test_keys_do_what_the_buttons_do(qtbot: QtBot, page: TrainPage, studio: FakeStudio) -> None:
    studio.give(FakeData())
    page.activateWindow()
    page.setFocus()
    qtbot.keyClick(page, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    assert studio.asked == [("start",)]
    keys = {action.shortcut().toString() for action in page.actions()}
    assert len(keys - {""}) == 4


def test_a_network_with_problems_is_not_trained(page: TrainPage, studio: FakeStudio) -> None:
    studio.give(FakeData())
    studio.document.edit(studio.document.spec.edited("conv1", out_channels=0), "break")
    assert enabled(page) == []
    assert "problems" in button(page, "button_train").toolTip()
    for words in (text(page, "notice_text"), text(page, "training_hint")):
        assert "conv1.out_channels: must" in words
    assert not button(page, "notice_action").isVisible(), "what is offered does not mend that"
    studio.document.undo_stack.undo()
    assert "conv1" not in text(page, "training_hint")


def test_the_status_line_says_how_it_stands(page: TrainPage, studio: FakeStudio) -> None:
    studio.give(FakeData())
    studio.trainer.preparing = (30, 60)
    studio.trainer.changed.emit()
    assert "30 of 60" in text(page, "training_status")
    assert "being prepared" in text(page, "training_hint")  # not: press Train
    studio.trainer.preparing = None
    studio.report(training(epoch=3.24, step=16))
    words = text(page, "training_status")
    for part_of_it in ("Training", "epoch 3.2 of 10", "0:42 left", "1,240 samples/s", "0.001"):
        assert part_of_it in words
    assert "12.3" in words
    assert "87.5 % of 40 samples kept apart, after epoch 2" in words
    assert part(page, QProgressBar).value() == 80


def test_the_status_line_names_the_first_weights_where_none_did_better(
    page: TrainPage, studio: FakeStudio
) -> None:
    first = Measurement("validation", 40, 0.0, 0.5, 1.0)
    studio.report(training(state="finished", best=first))
    words = text(page, "training_status")
    assert "The first weights are kept" in words
    assert "50 % of 40 samples kept apart, before training" in words
    studio.report(training("20260102-050607-d", state="stopped", best=None))
    assert "nothing was measured" in text(page, "training_status")


def test_the_curves_are_those_of_the_training(page: TrainPage, studio: FakeStudio) -> None:
    studio.give(FakeData())
    view = part(page, CurvesView)
    assert not view.isVisible()
    progress = training()
    studio.report(progress)
    assert view.isVisible()
    measured = progress.curves
    shown = [values for _, values in view.loss.lines]
    assert [len(values) for values in shown] == [40, 40, 3]
    np.testing.assert_array_equal(shown[0], measured.loss)
    np.testing.assert_array_equal(shown[2], measured.validation_loss)
    assert view.loss.view_range[0] == pytest.approx([0, 10], abs=0.5)
    assert view.accuracy.view_range[1] == pytest.approx([0, 1], abs=0.1)
    assert "86.5&nbsp;%" in view.accuracy.legend_text
    page.resize(1900, 300)
    assert "training" in view.loss.legend_text
    assert "validation&nbsp;86.5&nbsp;%" in view.accuracy.legend_text


def test_a_rate_changed_on_the_way_is_marked_and_told(page: TrainPage, studio: FakeStudio) -> None:
    changes = (RateChange(10, 0.5, 3.0, 0.01), RateChange(20, 1.0, 65.0, 0.005))
    studio.report(training(rate_changes=changes))
    view = part(page, CurvesView)
    for plot in (view.loss, view.accuracy):
        assert plot.marks == [Mark(0.5, "0.01"), Mark(1.0, "0.005")]
    page.grab()
    index = part(page, QListView).model().index(0, 0)
    assert "Adam 0.001 → … → 0.005" in index.data()
    words = index.data(Qt.ItemDataRole.ToolTipRole)
    assert "learning rate 0.005 from epoch 1.00 on, after 1:05" in words


def test_losses_on_a_logarithmic_scale(qtbot: QtBot, page: TrainPage, studio: FakeStudio) -> None:
    measured = curves()
    little = replace(measured, smooth_loss=measured.smooth_loss * np.float32(1e-3))
    studio.report(training(curves=little))
    view = part(page, CurvesView)
    shown = view.loss.lines
    click(qtbot, page, "plot_log")
    low, high = view.loss.view_range[1]
    assert low < np.log10(little.smooth_loss[-1]) < np.log10(2.2) < high
    assert high - low < 5
    assert view.loss.lines == shown, "what is measured stays what it is"
    zero = replace(measured, smooth_loss=np.zeros_like(measured.smooth_loss))
    studio.report(training(curves=zero))
    page.grab()
    assert view.loss.view_range[1][0] > -7
    click(qtbot, page, "plot_log")
    assert view.loss.view_range[1][0] == pytest.approx(0, abs=0.2)


def test_one_wild_batch_or_values_that_are_no_numbers_leave_the_curves_readable(
    page: TrainPage, studio: FakeStudio
) -> None:
    measured = curves()
    loss, smooth = measured.loss.copy(), measured.smooth_loss.copy()
    loss[5], loss[-1], smooth[-1] = 1e9, np.inf, np.nan
    studio.report(training(curves=replace(measured, loss=loss, smooth_loss=smooth)))
    view = part(page, CurvesView)
    assert view.loss.view_range[1][1] < 3
    page.grab()
    smooth[-1] = 3e37
    studio.report(training(curves=replace(measured, loss=loss, smooth_loss=smooth)))
    page.grab()


def test_before_the_first_batch_there_is_nothing_to_draw(
    page: TrainPage, studio: FakeStudio
) -> None:
    studio.report(training(curves=curves(steps=0, epochs=0, validates=False), epoch=0.0))
    page.grab()
    assert part(page, CurvesView).loss.view_range[1][1] == pytest.approx(1, abs=0.1)


def test_a_hidden_page_catches_up_when_it_is_shown(page: TrainPage, studio: FakeStudio) -> None:
    page.hide()
    studio.report(training())
    assert "epoch" not in text(page, "training_status")
    page.show()
    assert "epoch 2.0 of 10" in text(page, "training_status")


def test_two_ticked_runs_are_laid_over_one_another(
    qtbot: QtBot, page: TrainPage, studio: FakeStudio
) -> None:
    studio.runs.kept = (EARLIER,)
    studio.report(training(state="stopped"))
    tick(qtbot, page, 0)
    tick(qtbot, page, 1)
    view = part(page, CurvesView)
    assert len(view.loss.lines) == 4
    assert [sign in view.loss.legend_text for sign in ("━━", "╸╺", "···")] == [True, True, False]
    runs = part(page, QListView).model()
    swatches = {runs.index(row, 0).data(Qt.ItemDataRole.DecorationRole).name() for row in (0, 1)}
    assert len(swatches) == 2
    assert all(color in view.loss.legend_text for color in swatches)
    tick(qtbot, page, 1)
    assert len(view.loss.lines) == 3


def test_runs_differ_by_more_than_colour_and_are_named(
    qtbot: QtBot, page: TrainPage, studio: FakeStudio
) -> None:
    page.resize(2400, 500)
    studio.runs.kept = tuple(
        training(f"20250102-03040{n}-a", state="finished", curves=curves(validates=False))
        for n in range(4)
    )
    studio.runs.changed.emit()
    for row in range(4):
        tick(qtbot, page, row)
    view = part(page, CurvesView)
    pens = [item.opts["pen"].style() for item in view.loss.curve_items]
    assert len(set(pens)) == 4
    for run in studio.runs.kept:
        assert run_when(run.run_id).replace(" ", "&nbsp;") in view.loss.legend_text


def test_one_run_that_went_astray_does_not_flatten_the_others(
    qtbot: QtBot, page: TrainPage, studio: FakeStudio
) -> None:
    astray = curves(validates=False)
    astray = replace(astray, smooth_loss=np.geomspace(2, 1e30, 40).astype(np.float32))
    studio.runs.kept = (
        training("20250102-030401-a", state="failed", curves=astray),
        training("20250102-030402-a", state="finished", curves=curves(validates=False)),
    )
    studio.runs.changed.emit()
    tick(qtbot, page, 0)
    tick(qtbot, page, 1)
    top = part(page, CurvesView).loss.view_range[1][1]
    assert 2 < top < 10


def test_a_run_that_begins_is_scrolled_to(
    qtbot: QtBot, page: TrainPage, studio: FakeStudio
) -> None:
    studio.runs.kept = tuple(training(f"20250102-0304{n:02}", state="finished") for n in range(40))
    studio.runs.changed.emit()
    runs = part(page, QListView)
    runs.setCurrentIndex(runs.model().index(39, 0))
    bar = runs.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.value() > 0)
    studio.report(training("20260102-040506-c"))
    qtbot.waitUntil(lambda: bar.value() == 0)


def test_a_training_that_begins_joins_the_comparison(
    qtbot: QtBot, page: TrainPage, studio: FakeStudio
) -> None:
    studio.runs.kept = (EARLIER,)
    studio.runs.changed.emit()
    tick(qtbot, page, 0)
    studio.report(training(curves=curves(validates=False)))
    assert len(part(page, CurvesView).loss.lines) == 3
    studio.report(training(curves=curves(steps=60, validates=False)))
    assert max(len(values) for _, values in part(page, CurvesView).loss.lines) == 60


def test_more_runs_than_colours_can_be_compared(
    qtbot: QtBot, page: TrainPage, studio: FakeStudio
) -> None:
    studio.runs.kept = tuple(training(f"20250102-0304{n:02}", state="finished") for n in range(12))
    studio.runs.changed.emit()
    for row in range(12):
        tick(qtbot, page, row)
    assert len(part(page, CurvesView).loss.lines) == 24


def test_a_run_can_be_restored_and_deleted(
    qtbot: QtBot, page: TrainPage, studio: FakeStudio
) -> None:
    studio.runs.kept = (EARLIER,)
    studio.report(training())
    runs = part(page, QListView)
    actions = {plain_text(action): action for action in runs.parentWidget().actions()}
    take, first = actions["Take these weights"], actions["Weights before training"]
    delete = actions["Delete run"]
    assert not take.isEnabled()
    runs.setCurrentIndex(runs.model().index(0, 0))
    assert not take.isEnabled(), "it has not ended"
    runs.setCurrentIndex(runs.model().index(1, 0))
    for action in (take, first, delete):
        action.trigger()
    run_id = EARLIER.run_id
    assert studio.asked == [
        ("restore_run", run_id, False),
        ("restore_run", run_id, True),
        ("delete_run", run_id),
    ]
    studio.runs.kept = studio.runs.kept[:1]
    studio.runs.changed.emit()
    assert runs.model().rowCount() == 1


def test_the_curves_of_a_run_can_be_had_as_a_table(
    page: TrainPage, studio: FakeStudio, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    proposed: list[str] = []

    def choose(parent: QWidget, title: str, path: str, kind: str) -> tuple[str, str]:
        proposed.append(path)
        return str(tmp_path / "mine"), kind

    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    studio.runs.kept = (EARLIER,)
    studio.runs.changed.emit()
    runs = part(page, QListView)
    (table,) = (one for one in runs.parentWidget().actions() if "table" in one.text())
    assert not table.isEnabled()
    runs.setCurrentIndex(runs.model().index(0, 0))
    table.trigger()
    assert studio.asked == [("write_curves", EARLIER.run_id, tmp_path / "mine.csv")]
    assert proposed[0].endswith("_small-curves.csv")


@pytest.mark.parametrize(("is_more", "how"), [(False, "about"), (True, "more than")])
def test_a_small_network_is_offered_with_the_time_it_takes(
    qtbot: QtBot, page: TrainPage, studio: FakeStudio, is_more: bool, how: str
) -> None:
    studio.give(FakeData())
    assert studio.plan.timed
    tiny = replace(studio.document.spec, name="Tiny VGG")
    studio.plan.offer = SmallerOffer(tiny, TrainingSettings(), 380.0, is_more, 5.2)
    studio.plan.times_changed.emit()
    said = f"“small” would learn these samples for {how} 6 min, “Tiny VGG” for about 5 s"
    assert text(page, "notice_text") == said
    assert button(page, "notice_action").text() == "Take “Tiny VGG”"
    click(qtbot, page, "notice_action")
    assert studio.asked == [("take_small_network",)]


def test_classes_that_are_rare_are_offered_to_count_alike(
    qtbot: QtBot, page: TrainPage, studio: FakeStudio
) -> None:
    data = FakeData()
    data.labels = np.repeat([0, 1, 2], [300, 90, 300])
    studio.give(data)
    assert text(page, "notice_text").startswith("“circle” has 300 samples, “square” 90: ")
    click(qtbot, page, "notice_action")
    assert studio.plan.settings.class_weights
    assert not button(page, "notice_close").isVisible()


def test_classes_of_about_as_many_samples_are_left_alone(
    page: TrainPage, studio: FakeStudio
) -> None:
    data = FakeData()
    data.labels = np.repeat([0, 1, 2], [300, 120, 300])
    studio.give(data)
    assert not button(page, "notice_close").isVisible()


def test_the_chosen_run_stays_chosen_when_another_begins(
    page: TrainPage, studio: FakeStudio
) -> None:
    studio.runs.kept = (EARLIER,)
    studio.runs.changed.emit()
    runs = part(page, QListView)
    runs.setCurrentIndex(runs.model().index(0, 0))
    studio.report(training())
    assert runs.currentIndex().row() == 1


def test_a_run_says_what_it_was(page: TrainPage, studio: FakeStudio) -> None:
    settings = TrainingSettings(
        optimizer="sgd", nesterov=True, schedule="cosine", clip_norm=1, loss="mse"
    )
    studio.report(training(state="failed", settings=settings, message="The loss became NaN"))
    index = part(page, QListView).model().index(0, 0)
    words = index.data()
    worth = "87.5 % of 40 samples kept apart, after epoch 2"
    for part_of_it in ("Shapes", worth, "Failed", "SGD + Nesterov 0.001", "mean squared"):
        assert part_of_it in words
    assert "The loss became NaN" in index.data(Qt.ItemDataRole.ToolTipRole)
    studio.report(training("20260102-040506-c", best=None))
    assert "not measured" in part(page, QListView).model().index(0, 0).data()


def test_ill_layers_are_named_with_what_to_do(page: TrainPage, studio: FakeStudio) -> None:
    health = part(page, HealthView)
    studio.report(training())
    assert health.warning == ""
    studio.report(
        training(
            layers=(
                LayerHealth("conv1", 1e-12, 1e-9, "vanishing"),
                LayerHealth("fc1", float("nan"), float("inf"), "nan"),
            ),
            findings=(
                Finding("nan", template("{layers}: values are no longer numbers", layers="fc1")),
                Finding("vanishing", template("{layers}: hardly learns", layers="conv1")),
            ),
        )
    )
    assert health.warning == "fc1: values are no longer numbers\nconv1: hardly learns"
    page.grab()


def test_a_failed_training_is_explained_once(
    qtbot: QtBot, page: TrainPage, studio: FakeStudio
) -> None:
    failed = training(state="failed", message="The loss is no longer a number")
    studio.report(failed)
    assert text(page, "notice_text") == failed.message
    assert button(page, "notice_close").isVisible()
    studio.report(replace(failed))
    assert text(page, "notice_count") == ""
    click(qtbot, page, "notice_close")
    studio.runs.changed.emit()
    assert not button(page, "notice_close").isVisible()
    studio.report(training("20260102-040506-c"))
    studio.report(training("20260102-040506-c", state="failed", message=failed.message))
    assert button(page, "notice_close").isVisible()


def test_a_refused_training_says_why(page: TrainPage, studio: FakeStudio) -> None:
    studio.trainer.problem = TrainingError("class star", "must have samples", 0)
    studio.trainer.changed.emit()
    assert "must have samples" in text(page, "notice_text")
    studio.trainer.problem = None
    studio.trainer.changed.emit()
    assert not button(page, "notice_close").isVisible()


def test_a_network_that_does_not_fit_can_be_mended(
    qtbot: QtBot, page: TrainPage, studio: FakeStudio
) -> None:
    studio.give(FakeData(("a", "b", "c", "d", "e")))
    assert text(page, "notice_text") == "The network has 3 outputs, the samples have 5 classes."
    assert enabled(page) == []
    click(qtbot, page, "notice_action")
    assert studio.asked == [("mend_network",)]
    studio.document.edit(studio.document.spec.edited("fc1", out_features=5), "mend")
    assert enabled(page) == ["train", "train_step"]
    studio.document.undo_stack.undo()
    assert button(page, "notice_action").isVisible()


def test_a_network_without_a_last_row_of_numbers_is_offered_one(
    page: TrainPage, studio: FakeStudio
) -> None:
    studio.document.edit(studio.document.spec.removed("fc1").removed("flatten1"), "cut")
    studio.give(FakeData())
    assert "does not end in one number" in text(page, "notice_text")
    assert "3 outputs" in button(page, "notice_action").text()


def test_it_follows_the_theme(
    qtbot: QtBot, qapp: QApplication, page: TrainPage, studio: FakeStudio
) -> None:
    studio.report(training())
    page.grab()
    apply_theme(qapp, "dark")
    try:
        assert colors() == DARK
        plot = part(page, CurvesView).loss
        qtbot.waitUntil(lambda: plot.background.name() == DARK.field)
        page.grab()
    finally:
        apply_theme(qapp, "light")
