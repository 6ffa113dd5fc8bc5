"""When each frame of a video file is shown, by the file's own time stamps.

A frame's number is its place among them. Nominal rates and counts are hearsay: phones and browsers
write frames when they come, and MPEG transport streams have no index. The packets of a file tell
all time stamps without being decoded, which takes milliseconds where decoding takes minutes.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnngui.capture.ffmpeg import FileDecoder
from cnngui.errors import SourceError
from cnngui.images.opencv import cv2

MAX_SECONDS = 3.0
MAX_FRAMES = 4_000_000
"""Two days at 25 frames a second, in 32 MB."""

LOOKED_INTO = 50
"""So many packets tell how much changes."""

_LOOK_EVERY = 256
_SAME_MS = 1e-3
_MOST_ALIKE = 2
REORDERED = 20
"""Frames are reordered by fewer than so many, which is 16 in H.264 and H.265."""


class Timeline:
    """Time stamps in the order in which frames are shown.

    Parameters
    ----------
    times_ms : float64 ``(frames,)``, ascending, from the video's start. A few frames may have the
        same one, for a browser's clock counts milliseconds.
    keys_ms : of the frames at which decoding can begin, ascending.
    clean : for each of those, whether what is shown from there on is right at once; a recovery
        point needs the frames up to the next one.
    """

    def __init__(
        self,
        times_ms: NDArray[np.float64],
        keys_ms: NDArray[np.float64],
        clean: NDArray[np.bool_],
    ) -> None:
        self.times_ms = times_ms
        self._keys_ms = keys_ms
        self._clean = clean

    def __len__(self) -> int:
        return len(self.times_ms)

    def place_of(self, time_ms: float) -> int | None:
        """Return the number of the first frame with a time stamp, None if there is none."""
        place = int(np.searchsorted(self.times_ms, time_ms - _SAME_MS))
        return place if self.is_at(place, time_ms) else None

    def is_at(self, place: int, time_ms: float) -> bool:
        """Whether the frame at a place has that time stamp."""
        return place < len(self) and abs(self.times_ms[place] - time_ms) <= _SAME_MS

    @property
    def has_twins(self) -> bool:
        """Whether some frames have the same time stamp, so that it does not tell which it is."""
        return bool((np.diff(self.times_ms) <= _SAME_MS).any())

    def start_for(self, place: int) -> int:
        """Return a frame from which FFmpeg can be let go to a place; 0 is the video's beginning.

        It is near the last frame at which decoding can begin, and behind those that are shown
        before that one but stored after it.
        """
        at = int(np.searchsorted(self._keys_ms, self.times_ms[place] + _SAME_MS)) - 1
        if at > 0 and not self._clean[at]:
            at -= 1
        if at <= 0:
            return 0
        key = int(np.searchsorted(self.times_ms, self._keys_ms[at] - _SAME_MS))
        return min(key + REORDERED, place)

    def without(self, first: int, end: int) -> Timeline:
        """Return it without the frames from one place to before another, which never came."""
        times_ms = np.delete(self.times_ms, slice(first, end))
        return Timeline(times_ms, self._keys_ms, self._clean)

    def moved(self, by_ms: float) -> Timeline:
        """Return it with all time stamps later."""
        return Timeline(self.times_ms + by_ms, self._keys_ms + by_ms, self._clean)

    def seconds(self) -> NDArray[np.float64]:
        """Return read-only seconds from the first frame, ``(frames,)``."""
        seconds = (self.times_ms - self.times_ms[0]) / 1000.0
        seconds.flags.writeable = False
        return seconds


@dataclass(frozen=True, eq=False)
class Packets:
    """What a file's packets tell.

    Attributes
    ----------
    count : how many there are; usually one for each frame.
    begins_with_key : whether the first one can be decoded.
    bytes_of_change : mean size of the first ones that go on from others, 0 where all stand alone.
    timeline : None where they bear no time stamps, or several the same one.
    """

    count: int
    begins_with_key: bool
    bytes_of_change: float
    timeline: Timeline | None

    @property
    def seconds(self) -> float:
        """From the first to the last, 0 where unknown."""
        if self.timeline is None:
            return 0.0
        return float(self.timeline.times_ms[-1] - self.timeline.times_ms[0]) / 1000.0


def read_packets(path: str, name: str) -> Packets | None:
    """Read a file's packets without decoding them.

    Returns
    -------
    None where that takes longer than ``MAX_SECONDS``.
    """
    end = time.monotonic() + MAX_SECONDS
    times_ms: list[float] = []
    keys_ms: list[float] = []
    clean: list[bool] = []
    changes: list[int] = []
    begins_with_key = False
    try:
        packets = FileDecoder(path, name, packets=True)
    except SourceError:
        return None
    try:
        while packets.grab():
            time_ms = packets.time_ms()
            times_ms.append(time_ms)
            if packets.get(cv2.CAP_PROP_LRF_HAS_KEY_FRAME):
                begins_with_key = begins_with_key or len(times_ms) == 1
                keys_ms.append(time_ms)
                clean.append(_is_clean(packets.packet()))
            elif len(times_ms) <= LOOKED_INTO:
                changes.append(len(packets.packet()))
            if len(times_ms) % _LOOK_EVERY == 0 and time.monotonic() > end:
                return None
            if len(times_ms) > MAX_FRAMES:
                return None
    except SourceError:
        return None
    finally:
        packets.close()
    ascending = np.sort(np.asarray(times_ms, np.float64))
    timeline = None
    if len(ascending) and _are_times(ascending):
        order = np.argsort(np.asarray(keys_ms, np.float64))
        keys = np.asarray(keys_ms, np.float64)[order]
        timeline = Timeline(ascending, keys, np.asarray(clean, np.bool_)[order])
    bytes_of_change = sum(changes) / len(changes) if changes else 0.0
    return Packets(len(times_ms), begins_with_key, bytes_of_change, timeline)


def _are_times(ascending: NDArray[np.float64]) -> bool:
    """Whether time stamps are different enough; without one a packet bears a zero."""
    if len(ascending) <= _MOST_ALIKE:
        return bool((np.diff(ascending) > _SAME_MS).all())
    return bool((ascending[_MOST_ALIKE:] - ascending[:-_MOST_ALIKE] > _SAME_MS).all())


_START_CODE = b"\0\0\1"
_H265_BEGINNINGS = (0x40, 0x42, 0x44, 0x46, 0x4E)
"""Parameter sets, delimiter, supplements: what comes first, and would be no beginning in H.264."""


def _is_clean(packet: bytes) -> bool:
    """Whether a packet at which decoding can begin resets the decoder altogether.

    In H.264 (7.4.1.2.4) and H.265 (7.4.2.2) an IDR picture does; an open group or a gradual
    refresh goes on from what was before. Other kinds of video have nothing of the kind.
    """
    at = packet.find(_START_CODE, 0, 8)
    if at < 0 or len(packet) < at + 4 or packet[at + 3] >= 0x80:
        return True
    is_h265 = packet[at + 3] in _H265_BEGINNINGS
    while 0 <= at < len(packet) - 3:
        head = packet[at + 3]
        kind = head >> 1 & 0x3F if is_h265 else head & 0x1F
        if is_h265 and kind < 32:
            return kind in (19, 20)
        if not is_h265 and kind in (1, 2, 5):
            return kind == 5
        at = packet.find(_START_CODE, at + 3)
    return False
