from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractSpinBox, QComboBox, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from cnngui.gui.training.actions import TrainActions
from cnngui.gui.training.page import TrainPage
from cnngui.gui.training.settings_form import LIMITS, LogSpinBox, SettingsForm
from cnngui.pipeline.training.settings import TrainingSettings
from tests.gui.trainings import FakeData, FakeStudio, training
from tests.gui.views.conftest import show


@pytest.fixture
def studio(qapp: object) -> FakeStudio:
    studio = FakeStudio()
    studio.give(FakeData())
    return studio


@pytest.fixture
def page(qtbot: QtBot, studio: FakeStudio) -> TrainPage:
    page = TrainPage(studio, TrainActions(studio))
    show(qtbot, page, 1024, 600)
    page.activateWindow()
    return page


def form(page: TrainPage) -> SettingsForm:
    found = page.findChild(SettingsForm)
    assert found is not None
    return found


def box(page: TrainPage, field: str) -> QAbstractSpinBox:
    found = form(page).editor(field).findChild(QAbstractSpinBox)
    assert found is not None
    return found


def write(qtbot: QtBot, field: QWidget, text: str, *, enter: bool = True) -> None:
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, text)
    if enter:
        qtbot.keyClick(field, Qt.Key.Key_Return)


def choose(page: TrainPage, field: str, value: str) -> None:
    choices = form(page).editor(field).findChild(QComboBox)
    choices.setCurrentIndex(choices.findData(value))
    choices.activated.emit(choices.currentIndex())


def more(page: TrainPage) -> QToolButton:
    found = form(page).findChild(QToolButton, "training_more")
    assert found is not None
    return found


def test_what_is_typed_is_taken(qtbot: QtBot, page: TrainPage, studio: FakeStudio) -> None:
    write(qtbot, box(page, "epochs"), "25")
    write(qtbot, box(page, "batch_size"), "64")
    write(qtbot, box(page, "learning_rate"), "3e-4")
    choose(page, "optimizer", "adamw")
    choose(page, "schedule", "cosine")
    assert studio.plan.settings == TrainingSettings(
        epochs=25, batch_size=64, learning_rate=3e-4, optimizer="adamw", schedule="cosine"
    )


def test_the_rest_is_behind_more(qtbot: QtBot, page: TrainPage, studio: FakeStudio) -> None:
    editors = [form(page).editor(field) for field in ("seed", "weight_decay", "clip_norm")]
    assert not any(editor.isVisible() for editor in editors)
    more(page).click()
    assert all(editor.isVisible() for editor in editors)
    write(qtbot, box(page, "seed"), "7")
    write(qtbot, box(page, "validation_share"), "0.3")
    write(qtbot, box(page, "warmup_epochs"), "0.5")
    choose(page, "loss", "mse")
    assert studio.plan.settings == TrainingSettings(
        seed=7, validation_share=0.3, warmup_epochs=0.5, loss="mse"
    )


def test_momentum_is_there_for_sgd_only(page: TrainPage) -> None:
    momentum = form(page).editor("momentum")
    assert not momentum.isVisible()
    choose(page, "optimizer", "sgd")
    assert momentum.isVisible()
    assert form(page).editor("nesterov").isVisible()


@pytest.mark.parametrize(("field", "wrong"), [("epochs", "0"), ("learning_rate", "0")])
def test_what_is_out_of_range_is_not_taken(
    qtbot: QtBot, page: TrainPage, studio: FakeStudio, field: str, wrong: str
) -> None:
    good = getattr(studio.plan.settings, field)
    write(qtbot, box(page, field), wrong)
    assert getattr(studio.plan.settings, field) == good
    assert box(page, field).value() == good


def test_a_wrong_number_is_explained_while_it_stands(qtbot: QtBot, page: TrainPage) -> None:
    more(page).click()
    write(qtbot, box(page, "validation_share"), "2", enter=False)
    assert "must be from 0 to 0.9, got 2" in form(page).editor("validation_share").toolTip()
    qtbot.keyClick(box(page, "validation_share"), Qt.Key.Key_Return)
    assert "kept apart" in form(page).editor("validation_share").toolTip()


def test_a_learning_rate_counts_when_it_is_whole(
    qtbot: QtBot, page: TrainPage, studio: FakeStudio
) -> None:
    studio.report(training())
    write(qtbot, box(page, "learning_rate"), "1e-2")
    assert studio.asked == [("set_learning_rate", 0.01)]


def test_a_training_that_begins_takes_what_is_being_typed(
    qtbot: QtBot, page: TrainPage, studio: FakeStudio
) -> None:
    write(qtbot, box(page, "learning_rate"), "1e9", enter=False)
    button = page.findChild(QToolButton, "button_train")
    assert button is not None
    button.click()
    assert studio.plan.settings.learning_rate == 1e9
    assert studio.asked == [("start",)]


def test_while_training_only_the_learning_rate_can_be_changed(
    page: TrainPage, studio: FakeStudio
) -> None:
    studio.report(training())
    assert box(page, "learning_rate").isEnabled()
    assert not box(page, "epochs").isEnabled()
    studio.report(training(state="stopped"))
    assert box(page, "epochs").isEnabled()


def test_settings_changed_elsewhere_are_shown(page: TrainPage, studio: FakeStudio) -> None:
    studio.plan.set_settings(TrainingSettings(epochs=3, optimizer="sgd", momentum=0.5))
    assert box(page, "epochs").value() == 3
    assert box(page, "momentum").value() == 0.5


def test_every_field_says_what_it_is_for(page: TrainPage) -> None:
    more(page).click()
    choose(page, "optimizer", "sgd")
    editors = [
        form(page).editor(field) for field in (*LIMITS, "optimizer", "schedule", "loss", "nesterov")
    ]
    assert all(len(editor.toolTip()) > 20 and editor.accessibleName() for editor in editors)


@pytest.mark.parametrize(
    ("value", "steps", "after"),
    [
        (0.001, 1, 0.002),
        (0.001, -1, 0.0005),
        (0.002, 1, 0.005),
        (0.005, 1, 0.01),
        (0.0034, 1, 0.005),
        (0.0034, -1, 0.002),
        (1.0, 2, 5.0),
        (1e9, 1, 1e9),
        (1e-9, -3, 1e-9),
        (0.001, 9, 1.0),
    ],
)
def test_learning_rates_step_by_their_size(
    qtbot: QtBot, value: float, steps: int, after: float
) -> None:
    field = LogSpinBox(LIMITS["learning_rate"])
    qtbot.addWidget(field)
    field.setValue(value)
    field.stepBy(steps)
    assert field.value() == pytest.approx(after)
