"""Computes one frame through the lenses: as far as they look, and with what they make of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
from numpy.typing import NDArray

from cnngui.capture.frame import Frame
from cnngui.engine.model import Observers
from cnngui.engine.program import layer_of
from cnngui.images.fit import fit_frame
from cnngui.pipeline.lenses import LENSES
from cnngui.pipeline.lenses.lens import Request, Scene, Seen, sealed
from cnngui.pipeline.lenses.memory import Memory
from cnngui.pipeline.messages import ViewRequest
from cnngui.pipeline.results import FrameResult
from cnngui.pipeline.running import RunningNetwork
from cnngui.spec.network import InputSpec

PICTURE_WIDTH = 640


def look(
    network: RunningNetwork,
    frame: Frame,
    view: ViewRequest,
    memory: Memory,
    *,
    fresh: bool = True,
    is_abandoned: Callable[[], bool] = lambda: False,
    show_early: Callable[[FrameResult], bool] = lambda result: False,
) -> FrameResult:
    """Compute a frame as far as the view needs it.

    Parameters
    ----------
    memory : what is kept from call to call.
    fresh : whether this frame was not computed before.
    is_abandoned : asked while computing; see ``Model.forward``.
    show_early : is given what is looked at first as soon as it is there, unless nothing follows;
        returns at once whether it was handed out.
    """
    memory.begin_frame(view)
    return _Look(Scene(network, view, memory), frame, fresh, show_early).result(is_abandoned)


class _Look:
    """One frame on its way through the network."""

    def __init__(
        self,
        scene: Scene,
        frame: Frame,
        fresh: bool,
        show_early: Callable[[FrameResult], bool],
    ) -> None:
        self._scene = scene
        self._frame = frame
        self._fresh = fresh
        self._show_early = show_early
        self._lenses = [kind(scene) for kind in LENSES]
        self._calls: dict[Request, list[Callable[[Seen], None]]] = {}
        self._awaited_first: set[Request] = set()
        for lens in self._lenses:
            for request, call in lens.observers().items():
                self._calls.setdefault(request, []).append(call)
                if lens.is_looked_at_first:
                    self._awaited_first.add(request)
        self._awaited = set(self._calls)
        self._was_early = False
        self._layer_ms: Mapping[str, float] = {}
        self._picture = _picture(frame.pixels)
        self._input = scene.network.newest(frame)
        self._window = scene.network.window(frame)

    def result(self, is_abandoned: Callable[[], bool]) -> FrameResult:
        if self._window is not None and not self._window.is_full:
            return self._gathered(is_complete=True)
        observers: Observers = {request: partial(self._observe, request) for request in self._calls}
        pixels = self._scene.network.seen(self._frame)
        layer_ms: Mapping[str, float] = {}
        if observers:
            keys = None if self._window is None else self._window.keys
            self._scene.network.run(pixels, observers, is_abandoned, keys)
            layer_ms = self._scene.network.layer_ms
        for lens in self._lenses:
            lens.follow_up(pixels, partial(self._run_again, is_abandoned))
        self._layer_ms = layer_ms
        return self._gathered(is_complete=True)

    def _run_again(
        self,
        is_abandoned: Callable[[], bool],
        pixels: NDArray[np.uint8],
        observers: Observers,
    ) -> None:
        self._scene.network.run(pixels, observers, is_abandoned)

    def _observe(self, request: Request, batch: NDArray[np.float32]) -> None:
        seen = Seen(self._scene, layer_of(request), batch[0])
        for call in self._calls[request]:
            call(seen)
        self._awaited.discard(request)
        if request in self._awaited_first:
            self._awaited_first.discard(request)
            if self._awaited and not self._awaited_first:
                self._was_early = self._show_early(self._gathered(is_complete=False))

    def _gathered(self, *, is_complete: bool) -> FrameResult:
        frame, network = self._frame, self._scene.network
        parts = [lens.part for lens in self._lenses]
        return FrameResult(
            index=frame.index,
            position=frame.position,
            time=frame.time,
            fresh=self._fresh,
            is_complete=is_complete,
            continues=self._was_early,
            generation=network.generation,
            view=self._scene.view,
            picture=self._picture,
            input=self._input,
            parts={type(part): part for part in parts if part is not None},
            layer_ms=self._layer_ms,
            weights=network.weights,
            window=self._window,
        )


def _picture(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the source's picture, made smaller if it is larger than is shown."""
    height, width = pixels.shape[:2]
    if width <= PICTURE_WIDTH:
        return pixels
    small_height = max(round(height * PICTURE_WIDTH / width), 1)
    size = InputSpec(height=small_height, width=PICTURE_WIDTH, fit="stretch")
    return sealed(fit_frame(pixels, size))
