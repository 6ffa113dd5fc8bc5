"""Which part of the picture, and of every map before, an output number can see.

Where the network sees several frames at once, that has a reach in time, too: which of them.

Two questions with two answers. ``regions`` is exact for one place, with the borders of the map and
all branches of the graph. ``fields`` is what one says of a layer as a whole: how large its windows
on the input are, how far apart, and how far the first begins outside; from interior places, as if
the picture had no end (Araujo, Norris and Sim, "Computing Receptive Fields of Convolutional Neural
Networks", Distill, 2019).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from cnngui.spec.layers import INPUT_ID, Box, LayerSpec, whole
from cnngui.spec.network import NetworkSpec
from cnngui.spec.shapes import Shape, infer


@dataclass(frozen=True)
class AxisField:
    """The receptive field along one axis.

    Attributes
    ----------
    size : of the largest window, in pixels of the input and of the padding around it; in frames
        along time.
    stride : pixels from one window to the next; None where that is not everywhere the same, or
        every window is the whole.
    padding : pixels by which the first window begins before the picture; None where ``stride`` is.
    """

    size: int
    stride: int | None
    padding: int | None


@dataclass(frozen=True)
class _Axis:
    """What is known of one axis of one tensor, as if the picture had no end."""

    even: tuple[int, int, int] | None
    """First and last pixel of the first window, and the stride; None where windows differ."""
    spans: tuple[range, ...]
    """What each place sees; pixels beyond the picture are counted from its first."""


def regions(
    network: NetworkSpec, layer_id: str, at: Sequence[int], channel: int | None = None
) -> Mapping[str, Box]:
    """Return by id what one place of a layer can see of the input and of every layer before it.

    Parameters
    ----------
    at : the place, ``()`` of a flat tensor.
    channel : the channel or unit; None means all of them.

    Returns
    -------
    One box per layer on the way and for "input", the channels first; where branches meet again, the
    smallest box around all of it. A layer that cannot be seen is absent.
    """
    report = infer(network)
    channels = range(report.shapes[layer_id][0]) if channel is None else range(channel, channel + 1)
    seen: dict[str, Box] = {layer_id: (channels, *(range(place, place + 1) for place in at))}
    for index in range(len(network.layers) - 1, -1, -1):
        layer = network.layers[index]
        part = seen.get(layer.id)
        if part is None:
            continue
        names = network.inputs_of(index)
        sources = [report.shapes[name] for name in names]
        reached = _reach(layer, part, sources, report.shapes[layer.id])
        for name, box in zip(names, reached, strict=False):
            if all(box):
                seen[name] = _around(seen[name], box) if name in seen else box
    return seen


def fields(network: NetworkSpec) -> Mapping[str, tuple[AxisField, ...]]:
    """Return by id ("input" included) the receptive field along each axis of the input.

    Height and width, with time before them where the input has several frames.
    """
    return _fields(network)


@lru_cache(maxsize=8)
def _fields(network: NetworkSpec) -> Mapping[str, tuple[AxisField, ...]]:
    report = infer(network)
    sizes = report.shapes[INPUT_ID][1:]
    known: dict[str, tuple[_Axis, ...]] = {
        INPUT_ID: tuple(
            _Axis((0, 0, 1), tuple(range(place, place + 1) for place in range(size)))
            for size in sizes
        )
    }
    for index, layer in enumerate(network.layers):
        if layer.id in report.shapes:
            names = network.inputs_of(index)
            sources = [report.shapes[name] for name in names]
            known[layer.id] = tuple(
                _axis(
                    layer,
                    axis,
                    sources,
                    report.shapes[layer.id],
                    [known[name][axis] for name in names],
                )
                for axis in range(-len(sizes), 0)
            )
    found = {name: tuple(map(_in_words, axes)) for name, axes in known.items()}
    return MappingProxyType(found)


def _in_words(axis: _Axis) -> AxisField:
    if axis.even is None:
        return AxisField(max(map(len, axis.spans)), None, None)
    first, last, stride = axis.even
    return AxisField(last - first + 1, stride, -first)


def _has(axis: int, shape: Shape) -> bool:
    """Tell whether a tensor has an axis of the input's, counted from the last: -1 for columns."""
    return len(shape) > -axis


def _axis(
    layer: LayerSpec, axis: int, sources: Sequence[Shape], shape: Shape, known: Sequence[_Axis]
) -> _Axis:
    if not _has(axis, shape):
        return _axis_of_all(layer, axis, sources, shape, known)
    if len(known) == 1 and _reads_where_it_writes(layer, sources, shape):
        return known[0]
    count = shape[axis]
    reads = [_spans_read(layer, axis, place, sources, shape) for place in range(count)]
    evens: list[tuple[int, int, int] | None] = []
    seen: list[list[range]] = [[] for _ in range(count)]
    for source, there in enumerate(known[: len(reads[0])]):
        # What reads everything at every place would be looked through once for each.
        seen_by_read: dict[range, range] = {}
        read = [places[source] for places in reads]
        even = _through(_even_window(layer, axis, source, sources, shape, read), there.even)
        evens.append(even)
        for place in range(count):
            if even is None and read[place] not in seen_by_read:
                seen_by_read[read[place]] = _seen(there, read[place])
            found = seen_by_read[read[place]] if even is None else _window_at(even, place)
            if read[place] and found:
                seen[place].append(found)
    return _Axis(_together(evens), tuple(map(_hull, seen)))


