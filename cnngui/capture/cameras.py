"""Cameras by name. The devices stand behind ``CameraBackend``, so that a test can bring its own."""

from __future__ import annotations

import math
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from cnngui.capture.settings import CaptureSettings
from cnngui.capture.source import Picture, Source, SourceInfo
from cnngui.errors import SourceError, text
from cnngui.harmless import harmless
from cnngui.images.files import as_picture
from cnngui.images.opencv import cv2, enumerate_cameras


@dataclass(frozen=True)
class CameraInfo:
    """One camera as the system lists it.

    Attributes
    ----------
    name : as the maker calls it; two cameras may share it.
    index, backend : what OpenCV opens it by.
    path : the system's own name for the device ("/dev/video0"), "" where it has none.
    label : ``name``, with the path (or number) behind it where another camera has the same name.
        This is what a ``camera:`` address holds.
    """

    name: str
    index: int
    backend: int = 0
    path: str = ""
    label: str = ""


class CameraDevice(Protocol):
    """An open camera."""

    @property
    def rate(self) -> float:
        """Frames a second as the device gives it, 0 where unknown."""

    def read(self) -> Picture | None:
        """Return the next picture, None when there is none: unplugged, or taken away."""

    def close(self) -> None:
        """Let go of the device."""


class CameraBackend(Protocol):
    """How cameras are found and opened."""

    def list(self) -> Sequence[CameraInfo]:
        """Return the cameras present, without opening any; labels are not filled in yet."""

    def open(self, camera: CameraInfo, settings: CaptureSettings) -> CameraDevice | None:
        """Open exactly that camera; None if it cannot be had."""


class OpenCVDevice:
    """A camera opened by OpenCV."""

    def __init__(self, capture: cv2.VideoCapture) -> None:
        self._capture = capture

    @property
    def rate(self) -> float:
        """What the driver says."""
        rate = self._capture.get(cv2.CAP_PROP_FPS)
        return rate if math.isfinite(rate) and rate > 0 else 0.0

    def read(self) -> Picture | None:
        """Wait for the next picture, as long as the driver allows (4 s with V4L2)."""
        try:
            read, bgr = self._capture.read()
        except cv2.error:
            return None
        return as_picture(bgr) if read else None

    def close(self) -> None:
        """Let go of the device."""
        self._capture.release()


# One driver family for each system, or every camera would be listed twice.
_DRIVERS = {"win32": cv2.CAP_DSHOW, "darwin": cv2.CAP_AVFOUNDATION}


class OpenCVBackend:
    """The system's cameras: listed by cv2-enumerate-cameras, opened by OpenCV."""

    def list(self) -> Sequence[CameraInfo]:
        """Ask the system."""
        backend = _DRIVERS.get(sys.platform, cv2.CAP_V4L2)
        return [
            CameraInfo(
                found.name or f"Camera {found.index}", found.index, backend, found.path or ""
            )
            for found in enumerate_cameras(backend)
        ]

    def open(self, camera: CameraInfo, settings: CaptureSettings) -> OpenCVDevice | None:
        """Open by index, and ask for size and rate."""
        capture = cv2.VideoCapture(camera.index, camera.backend)
        if not capture.isOpened():
            return None
        if settings.width * settings.height > 640 * 480:
            # Uncompressed, USB carries more than this at a few frames a second only.
            capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        if settings.width and settings.height:
            capture.set(cv2.CAP_PROP_FRAME_WIDTH, settings.width)
            capture.set(cv2.CAP_PROP_FRAME_HEIGHT, settings.height)
        if settings.rate:
            capture.set(cv2.CAP_PROP_FPS, settings.rate)
        return OpenCVDevice(capture)


_backend: CameraBackend = OpenCVBackend()


def set_backend(backend: CameraBackend | None) -> None:
    """Put another set of cameras in place of the system's; None brings the system's back."""
    global _backend
    _backend = backend or OpenCVBackend()


def list_cameras() -> tuple[CameraInfo, ...]:
    """Return the cameras present now, by name and path, without opening any."""
    found = [replace(camera, name=harmless(camera.name)) for camera in _backend.list()]
    cameras = sorted(found, key=lambda camera: (camera.name, camera.path, camera.index))
    uses = Counter(camera.name for camera in cameras)
    return tuple(
        replace(
            camera,
            label=camera.name
            if uses[camera.name] == 1
            else harmless(f"{camera.name} [{camera.path or camera.index}]"),
        )
        for camera in cameras
    )


def find_camera(target: str) -> CameraInfo:
    """Return the camera that an address names: by label, name, path or device index.

    Raises
    ------
    SourceError : none of that name, or several.
    """
    cameras = list_cameras()
    target = harmless(target)
    found = [
        camera
        for camera in cameras
        if target in (camera.label, camera.name, camera.path)
        # A remembered label stays true when the other camera of that name is pulled out.
        or target == harmless(f"{camera.name} [{camera.path or camera.index}]")
    ]
    if not found and target.isdecimal():
        found = [camera for camera in cameras if camera.index == int(target)]
    thing = text("camera {name}", name=target)
    present = ", ".join(camera.label for camera in cameras) or text("no camera")
    if not found:
        raise SourceError(thing, text("must be connected"), present)
    if len(found) > 1:
        raise SourceError(thing, text("must be one camera's name"), present)
    return found[0]


class CameraSource(Source):
    """An open camera.

    Raises
    ------
    SourceError : absent, in use by another program, or it gives no picture.
    """

    def __init__(self, target: str, settings: CaptureSettings) -> None:
        camera = find_camera(target)
        self._thing = text("camera {name}", name=camera.label)
        device = _backend.open(camera, settings)
        if device is None:
            raise self._no_picture()
        self._device = device
        try:
            first = device.read()
            if first is None:
                raise self._no_picture()
            self._pending: Picture | None = first
            height, width = first.shape[:2]
            self._info = SourceInfo(camera.label, width, height, device.rate, live=True)
        except BaseException:
            device.close()
            raise

    @property
    def info(self) -> SourceInfo:
        """The size and rate that the camera gives, whatever was asked for."""
        return self._info

    def read(self) -> Picture:
        """Wait for the next picture; never None."""
        picture, self._pending = self._pending, None
        if picture is None:
            picture = self._device.read()
        if picture is None:
            rule = text("must stay connected and go on sending")
            raise SourceError(self._thing, rule, text("no picture"))
        return picture

    def close(self) -> None:
        """Let go of the camera, so that other programs can have it."""
        self._device.close()

    def _no_picture(self) -> SourceError:
        found = text("none (in use by another program, or not permitted?)")
        return SourceError(self._thing, text("must be free and give pictures"), found)
