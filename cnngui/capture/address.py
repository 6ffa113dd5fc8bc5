"""Where frames come from, as people write it and as the program remembers it."""

from __future__ import annotations

import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from cnngui.errors import SourceError, system_reason, text
from cnngui.harmless import harmless, without_passwords
from cnngui.images.names import is_image_name

SourceKind = Literal["sample", "camera", "video", "image", "folder", "stream"]

STREAM_SCHEMES = ("http", "https", "rtsp", "rtsps", "rtmp", "rtmps")

SAMPLE = "sample"
CLIPS = {"": "Built-in clip", "shapes": "Shapes on paper", "motions": "A waving hand"}
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
            target = str(self) if self.target.isdecimal() else self.target
        elif self.kind == "stream":
            target = without_passwords(self.target).replace("://***@", "://")
        else:
            target = Path(self.target).name or self.target
        return harmless(target)

    @property
    def details(self) -> str:
        """The whole address, for people; without passwords."""
        return harmless(str(self))


def parse_address(written: str) -> SourceAddress:
    """Read an address as typed, dropped or remembered.

    Parameters
    ----------
    written : ``sample``, ``sample:NAME``, ``camera:NAME-or-INDEX``, a URL (http, https, rtsp,
        rtmp) or a path. A folder is a folder of images, a file with an image's suffix an image,
        every other file a video.

    Raises
    ------
    SourceError : nothing of the kind, or no such file.
    """
    written = written.strip()
    for clip in CLIPS:
        if written == str(address := SourceAddress("sample", clip)):
            return address
    if written.startswith(f"{SAMPLE}:"):
        clips = ", ".join(str(SourceAddress("sample", clip)) for clip in CLIPS)
        raise SourceError(written, text("must be one of {choices}", choices=clips))
    if written.startswith(_CAMERA_PREFIX):
        target = written.removeprefix(_CAMERA_PREFIX).strip()
        if not target:
            rule = text("must go on with a camera's name or number")
            raise SourceError(written, rule, text("nothing"))
        return SourceAddress("camera", target)
    if "://" in written:
        return _parse_url(written)
    if not written:
        rule = text(
            "must be a path, a URL, {camera} or {sample}", camera="camera:NAME", sample=SAMPLE
        )
        raise SourceError(text("source"), rule, text("nothing"))
    return _parse_path(written)


def _parse_url(written: str) -> SourceAddress:
    try:
        parts = urlsplit(written)
        host = parts.hostname
        _ = parts.port  # a port that is no number is found out only when asked for
        written.encode()
    except ValueError as error:
        raise SourceError(written, text("must be a URL"), text("a malformed one")) from error
    if parts.scheme not in STREAM_SCHEMES:
        rule = text("a stream must be {schemes}", schemes=", ".join(STREAM_SCHEMES))
        raise SourceError(written, rule, parts.scheme or text("no scheme"))
    if not host:
        raise SourceError(written, text("a URL must name a host"), text("none"))
    return SourceAddress("stream", written)


def _parse_path(written: str) -> SourceAddress:
    try:
        path = Path(written).expanduser().absolute()
        mode = path.stat().st_mode
        str(path).encode()  # OpenCV, given such a name, ends the whole program
    except FileNotFoundError as error:
        rule = text("must be an existing file or folder")
        raise SourceError(written, rule, text("no such file")) from error
    except OSError as error:
        rule = text("must be a file or folder that may be read")
        raise SourceError(written, rule, system_reason(error)) from error
    except UnicodeEncodeError as error:
        rule = text("must have a name that is text in UTF-8")
        raise SourceError(written, rule, text("other bytes")) from error
    except ValueError as error:
        raise SourceError(written, text("must be a path"), text("a null byte in it")) from error
    except RuntimeError as error:  # "~nobody"
        raise SourceError(written, text("must be a path"), text("an unknown user")) from error
    if stat.S_ISDIR(mode):
        return SourceAddress("folder", str(path))
    if not stat.S_ISREG(mode):
        # Reading a pipe or a device as a file could block for ever.
        rule = text("must be a file or folder")
        raise SourceError(written, rule, text("a device, pipe or socket"))
    # What moves in a GIF is to be seen, when it is not one of many pictures.
    is_still = is_image_name(path) and path.suffix.lower() != ".gif"
    return SourceAddress("image" if is_still else "video", str(path))
