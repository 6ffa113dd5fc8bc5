"""The frames of a video, one after the other or found by their numbers."""

from __future__ import annotations

import time
from collections.abc import Callable

from cnngui.capture.ffmpeg import Decoder
from cnngui.capture.timeline import REORDERED, Packets, Timeline
from cnngui.images.files import Picture


class FrameReader:
    """Reads a video, and knows where it is in it. To be closed.

    A frame's number is its place in the order in which frames are shown. It is told by its time
    stamp where the packets were read, and by counting elsewhere.

    Parameters
    ----------
    open_decoder : opens the video, now and whenever it must be read from its beginning again.
    packets : what its packets tell; None where they were not read.

    Attributes
    ----------
    decoder : open; it may be another one after every call.
    timeline : the time stamps of the frames there are, by what is known now; None if unknown.
    can_wind : whether FFmpeg finds places by time; otherwise it is read from its beginning.
    next : the number of the frame that ``take`` gives next.
    is_from_start : whether every frame before it was read, so that its number was counted.
    """

    def __init__(self, open_decoder: Callable[[], Decoder], packets: Packets | None) -> None:
        self._open_decoder = open_decoder
        self._packets = packets
        self.timeline = packets.timeline if packets is not None else None
        self.can_wind = True
        self.next = 0
        self.is_from_start = True
        self._is_grabbed = False
        self.decoder = open_decoder()

    def begin(self) -> Picture | None:
        """Return the first frame, which is not taken by that, and begin the timeline with it.

        Raises
        ------
        SourceError
        """
        if not self.decoder.grab():
            return None
        self._is_grabbed = True
        first = self.decoder.picture()
        if self.timeline is not None:
            self.can_wind = not self.timeline.has_twins
            self.timeline = self._as_decoded(self.timeline, self.decoder.time_ms())
        return first

    def take(self) -> Picture | None:
        """Return the next frame, None at the end.

        Raises
        ------
        SourceError
        """
        picture = self.decoder.picture() if self._grab() else None
        if picture is not None:
            self._is_grabbed = False
            self.next += 1
        return picture

    @property
    def is_at_end(self) -> bool:
        """Whether there was no next frame."""
        return not self._grab()

    def restart(self) -> None:
        """Read the video from its beginning again; that is exact whatever it consists of.

        Raises
        ------
        SourceError
        """
        self.decoder.close()
        self.decoder = self._open_decoder()
        self.next = 0
        self._is_grabbed = False
        self.is_from_start = True

    def find(self, position: int, end: float) -> None:
        """Make a frame the next one, if that can be done until a moment on the monotonic clock.

        Raises
        ------
        SourceError
        """
        if position == 0:
            self.restart()
        elif self.timeline is not None:
            self._find_by_time_stamps(self.timeline, position, end)
        else:
            if position < self.next:
                self.restart()
            self._go_on_to(position, end)

    def wind_by_rate(self, position: int, rate: float) -> None:
        """Let FFmpeg find the frame that is shown then, if the rate is what the video says.

        Raises
        ------
        SourceError
        """
        self.is_from_start = self._is_grabbed = False
        self.decoder.wind(1000.0 * position / rate)
        if self._grab():
            self.next = round(self.decoder.time_ms() * rate / 1000.0)

    def cut_off(self) -> None:
        """Forget the frames that were to come after the last one."""
        if self.timeline is not None:
            self.timeline = self.timeline.without(self.next, len(self.timeline))

    def close(self) -> None:
        """Close the file or connection."""
        self.decoder.close()

    def _grab(self) -> bool:
        """Go on to the next frame, unless it was grabbed already, and note which one it is."""
        if not self._is_grabbed:
            self._is_grabbed = self.decoder.grab()
            if self._is_grabbed and self.timeline is not None:
                self._note_place(self.timeline, self.decoder.time_ms())
        return self._is_grabbed

    def _note_place(self, timeline: Timeline, time_ms: float) -> None:
        """Compare a frame with what the packets told, and believe the frame."""
        if timeline.is_at(self.next, time_ms):
            return
        place = timeline.place_of(time_ms)
        if not self.is_from_start:
            self.next = self.next if place is None else place
        elif place is None or place < self.next:
            # Packets and frames have nothing to do with each other.
            self.timeline = None
        else:
            # Packets without a picture of their own: the frames between never come.
            self.timeline = timeline.without(self.next, place)

    def _find_by_time_stamps(self, timeline: Timeline, position: int, end: float) -> None:
        start = timeline.start_for(position)
        if start <= self.next < position:
            self._go_on_to(position, end)
            return
        # Where the first place is not one after all, the one before it may be.
        for place in (start, timeline.start_for(max(start - 2 * REORDERED, 0))):
            if not self.can_wind or place == 0:
                break
            self.is_from_start = self._is_grabbed = False
            self.decoder.wind(float(timeline.times_ms[place]))
            self.next = position + 1  # unless the frame's time stamp tells
            if self._grab() and self.next <= position:
                self._go_on_to(position, end)
                if self.next == position or time.monotonic() > end:
                    return
        self.restart()
        self._go_on_to(position, end)

    def _go_on_to(self, position: int, end: float) -> None:
        """Leave out the frames before a position."""
        while self._grab() and self.next < position and time.monotonic() < end:
            self._is_grabbed = False
            self.next += 1

    def _as_decoded(self, timeline: Timeline, first_ms: float) -> Timeline | None:
        """Return a timeline that begins with the first frame that was decoded."""
        place = timeline.place_of(first_ms)
        if place and self._packets is not None and self._packets.begins_with_key:
            # The packets bear the times at which they are decoded, not shown, and so may frames
            # after winding.
            self.can_wind = False
            return timeline.moved(first_ms - float(timeline.times_ms[0]))
        # A recording of something that went on already begins with what cannot be shown.
        return None if place is None else timeline.without(0, place)
