"""Small pictures of the layers that the strip shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from cnngui.engine.glimpse import Glimpse
from cnngui.featuremaps.scaling import Ranges
from cnngui.featuremaps.statistics import Extremes
from cnngui.featuremaps.thumbnail import sample_for_thumbnail, thumbnail
from cnngui.pipeline.lenses.lens import Lens, Request, Scene, Seen, sealed


@dataclass(frozen=True, eq=False)
class Thumbnail:
    """A small picture of one layer.

    Attributes
    ----------
    codes : uint8 ``(h, w)``; of maps with moments the one looked at.
    signed : whether the colours run both ways from zero.
    """

    codes: NDArray[np.uint8]
    signed: bool


@dataclass(frozen=True, eq=False)
class Thumbnails:
    """Those that were asked for, ``by_layer`` id."""

    by_layer: Mapping[str, Thumbnail]


class ThumbnailsLens(Lens[Thumbnails]):
    """Draws one picture after the other, as layers are computed."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self._drawn: dict[str, Thumbnail] = {}

    @property
    def part(self) -> Thumbnails | None:
        """Those drawn until now; None before the first."""
        return Thumbnails(dict(self._drawn)) if self._drawn else None

    def observers(self) -> Mapping[Request, Callable[[Seen], None]]:
        """Ask for a glimpse of each layer."""
        shapes = self.scene.network.shapes
        wanted = [layer_id for layer_id in self.scene.view.thumbnails if layer_id in shapes]
        return {self._glimpse(layer_id): self._draw for layer_id in wanted}

    def _glimpse(self, layer_id: str) -> Glimpse:
        """Return what a thumbnail needs of a layer: of a flat one everything."""
        shape = self.scene.network.shapes[layer_id]
        if self.scene.is_flat(layer_id):
            return Glimpse(layer_id, shape[0])
        still = shape[0], *shape[-2:]
        channels, step = sample_for_thumbnail(still, *self.scene.view.thumbnail_size)
        return Glimpse(layer_id, channels, step, step)

    def _draw(self, seen: Seen) -> None:
        size = self.scene.view.thumbnail_size
        view, moments = seen.view, seen.moments
        if moments is not None:
            view = view[:, moments.chosen]
        if view.ndim == 1:
            codes = thumbnail(view, *size, seen.signed, least=seen.least_of_bars)
        else:
            codes = thumbnail(view, *size, seen.signed, partial(self._ranges_of, seen))
        self._drawn[seen.layer_id] = Thumbnail(sealed(codes), seen.signed)

    def _ranges_of(self, seen: Seen, maps: NDArray[np.float32], extremes: Extremes) -> Ranges:
        """Return the ranges of the maps that the thumbnail shows."""
        view, memory = self.scene.view, self.scene.memory
        return memory.own_ranges(view, seen.layer_id, maps, extremes, seen.signed)
