"""What is computed, in which order and in which pieces: decisions about a network, no memory yet.

Layers are gathered into *steps*: a layer, and those after it that can go on with the rows it has
just computed while they are in the cache (activation, normalisation, pooling). A step is cut into
*bands* of rows or images, which threads take one after the other.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from math import ceil, prod

from cnngui.engine.glimpse import Glimpse
from cnngui.engine.memory import Sharing, share
from cnngui.engine.ops.live.layer import Cut, shape4
from cnngui.engine.ops.live.layout import prefers_pixels
from cnngui.engine.ops.live.tensor import Margins, Part
from cnngui.engine.ops.moments import images_of, samples_of
from cnngui.engine.work import GlimpsePart, Node, Piece, Stage, cut, divided, without_implied_needs
from cnngui.spec.layers import INPUT_ID, Box, moments

_BAND_BYTES = 1_000_000
"""What a band may touch: it should stay in a core's own cache (0.5 to 2 MB) from layer to layer."""
_FEWEST_BANDS = 8
"""A step with much to do has so many that no thread waits long for the last one."""
_BANDS_AT_ONCE = 2
"""Bands are so many or a multiple, so that two threads end together."""
_WORTH_A_BAND_NS = 100_000
"""Nanoseconds. For less, the calls of one more band take longer than it helps. What takes that long
is for several threads, which would else wait for the one that does it."""
_FEWEST_UNITS = 16
"""A line of the cache."""


