"""Every frame of a source, one after the other, however long each takes."""

from __future__ import annotations

import time
from collections.abc import Callable
from math import prod

import numpy as np
from numpy.typing import NDArray

from cnngui.capture.deadline import StoppedError
from cnngui.capture.frame import Frame
from cnngui.capture.opening import open_source
from cnngui.engine.model import Observers
from cnngui.errors import SourceError
from cnngui.featuremaps.snapshot import SaveCancelledError, write_snapshot
from cnngui.memory import network_memory
from cnngui.pipeline.batch.orders import SOURCE_ENDED, STOPPED, BatchReport, BatchRequest
from cnngui.pipeline.batch.timings import Timings
from cnngui.pipeline.frame_buffer import FrameBuffer, too_short
from cnngui.pipeline.running import RunningNetwork
from cnngui.spec import limits
from cnngui.spec.shapes import infer

_MOST_TOGETHER = 32
"""Pictures of a folder that are computed at a time."""


def run_in_order(request: BatchRequest, is_stopped: Callable[[], bool]) -> BatchReport:
    """Run frames in order; see ``run_batch``."""
    network = RunningNetwork(request.spec, request.weights)
    timings = Timings()
    together = _Together(network, _at_a_time(request), timings)
    frame: Frame | None = None
    buffer = FrameBuffer()
    buffer.aim(request.spec.input)
    count = read = 0
    ended_early = ""
    warnings: list[str] = []
    try:
        with open_source(request.address, is_stopped=is_stopped) as source:
            while count < request.frames and not ended_early:
                try:
                    picture = None if is_stopped() else source.read()
                except SourceError as error:
                    if not source.info.live or not read:
                        raise
                    ended_early = STOPPED if is_stopped() else str(error)
                    continue
                finally:
                    warnings += map(str, source.take_warnings())
                if picture is None:
                    ended_early = STOPPED if is_stopped() else SOURCE_ENDED
                    continue
                read += 1
                now = time.monotonic()
                seconds, window = buffer.take(source, picture)
                if window is not None and not window.is_full:
                    continue
                is_still = source.info.frame_count == 1 and not source.info.live
                warning = buffer.warning(request.address.label, window, repeats=is_still)
                if warning is not None:
                    warnings.append(str(warning))
                frame = Frame(count, now, picture, source.position, seconds, window)
                together.add(frame)
                count += 1
    except StoppedError:
        ended_early = STOPPED
    together.compute()
    if read and not count and ended_early != STOPPED:
        raise too_short(request.address.label, request.spec.input, read)
    snapshot = None
    order = request.snapshot
    if order is not None and frame is not None:
        order.tell_plan(request.spec)
        content = network.snapshot(
            frame,
            request.address.label,
            layer_ids=order.layer_ids,
            most_pictures=order.most_pictures,
        )
        try:
            snapshot = write_snapshot(order.parent, content, order.on_progress, order.is_cancelled)
        except SaveCancelledError:
            ended_early = STOPPED
    return BatchReport(
        captured=count,
        processed=count,
        dropped=0,
        seconds=timings.seconds,
        ended_early=ended_early,
        warnings=tuple(warnings),
        latency_ms=timings.latency_ms,
        layer_ms=timings.layer_ms,
        snapshot=snapshot,
    )


class _Together:
    """Frames that are computed together, as soon as there are enough of them."""

    def __init__(self, network: RunningNetwork, count: int, timings: Timings) -> None:
        self._network, self._count, self._timings = network, count, timings
        layers = network.spec.layers
        if count > 1:
            # Nothing of a batch is kept but what nobody reads.
            read = {name for place in range(len(layers)) for name in network.spec.inputs_of(place)}
            layers = tuple(layer for layer in layers if layer.id not in read)
        self._observers: Observers = dict.fromkeys((layer.id for layer in layers), _ignore)
        self._frames: list[Frame] = []
        self._pictures: list[NDArray[np.uint8]] = []

    def add(self, frame: Frame) -> None:
        self._frames.append(frame)
        self._pictures.append(self._network.seen(frame))
        if len(self._frames) == self._count:
            self.compute()

    def compute(self) -> None:
        """Compute those that wait."""
        count = len(self._frames)
        if count == 1:
            window = self._frames[0].window
            keys = None if window is None else window.keys
            self._network.run(self._pictures[0], self._observers, keys=keys)
        elif count:
            self._network.run_together(self._pictures, self._observers)
        if count:
            layer_ms = {name: taken / count for name, taken in self._network.layer_ms.items()}
            for frame in self._frames:
                self._timings.add(frame.time, layer_ms)
            self._frames, self._pictures = [], []


def _at_a_time(request: BatchRequest) -> int:
    """Return how many frames to compute together: more than one of a folder, if memory allows."""
    if request.address.kind != "folder":
        return 1
    maps = sum(prod(shape) for shape in infer(request.spec).shapes.values())
    room = network_memory() // max(1, 2 * limits.BYTES_PER_VALUE * maps)
    return max(1, min(_MOST_TOGETHER, request.frames, room))


def _ignore(_: NDArray[np.float32]) -> None:
    """Observe a layer so that it is computed."""
