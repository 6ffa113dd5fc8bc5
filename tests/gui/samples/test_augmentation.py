from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QCheckBox, QSlider, QSpinBox, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from cnngui.data.augmentation import NO_AUGMENTATION, Augmentation
from cnngui.gui.samples.augmentation_panel import SHOWN, AugmentationPanel
from tests.gui.sampling import LEFT, SamplesStudio, folder_dataset
from tests.gui.views.conftest import show

DATA = folder_dataset(["a/1.png", "a/2.png", "b/1.png"])


@pytest.fixture
def studio(qapp: QApplication) -> SamplesStudio:
    studio = SamplesStudio()
    studio.data.dataset = DATA
    return studio


@pytest.fixture
def panel(qtbot: QtBot, studio: SamplesStudio) -> AugmentationPanel:
    panel = AugmentationPanel(studio)
    show(qtbot, panel, 1000, 160)
    return panel


def find(panel: QWidget, kind: type[QWidget], name: str) -> QWidget:
    found = panel.findChild(kind, name)
    assert found is not None, name
    return found


def test_every_amount_is_shown_in_its_unit_and_written_as_it_is_meant(
    panel: AugmentationPanel, studio: SamplesStudio
) -> None:
    for name, value in (("shift", 25), ("rotation", 45), ("scale", 30), ("cutout", 40)):
        find(panel, QSpinBox, f"{name}_box").setValue(value)
    for name, value in (("brightness", 20), ("noise", 10)):
        find(panel, QSlider, f"{name}_slider").setValue(value)
    panel.findChildren(QCheckBox)[0].click()
    assert studio.plan.settings.augmentation == Augmentation(
        shift=0.25,
        flip=True,
        rotation=45.0,
        scale=0.3,
        brightness=0.2,
        noise=0.1,
        cutout=0.4,
    )
    assert find(panel, QSpinBox, "noise_box").text() == "10 %"
    assert find(panel, QSlider, "rotation_slider").value() == 45


def test_one_sample_is_shown_eight_times_with_what_is_chosen_now(
    panel: AugmentationPanel, studio: SamplesStudio
) -> None:
    find(panel, QSpinBox, "shift_box").setValue(10)
    token, numbers, _, augmentation, seed = studio.desk.requests[-1]
    assert len(numbers) == SHOWN
    assert len(set(numbers)) == 1
    assert augmentation == Augmentation(shift=0.1)
    studio.desk.answer(studio.desk.requests[-1])
    assert len(panel.preview.images) == SHOWN
    find(panel, QToolButton, "augmentation_again").click()
    assert studio.desk.requests[-1][4] != seed
    assert studio.desk.requests[-1][0] == token


def test_everything_can_be_switched_off_at_once(
    qtbot: QtBot, panel: AugmentationPanel, studio: SamplesStudio
) -> None:
    button = find(panel, QToolButton, "augmentation_clear")
    assert not button.isEnabled()
    find(panel, QSpinBox, "noise_box").setValue(50)
    qtbot.mouseClick(button, LEFT)
    assert studio.plan.settings.augmentation == NO_AUGMENTATION
    assert find(panel, QSpinBox, "noise_box").value() == 0


def test_without_samples_there_is_nothing_to_show(
    panel: AugmentationPanel, studio: SamplesStudio
) -> None:
    studio.desk.answer(studio.desk.requests[-1])
    studio.give(None)
    assert panel.preview.images == []
