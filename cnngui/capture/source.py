"""What every source of frames has in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from cnngui.errors import SourceError, text
from cnngui.harmless import harmless
from cnngui.images.files import Picture

OPEN_TIMEOUT_S = 10.0
"""From the look-up of a server's name to the first picture, redirects and login included."""

READ_TIMEOUT_S = 5.0
"""From one picture to the next."""


@dataclass(frozen=True)
class SourceInfo:
    """What is known about an open source.

    Attributes
    ----------
    name : for people: a file's name, a camera's name, an address without its password.
    width, height : pixels of the first picture; later ones may differ.
    rate : frames a second, 0 where unknown.
    frame_count : 0 where unknown or live.
    times : seconds from the first frame to each, float64 ``(frame_count,)``, read-only; None where
        only the rate is known.
    live : it goes on whether it is read or not (camera, stream), so it cannot be paused.
    seekable : ``seek`` takes every position; if not live, ``seek(0)`` works all the same.
    """

    name: str
    width: int
    height: int
    rate: float = 0.0
    frame_count: int = 0
    live: bool = False
    seekable: bool = False
    times: NDArray[np.float64] | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", harmless(self.name))

    @property
    def duration(self) -> float:
        """Seconds, 0 where unknown."""
        if self.times is None or len(self.times) < 2:
            return self.frame_count / self.rate if self.rate > 0 else 0.0
        # The last frame is shown as long as frames usually are. (np.median would import numpy.ma
        # first, while the first maps are waited for.)
        steps = np.sort(np.diff(self.times))
        return float(self.times[-1] + steps[len(steps) // 2])

    def time_at(self, position: int) -> float:
        """Return the seconds from the first frame to the one at a position, 0 where unknown.

        The frame after the last one would be shown at the end of the medium.
        """
        if self.times is None or not len(self.times):
            return position / self.rate if self.rate > 0 else 0.0
        if position >= len(self.times):
            return self.duration
        return float(self.times[max(position, 0)])


class Source(ABC):
    """An open source of frames. Used by one thread at a time; to be closed by who opened it."""

    @property
    @abstractmethod
    def info(self) -> SourceInfo:
        """What is known by now; a frame count that proved wrong is corrected."""

    @property
    def position(self) -> int:
        """Place in the medium of the picture read last, 0 where there is none."""
        return 0

    @abstractmethod
    def read(self) -> Picture | None:
        """Return the next picture, or None at the end of the medium.

        Blocks until there is one, but not for longer than ``READ_TIMEOUT_S``.

        Raises
        ------
        SourceError : the camera is gone, the stream broke off, the file cannot be read.
        """

    def seek(self, position: int) -> None:
        """Make the next ``read`` give the picture at ``position``, held within the medium."""
        rule = text("must be a file or folder to be wound to a place")
        raise SourceError(self.info.name, rule)

    def take_warnings(self) -> list[SourceError]:
        """Return, once, what was wrong without ending the source (a skipped file of a folder)."""
        return []

    @abstractmethod
    def close(self) -> None:
        """Let go of the device or file. May be called twice."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
