import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QToolButton
from pytestqt.qtbot import QtBot

from cnngui.gui.widgets.notices import Notice, NoticeBar


@pytest.fixture
def bar(qtbot: QtBot) -> NoticeBar:
    bar = NoticeBar()
    qtbot.addWidget(bar)
    return bar


def text(bar: NoticeBar, name: str) -> str:
    label = bar.findChild(QLabel, name)
    assert label is not None
    return label.text()


def click(qtbot: QtBot, bar: NoticeBar, name: str) -> None:
    qtbot.mouseClick(bar.findChild(QToolButton, name), Qt.MouseButton.LeftButton)


def test_the_newest_is_in_front_and_closing_shows_the_one_before(
    qtbot: QtBot, bar: NoticeBar
) -> None:
    assert bar.isHidden()
    bar.show_notice(Notice("first"))
    bar.show_notice(Notice("second"))
    assert text(bar, "notice_text") == "second"
    click(qtbot, bar, "notice_close")
    assert text(bar, "notice_text") == "first"
    click(qtbot, bar, "notice_close")
    assert bar.isHidden()


def test_the_same_again_is_counted(bar: NoticeBar) -> None:
    for _ in range(1_000):
        bar.show_notice(Notice("again"))
    assert text(bar, "notice_count") == "× 1000"


def test_a_key_replaces_what_was_said_about_it(bar: NoticeBar) -> None:
    bar.show_notice(Notice("lost", key="source"))
    bar.show_notice(Notice("gone for good", key="source"))
    assert text(bar, "notice_text") == "gone for good"
    bar.dismiss("source")
    assert bar.isHidden()
    bar.dismiss("source")


def test_a_flood_of_different_ones_is_bounded(bar: NoticeBar) -> None:
    for number in range(500):
        bar.show_notice(Notice(f"number {number}"))
    closed = 0
    while bar.current is not None:
        bar.dismiss(bar.current.identity)
        closed += 1
    assert closed == 50


def test_details_are_shown_when_asked_for(qtbot: QtBot, bar: NoticeBar) -> None:
    bar.show_notice(Notice("failed", details="line 1\nline 2"))
    details = bar.findChild(QPlainTextEdit)
    assert details is not None
    assert details.isHidden()
    click(qtbot, bar, "notice_details_button")
    assert not details.isHidden()
    assert details.toPlainText() == "line 1\nline 2"
    bar.show_notice(Notice("without"))
    assert details.isHidden()


def test_text_is_not_read_as_markup(bar: NoticeBar) -> None:
    bar.show_notice(Notice("<b>a</b>.mp4: must be a video"))
    label = bar.findChild(QLabel, "notice_text")
    assert label is not None
    assert label.textFormat() == Qt.TextFormat.PlainText
