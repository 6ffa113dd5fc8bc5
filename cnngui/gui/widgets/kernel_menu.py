"""A menu of what can be made of a kernel: well-known ones, and changes to the one that is there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QFormLayout,
    QMenu,
    QPushButton,
    QWidget,
    QWidgetAction,
)

from cnngui.explain import handmade
from cnngui.gui.hands import Hands
from cnngui.gui.theme import SPACE_M
from cnngui.gui.widgets.menu import Menu

translate = QCoreApplication.translate


@dataclass(frozen=True)
class KernelTarget:
    """Whose kernel is meant.

    Attributes
    ----------
    layer_id, channel : the kernel.
    place : the input that is chosen, by its place among those the kernel reads.
    moment : the slice that is chosen of a kernel that spans time; None means all of them, and is
        so where it spans none.
    """

    layer_id: str
    channel: int
    place: int
    moment: int | None = None


class KernelMenu(Menu):
    """Changes the kernel that ``target`` names, for the chosen input or for all.

    Parameters
    ----------
    hands : do it.
    target : returns whose kernel is meant; None where there is none.
    """

    def __init__(
        self, hands: Hands, target: Callable[[], KernelTarget | None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._hands = hands
        self._target = target
        self._for_all = self.addAction(self.tr("For all inputs"))
        self._for_all.setCheckable(True)
        self._for_all.setChecked(True)
        self._all_moments = self.addAction(self.tr("For all moments"))
        self._all_moments.setCheckable(True)
        self.addSeparator()
        for key, words in _preset_words().items():
            self.addAction(words, partial(self._make, handmade.PRESETS[key]))
        self.addMenu(self._gabor_menu())
        self.addAction(self.tr("Random"), self._draw)
        self.addSeparator()
        for key, words in _change_words().items():
            self.addAction(words, partial(self._change, handmade.CHANGES[key]))
        self.addSeparator()
        self._restore = self.addAction(self.tr("As it was"), self._on_restore_triggered)
        self._restore.setToolTip(self.tr("The layer's weights before hands touched them"))
        self.aboutToShow.connect(self._on_about_to_show)

    def _gabor_menu(self) -> QMenu:
        menu = Menu(self.tr("Gabor"), self)
        form = QWidget(menu)
        rows = QFormLayout(form)
        rows.setContentsMargins(SPACE_M, SPACE_M, SPACE_M, SPACE_M)
        self._angle = _spin_box(0, 180, 0, "°")
        self._angle.setAccessibleName(self.tr("Angle"))
        self._wavelength = _spin_box(2, 64, 4, " px")
        self._wavelength.setAccessibleName(self.tr("Wavelength"))
        rows.addRow(self.tr("Angle"), self._angle)
        rows.addRow(self.tr("Wavelength"), self._wavelength)
        make = QPushButton(self.tr("Make it"))
        make.clicked.connect(self._make_gabor)
        rows.addRow(make)
        action = QWidgetAction(menu)
        action.setDefaultWidget(form)
        menu.addAction(action)
        return menu

    def _places(self, target: KernelTarget) -> list[int]:
        if self._for_all.isChecked():
            return list(range(self._hands.inputs_of(target.layer_id)))
        return [target.place]

    def _moment(self, target: KernelTarget) -> int | None:
        return None if self._all_moments.isChecked() else target.moment

    def _make(self, make: Callable[[handmade.Size], handmade.Kernel]) -> None:
        self._change(lambda kernel: make((kernel.shape[0], kernel.shape[1])))

    def _make_gabor(self) -> None:
        angle, wavelength = self._angle.value(), self._wavelength.value()
        self._make(lambda size: handmade.gabor(size, angle, wavelength))

    def _change(self, change: Callable[[handmade.Kernel], handmade.Kernel]) -> None:
        target = self._target()
        if target is not None:
            places, moment = self._places(target), self._moment(target)
            self._hands.change_kernel(target.layer_id, target.channel, places, change, moment)

    def _draw(self) -> None:
        target = self._target()
        if target is not None:
            places, moment = self._places(target), self._moment(target)
            self._hands.draw_kernel(target.layer_id, target.channel, places, moment)

    def _on_restore_triggered(self) -> None:
        target = self._target()
        if target is not None:
            self._hands.restore(target.layer_id)

    def _on_about_to_show(self) -> None:
        target = self._target()
        for action in self.actions():
            action.setEnabled(target is not None)
        self._all_moments.setVisible(target is not None and target.moment is not None)
        self._restore.setEnabled(target is not None and self._hands.can_restore(target.layer_id))


def _spin_box(least: float, most: float, value: float, unit: str) -> QDoubleSpinBox:
    box = QDoubleSpinBox()
    box.setRange(least, most)
    box.setValue(value)
    box.setSuffix(unit)
    box.setDecimals(1)
    return box


def _preset_words() -> dict[str, str]:
    return {
        "identity": translate("KernelMenu", "Identity"),
        "box": translate("KernelMenu", "Box blur"),
        "gauss": translate("KernelMenu", "Gaussian blur"),
        "sharpen": translate("KernelMenu", "Sharpen"),
        "sobel_x": translate("KernelMenu", "Sobel x"),
        "sobel_y": translate("KernelMenu", "Sobel y"),
        "laplacian": translate("KernelMenu", "Laplacian"),
        "emboss": translate("KernelMenu", "Emboss"),
        "zero": translate("KernelMenu", "Zero"),
    }


def _change_words() -> dict[str, str]:
    return {
        "negate": translate("KernelMenu", "Negate"),
        "turn": translate("KernelMenu", "Rotate by 90°"),
        "mirror": translate("KernelMenu", "Mirror"),
        "sum_to_1": translate("KernelMenu", "Make it sum to 1"),
        "sum_to_0": translate("KernelMenu", "Make it sum to 0"),
    }
