"""Takes the README's pictures from the real window.

    python docs/draw_pictures.py

Runs the program without a screen, does what a person would do, and saves what it looks like beside
this file. Needs nothing that ``make run`` does not bring.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"
FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent))

import numpy as np  # noqa: E402
from PySide6.QtCore import QElapsedTimer, QEventLoop, QTimer  # noqa: E402
from PySide6.QtGui import QAction, QImage  # noqa: E402
from PySide6.QtWidgets import QApplication, QWidget  # noqa: E402

from cnngui.gui.document import Document  # noqa: E402
from cnngui.gui.kernels.page import KernelsPage  # noqa: E402
from cnngui.gui.number.page import NumberPage  # noqa: E402
from cnngui.gui.settings import Settings  # noqa: E402
from cnngui.gui.shift.page import ShiftPage  # noqa: E402
from cnngui.gui.start import begin  # noqa: E402
from cnngui.gui.studio import Studio  # noqa: E402
from cnngui.gui.theme import Theme, apply_theme  # noqa: E402
from cnngui.gui.view_state import Sight, ViewState  # noqa: E402
from cnngui.gui.views.wall import WallView  # noqa: E402
from cnngui.gui.window.drawer import TrainingDrawer  # noqa: E402
from cnngui.gui.window.large_view import LargeView  # noqa: E402
from cnngui.gui.window.main_window import MainWindow  # noqa: E402
from cnngui.images.opencv import cv2  # noqa: E402
from cnngui.pipeline.lenses.number import NumberResult  # noqa: E402
from cnngui.pipeline.lenses.shift import ShiftResult  # noqa: E402
from cnngui.pipeline.training.settings import TrainingSettings  # noqa: E402
from cnngui.terminal.cli import Arguments, parse_arguments  # noqa: E402

PATIENCE_MS = 60_000
FRAMES_TO_LINGER = 25
TRAIN_PAGE, KERNELS_PAGE, RESULTS_PAGE = 1, 2, 3


def wait_for(happened: Callable[[], bool]) -> None:
    """Let the window live until something has happened."""
    loop, clock, timer = QEventLoop(), QElapsedTimer(), QTimer(interval=20)
    timer.timeout.connect(lambda: (happened() or clock.elapsed() > PATIENCE_MS) and loop.quit())
    clock.start()
    timer.start()
    loop.exec()
    if not happened():
        raise SystemExit("the window did not show what a picture needs")


class Photographer:
    """A window of its own, with settings of its own."""

    def __init__(self, theme: Theme, width: int, height: int, *arguments: str) -> None:
        self._folder = tempfile.TemporaryDirectory()
        application = QApplication.instance() or QApplication(sys.argv[:1])
        assert isinstance(application, QApplication)  # noqa: S101
        apply_theme(application, theme)
        settings = Settings(Path(self._folder.name) / "settings.json")
        self.document = Document()
        self.window = MainWindow(settings, self.document)
        asked: Arguments = parse_arguments(arguments)
        begin(self.window, self.document, asked)
        self.window.showNormal()
        self.window.setGeometry(0, 0, width, height)

    def show_layer(self, layer_id: str, position: int) -> None:
        """Choose a layer and wait until a frame of the clip not before ``position`` shows it."""
        self.document.select(layer_id)

        def is_shown() -> bool:
            result = self.window.result
            return (
                result is not None
                and result.view.layer_id in ("", layer_id)
                and result.position >= position
            )

        wait_for(is_shown)

    def linger(self) -> None:
        """Wait until some more frames were shown, and with them what was asked for meanwhile."""
        first = self.window.result.index
        wait_for(lambda: self.window.result.index > first + FRAMES_TO_LINGER)

    def save(self, name: str, widget: QWidget | None = None) -> None:
        """Photograph the window or one part of it."""
        (widget or self.window).grab().save(str(FOLDER / name))
        print(name)

    def film(self, name: str, widget: QWidget, pictures: int, width: int) -> None:
        """Photograph a part of the window as it moves, as an animated picture."""
        frames: list[np.ndarray] = []
        seen = -1

        def take() -> bool:
            nonlocal seen
            result = self.window.result
            if result is not None and result.index >= seen + 3:
                seen = result.index
                frames.append(_pixels(widget.grab().toImage(), width))
            return len(frames) >= pictures

        wait_for(take)
        _save_film(name, frames, 120)

    def close(self) -> None:
        """End the window and its threads."""
        self.window.close()
        self._folder.cleanup()


def _save_film(name: str, frames: list[np.ndarray], milliseconds: int) -> None:
    animation = cv2.Animation()
    animation.frames = frames
    animation.durations = [milliseconds] * len(frames)
    cv2.imwriteanimation(str(FOLDER / name), animation, [cv2.IMWRITE_WEBP_QUALITY, 60])
    print(name)


def _pixels(image: QImage, width: int) -> np.ndarray:
    """Return a picture as OpenCV wants it: uint8 ``(H, W, 4)``, blue first."""
    image = image.convertToFormat(QImage.Format.Format_ARGB32)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    picture = rows[:, : image.width() * 4].reshape(image.height(), image.width(), 4)
    height = round(picture.shape[0] * width / picture.shape[1])
    return cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)


def photograph_training() -> None:
    """Teach a network the program's shapes and take the pages that tell of it."""
    teacher = Photographer("light", 1600, 1000, "--network=tiny-vgg", "--source=sample:shapes")
    window = teacher.window
    window.findChild(QAction, "action_training").trigger()
    drawer, studio = window.findChild(TrainingDrawer), window.findChild(Studio)
    studio.data.open("shapes:count=1500")
    wait_for(lambda: studio.data.dataset is not None)
    studio.plan.mend_network()
    studio.plan.set_settings(TrainingSettings(epochs=8, schedule="cosine"))
    drawer.show_page(TRAIN_PAGE)
    studio.trainer.start()
    teacher.show_layer("conv_1_1", 30)
    wait_for(lambda: studio.trainer.progress is not None and studio.trainer.progress.epoch > 5)
    teacher.save("training.png")
    wait_for(lambda: studio.trainer.progress.state == "finished")
    drawer.show_page(KERNELS_PAGE)
    window.findChild(KernelsPage).compare.click()
    teacher.linger()
    teacher.save("kernels.png", drawer)
    drawer.show_page(RESULTS_PAGE)
    teacher.linger()
    teacher.save("results.png", drawer)
    teacher.close()


