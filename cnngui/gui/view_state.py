"""What the person is looking at, and the request for pictures that follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal, get_args

from PySide6.QtCore import QObject, Signal

from cnngui.explain.receptive import regions
from cnngui.featuremaps.colormaps import DIVERGING, DIVERGING_ON_DARK, SEQUENTIAL
from cnngui.featuremaps.scaling import Scaling
from cnngui.featuremaps.statistics import ChannelOrder
from cnngui.gui.document import Document
from cnngui.gui.folds import Folds
from cnngui.gui.playhead import Playhead, step_ms
from cnngui.gui.theme import is_dark
from cnngui.pipeline.messages import NumberRequest, TimeView, ViewRequest
from cnngui.spec.checks import Problem
from cnngui.spec.layers import INPUT_ID, Box
from cnngui.spec.network import NetworkSpec
from cnngui.spec.shapes import Shape, infer

AUTOMATIC = ""
"""The colour map that suits the theme."""


Sight = Literal["maps", "number", "network", "shift"]
"""What the large view shows: a layer's maps, how one of its numbers comes about, all layers, or
what a shift of the picture changes."""
_WITH_NUMBER = ("number", "network")
SIGHTS: tuple[Sight, ...] = get_args(Sight)


class ViewState(QObject):
    """The chosen channel, place, moment, zoom, scaling and colours; the layer is the document's.

    ``changed`` says that ``request()`` is another one: the pipeline must be asked anew.
    ``sight_changed`` says that the large view shows something else, ``place_changed`` that another
    place was chosen, ``regions_changed`` that other parts of the maps are to be marked.
    ``colormaps_changed`` concerns only how codes become colours.

    Attributes
    ----------
    playhead : which moment is shown while those of the layer are played.
    folds : which blocks of layers stand as one.
    """

    changed = Signal()
    sight_changed = Signal()
    place_changed = Signal()
    regions_changed = Signal()
    colormaps_changed = Signal()

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self.folds = Folds(document, self)
        self._request = ViewRequest(layer_id=document.selected_id, clips=True)
        self._is_minimised = self._is_recorded = False
        self.playhead = Playhead(self)
        self._sight: Sight = "maps"
        self._number = NumberRequest()
        self._strip_layers: tuple[str, ...] = ()
        self._graph_layers: tuple[str, ...] = ()
        self._pointed: tuple[str, tuple[int, ...]] | None = None
        self._regions: Mapping[str, Box] = {}
        self._chosen = (AUTOMATIC, AUTOMATIC)
        self._in_use = self._colormaps_to_use()
        # Kept, because the strip asks for every layer with every frame.
        self._inferred_for: NetworkSpec | None = None
        self._shapes: Mapping[str, Shape] = {}
        document.selection_changed.connect(self._on_document_selection_changed)
        document.running_changed.connect(self._on_document_running_changed)

    def request(self) -> ViewRequest:
        """Return what the pipeline should make pictures of: what nobody looks at costs nothing."""
        if not self._is_minimised:
            return self._request
        return replace(
            self._request,
            thumbnails=(),
            wants_wall=self._is_recorded,
            wants_channel=False,
            number=None,
            shift=None,
        )

    @property
    def network(self) -> NetworkSpec:
        """The network that runs."""
        return self._document.running_spec

    @property
    def layer_ids(self) -> tuple[str, ...]:
        """The input and the layers of the network that runs, in order."""
        return (INPUT_ID, *(layer.id for layer in self.network.layers))

    @property
    def layer_id(self) -> str:
        """The layer looked at. It may be one with a problem, which does not run."""
        return self._document.selected_id

    @property
    def problem(self) -> Problem | None:
        """The first problem of the network as edited, which is then not the one that runs."""
        return next(iter(self._document.report.problems), None)

    def shape_of(self, layer_id: str) -> Shape | None:
        """Return the shape of a layer's output in the network that runs; None if it has none."""
        if self._inferred_for is not self.network:
            self._inferred_for = self.network
            self._shapes = infer(self.network).shapes
        return self._shapes.get(layer_id)

    @property
    def channel(self) -> int:
        """The chosen channel of the layer, or unit of a flat one."""
        return self._request.channel

    @property
    def sight(self) -> Sight:
        """What the large view shows."""
        return self._sight

    @property
    def place(self) -> tuple[int, ...]:
        """The chosen place (y, x) or (t, y, x) of the layer's maps.

        Where none was chosen yet the middle, of the moment looked at. ``()`` of a flat layer, and
        of one without a shape.
        """
        sizes = (self.shape_of(self.layer_id) or (0,))[1:]
        if len(self._number.at) != len(sizes):
            return self._request.middle_of(sizes)
        return tuple(min(at, size - 1) for at, size in zip(self._number.at, sizes, strict=True))

    @property
    def moments(self) -> int:
        """How many moments the layer's maps have; 0 of a layer without."""
        return self.moments_of(self.layer_id)

    def moments_of(self, layer_id: str) -> int:
        """Return how many moments a layer's maps have; 0 of a layer without."""
        shape = self.shape_of(layer_id)
        return shape[1] if shape is not None and len(shape) == 4 else 0

    @property
    def moment(self) -> int:
        """The moment looked at, from 0 for the oldest that the layer has."""
        return self._request.moment_in(self.moments)

    @property
    def moments_back(self) -> int:
        """How many moments before the newest the one looked at is."""
        return self._request.moment

    @property
    def time(self) -> TimeView:
        """How maps of several moments are looked at."""
        return self._request.time

    @property
    def page(self) -> int:
        """The page of the wall, from 0."""
        return self._request.page

    @property
    def zoom(self) -> float:
        """1 where the whole wall fits its view."""
        return self._request.zoom

    @property
    def scaling(self) -> Scaling:
        """Which values share the darkest and the brightest colour."""
        return self._request.scaling

    @property
    def clips(self) -> bool:
        """Whether the bulk of each map sets its range, and what is stronger is clipped."""
        return self._request.clips

    @property
    def order(self) -> ChannelOrder:
        """By what the channels are sorted."""
        return self._request.order

    @property
    def sequential(self) -> str:
        """The colour map of maps that are never negative."""
        return self._in_use[0]

    @property
    def diverging(self) -> str:
        """The colour map of maps with both signs."""
        return self._in_use[1]

    @property
    def chosen_colormaps(self) -> tuple[str, str]:
        """The names chosen for maps without and with negative values, or ``AUTOMATIC``."""
        return self._chosen

    def colormap(self, signed: bool) -> str:
        """Return the name of the colour map for maps of that kind."""
        return self._in_use[signed]

    def select_layer(self, layer_id: str) -> None:
        """Look at another layer, or at the input."""
        self._document.select(layer_id)

    def step_layer(self, by: int) -> None:
        """Look at the layer ``by`` places further on, a folded block being one; stays at the ends.

        A layer that does not run is taken for the last.
        """
        stops = self.folds.stops(self.network)
        ids = (INPUT_ID, *(stop.layer_id for stop in stops))
        stop = self.folds.stop_of(self.network, self.layer_id)
        at = self.layer_id if stop is None else stop.layer_id
        here = ids.index(at) if at in ids else len(ids) - 1
        self.select_layer(ids[max(0, min(len(ids) - 1, here + by))])

    def select_channel(self, channel: int) -> None:
        """Choose a channel; the nearest there is if the layer has fewer."""
        self._update(channel=self._nearest_channel(channel))

    def show_sight(self, sight: Sight) -> None:
        """Show something else in the large view."""
        if sight == self._sight:
            return
        self._sight = sight
        self._pointed = None
        self._ask_for_number()
        self._follow_time()
        self.sight_changed.emit()
        self._find_regions()

    def select_place(self, at: tuple[int, ...]) -> None:
        """Choose a place of the layer's maps; the nearest there is if it lies outside."""
        sizes = (self.shape_of(self.layer_id) or (0,))[1:]
        if len(at) == len(sizes):
            held = [max(0, min(place, size - 1)) for place, size in zip(at, sizes, strict=True)]
            if len(held) == 3:
                self._update(moment=sizes[0] - 1 - held[0])
            self._set_number(replace(self._number, at=tuple(held)))

    def select_term(self, term: tuple[int, int] | None) -> None:
        """Choose the input (by its place among those read) and channel whose terms are shown."""
        self._set_number(replace(self._number, term=term))

    @property
    def regions(self) -> Mapping[str, Box]:
        """By layer id, "input" included, what the number looked at can see of it; or nothing.

        That is the number under the pointer, and on its page the one that is taken apart.
        """
        return self._regions

    def point_at(self, pointed: tuple[str, tuple[int, ...]] | None) -> None:
        """Say which place of which layer is under the pointer, if any.

        (row, column), or (t, row, column) of a layer with moments.
        """
        if pointed != self._pointed:
            self._pointed = pointed
            self._find_regions()

    def _find_regions(self) -> None:
        looked_at = self._pointed
        if looked_at is None and self._sight in _WITH_NUMBER:
            looked_at = self.layer_id, self.place
        found: Mapping[str, Box] = {}
        if looked_at is not None and looked_at[0] in self.network:
            shape = self.shape_of(looked_at[0])
            if shape is not None and len(shape) == len(looked_at[1]) + 1:
                channel = self.channel if len(shape) == 1 else None
                found = regions(self.network, looked_at[0], looked_at[1], channel)
        if found != self._regions:
            self._regions = found
            self.regions_changed.emit()

    def set_moment(self, moment: int) -> None:
        """Look at another moment, from 0 for the oldest; the nearest there is."""
        count = self.moments
        if count:
            self.look_back(count - 1 - max(0, min(moment, count - 1)))

    def look_back(self, moments: int) -> None:
        """Look at the moment so many before the newest, and at no other if they are played."""
        if self.time == "loop":
            self.set_time("moment")
        self._update(moment=moments)
        if len(self._number.at) == 3:
            self._set_number(replace(self._number, at=(self.moment, *self._number.at[1:])))

    def step_moment(self, by: int) -> None:
        """Look at a moment so many later; stays at either end."""
        self.set_moment(self.moment + by)

    def set_time(self, time: TimeView) -> None:
        """Look at one moment, at all one after the other, or at all side by side."""
        self._update(time=time, page=0, zoom=1.0)
        self._follow_time()

    def _follow_time(self) -> None:
        """Play the moments while somebody looks at that, and not else."""
        is_seen = self._sight == "maps" and not self._is_minimised
        if self.time == "loop" and self.moments > 1 and is_seen:
            self.playhead.play(self.moments, step_ms(self.network.input))
        else:
            self.playhead.stop()

    def set_page(self, page: int) -> None:
        """Turn to a page of the wall."""
        self._update(page=max(0, page))

    def set_zoom(self, zoom: float) -> None:
        """Ask for a wall magnified beyond its view; 1 fits it."""
        self._update(zoom=max(1.0, zoom))

    def set_scaling(self, scaling: Scaling) -> None:
        """Choose which values share one range of colours."""
        self._update(scaling=scaling)

    def set_clips(self, clips: bool) -> None:
        """Choose whether a few strong values are left out of what sets a map's range."""
        self._update(clips=clips)

    def set_order(self, order: ChannelOrder) -> None:
        """Choose by what the channels are sorted; they stay as they are until ``sort_again``."""
        self._update(order=order, page=0)

    def sort_again(self) -> None:
        """Sort the channels by what is seen now."""
        if self.order != "index":
            self._update(sortings=self._request.sortings + 1)

    def set_wall_size(self, width: int, height: int) -> None:
        """Say how many device pixels the wall has, so that it is drawn at the size shown."""
        self._update(width=max(1, width), height=max(1, height))

    def set_thumbnails(self, layer_ids: tuple[str, ...], size: tuple[int, int]) -> None:
        """Say which layers' thumbnails are on the screen, and their (width, height) in pixels."""
        self._strip_layers = layer_ids
        self._update(thumbnails=self._thumbnails(), thumbnail_size=size)

    def set_graph_thumbnails(self, layer_ids: tuple[str, ...]) -> None:
        """Say which layers' thumbnails the page of the whole network shows, besides the strip's."""
        self._graph_layers = layer_ids
        self._update(thumbnails=self._thumbnails())

    def set_effective(self, effective: bool) -> None:
        """Say whether it is to be found out what the number looked at really listens to."""
        self._set_number(replace(self._number, effective=effective))

    def set_true_size(self, true_size: bool) -> None:
        """Draw maps at their size relative to the input, or as large as there is room."""
        self._update(true_size=true_size, page=0, zoom=1.0)

    def set_shift(self, by: tuple[int, int] | None) -> None:
        """Say by how many pixels the picture is shifted; None if nobody looks at what that does."""
        self._update(shift=by)

    def _thumbnails(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self._strip_layers, *self._graph_layers)))

    def set_inspector_shown(self, shown: bool) -> None:
        """Say whether the inspector can be seen, and so whether its channel is worth the work."""
        self._update(wants_channel=shown)

    def set_verdict_shown(self, shown: bool) -> None:
        """Say whether the strongest class is to be seen in a window of its own."""
        self._update(wants_scores=shown)

    def set_minimised(self, minimised: bool) -> None:
        """Say whether the window is an icon, so that nobody looks."""
        if minimised != self._is_minimised:
            self._is_minimised = minimised
            self._follow_time()
            self.changed.emit()

    def set_recorded(self, recorded: bool) -> None:
        """Say whether the wall is written to a film, whoever looks."""
        if recorded != self._is_recorded:
            self._is_recorded = recorded
            self.changed.emit()

    def set_colormaps(self, sequential: str, diverging: str) -> None:
        """Choose both colour maps; a name that does not exist leaves that one as it is."""
        self._chosen = (
            sequential if sequential in (AUTOMATIC, *SEQUENTIAL) else self._chosen[0],
            diverging if diverging in (AUTOMATIC, *DIVERGING) else self._chosen[1],
        )
        self.follow_theme()

    def follow_theme(self) -> None:
        """Take the colour maps that suit the theme on the screen, where none was chosen."""
        in_use = self._colormaps_to_use()
        if in_use != self._in_use:
            self._in_use = in_use
            self.colormaps_changed.emit()

    def _colormaps_to_use(self) -> tuple[str, str]:
        sequential, diverging = self._chosen
        # Zero, which most of a map is near, must not glare in the dark.
        suitable = DIVERGING_ON_DARK if is_dark() else DIVERGING[0]
        return sequential or SEQUENTIAL[0], diverging or suitable

    def _update(self, **changes: Any) -> None:
        request = replace(self._request, **changes)
        if request != self._request:
            self._request = request
            self.changed.emit()

    def _set_number(self, number: NumberRequest) -> None:
        if number != self._number:
            self._number = number
            self._ask_for_number()
            self.place_changed.emit()
            self._find_regions()

    def _ask_for_number(self) -> None:
        self._update(number=self._number if self._sight in _WITH_NUMBER else None)

    def _nearest_channel(self, channel: int) -> int:
        shape = self.shape_of(self.layer_id)
        return max(0, min(channel, shape[0] - 1)) if shape else 0

    def _on_document_selection_changed(self, layer_id: str) -> None:
        self._follow_place(self.shape_of(self._request.layer_id), self.shape_of(layer_id))
        self._update(
            layer_id=layer_id,
            channel=self._nearest_channel(self.channel),
            page=0,
            zoom=1.0,
            number=self._number if self._sight in _WITH_NUMBER else None,
        )
        self._follow_time()
        self.place_changed.emit()
        self._pointed = None
        self._find_regions()

    def _on_document_running_changed(self) -> None:
        self.select_channel(self.channel)
        self._follow_time()
        self._pointed = None
        self._find_regions()

    def _follow_place(self, before: Shape | None, after: Shape | None) -> None:
        """Stay at the same part of the picture when another layer is looked at."""
        at: tuple[int, ...] = ()
        if before is not None and after is not None and len(before) == len(after) > 1:
            places = zip(self._number.at, before[1:], after[1:], strict=False)
            at = tuple((2 * place + 1) * there // (2 * here) for place, here, there in places)
        self._number = NumberRequest(at=at, effective=self._number.effective)
