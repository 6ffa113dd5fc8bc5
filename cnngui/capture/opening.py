"""From an address to an open source."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from cnngui.capture.address import SourceAddress
from cnngui.capture.cameras import CameraSource
from cnngui.capture.deadline import Deadline, IsStopped, never
from cnngui.capture.images import FolderSource, ImageSource
from cnngui.capture.settings import CaptureSettings
from cnngui.capture.source import OPEN_TIMEOUT_S, Source
from cnngui.capture.videos import open_remote, open_video
from cnngui.errors import SourceError, system_reason, text
from cnngui.images.boxes import is_heic
from cnngui.resources import resource_path

CLIP_FILES = {
    "": "clip/clip.webm",
    "shapes": "clip/shapes.webm",
    "motions": "clip/motions.webm",
}
DEVICE_DEFAULT = CaptureSettings()


def open_source(
    address: SourceAddress,
    settings: CaptureSettings = DEVICE_DEFAULT,
    is_stopped: IsStopped = never,
) -> Source:
    """Open what the address names, in bounded time.

    Parameters
    ----------
    is_stopped : asked, from now until the source is closed, by whatever waits for a server; true
        ends the wait with a ``StoppedError``.

    Raises
    ------
    SourceError : absent, in use, unreadable, or not of the kind.
    """
    name, target = address.label, address.target
    match address.kind:
        case "sample":
            return open_video(str(resource_path(CLIP_FILES[target])), name)
        case "camera":
            return CameraSource(target, settings)
        case "image":
            return ImageSource(Path(target))
        case "folder":
            return FolderSource(Path(target))
        case "video":
            return _open_video(Path(target))
        case "stream":
            return _open_stream(target, name, settings, is_stopped)


def _open_video(path: Path) -> Source:
    try:
        with path.open("rb") as file:
            head = file.read(64)
        if not head:
            rule = text("a video must have content")
            raise SourceError(path.name, rule, text("an empty file"))
        if is_heic(head):  # FFmpeg would show its first tile
            return ImageSource(path)
    except OSError as error:  # FFmpeg only says that it could not
        rule = text("must be a file that may be read")
        raise SourceError(path.name, rule, system_reason(error)) from error
    return open_video(str(path), path.name)


def _open_stream(url: str, name: str, settings: CaptureSettings, is_stopped: IsStopped) -> Source:
    """Read MJPEG over HTTP ourselves, all else through FFmpeg."""
    opening = Deadline(OPEN_TIMEOUT_S, name, is_stopped)
    if urlsplit(url).scheme not in ("http", "https"):
        return open_remote(url, name, True, opening, is_stopped)
    # Only here, because the standard library's TLS slows down every start.
    from cnngui.capture.http_client import ask
    from cnngui.capture.mjpeg import MjpegSource, boundary_of

    answer = ask(url, name, opening)
    boundary = boundary_of(answer)
    if boundary is not None:
        return MjpegSource(answer, boundary, name, settings.newest_only, opening, is_stopped)
    answer.close()
    return open_remote(answer.url, name, None, opening, is_stopped)
