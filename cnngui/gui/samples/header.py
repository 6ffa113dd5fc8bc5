"""The line above the samples: where they come from, how many there are, what is wrong with them."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QPalette
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from cnngui.data.dataset import Dataset
from cnngui.gui.icons import icon
from cnngui.gui.samples.augmentation_form import summary as changes_summary
from cnngui.gui.samples.collection import SamplesCollection
from cnngui.gui.samples.sources import SampleSources
from cnngui.gui.samples.words import advice, class_counts, problems_label, summary
from cnngui.gui.studio import Studio
from cnngui.gui.theme import SPACE_L, SPACE_M, SPACE_S, with_font
from cnngui.gui.widgets.eliding_label import ElidingLabel
from cnngui.gui.widgets.places import keep_place
from cnngui.gui.widgets.plain import plain_tip, show_plainly
from cnngui.harmless import harmless

_PROGRESS_WIDTH = 160
_NAME_WIDTH = 200
_CHANGES_WIDTH = 240


class SamplesHeader(QWidget):
    """Shows the data set in a line.

    Signals
    -------
    view_changed : the user wants to see something else; see ``shows_problems``, ``shows_changes``.
    """

    view_changed = Signal()

    def __init__(
        self,
        studio: Studio,
        sources: SampleSources,
        collection: SamplesCollection,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._studio = studio
        self._sources = sources
        self._collection = collection
        self._source = QToolButton()
        self._source.setObjectName("samples_source")
        self._source.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._source.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._source.setIcon(icon("image-multiple-outline"))
        self._source.setMenu(sources.menu(self))
        self._summary = QLabel()
        self._summary.setObjectName("samples_summary")
        self._advice = ElidingLabel()
        self._advice.setObjectName("samples_advice")
        show_plainly(self._summary)
        self._advice.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._advice.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._problems = self._switch("samples_problems", "alert-outline")
        self._bar = QProgressBar()
        self._bar.setObjectName("samples_progress")
        self._bar.setFixedWidth(_PROGRESS_WIDTH)
        self._cancel = QToolButton()
        self._cancel.setObjectName("samples_cancel")
        self._cancel.setIcon(icon("close"))
        self._cancel.setAutoRaise(True)
        self._cancel.setToolTip(self.tr("Cancel"))
        self._cancel.setAccessibleName(self.tr("Cancel opening the samples"))
        self._cancel.clicked.connect(studio.data.cancel)
        self._folder = QToolButton()
        self._folder.setObjectName("samples_open_folder")
        self._folder.setIcon(icon("folder-open-outline"))
        self._folder.setAutoRaise(True)
        self._folder.setAccessibleName(self.tr("Open the samples' folder"))
        self._folder.clicked.connect(self._on_folder_clicked)
        self._changes = self._switch("samples_changes", "auto-fix")
        self._changes_meaning = self.tr(
            "Change samples a little each time they are shown, so that few go further"
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_M, SPACE_S, SPACE_M, 0)
        row.setSpacing(SPACE_M)
        row.addWidget(self._source)
        row.addWidget(self._summary)
        row.addSpacing(SPACE_L)
        row.addWidget(self._advice, 1)
        row.addWidget(self._problems)
        row.addWidget(self._bar)
        row.addWidget(self._cancel)
        row.addWidget(self._folder)
        row.addWidget(self._changes)
        keep_place(self._bar, self._cancel, self._folder)
        studio.data.changed.connect(self._follow)
        studio.plan.settings_changed.connect(self._follow)
        collection.changed.connect(self._follow)
        self._follow()

    @property
    def _dataset(self) -> Dataset | None:
        """What is shown: what is recorded is ahead of what is learned from."""
        recorded = self._collection.dataset
        return recorded if recorded is not None else self._studio.data.dataset

    @property
    def shows_problems(self) -> bool:
        """Whether the list of unreadable files is wanted."""
        return self._problems.isChecked()

    @property
    def shows_changes(self) -> bool:
        """Whether the random changes are wanted."""
        return self._changes.isChecked()

    def _switch(self, name: str, glyph: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setCheckable(True)
        button.setIcon(icon(glyph))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.toggled.connect(self._on_switch_toggled)
        return button

    def _name(self, dataset: Dataset | None) -> str:
        """Return what the source button says, shortened to what the line has room for."""
        if dataset is None:
            return self.tr("Samples")
        name = self._sources.title(dataset.address) or dataset.name
        elided = self._source.fontMetrics().elidedText(
            name, Qt.TextElideMode.ElideMiddle, with_font(_NAME_WIDTH)
        )
        return elided.replace("&", "&&")

    @Slot(bool)
    def _on_switch_toggled(self, on: bool) -> None:
        if on:
            other = self._problems if self.sender() is self._changes else self._changes
            other.setChecked(False)
        self.view_changed.emit()

    @Slot()
    def _on_folder_clicked(self) -> None:
        folder = _folder(self._dataset)
        if folder is not None:
            place = folder if folder.is_dir() else folder.parent
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(place)))

    @Slot()
    def _follow(self) -> None:
        dataset, progress = self._dataset, self._studio.data.progress
        self._source.setText(self._name(dataset))
        self._summary.setText(summary(dataset) if dataset is not None else "")
        words = advice(dataset.classes, class_counts(dataset)) if dataset is not None else ""
        self._advice.setText(words)
        self._advice.setToolTip(plain_tip(words))  # it may be cut for want of room
        problems = len(dataset.problems) if dataset is not None else 0
        self._problems.setVisible(problems > 0)
        self._problems.setText(problems_label(problems))
        if not problems:
            self._problems.setChecked(False)
        self._bar.setVisible(progress is not None)
        self._cancel.setVisible(progress is not None)
        if progress is not None:
            done, total = progress
            self._bar.setRange(0, total)
            self._bar.setValue(done)
        folder = _folder(dataset)
        self._folder.setVisible(folder is not None)
        self._folder.setToolTip(plain_tip(self.tr("Open folder {0}").format(harmless(str(folder)))))
        self._show_changes(changes_summary(self._studio.plan.settings.augmentation))

    def _show_changes(self, changes: str) -> None:
        words, meaning = self.tr("Random changes"), self._changes_meaning
        if changes:
            words = self.tr("Random changes: {0}").format(changes)
            meaning = f"{meaning}\n{changes}"
        metrics = self._changes.fontMetrics()
        self._changes.setText(
            metrics.elidedText(words, Qt.TextElideMode.ElideRight, with_font(_CHANGES_WIDTH))
        )
        self._changes.setToolTip(meaning)


def _folder(dataset: Dataset | None) -> Path | None:
    """Return where a data set's files are; None if it has none."""
    if dataset is None or not (path := Path(dataset.address)).is_absolute():
        return None
    return path
