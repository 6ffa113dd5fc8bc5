"""Training in the window: the real trainer on a few drawn shapes, beside the built-in clip."""

from __future__ import annotations

import importlib
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from cnngui.engine.learning.network import training_bytes
from cnngui.formats.network_file import write_network
from cnngui.gui.session import kept_networks
from cnngui.gui.settings import Settings
from cnngui.gui.studio import Studio
from cnngui.gui.window.drawer import TrainingDrawer
from cnngui.pipeline.training.progress import RunRead
from cnngui.pipeline.training.settings import TrainingSettings
from cnngui.spec.layers import Conv2d, Flatten, GlobalAvgPool2d, Linear, ReLU
from cnngui.spec.network import InputSpec, NetworkSpec
from cnngui.terminal.cli import Arguments
from tests.data.files import write_image
from tests.gui.driver import Driver

SHAPES = "shapes:count=60:size=16"
CLASSES = ("circle", "square", "triangle", "star", "cross", "heart")
NETWORK = NetworkSpec(
    name="small",
    input=InputSpec(channels=3, height=16, width=16),
    layers=(
        Conv2d(id="conv1", out_channels=4, stride=(2, 2)),
        ReLU(id="relu1"),
        GlobalAvgPool2d(id="pool1"),
        Flatten(id="flatten1"),
        Linear(id="fc1", out_features=6),
    ),
)
LONG = TrainingSettings(epochs=100_000, batch_size=8)
SHORT = TrainingSettings(epochs=2, batch_size=16, learning_rate=0.01)


@pytest.fixture
def driver(qtbot: QtBot, settings: Settings, tmp_path: Path) -> Iterator[Driver]:
    """The window with a small network, its drawer open, and samples to learn from."""
    write_network(tmp_path / "small.json", NETWORK)
    driver = Driver(qtbot, settings, Arguments(network=str(tmp_path / "small.json")))
    driver.wait_for_maps()
    driver.key(Qt.Key.Key_T)
    studio_of(driver).data.open(SHAPES)
    driver.wait(lambda: studio_of(driver).data.dataset is not None)
    yield driver
    driver.window.close()


def studio_of(driver: Driver) -> Studio:
    found = driver.window.findChild(Studio)
    assert found is not None
    return found


def begin(driver: Driver, settings: TrainingSettings = LONG) -> Studio:
    studio = studio_of(driver)
    studio.plan.set_settings(settings)
    studio.trainer.start()
    driver.wait(lambda: studio.trainer.progress is not None and studio.trainer.progress.step > 0)
    return studio


def weight_ids(driver: Driver) -> list[str]:
    return [driver.document.spec.layer(name).weights_id for name in ("conv1", "fc1")]


def shown_weight(driver: Driver) -> np.ndarray:
    return driver.result.weights["conv1"]["weight"]


def test_the_least_window_has_room_for_the_drawer(driver):
    window = driver.window
    assert window.findChild(TrainingDrawer).isVisible()
    window.resize(window.minimumSize())
    driver.wait(lambda: window.minimumSizeHint().height() <= window.height())
    driver.key(Qt.Key.Key_T)
    assert not window.findChild(TrainingDrawer).isVisible()
    driver.click("button_training")
    assert window.findChild(TrainingDrawer).isVisible()


def test_a_training_ends_in_one_edit_that_can_be_undone(driver):
    studio = begin(driver)
    renamed = replace(driver.document.spec, name="renamed").edited("conv1", frozen=True)
    driver.document.edit(renamed, "edit")
    driver.wait(lambda: studio.trainer.progress.epoch > 1)
    studio.trainer.stop()
    driver.wait(lambda: studio.trainer.progress.state == "stopped")
    assert driver.document.spec.name == "renamed"
    assert driver.document.spec.layer("conv1").frozen
    assert driver.document.spec.classes == CLASSES
    assert all(weight_ids(driver))
    assert driver.document.is_modified
    driver.wait(lambda: driver.result.generation == driver.document.generation)
    learned = shown_weight(driver)
    driver.document.undo_stack.undo()
    assert not any(weight_ids(driver))
    driver.wait(lambda: driver.result.generation == driver.document.generation)
    assert not np.array_equal(shown_weight(driver), learned)
    driver.document.undo_stack.redo()
    driver.wait(lambda: driver.result.generation == driver.document.generation)
    assert np.array_equal(shown_weight(driver), learned)


