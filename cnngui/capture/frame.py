"""One picture on its way from a source to the network, and the ones that came before it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnngui.spec.network import InputSpec


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """A picture as a network sees it.

    Attributes
    ----------
    key : no other moment has it while the program runs, so that what was made of it can be kept.
    seconds : its time in the medium.
    pixels : uint8 ``(H, W, C)``, fitted to the network's input, read-only.
    """

    key: int
    seconds: float
    pixels: NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """What a network that sees several frames at once sees of them.

    Attributes
    ----------
    input : what it was made for.
    moments : those there are, the newest last; ``input.frames`` when it is full.
    """

    input: InputSpec
    moments: tuple[Moment, ...]

    @property
    def is_full(self) -> bool:
        """Whether there are as many moments as the network sees."""
        return len(self.moments) == self.input.frames

    @property
    def keys(self) -> tuple[int, ...]:
        """The moments' keys."""
        return tuple(moment.key for moment in self.moments)

    def pixels(self) -> NDArray[np.uint8]:
        """Return all moments as one fresh array ``(T, H, W, C)``."""
        return np.stack([moment.pixels for moment in self.moments])


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """A picture as the source gave it.

    Attributes
    ----------
    index : counts the frames shown of this source since it was opened, from 0.
    time : seconds on the ``time.monotonic`` clock when it was read.
    pixels : uint8 ``(H, W, 3)``, RGB, C-contiguous, read-only.
    position : its place in the medium (a video's frame number, a folder's file number); 0 where
        there is none.
    seconds : its time in the medium; of a camera or stream on the ``time.monotonic`` clock.
    window : it and the frames before it, where a network sees several at once.
    """

    index: int
    time: float
    pixels: NDArray[np.uint8]
    position: int = 0
    seconds: float = 0.0
    window: Window | None = None

    @property
    def is_filling(self) -> bool:
        """Whether it only fills the window for those that come after it."""
        return self.window is not None and not self.window.is_full
