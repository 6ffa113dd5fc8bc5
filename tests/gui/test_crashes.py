import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from cnngui.gui.crashes import CrashReporter, open_log


@pytest.fixture
def reporter(monkeypatch: pytest.MonkeyPatch) -> Iterator[CrashReporter]:
    for module, name in ((sys, "excepthook"), (threading, "excepthook")):
        monkeypatch.setattr(module, name, getattr(module, name))
    reporter = CrashReporter()
    reporter.install()
    yield reporter
    monkeypatch.undo()


def test_a_thread_that_fails_is_told_with_its_name(qtbot: QtBot, reporter: CrashReporter) -> None:
    def fail() -> None:
        raise ZeroDivisionError("on purpose")

    with qtbot.waitSignal(reporter.crashed) as crashed:
        thread = threading.Thread(target=fail, name="engine")
        thread.start()
    thread.join(5)
    where, report = crashed.args
    assert where == "engine"
    assert "ZeroDivisionError: on purpose" in report


def test_an_exception_in_the_main_thread_is_told_and_logged(
    qtbot: QtBot, reporter: CrashReporter, tmp_path: Path
) -> None:
    log = open_log(tmp_path / "log")
    assert log is not None
    error = ValueError("on purpose")
    with qtbot.waitSignal(reporter.crashed):
        sys.excepthook(ValueError, error, None)
    assert "ValueError: on purpose" in log.read_text()


def test_a_log_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert open_log(tmp_path / "file") is None
