"""What the network is shown: channels, size, fit and normalisation; and its classes' names."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QWidget

from cnngui.gui.network.form import ArgumentForm
from cnngui.gui.widgets.editors import ChoiceEditor, NamesEditor, NumberEditor, NumbersEditor
from cnngui.spec.checks import MAX_INPUT_SIDE
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

    "normalise" is not a field: it fills mean and std.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        side = Argument("int", 1, MAX_INPUT_SIDE)
        self._add_argument(
            "channels",
            self.tr("channels"),
            ChoiceEditor({"3": self.tr("3 (RGB)"), "1": self.tr("1 (grey)")}),
        )
        self._add_argument("height", self.tr("height"), NumberEditor(side))
        self._add_argument("width", self.tr("width"), NumberEditor(side))
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
        for field in ("height", "width", "fit", "mean", "std"):
            self.editor(field).set_value(getattr(described, field))
        self.editor("normalise").set_value(_normalisation_of(described))


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
