"""The drawer below the columns: samples, training, kernels and results, a page each."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, Qt, QTimer, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from cnngui.gui.studio import Studio
from cnngui.gui.theme import give_slim_bars, with_font
from cnngui.gui.training.actions import TrainActions

_SHARE, _LOWEST, _HIGHEST = 0.345, 228, 300
"""Of the room, and pixels: what the pages need at least, and what they need to show all."""
_LEAST_HEIGHT = 160
_SAMPLES = 0

translate = QCoreApplication.translate


def drawer_height(room: int) -> int:
    """Return how high the drawer usually is, the same for all pages: tabs keep their places."""
    return min(max(round(_SHARE * room), _LOWEST), _HIGHEST)


class TrainingDrawer(QWidget):
    """Pages under a row of tabs. A page is built when it is first seen.

    Parameters
    ----------
    studio : what the pages talk to.

    Attributes
    ----------
    train_actions : what can be done with a training, by keys too while the drawer is open.
    """

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio = studio
        self.train_actions = TrainActions(studio, self)
        self.addActions(self.train_actions.all())
        self._was_shown = False
        self._tabs = QTabBar()
        self._tabs.setObjectName("training_tabs")
        self._tabs.setDrawBase(False)
        self._tabs.setExpanding(False)
        self._tabs.setAccessibleName(self.tr("Pages of the drawer"))
        self._stack = QStackedWidget()
        for title, _ in _pages():
            self._tabs.addTab(title)
            place = QScrollArea()
            place.setWidgetResizable(True)
            place.setFrameShape(QFrame.Shape.NoFrame)
            place.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # what is on the page has the keyboard
            give_slim_bars(place)
            self._stack.addWidget(place)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._tabs)
        column.addWidget(self._stack, 1)
        self.setMinimumHeight(with_font(_LEAST_HEIGHT))
        self._tabs.currentChanged.connect(self._show_page)

    def show_page(self, index: int) -> None:
        """Bring a page to the front: samples, training, kernels, results."""
        self._tabs.setCurrentIndex(index)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._was_shown:
            self._was_shown = True
            # The rest of the window comes first.
            QTimer.singleShot(0, self, self._begin)

    @Slot()
    def _begin(self) -> None:
        self.studio.runs.load()
        self._show_page(self._tabs.currentIndex())

    @Slot(int)
    def _show_page(self, index: int) -> None:
        place = self._stack.widget(index)
        if isinstance(place, QScrollArea) and place.widget() is None and self._was_shown:
            _, build = _pages()[index]
            place.setWidget(build(self))
        self._stack.setCurrentIndex(index)


def _samples(drawer: TrainingDrawer) -> QWidget:
    from cnngui.gui.samples.page import SamplesPage

    return SamplesPage(drawer.studio)


def _train(drawer: TrainingDrawer) -> QWidget:
    from cnngui.gui.training.page import TrainPage

    page = TrainPage(drawer.studio, drawer.train_actions)
    page.samples_requested.connect(lambda: drawer.show_page(_SAMPLES))
    return page


def _kernels(drawer: TrainingDrawer) -> QWidget:
    from cnngui.gui.kernels.page import KernelsPage

    return KernelsPage(drawer.studio)


def _results(drawer: TrainingDrawer) -> QWidget:
    from cnngui.gui.results.page import ResultsPage

    return ResultsPage(drawer.studio)


def _pages() -> list[tuple[str, Callable[[TrainingDrawer], QWidget]]]:
    """Return title and builder of each page; imports wait until a page is wanted."""
    return [
        (translate("TrainingDrawer", "Samples"), _samples),
        (translate("TrainingDrawer", "Train"), _train),
        (translate("TrainingDrawer", "Kernels"), _kernels),
        (translate("TrainingDrawer", "Results"), _results),
    ]
