"""What the network is shown: size, time, fit and normalisation; and its classes' names."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QPalette, QValidator
from PySide6.QtWidgets import QLabel, QWidget

from cnngui.gui.network.form import ArgumentForm
from cnngui.gui.theme import SPACE_S
from cnngui.gui.widgets.editors import ChoiceEditor, NamesEditor, NumberEditor, NumbersEditor
from cnngui.gui.widgets.spin_boxes import FloatSpinBox
from cnngui.gui.words.time import window_text
from cnngui.spec.checks import INPUT_NUMBERS
from cnngui.spec.layers import Argument
from cnngui.spec.network import InputSpec, NetworkSpec

_NORMALISATIONS: dict[str, dict[int, tuple[tuple[float, ...], tuple[float, ...]]]] = {
    "none": {3: ((0.0,) * 3, (1.0,) * 3), 1: ((0.0,), (1.0,))},
    "half": {3: ((0.5,) * 3, (0.5,) * 3), 1: ((0.5,), (0.5,))},
    # Means and standard deviations of ImageNet's training pictures, as torchvision gives them;
    # of grey ones, their luma (ITU-R 601).
    "imagenet": {3: ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)), 1: ((0.459,), (0.225,))},
}


class InputForm(ArgumentForm):
    """Editors for the input and for the names of the classes.

    "normalise" is not a field: it fills mean and std. What several frames mean in time is asked
    only where there are several.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._add_argument(
            "channels",
            self.tr("channels"),
            ChoiceEditor({"3": self.tr("3 (RGB)"), "1": self.tr("1 (grey)")}),
        )
        self._add_number("height", self.tr("height"))
        self._add_number("width", self.tr("width"))
        self._add_number("frames", self.tr("frames"))
        self._add_number("frame_step", self.tr("every n-th"))
        rate = INPUT_NUMBERS["frame_rate"]
        self._add_argument(
            "frame_rate", self.tr("frames a second"), NumberEditor(rate, _RateBox(rate))
        )
        self._window = QLabel()
        self._window.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._window.setWordWrap(True)
        self._window.setContentsMargins(0, 0, 0, SPACE_S)
        self._grid.addWidget(self._window, self._grid.rowCount(), 0, 1, 2)
        self._add_argument(
            "fit",
            self.tr("fit"),
            ChoiceEditor(
                {
                    "stretch": self.tr("stretch"),
                    "crop": self.tr("centre crop"),
                    "letterbox": self.tr("letterbox"),
                }
            ),
        )
        self._add_argument(
            "normalise",
            self.tr("normalise"),
            ChoiceEditor(
                {
                    "none": self.tr("0 and 1: as it is"),
                    "half": self.tr("0.5 and 0.5: −1 to 1"),
                    "imagenet": self.tr("ImageNet"),
                    "other": self.tr("other"),
                }
            ),
        )
        self._add_argument("mean", self.tr("mean"), NumbersEditor(Argument("float", -1e6, 1e6), 3))
        self._add_argument("std", self.tr("std"), NumbersEditor(Argument("float", 1e-6, 1e6), 3))
        self._add_argument("classes", self.tr("classes"), NamesEditor(self.tr("cat, dog, …")))

    def show_network(self, spec: NetworkSpec) -> None:
        """Show the input of a network and the names of its classes."""
        described = spec.input
        self.editor("classes").set_value(spec.classes)
        self.editor("channels").set_value(str(described.channels))
        for field in (*INPUT_NUMBERS, "fit", "mean", "std"):
            self.editor(field).set_value(getattr(described, field))
        has_time = described.frames > 1
        for field in ("frame_step", "frame_rate"):
            self.set_shown(field, has_time)
        self._window.setVisible(has_time)
        self._window.setText(window_text(described))
        self.editor("normalise").set_value(_normalisation_of(described))

    def _add_number(self, field: str, label: str) -> None:
        self._add_argument(field, label, NumberEditor(INPUT_NUMBERS[field]))


_OF_NUMBERS = "0123456789.,eE+-− "


class _RateBox(FloatSpinBox):
    """A number of frames a second; 0 is said in words."""

    def textFromValue(self, value: float) -> str:
        return super().textFromValue(value) if value else self._as_they_come()

    def valueFromText(self, text: str) -> float:
        return 0.0 if text == self._as_they_come() else super().valueFromText(text)

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        words = self._as_they_come()
        if text == words:
            return QValidator.State.Acceptable, text, position
        if not set(text) & (set(words) - set(_OF_NUMBERS)):
            return super().validate(text, position)
        # Somebody types into the words: what is typed takes their place.
        typed = "".join(letter for letter in text if letter in "0123456789.,")
        return super().validate(typed, len(typed))

    def stepBy(self, steps: int) -> None:
        self.setValue(max(0.0, min(self.value() + steps, self._highest)))

    @staticmethod
    def _as_they_come() -> str:
        return QCoreApplication.translate("InputForm", "as they come")


def edited_network(spec: NetworkSpec, field: str, value: Any) -> NetworkSpec:
    """Return the network after the user gave a field of the form another value."""
    if field == "classes":
        return replace(spec, classes=value)
    return replace(spec, input=_edited_input(spec.input, field, value))


def _edited_input(described: InputSpec, field: str, value: Any) -> InputSpec:
    if field == "channels":
        named = _normalisation_of(described)
        return _edited_input(described.with_channels(int(value)), "normalise", named)
    if field == "normalise":
        if value == "other":
            return described
        mean, std = _NORMALISATIONS[value][described.channels]
        return replace(described, mean=mean, std=std)
    return replace(described, **{field: value})


def _normalisation_of(described: InputSpec) -> str:
    for name, numbers in _NORMALISATIONS.items():
        if (described.mean, described.std) == numbers.get(described.channels):
            return name
    return "other"
