"""What every lens is: it says what of a network it must see, and makes a part of the result."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from cnngui.engine.glimpse import Glimpse
from cnngui.engine.model import Observers
from cnngui.featuremaps.statistics import ChannelStatistics, measure
from cnngui.pipeline.lenses.memory import Memory
from cnngui.pipeline.messages import ViewRequest
from cnngui.pipeline.running import RunningNetwork

Values = NDArray[np.float32]
Request = str | Glimpse
"""What the engine is asked to show: a whole layer, by its id, or a glimpse of one.

It never names a place in a layer: the engine makes a program for each set of requests, which takes
a large network 0.2 s. Who needs a few values takes them from the whole layer while it is seen.
"""
Part = TypeVar("Part")
Sealed = TypeVar("Sealed", bound=NDArray[Any])


@dataclass(frozen=True)
class SeenMoments:
    """Which moments of a layer's maps are seen; all are counted from 0, the oldest.

    Attributes
    ----------
    count : how many the layer has.
    places : those that are seen in some way, which a result has the values of.
    chosen : the one looked at.
    """

    count: int
    places: range
    chosen: int

    @property
    def slot(self) -> int:
        """Where the one looked at is among those that are seen."""
        return self.chosen - self.places.start


@dataclass(frozen=True, eq=False)
class Scene:
    """What is looked at, and by whom.

    Attributes
    ----------
    network : what computes the frame.
    view : what is on the screen.
    memory : what is kept from frame to frame.
    """

    network: RunningNetwork
    view: ViewRequest
    memory: Memory

    @property
    def shown_id(self) -> str:
        """The layer that is shown large: the one asked for, or the last where that is gone."""
        asked = self.view.layer_id
        return asked if asked in self.network.shapes else self.network.spec.last_id

    def number_place(self, layer_id: str, at: tuple[int, ...]) -> tuple[int, tuple[int, ...]]:
        """Return channel and place of the number looked at, held within the layer.

        Where no place was chosen yet, it is the middle, at the moment looked at.
        """
        channels, *sizes = self.network.shapes[layer_id]
        channel = min(max(self.view.channel, 0), channels - 1)
        if len(at) != len(sizes):
            return channel, self.view.middle_of(sizes)
        return channel, tuple(min(place, size - 1) for place, size in zip(at, sizes, strict=True))

    def moments(self, layer_id: str) -> SeenMoments | None:
        """Return which moments of a layer are looked at; None where its maps have none."""
        shape = self.network.shapes[layer_id]
        if len(shape) != 4:
            return None
        return SeenMoments(shape[1], self.view.moments_in(shape[1]), self.view.moment_in(shape[1]))

    def is_flat(self, layer_id: str) -> bool:
        """Return whether a layer's output has no height and width."""
        return len(self.network.shapes[layer_id]) == 1


class Seen:
    """A layer, or a glimpse of one, while it can be seen.

    What more than one lens needs of it is made once, by whichever asks first.

    Parameters
    ----------
    layer_id : which layer.
    view : float32 ``(C, H, W)``, ``(C, T, H, W)`` or ``(F,)`` of any strides; its content changes
        when the lens has returned.

    Attributes
    ----------
    moments : which of the layer's are looked at; None where its maps have none.
    """

    def __init__(self, scene: Scene, layer_id: str, view: Values) -> None:
        self._scene = scene
        self.layer_id = layer_id
        self.view = view
        self.signed = scene.network.signed[layer_id]
        self.moments = scene.moments(layer_id)

    @cached_property
    def values(self) -> Values:
        """A contiguous copy, to be kept; read-only. Of maps with moments, of those looked at."""
        moments = self.moments
        if moments is None:
            return sealed(self.view.copy(order="C"))
        first, last = moments.places.start, moments.places.stop
        return sealed(self.view[:, first:last].copy(order="C"))

    @cached_property
    def statistics(self) -> ChannelStatistics:
        """Those of every channel, over the moments looked at.

        A unit of a flat layer is a channel of one value.
        """
        return measure(self.values if self.values.ndim > 1 else self.values[:, None, None])

    @cached_property
    def span(self) -> tuple[Values, Values]:
        """The values drawn with the first and with the last colour, per channel."""
        scene = self._scene
        low, high = scene.memory.ranges(
            scene.view, self.layer_id, self.values, self.statistics, self.signed
        )
        return sealed(low), sealed(high)

    @cached_property
    def least_of_bars(self) -> float:
        """How far apart the ends of a flat layer's bars are at least."""
        return self._scene.memory.least_of_bars(self.layer_id, self.view, self.signed)


class Lens(ABC, Generic[Part]):
    """Makes one part of one frame's result. There is a new one for each frame.

    Attributes
    ----------
    is_looked_at_first : whether its part is shown as soon as it is there, on a network so slow that
        the rest of the frame takes long.
    """

    is_looked_at_first: ClassVar[bool] = False

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self._part: Part | None = None

    @property
    def part(self) -> Part | None:
        """What was made; None where there is nothing to make, or not yet."""
        return self._part

    @abstractmethod
    def observers(self) -> Mapping[Request, Callable[[Seen], None]]:
        """Return what must be seen, and for each what is called when it is; {} costs nothing.

        The calls come one after the other, while other threads compute what follows.
        """

    def follow_up(
        self,
        pixels: NDArray[np.uint8],
        run: Callable[[NDArray[np.uint8], Observers], None],
    ) -> None:
        """Compute something else when the frame is done; nothing by default.

        Parameters
        ----------
        pixels : uint8 ``(H, W, C)`` or ``(T, H, W, C)``, what the network saw.
        run : computes the network for other pixels of that shape, as far as is observed.
        """


def sealed(array: Sealed) -> Sealed:
    """Make an array read-only, and return it."""
    array.flags.writeable = False
    return array
