"""What a number really listens to, found out by its derivatives, on demand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnngui.engine.model import Observers
from cnngui.featuremaps.scaling import encode
from cnngui.pipeline.lenses.lens import Lens, Request, Seen, sealed
from cnngui.spec.layers import INPUT_ID


@dataclass(frozen=True, eq=False)
class FieldResult:
    """The effective receptive field of the number looked at.

    Attributes
    ----------
    layer_id : the number's layer.
    codes : uint8 ``(H, W)``, the picture's pixels by how much they count, in a sequential map;
        ``(T, H, W)`` of several frames.
    spread : the standard deviation along (time,) height and width, in frames and pixels; None if
        nothing counts.
    """

    layer_id: str
    codes: NDArray[np.uint8]
    spread: tuple[float, ...] | None


class FieldLens(Lens[FieldResult]):
    """Differentiates the number with respect to the picture, when the frame is done."""

    def observers(self) -> Mapping[Request, Callable[[Seen], None]]:
        """Ask for nothing: it computes by itself."""
        return {}

    def follow_up(
        self,
        pixels: NDArray[np.uint8],
        run: Callable[[NDArray[np.uint8], Observers], None],
    ) -> None:
        """Differentiate, if somebody looks."""
        scene = self.scene
        wanted, shown_id = scene.view.number, scene.shown_id
        if wanted is None or not wanted.effective or shown_id == INPUT_ID:
            return
        # The first maps differentiate nothing.
        from cnngui.explain.effective import effective_field, spread

        channel, at = scene.number_place(shown_id, wanted.at)
        x = scene.network.as_read(pixels)
        field = effective_field(scene.network.gradients, shown_id, channel, at, x)
        finite = field[np.isfinite(field)]
        codes = encode(field, 0.0, float(finite.max(initial=0.0)) or 1.0)
        self._part = FieldResult(shown_id, sealed(codes), spread(field))
