"""From an address to an open source."""

from __future__ import annotations

from dataclasses import dataclass

from cnngui.capture.address import SourceAddress
from cnngui.capture.source import Source
from cnngui.errors import SourceError


@dataclass(frozen=True)
class CaptureSettings:
    """What is asked of a camera or stream; what was got is in ``SourceInfo``.

    Attributes
    ----------
    width, height : pixels; 0 = the device's default.
    rate : frames a second; 0 = the device's default.
    newest_only : a stream that sends faster than it is read skips to its newest picture (live
        viewing) instead of giving every one in order (headless runs).
    """

    width: int = 0
    height: int = 0
    rate: float = 0.0
    newest_only: bool = False


def open_source(address: SourceAddress, settings: CaptureSettings = CaptureSettings()) -> Source:
    """Open what the address names, in bounded time.

    Raises
    ------
    SourceError : absent, in use, unreadable, or not of the kind.
    """
    raise SourceError(address.label, "must be a source that can be opened already")
