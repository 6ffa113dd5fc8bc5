"""Cameras by name. The devices stand behind ``CameraBackend``, so that a test can bring its own."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CameraInfo:
    """One camera as the system lists it.

    Attributes
    ----------
    name : as the maker calls it; two cameras may share it.
    index, backend : what OpenCV opens it by.
    path : the system's own name for the device ("/dev/video0"), "" where it has none.
    label : ``name``, with the path behind it where another camera has the same name. This is what
        a ``camera:`` address holds.
    """

    name: str
    index: int
    backend: int = 0
    path: str = ""
    label: str = ""


def list_cameras() -> tuple[CameraInfo, ...]:
    """Return the cameras present now, in the system's order, without opening any."""
    return ()
