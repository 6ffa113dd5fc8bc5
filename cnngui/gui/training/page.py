"""The page on which the network is trained: buttons, settings, curves, layers, runs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from html import escape

import numpy as np
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QPalette, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QScrollArea,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnngui.gui.studio import Studio
from cnngui.gui.theme import (
    ACCENT,
    SPACE_L,
    SPACE_M,
    SPACE_S,
    give_slim_bars,
    number_font,
    text_width,
)
from cnngui.gui.training.actions import TrainActions
from cnngui.gui.training.curves_view import CurvesView
from cnngui.gui.training.health_view import HealthView
from cnngui.gui.training.runs_view import RunsView
from cnngui.gui.training.settings_form import SettingsForm
from cnngui.gui.widgets.eliding_label import ElidingLabel
from cnngui.gui.widgets.file_choice import ask_for_table
from cnngui.gui.widgets.notices import Notice, NoticeBar
from cnngui.gui.widgets.plain import plain_tip
from cnngui.gui.words.errors import error_text, said
from cnngui.gui.words.numbers import bytes_label
from cnngui.gui.words.runs import duration_words, status_words
from cnngui.gui.words.translation import translated
from cnngui.pipeline.training.settings import TrainingSettings
from cnngui.pipeline.training.suggestion import rarest_class, step_count, with_enough_steps
from cnngui.pipeline.training.time_misfit import time_misfits

_COLUMNS = (232, 480, 144, 176)
"""Widths to begin with: settings, curves, layers, runs."""
_STRETCHES = (0, 4, 1, 1)
_LEAST_HEIGHT = 136
_MEND = "mend"
_BAR_STEPS = 250
_BAR_STYLE = f"""
    QProgressBar {{ border: none; background: palette(button); max-height: {SPACE_S}px; }}
    QProgressBar::chunk {{ background: {ACCENT.name()}; }}