def photograph_pages(theme: Theme) -> None:
    """Take the pages beside the maps: one number, the whole network, what a shift changes."""
    guide = Photographer(theme, 1600, 1000, "--network=residual")
    window = guide.window
    view, page = window.findChild(ViewState), window.findChild(LargeView)

    def show(sight: Sight, layer_id: str, is_there: Callable[[], bool]) -> None:
        guide.show_layer(layer_id, 60)
        view.show_sight(sight)
        wait_for(lambda: window.result.view.layer_id == layer_id and is_there())
        guide.linger()
        guide.save(f"{sight}-{theme}.png", page)

    def shows_number() -> bool:
        return window.result.part(NumberResult) is not None

    def shows_shift() -> bool:
        part = window.result.part(ShiftResult)
        return part is not None and part.by == (2, 5)

    show("number", "conv1", shows_number)
    show("network", "block1_conv2", shows_number)
    view.show_sight("shift")  # a page is made when it is first shown
    window.findChild(ShiftPage).move_by(2, 5)
    show("shift", "block1_relu2", shows_shift)
    guide.close()


def film_sliding(pictures: int, width: int) -> None:
    """Take the kernel as it slides over a small picture and makes the map, number by number."""
    guide = Photographer("light", 1440, 900, "--network=shapes", "--source=sample:shapes")
    window = guide.window
    view = window.findChild(ViewState)
    guide.show_layer(guide.document.spec.layers[0].id, 30)
    view.show_sight("number")
    page = window.findChild(NumberPage)
    wait_for(lambda: window.result.part(NumberResult) is not None)
    page.stepping.home()
    _, rows, columns = view.shape_of(view.layer_id)
    frames = []
    for place in np.linspace(0, rows * columns - 1, pictures).astype(int).tolist():
        at = divmod(place, columns)
        view.select_place(at)
        wait_for(lambda at=at: page.terms.shown.number.question.at == at)
        frames.append(_pixels(page.grab().toImage(), width))
    _save_film("sliding.webp", frames, 150)
    guide.close()


def film_motion(pictures: int, width: int) -> None:
    """Take the maps of kernels that span time while a hand waves."""
    watcher = Photographer("light", 1280, 800, "--network=motion", "--source=sample:motions")
    watcher.show_layer(watcher.document.spec.last_id, 20)
    watcher.film("motion.webp", watcher.window, pictures, width)
    watcher.close()


def main() -> None:
    """Take every picture."""
    light = Photographer("light", 1600, 1000)
    light.show_layer("conv1", 60)
    light.save("window-light.png")
    wall = light.window.findChild(WallView)
    light.film("wall.webp", wall, 24, 720)
    light.close()

    dark = Photographer("dark", 1600, 1000, "--network", "residual")
    dark.show_layer("block1_relu2", 60)
    dark.save("window-dark.png")
    dark.close()

    photograph_pages("light")
    photograph_pages("dark")
    film_sliding(60, 900)
    film_motion(40, 900)
    photograph_training()


if __name__ == "__main__":
    main()
