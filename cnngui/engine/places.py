"""Where the tensors of a plan lie in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from cnngui.engine.glimpse import Glimpse
from cnngui.engine.ops import Calls
from cnngui.engine.ops.live.tensor import Part, Tensor
from cnngui.engine.plan import Plan

Array = NDArray[np.float32]


class Places(Protocol):
    """Where the tensors and glimpses of a plan lie in memory."""

    @property
    def tensors(self) -> Mapping[str, Tensor]:
        """Those that the plan keeps."""

    @property
    def glimpses(self) -> Mapping[Glimpse, Array]:
        """Those of bands: ``(images, channels, rows, columns)``."""

    def twins(self, request: str | Glimpse, part: Part) -> Calls:
        """Return what is still to be done when a part of a tensor or of a glimpse is computed."""


@dataclass(frozen=True)
class WholePlaces:
    """Memory of a plan's own, in which all is computed anew each time."""

    tensors: Mapping[str, Tensor]
    glimpses: Mapping[Glimpse, Array]

    @classmethod
    def of(cls, plan: Plan) -> WholePlaces:
        """Take the memory."""
        places = {
            name: Tensor.whole(
                plan.shapes[name],
                plan.margins[name],
                name in plan.with_pixels_outermost,
                plan.moments[name],
            )
            for name in set(plan.place_of.values())
        }
        tensors = {name: places[place] for name, place in plan.place_of.items()}
        glimpses = {
            glimpse: glimpse.empty(plan.shapes[plan.origins[glimpse.layer_id]])
            for glimpse in plan.glimpses
        }
        return cls(tensors, glimpses)

    @property
    def nbytes(self) -> int:
        """Memory for values that are kept from band to band."""
        places = {id(tensor): tensor for tensor in self.tensors.values()}.values()
        tensors = sum(tensor.memory.nbytes for tensor in places)
        return tensors + sum(glimpse.nbytes for glimpse in self.glimpses.values())

    def twins(self, request: str | Glimpse, part: Part) -> Calls:
        """Nothing: what is computed lies in one place."""
        return []
