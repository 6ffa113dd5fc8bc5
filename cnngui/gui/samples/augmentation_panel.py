"""Random changes of samples: what is chosen, and one sample as the network would be shown it."""

from __future__ import annotations

import random
from dataclasses import replace

from PySide6.QtCore import QRect, QSize, Qt, Slot
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnngui.data.augmentation import NO_AUGMENTATION, Augmentation
from cnngui.data.dataset import Dataset
from cnngui.gui.crashes import guarded
from cnngui.gui.icons import icon
from cnngui.gui.samples.augmentation_form import AugmentationForm
from cnngui.gui.studio import Studio
from cnngui.gui.theme import SPACE_L, SPACE_M, SPACE_S, colors
from cnngui.gui.widgets.eliding_label import ElidingLabel
from cnngui.gui.widgets.moving import Frames, Moments, frame_at, frames_of
from cnngui.gui.widgets.pictures import draw_picture, fitted
from cnngui.pipeline.data_events import ThumbnailsReady

SHOWN = 8

_REQUEST = "augmentation"
_SIDE = 72
_MOST_SEED = 2**31 - 1


class AugmentationPanel(QWidget):
    """The form, and beside it the same sample eight times, each changed another way.

    Attributes
    ----------
    preview : the pictures.
    """

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._sample = 0
        self._seed = 0
        self._form = AugmentationForm()
        self._form.edited.connect(self._on_form_edited)
        self.preview = _Preview()
        self._caption = ElidingLabel()
        again = QToolButton()
        again.setObjectName("augmentation_again")
        again.setText(self.tr("Again"))
        again.setIcon(icon("dice-5-outline"))
        again.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        again.setToolTip(self.tr("Another sample, changed by other chances"))
        again.clicked.connect(self._on_again_clicked)
        self._clear = QToolButton()
        self._clear.setObjectName("augmentation_clear")
        self._clear.setText(self.tr("No changes"))
        self._clear.setIcon(icon("close"))
        self._clear.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._clear.clicked.connect(lambda: self._on_form_edited(NO_AUGMENTATION))

        buttons = QHBoxLayout()
        buttons.addWidget(again)
        buttons.addWidget(self._clear)
        buttons.addStretch(1)
        right = QVBoxLayout()
        right.setSpacing(SPACE_M)
        right.addWidget(self._caption)
        right.addWidget(self.preview, 1)
        right.addLayout(buttons)
        left = QVBoxLayout()
        left.addWidget(self._form)
        left.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_M, SPACE_S, SPACE_M, SPACE_M)
        row.setSpacing(SPACE_L)
        row.addLayout(left)
        row.addLayout(right, 1)
        studio.plan.settings_changed.connect(self._on_settings_changed)
        studio.data.changed.connect(self._on_dataset_changed)
        studio.event_received.connect(self._take_event)
        self._on_settings_changed()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._ask()

    @property
    def _dataset(self) -> Dataset | None:
        """Where the sample is from; None if there is no sample."""
        dataset = self._studio.data.dataset
        return dataset if dataset is not None and len(dataset) else None

    def _ask(self) -> None:
        """Ask for the pictures anew, if somebody looks."""
        dataset = self._dataset
        if dataset is None or not self.isVisible():
            return
        self._studio.pipeline.data.ask_thumbnails(
            _REQUEST,
            dataset,
            (self._sample % len(dataset),) * SHOWN,
            round(_SIDE * self.devicePixelRatioF()),
            self._studio.plan.settings.augmentation,
            self._seed,
        )

    def _write_caption(self) -> None:
        if self._dataset is None:
            text = self.tr("Choose samples first: then one of them is shown here, changed.")
        elif self._studio.plan.settings.augmentation.is_nothing:
            text = self.tr("Nothing is changed: training shows every sample as it is.")
        else:
            text = self.tr("One sample, as training may show it, eight times:")
        self._caption.setText(text)

    @Slot()
    def _on_settings_changed(self) -> None:
        augmentation = self._studio.plan.settings.augmentation
        self._form.show_augmentation(augmentation)
        self._clear.setEnabled(not augmentation.is_nothing)
        self._write_caption()
        self._ask()

    @Slot()
    def _on_dataset_changed(self) -> None:
        if self._dataset is None:
            self.preview.show_images([])
        self._write_caption()
        self._ask()

    @Slot()
    def _on_again_clicked(self) -> None:
        self._sample, self._seed = random.randrange(_MOST_SEED), random.randrange(_MOST_SEED)  # noqa: S311
        self._ask()

    @Slot(object)
    def _on_form_edited(self, augmentation: Augmentation) -> None:
        self._studio.plan.set_settings(
            replace(self._studio.plan.settings, augmentation=augmentation)
        )

    @Slot(object)
    def _take_event(self, event: object) -> None:
        match event:
            case ThumbnailsReady(token, _, pictures) if token == _REQUEST:
                self.preview.show_images([frames_of(picture) for picture in pictures])


class _Preview(QWidget):
    """Pictures side by side, as large as there is room for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._frames: list[Frames] = []
        self.moments = Moments(self)
        self.moments.passed.connect(self.update)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("One sample, changed eight times"))

    @property
    def images(self) -> list[QImage]:
        """What is shown now."""
        return [frame_at(frames, self.moments.now) for frames in self._frames]

    def show_images(self, frames: list[Frames]) -> None:
        """Show these; clips move."""
        self._frames = frames
        self.moments.set_moving(any(len(one) > 1 for one in frames))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(4 * (_SIDE + SPACE_S), 2 * (_SIDE + SPACE_S))

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        cells, images = _cells(self.size(), SHOWN), self.images
        for place, cell in enumerate(cells):
            painter.fillRect(cell, QColor(colors().canvas))
            if place < len(images):
                image = images[place]
                draw_picture(painter, fitted(image.size(), cell), image)


def _cells(size: QSize, count: int) -> list[QRect]:
    """Return squares in rows from the left top, as large as fit, for ``count`` pictures."""
    best, columns = 0, 1
    for tried in range(1, count + 1):
        rows = -(-count // tried)
        side = min((size.width() + SPACE_S) // tried, (size.height() + SPACE_S) // rows) - SPACE_S
        if side > best:
            best, columns = side, tried
    side = min(best, 2 * _SIDE)
    return [
        QRect(place % columns * (side + SPACE_S), place // columns * (side + SPACE_S), side, side)
        for place in range(count)
    ]