"""


class TrainPage(QWidget):
    """Shows how the training of a studio goes, and asks the studio for everything.

    Parameters
    ----------
    studio : knows and does everything.
    actions : of the buttons.

    Signals
    -------
    samples_requested : the user wants to choose samples.
    """

    samples_requested = Signal()

    def __init__(
        self, studio: Studio, actions: TrainActions, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._studio = studio
        self._is_stale = True
        self._told: dict[str, str] = {}
        self._actions = actions
        self._notices = NoticeBar()
        self._status = ElidingLabel()
        self._status.setObjectName("training_status")
        self._status.setFont(number_font(self.font()))
        self._status.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._bar = QProgressBar()
        self._bar.setRange(0, _BAR_STEPS)
        self._bar.setTextVisible(False)
        self._bar.setStyleSheet(_BAR_STYLE)
        self._bar.setAccessibleName(self.tr("How far the training is"))
        self._form = SettingsForm()
        self._hint = self._make_hint()
        self._curves = CurvesView()
        self._middle = QStackedWidget()
        self._middle.addWidget(self._hint)
        self._middle.addWidget(self._curves)
        self._health = HealthView()
        self._runs = RunsView()
        self.setMinimumHeight(_LEAST_HEIGHT)
        self._lay_out()
        self._connect()
        self._on_settings_changed()
        self._refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_stale:
            self._refresh()

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_S)
        for action in self._actions.all():
            button = QToolButton()
            button.setObjectName(f"button_{action.objectName().removeprefix('action_')}")
            button.setDefaultAction(action)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            if action is self._actions.train:
                _make_room(button, self._actions.train_words)
            buttons.addWidget(button)
        buttons.addSpacing(SPACE_M)
        buttons.addWidget(self._status, 1)
        columns = QSplitter(Qt.Orientation.Horizontal)
        columns.setChildrenCollapsible(False)
        for place, widget in enumerate(
            (_scrolling(self._form), self._middle, self._health, self._runs)
        ):
            columns.addWidget(widget)
            columns.setStretchFactor(place, _STRETCHES[place])
        columns.setSizes(_COLUMNS)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(SPACE_M, SPACE_S, SPACE_M, SPACE_S)
        rows.setSpacing(SPACE_S)
        rows.addLayout(buttons)
        rows.addWidget(self._bar)
        rows.addWidget(columns, 1)
        self._notices.lie_over(self._middle, self)

    def _connect(self) -> None:
        studio = self._studio
        for changed in (
            studio.data.changed,
            studio.trainer.changed,
            studio.runs.changed,
            studio.document.spec_changed,
        ):
            changed.connect(self._on_something_changed)
        self._runs.model.ticked_changed.connect(self._show_curves)
        studio.plan.settings_changed.connect(self._on_settings_changed)
        studio.plan.memory_changed.connect(self._show_memory)
        studio.plan.times_changed.connect(self._show_notices)
        self._actions.starting.connect(self._form.take_typed)
        self._form.settings_edited.connect(self._on_form_settings_edited)
        self._runs.restore_requested.connect(studio.runs.restore)
        self._runs.delete_requested.connect(studio.runs.delete)
        self._runs.table_requested.connect(self._on_runs_table_requested)

    def _make_hint(self) -> QLabel:
        hint = QLabel()
        hint.setObjectName("training_hint")
        hint.setTextFormat(Qt.TextFormat.RichText)
        hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        hint.setWordWrap(True)
        hint.setContentsMargins(SPACE_L, SPACE_S, SPACE_L, SPACE_S)
        hint.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        hint.linkActivated.connect(self._on_hint_link_activated)
        return hint

    @Slot(str)
    def _on_hint_link_activated(self, link: str) -> None:
        if link == _MEND:
            self._studio.plan.mend_network()
        else:
            self.samples_requested.emit()

    @Slot()
    def _on_something_changed(self) -> None:
        # A page that nobody sees costs nothing; what it missed is shown when it is.
        self._is_stale = True
        if self.isVisible():
            self._refresh()

    @Slot()
    def _on_settings_changed(self) -> None:
        self._form.show_settings(self._studio.plan.settings)
        self._studio.plan.measure_memory()
        self._show_notices()

    @Slot(object)
    def _on_form_settings_edited(self, edited: TrainingSettings) -> None:
        before = self._studio.plan.settings
        # The form knows nothing of augmentation, which another page may have changed meanwhile.
        self._studio.plan.set_settings(replace(edited, augmentation=before.augmentation))
        if self._studio.trainer.is_under_way and edited.learning_rate != before.learning_rate:
            self._studio.trainer.set_learning_rate(edited.learning_rate)

    @Slot(str)
    def _on_runs_table_requested(self, run_id: str) -> None:
        studio = self._studio
        run = next(run for run in studio.runs.kept if run.run_id == run_id)
        title, folder = self.tr("Curves as a table"), studio.settings.save_folder
        path = ask_for_table(self, title, folder, run.spec.name, "curves")
        if path is not None:
            studio.runs.write_curves(run_id, path)

    def _refresh(self) -> None:
        self._is_stale = False
        self._show_notices()
        self._show_status()
        self._form.set_training(self._studio.trainer.is_under_way)
        self._studio.plan.measure_memory()
        if not self._studio.trainer.is_under_way:
            self._studio.plan.measure_times()
        self._runs.show_runs(self._studio.runs.kept)
        self._show_curves()

    def _show_status(self) -> None:
        studio, progress = self._studio, self._studio.trainer.progress
        if studio.trainer.preparing is not None:
            done, total = studio.trainer.preparing
            words = self.tr("Making the samples ready: {0} of {1}")
            self._status.setText(words.format(f"{done:,}", f"{total:,}"))
            self._bar.setValue(round(_BAR_STEPS * done / max(total, 1)))
        elif progress is not None:
            self._status.setText(status_words(progress))
            self._bar.setValue(round(_BAR_STEPS * progress.step / max(progress.steps, 1)))
        else:
            self._status.setText(self._samples_words())
            self._bar.setValue(0)
        self._status.setToolTip(plain_tip(self._status.text()))

    @Slot()
    def _show_memory(self) -> None:
        needed = self._studio.plan.memory_bytes
        self._form.show_memory(bytes_label(needed) if needed else "")

    def _samples_words(self) -> str:
        data = self._studio.data.dataset
        if data is None:
            return ""
        words = self.tr("{0}: {1} samples of {2} classes")
        return words.format(translated(data.name), f"{len(data):,}", f"{len(data.classes):,}")

    @Slot()
    def _show_curves(self) -> None:
        ticked = self._runs.model.ticked
        shown = ticked[0] if len(ticked) == 1 else self._studio.trainer.progress
        if shown is None and not ticked:
            self._hint.setText(self._hint_words())
            self._middle.setCurrentWidget(self._hint)
            self._health.show_health((), ())
            return
        self._middle.setCurrentWidget(self._curves)
        if len(ticked) > 1:
            run_colors = [self._runs.model.color_of(run.run_id) for run in ticked]
            self._curves.show_runs(ticked, run_colors)
        elif shown is not None:
            self._curves.show_training(shown)
        if shown is not None:
            self._health.show_health(shown.findings, shown.layers)

    def _hint_words(self) -> str:
        studio = self._studio
        words = self.tr("Choose samples")  # not in the braces: no translator would find it
        link = f'<a href="samples">{words}</a>'
        if studio.data.progress is not None:
            return self.tr("The samples are being opened …")
        if studio.data.problem is not None:
            return f"{escape(error_text(studio.data.problem))}<br>{link}"
        if studio.data.dataset is None:
            words = self.tr(
                "{0} first: record your own with the camera, open a folder, or take the shapes "
                "that the program draws."
            )
            return words.format(link)
        if studio.trainer.preparing is not None:
            return self.tr("The samples are being prepared: curves begin with the first batch.")
        if faults := self._network_words():
            return escape(faults)
        if studio.plan.needs_mending:
            # Here it stays when the notice above is closed.
            text, action = self._mending_words()
            return f'{text}<br><a href="{_MEND}">{action}</a>'
        return self.tr(
            "Press <b>Train</b>. The network is shown the samples again and again, and its "
            "kernels change a little each time: watch them above, and here how well it does."
        )

    def _show_notices(self) -> None:
        studio, progress = self._studio, self._studio.trainer.progress
        self._tell(Notice(self._time_words(), "information", key="time"))
        self._tell(self._balance_offer())
        self._tell(self._longer_offer())
        self._tell(self._mending_offer())
        self._tell(self._small_offer())
        self._tell(Notice(self._network_words(), "warning", key="network"))
        # What went wrong comes last: it is what is seen of several.
        failed = progress is not None and progress.state == "failed"
        self._tell(Notice(said(progress.message) if failed and progress else "", key="failed"))
        refused = error_text(studio.trainer.problem) if studio.trainer.problem is not None else ""
        self._tell(Notice(refused, key="refused"))

    def _tell(self, notice: Notice) -> None:
        """Show what is new; what was closed stays away. A notice without text ends the last."""
        if self._told.get(notice.key, "") == notice.text:
            return
        self._told[notice.key] = notice.text
        self._notices.dismiss(notice.key)
        if notice.text:
            self._notices.show_notice(notice)

    def _time_words(self) -> str:
        """Return what is done where samples and network differ in time."""
        studio, data = self._studio, self._studio.data.dataset
        if data is None or studio.trainer.is_under_way:
            return ""
        shown, how = studio.document.running_spec.input, studio.plan.settings.augmentation
        return " ".join(said(words) for words in time_misfits(data, shown, how))

    def _network_words(self) -> str:
        """Return what keeps the network itself from being trained, whatever the samples."""
        studio, document = self._studio, self._studio.document
        if studio.data.dataset is None or studio.trainer.is_under_way or document.report.is_valid:
            return ""
        words = self.tr("The network has a problem, at {0}")
        return words.format(said(document.report.problems[0].message))

    def _mending_offer(self) -> Notice:
        studio = self._studio
        if (
            studio.data.dataset is None
            or studio.trainer.is_under_way
            or not studio.plan.needs_mending
        ):
            return Notice("", key="mend")
        text, action = self._mending_words()
        return Notice(
            text, "warning", key="mend", action_text=action, action=studio.plan.mend_network
        )

    def _small_offer(self) -> Notice:
        """A class that waits for its network learns more with one that is ready in seconds."""
        studio, offer = self._studio, self._studio.plan.offer
        if offer is None or studio.trainer.is_under_way:
            return Notice("", key="small")
        text = self.tr("“{0}” would learn these samples for about {1}, “{2}” for about {3}")
        if offer.is_more:
            text = self.tr("“{0}” would learn these samples for more than {1}, “{2}” for about {3}")
        return Notice(
            text.format(
                studio.document.spec.name,
                duration_words(offer.own_seconds),
                offer.spec.name,
                duration_words(offer.seconds),
            ),
            key="small",
            action_text=self.tr("Take “{0}”").format(offer.spec.name),
            action=studio.plan.take_small_network,
        )

    def _balance_offer(self) -> Notice:
        """Where one class is much rarer than another, a network does well that never names it."""
        studio, settings = self._studio, self._studio.plan.settings
        no_offer, data = Notice("", key="balance"), studio.data.dataset
        if data is None or studio.trainer.is_under_way or settings.class_weights:
            return no_offer
        rarest = rarest_class(data.labels, len(data.classes))
        if rarest is None:
            return no_offer
        rare, common = rarest
        counts = np.bincount(data.labels, minlength=len(data.classes))
        text = self.tr(
            "“{common}” has {many} samples, “{rare}” {few}: a network that never names the rare "
            "class does well"
        )
        return Notice(
            text.format(
                common=translated(data.classes[common]),
                many=f"{counts[common]:,}",
                rare=translated(data.classes[rare]),
                few=f"{counts[rare]:,}",
            ),
            key="balance",
            action_text=self.tr("Let classes count alike"),
            action=lambda: studio.plan.set_settings(replace(settings, class_weights=True)),
        )

    def _longer_offer(self) -> Notice:
        """Few samples, as people record them, in large batches teach a network hardly anything."""
        studio, settings = self._studio, self._studio.plan.settings
        no_offer = Notice("", key="longer")
        if (
            not studio.data.dataset
            or studio.trainer.is_under_way
            or not studio.document.report.is_valid
        ):
            return no_offer
        samples = len(studio.data.dataset)
        longer = with_enough_steps(settings, samples)
        if longer is None or studio.plan.needs_mending:
            return no_offer
        text = self.tr("With so few samples the weights change only {0} times: too seldom to learn")
        action = self.tr("Take {0} epochs, batches of {1}")
        return Notice(
            text.format(step_count(settings, samples)),
            key="longer",
            action_text=action.format(longer.epochs, longer.batch_size),
            action=lambda: studio.plan.set_settings(longer),
        )

    def _mending_words(self) -> tuple[str, str]:
        """Return why the network does not fit the samples, and what would be done about it."""
        data, document = self._studio.data.dataset, self._studio.document
        classes = f"{len(data.classes) if data is not None else 0:,}"
        last = document.spec.layers[-1].id if document.spec.layers else ""
        shape = document.report.shapes.get(last, ())
        if len(shape) == 1:
            text = self.tr("The network has {0} outputs, the samples have {1} classes.")
            text = text.format(f"{shape[0]:,}", classes)
            return text, self.tr("Give it {0} outputs").format(classes)
        text = self.tr("The network does not end in one number for each class.")
        return text, self.tr("Add a layer with {0} outputs").format(classes)


def _scrolling(form: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the form has the keyboard
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    give_slim_bars(area)
    area.setWidget(form)
    bar_width = area.verticalScrollBar().sizeHint().width()
    area.setMinimumWidth(form.minimumSizeHint().width() + bar_width + SPACE_S)
    return area


def _make_room(button: QToolButton, words: Iterable[str]) -> None:
    """Make a button as wide as any of the words that it will have: those beside it stay."""
    now = text_width(button.fontMetrics(), button.text())
    widest = max(text_width(button.fontMetrics(), one) for one in words)
    button.setMinimumWidth(button.sizeHint().width() + widest - now)
