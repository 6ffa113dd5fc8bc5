"""What can be done to a collection of samples, each a step that can be undone.

The work is done by another thread; what cannot be done is said by an event of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QUndoCommand

from cnngui.data.sample_folder import SampleFolder
from cnngui.data.stored import StoredSample
from cnngui.gui.samples.collection import SamplesCollection
from cnngui.gui.studio import Studio
from cnngui.pipeline.data_events import (
    SampleRecorded,
    SamplesChanged,
    SamplingFailed,
    SamplingStopped,
)


class SamplesCommand(QUndoCommand):
    """A change and the one that takes it back.

    Parameters
    ----------
    text : what was done, for the undo menu.
    do, take_back : ask for the one and the other.
    is_done : the change is made already; it is only asked for when it is redone.
    """

    def __init__(
        self,
        text: str,
        do: Callable[[], None],
        take_back: Callable[[], None],
        is_done: bool = False,
    ) -> None:
        super().__init__(text)
        self._do = do
        self._take_back = take_back
        self._is_done = is_done

    def redo(self) -> None:
        if self._is_done:
            self._is_done = False
        else:
            self._do()

    def undo(self) -> None:
        self._take_back()


class MoveCommand(QUndoCommand):
    """Samples of one class put into another.

    Parameters
    ----------
    text : what was done, for the undo menu.
    paths : the samples, all of one class.
    class_name : where they are to go.
    ask : asks for samples to be moved into a class, on behalf of a command; ``take_paths`` is
        called when it is done.
    """

    def __init__(
        self,
        text: str,
        paths: tuple[Path, ...],
        class_name: str,
        ask: Callable[[MoveCommand, tuple[Path, ...], str], None],
    ) -> None:
        super().__init__(text)
        self._paths = paths
        self._names = paths[0].parent.name, class_name
        self._ask = ask

    def take_paths(self, paths: tuple[Path, ...]) -> bool:
        """Note where the samples are now, if these are they: a name may have been taken there."""
        is_ours = len(paths) == len(self._paths) and all(
            new.stem.startswith(old.stem) for new, old in zip(paths, self._paths, strict=True)
        )
        if is_ours:
            self._paths = paths
        return is_ours

    def redo(self) -> None:
        self._move(self._names[1])

    def undo(self) -> None:
        self._move(self._names[0])

    def _move(self, class_name: str) -> None:
        self._ask(self, self._paths, class_name)
        # Until it is heard where they really are.
        self._paths = tuple(path.parent.parent / class_name / path.name for path in self._paths)


class SamplesEdits(QObject):
    """Edits the collection that is open, on the document's undo stack.

    Undoing an edit of a collection that is not open any more opens it again. Classes are named by
    their place among them, samples by their number in the collection's ``dataset``.
    """

    def __init__(
        self, studio: Studio, collection: SamplesCollection, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._collection = collection
        self._desk = studio.pipeline.data
        self._stack = studio.document.undo_stack
        self._recorded: list[Path] = []
        self._asked_moves: list[MoveCommand] = []
        studio.event_received.connect(self._take_event)

    def add_class(self, name: str = "") -> None:
        """Add a class of that name; "" takes one that is free."""
        if (folder := self._collection.folder) is None:
            return
        desk, name = self._desk, name or self._collection.free_name()
        self._push(
            folder,
            self.tr("Add class {0}").format(name),
            lambda: desk.add_class(folder, name),
            lambda: desk.remove_class(folder, name),
        )

    def rename_class(self, place: int, name: str) -> None:
        """Call a class by another name."""
        if (folder := self._collection.folder) is None:
            return
        desk, before = self._desk, self._collection.classes[place].name
        self._push(
            folder,
            self.tr("Rename class {0}").format(before),
            lambda: desk.rename_class(folder, before, name),
            lambda: desk.rename_class(folder, name, before),
        )

    def recolour_class(self, place: int, colour: str) -> None:
        """Give a class another colour."""
        if (folder := self._collection.folder) is None:
            return
        desk, before = self._desk, self._collection.classes[place]
        self._push(
            folder,
            self.tr("Colour of class {0}").format(before.name),
            lambda: desk.recolour_class(folder, before.name, colour),
            lambda: desk.recolour_class(folder, before.name, before.colour),
        )

    def remove_class(self, place: int) -> None:
        """Remove a class with its samples."""
        if (folder := self._collection.folder) is None:
            return
        desk, removed = self._desk, self._collection.classes[place]
        self._push(
            folder,
            self.tr("Remove class {0}").format(removed.name),
            lambda: desk.remove_class(folder, removed.name),
            lambda: desk.restore_class(folder, removed, place),
        )

    def delete(self, numbers: Sequence[int]) -> None:
        """Delete samples; of a long film that is not to go as a whole, clips are left out."""
        if (folder := self._collection.folder) is None or not numbers:
            return
        desk, (paths, clips) = self._desk, self._collection.parted(numbers)

        def delete() -> None:
            if paths:
                desk.delete_samples(folder, paths)
            if clips:
                desk.leave_out_clips(folder, clips)

        def restore() -> None:
            if paths:
                desk.restore_samples(folder, paths)
            if clips:
                desk.take_in_clips(folder, clips)

        self._push(
            folder,
            _counted(self.tr("Delete 1 sample"), self.tr("Delete {0} samples"), len(numbers)),
            delete,
            restore,
        )

    def move(self, numbers: Sequence[int], place: int) -> None:
        """Put samples of one class into another; the clips of a long film go together."""
        if self._collection.folder is None or not numbers:
            return
        name = self._collection.classes[place].name
        paths = self._collection.paths_of(numbers)
        count = self._collection.count_of(paths)
        text = _counted(self.tr("Move 1 sample"), self.tr("Move {0} samples"), count)
        self._stack.push(MoveCommand(text, paths, name, self._ask_move))

    def _push(
        self,
        folder: SampleFolder,
        text: str,
        do: Callable[[], None],
        take_back: Callable[[], None],
        is_done: bool = False,
    ) -> None:
        def shown(change: Callable[[], None]) -> Callable[[], None]:
            def show_and_change() -> None:
                self._collection.show(folder)
                change()

            return show_and_change

        self._stack.push(SamplesCommand(text, shown(do), shown(take_back), is_done))

    def _ask_move(self, command: MoveCommand, paths: tuple[Path, ...], class_name: str) -> None:
        folder = _folder_of(paths)
        self._collection.show(folder)
        self._asked_moves.append(command)
        self._desk.move_samples(folder, paths, class_name)

    @Slot(object)
    def _take_event(self, event: object) -> None:
        match event:
            case SamplesChanged(_, _, _, paths) if paths:
                self._note_moved(paths)
            case SampleRecorded(StoredSample(path), _, _):
                self._recorded.append(path)
            case SamplingStopped() | SamplingFailed():
                self._note_recorded()

    def _note_moved(self, paths: tuple[Path, ...]) -> None:
        """Tell the command that asked for it where its samples are; older ones have failed."""
        for place, command in enumerate(self._asked_moves):
            if command.take_paths(paths):
                del self._asked_moves[: place + 1]
                return

    def _note_recorded(self) -> None:
        """Make what was recorded a step, too."""
        paths, self._recorded = tuple(self._recorded), []
        if not paths:
            return
        folder, desk = _folder_of(paths), self._desk
        self._push(
            folder,
            _counted(self.tr("Record 1 sample"), self.tr("Record {0} samples"), len(paths)),
            lambda: desk.restore_samples(folder, paths),
            lambda: desk.delete_samples(folder, paths),
            is_done=True,
        )


def _folder_of(paths: Sequence[Path]) -> SampleFolder:
    return SampleFolder(paths[0].parent.parent)


def _counted(one: str, many: str, count: int) -> str:
    return one if count == 1 else many.format(count)
