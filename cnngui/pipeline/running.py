"""A network that runs, with all that is asked of it again and again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cnngui.capture.frame import Frame, Window
from cnngui.engine.model import Model, Observers
from cnngui.engine.preprocess import normalise
from cnngui.errors import NetworkError, text
from cnngui.featuremaps.colormaps import DIVERGING, SEQUENTIAL
from cnngui.featuremaps.scales import Scales
from cnngui.featuremaps.snapshot import SnapshotContent
from cnngui.featuremaps.snapshot_plan import (
    MOST_CHANNEL_PICTURES,
    plan_snapshot,
)
from cnngui.formats.network_file import with_named_weights
from cnngui.images.fit import fit_frame
from cnngui.memory import available_memory
from cnngui.spec import limits
from cnngui.spec.network import NetworkSpec
from cnngui.spec.ranges import is_signed
from cnngui.spec.shapes import Shape, infer
from cnngui.weights import Weights

if TYPE_CHECKING:
    # What the first maps do not need is imported when it is first asked for.
    from cnngui.engine.gradients.derivatives import Gradients
    from cnngui.explain.number import Question

Values = NDArray[np.float32]
USUAL_COLORMAPS = SEQUENTIAL[0], DIVERGING[0]


class RunningNetwork:
    """A model and what follows from its description. Used by one thread.

    Parameters
    ----------
    spec, weights : as ``Model`` has them.
    generation : counts the networks that were asked for.
    previous : the one that ran before; it lends weights to layers that have not changed.
    ready : another one that runs; what it has prepared of the very same weights is not prepared
        again.

    Attributes
    ----------
    is_untrained : whether there are layers whose weights were drawn, and nothing else.

    Raises
    ------
    NetworkError
        If the network cannot be computed, or there is not enough memory for it.
    """

    def __init__(
        self,
        spec: NetworkSpec,
        weights: Weights | None = None,
        generation: int = 0,
        previous: RunningNetwork | None = None,
        ready: RunningNetwork | None = None,
    ) -> None:
        self.spec = spec
        self.generation = generation
        _must_have_room(spec, weights, previous)
        with _memory_for(spec):
            before, beside = (
                network._model if network is not None else None for network in (previous, ready)
            )
            self._model: Model = Model(spec, weights, before, beside)
            self.weights = self._model.weights()
        self.carried = self._model.carried
        if self.carried:
            self.spec = self._named()
        self.is_untrained = not set(self.spec.drawn_ids) <= set(weights or {})
        self.shapes: Mapping[str, Shape] = infer(spec).shapes
        self.signed = is_signed(spec)
        self._asked: tuple[str, int, tuple[int, ...]] | None = None
        self._question: Question | None = None

    def _named(self) -> NetworkSpec:
        """Return the description with names for the weights that were carried over."""
        kept = {name: self.weights[name] for name, what in self.carried.items() if what.kept}
        drawn = {name: "" for name, what in self.carried.items() if not what.kept}
        named = with_named_weights(self.spec, kept).with_weights_ids(drawn)
        self._model.spec = named
        return named

    def edited(
        self, layer_id: str, parameter: str, places: Sequence[NDArray[np.intp]], values: Values
    ) -> RunningNetwork:
        """Return the same network with some numbers of one parameter changed.

        Raises
        ------
        NetworkError
            There is no such layer, parameter or place, or a value is not a number.
        """
        own = self.weights.get(layer_id, {})
        if parameter not in own:
            raise NetworkError(layer_id, text("has no parameter {name}", name=parameter))
        array = own[parameter].copy()
        if not np.isfinite(values).all():
            raise NetworkError(f"{layer_id}.{parameter}", text("must be a number"))
        try:
            array[tuple(places)] = values
        except (IndexError, ValueError) as error:
            raise NetworkError(f"{layer_id}.{parameter}", text("has no such place")) from error
        changed = {layer_id: {**own, parameter: array}}
        edited = RunningNetwork(self.spec, changed, self.generation, self)
        edited.is_untrained = self.is_untrained and edited.is_untrained
        self._model.rest()
        return edited

    def question(self, layer_id: str, channel: int, at: tuple[int, ...]) -> Question:
        """Return which numbers make one number; the last one asked about is kept."""
        from cnngui.explain.number import ask

        asked = layer_id, channel, at
        if self._asked != asked or self._question is None:
            self._asked, self._question = asked, ask(self.spec, layer_id, channel, at)
        return self._question

    @cached_property
    def gradients(self) -> Gradients:
        """What differentiates the network; made when it is first needed."""
        from cnngui.engine.gradients.derivatives import Gradients

        return Gradients(self.spec, self.weights)

    def as_read(self, pixels: NDArray[np.uint8]) -> Values:
        """Return what is ``seen`` of a frame as the network reads it, fresh.

        ``(1, C, H, W)``, or ``(1, C, T, H, W)`` of several frames.
        """
        return normalise(pixels, self.spec.input.mean, self.spec.input.std)

    def window(self, frame: Frame) -> Window | None:
        """Return the frames that the network sees with this one; None where it sees only one.

        It is not full where they are not known yet, or were fitted to another input.
        """
        if self.spec.input.frames == 1:
            return None
        if frame.window is not None and self.is_meant_by(frame):
            return frame.window
        return Window(self.spec.input, ())

    def is_meant_by(self, frame: Frame | None) -> bool:
        """Whether what came with a frame is for this network's input, full or not."""
        window = None if frame is None else frame.window
        return self.spec.input.frames == 1 or (
            window is not None and window.input == self.spec.input
        )

    def newest(self, frame: Frame) -> NDArray[np.uint8]:
        """Return a frame by itself as the network sees it: uint8 ``(H, W, C)``, read-only."""
        window = self.window(frame)
        if window is not None and window.moments:
            return window.moments[-1].pixels
        pixels = fit_frame(frame.pixels, self.spec.input)
        pixels.flags.writeable = False
        return pixels

    def seen(self, frame: Frame) -> NDArray[np.uint8]:
        """Return all that the network sees: uint8 ``(H, W, C)`` or ``(T, H, W, C)``, read-only.

        Raises
        ------
        NetworkError
            If it sees several frames, and not all of them are there.
        """
        window = self.window(frame)
        if window is None:
            return self.newest(frame)
        if not window.is_full:
            rule = text("needs {count} frames", count=window.input.frames)
            found = text("{count} so far", count=len(window.moments))
            raise NetworkError(self.spec.name, rule, found)
        pixels = window.pixels()
        pixels.flags.writeable = False
        return pixels

    def run(
        self,
        pixels: NDArray[np.uint8],
        observers: Observers,
        is_abandoned: Callable[[], bool] = lambda: False,
        keys: tuple[int, ...] | None = None,
    ) -> None:
        """Compute what is ``seen`` of a frame, as far as is observed.

        Parameters
        ----------
        observers, is_abandoned : as of ``Model.forward``.
        keys : of the frames seen; what was made of them before is not made again.

        Raises
        ------
        AbandonedError
            If ``is_abandoned`` said yes.
        NetworkError
            If there is not enough memory.
        """
        with _memory_for(self.spec):
            self._model.forward(_channels_first(pixels[np.newaxis]), observers, is_abandoned, keys)

    def run_together(self, pictures: Sequence[NDArray[np.uint8]], observers: Observers) -> None:
        """Compute several fitted frames as one batch: each weight is then read once for all.

        Raises
        ------
        NetworkError
            If there is not enough memory.
        """
        with _memory_for(self.spec):
            self._model.forward(_channels_first(np.stack(pictures)), observers)

    @property
    def layer_ms(self) -> dict[str, float]:
        """Milliseconds that each layer took in the last run."""
        return {name: 1000.0 * seconds for name, seconds in self._model.layer_seconds.items()}

    def snapshot(
        self,
        frame: Frame,
        source: str,
        scales: Scales | None = None,
        colormaps: tuple[str, str] = USUAL_COLORMAPS,
        layer_ids: Collection[str] | None = None,
        most_pictures: int = MOST_CHANNEL_PICTURES,
    ) -> SnapshotContent:
        """Compute layers for one frame and gather what a snapshot holds.

        Parameters
        ----------
        source : where the frame came from, in words.
        scales : how values become colours; None takes all of each map.
        colormaps : names of the sequential and the diverging one.
        layer_ids : the layers wanted, of those that there are; None wants all.
        most_pictures : of single channels.

        Raises
        ------
        NetworkError
            If there is not enough memory for all layers at once, or not all of the frames that the
            network sees are there yet.
        """
        pixels = self.seen(frame)
        plan = plan_snapshot(self.spec, layer_ids, most_pictures)
        with _memory_for(self.spec):
            batches = self._model.activations(_channels_first(pixels[np.newaxis]), plan.layer_ids)
        return SnapshotContent(
            spec=self.spec,
            weights=self.weights,
            input=pixels,
            maps={layer_id: batch[0] for layer_id, batch in batches.items()},
            signed=self.signed,
            source=source,
            frame_index=frame.index,
            frame_position=frame.position,
            scales=scales or Scales(),
            sequential=colormaps[0],
            diverging=colormaps[1],
            most_pictures=most_pictures,
        )


def _channels_first(pictures: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """See ``(N, H, W, C)`` or ``(N, T, H, W, C)`` as the model reads it, which normalises it.

    It does so band by band on all its threads, and of several frames those alone that it reads.
    """
    return np.moveaxis(pictures, -1, 1)


def _must_have_room(
    spec: NetworkSpec, weights: Weights | None, previous: RunningNetwork | None
) -> None:
    """Refuse to draw weights for which there is no memory, which the system may notice too late."""
    there = {*(weights or {}), *(previous.weights if previous is not None else {})}
    values = sum(
        prod(shape)
        for layer_id, parameters in infer(spec).parameters.items()
        if layer_id not in there
        for shape in parameters.values()
    )
    free = available_memory()
    if limits.BYTES_PER_VALUE * values > free:
        rule = text("must fit into the {free:,} MB of memory that are free", free=free // 1_000_000)
        found = text("{count:,} MB of weights", count=limits.megabytes_of(values))
        raise NetworkError(spec.name, rule, found)


@contextmanager
def _memory_for(spec: NetworkSpec) -> Iterator[None]:
    try:
        yield
    except MemoryError as error:
        rule = text("must fit into memory")
        raise NetworkError(spec.name, rule, text("too little of it")) from error
