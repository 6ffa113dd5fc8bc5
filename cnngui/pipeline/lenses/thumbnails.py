"""Small pictures of the layers that the strip shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnngui.engine.glimpse import Glimpse
from cnngui.featuremaps.thumbnail import sample_for_thumbnail, thumbnail
from cnngui.pipeline.lenses.lens import Lens, Request, Scene, Seen, sealed


@dataclass(frozen=True, eq=False)
class Thumbnail:
    """A small picture of one layer: uint8 codes ``(h, w)``."""

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
        channels, step = sample_for_thumbnail(shape, *self.scene.view.thumbnail_size)
        return Glimpse(layer_id, channels, step, step)

    def _draw(self, seen: Seen) -> None:
        codes = thumbnail(seen.view, *self.scene.view.thumbnail_size, seen.signed)
        self._drawn[seen.layer_id] = Thumbnail(sealed(codes), seen.signed)
