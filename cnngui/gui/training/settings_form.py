"""How the next training is to be: the usual settings, and the others behind "More"."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QAbstractSpinBox, QLabel, QToolButton, QWidget

from cnngui.gui.icons import icon
from cnngui.gui.theme import number_font, with_font
from cnngui.gui.widgets.editors import ChoiceEditor, FieldEditor, NumberEditor, SwitchEditor
from cnngui.gui.widgets.form import LINE_HEIGHT, Form
from cnngui.gui.widgets.spin_boxes import FloatSpinBox
from cnngui.gui.words.numbers import number_text
from cnngui.gui.words.runs import loss_names, schedule_names
from cnngui.pipeline.training.settings import TrainingSettings
from cnngui.spec.layers import Argument

LIMITS = {
    "epochs": Argument("int", 1, 100_000),
    "batch_size": Argument("int", 1, 65_536),
    "learning_rate": Argument("float", 1e-9, 1e9),
    "momentum": Argument("float", 0, 0.9999),
    "warmup_epochs": Argument("float", 0, 1000),
    "weight_decay": Argument("float", 0, 10),
    "clip_norm": Argument("float", 0, 1e6),
    "patience": Argument("int", 0, 100_000),
    "validation_share": Argument("float", 0, 0.9),
    "seed": Argument("int", 0, 2**31 - 1),
}
_OF_SGD = ("momentum", "nesterov")
_MORE = (
    *("warmup_epochs", "weight_decay", "clip_norm", "loss", "class_weights"),
    *("validation_share", "patience", "seed"),
)
_STEPS = (1.0, 2.0, 5.0, 10.0)


class LogSpinBox(FloatSpinBox):
    """Numbers of very different sizes: steps go 1, 2, 5, 10 of whatever size it has.

    A number that is typed counts when it is whole: on its way to 1e-3 stands a 1.
    """

    def __init__(self, argument: Argument, parent: QWidget | None = None) -> None:
        super().__init__(argument, parent)
        self.setKeyboardTracking(False)

    def stepBy(self, steps: int) -> None:
        value = max(self.value(), self._lowest)
        for _ in range(abs(steps)):
            value = _next_round(value, up=steps > 0)
        self.setValue(max(self._lowest, min(self._highest, value)))


def _next_round(value: float, *, up: bool) -> float:
    size = 10.0 ** math.floor(math.log10(value) + 1e-9)
    first = round(value / size, 6)
    if up:
        found = next(step for step in _STEPS if step > first)
    else:
        found = max((step for step in _STEPS if step < first), default=0.5)
    return float(f"{found * size:.6g}")


class SettingsForm(Form):
    """Shows ``TrainingSettings`` and lets them be changed.

    Numbers that are out of range are outlined and not taken; left like that, the field goes back
    to the last good one.

    Signals
    -------
    settings_edited : the user chose other settings; carries them.
    """

    settings_edited = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = TrainingSettings()
        self._is_more_shown = False
        self._add_usual()
        self._more = self._more_button()
        self._grid.addWidget(self._more, self._grid.rowCount(), 0, 1, 2)
        self._add_others()
        self._grid.setRowStretch(self._grid.rowCount(), 1)
        self.edited.connect(self._on_edited)
        self.finished.connect(self._on_finished)
        self.show_settings(self._settings)

    def show_settings(self, settings: TrainingSettings) -> None:
        """Show what is chosen, without announcing it."""
        self._settings = settings
        for field, editor in self._editors.items():
            editor.set_value(getattr(settings, field))
        self._show_lines()

    def set_training(self, is_training: bool) -> None:
        """While a training goes on only its learning rate can be changed."""
        for field, editor in self._editors.items():
            editor.setEnabled(not is_training or field == "learning_rate")

    def show_memory(self, words: str) -> None:
        """Say how much memory a training takes; "" where nobody can tell."""
        self._memory.setText(words or "–")

    def take_typed(self) -> None:
        """Take what is being typed, although the field has not been left."""
        for box in self.findChildren(QAbstractSpinBox):
            box.interpretText()

    def _add_usual(self) -> None:
        self._add_number("epochs", self.tr("Epochs"), self.tr("How often every sample is shown"))
        self._add_number(
            "batch_size",
            self.tr("Batch size"),
            self.tr(
                "How many samples are looked at before the weights change. Small batches learn in "
                "many noisy steps, large ones in few smooth steps"
            ),
        )
        self._add_memory()
        self._add_choice(
            "optimizer",
            self.tr("Optimizer"),
            {"adam": "Adam", "adamw": "AdamW", "sgd": "SGD"},
            self.tr(
                "By which rule the weights follow their gradients. Adam finds the size of each "
                "step by itself; SGD takes the gradients as they are"
            ),
        )
        self._add_number(
            "momentum",
            self.tr("Momentum"),
            self.tr("What share of its last step SGD takes again: it rolls on like a ball"),
        )
        self._add(
            "nesterov",
            "Nesterov",
            SwitchEditor(),
            self.tr("Whether SGD looks at the slope where its momentum will have carried it"),
        )
        self._add(
            "learning_rate",
            self.tr("Learning rate"),
            NumberEditor(LIMITS["learning_rate"], LogSpinBox(LIMITS["learning_rate"])),
            self.tr(
                "How far the weights go in each step. Too small learns slowly, too large never "
                "settles. It can be changed while training"
            ),
        )
        self._add_choice(
            "schedule",
            self.tr("Schedule"),
            schedule_names(),
            self.tr(
                "What becomes of the learning rate in the course of the training: it stays, takes "
                "a tenth after each third, or falls to 0 smoothly"
            ),
        )

    def _add_others(self) -> None:
        self._add_number(
            "warmup_epochs",
            self.tr("Warm-up"),
            self.tr("Over how many epochs the learning rate first rises from 0; 0.5 is half a one"),
        )
        self._add_number(
            "weight_decay",
            self.tr("Weight decay"),
            self.tr(
                "How strongly weights are pulled towards 0, so that none grows large; 0 is off"
            ),
        )
        self._add_number(
            "clip_norm",
            self.tr("Clipping"),
            self.tr(
                "Gradients longer than this, all taken together, are shortened to it; 0 is off"
            ),
        )
        self._add_choice(
            "loss",
            self.tr("Loss"),
            loss_names(),
            self.tr("How an answer's error is measured. Cross-entropy suits classes"),
        )
        self._add(
            "class_weights",
            self.tr("Classes alike"),
            SwitchEditor(),
            self.tr(
                "Whether all classes count alike, however many samples each has: a mistake in a "
                "rare one costs more"
            ),
        )
        self._add_number(
            "validation_share",
            self.tr("Validation"),
            self.tr(
                "What share of the samples is kept apart: the network never learns from them, so "
                "they tell how it does on what it has not seen"
            ),
        )
        self._add_number(
            "patience",
            self.tr("Patience"),
            self.tr("The training ends when so many epochs bring nothing better; 0 is off"),
        )
        self._add_number(
            "seed",
            self.tr("Seed"),
            self.tr("The same number divides, shuffles and changes the samples in the same way"),
        )

    def _add_memory(self) -> None:
        self._memory_title = QLabel(self.tr("Memory"))
        self._memory = QLabel()
        self._memory.setObjectName("training_memory")
        self._memory.setFont(number_font(self.font()))
        row = self._grid.rowCount()
        for column, label in enumerate((self._memory_title, self._memory)):
            label.setMinimumHeight(with_font(LINE_HEIGHT))
            label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
            label.setToolTip(
                self.tr(
                    "What learning from one batch takes: every layer's output is kept, and a "
                    "gradient for each. Smaller batches take less"
                )
            )
            self._grid.addWidget(label, row, column)
        self.show_memory("")

    def _add_number(self, field: str, label: str, explanation: str) -> None:
        self._add(field, label, NumberEditor(LIMITS[field]), explanation)

    def _add_choice(
        self, field: str, label: str, choices: dict[str, str], explanation: str
    ) -> None:
        self._add(field, label, ChoiceEditor(choices), explanation)

    def _add(self, field: str, label: str, editor: FieldEditor, explanation: str) -> None:
        editor.setObjectName(f"training_{field}")
        super()._add(field, label, editor, explanation)

    def _more_button(self) -> QToolButton:
        button = QToolButton()
        button.setObjectName("training_more")
        button.setText(self.tr("More"))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setAutoRaise(True)
        button.setCheckable(True)
        button.setIcon(icon("chevron-right"))
        button.toggled.connect(self._on_more_toggled)
        return button

    def _show_lines(self) -> None:
        for field in _OF_SGD:
            self.set_shown(field, self._settings.optimizer == "sgd")
        for field in _MORE:
            self.set_shown(field, self._is_more_shown)

    @Slot(bool)
    def _on_more_toggled(self, shown: bool) -> None:
        self._is_more_shown = shown
        self._more.setIcon(icon("chevron-down" if shown else "chevron-right"))
        self._show_lines()

    @Slot(str, object)
    def _on_edited(self, field: str, value: Any) -> None:
        self.editor(field).set_problem(self._problem_of(field, value))
        if not self._problem_of(field, value):
            self.settings_edited.emit(replace(self._settings, **{field: value}))

    @Slot()
    def _on_finished(self) -> None:
        for editor in self._editors.values():
            editor.set_problem("")
        self.show_settings(self._settings)

    def _problem_of(self, field: str, value: Any) -> str:
        limit = LIMITS.get(field)
        if limit is None or limit.minimum <= value <= limit.maximum:
            return ""
        words = self.tr("must be from {0} to {1}, got {2}")
        numbers = (limit.minimum, limit.maximum, value)
        return words.format(
            *(f"{number:,}" if limit.kind == "int" else number_text(number) for number in numbers)
        )
