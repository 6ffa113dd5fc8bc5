"""Where frames come from, as people write it and as the program remembers it."""

from __future__ import annotations

import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from cnngui.errors import SourceError
from cnngui.image_names import is_image_name

SourceKind = Literal["sample", "camera", "video", "image", "folder", "stream"]

STREAM_SCHEMES = ("http", "https", "rtsp", "rtsps", "rtmp", "rtmps")

SAMPLE = "sample"
CLIPS = {"": "Built-in clip", "shapes": "Shapes on paper"}
"""The clips that come with the program, by what follows ``sample:``, and their names for people."""

_CAMERA_PREFIX = "camera:"


@dataclass(frozen=True)
class SourceAddress:
    """One source, named so that it can be found again.

    ``target`` is a camera's name or device index, an absolute path, a URL, or one of ``CLIPS``.
    ``str(address)`` gives the text from which ``parse_address`` makes the same address.
    """

    kind: SourceKind
    target: str = ""

    def __str__(self) -> str:
        if self.kind == "sample":
            return f"{SAMPLE}:{self.target}" if self.target else SAMPLE
        if self.kind == "camera":
            return f"{_CAMERA_PREFIX}{self.target}"
        return self.target

    @property
    def label(self) -> str:
        """The name shown to people; without the password that a URL may carry."""
        if self.kind == "sample":
            return CLIPS[self.target]
        if self.kind == "camera":
            return f"camera {self.target}" if self.target.isdecimal() else self.target
        if self.kind == "stream":
            parts = urlsplit(self.target)
            return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
        return Path(self.target).name or self.target


def parse_address(text: str) -> SourceAddress:
    """Read an address as typed, dropped or remembered.

    Parameters
    ----------
    text : ``sample``, ``sample:shapes``, ``camera:NAME-or-INDEX``, a URL (http, https, rtsp, rtmp)
        or a path. A folder is a folder of images, a file with an image's suffix an image, every
        other file a video.

    Raises
    ------
    SourceError : nothing of the kind, or no such file.
    """
    text = text.strip()
    for clip in CLIPS:
        if text == str(address := SourceAddress("sample", clip)):
            return address
    if text.startswith(_CAMERA_PREFIX):
        target = text.removeprefix(_CAMERA_PREFIX).strip()
        if not target:
            raise SourceError(text, "must go on with a camera's name or number", "nothing")
        return SourceAddress("camera", target)
    if "://" in text:
        return _parse_url(text)
    if not text:
        raise SourceError("source", "must be a path, a URL, camera:NAME or sample", "nothing")
    return _parse_path(text)


def _parse_url(text: str) -> SourceAddress:
    try:
        parts = urlsplit(text)
        host = parts.hostname
        _ = parts.port  # a port that is no number is found out only when asked for
        text.encode()
    except ValueError as error:
        raise SourceError(text, "must be a URL", str(error)) from error
    if parts.scheme not in STREAM_SCHEMES:
        rule = f"a stream must be {', '.join(STREAM_SCHEMES)}"
        raise SourceError(text, rule, parts.scheme or "no scheme")
    if not host:
        raise SourceError(text, "a URL must name a host", "none")
    return SourceAddress("stream", text)


def _parse_path(text: str) -> SourceAddress:
    try:
        path = Path(text).expanduser().absolute()
        mode = path.stat().st_mode
        str(path).encode()  # OpenCV, given such a name, ends the whole program
    except FileNotFoundError as error:
        raise SourceError(text, "must be an existing file or folder", "no such file") from error
    except OSError as error:
        rule = "must be a file or folder that may be read"
        raise SourceError(text, rule, error.strerror or error) from error
    except UnicodeEncodeError as error:
        raise SourceError(text, "must have a name that is text in UTF-8", "other bytes") from error
    except (ValueError, RuntimeError) as error:  # a null byte in it; "~nobody"
        raise SourceError(text, "must be a path", error) from error
    if stat.S_ISDIR(mode):
        return SourceAddress("folder", str(path))
    if not stat.S_ISREG(mode):
        # Reading a pipe or a device as a file could block for ever.
        raise SourceError(text, "must be a file or folder", "a device, pipe or socket")
    return SourceAddress("image" if is_image_name(path) else "video", str(path))
