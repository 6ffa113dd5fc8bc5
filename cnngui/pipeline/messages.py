"""What is said between threads: of what kind it is, and what the screen shows and asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from cnngui.featuremaps.scaling import Scaling
from cnngui.featuremaps.statistics import ChannelOrder

TimeView = Literal["moment", "loop", "film"]
"""How maps of several moments are looked at: one of them, all one after the other, or all side by
side."""
TIME_VIEWS: tuple[TimeView, ...] = get_args(TimeView)


class NewestOnly:
    """A command or an event that tells how things stand.

    Of several of one class that wait, the newest takes the place of the others.
    """


@dataclass(frozen=True)
class Playback:
    """How the source is played.

    Attributes
    ----------
    playing : False stops the source; a camera or stream is let go until it is True again.
    speed : 1.0 is the medium's own; without effect on cameras and streams.
    loop : whether a medium that ends begins again.
    mirror : whether left and right change places, also for the network.
    """

    playing: bool = True
    speed: float = 1.0
    loop: bool = True
    mirror: bool = False


@dataclass(frozen=True)
class NumberRequest:
    """One number that somebody looks at, in the channel chosen.

    Attributes
    ----------
    at : its place (y, x) on the map; ``()`` of a flat layer, and where none was chosen yet.
    term : the input (by its place among those read) and channel whose terms are to be seen, also if
        others add more; None leaves that open.
    effective : whether it is also found out what the number really listens to.
    """

    at: tuple[int, ...] = ()
    term: tuple[int, int] | None = None
    effective: bool = False


@dataclass(frozen=True)
class ViewRequest:
    """What is on the screen, and so what is worth computing.

    Attributes
    ----------
    layer_id : the layer on the wall; "input" is allowed, empty means the last layer.
    channel : which of its channels the inspector shows.
    width, height : pixels the wall has.
    zoom, page : how the wall is laid out; see ``featuremaps.wall.plan_wall``.
    scaling : "map", "layer" or "locked"; see ``featuremaps.scaling``.
    clips : whether the bulk of each map sets its range; see ``featuremaps.bulk``.
    order : "index", "mean", "maximum" or "variance"; how the channels are sorted on the wall.
    sortings : how often the channels were to be sorted again: they stay where they are until then.
    thumbnails : the layers of which the strip shows a small picture.
    thumbnail_size : their (width, height) in pixels.
    wants_wall : whether the layer's wall, or its units, are to be seen or recorded at all.
    wants_channel : whether the inspector, with the channel and the scores, is to be seen at all.
    wants_scores : whether the scores are to be seen elsewhere.
    true_size : whether the wall's tiles have the maps' size relative to the input.
    moment : the moment looked at, counted back from the newest, which is 0.
    time : whether others are seen, too, and how.
    number : the number that is taken apart; None where nobody looks at one.
    shift : pixels down and to the right by which the picture is shifted to see what changes; None
        where nobody looks at that.
    """

    layer_id: str = ""
    channel: int = 0
    width: int = 800
    height: int = 600
    zoom: float = 1.0
    page: int = 0
    scaling: Scaling = "map"
    clips: bool = False
    order: ChannelOrder = "index"
    sortings: int = 0
    thumbnails: tuple[str, ...] = ()
    thumbnail_size: tuple[int, int] = (96, 72)
    wants_wall: bool = True
    wants_channel: bool = True
    wants_scores: bool = False
    true_size: bool = False
    moment: int = 0
    time: TimeView = "moment"
    number: NumberRequest | None = None
    shift: tuple[int, int] | None = None

    def middle_of(self, sizes: Sequence[int]) -> tuple[int, ...]:
        """Return the middle of maps (T,) H, W, at the moment looked at; ``()`` of a flat layer."""
        if len(sizes) != 3:
            return tuple(size // 2 for size in sizes)
        return self.moment_in(sizes[0]), sizes[1] // 2, sizes[2] // 2

    def moment_in(self, count: int) -> int:
        """Return which of so many moments is looked at, from 0 for the oldest."""
        return max(count - 1 - self.moment, 0)

    def moments_in(self, count: int) -> range:
        """Return which of so many moments are seen in some way."""
        chosen = self.moment_in(count)
        return range(chosen, chosen + 1) if self.time == "moment" else range(count)
