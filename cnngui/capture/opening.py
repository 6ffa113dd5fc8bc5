"""From an address to an open source."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from cnngui.capture.address import SourceAddress
from cnngui.capture.cameras import CameraSource
from cnngui.capture.images import FolderSource, ImageSource
from cnngui.capture.settings import CaptureSettings
from cnngui.capture.source import Source
from cnngui.capture.videos import VideoSource
from cnngui.errors import SourceError, system_reason, text
from cnngui.resources import resource_path

CLIP_FILES = {"": "clip/clip.webm", "shapes": "clip/shapes.webm"}
DEVICE_DEFAULT = CaptureSettings()


def open_source(address: SourceAddress, settings: CaptureSettings = DEVICE_DEFAULT) -> Source:
    """Open what the address names, in bounded time.

    Raises
    ------
    SourceError : absent, in use, unreadable, or not of the kind.
    """
    name, target = address.label, address.target
    match address.kind:
        case "sample":
            return VideoSource(str(resource_path(CLIP_FILES[target])), name)
        case "camera":
            return CameraSource(target, settings)
        case "image":
            return ImageSource(Path(target))
        case "folder":
            return FolderSource(Path(target))
        case "video":
            return _open_video(Path(target))
        case "stream":
            return _open_stream(target, name, settings)


def _open_video(path: Path) -> Source:
    try:
        with path.open("rb") as file:
            if not file.read(1):
                rule = text("a video must have content")
                raise SourceError(path.name, rule, text("an empty file"))
    except OSError as error:  # FFmpeg only says that it could not
        rule = text("must be a file that may be read")
        raise SourceError(path.name, rule, system_reason(error)) from error
    return VideoSource(str(path), path.name)


def _open_stream(url: str, name: str, settings: CaptureSettings) -> Source:
    """Read MJPEG over HTTP ourselves, all else through FFmpeg."""
    if urlsplit(url).scheme in ("http", "https"):
        # Only here, because the standard library's HTTP and TLS slow down every start.
        from cnngui.capture.mjpeg import MjpegSource, boundary_of, connect

        response = connect(url, name)
        boundary = boundary_of(response.headers)
        if boundary is not None:
            return MjpegSource(response, boundary, name, settings.newest_only)
        response.close()
        return VideoSource(url, name, live=None)
    return VideoSource(url, name, live=True)
