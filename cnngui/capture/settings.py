"""What is asked of a source that leaves a choice."""

from __future__ import annotations

from dataclasses import dataclass


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
