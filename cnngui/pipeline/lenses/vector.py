"""The layer that is shown, where it has units in place of maps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnngui.pipeline.lenses.lens import Lens, Request, Seen, sealed


@dataclass(frozen=True, eq=False)
class VectorResult:
    """The output of a layer that has no height and width.

    Attributes
    ----------
    layer_id : the layer shown.
    values : float32 ``(F,)``.
    order : int ``(F,)``, the units in the order asked for.
    signed : whether values may be below zero, be they so in this frame or not.
    least : how far apart the ends of the bars are at least.
    """

    layer_id: str
    values: NDArray[np.float32]
    order: NDArray[np.intp]
    signed: bool
    least: float = 0.0


class VectorLens(Lens[VectorResult]):
    """Keeps the units in the order asked for."""

    is_looked_at_first = True

    def observers(self) -> Mapping[Request, Callable[[Seen], None]]:
        """Ask for the whole layer, if it is flat."""
        shown_id, view = self.scene.shown_id, self.scene.view
        is_sorted = view.wants_wall and self.scene.is_flat(shown_id)
        return {shown_id: self._sort} if is_sorted else {}

    def _sort(self, seen: Seen) -> None:
        order = self.scene.memory.order(self.scene.view, seen.layer_id, seen.statistics)
        self._part = VectorResult(
            seen.layer_id, seen.values, sealed(order), seen.signed, seen.least_of_bars
        )
