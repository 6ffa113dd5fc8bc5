"""What every source of frames has in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from cnngui.errors import SourceError, text
from cnngui.harmless import harmless
from cnngui.images.files import Picture

OPEN_TIMEOUT_S = 5.0
READ_TIMEOUT_S = 5.0


@dataclass(frozen=True)
class SourceInfo:
    """What is known about an open source.

    Attributes
    ----------
    name : for people: a file's name, a camera's name, an address without its password.
    width, height : pixels of the first picture; later ones may differ.
    rate : frames a second, 0 where unknown.
    frame_count : 0 where unknown or live. A video's own word for it, so possibly wrong.
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

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", harmless(self.name))

    @property
    def duration(self) -> float:
        """Seconds, 0 where unknown."""
        return self.frame_count / self.rate if self.rate > 0 else 0.0


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