class Plan:
    """The decisions for one batch size and one set of tensors that are asked for.

    Attributes
    ----------
    wanted : what is asked for.
    input_shape : ``(C, H, W)`` or ``(C, T, H, W)``.
    glimpses : those taken band by band. The others are of tensors that are kept.
    origins : for each layer id the one whose tensor it has: its own, or of what passes unchanged,
        or of the layer that does its work.
    shapes : ``(N * T, C, H, W)`` of each tensor that is computed, and of the input.
    moments : how many images of each tensor are of one sample: T, or 1.
    steps : ids of the layers computed together; each but the first reads the one before it, and
        nothing else that is not made by an earlier step.
    kept : tensors that are asked for, or read by another step. Others exist a band at a time.
    margins : the zeros around each tensor.
    with_pixels_outermost : tensors that lie so; the others have rows outermost.
    place_of : for each tensor that is kept the one in whose memory it lies.
    """

    def __init__(
        self,
        nodes: Mapping[str, Node],
        input_shape: tuple[int, ...],
        images: int,
        wanted: Collection[str | Glimpse],
    ) -> None:
        self.wanted = tuple(wanted)
        glimpses = [request for request in wanted if isinstance(request, Glimpse)]
        glimpsed = [glimpse.layer_id for glimpse in glimpses]
        whole = [request for request in wanted if isinstance(request, str)]
        # There is nothing to spare in flat layers.
        whole += [name for name in glimpsed if name in nodes and len(nodes[name].shape) == 1]
        self.input_shape = input_shape
        self.origins = _origins(nodes)
        self.nodes = _needed(nodes, self.origins, [*whole, *glimpsed])
        self._absorb_layers([*whole, *glimpsed])
        inner = {INPUT_ID: input_shape} | {name: node.shape for name, node in self.nodes.items()}
        self.moments = {name: moments(shape) for name, shape in inner.items()}
        self.shapes = {name: shape4(images, shape) for name, shape in inner.items()}
        self.with_pixels_outermost = self._choose_layouts()
        self.steps = [tuple(step) for step in self._gather_steps()]
        self.kept = {self.origins[name] for name in whole} | self._read_by_other_steps()
        # A glimpse of some channels is not to be had of bands that have others.
        cut_by_units = {name for step in self.steps if self._cut(step).by_units for name in step}
        self.kept |= cut_by_units.intersection(self.origins[name] for name in glimpsed)
        self.glimpses = [
            glimpse for glimpse in glimpses if self.origins[glimpse.layer_id] not in self.kept
        ]
        self.margins = self._find_margins()
        asked_for = {self.origins[name] for name in (*whole, *glimpsed)}
        self._sharing = self._share_memory(self.kept - asked_for - {INPUT_ID})
        self.place_of = self._sharing.place_of

    def _share_memory(self, names: Collection[str]) -> Sharing:
        steps = [(INPUT_ID,), *self.steps]
        written = [[name for name in step if name in self.kept] for step in steps]
        read = [{source for name in step for source in self.sources(name)} for step in steps]
        kinds = {
            name: (
                self.shapes[name],
                self.moments[name],
                self.margins[name],
                name in self.with_pixels_outermost,
            )
            for name in names
        }
        return share(written, [names.intersection(self.kept) for names in read], kinds)

    def bands(self, step: Sequence[str], images: range | None = None) -> list[Part]:
        """Cut a step, or some images of a single sample.

        Bands do not depend on the number of threads, and so results do not.
        """
        if images is None:
            return self._bands(step, self.shapes[step[-1]][0])
        first = images.start
        return [
            replace(part, images=range(part.images.start + first, part.images.stop + first))
            for part in self._bands(step, len(images))
        ]

    def _bands(self, step: Sequence[str], images: int) -> list[Part]:
        _, channels, height, width = self.shapes[step[-1]]
        samples = ceil(images / self.moments[step[-1]])
        first = step[0]
        if first == INPUT_ID:
            count = ceil(images * channels * height * width * 4 / _BAND_BYTES)
            return cut(images, height, count, splits_rows=True)
        head, cut_ = self.nodes[first].layer, self._cut(step)
        values = head.scratch_values(self.shapes[self.sources(first)[0]], self.shapes[first]) + sum(
            prod(self.shapes[name][1:]) for name in step
        )
        work = sum(
            self.nodes[name].layer.nanoseconds(
                self.shapes[name],
                self.nodes[name].multiply_adds * images // self.moments[step[-1]],
            )
            for name in step
        )
        count = 1 if cut_.by_units else ceil(images * values * 4 / _BAND_BYTES)
        if work >= _WORTH_A_BAND_NS:
            count = max(count, _BANDS_AT_ONCE, min(_FEWEST_BANDS, int(work / _WORTH_A_BAND_NS)))
        count = min(count, max(cut_.most, _BANDS_AT_ONCE))
        if count > 1:
            count = ceil(count / _BANDS_AT_ONCE) * _BANDS_AT_ONCE
        if cut_.by_units:
            # Not by images, each of which would need all weights.
            units = divided(self.shapes[first][1], count, _FEWEST_UNITS)
            return [Part(range(images), range(height), some) for some in units]
        if head.looks_across and not head.splits_moments:
            parts = cut(samples, height, count, head.splits_rows)
            return [_of_whole_samples(part, images // samples) for part in parts]
        return cut(images, height, count, head.splits_rows, cut_.rows)

    def _cut(self, step: Sequence[str]) -> Cut:
        first = step[0]
        pixels = first in self.with_pixels_outermost
        return self.nodes[first].layer.cut(self.shapes[first], pixels=pixels)

    def pieces(self, images: Mapping[str, Sequence[range]] | None = None) -> list[Piece]:
        """Return everything to be computed, in an order in which it can be.

        Parameters
        ----------
        images : by the last layer of each step, and "input", those that are computed, of a single
            sample; none of those that it does not name. All by default.
        """
        made: dict[str, list[tuple[int, Part]]] = {}
        pieces: list[Piece] = []
        numbers: list[range] = []  # of each step's pieces
        is_alone = False
        for place, step in enumerate([(INPUT_ID,), *self.steps]):
            if images is None:
                bands = self.bands(step)
            else:
                bands = [
                    band for some in images.get(step[-1], ()) for band in self.bands(step, some)
                ]
            if not bands:
                numbers.append(range(0))
                continue
            was_alone, is_alone = is_alone, len(bands) == 1
            freed = {n for other in self._sharing.freed_by.get(place, ()) for n in numbers[other]}
            if is_alone and was_alone:
                # To hand over such small work would take longer than to do it.
                last = pieces.pop()
                needs = {*last.needs, *freed, *self._needs(step, bands[0], made)} - {len(pieces)}
                pieces.append(Piece((*last.bands, (step, bands[0])), tuple(sorted(needs))))
            else:
                for band in bands:
                    needs = freed | self._needs(step, band, made)
                    pieces.append(Piece(((step, band),), tuple(sorted(needs))))
            first = len(pieces) - len(bands)
            numbers.append(range(first, len(pieces)))
            for number, band in enumerate(bands, first):
                for name, part in self.parts(step, band).items():
                    made.setdefault(name, []).append((number, part))
        return without_implied_needs(pieces)

    def _needs(
        self, step: Sequence[str], band: Part, made: Mapping[str, list[tuple[int, Part]]]
    ) -> set[int]:
        parts = self.parts(step, band)
        return {
            number
            for name, part in parts.items()
            if name != INPUT_ID
            for source, read in self._parts_read(name, part)
            if source not in parts
            for number, source_part in made.get(source, ())
            if source_part.meets(read)
        }

    def _parts_read(self, name: str, part: Part) -> list[tuple[str, Part]]:
        """Return what a part of a layer's output is made of."""
        node = self.nodes[name]
        sources = self.sources(name)
        shapes = [self._inner_shape(source) for source in sources]
        samples, some = samples_of(part.images, self.moments[name])
        if len(node.shape) == 1:
            box: Box = (part.units or range(node.shape[0]),)
        else:
            time = (some,) if len(node.shape) == 4 else ()
            box = (range(node.shape[0]), *time, part.rows, range(node.shape[-1]))
        reach = node.layer.description.reach(box, shapes, node.shape)
        parts = []
        for source, read in zip(sources, reach, strict=True):
            read_moments = read[1] if len(read) == 4 else range(1)
            images = images_of(samples, read_moments, self.moments[source])
            parts.append((source, Part(images, read[-2] if len(read) > 1 else range(1))))
        return parts

    def _inner_shape(self, name: str) -> tuple[int, ...]:
        return self.input_shape if name == INPUT_ID else self.nodes[name].shape

    def stages(self, step: Sequence[str], band: Part) -> list[Stage | GlimpsePart]:
        """Return the work for a band of the step's last layer, in the order of computing."""
        parts = self.parts(step, band)
        stages = [Stage(name, tuple(self.sources(name)), name, parts[name]) for name in step]
        moved = self._take_maxima_first(stages)
        work: list[Stage | GlimpsePart] = []
        for number, stage in enumerate(stages):
            # Who looks at a layer that was moved gets its values from what it would have read.
            for name in moved:
                if stage.sources == tuple(self.sources(name)):
                    work += self._glimpse_parts(name, stage.sources[0], parts[name])
            work.append(stage)
            if all(later.target != stage.target for later in stages[number + 1 :]):
                work += self._glimpse_parts(stage.target, stage.target, parts[stage.target])
        return work

    def _take_maxima_first(self, stages: list[Stage]) -> list[str]:
        """Take maxima before what never changes which of two numbers is larger.

        That is then done to fewer numbers. Returns the layers that now come after their pooling.
        """
        needed = set(self.kept)
        moved = []
        for place in reversed(range(len(stages) - 1)):
            bend, pool = stages[place], stages[place + 1]
            if (
                bend.target not in needed
                and self.nodes[bend.name].layer.commutes_with_maxima
                and self.nodes[pool.name].layer.takes_maxima
            ):
                target = pool.target
                stages[place] = Stage(pool.name, bend.sources, target, pool.part)
                stages[place + 1] = Stage(bend.name, (target,), target, pool.part)
                moved.append(bend.name)
                if any(self.origins[glimpse.layer_id] == bend.name for glimpse in self.glimpses):
                    needed.update(bend.sources)
        return moved

    def _glimpse_parts(self, name: str, source: str, part: Part) -> list[GlimpsePart]:
        return [
            GlimpsePart(glimpse, name, source, part)
            for glimpse in self.glimpses
            if self.origins[glimpse.layer_id] == name and glimpse.rows_within(part.rows)
        ]

    def _absorb_layers(self, looked_at: Collection[str]) -> None:
        """Let a layer do also what the only one that reads it does, if nobody looks at it."""
        readers: dict[str, list[str]] = {}
        for name in self.nodes:
            for source in dict.fromkeys(self.sources(name)):
                readers.setdefault(source, []).append(name)
        kept = {self.origins[wanted] for wanted in looked_at}
        for name, node in list(self.nodes.items()):
            source = self.sources(name)[0]
            if source in kept or source == INPUT_ID or readers[source] != [name]:
                continue
            merged = self.nodes[source].layer.absorb(node.layer)
            if merged is not None:
                self.nodes[source] = replace(self.nodes[source], layer=merged)
                del self.nodes[name]
                readers[source] = readers.pop(name, [])
                for passed, origin in self.origins.items():
                    if origin == name:
                        self.origins[passed] = source
                        if name in kept:
                            kept.add(source)

    def sources(self, name: str) -> list[str]:
        """Return the layers whose tensors a layer reads."""
        if name == INPUT_ID:
            return []
        return [self.origins[source] for source in self.nodes[name].inputs]

    def _gather_steps(self) -> list[list[str]]:
        steps: list[list[str]] = [[INPUT_ID]]
        place_of = {INPUT_ID: 0}  # in which step a layer is
        for name, node in self.nodes.items():
            sources = set(self.sources(name))
            *earlier, last = sorted(sources, key=lambda source: place_of[source])
            place = place_of[last]
            goes_on = node.layer.continues_band
            if earlier:
                # One that is repeated along rows has none that belong to the band's.
                is_as_large = self.shapes[last] == self.shapes[name]
                are_there = all(place_of[source] < place for source in earlier)
                goes_on = node.layer.is_place_by_place and is_as_large and are_there
                goes_on &= not node.layer.looks_across
            if goes_on and place and steps[place][-1] == last:
                steps[place].append(name)
            else:
                place = len(steps)
                steps.append([name])
            place_of[name] = place
        return steps[1:]

    def _read_by_other_steps(self) -> set[str]:
        inside = {pair for step in self.steps for pair in pairwise(step)}
        return {INPUT_ID, *(step[-1] for step in self.steps)} | {
            source
            for name in self.nodes
            for source in self.sources(name)
            if (source, name) not in inside
        }

    def _find_margins(self) -> dict[str, Margins]:
        margins = dict.fromkeys(self.shapes, Margins())
        for name, node in self.nodes.items():
            for source in self.sources(name):
                margins[source] = margins[source].union(node.layer.margins)
        return margins

    def _choose_layouts(self) -> set[str]:
        """Choose by shape, but by the layer where one works much better on pixels."""
        chosen = {
            name
            for name, (_, channels, _, width) in self.shapes.items()
            if prefers_pixels(channels, width)
        }
        for name, node in reversed(list(self.nodes.items())):
            if node.layer.wants_pixels(self.shapes[name]):
                chosen |= {name, *self.sources(name)}
            elif node.layer.is_elementwise and name in chosen:
                chosen.update(self.sources(name))
        for name, node in self.nodes.items():
            follows = node.layer.is_elementwise or (
                node.layer.keeps_layout and self.shapes[name][1] >= _FEWEST_UNITS
            )
            if follows and chosen.issuperset(self.sources(name)):
                chosen.add(name)
        return chosen

    def parts(self, step: Sequence[str], band: Part) -> dict[str, Part]:
        """Return what each layer of a step computes for a band of the last one.

        Together the bands cover every layer, also rows that no pooling window reaches.
        """
        rows = band.rows
        parts = {step[-1]: band}
        for name, following in reversed(list(pairwise(step))):
            is_last = rows.stop == self.shapes[following][2]
            read = self.nodes[following].layer.rows_read(rows)
            rows = range(read.start, self.shapes[name][2] if is_last else read.stop)
            parts[name] = Part(band.images, rows, band.units)
        return parts


def _origins(nodes: Mapping[str, Node]) -> dict[str, str]:
    origins = {INPUT_ID: INPUT_ID}
    for name, node in nodes.items():
        passes = node.layer.is_identity or not node.layer.description.enabled
        origins[name] = origins[node.inputs[0]] if passes else name
    return origins


def _needed(
    nodes: Mapping[str, Node], origins: Mapping[str, str], wanted: Collection[str]
) -> dict[str, Node]:
    """Return the layers that must be computed, in order."""
    needed = {origins[name] for name in wanted}
    for name, node in reversed(list(nodes.items())):
        if name in needed:
            needed.update(origins[source] for source in node.inputs)
    return {name: node for name, node in nodes.items() if name in needed}


def _of_whole_samples(part: Part, moments: int) -> Part:
    return Part(range(part.images.start * moments, part.images.stop * moments), part.rows)
