"""Every channel of the layer that is shown, as one picture."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnngui.featuremaps.statistics import ChannelStatistics
from cnngui.featuremaps.wall import WallLayout, compose_wall, plan_true_wall, plan_wall
from cnngui.pipeline.lenses.lens import Lens, Request, Seen, SeenMoments, sealed
from cnngui.pipeline.messages import ViewRequest
from cnngui.spec.network import InputSpec


@dataclass(frozen=True, eq=False)
class WallResult:
    """Every channel of one layer, as one picture.

    Attributes
    ----------
    layer_id : the layer shown.
    layout : where each tile is.
    codes : uint8 ``(h, w)``, places in a colour table; 0 is background. Of one moment, or of all
        side by side as the layout says.
    channels : int ``(n,)``, the channel shown in each slot of this page.
    statistics : of every channel of the layer.
    low, high : float32 ``(C,)``, the values drawn with the first and the last colour.
    signed : whether the colours run both ways from zero.
    values : float32 ``(C, H, W)``, the layer's output; or ``(C, n, H, W)``, those of its moments
        that are seen.
    moments : which these are; None of a layer without.
    """

    layer_id: str
    layout: WallLayout
    codes: NDArray[np.uint8]
    channels: NDArray[np.intp]
    statistics: ChannelStatistics
    low: NDArray[np.float32]
    high: NDArray[np.float32]
    signed: bool
    values: NDArray[np.float32]
    moments: SeenMoments | None = None

    def codes_of(self, moment: int) -> NDArray[np.uint8]:
        """Draw another of the moments that are seen: codes as those of the one chosen.

        Who looks at them one after the other draws each when its turn comes: the next frame may be
        there before.
        """
        if self.moments is None or moment == self.moments.chosen or self.layout.moments > 1:
            return self.codes
        maps = self.values[:, moment - self.moments.places.start]
        return compose_wall(maps, self.layout, self.channels, self.low, self.high)

    def value(self, channel: int, moment: int, row: int, column: int) -> float:
        """Return one number; ``moment`` counts those that the layer has."""
        if self.moments is None:
            return float(self.values[channel, row, column])
        return float(self.values[channel, moment - self.moments.places.start, row, column])


def planned(
    shape: Sequence[int], seen: InputSpec, view: ViewRequest, zoom: float = 1.0
) -> WallLayout:
    """Return where the tiles of maps ``(C, H, W)`` or ``(C, T, H, W)`` are, as the view wants."""
    count, height, width = shape[0], *shape[-2:]
    moments = shape[1] if len(shape) == 4 and view.time == "film" else 1
    room = view.width, view.height
    if view.true_size:
        size = seen.height, seen.width
        return plan_true_wall(
            count, height, width, size, *room, zoom=zoom, page=view.page, moments=moments
        )
    return plan_wall(count, height, width, *room, zoom=zoom, page=view.page, moments=moments)


class WallLens(Lens[WallResult]):
    """Draws the wall."""

    is_looked_at_first = True

    def observers(self) -> Mapping[Request, Callable[[Seen], None]]:
        """Ask for the whole layer, if it has maps."""
        shown_id, view = self.scene.shown_id, self.scene.view
        is_drawn = view.wants_wall and not self.scene.is_flat(shown_id)
        return {shown_id: self._draw} if is_drawn else {}

    def _draw(self, seen: Seen) -> None:
        view, values = self.scene.view, seen.values
        layout = planned(values.shape, self.scene.network.spec.input, view, view.zoom)
        channels = layout.on_page(self.scene.memory.order(view, seen.layer_id, seen.statistics))
        low, high = seen.span
        drawn = values
        if seen.moments is not None and layout.moments == 1:
            drawn = values[:, seen.moments.slot]
        self._part = WallResult(
            layer_id=seen.layer_id,
            layout=layout,
            codes=sealed(compose_wall(drawn, layout, channels, low, high)),
            channels=sealed(channels),
            statistics=seen.statistics,
            low=low,
            high=high,
            signed=seen.signed,
            values=values,
            moments=seen.moments,
        )