def test_the_wall_follows_and_falls_back_when_the_network_was_edited(driver):
    first = shown_weight(driver)
    studio = begin(driver)
    driver.wait(lambda: not np.array_equal(shown_weight(driver), first))
    edited = driver.document.spec.edited("conv1", out_channels=5)
    driver.document.edit(edited, "edit")
    driver.wait(lambda: shown_weight(driver).shape[0] == 5)
    studio.trainer.stop()
    driver.wait(lambda: studio.trainer.progress.state == "stopped")
    assert driver.document.spec.is_twin_of(edited)
    assert len(studio.runs.kept) == 1
    studio.runs.restore(studio.runs.kept[0].run_id)
    driver.wait(lambda: driver.document.spec.layer("conv1").out_channels == 4)
    driver.document.undo_stack.undo()
    assert driver.document.spec.is_twin_of(edited)
    assert len(studio.runs.kept) == 1


def test_pause_one_batch_and_back_to_the_first_weights(driver):
    studio = begin(driver)
    studio.trainer.pause()
    driver.wait(lambda: studio.trainer.is_paused)
    stood = studio.trainer.progress.step
    studio.trainer.step()
    driver.wait(lambda: studio.trainer.is_paused and studio.trainer.progress.step == stood + 1)
    studio.trainer.reset()
    driver.wait(lambda: studio.trainer.is_paused and studio.trainer.progress.step == 0)
    studio.trainer.start()
    driver.wait(lambda: studio.trainer.is_running and studio.trainer.progress.step > 0)
    studio.trainer.stop()
    driver.wait(lambda: not studio.trainer.is_under_way)
    learned = weight_ids(driver)
    studio.trainer.reset()
    driver.wait(lambda: weight_ids(driver) != learned)
    driver.document.undo_stack.undo()
    assert weight_ids(driver) == learned


def test_one_batch_begins_a_training(driver):
    studio = studio_of(driver)
    studio.trainer.step()
    driver.wait(lambda: studio.trainer.is_paused and studio.trainer.progress.step == 1)


def test_a_network_that_does_not_fit_is_mended_in_one_step(driver):
    studio = studio_of(driver)
    before = driver.document.spec
    driver.document.edit(before.edited("fc1", out_features=9), "edit")
    assert studio.plan.needs_mending
    studio.trainer.start()
    assert not studio.trainer.is_under_way
    studio.plan.mend_network()
    assert not studio.plan.needs_mending
    assert driver.document.spec.classes == CLASSES
    driver.document.undo_stack.undo()
    assert studio.plan.needs_mending


def test_what_cannot_be_trained_says_why(driver):
    studio = studio_of(driver)
    spec = driver.document.spec
    driver.document.edit(spec.edited("conv1", kernel_size=(99, 99)), "edit")
    studio.trainer.start()
    assert "problems" in str(studio.trainer.problem)
    driver.document.undo_stack.undo()
    studio.data.open("shapes:count=3:size=16")
    driver.wait(lambda: len(studio.data.dataset) == 3)
    studio.trainer.start()
    driver.wait(
        lambda: studio.trainer.problem is not None and "samples" in str(studio.trainer.problem)
    )
    assert not studio.trainer.is_under_way
    studio.data.open("/nowhere")
    driver.wait(lambda: studio.data.problem is not None)
    assert studio.data.dataset is not None


def test_memory_is_measured_once_for_each_network_and_batch(driver):
    studio = studio_of(driver)
    studio.plan.measure_memory()
    driver.wait(lambda: studio.plan.memory_bytes == training_bytes(driver.document.spec, 32))
    with driver.qtbot.assertNotEmitted(studio.plan.memory_changed, wait=0):
        studio.plan.measure_memory()
    driver.document.edit(driver.document.spec.edited("conv1", out_channels=0), "edit")
    studio.plan.measure_memory()
    driver.wait(lambda: studio.plan.memory_bytes == 0)


def test_samples_that_cannot_be_learned_leave_the_network_as_it_is(driver, tmp_path):
    for name in range(1001):
        (tmp_path / "many" / str(name)).mkdir(parents=True)
    write_image(tmp_path / "many" / "0" / "1.png")
    write_image(tmp_path / "many" / "1" / "1.png")
    studio, before = studio_of(driver), driver.document.spec
    studio.data.open(str(tmp_path / "many"))
    driver.wait(lambda: len(studio.data.dataset.classes) == 1001)
    assert not studio.plan.needs_mending
    studio.trainer.start()
    assert "at most 1,000 classes, got 1,001" in str(studio.trainer.problem)
    assert driver.document.spec == before


def test_a_network_with_problems_is_refused_for_those(driver):
    studio = studio_of(driver)
    spec = driver.document.spec
    driver.document.edit(spec.edited("conv1", out_channels=0), "edit")
    assert not studio.plan.needs_mending
    studio.trainer.start()
    assert "conv1.out_channels" in str(studio.trainer.problem)


