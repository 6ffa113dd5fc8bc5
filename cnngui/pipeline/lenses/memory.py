"""What is kept from frame to frame for the screen: how wide ranges were, and orders of channels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnngui.featuremaps.bars import bar_ends
from cnngui.featuremaps.bulk import find_bulk
from cnngui.featuremaps.scales import Scales, Widths, least_widths, wider, widths
from cnngui.featuremaps.scaling import Range, Ranges, Scaling, value_ranges
from cnngui.featuremaps.statistics import (
    ChannelOrder,
    ChannelStatistics,
    Extremes,
    order_channels,
)
from cnngui.pipeline.messages import ViewRequest
from cnngui.pipeline.running import RunningNetwork

Values = NDArray[np.float32]


class Memory:
    """Scales and orders of the layers of the network that runs. Used by one thread."""

    def __init__(self) -> None:
        self._locked: dict[str, Range] = {}
        self._locked_clips = False
        self._widest: dict[tuple[str, bool], Widths] = {}
        self._sorted_for: tuple[str, ChannelOrder, int, int] | None = None
        self._sorted: NDArray[np.intp] = np.arange(0)

    def begin_frame(self, view: ViewRequest) -> None:
        """Forget locked ranges that the view no longer asks for."""
        if view.scaling != "locked" or view.clips != self._locked_clips:
            self._locked.clear()
            self._locked_clips = view.clips

    def ranges(
        self, view: ViewRequest, layer_id: str, maps: Values, extremes: Extremes, signed: bool
    ) -> Ranges:
        """Return low and high of each map ``(C, ...)`` of a layer, as the view wants them.

        While the scaling is locked a layer keeps the range it had when it was first seen.
        """
        if view.scaling != "locked":
            return self._seen_ranges(view, layer_id, maps, extremes, signed, view.scaling)
        if layer_id not in self._locked:
            low, high = self._seen_ranges(view, layer_id, maps, extremes, signed, "layer")
            self._locked[layer_id] = float(low[0]), float(high[0])
        return value_ranges(extremes, signed, "locked", self._locked[layer_id])

    def own_ranges(
        self, view: ViewRequest, layer_id: str, maps: Values, extremes: Extremes, signed: bool
    ) -> Ranges:
        """Return low and high of each map by itself; they may be the first few of the layer's."""
        return self._seen_ranges(view, layer_id, maps, extremes, signed, "map")

    def least_of_bars(self, layer_id: str, values: Values, signed: bool) -> float:
        """Return how far apart the ends of the bars ``(F,)`` of a flat layer are at least."""
        return float(self._note(layer_id, bar_ends(values), signed, clips=False)[0])

    def order(
        self, view: ViewRequest, layer_id: str, statistics: ChannelStatistics
    ) -> NDArray[np.intp]:
        """Return the channels, int ``(C,)``, as they were sorted when that was last asked for.

        Tiles that changed places while the source plays could not be pointed at.
        """
        if view.order == "index":
            return order_channels(statistics, "index")
        asked = layer_id, view.order, view.sortings, len(statistics)
        if asked != self._sorted_for:
            self._sorted_for = asked
            self._sorted = order_channels(statistics, view.order)
        return self._sorted

    def scales(self, view: ViewRequest) -> Scales:
        """Return what decides about colours now, to be used by another thread."""
        kept = {layer_id for layer_id, _ in self._widest}
        widest = {layer_id: self._kept(layer_id, view.clips).copy() for layer_id in kept}
        return Scales(view.scaling, view.clips, dict(self._locked), widest)

    def forget_widths(self) -> None:
        """Begin anew with what was the widest range: other weights compute from now on."""
        self._widest.clear()

    def follow_source(self) -> None:
        """Begin anew with all but locked ranges: another source is seen from now on."""
        self._widest.clear()
        self._sorted_for = None

    def follow_network(self, before: RunningNetwork, after: RunningNetwork) -> None:
        """Keep the locked ranges and the order of layers that are still those they were made for.

        New weights are to be compared with the old ones; maps of another shape are another layer's,
        even if a network opened since calls it by the same name.
        """
        self._widest.clear()
        self._locked = {
            layer_id: span
            for layer_id, span in self._locked.items()
            if before.shapes.get(layer_id, ()) == after.shapes.get(layer_id)
        }
        if before.spec.name != after.spec.name:
            self._sorted_for = None

    def _seen_ranges(
        self,
        view: ViewRequest,
        layer_id: str,
        maps: Values,
        extremes: Extremes,
        signed: bool,
        scaling: Scaling,
    ) -> Ranges:
        ends = find_bulk(maps, extremes) if view.clips else extremes
        least = self._note(layer_id, ends, signed, clips=view.clips)
        return value_ranges(ends, signed, scaling, least=least)

    def _note(self, layer_id: str, ends: Extremes, signed: bool, *, clips: bool) -> Widths:
        """Note how wide the ranges of a layer's first maps are; return how wide they must be."""
        own = widths(ends, signed)
        noted = self._widest[layer_id, clips] = wider(own, self._kept(layer_id, clips))
        return least_widths(noted[: len(own)])

    def _kept(self, layer_id: str, clips: bool) -> Widths:
        """Return what is known of a layer; what the other kind of range says, rather than nothing.

        A strong single value would be known for ever to the ranges that leave it out.
        """
        other = self._widest.get((layer_id, not clips), np.zeros(0))
        return self._widest.get((layer_id, clips), other)