def _reads_where_it_writes(layer: LayerSpec, sources: Sequence[Shape], shape: Shape) -> bool:
    """Whether a layer passes on the very places that it is asked for: most layers of many do."""
    place = tuple(range(side - 1, side) for side in shape)
    return _reach(layer, place, sources, shape)[0] is place


def _window_at(even: tuple[int, int, int], place: int) -> range:
    first, last, stride = even
    return range(first + place * stride, last + 1 + place * stride)


def _axis_of_all(
    layer: LayerSpec, axis: int, sources: Sequence[Shape], shape: Shape, known: Sequence[_Axis]
) -> _Axis:
    """Return what a tensor without the axis sees: its values are in no order along it."""
    reached = _reach(layer, whole(shape), sources, shape)
    seen = []
    for source, box in enumerate(reached):
        spans = known[source].spans
        places = box[axis] if _has(axis, sources[source]) else range(len(spans))
        seen += [spans[place] for place in places if place < len(spans)]
    return _Axis(None, (_hull([span for span in seen if span]),))


def _spans_read(
    layer: LayerSpec, axis: int, place: int, sources: Sequence[Shape], shape: Shape
) -> list[range]:
    """Return what one place of an axis reads of the same axis of each source."""
    part = list(whole(shape))
    part[axis] = range(place, place + 1)
    boxes = _reach(layer, tuple(part), sources, shape)
    return [
        (box[axis] if all(box) else range(0)) if len(box) > -axis else range(1) for box in boxes
    ]


def _seen(axis: _Axis, read: range) -> range:
    """Return what a run of places sees together."""
    if len(axis.spans) == 1:  # also a flat tensor's, whose units count as one place
        return axis.spans[0]
    return _hull([span for span in axis.spans[read.start : read.stop] if span])


def _even_window(
    layer: LayerSpec,
    axis: int,
    source: int,
    sources: Sequence[Shape],
    shape: Shape,
    reads: Sequence[range],
) -> tuple[int, int, int] | None:
    """Return first and last value of the first window and the stride, if all windows are alike.

    Borders cut windows off. So they are looked at in the middle of a larger tensor, and believed
    if they tell what is read of the real one; or as they are, which even adaptive poolings are.
    """
    if not _has(axis, sources[source]):
        return None
    size = sources[source][axis]
    for window in (_in_the_middle(layer, axis, source, sources), _as_they_are(reads, size)):
        if window is not None and all(
            read == _cut(_window_at(window, place), size) for place, read in enumerate(reads)
        ):
            return window
    return None


def _in_the_middle(
    layer: LayerSpec, axis: int, source: int, sources: Sequence[Shape]
) -> tuple[int, int, int] | None:
    more = 2 * max(max(shape[1:], default=1) for shape in sources) + 64
    larger = [
        tuple(
            side + more if (place and side > 1) or (len(shape) > 1 and place) else side
            for place, side in enumerate(shape)
        )
        for shape in sources
    ]
    try:
        shape = layer.output_shape(larger) if layer.enabled else larger[0]
    except Exception:
        return None
    if not _has(axis, shape) or shape[axis] < 5:
        return None
    place = shape[axis] // 2
    here, there = (
        _spans_read(layer, axis, where, larger, shape)[source] for where in (place, place + 1)
    )
    size = larger[source][axis]
    if not here or not there or here.start == 0 or there.stop == size:
        return None
    stride = there.start - here.start
    if stride < 1 or there.stop - here.stop != stride:
        return None
    return here.start - place * stride, here.stop - 1 - place * stride, stride


def _as_they_are(reads: Sequence[range], size: int) -> tuple[int, int, int] | None:
    if len(reads) < 2 or not (reads[0] and reads[1]):
        return None
    stride = reads[1].start - reads[0].start
    if stride < 1 or len(reads[0]) == size:
        return None
    return reads[0].start, reads[0].stop - 1, stride


def _cut(window: range, size: int) -> range:
    found = range(max(window.start, 0), min(window.stop, size))
    return found if found else range(0)


def _through(
    window: tuple[int, int, int] | None, even: tuple[int, int, int] | None
) -> tuple[int, int, int] | None:
    """Return windows on windows."""
    if window is None or even is None:
        return None
    (first, last, stride), (below, above, step) = window, even
    return below + first * step, above + last * step, stride * step


def _together(evens: Sequence[tuple[int, int, int] | None]) -> tuple[int, int, int] | None:
    known = [even for even in evens if even is not None]
    if len(known) < len(evens) or len({stride for *_, stride in known}) != 1:
        return None
    return min(even[0] for even in known), max(even[1] for even in known), known[0][2]


def _reach(layer: LayerSpec, part: Box, sources: Sequence[Shape], shape: Shape) -> list[Box]:
    # A bypassed layer passes on the first of what it reads.
    return layer.reach(part, sources, shape) if layer.enabled else [part]


def _around(one: Box, other: Box) -> Box:
    return tuple(_hull([a, b]) for a, b in zip(one, other, strict=True))


def _hull(spans: Sequence[range]) -> range:
    if not spans:
        return range(0)
    return range(min(span.start for span in spans), max(span.stop for span in spans))
