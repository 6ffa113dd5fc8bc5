"""A picture of a layer's kernels: what is asked for, and what comes back. Arrays are read-only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnngui.featuremaps.kernel_layout import KernelLayout
from cnngui.pipeline.messages import NewestOnly


@dataclass(frozen=True, eq=False)
class KernelRequest(NewestOnly):
    """Command: paint this; ``KernelsDrawn`` follows.

    Weights are float32 ``(out, in / groups, kh, kw)``, or ``(out, in / groups, kt, kh, kw)`` where
    they span time, all of one shape.

    Attributes
    ----------
    layer_id : whose kernels these are.
    weights : those to be painted.
    first_weights : those before training, to compare with; None if there are none.
    scale_with : weights of other moments that share the range of colours, so that a colour means
        the same at every moment.
    compares : paint before, now and change side by side; needs ``first_weights``.
    in_color : the layer reads red, green and blue.
    width, height : pixels of the room.
    density : see ``kernel_layout.plan_kernels``.
    first_row : of kernels.
    colormap : the name of a diverging one.
    """

    layer_id: str
    weights: NDArray[np.float32]
    first_weights: NDArray[np.float32] | None
    scale_with: tuple[NDArray[np.float32], ...]
    compares: bool
    in_color: bool
    width: int
    height: int
    first_row: int
    colormap: str
    density: float = 1.0


@dataclass(frozen=True, eq=False)
class KernelsDrawn(NewestOnly):
    """Event: the picture asked for.

    Attributes
    ----------
    request : what was asked for.
    layout : where each kernel is.
    pixels : uint8 ``(h, w, 4)`` RGBA, read-only.
    panels : the weights in each panel: those asked for, or before, now and change.
    limits : the largest value of the colours in each panel.
    change : see ``kernel_wall.change_share``; None without ``first_weights``.
    """

    request: KernelRequest
    layout: KernelLayout
    pixels: NDArray[np.uint8]
    panels: tuple[NDArray[np.float32], ...]
    limits: tuple[float, ...]
    change: float | None
