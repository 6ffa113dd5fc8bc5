"""Video files, and what FFmpeg reads from servers."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from cnngui.capture.deadline import Deadline, IsStopped
from cnngui.capture.ffmpeg import Decoder, FileDecoder, RemoteDecoder, codec_of
from cnngui.capture.frame_reader import FrameReader
from cnngui.capture.interlaced import seems_unconverted
from cnngui.capture.source import READ_TIMEOUT_S, Picture, Source, SourceInfo
from cnngui.capture.timeline import Packets, read_packets
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

_MOST_KEPT = 8
_MOST_KEPT_BYTES = 2**26


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
        self._position = 0
        self._wanted = 0
        self._kept: dict[int, Picture] = {}
        self._warnings: list[SourceError] = []
        self._has_warned_of_winding = False
        self._reader = FrameReader(open_decoder, packets)
        try:
            self._size, self._info = self._measured(live)
        except BaseException:
            self._reader.close()
            raise
        self._told = self._reader.timeline

    @property
    def info(self) -> SourceInfo:
        """By the time stamps where they are known; else as the container says, until its end."""
        timeline = self._reader.timeline
        if timeline is not self._told:  # something was learnt from reading
            self._told = timeline
            self._kept.clear()
            times = None if timeline is None else timeline.seconds()
            count = self._packets.count if self._packets is not None else 0
            count = count if timeline is None else len(timeline)
            self._info = replace(self._info, frame_count=count, times=times)
        return self._info

    @property
    def position(self) -> int:
        """Number of the frame read last."""
        return self._position

    def read(self) -> Picture | None:
        """Return the next frame; None at the end, also where a file is cut off."""
        picture = self._kept.get(self._wanted)
        if picture is not None:
            self._position = self._wanted
            self._wanted += 1
            return picture
        if self._wanted != self._reader.next:
            self._find(self._wanted)
        picture = self._reader.take()
        if picture is None:
            if self._info.live:
                raise SourceError(self._name, text("a stream must go on"), text("its end"))
            self._note_end()
            return None
        self._position = self._reader.next - 1
        self._wanted = self._reader.next
        return self._shaped(picture)

    def seek(self, position: int) -> None:
        """Make the next ``read`` give that frame, or say in a warning that it is another one."""
        if self._info.live:
            super().seek(position)
        count = self.info.frame_count
        position = min(max(position, 0), count - 1) if count else max(position, 0)
        is_step_back = position == self._position - 1
        if position in self._kept or position == self._wanted == self._reader.next:
            self._wanted = position
            return
        self._kept.clear()
        self._find(position)
        if is_step_back and self._reader.next == position:
            self._keep_up_to(position)

    def take_warnings(self) -> list[SourceError]:
        """Say once that a video is shorter than it says of itself, or cannot be wound exactly."""
        warnings, self._warnings = self._warnings, []
        return warnings

    def close(self) -> None:
        """Close the file or connection."""
        self._reader.close()
        self._kept.clear()

    def _find(self, position: int) -> None:
        reader = self._reader
        going_on = position - (reader.next if reader.next <= position else 0)
        if reader.timeline is None and reader.can_wind and going_on > _MOST_COUNTED:
            reader.wind_by_rate(position, self._info.rate)
            self._warn_of_rate()
        else:
            reader.find(position, time.monotonic() + _WIND_S)
        if reader.next != position and not reader.is_at_end:
            self._warn_of_winding(position, reader.next)
        self._wanted = reader.next

    def _keep_up_to(self, position: int) -> None:
        """Have the frames before a position at hand: who steps back once does it again.

        Finding one takes as long as finding a few of them.
        """
        width, height = self._size
        most = min(_MOST_KEPT, _MOST_KEPT_BYTES // (3 * width * height))
        first = max(position - most + 1, 0)
        if most < 2 or first == 0:
            return
        end = time.monotonic() + _WIND_S
        self._reader.find(first, end)
        while self._reader.next <= position and time.monotonic() < end:
            place = self._reader.next
            picture = self._reader.take()
            if picture is None:
                break
            self._kept[place] = self._shaped(picture)
        self._wanted = position

    def _warn_of_rate(self) -> None:
        if not self._has_warned_of_winding:
            self._has_warned_of_winding = True
            rule = text("must be short enough, and a file, for its frames to be counted")
            got = text("another one: frames are found by the nominal rate, a few may be missed")
            self._warnings.append(SourceError(self._name, rule, got))

    def _warn_of_winding(self, position: int, found: int) -> None:
        rule = text("frame {number} must be found within {most:g} s", number=position, most=_WIND_S)
        got = text("frame {number}, shown in its place", number=found)
        self._warnings.append(SourceError(self._name, rule, got))

    def _measured(self, live: bool | None) -> tuple[tuple[int, int], SourceInfo]:
        """Read the first frame, which alone tells the true size."""
        reader, packets = self._reader, self._packets
        get = reader.decoder.get
        width, height = int(get(cv2.CAP_PROP_FRAME_WIDTH)), int(get(cv2.CAP_PROP_FRAME_HEIGHT))
        if width * height > MAX_PICTURE_PIXELS:
            rule = text("a video's frame may have at most {most:,} pixels", most=MAX_PICTURE_PIXELS)
            raise SourceError(self._name, rule, f"{width:,} x {height:,}")
        first = reader.begin()
        if first is None:
            raise self._no_frame()
        if packets is not None and seems_unconverted(
            first, reader.decoder, packets, self._open_decoder
        ):
            rule = text("must be a film of whole frames to be converted here")
            raise SourceError(self._name, rule, text("an interlaced one"))
        promised = get(cv2.CAP_PROP_FRAME_COUNT)
        counted = not live and 0 < promised <= _MAX_FRAME_COUNT
        rate = get(cv2.CAP_PROP_FPS)
        rate = rate if 0 < rate < _MOST_RATE else 0.0
        reader.can_wind = reader.can_wind and counted and rate > 0
        count, times = int(promised) if counted else 0, None
        if packets is not None and packets.count:
            count = packets.count if reader.timeline is None else len(reader.timeline)
            # Of a variable rate, what is promised is the time with the usual rate.
            is_short = packets.seconds * rate < promised * _SHORT_SHARE
            is_short = is_short or not packets.seconds * rate
            if counted and is_short and packets.count < promised * _SHORT_SHARE:
                self._warnings.append(self._too_short(int(promised), count))
        if reader.timeline is not None:
            times = reader.timeline.seconds()
            if count > 1:
                mean = (count - 1) / float(times[-1])
                rate = rate if abs(rate - mean) < 0.01 * mean else mean
        size = self._true_size(first)
        return size, SourceInfo(
            self._name,
            *size,
            rate,
            count,
            live=live if live is not None else not counted,
            seekable=count > 0,
            times=times,
        )

    def _no_frame(self) -> SourceError:
        if self._packets is None or not self._packets.count:
            return SourceError(self._name, text("a video must have at least one frame"), 0)
        rule = text("must be in a codec that can be decoded here")
        return SourceError(self._name, rule, codec_of(self._reader.decoder))

    def _true_size(self, picture: Picture) -> tuple[int, int]:
        """Return the width and height of a picture whose pixels are square."""
        height, width = picture.shape[:2]
        get = self._reader.decoder.get
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
        reader, promised = self._reader, self.info.frame_count
        found = reader.next
        if not reader.is_from_start or self._position != found - 1 or found == promised:
            return  # as promised; or wound there, which says nothing about the count
        if reader.timeline is not None:
            reader.cut_off()
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