@pytest.mark.parametrize(
    "spec",
    [
        NETWORK.edited("conv1", frozen=True).edited("fc1", frozen=True),
        NetworkSpec(input=InputSpec(channels=3, height=1, width=2), layers=(Flatten(id="only"),)),
    ],
    ids=["all frozen", "no parameters"],
)
def test_a_network_with_nothing_to_learn_is_refused_in_words(driver, spec):
    studio = studio_of(driver)
    driver.document.edit(spec, "edit")
    studio.trainer.start()
    driver.wait(lambda: studio.trainer.problem is not None)
    assert "not frozen" in str(studio.trainer.problem)
    assert not studio.trainer.is_under_way


def test_a_learning_rate_of_a_billion_keeps_the_last_good_weights(driver):
    studio = begin(driver, replace(SHORT, optimizer="sgd", learning_rate=1e9, epochs=50))
    driver.wait(lambda: not studio.trainer.is_under_way)
    assert studio.trainer.progress.state == "failed"
    assert studio.trainer.progress.message
    driver.wait(lambda: driver.result.generation == driver.document.generation)
    assert np.isfinite(shown_weight(driver)).all()


def test_runs_are_listed_deleted_and_brought_back(driver):
    studio = begin(driver)
    run_id = studio.runs.kept[0].run_id
    steps = driver.document.undo_stack.count()
    studio.runs.delete(run_id)
    assert driver.document.undo_stack.count() == steps
    studio.trainer.stop()
    driver.wait(lambda: not studio.trainer.is_under_way)
    studio.runs.delete(run_id)
    driver.wait(lambda: not studio.runs.kept)
    driver.document.undo_stack.undo()
    driver.wait(lambda: [run.run_id for run in studio.runs.kept] == [run_id])


@pytest.mark.parametrize("paused", [False, True])
def test_closing_while_training_loses_nothing(qtbot, driver, settings, paused):
    studio = begin(driver)
    driver.wait(lambda: studio.trainer.progress.epoch > 1)
    if paused:
        studio.trainer.pause()
        driver.wait(lambda: studio.trainer.is_paused)
    driver.window.close()
    assert studio.trainer.progress.state == "stopped"
    (kept,) = kept_networks(settings.folder)
    assert kept.spec.classes == CLASSES
    assert kept.spec.layer("conv1").weights_id == driver.document.spec.layer("conv1").weights_id
    again = Driver(qtbot, settings)
    again.wait_for_maps()
    assert again.document.spec == driver.document.spec
    # The drawer was left open, and the run is in its list.
    assert again.window.findChild(TrainingDrawer).isVisible()
    again.wait(lambda: len(studio_of(again).runs.kept) == 1)
    assert studio_of(again).plan.settings == LONG
    again.window.close()


def test_closing_while_samples_are_made_ready(driver):
    studio = studio_of(driver)
    studio.data.open("shapes:count=100000")
    driver.wait(lambda: len(studio.data.dataset) == 100_000)
    studio.trainer.start()
    driver.wait(lambda: studio.trainer.preparing not in (None, (0, 0)))
    driver.window.close()
    assert not weight_ids(driver)[0]


@pytest.mark.parametrize(
    "module",
    ["studio", "chosen_data", "training_plan", "runs", "trainer", "view_state", "document"],
)
def test_what_the_wings_share_knows_no_widgets(module):
    source = Path(importlib.import_module(f"cnngui.gui.{module}").__file__).read_text("utf-8")
    assert not re.search(r"QtWidgets|gui\.(widgets|window|views|network)\b", source)


def test_the_list_of_runs_holds_what_is_on_disk(driver, settings, monkeypatch):
    monkeypatch.setattr("cnngui.pipeline.training.run_store.MOST_RUNS", 2)
    studio = studio_of(driver)
    studio.plan.set_settings(SHORT)
    ids: list[str] = []
    for _ in range(4):
        studio.trainer.start()
        driver.wait(lambda: bool(studio.runs.kept) and studio.runs.kept[0].run_id not in ids)
        ids.insert(0, studio.runs.kept[0].run_id)
        driver.wait(lambda: not studio.trainer.is_under_way)
    driver.wait(lambda: [run.run_id for run in studio.runs.kept] == ids[:2])
    on_disk = {path.parent.name for path in (settings.folder / "runs").glob("*/run.json")}
    assert on_disk == set(ids[:2])
    with driver.qtbot.waitSignal(
        studio.event_received, check_params_cb=lambda event: isinstance(event, RunRead)
    ):
        studio.runs.restore(ids[1])


def test_a_run_that_the_disk_refused_is_not_in_the_list(driver, settings):
    (settings.folder / "runs").mkdir(parents=True, exist_ok=True)
    (settings.folder / "runs").chmod(0o700)
    studio = begin(driver)
    run_id = studio.runs.kept[0].run_id
    place = settings.folder / "runs" / run_id
    driver.wait(lambda: (place / "run.json").exists())
    shutil.rmtree(place)
    place.write_text("in the way")
    studio.trainer.stop()
    driver.wait(lambda: not studio.trainer.is_under_way and not studio.runs.kept)
