"""The thread that paints the kernels of a layer, so that the window only has to show a picture."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from cnngui.featuremaps.colormaps import lookup_table
from cnngui.featuremaps.kernel_layout import COLOR_CHANNELS, plan_kernels
from cnngui.featuremaps.kernel_wall import change_share, draw_kernels, largest_weight
from cnngui.pipeline.events import Event
from cnngui.pipeline.kernel_pictures import KernelRequest, KernelsDrawn
from cnngui.pipeline.worker import Worker


class KernelPainter(Worker[KernelRequest]):
    """Paints what was asked for last; older requests that still wait are forgotten."""

    carries_out = (KernelRequest,)

    def __init__(self, report: Callable[[Event], None]) -> None:
        super().__init__("kernels", report)

    def _turn(self) -> bool:
        with self._condition:
            while not self._commands and not self._stopping:
                self._condition.wait()
            if self._stopping:
                return False
            request = self._commands.popleft()
        self._report(paint_kernels(request))
        return True


def paint_kernels(request: KernelRequest) -> KernelsDrawn:
    """Paint what a request asks for."""
    weights, first = request.weights, request.first_weights
    limit = largest_weight(weights, *request.scale_with)
    panels: tuple[NDArray[np.float32], ...] = (weights,)
    limits: tuple[float, ...] = (limit,)
    if request.compares and first is not None:
        change = weights - first
        panels = first, weights, change
        limits = limit, limit, largest_weight(change)
    layout = plan_kernels(
        weights.shape,
        request.width,
        request.height,
        panels=len(panels),
        has_color=request.in_color and weights.shape[1] == COLOR_CHANNELS,
        first_row=request.first_row,
        density=request.density,
    )
    pixels = draw_kernels(layout, panels, limits, lookup_table(request.colormap, signed=True))
    pixels.flags.writeable = False
    return KernelsDrawn(
        request=request,
        layout=layout,
        pixels=pixels,
        panels=panels,
        limits=limits,
        change=None if first is None else change_share(first, weights),
    )
