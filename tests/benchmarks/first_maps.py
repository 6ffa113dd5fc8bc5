"""Starts the program as ``main.py`` does, notes when what was there, and ends it.

Prints the times as JSON: the command (given as the only argument), Python running, everything
imported, the window built, the window shown, the first maps painted.
"""

from __future__ import annotations

import json
import sys
import time

if __name__ == "__main__":
    times = [float(sys.argv[1]), time.monotonic()]

    from cnngui.engine.parallel import prepare_environment

    prepare_environment()

    from cnngui import app

    with app.imports_that_stay():
        from PySide6.QtCore import QTimer
        from PySide6.QtWidgets import QApplication

        from cnngui.gui import start
        from cnngui.pipeline.lenses.wall import WallResult
        from cnngui.pipeline.live import LivePipeline
        from cnngui.pipeline.results import FrameResult

    times.append(time.monotonic())

    class Window(start.MainWindow):
        def start(self, threads: int = 0) -> None:
            times.append(time.monotonic())
            super().start(threads)

        def show(self) -> None:
            super().show()
            times.append(time.monotonic())

    def mark_shown(_: LivePipeline, result: FrameResult) -> None:
        if result.part(WallResult) is not None:
            times.append(time.monotonic())
            # As a person ends it: the threads are waited for.
            QTimer.singleShot(0, QApplication.closeAllWindows)

    start.MainWindow = Window  # type: ignore[misc]
    LivePipeline.mark_shown = mark_shown  # type: ignore[method-assign]
    app.main([])
    print(json.dumps(times[:6]))
