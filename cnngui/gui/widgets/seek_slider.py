"""A slider for places in time."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QSlider, QStyle, QStyleOptionSlider, QWidget


class SeekSlider(QSlider):
    """A slider whose handle comes to where it is clicked, ready to be dragged on."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            option = QStyleOptionSlider()
            self.initStyleOption(option)
            style, control = self.style(), QStyle.ComplexControl.CC_Slider
            part = style.hitTestComplexControl(control, option, event.position().toPoint(), self)
            if part != QStyle.SubControl.SC_SliderHandle:
                handle = style.subControlRect(
                    control, option, QStyle.SubControl.SC_SliderHandle, self
                )
                value = QStyle.sliderValueFromPosition(
                    self.minimum(),
                    self.maximum(),
                    round(event.position().x() - handle.width() / 2),
                    self.width() - handle.width(),
                )
                self.setSliderPosition(value)
                self.sliderMoved.emit(value)
        super().mousePressEvent(event)
