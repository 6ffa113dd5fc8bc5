"""Video files, and what FFmpeg reads from servers."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from cnngui.capture.deadline import Deadline, IsStopped
from cnngui.capture.ffmpeg import Decoder, FileDecoder, RemoteDecoder
from cnngui.capture.interlaced import seems_unconverted
from cnngui.capture.source import READ_TIMEOUT_S, Picture, Source, SourceInfo
from cnngui.capture.timeline import REORDERED, Packets, Timeline, read_packets
from cnngui.errors import SourceError, text
from cnngui.images.opencv import MAX_PICTURE_PIXELS, cv2

_MOST_RATE = 1000.0  # from here on, containers give their clock's ticks instead of a rate
_MAX_FRAME_COUNT = 10**9  # above it (or negative) a container without an index is guessing
_SHORT_SHARE = 0.95  # a container's estimate may be a little off; less than this was cut off
_MAX_STRETCH = 8.0  # pixels are not longer than this; what says so is damaged

_WIND_S = READ_TIMEOUT_S - 0.5
"""Winding may take so long, and leaves the rest of a read's time for reading."""

_MOST_COUNTED = 1500
"""So many frames are counted one by one where there are no time stamps."""


class VideoSource(Source):
    """Everything that FFmpeg reads: a video file, or a stream by its URL.

    Frames are numbered in the order in which they are shown, and a file's are found by their time
    stamps. Pictures keep the size of the first one: OpenCV brings frames of another size to it.

    Parameters
    ----------
    open_decoder : opens it, now and whenever it must be read from its beginning again.
    name : for people.
    live : the end of it is a loss, not the end of a medium. None = live unless it knows its number
        of frames, as a video on a web server does.
    remote : where it ends too early, the connection was lost.
    packets : of a file, where they were read. Without time stamps in them frames are counted.
    """

    def __init__(
        self,
        open_decoder: Callable[[], Decoder],
        name: str,
        live: bool | None = False,
        packets: Packets | None = None,
        remote: bool = False,
    ) -> None:
        self._open_decoder = open_decoder
        self._name = name
        self._remote = remote
        self._packets = packets
        self._timeline = packets.timeline if packets is not None else None
        self._size = (0, 0)
        self._can_wind = True
        self._position = 0
        self._next = 0
        self._is_grabbed = False
        self._is_from_start = True
        self._warnings: list[SourceError] = []
        self._has_warned_of_winding = False
        self._decoder = open_decoder()
        try:
            self._info = self._measured(live)
        except BaseException:
            self._decoder.close()
            raise

    @property
    def info(self) -> SourceInfo:
        """By the time stamps where they are known; else as the container says, until its end."""
        return self._info

    @property
    def position(self) -> int:
        """Number of the frame read last."""
        return self._position

    def read(self) -> Picture | None:
        """Return the next frame; None at the end, also where a file is cut off."""
        picture = self._decoder.picture() if self._grab() else None
        if picture is None:
            if self._info.live:
                raise SourceError(self._name, text("a stream must go on"), text("its end"))
            self._note_end()
            return None
        self._is_grabbed = False
        self._position = self._next
        self._next += 1
        return self._shaped(picture)

    def seek(self, position: int) -> None:
        """Make the next ``read`` give that frame, or say in a warning that it is another one."""
        if self._info.live:
            super().seek(position)
        position = max(position, 0)
        if self._info.frame_count:
            position = min(position, self._info.frame_count - 1)
        if position == self._next:
            return
        end = time.monotonic() + _WIND_S
        if position == 0:
            self._restart()
        elif self._timeline is not None:
            self._wind_by_time_stamps(self._timeline, position, end)
        elif self._can_wind and position - self._next_or_start(position) > _MOST_COUNTED:
            self._wind_by_rate(position)
        else:
            if position < self._next:
                self._restart()
            self._go_on_to(position, end)
        if self._next != position:
            self._warn_of_winding(position)

    def take_warnings(self) -> list[SourceError]:
        """Say once that a video is shorter than it says of itself, or cannot be wound exactly."""
        warnings, self._warnings = self._warnings, []
        return warnings

    def close(self) -> None:
        """Close the file or connection."""
        self._decoder.close()

    # ------------------------------------------------------------------ finding frames

    def _grab(self) -> bool:
        """Go on to the next frame, unless it was grabbed already, and note which one it is."""
        if not self._is_grabbed:
            self._is_grabbed = self._decoder.grab()
            if self._is_grabbed and self._timeline is not None:
                self._note_place(self._timeline, self._decoder.time_ms())
        return self._is_grabbed

    def _note_place(self, timeline: Timeline, time_ms: float) -> None:
        """Compare a frame with what the packets told, and believe the frame."""
        if timeline.is_at(self._next, time_ms):
            return
        place = timeline.place_of(time_ms)
        if not self._is_from_start:
            self._next = self._next if place is None else place
        elif place is None or place < self._next:
            # Packets and frames have nothing to do with each other.
            self._set_timeline(None)
        else:
            # Packets without a picture of their own: the frames between never come.
            self._set_timeline(timeline.without(self._next, place))

    def _set_timeline(self, timeline: Timeline | None) -> None:
        self._timeline = timeline
        times = None if timeline is None else timeline.seconds()
        count = self._packets.count if self._packets is not None else 0
        if timeline is not None:
            count = len(timeline)
        self._info = replace(self._info, frame_count=count, times=times)

    def _restart(self) -> None:
        """Read the video from its beginning again; that is exact whatever it consists of."""
        self._decoder.close()
        self._decoder = self._open_decoder()
        self._next = 0
        self._is_grabbed = False
        self._is_from_start = True

    def _next_or_start(self, position: int) -> int:
        """Return the frame from which a position is reached by going on."""
        return self._next if self._next <= position else 0

    def _wind_by_time_stamps(self, timeline: Timeline, position: int, end: float) -> None:
        start = timeline.start_for(position)
        if start <= self._next < position:
            self._go_on_to(position, end)
            return
        # Where the first place is not one after all, the one before it may be.
        for place in (start, timeline.start_for(max(start - 2 * REORDERED, 0))):
            if not self._can_wind or place == 0:
                break
            self._is_from_start = self._is_grabbed = False
            self._decoder.wind(float(timeline.times_ms[place]))
            self._next = position + 1  # unless the frame's time stamp tells
            if self._grab() and self._next <= position:
                self._go_on_to(position, end)
                if self._next == position or time.monotonic() > end:
                    return
        self._restart()
        self._go_on_to(position, end)

    def _go_on_to(self, position: int, end: float) -> None:
        """Leave out the frames before a position, until a moment on the monotonic clock."""
        while self._grab() and self._next < position and time.monotonic() < end:
            self._is_grabbed = False
            self._next += 1

    def _wind_by_rate(self, position: int) -> None:
        """Let FFmpeg find the frame that is shown then if the rate is what the video says."""
        rate = self._info.rate
        self._is_from_start = self._is_grabbed = False
        self._decoder.wind(1000.0 * position / rate)
        if self._grab():
            self._next = round(self._decoder.time_ms() * rate / 1000.0)
        if not self._has_warned_of_winding:
            self._has_warned_of_winding = True
            rule = text("must be short enough, and a file, for its frames to be counted")
            got = text("another one: frames are found by the nominal rate, a few may be missed")
            self._warnings.append(SourceError(self._name, rule, got))

    def _warn_of_winding(self, position: int) -> None:
        if self._is_grabbed:
            rule = text(
                "frame {number} must be found within {most:g} s", number=position, most=_WIND_S
            )
            got = text("frame {number}, shown in its place", number=self._next)
            self._warnings.append(SourceError(self._name, rule, got))

    # -------------------------------------------------------------------- what is known

    def _measured(self, live: bool | None) -> SourceInfo:
        """Read the first frame, which alone tells the true size."""
        get = self._decoder.get
        width, height = int(get(cv2.CAP_PROP_FRAME_WIDTH)), int(get(cv2.CAP_PROP_FRAME_HEIGHT))
        if width * height > MAX_PICTURE_PIXELS:
            rule = text("a video's frame may have at most {most:,} pixels", most=MAX_PICTURE_PIXELS)
            raise SourceError(self._name, rule, f"{width:,} x {height:,}")
        self._is_grabbed = self._decoder.grab()
        first = self._decoder.picture() if self._is_grabbed else None
        if first is None:
            raise self._no_frame()
        if self._packets is not None and seems_unconverted(
            first, self._decoder, self._packets, self._open_decoder
        ):
            rule = text("must be a film of whole frames to be converted here")
            raise SourceError(self._name, rule, text("an interlaced one"))
        if self._timeline is not None:
            self._can_wind = not self._timeline.has_twins
            self._timeline = self._as_decoded(self._timeline, self._decoder.time_ms())
        self._size = self._true_size(first)
        promised = get(cv2.CAP_PROP_FRAME_COUNT)
        counted = not live and 0 < promised <= _MAX_FRAME_COUNT
        self._can_wind = counted and self._can_wind
        rate = get(cv2.CAP_PROP_FPS)
        rate = rate if 0 < rate < _MOST_RATE else 0.0
        count, times = int(promised) if counted else 0, None
        if self._packets is not None and self._packets.count:
            count = self._packets.count if self._timeline is None else len(self._timeline)
            # Of a variable rate, what is promised is the time with the usual rate.
            seconds = self._packets.seconds
            is_short = seconds * rate < promised * _SHORT_SHARE if seconds and rate else True
            if counted and is_short and self._packets.count < promised * _SHORT_SHARE:
                self._warnings.append(self._too_short(int(promised), count))
        if self._timeline is not None:
            times = self._timeline.seconds()
            if count > 1:
                mean = (count - 1) / float(times[-1])
                rate = rate if abs(rate - mean) < 0.01 * mean else mean
        return SourceInfo(
            self._name,
            *self._size,
            rate,
            count,
            live=live if live is not None else not counted,
            seekable=count > 0,
            times=times,
        )

    def _as_decoded(self, timeline: Timeline, first_ms: float) -> Timeline | None:
        """Return a timeline that begins with the first frame that was decoded."""
        place = timeline.place_of(first_ms)
        if place and self._packets is not None and self._packets.begins_with_key:
            # The packets bear the times at which they are decoded, not shown, and so may frames
            # after winding.
            self._can_wind = False
            return timeline.moved(first_ms - float(timeline.times_ms[0]))
        # A recording of something that went on already begins with what cannot be shown.
        return None if place is None else timeline.without(0, place)

    def _no_frame(self) -> SourceError:
        if self._packets is None or not self._packets.count:
            return SourceError(self._name, text("a video must have at least one frame"), 0)
        code = int(self._decoder.get(cv2.CAP_PROP_FOURCC))
        letters = "".join(chr(code >> shift & 0xFF) for shift in (0, 8, 16, 24))
        rule = text("must be in a codec that can be decoded here")
        return SourceError(self._name, rule, letters if letters.isprintable() else hex(code))

    def _true_size(self, picture: Picture) -> tuple[int, int]:
        """Return the width and height of a picture whose pixels are square."""
        height, width = picture.shape[:2]
        get = self._decoder.get
        across, down = get(cv2.CAP_PROP_SAR_NUM), get(cv2.CAP_PROP_SAR_DEN)
        if across <= 0 or down <= 0 or not 1 / _MAX_STRETCH <= across / down <= _MAX_STRETCH:
            return width, height
        if get(cv2.CAP_PROP_ORIENTATION_META) % 180:  # it was turned, and its pixels with it
            true_size = width, max(round(height * across / down), 1)
        else:
            true_size = max(round(width * across / down), 1), height
        return true_size if true_size[0] * true_size[1] <= MAX_PICTURE_PIXELS else (width, height)

    def _shaped(self, picture: Picture) -> Picture:
        """Bring a picture to its true size."""
        if picture.shape[1::-1] == self._size:
            return picture
        resized = cv2.resize(picture, self._size, interpolation=cv2.INTER_LINEAR)
        shaped = np.asarray(resized, np.uint8)
        shaped.flags.writeable = False
        return shaped

    def _note_end(self) -> None:
        """Correct the frame count where another one was promised."""
        found, promised = self._next, self._info.frame_count
        if not self._is_from_start or self._position != found - 1 or found == promised:
            return  # as promised; or wound there, which says nothing about the count
        if self._timeline is not None:
            self._set_timeline(self._timeline.without(found, promised))
            return
        if found < promised * _SHORT_SHARE:
            if self._remote:
                raise self._too_short(promised, found)
            self._warnings.append(self._too_short(promised, found))
        self._info = replace(self._info, frame_count=found, seekable=True)

    def _too_short(self, promised: int, found: int) -> SourceError:
        rule = text("must hold the {count} frames that it announces", count=promised)
        got = text("{count} (cut off?)", count=found)
        return SourceError(self._name, rule, got)


def open_video(path: str, name: str) -> VideoSource:
    """Open a video file.

    Raises
    ------
    SourceError
    """
    packets = read_packets(path, name)
    return VideoSource(lambda: FileDecoder(path, name), name, packets=packets)


def open_remote(
    url: str, name: str, live: bool | None, opening: Deadline, is_stopped: IsStopped
) -> VideoSource:
    """Open what FFmpeg reads from a server.

    Parameters
    ----------
    live : see ``VideoSource``.
    opening : until when the first picture must have come.

    Raises
    ------
    SourceError
    """
    deadlines = iter([opening])

    def connect() -> Decoder:
        # When it is opened again, that has to be done in the time of a read.
        deadline = next(deadlines, None) or Deadline(READ_TIMEOUT_S, name, is_stopped)
        return RemoteDecoder(url, name, deadline, is_stopped)

    return VideoSource(connect, name, live, remote=True)
