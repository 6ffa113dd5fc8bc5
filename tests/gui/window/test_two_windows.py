"""Two windows at once, of one user: neither takes anything from the other."""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from cnngui.gui.session import kept_networks
from cnngui.gui.session_folder import SessionFolder
from cnngui.gui.settings import Settings
from cnngui.gui.studio import Studio
from cnngui.pipeline.training.settings import TrainingSettings
from cnngui.spec.codec import to_json
from cnngui.spec.layers import ParametricSpec
from cnngui.spec.network import NetworkSpec
from cnngui.terminal.cli import Arguments
from tests.gui.driver import Driver

ROOT = Path(__file__).resolve().parents[3]
SHAPES = "shapes:count=60:size=16"
SHORT = TrainingSettings(epochs=1, batch_size=32)


def changed(driver: Driver, name: str) -> NetworkSpec:
    spec = replace(driver.document.spec, name=name)
    driver.document.edit(spec, "rename")
    return spec


WINDOW = """
import json, os, sys
from dataclasses import replace
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from cnngui.gui.document import Document
from cnngui.gui.settings import Settings
from cnngui.gui.start import begin
from cnngui.gui.window.main_window import MainWindow
from cnngui.terminal.cli import Arguments

application = QApplication([])
document = Document()
window = MainWindow(Settings(Path(sys.argv[1])), document)
begin(window, document, Arguments())
window.show()
spec = document.spec
if sys.argv[2]:
    document.edit(replace(spec, name=sys.argv[2]), "rename")
ids = [getattr(layer, "weights_id", "") for layer in document.spec.layers]
print(json.dumps([document.spec.name, ids]), flush=True)

def close_when_told() -> None:
    if os.path.exists(sys.argv[3]):
        window.close()
        application.quit()

clock = QTimer()
clock.timeout.connect(close_when_told)
clock.start(50)
application.exec()
"""


class Process:
    """A window in a process of its own, which closes when it is told to."""

    def __init__(self, folder: Path, rename: str = "") -> None:
        self._told = folder / f"close {secrets.token_hex(4)}"
        command = [sys.executable, "-c", WINDOW, str(folder / "c" / "cnngui.json"), rename]
        self._program = subprocess.Popen(
            [*command, str(self._told)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert self._program.stdout is not None
        self.network = json.loads(self._program.stdout.readline())
        """Its name, and what names the weights of each layer."""

    def close(self) -> None:
        self._told.touch()
        self._program.communicate(timeout=60)
        assert self._program.returncode == 0


@pytest.mark.parametrize("first_closed", [0, 1])
def test_each_keeps_its_own_unsaved_network(tmp_path: Path, first_closed: int) -> None:
    windows = [Process(tmp_path, f"window {number}") for number in range(2)]
    networks = [window.network for window in windows]
    assert any(networks[0][1])
    for place in (first_closed, 1 - first_closed):
        windows[place].close()
    again = [Process(tmp_path) for _ in range(2)]
    assert [window.network for window in again] == networks
    for window in again:
        window.close()


def test_a_window_without_changes_deletes_nothing_of_another(
    qtbot: QtBot, settings: Settings
) -> None:
    first, second = Driver(qtbot, settings), Driver(qtbot, settings)
    spec = changed(first, "window 1")
    first.window.session.keep()
    assert second.window.close()
    first.window.session.release()  # as if it was killed
    third = Driver(qtbot, settings)
    assert third.document.spec == spec
    for driver in (first, third):
        assert driver.window.close()


def test_a_window_that_opens_a_file_leaves_what_was_not_saved_for_later(
    qtbot: QtBot, settings: Settings
) -> None:
    first = Driver(qtbot, settings)
    spec = changed(first, "not saved")
    assert first.window.close()
    second = Driver(qtbot, settings, Arguments(network="lenet-5"))
    assert second.document.spec.name == "LeNet-5"
    assert second.window.close()
    third = Driver(qtbot, settings)
    assert third.document.spec == spec
    assert third.window.close()


def test_each_has_its_runs_and_may_delete_them(qtbot: QtBot, settings: Settings) -> None:
    settings.training = SHORT
    drivers = [Driver(qtbot, settings, Arguments(network="lenet-5")) for _ in range(2)]
    studios = []
    for driver in drivers:
        driver.wait_for_maps()
        studio = driver.window.findChild(Studio)
        assert studio is not None
        studio.runs.load()
        studio.data.open(SHAPES)
        driver.wait(lambda studio=studio: studio.data.dataset is not None)
        studio.plan.mend_network()
        studio.trainer.start()
        driver.wait(
            lambda studio=studio: bool(studio.runs.kept) and not studio.trainer.is_under_way
        )
        studios.append(studio)
    one, other = studios
    drivers[1].wait(lambda: len(other.runs.kept) == 2)
    deleted, kept = one.runs.kept[-1].run_id, other.runs.kept[0].run_id
    one.runs.delete(deleted)
    drivers[0].wait(lambda: deleted not in [run.run_id for run in one.runs.kept])
    # Neither a window that opens nor one that closes empties what another one may bring back.
    third = Driver(qtbot, settings)
    found = third.window.findChild(Studio)
    assert found is not None
    found.runs.load()
    third.wait(lambda: [run.run_id for run in found.runs.kept] == [kept])
    assert third.window.close()
    assert drivers[1].window.close()
    drivers[0].document.undo_stack.undo()
    drivers[0].wait(lambda: {run.run_id for run in one.runs.kept} == {deleted, kept})
    assert drivers[0].window.close()


HOLDS = """
import sys
from pathlib import Path
from cnngui.gui.session_folder import SessionFolder
claimed = SessionFolder(Path(sys.argv[1]), restores=sys.argv[2] == "True")
print(claimed.path, flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("restores", [False, True])
def test_the_folder_of_a_process_that_was_killed_is_free_again(
    tmp_path: Path, restores: bool
) -> None:
    command = [sys.executable, "-c", HOLDS, str(tmp_path), str(restores)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout is not None
        assert program.stdout.readline().strip() == str(tmp_path)
        beside = SessionFolder(tmp_path, restores=True)
        assert beside.path == tmp_path / "sessions" / "1"
        program.kill()
    (tmp_path / "unsaved-network.json").write_text(to_json(NetworkSpec()))
    later = SessionFolder(tmp_path, restores=True)
    assert later.path == tmp_path
    assert len(kept_networks(later.path)) == 1
    beside.release()
    later.release()


def test_a_window_whose_weights_there_was_no_time_to_write_keeps_its_network(
    qtbot: QtBot, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Driver(qtbot, settings)
    first.wait_for_maps()
    spec = changed(first, "in a hurry")
    assert any(layer.weights_id for layer in spec.layers if isinstance(layer, ParametricSpec))
    monkeypatch.setattr(first.window.session._pipeline, "tell", lambda command: None)
    first.window.session.keep()
    monkeypatch.undo()
    first.document.mark_saved(settings.folder / "elsewhere.json")
    kept = kept_networks(settings.folder)
    assert [found.spec.name for found in kept] == ["in a hurry"]
    assert first.window.close()
