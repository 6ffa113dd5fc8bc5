import ast
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from cnngui.gui import crashes
from cnngui.gui.crashes import CrashReporter, guarded, open_log


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


class Fragile(QWidget):
    """Fails in painting, with the painter at work, as long as it is told to."""

    fails = True
    painted = 0

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self.fails:
            self._paint(painter)
        self.painted += 1

    def _paint(self, painter: QPainter) -> None:
        raise ValueError(f"on purpose, at {painter.pen().width()}")


def test_what_fails_in_painting_is_told_and_the_next_time_it_paints(
    qtbot: QtBot, reporter: CrashReporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, report_it = [], sys.excepthook

    def keep(*told: Any) -> None:
        kept.append(told)  # as a debugger does, and with the traceback whatever it names
        report_it(*told)

    monkeypatch.setattr(sys, "excepthook", keep)
    widget = Fragile()
    qtbot.addWidget(widget)
    with qtbot.waitSignal(reporter.crashed) as crashed:
        widget.show()
    where, report = crashed.args
    assert where == "MainThread"
    assert "ValueError: on purpose, at 1" in report
    assert "in _paint" in report
    # Qt has put the window together, with nobody painting on it any more.
    widget.fails = False
    widget.update()
    qtbot.waitUntil(lambda: widget.painted > 0)


def test_whatever_paints_is_guarded() -> None:
    folder = Path(crashes.__file__).parent
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name == "paintEvent":
                assert [ast.unparse(one) for one in node.decorator_list] == ["guarded"], path
