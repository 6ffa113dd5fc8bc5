"""Undo commands of a collection of samples: each asks for a change, or for its taking back.

The work is done by another thread; what cannot be done is said by an event of it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtGui import QUndoCommand


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
