"""One number of the layer that is shown, with the terms that make it, and pictures around it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cnngui.featuremaps.scaling import encode
from cnngui.pipeline.lenses.lens import Lens, Request, Scene, Seen, Values, sealed
from cnngui.spec.layers import INPUT_ID

if TYPE_CHECKING:
    # The first maps explain no number.
    from cnngui.explain.number import Moments, Number, Question
    from cnngui.explain.number import Values as Doubles

MOST_PICTURES = 16
"""Channels of which pictures are drawn: those that add most, and the one chosen."""
_MOST_MOMENTS = 48
"""Pictures in all, where each channel has one for each moment that is read."""
PictureKey: TypeAlias = tuple[int, int, int]
"""Place among the layer's inputs, channel, and moment; 0 where maps have none."""
_PICTURE_SIDE = 160
"""Pixels: a larger map is drawn from every second value, or fewer."""


@dataclass(frozen=True, eq=False)
class MapPicture:
    """A map at one moment as a small picture.

    Attributes
    ----------
    codes : uint8 ``(h, w)``, places in a colour table.
    height, width : of the map itself.
    signed : whether the colours run both ways from zero.
    """

    codes: NDArray[np.uint8]
    height: int
    width: int
    signed: bool


@dataclass(frozen=True, eq=False)
class NumberResult:
    """One number and what is seen around it.

    Attributes
    ----------
    layer_id : its layer.
    number : the number itself.
    sources : pictures of the maps that it reads, at the moments that it reads them at.
    source_scales : for each of the layer's inputs the value drawn with the strongest colour.
    output : the whole map that the number is part of, at its moment; None if its layer is flat.
    output_values : float32 ``(H, W)``, that map at its moment; None if the layer is flat.
    chain : the elementwise layers that alone read the layer, one after the other, each with the
        number that it makes of the one before.
    """

    layer_id: str
    number: Number
    sources: Mapping[PictureKey, MapPicture]
    source_scales: Mapping[int, float]
    output: MapPicture | None
    output_values: NDArray[np.float32] | None
    chain: tuple[Number, ...]


class NumberLens(Lens[NumberResult]):
    """Copies what one number is made of while it can be seen."""

    is_looked_at_first = True

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self._read: dict[int, Doubles] = {}
        self._moments: Moments | None = None
        self._pictures: dict[PictureKey, MapPicture] = {}
        self._scales: dict[int, float] = {}
        self._question: Question | None = None

    def observers(self) -> Mapping[Request, Callable[[Seen], None]]:
        """Ask for the layer and all that it reads, if somebody looks at one of its numbers."""
        scene = self.scene
        wanted, shown_id = scene.view.number, scene.shown_id
        if wanted is None or shown_id == INPUT_ID:
            return {}
        channel, at = scene.number_place(shown_id, wanted.at)
        self._question = scene.network.question(shown_id, channel, at)
        calls: dict[Request, Callable[[Seen], None]] = dict.fromkeys(
            self._question.sources, self._take_source
        )
        calls[shown_id] = self._take_output
        return calls

    def _take_source(self, seen: Seen) -> None:
        question = self._question
        if question is None:
            return
        found, moments = question.read(seen.layer_id, seen.view)
        self._read |= found
        self._moments = self._moments or moments
        if seen.view.ndim == 1:
            return
        chosen = self.scene.view.number.term if self.scene.view.number is not None else None
        for place, values in found.items():
            channels = question.taps.channel[question.taps.source == place]
            drawn = self._strongest(place, channels, values, chosen)
            self._draw(place, self._moments_of(place, drawn, seen), seen)

    def _strongest(
        self,
        place: int,
        channels: NDArray[np.intp],
        values: Doubles,
        chosen: tuple[int, int] | None,
    ) -> list[int]:
        """Return the channels that add most, and the chosen one."""
        question = self._question
        every = np.unique(channels)
        if question is None or len(every) <= MOST_PICTURES:
            return [int(channel) for channel in every]
        weights = question.weights(self._parameters())[question.taps.source == place]
        with np.errstate(all="ignore"):
            sums = np.abs([np.sum((values * weights)[channels == one]) for one in every])
        strongest = every[np.argsort(-np.nan_to_num(sums), kind="stable")[:MOST_PICTURES]]
        found = [int(channel) for channel in strongest]
        if chosen is not None and chosen[0] == place and chosen[1] in every:
            found.insert(0, chosen[1])
        return found

    def _moments_of(
        self, place: int, channels: list[int], seen: Seen
    ) -> list[tuple[int, int | None]]:
        """Return channels each with the moments at which it is read, not too many in all."""
        question = self._question
        if question is None or seen.view.ndim == 3:
            return [(channel, None) for channel in channels]
        taps = question.taps
        mine = (taps.source == place) & taps.inside
        found: list[tuple[int, int | None]] = []
        for channel in channels:
            read = np.unique(taps.at[mine & (taps.channel == channel), 0])
            found += [(channel, int(moment)) for moment in read]
            if len(found) >= _MOST_MOMENTS:
                break
        return found

    def _draw(self, place: int, maps: list[tuple[int, int | None]], seen: Seen) -> None:
        pictures = {
            (channel, moment): _shrunk(
                seen.view[channel] if moment is None else seen.view[channel, moment]
            )
            for channel, moment in maps
        }
        finite = [
            np.abs(values[np.isfinite(values)]).max(initial=0.0) for values in pictures.values()
        ]
        scale = float(max(finite, default=0.0)) or 1.0
        self._scales[place] = scale
        height, width = seen.view.shape[-2:]
        for (channel, moment), values in pictures.items():
            self._pictures[place, channel, moment or 0] = _picture(
                values, scale, height, width, seen.signed
            )

    def _take_output(self, seen: Seen) -> None:
        from cnngui.explain.number import answer, chain_of

        question = self._question
        if question is None:
            return
        number = answer(
            question, question.pick(seen.view), self._read, self._moments, self._parameters()
        )
        output = values = None
        if seen.view.ndim > 1:
            whole = seen.view[(question.channel, *question.at[:-2])]
            values = sealed(whole.copy(order="C"))
            finite = values[np.isfinite(values)]
            scale = float(np.abs(finite).max(initial=0.0)) or 1.0
            height, width = values.shape
            output = _picture(values, scale, height, width, seen.signed)
        network = self.scene.network
        self._part = NumberResult(
            layer_id=seen.layer_id,
            number=number,
            sources=dict(self._pictures),
            source_scales=dict(self._scales),
            output=output,
            output_values=values,
            chain=chain_of(network.spec, network.weights, number),
        )

    def _parameters(self) -> Mapping[str, Values]:
        question = self._question
        return {} if question is None else self.scene.network.weights.get(question.layer.id, {})


def _shrunk(values: Values) -> Values:
    step = max(-(-max(values.shape) // _PICTURE_SIDE), 1)
    return np.ascontiguousarray(values[::step, ::step])


def _picture(values: Values, scale: float, height: int, width: int, signed: bool) -> MapPicture:
    codes = encode(values, -scale if signed else 0.0, scale)
    return MapPicture(sealed(codes), height, width, signed)
