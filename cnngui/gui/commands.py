"""Undo commands: each puts one network in the place of another and remembers both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QUndoCommand

from cnngui.spec.network import NetworkSpec
from cnngui.weights import Weights

if TYPE_CHECKING:
    from cnngui.gui.document import Document, Origin

_MERGEABLE = 1


class EditCommand(QUndoCommand):
    """One edit of the network.

    Parameters
    ----------
    document : whose network it is.
    spec : the network after the edit.
    selected_id : what is selected after the edit.
    text : what was done, for the undo menu ("Change kernel_size of conv1").
    merge_key : consecutive edits of the same key become one step; empty never merges.
    """

    def __init__(
        self,
        document: Document,
        spec: NetworkSpec,
        selected_id: str,
        text: str,
        merge_key: str = "",
    ) -> None:
        super().__init__(text)
        self._document = document
        self._before = (document.spec, document.selected_id)
        self._after = (spec, selected_id)
        self._merge_key = merge_key

    def id(self) -> int:
        return _MERGEABLE if self._merge_key else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, EditCommand) or other._merge_key != self._merge_key:
            return False
        self._after = other._after
        self.setObsolete(self._before[0] == self._after[0])
        return True

    def rename(self, before: NetworkSpec, named: NetworkSpec) -> None:
        """Put a network in the place of the one after the edit, if that is ``before``."""
        if self._after[0] == before:
            self._after = (named, self._after[1])

    def redo(self) -> None:
        self._document.show(*self._after)

    def undo(self) -> None:
        self._document.show(*self._before)


class ReplaceCommand(EditCommand):
    """Another network altogether: from a file or a preset, with where it came from and its weights.

    Undoing also brings back where the earlier network came from, as it was when it was left.
    """

    def __init__(
        self,
        document: Document,
        spec: NetworkSpec,
        selected_id: str,
        text: str,
        origin: Origin,
        weights: Weights | None,
    ) -> None:
        super().__init__(document, spec, selected_id, text)
        self._other_origin = origin
        self._weights = weights or {}

    def redo(self) -> None:
        self._other_origin = self._document.exchange_origin(self._other_origin)
        self._document.show(*self._after, weights=self._weights)
        self._weights = _still_needed(self._weights, self._document, self._after[0])

    def undo(self) -> None:
        self._other_origin = self._document.exchange_origin(self._other_origin)
        self._document.show(*self._before, weights={})


class LearnCommand(EditCommand):
    """The same network with other weights: those it has learned.

    Undoing brings back the weights that the earlier network names.
    """

    def __init__(
        self, document: Document, spec: NetworkSpec, selected_id: str, text: str, weights: Weights
    ) -> None:
        super().__init__(document, spec, selected_id, text)
        self._weights = weights

    def redo(self) -> None:
        self._document.show(*self._after, weights=self._weights)
        self._weights = _still_needed(self._weights, self._document, self._after[0])

    def undo(self) -> None:
        self._document.show(*self._before, weights={})


def _still_needed(weights: Weights, document: Document, spec: NetworkSpec) -> Weights:
    """Return the weights that nobody else keeps: whoever runs a network keeps those with a name.

    So the history of large networks takes no more memory than is granted there.
    """
    if document.runs(spec) and not set(spec.drawn_ids) & set(weights):
        return {}
    return weights
