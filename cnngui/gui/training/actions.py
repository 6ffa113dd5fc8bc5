"""What can be done with a training, as actions with keys, in the state that it allows."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence

from cnngui.gui.icons import icon
from cnngui.gui.studio import Studio
from cnngui.gui.widgets.plain import plain_tip

_NATIVE = QKeySequence.SequenceFormat.NativeText


class TrainActions(QObject):
    """Acts on the training of a studio. Each action says in its tip why it cannot be done.

    Signals
    -------
    starting : a training is about to begin or to go on; time to take what is being typed.

    Attributes
    ----------
    train : begins, stands still and goes on, whichever is next.
    step, stop, reset : one batch; end; back to the first weights.
    """

    starting = Signal()

    def __init__(self, studio: Studio, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self.train = self._action("train", "Ctrl+T", self._on_train_triggered)
        self.step = self._action("train_step", "Ctrl+.", self._on_step_triggered)
        self.step.setText(self.tr("One batch"))
        self.step.setIcon(icon("step-forward"))
        self.stop = self._action("train_stop", "Ctrl+Shift+T", studio.trainer.stop)
        self.stop.setText(self.tr("Stop"))
        self.stop.setIcon(icon("stop"))
        self.reset = self._action("train_reset", "Ctrl+Home", studio.trainer.reset)
        self.reset.setText(self.tr("Back to the first weights"))
        self.reset.setIcon(icon("skip-backward"))
        studio.trainer.changed.connect(self._update)
        studio.data.changed.connect(self._update)
        studio.document.spec_changed.connect(self._update)
        self._update()

    @property
    def train_words(self) -> tuple[str, ...]:
        """All that ``train`` may be called."""
        return self.tr("Train"), self.tr("Pause"), self.tr("Go on")

    def all(self) -> list[QAction]:
        """Return the actions in the order of their buttons."""
        return [self.train, self.step, self.stop, self.reset]

    @Slot()
    def _update(self) -> None:
        studio = self._studio
        obstacle = "" if studio.trainer.is_under_way else self._obstacle()
        if studio.trainer.is_running:
            self._show_train("pause", self.tr("Pause"), self.tr("Stand still after this batch"))
        elif studio.trainer.is_paused:
            self._show_train("play", self.tr("Go on"), self.tr("Go on with the training"))
        else:
            self._show_train("play", self.tr("Train"), self.tr("Learn from the samples"))
        self._allow(self.train, obstacle, self.train.toolTip())
        self._allow(
            self.step,
            self.tr("Pause first") if studio.trainer.is_running else obstacle,
            self.tr("Learn from one batch of samples, then stand still"),
        )
        self._allow(
            self.stop,
            "" if studio.trainer.is_under_way else self.tr("No training is under way"),
            self.tr("End the training and keep the best weights"),
        )
        has_first = studio.trainer.is_under_way or studio.trainer.progress is not None
        self._allow(
            self.reset,
            "" if has_first else self.tr("Nothing was trained yet"),
            self.tr("Back to the weights from before this training"),
        )

    def _obstacle(self) -> str:
        studio = self._studio
        if studio.data.dataset is None:
            return self.tr("Choose samples first, on the page Samples")
        if not studio.document.report.is_valid:
            return self.tr("The network has problems: its list of layers says which")
        if studio.plan.needs_mending:
            return self.tr("The network must first be fitted to the classes: a notice says how")
        return ""

    def _show_train(self, icon_name: str, text: str, tip: str) -> None:
        if text != self.train.text():
            self.train.setText(text)
            self.train.setIcon(icon(icon_name))
        self.train.setToolTip(plain_tip(tip))

    def _allow(self, action: QAction, obstacle: str, tip: str) -> None:
        action.setEnabled(not obstacle)
        action.setToolTip(plain_tip(f"{obstacle or tip} ({action.shortcut().toString(_NATIVE)})"))

    def _action(self, name: str, keys: str, do: Callable[[], object]) -> QAction:
        action = QAction(self)
        action.setObjectName(f"action_{name}")
        action.setShortcut(QKeySequence(keys))
        action.setAutoRepeat(False)
        action.triggered.connect(lambda: do())
        return action

    def _on_train_triggered(self) -> None:
        if self._studio.trainer.is_running:
            self._studio.trainer.pause()
        else:
            self.starting.emit()
            self._studio.trainer.start()

    def _on_step_triggered(self) -> None:
        self.starting.emit()
        self._studio.trainer.step()
