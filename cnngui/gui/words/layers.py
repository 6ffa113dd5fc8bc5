"""What each type of layer is called and how it looks: one row per type.

A new type gets its row here, and the translations of what it says.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from PySide6.QtCore import QCoreApplication

from cnngui.gui.words.numbers import number_text, shape_label
from cnngui.gui.words.translation import QT_TRANSLATE_NOOP, spoken
from cnngui.spec.layers import LayerSpec, arguments_of

Curve = Callable[[float], float]
"""y over x, both from -1 to 1."""


@dataclass(frozen=True)
class LayerWords:
    """A type's row.

    Attributes
    ----------
    menu : what the menu says about it.
    fact : what the inspector says, in one or two plain sentences; arguments stand in braces.
    icon : a glyph's name, or the curve that is drawn in its place: activations look like what they
        are. What spans time is drawn with a second sheet behind it.
    shows : the arguments that the network's row shows.
    meanings : what arguments mean that mean something else to other types.
    """

    menu: str
    fact: str
    icon: str | Curve
    shows: tuple[str, ...] = ()
    meanings: Mapping[str, str] = field(default_factory=dict)


def words_of(layer_type: str) -> LayerWords:
    """Return a type's row; KeyError if it has none."""
    return _ROWS[layer_type]


def menu_text(layer_type: str) -> str:
    """Say in a few words what a type does, to someone who looks for it."""
    return spoken("Layers", _ROWS[layer_type].menu)


def layer_fact(layer: LayerSpec | None) -> str:
    """Say what a layer does to its input; None is the network's input itself."""
    if layer is None:
        return QCoreApplication.translate(
            "Layers", "What the network sees: one channel per colour, before any layer."
        )
    if not layer.enabled:
        return QCoreApplication.translate("Layers", "Bypassed: what it reads passes unchanged.")
    values = {name: _shown(getattr(layer, name)) for name in arguments_of(type(layer))}
    return spoken("Layers", _ROWS[layer.type].fact).format(**values)


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return shape_label(value)
    return number_text(value, digits=6) if isinstance(value, int | float) else str(value)


_WINDOW = ("kernel_size", "stride", "padding")
_KERNEL = ("kernel_size", "out_channels", "stride", "padding", "dilation", "groups")
_SPAN_OF_TIME = QT_TRANSLATE_NOOP(
    "Meanings",
    "Over how many moments the window that slides reaches; then its height and width",
)
_STRIDE_IN_TIME = QT_TRANSLATE_NOOP(
    "Meanings",
    "By how many moments, rows and columns the window moves on: 2 makes half as many of them",
)
_WINDOW_IN_TIME = {"kernel_size": _SPAN_OF_TIME, "stride": _STRIDE_IN_TIME}
_LAID_FARTHER = QT_TRANSLATE_NOOP(
    "Meanings", "How far apart kernels are laid: 2 makes maps twice as large"
)
_CUT_OFF = QT_TRANSLATE_NOOP("Meanings", "How much of the result is cut off around it")
_PUT_AROUND = QT_TRANSLATE_NOOP(
    "Meanings",
    "What is put around: one constant value, what a mirror at the edge would show, or the value at "
    "the edge again and again",
)
_REPEATED_OR_BETWEEN = QT_TRANSLATE_NOOP(
    "Meanings", "Whether each value is repeated, or new ones lie on straight lines in between"
)


def _between(least: float, x: float, most: float) -> float:
    return min(max(x, least), most)


