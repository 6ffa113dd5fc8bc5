"""Nothing moves under the pointer when messages, notices and lines come and go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QScrollBar,
    QStackedWidget,
    QTabBar,
    QWidget,
)

from cnngui.gui.network.row import LayerRow
from cnngui.gui.network.row_header import RowHeader
from cnngui.gui.results.page import ResultsPage
from cnngui.gui.samples.header import SamplesHeader
from cnngui.gui.studio import Studio
from cnngui.gui.training.page import TrainPage
from cnngui.gui.training.settings_form import SettingsForm
from cnngui.gui.views.inspector import Inspector
from cnngui.gui.widgets.notices import Notice, NoticeBar
from cnngui.gui.window.drawer import TrainingDrawer
from cnngui.pipeline.data_events import DatasetProgress
from cnngui.pipeline.results import Counters
from tests.gui.driver import Driver

LONG = "film.mp4 must be a video that can be read from its beginning to its end, got a text. " * 3
CONTROLS = (
    *(QAbstractButton, QAbstractItemView, QAbstractSlider, QAbstractSpinBox, QComboBox),
    *(QLineEdit, QTabBar, RowHeader),
)
SIZES = [(1024, 700), (1366, 768)]


def places(window: QWidget) -> dict[QWidget, QRect]:
    """Return where in the window everything is that can be used."""
    QApplication.processEvents()
    QApplication.processEvents()
    found = {}
    for widget in window.findChildren(QWidget):
        if (
            isinstance(widget, CONTROLS)
            and not isinstance(widget, QScrollBar)
            and widget.isVisible()
            and widget.isEnabled()
            and not any(bar.isAncestorOf(widget) for bar in window.findChildren(NoticeBar))
        ):
            found[widget] = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())
    return found


def assert_nothing_moves(window: QWidget, *happenings: Callable[[], object]) -> None:
    for happening in happenings:
        before = places(window)
        assert len(before) > 15
        happening()
        after = places(window)
        moved = {
            (type(widget).__name__, widget.accessibleName(), widget.objectName()): (place, now)
            for widget, place in before.items()
            if (now := after.get(widget)) is not None and now != place
        }
        assert not moved


@pytest.fixture(params=SIZES, ids=str)
def still(driver: Driver, request: pytest.FixtureRequest) -> Driver:
    """A window whose picture is held."""
    driver.window.resize(*request.param)
    driver.wait_for_maps()
    driver.key(Qt.Key.Key_Space)
    return driver


@pytest.fixture
def drawer(still: Driver) -> TrainingDrawer:
    drawer = still.window.findChild(TrainingDrawer)
    still.key(Qt.Key.Key_T)
    still.wait(lambda: drawer.findChild(SamplesHeader) is not None)
    return drawer


def test_notices_lie_over_the_window(still: Driver) -> None:
    notices = still.window.notices
    toggle = notices.findChild(QAbstractButton, "notice_details_button")
    assert_nothing_moves(
        still.window,
        lambda: notices.show_notice(Notice(LONG, key="a", details="more")),
        lambda: toggle.setChecked(True),
        lambda: notices.show_notice(Notice("short", action_text="Do", action=lambda: None)),
        lambda: notices.dismiss("short"),
        lambda: notices.dismiss("a"),
    )


def test_a_notice_is_seen_whole_and_follows_the_window(still: Driver) -> None:
    window, notices = still.window, still.window.notices
    notices.show_notice(Notice(LONG))
    QApplication.processEvents()
    width = notices.width()
    text = notices.findChild(QWidget, "notice_text")
    assert text.height() >= text.heightForWidth(text.width())
    at = notices.mapTo(window, notices.rect().center())
    under = window.childAt(at)
    assert under is notices or notices.isAncestorOf(under)
    window.resize(window.width() + 200, window.height())
    QApplication.processEvents()
    assert width < notices.width() <= width + 200


def test_the_status_line_keeps_its_buttons_where_they_are(still: Driver) -> None:
    status = still.window.status
    few = Counters()
    many = Counters(dropped=100_000, rate_in=1000.5, rate_shown=1000.5, latency_p95_ms=4321.0)
    status.show_counters(many)
    assert_nothing_moves(
        still.window,
        lambda: status.show_message(LONG),
        lambda: status.show_progress("Snapshot", 1, 100),
        lambda: status.show_counters(few),
        lambda: status.show_counters(many),
        lambda: status.show_progress("Snapshot", 100, 100),
        status.clear_progress,
    )


def test_what_is_wrong_with_a_layer_does_not_move_its_fields(still: Driver) -> None:
    window, document = still.window, still.document
    document.select("conv1")
    QApplication.processEvents()
    row = next(row for row in window.findChildren(LayerRow) if row.row_id == "conv1")
    header = row.header

    def wrong(**fields: object) -> None:
        document.edit(document.spec.edited("conv1", **fields), "edit")

    assert_nothing_moves(
        window,
        lambda: wrong(groups=7),
        lambda: wrong(groups=1, kernel_size=(999, 999)),
        lambda: wrong(kernel_size=(7, 7)),
    )
    wrong(groups=7)
    assert row.problem_text in header.toolTip()
    assert row.problem_text in header.accessibleName()


def test_what_is_said_of_weights_does_not_move_what_is_below(still: Driver) -> None:
    window, document = still.window, still.document
    document.select("conv1")

    def say(**fields: object) -> None:
        document.edit(document.spec.edited("conv1", **fields), "edit")

    assert_nothing_moves(
        window,
        lambda: say(weights_id=""),
        lambda: say(by_hand=True, weights_id="a"),
        lambda: say(by_hand=False),
    )


def test_a_bias_of_any_length_leaves_the_kernel_where_it_is(still: Driver) -> None:
    details = still.window.findChild(Inspector).details
    still.wait(lambda: still.channel is not None)
    channel = still.channel
    assert channel is not None

    def place() -> QRect:
        QApplication.processEvents()
        return QRect(details.kernel.mapTo(details, QPoint(0, 0)), details.kernel.size())

    seen = []
    for bias in (0.0, -1.2345e-12, 123456.0, None):
        details.show_channel(replace(channel, bias=bias), still.result.view)
        seen.append(place())
    assert seen == seen[:1] * 4


def test_the_training_page_keeps_its_fields_where_they_are(
    still: Driver, drawer: TrainingDrawer
) -> None:
    drawer.show_page(1)
    page = drawer.findChild(TrainPage)
    notices, form = page.findChild(NoticeBar), page.findChild(SettingsForm)
    assert_nothing_moves(
        still.window,
        lambda: notices.show_notice(Notice(LONG, "warning", key="a", action_text="Mend")),
        lambda: notices.dismiss("a"),
        lambda: form.show_memory("1.2 GB"),
        lambda: form.show_memory(""),
    )
    train = page.findChild(QAbstractButton, "button_train")
    for words in drawer.train_actions.train_words:
        assert_nothing_moves(
            still.window, lambda words=words: drawer.train_actions.train.setText(words)
        )
    assert train.width() >= train.sizeHint().width()


def test_opening_samples_does_not_move_what_is_beside(
    still: Driver, drawer: TrainingDrawer
) -> None:
    header = drawer.findChild(SamplesHeader)
    data = still.window.findChild(Studio).data

    def progress(done: int) -> None:
        data.take_event(DatasetProgress("token", done, 100))
        data.changed.emit()

    assert_nothing_moves(still.window, lambda: progress(1), lambda: progress(99))
    assert header.findChild(QWidget, "samples_cancel").isVisible()


def test_a_doubt_about_results_stands_below_what_can_be_chosen(
    still: Driver, drawer: TrainingDrawer
) -> None:
    drawer.show_page(3)
    page = drawer.findChild(ResultsPage)
    page.findChild(QStackedWidget).setCurrentIndex(1)

    def doubt() -> None:
        page.doubt.setText(LONG)
        page.doubt.show()

    assert_nothing_moves(still.window, doubt, page.doubt.hide, page.looked_at.hide)
    assert page.measure.isVisible()


def test_turning_pages_leaves_both_buttons_under_the_pointer(still: Driver) -> None:
    window = still.window
    spec = still.document.spec.edited("conv1", out_channels=1000, kernel_size=(1, 1), stride=(8, 8))
    still.document.edit(spec, "edit")
    still.document.select("conv1")
    names = ("Previous page", "Next page")
    buttons = [
        button
        for button in window.findChildren(QAbstractButton)
        if button.accessibleName() in names
    ]
    still.wait(lambda: all(button.isVisible() for button in buttons))
    seen = []
    for _ in range(3):
        QApplication.processEvents()
        seen.append([button.mapTo(window, QPoint(0, 0)) for button in buttons])
        before = still.window.result
        still.key(Qt.Key.Key_PageDown)
        still.wait(lambda before=before: still.window.result is not before)
    assert seen == seen[:1] * 3
