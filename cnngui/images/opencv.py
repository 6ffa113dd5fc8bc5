"""OpenCV, imported in one place: ``from cnngui.images.opencv import cv2``.

opencv-python points Qt at the Qt 5 plugins it carries, with which PySide6 cannot start; and OpenCV
and FFmpeg write to stderr what the program says in its own words.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator

from cnngui.errors import MissingLibraryError, text

MAX_PICTURE_PIXELS = 2**26
"""Larger images are refused from their header, before memory is taken (200 MB of RGB)."""

_QT_VARIABLES = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR")
_own_qt = {name: os.environ.get(name) for name in _QT_VARIABLES}

os.environ["OPENCV_IO_MAX_IMAGE_PIXELS"] = str(MAX_PICTURE_PIXELS)
# A camera that was pulled out is noticed after so many seconds; OpenCV's own 10 are too many.
os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "4")
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
os.environ.setdefault("OPENCV_LOG_LEVEL", "SILENT")
# FFmpeg looks at five seconds of a stream before it gives the first frame, unless told otherwise.
os.environ.setdefault(
    "OPENCV_FFMPEG_CAPTURE_OPTIONS", "rtsp_flags;prefer_tcp|analyzeduration;1000000"
)

try:
    import cv2  # the variables above are read while it is loaded
    from cv2_enumerate_cameras import enumerate_cameras  # it imports cv2 by itself
except ImportError as _error:
    raise MissingLibraryError(
        "OpenCV", text("must be loaded with the system's libraries"), str(_error)
    ) from _error

for _name, _value in _own_qt.items():
    if _value is None:
        os.environ.pop(_name, None)
    else:
        os.environ[_name] = _value

__all__ = ["MAX_PICTURE_PIXELS", "cv2", "enumerate_cameras", "native_stderr_silenced"]

_stderr_lock = threading.Lock()


@contextlib.contextmanager
def native_stderr_silenced() -> Iterator[None]:
    """Send what C libraries write to stderr to nowhere for the time of one short call.

    libpng and libjpeg write there past every setting of OpenCV.
    """
    with _stderr_lock:  # two at once would restore in the wrong order
        try:
            kept = os.dup(2)
        except OSError:  # a windowed program on Windows has no stderr
            yield
            return
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, 2)
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            os.close(nowhere)