_ROWS: dict[str, LayerWords] = {
    "Conv2d": LayerWords(
        QT_TRANSLATE_NOOP("Layers", "Slides kernels over the maps: one new map per kernel"),
        QT_TRANSLATE_NOOP(
            "Layers",
            "One {kernel_size} kernel slides over all input channels. At each position the "
            "products with the values under it, and the bias, add up to one number of this map.",
        ),
        "grid",
        _KERNEL,
    ),
    "ConvTranspose2d": LayerWords(
        QT_TRANSLATE_NOOP("Layers", "Lays kernels into larger maps: one new map per kernel"),
        QT_TRANSLATE_NOOP(
            "Layers",
            "Each number of the input lays a {kernel_size} kernel, multiplied by it, into a larger "
            "map. Where kernels overlap they add up, over all input channels, and so does the "
            "bias.",
        ),
        "grid-large",
        (*_KERNEL, "output_padding"),
        {"stride": _LAID_FARTHER, "padding": _CUT_OFF},
    ),
    "Conv3d": LayerWords(
        QT_TRANSLATE_NOOP(
            "Layers", "Slides kernels over maps and time: they see how things change"
        ),
        QT_TRANSLATE_NOOP(
            "Layers",
            "One {kernel_size} kernel slides over all input channels and over time. At each "
            "position the products with the values under it, of several moments, and the bias, add "
            "up to one number of this map.",
        ),
        "grid",
        _KERNEL,
        _WINDOW_IN_TIME,
    ),
    "ConvTranspose3d": LayerWords(
        QT_TRANSLATE_NOOP("Layers", "Lays kernels into larger and longer maps"),
        QT_TRANSLATE_NOOP(
            "Layers",
            "Each number of the input lays a {kernel_size} kernel, multiplied by it, into maps "
            "that are larger and have more moments. Where kernels overlap they add up, over all "
            "input channels, and so does the bias.",
        ),
        "grid-large",
        (*_KERNEL, "output_padding"),
        {
            "kernel_size": _SPAN_OF_TIME,
            "stride": _LAID_FARTHER,
            "padding": _CUT_OFF,
            "output_padding": QT_TRANSLATE_NOOP(
                "Meanings", "How much is added after, below and on the right of the result"
            ),
        },
    ),
    "MaxPool2d": LayerWords(
        QT_TRANSLATE_NOOP("Layers", "Keeps the largest value of each window"),
        QT_TRANSLATE_NOOP(
            "Layers",
            "Keeps the largest value of each {kernel_size} window. The map shrinks; the strongest "
            "responses stay, also when the picture shifts a little. Nothing to learn.",
        ),
        "arrow-collapse-all",
        (*_WINDOW, "dilation"),
    ),
    "AvgPool2d": LayerWords(
        QT_TRANSLATE_NOOP("Layers", "Keeps the mean of each window"),
        QT_TRANSLATE_NOOP(
            "Layers",
            "Keeps the mean of each {kernel_size} window. The map shrinks and becomes smoother. "
            "Nothing to learn.",
        ),
        "arrow-collapse-all",
        _WINDOW,
    ),
    "GlobalAvgPool2d": LayerWords(
        QT_TRANSLATE_NOOP("Layers", "Makes one number of each map: its mean"),
        QT_TRANSLATE_NOOP("Layers", "Keeps one number of each map: its mean."),
        "image-filter-center-focus-weak",
    ),
    "GlobalMaxPool2d": LayerWords(
        QT_TRANSLATE_NOOP("Layers", "Makes one number of each map: its largest value"),
        QT_TRANSLATE_NOOP("Layers", "Keeps one number of each map: its largest value."),
        "image-filter-center-focus-strong",
    ),
    "AdaptiveAvgPool2d": LayerWords(
        QT_TRANSLATE_NOOP("Layers", "Keeps as many means as you ask for, whatever the map's size"),
        QT_TRANSLATE_NOOP(
            "Layers",
            "Divides the map into {output_size} windows, whatever its size, and keeps the mean of "
            "each. Nothing to learn.",
        ),
        "view-grid-outline",
        ("output_size",),
    ),
    "AdaptiveMaxPool2d": LayerWords(
        QT_TRANSLATE_NOOP(
            "Layers", "Keeps as many largest values as you ask for, whatever the map's size"
        ),
        QT_TRANSLATE_NOOP(
            "Layers",
            "Divides the map into {output_size} windows, whatever its size, and keeps the largest "
            "value of each. Nothing to learn.",
        ),
        "view-grid-outline",
        ("output_size",),
    ),
    "MaxPool3d": LayerWords(
        QT_TRANSLATE_NOOP("Layers", "Keeps the largest value of each window of several moments"),
        QT_TRANSLATE_NOOP(
            "Layers",
            "Keeps the largest value of each {kernel_size} window, which reaches over several "
            "moments: the strongest responses stay, also when they come a little earlier or later. "
            "Nothing to learn.",
        ),
        "arrow-collapse-all",
        (*_WINDOW, "dilation"),
        _WINDOW_IN_TIME,
    ),
    "AvgPool3d": LayerWords(
        QT_TRANSLATE_NOOP("Layers", "Keeps the mean of each window of several moments"),
        QT_TRANSLATE_NOOP(
            "Layers",
            "Keeps the mean of each {kernel_size} window, which reaches over several moments: maps "
            "shrink and become smoother, in time too. Nothing to learn.",
        ),
        "arrow-collapse-all",
        _WINDOW,
        _WINDOW_IN_TIME,
    ),
    "GlobalAvgPool3d": LayerWords(
        QT_TRANSLATE_NOOP("Layers", "Makes one number of each map: its mean over all moments"),
        QT_TRANSLATE_NOOP("Layers", "Keeps one number of each map: its mean over all moments."),
        "image-filter-center-focus-weak",
    ),
    "AdaptiveAvgPool3d": LayerWords(
        QT_TRANSLATE_NOOP(
            "Layers", "Keeps as many means as you ask for, in time too, whatever the map's size"
        ),
        QT_TRANSLATE_NOOP(
            "Layers",
            "Divides the map and its moments into {output_size} windows, however many there are, "
            "and keeps the mean of each. Nothing to learn.",
        ),
        "view-grid-outline",
        ("output_size",),
        {
            "output_size": QT_TRANSLATE_NOOP(
                "Meanings", "How many moments the result has; then its height and width"
            )
        },
    ),
    "ReLU": LayerWords(
        QT_TRANSLATE_NOOP("Layers", "Replaces negative values by zero"),
        QT_TRANSLATE_NOOP("Layers", "Keeps what is positive; everything else becomes zero."),
        lambda x: max(x, 0.0),
    ),
    "LeakyReLU": LayerWords(
        QT_TRANSLATE_NOOP("Layers", "Makes negative values small"),
        QT_TRANSLATE_NOOP(
            "Layers", "Keeps what is positive; everything else is multiplied by {negative_slope}."
        ),
        lambda x: x if x > 0 else 0.25 * x,
        ("negative_slope",),
    ),
    "PReLU": LayerWords(
        QT_TRANSLATE_NOOP("Layers", "Multiplies negative values by a learned number"),
        QT_TRANSLATE_NOOP(
            "Layers",
            "Keeps what is positive; everything else is multiplied by a number that is learned.",
        ),
        lambda x: x if x > 0 else 0.55 * x,
        ("num_parameters",),
    ),
    "ReLU6": LayerWords(
        QT_TRANSLATE_NOOP("Layers", "A ReLU that goes no higher than 6"),
        QT_TRANSLATE_NOOP(
            "Layers", "Keeps what lies between 0 and 6; what lies outside becomes 0 or 6."
        ),
        lambda x: _between(0.0, 1.6 * x, 0.8),
    ),
    "ELU": LayerWords(
        QT_TRANSLATE_NOOP("Layers", "A ReLU that bends softly below zero"),
        QT_TRANSLATE_NOOP(
            "Layers",
            "Keeps what is positive; what is negative bends softly towards minus {alpha}.",
        ),
        lambda x: x if x > 0 else 0.35 * (math.exp(4 * x) - 1),
        ("alpha",),
    ),
    "GELU": LayerWords(
        QT_TRANSLATE_NOOP("Layers", "x times the share of a bell curve below x: a smooth ReLU"),
        QT_TRANSLATE_NOOP(
            "Layers",
            "Keeps large values, fades those near zero and below out softly, as a bell curve does.",
        ),
        lambda x: x * (1 + math.erf(2.2 * x)) / 2,
        ("approximate",),
    ),
    "SiLU": LayerWords(
        QT_TRANSLATE_NOOP("Layers", "x times sigmoid(x): a smooth ReLU"),
        QT_TRANSLATE_NOOP(
            "Layers", "Keeps large values, fades those near zero and below out softly."
        ),
        lambda x: 1.3 * x / (1 + math.exp(-4 * x)),
    ),
    "Hardswish": LayerWords(
        QT_TRANSLATE_NOOP("Layers", "A SiLU without exp, quick to compute"),
        QT_TRANSLATE_NOOP(
            "Layers",
            "Keeps values above 3, turns those below −3 into zero, and bends what lies between.",
        ),
        lambda x: x * _between(0.0, 1.2 * x + 0.5, 1.0),
    ),
    "Softplus": LayerWords(
        QT_TRANSLATE_NOOP("Layers", "A smooth ReLU that never quite reaches zero"),
        QT_TRANSLATE_NOOP(
            "Layers", "Keeps large values; all others bend softly to just above zero."
        ),
        lambda x: math.log1p(math.exp(5 * x)) / 5,
        ("beta",),
    ),
    "Sigmoid": LayerWords(
        QT_TRANSLATE_NOOP("Layers", "Bends values into 0 to 1"),
        QT_TRANSLATE_NOOP("Layers", "Squeezes every value to between 0 and 1."),
        lambda x: 2 / (1 + math.exp(-5 * x)) - 1,
    ),
    "Hardsigmoid": LayerWords(
        QT_TRANSLATE_NOOP("Layers", "A Sigmoid of three straight lines: 0 to 1"),
        QT_TRANSLATE_NOOP(
            "Layers", "Lays what lies between −3 and 3 straight onto 0 to 1; the rest is cut off."
        ),
        lambda x: _between(-0.9, 1.5 * x, 0.9),
    ),
    "Tanh": LayerWords(
        QT_TRANSLATE_NOOP("Layers", "Bends values into −1 to 1"),
        QT_TRANSLATE_NOOP("Layers", "Squeezes every value to between −1 and 1."),
        lambda x: math.tanh(3 * x),
    ),
    "Hardtanh": LayerWords(
        QT_TRANSLATE_NOOP("Layers", "Cuts values off below and above"),
        QT_TRANSLATE_NOOP(
            "Layers",
            "Keeps what lies between {min_val} and {max_val}; what lies outside becomes the "
            "nearer of the two.",
        ),
        lambda x: _between(-0.65, 2.4 * x, 0.65),
        ("min_val", "max_val"),
    ),
    "Softmax": LayerWords(
        QT_TRANSLATE_NOOP("Layers", "Makes positive numbers that sum to 1: probabilities"),
        QT_TRANSLATE_NOOP(
            "Layers", "Turns values into shares that add up to 1: probabilities of the classes."
        ),
        "percent-outline",
    ),
    "BatchNorm2d": LayerWords(
        QT_TRANSLATE_NOOP("Layers", "Shifts and scales each map by its usual mean and spread"),
        QT_TRANSLATE_NOOP(
            "Layers",
            "Shifts and scales this map by its usual mean and spread, then by two learned numbers.",
        ),
        "chart-bell-curve",
    ),
    "BatchNorm3d": LayerWords(
        QT_TRANSLATE_NOOP(
            "Layers",
            "Shifts and scales each map, all its moments alike, by its usual mean and spread",
        ),
        QT_TRANSLATE_NOOP(
            "Layers",
            "Shifts and scales this map, all its moments alike, by its usual mean and spread, then "
            "by two learned numbers.",
        ),
        "chart-bell-curve",
    ),
    "GroupNorm": LayerWords(
        QT_TRANSLATE_NOOP("Layers", "Shifts and scales groups of maps, in each picture anew"),
        QT_TRANSLATE_NOOP(
            "Layers",
            "Shifts and scales groups of maps, {num_groups} in all, by the mean and spread that "
            "each has in this very picture.",
        ),
        "group",
        ("num_groups",),
    ),
    "InstanceNorm2d": LayerWords(
        QT_TRANSLATE_NOOP("Layers", "Shifts and scales each map, in each picture anew"),
        QT_TRANSLATE_NOOP(
            "Layers",
            "Shifts and scales this map by the mean and spread that it has in this very picture.",
        ),
        "chart-bell-curve-cumulative",
    ),
    "InstanceNorm3d": LayerWords(
        QT_TRANSLATE_NOOP(
            "Layers", "Shifts and scales each map, all its moments together, in each clip anew"
        ),
        QT_TRANSLATE_NOOP(
            "Layers",
            "Shifts and scales this map by the mean and spread that all its moments together have "
            "in what is seen now.",
        ),
        "chart-bell-curve-cumulative",
    ),
    "LayerNorm": LayerWords(
        QT_TRANSLATE_NOOP(
            "Layers", "Shifts and scales all channels together, in each picture anew"
        ),
        QT_TRANSLATE_NOOP(
            "Layers",
            "Shifts and scales values by the mean and spread that they have in this very picture: "
            "all channels at each position, or whole maps together.",
        ),
        "layers-outline",
        ("normalized_shape",),
        {"bias": QT_TRANSLATE_NOOP("Meanings", "Whether a learned number is added afterwards")},
    ),
    "Dropout": LayerWords(
        QT_TRANSLATE_NOOP("Layers", "Drops units at random in training; otherwise does nothing"),
        QT_TRANSLATE_NOOP(
            "Layers", "Drops units at random while learning; here everything passes unchanged."
        ),
        "blur-linear",
        ("p",),
    ),
    "Flatten": LayerWords(
        QT_TRANSLATE_NOOP("Layers", "Puts all maps into one long row of numbers"),
        QT_TRANSLATE_NOOP("Layers", "Lays all maps out in one row of numbers. No value changes."),
        "format-align-justify",
    ),
    "Reshape": LayerWords(
        QT_TRANSLATE_NOOP("Layers", "Gives the same numbers another shape"),
        QT_TRANSLATE_NOOP(
            "Layers",
            "Lays the same numbers, in the same order, out in another shape. No value changes.",
        ),
        "resize",
        ("shape",),
    ),
    "Slice": LayerWords(
        QT_TRANSLATE_NOOP("Layers", "Keeps some of the channels, moments, rows or columns"),
        QT_TRANSLATE_NOOP(
            "Layers",
            "Keeps some of the channels, moments, rows or columns and drops the others. No value "
            "changes.",
        ),
        "content-cut",
        ("dim", "start", "stop", "step"),
    ),
    "Pad2d": LayerWords(
        QT_TRANSLATE_NOOP("Layers", "Puts values around the maps"),
        QT_TRANSLATE_NOOP("Layers", "Puts values around the map; none inside it changes."),
        "border-outside",
        ("padding", "mode"),
        {
            "padding": QT_TRANSLATE_NOOP("Meanings", "How much is put on each side"),
            "mode": _PUT_AROUND,
        },
    ),
    "Pad3d": LayerWords(
        QT_TRANSLATE_NOOP("Layers", "Puts values around the maps, and moments before and after"),
        QT_TRANSLATE_NOOP(
            "Layers",
            "Puts values around the map, and moments before its first and after its last; none "
            "inside it changes.",
        ),
        "border-outside",
        ("padding", "mode"),
        {
            "padding": QT_TRANSLATE_NOOP(
                "Meanings", "How much is put on each side, and how many moments before and after"
            ),
            "mode": _PUT_AROUND,
        },
    ),
    "Upsample": LayerWords(
        QT_TRANSLATE_NOOP("Layers", "Makes maps larger; nothing to learn"),
        QT_TRANSLATE_NOOP(
            "Layers",
            "Makes the map larger: each value is repeated (nearest), or new ones lie on straight "
            "lines in between (bilinear). Nothing to learn.",
        ),
        "arrow-expand-all",
        ("size", "scale_factor", "mode"),
        {"mode": _REPEATED_OR_BETWEEN},
    ),
    "Upsample3d": LayerWords(
        QT_TRANSLATE_NOOP("Layers", "Makes maps larger and gives them more moments"),
        QT_TRANSLATE_NOOP(
            "Layers",
            "Makes the map larger, and longer in time: each value is repeated (nearest), or new "
            "ones lie on straight lines in between (trilinear). Nothing to learn.",
        ),
        "arrow-expand-all",
        ("size", "scale_factor", "mode"),
        {
            "size": QT_TRANSLATE_NOOP(
                "Meanings",
                "How many moments the result has, its height and width, in place of a factor",
            ),
            "scale_factor": QT_TRANSLATE_NOOP(
                "Meanings", "How many times as many moments, rows and columns the result has"
            ),
            "mode": _REPEATED_OR_BETWEEN,
        },
    ),
    "Linear": LayerWords(
        QT_TRANSLATE_NOOP("Layers", "Fully connected: every output sees every input"),
        QT_TRANSLATE_NOOP(
            "Layers",
            "Multiplies every input by a weight of its own and adds up: one sum per unit.",
        ),
        "transit-connection-variant",
        ("out_features",),
    ),
    "Add": LayerWords(
        QT_TRANSLATE_NOOP("Layers", "Adds layers of one shape: a skip connection"),
        QT_TRANSLATE_NOOP("Layers", "Adds the maps of several layers, value by value."),
        "plus-circle-outline",
    ),
    "Multiply": LayerWords(
        QT_TRANSLATE_NOOP("Layers", "Multiplies layers value by value: a gate"),
        QT_TRANSLATE_NOOP(
            "Layers",
            "Multiplies the maps of several layers, value by value; a map of one number weighs "
            "the whole other one.",
        ),
        "close-circle-outline",
    ),
    "Concat": LayerWords(
        QT_TRANSLATE_NOOP("Layers", "Puts the maps of several layers one after the other"),
        QT_TRANSLATE_NOOP(
            "Layers", "Puts the maps of several layers one after the other. No value changes."
        ),
        "layers-plus",
    ),
}
