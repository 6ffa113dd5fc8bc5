"""Making a network fit: the classes that it is to tell apart, or what one of its layers needs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import prod

from cnngui.errors import Text, text
from cnngui.spec.checks import MAX_INPUT_FRAMES
from cnngui.spec.layers import INPUT_ID, LAYER_TYPES, LayerSpec
from cnngui.spec.network import NetworkSpec
from cnngui.spec.shapes import infer

_MOST_FEATURES = 8192
"""Larger maps are averaged before a Linear reads them: it would have most of the parameters."""


def fits_classes(spec: NetworkSpec, count: int) -> bool:
    """Return whether a network is valid and its last layer has one unit for each class."""
    report = infer(spec)
    return report.is_valid and report.shapes[spec.last_id] == (count,)


def mended_for_classes(spec: NetworkSpec, classes: tuple[str, ...]) -> NetworkSpec:
    """Return a network whose last layer has one unit for each class, and which names them.

    Where a Linear comes last, with nothing but Softmax and Dropout after it, its number of units
    is changed and its weights are drawn. Elsewhere a Linear and a Softmax are added, after a
    Flatten where maps come last, large ones averaged before. All other layers stay as they are.

    Raises
    ------
    NetworkError
        If the network has problems of its own, or as many layers or parameters as it may have.
    """
    infer(spec).raise_if_invalid()
    spec = replace(spec, classes=classes)
    if fits_classes(spec, len(classes)):
        return spec
    mended = _with_other_units(spec)
    if mended is None or not fits_classes(mended, len(classes)):
        # Other layers read what would be changed, and would no longer fit together.
        mended = _with_head(spec, len(spec.layers), spec.last_id, ("Linear", "Softmax"))
    infer(mended).raise_if_invalid()
    return mended


def _with_other_units(spec: NetworkSpec) -> NetworkSpec | None:
    """Return a network whose last layers are made to have as many units as there are classes."""
    source, softmax = _before_the_end(spec)
    if source != INPUT_ID and spec.layer(source).is_dense:
        units = spec.layer(source).size_argument
        return spec.edited(source, **{units: len(spec.classes)}, weights_id="", frozen=False)
    if softmax is None:
        return None
    place = spec.index_of(softmax)
    (read,) = spec.inputs_of(place)
    return _with_head(spec.edited(softmax, inputs=()), place, read, ("Linear",))


def _before_the_end(spec: NetworkSpec) -> tuple[str, str | None]:
    """Return the layer whose units the last layer passes on, and the first Softmax on that way.

    One that is bypassed is no Softmax; it may read several layers, and passes the first of them on.
    """
    source, softmax = spec.last_id, None
    while source != INPUT_ID and _passes_on(spec.layer(source)):
        layer = spec.layer(source)
        if layer.enabled and layer.arithmetic == "softmax":
            softmax = source
        source = spec.inputs_of(spec.index_of(source))[0]
    return source, softmax


def _passes_on(layer: LayerSpec) -> bool:
    return not layer.enabled or (layer.arithmetic in ("softmax", "copy") and layer.keeps_channels)


def _with_head(spec: NetworkSpec, place: int, read: str, kinds: tuple[str, ...]) -> NetworkSpec:
    """Insert layers that tell the classes apart at ``place``; the first reads ``read``."""
    shape = infer(spec).shapes[read]
    if len(shape) > 1:
        kinds = ("Flatten", *kinds)
        if prod(shape) > _MOST_FEATURES:
            kinds = ("GlobalAvgPool3d" if len(shape) == 4 else "GlobalAvgPool2d", *kinds)
    before = spec.layers[place - 1].id if place else INPUT_ID
    inputs = () if read == before else (read,)
    for kind in kinds:
        layer = LAYER_TYPES[kind](id=spec.fresh_id(kind), inputs=inputs)
        spec = spec.inserted(place, layer)
        if layer.is_dense:
            spec = spec.edited(layer.id, **{layer.size_argument: len(spec.classes)})
        place, inputs = place + 1, ()
    return spec


_FEWEST_FRAMES = 8
"""So many a network is offered that needs several: movement shows in them."""


@dataclass(frozen=True)
class Remedy:
    """An edit that ends a layer's problem.

    Attributes
    ----------
    words : what it does.
    spec : the network after it.
    """

    words: Text
    spec: NetworkSpec


def remedy_of(spec: NetworkSpec, layer_id: str) -> Remedy | None:
    """Return what ends the problems of a layer and brings none to others; None if nothing does.

    Each candidate is tried: one that does not help is not offered. What comes after the layer may
    turn out to have problems of its own, which nobody could know before.
    """
    report = infer(spec)
    if layer_id not in spec or not report.problems_of(layer_id):
        return None
    for remedy in _remedies(spec, layer_id):
        mended = infer(remedy.spec)
        harmed = {problem.layer_id for problem in mended.problems} & set(report.shapes)
        if layer_id in mended.shapes and not harmed:
            return remedy
    return None


def _remedies(spec: NetworkSpec, layer_id: str) -> Iterator[Remedy]:
    index = spec.index_of(layer_id)
    shapes = infer(spec).shapes
    sources = [shapes[name] for name in spec.inputs_of(index) if name in shapes]
    if spec.layers[index].rank == 0 and any(len(shape) > 1 for shape in sources):
        flat = LAYER_TYPES["Flatten"](id=spec.fresh_id("Flatten"), inputs=spec.layers[index].inputs)
        mended = spec.edited(layer_id, inputs=()).inserted(index, flat)
        yield Remedy(text("Add a Flatten before it"), mended)
    frames = _FEWEST_FRAMES
    while frames <= MAX_INPUT_FRAMES:
        if frames > spec.input.frames:
            mended = replace(spec, input=replace(spec.input, frames=frames))
            yield Remedy(text("Give the input {count} frames", count=frames), mended)
        frames *= 2
