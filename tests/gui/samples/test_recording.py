"""Own samples in the real window: recorded from the built-in clip, edited, undone."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QSpinBox
from pytestqt.qtbot import QtBot

from cnngui.gui.settings import Pace, Settings
from tests.gui.driver import Driver
from tests.gui.sampling import LEFT, Hands

NO_MODIFIER = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def hands(driver: Driver) -> Hands:
    driver.settings.pace = Pace(rate=30)
    hands = Hands(driver)
    hands.open_collection()
    return hands


def key(hands: Hands, kind: QEvent.Type, key: Qt.Key, repeated: bool = False) -> None:
    event = QKeyEvent(kind, key, NO_MODIFIER, key.name[-1].lower(), repeated)
    QApplication.sendEvent(QApplication.focusWidget() or hands.driver.window, event)


def test_a_new_collection_has_two_classes_that_say_how_to_record(hands: Hands) -> None:
    assert hands.names == ["thing 1", "thing 2"]
    texts = [label.text() for label in hands.page.board.cards[1].findChildren(QLabel)]
    assert "Hold Record, or press 2" in texts
    assert hands.driver.settings.collection.is_dir()
    assert hands.driver.document.undo_stack.count() == 0


def test_holding_the_button_records_and_one_undo_takes_it_all_back(hands: Hands) -> None:
    recorded = hands.record(0)
    assert hands.counts == [recorded, 0]
    assert hands.child(QLabel, "class_count", 0).text() == str(recorded)
    undo_stack = hands.driver.document.undo_stack
    assert undo_stack.undoText() == f"Record {recorded} samples"
    files = hands.files
    undo_stack.undo()
    hands.driver.wait(lambda: hands.counts == [0, 0])
    assert hands.files == []
    undo_stack.redo()
    hands.driver.wait(lambda: hands.counts == [recorded, 0])
    assert hands.files == files


def test_a_number_key_records_as_long_as_it_is_held(hands: Hands) -> None:
    key(hands, QEvent.Type.KeyPress, Qt.Key.Key_2)
    hands.driver.wait(lambda: hands.counts[1] >= 2)
    for _ in range(5):  # what a keyboard sends while a key is held
        key(hands, QEvent.Type.KeyRelease, Qt.Key.Key_2, repeated=True)
        key(hands, QEvent.Type.KeyPress, Qt.Key.Key_2, repeated=True)
    before = hands.counts[1]
    hands.driver.wait(lambda: hands.counts[1] > before)
    key(hands, QEvent.Type.KeyRelease, Qt.Key.Key_2)
    hands.wait_for_rest()
    assert hands.counts[0] == 0
    assert hands.driver.document.undo_stack.count() == 1


def test_a_number_typed_into_a_name_records_nothing(hands: Hands) -> None:
    edit = hands.child(QLineEdit, "class_name", 0)
    hands.driver.window.activateWindow()
    edit.setFocus()
    hands.driver.wait(edit.hasFocus)
    edit.selectAll()
    QTest.keyClicks(edit, "cup 2")
    assert hands.page.recording.place is None
    QTest.keyClick(edit, Qt.Key.Key_Return)
    hands.driver.wait(lambda: hands.names == ["cup 2", "thing 2"])
    hands.driver.document.undo_stack.undo()
    hands.driver.wait(lambda: hands.names == ["thing 1", "thing 2"])


def test_a_burst_ends_by_itself(hands: Hands) -> None:
    hands.child(QSpinBox, "pace_burst").setValue(4)
    assert "Record 4" in hands.record_button(0).text()
    QTest.mouseClick(hands.record_button(0), LEFT)
    hands.driver.wait(lambda: hands.counts == [4, 0])
    hands.wait_for_rest()
    assert hands.counts == [4, 0]


def test_escape_ends_a_countdown_before_anything_is_recorded(hands: Hands) -> None:
    hands.child(QSpinBox, "pace_burst").setValue(4)
    hands.child(QSpinBox, "pace_countdown").setValue(30)
    QTest.mouseClick(hands.record_button(1), LEFT)
    hands.driver.wait(lambda: hands.record_button(1).text() == "30 …")
    QTest.keyClick(hands.page.board, Qt.Key.Key_Escape)
    hands.wait_for_rest()
    assert hands.counts == [0, 0]
    assert hands.driver.document.undo_stack.count() == 0
    assert hands.driver.settings.pace == Pace(rate=30, burst=4, countdown=30)


def test_selected_samples_are_deleted_and_had_back(hands: Hands) -> None:
    recorded = hands.record(0)
    files = hands.files
    hands.select(0, 0, 2)
    QTest.keyClick(hands.page.board.cards[0].grid, Qt.Key.Key_Delete)
    hands.driver.wait(lambda: hands.counts == [recorded - 2, 0])
    # The newest sample is the first on the card.
    assert hands.files == [file for file in files if file not in (files[-1], files[-3])]
    hands.driver.document.undo_stack.undo()
    hands.driver.wait(lambda: hands.counts == [recorded, 0])
    assert hands.files == files


def test_samples_dropped_on_another_class_belong_to_it(hands: Hands) -> None:
    recorded = hands.record(0)
    files = hands.files
    hands.select(0, 0)
    source, target = hands.page.board.cards
    mime = source.grid.model().mimeData(source.grid.selectedIndexes())
    place = target.rect().center()
    move = Qt.DropAction.MoveAction

    class FromGrid:
        """Qt tells the source of a drag only within a drag of its own."""

        def source(self) -> object:
            return source.grid

    class Enter(FromGrid, QDragEnterEvent):
        pass

    class Drop(FromGrid, QDropEvent):
        pass

    enter = Enter(place, move, mime, LEFT, NO_MODIFIER)
    target.dragEnterEvent(enter)
    assert enter.isAccepted()
    target.dropEvent(Drop(QPointF(place), move, mime, LEFT, NO_MODIFIER))
    hands.driver.wait(lambda: hands.counts == [recorded - 1, 1])
    assert hands.files == [*files[:-1], files[-1].replace("thing 1", "thing 2")]
    undo_stack = hands.driver.document.undo_stack
    undo_stack.undo()
    hands.driver.wait(lambda: hands.counts == [recorded, 0])
    undo_stack.redo()
    hands.driver.wait(lambda: hands.counts == [recorded - 1, 1])


def test_undoing_a_move_finds_a_sample_whose_name_was_taken(hands: Hands) -> None:
    hands.record(0, least=1)
    name = hands.files[0].split("/")[1]
    taken = hands.driver.settings.collection / "thing 2" / name
    taken.write_bytes((hands.driver.settings.collection / hands.files[0]).read_bytes())
    before = hands.files
    hands.page.edits.move([hands.page.collection.numbers_of(0)[0]], 1)
    undo_stack = hands.driver.document.undo_stack
    hands.driver.wait(lambda: hands.files != before)
    hands.driver.wait(lambda: hands.counts[1] == 2)
    undo_stack.undo()
    hands.driver.wait(lambda: hands.counts[1] == 1)
    assert taken.is_file()


def test_classes_are_added_coloured_removed_and_had_back(hands: Hands) -> None:
    recorded = hands.record(0)
    undo_stack = hands.driver.document.undo_stack
    QTest.mouseClick(hands.child(QPushButton, "samples_add_class"), LEFT)
    hands.driver.wait(lambda: hands.names == ["thing 1", "thing 2", "thing 3"])
    hands.page.board.cards[2].recoloured.emit("#c94f5d")
    hands.driver.wait(lambda: hands.page.collection.classes[2].colour == "#c94f5d")
    hands.page.board.cards[0].removed.emit()
    hands.driver.wait(lambda: hands.names == ["thing 2", "thing 3"])
    assert hands.files == []
    undo_stack.undo()
    hands.driver.wait(lambda: hands.counts == [recorded, 0, 0])
    undo_stack.undo()
    hands.driver.wait(lambda: hands.page.collection.classes[2].colour != "#c94f5d")
    undo_stack.undo()
    hands.driver.wait(lambda: hands.names == ["thing 1", "thing 2"])


def test_a_class_that_is_added_comes_into_sight(hands: Hands) -> None:
    for count in range(3, 9):
        QTest.mouseClick(hands.child(QPushButton, "samples_add_class"), LEFT)
        hands.driver.wait(lambda count=count: len(hands.names) == count)
    hands.driver.wait(lambda: not hands.page.board.cards[-1].visibleRegion().isEmpty())
    assert hands.page.board.cards[0].visibleRegion().isEmpty()


def test_a_class_that_is_added_can_be_named_at_once(hands: Hands) -> None:
    window = hands.driver.window
    QTest.mouseClick(hands.child(QPushButton, "samples_add_class"), LEFT)
    hands.driver.wait(lambda: isinstance(window.focusWidget(), QLineEdit))
    for letter in (Qt.Key.Key_B, Qt.Key.Key_U, Qt.Key.Key_S, Qt.Key.Key_Return):
        QTest.keyClick(window.focusWidget(), letter)
    hands.driver.wait(lambda: hands.names == ["thing 1", "thing 2", "bus"])
    # The keyboard is free for recording again.
    key(hands, QEvent.Type.KeyPress, Qt.Key.Key_3)
    hands.driver.wait(lambda: hands.counts[2] >= 1)
    key(hands, QEvent.Type.KeyRelease, Qt.Key.Key_3)
    hands.wait_for_rest()


def test_escape_in_a_name_keeps_it(hands: Hands) -> None:
    hands.page.board.cards[0].edit_name()
    edit = hands.child(QLineEdit, "class_name", 0)
    QTest.keyClicks(edit, "other")
    QTest.keyClick(edit, Qt.Key.Key_Escape)
    assert edit.text() == "thing 1"
    assert hands.driver.window.focusWidget() is hands.page.board
    assert hands.driver.document.undo_stack.count() == 0


def test_a_name_that_cannot_be_had_is_a_notice_and_the_class_keeps_its_own(hands: Hands) -> None:
    hands.page.board.cards[0].renamed.emit("THING 2")
    hands.driver.wait(lambda: "no other class" in hands.driver.notice)
    assert hands.names == ["thing 1", "thing 2"]


def test_undo_opens_the_collection_again(hands: Hands) -> None:
    recorded = hands.record(0)
    hands.page.sources.shapes.trigger()
    hands.driver.wait(lambda: hands.page.collection.folder is None)
    assert hands.page.browser.isVisible()
    hands.driver.document.undo_stack.undo()
    hands.driver.wait(lambda: hands.page.board.isVisible() and hands.counts == [0, 0])
    hands.driver.document.undo_stack.redo()
    hands.driver.wait(lambda: hands.counts == [recorded, 0])


def test_a_new_collection_leaves_the_other_as_it_is(hands: Hands) -> None:
    hands.record(0)
    first, files = hands.driver.settings.collection, hands.files
    hands.page.sources.new_collection.trigger()
    hands.driver.wait(lambda: hands.counts == [0, 0])
    assert hands.driver.settings.collection == first.with_name(f"{first.name} 2")
    assert [f"{path.parent.name}/{path.name}" for path in sorted(first.glob("*/*.png"))] == files


def test_what_was_recorded_is_there_at_the_next_start(
    qtbot: QtBot, settings: Settings, hands: Hands
) -> None:
    recorded = hands.record(0)
    hands.driver.window.close()
    again = Driver(qtbot, settings)
    again.wait_for_maps()
    later = Hands(again)
    later.page.sources.record.trigger()
    again.wait(lambda: later.counts == [recorded, 0])
    again.window.close()


def test_a_class_for_everything_else_is_offered_until_it_is_there(hands: Hands) -> None:
    none = hands.child(QPushButton, "samples_add_none")
    assert none.isVisible()
    QTest.mouseClick(none, LEFT)
    hands.driver.wait(lambda: hands.names == ["thing 1", "thing 2", "none of these"])
    assert not none.isVisible()
    hands.driver.document.undo_stack.undo()
    hands.driver.wait(none.isVisible)
    assert hands.names == ["thing 1", "thing 2"]
