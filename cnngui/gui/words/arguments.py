"""What the arguments of layers and of the input are for, and how a row tells them in short."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from cnngui.gui.words.layers import words_of
from cnngui.gui.words.lists import listed
from cnngui.gui.words.numbers import number_text
from cnngui.gui.words.translation import QT_TRANSLATE_NOOP, spoken
from cnngui.spec.layers import LayerSpec, ParametricSpec

_MEANINGS: dict[str, str] = {
    "out_channels": QT_TRANSLATE_NOOP("Meanings", "How many kernels there are: each makes one map"),
    "kernel_size": QT_TRANSLATE_NOOP("Meanings", "Height and width of the window that slides"),
    "stride": QT_TRANSLATE_NOOP(
        "Meanings", "By how many values the window moves on: 2 makes maps half as large"
    ),
    "padding": QT_TRANSLATE_NOOP(
        "Meanings",
        "What is put around the input: with same, maps keep its size; with valid, nothing is",
    ),
    "output_padding": QT_TRANSLATE_NOOP(
        "Meanings", "How much is added below and on the right of the result"
    ),
    "output_size": QT_TRANSLATE_NOOP("Meanings", "Height and width of the result"),
    "dilation": QT_TRANSLATE_NOOP(
        "Meanings", "How far apart the values are that a kernel looks at: 1 is side by side"
    ),
    "groups": QT_TRANSLATE_NOOP(
        "Meanings",
        "Into how many groups the channels are divided: a kernel spans only those of its own",
    ),
    "bias": QT_TRANSLATE_NOOP(
        "Meanings", "Whether each output has a number of its own added to it"
    ),
    "ceil_mode": QT_TRANSLATE_NOOP(
        "Meanings", "Whether a last window that lies only partly on the input counts, too"
    ),
    "count_include_pad": QT_TRANSLATE_NOOP(
        "Meanings", "Whether zeros of the padding count for the mean"
    ),
    "eps": QT_TRANSLATE_NOOP(
        "Meanings", "What is added to the variance, so that nothing is divided by 0"
    ),
    "momentum": QT_TRANSLATE_NOOP(
        "Meanings", "In training: how fast the usual mean and spread follow the pictures"
    ),
    "num_groups": QT_TRANSLATE_NOOP("Meanings", "Into how many groups the channels are divided"),
    "affine": QT_TRANSLATE_NOOP(
        "Meanings", "Whether each channel is scaled and shifted by two learned numbers afterwards"
    ),
    "normalized_shape": QT_TRANSLATE_NOOP(
        "Meanings", "What has one mean and spread: the channels at each position, or whole maps"
    ),
    "elementwise_affine": QT_TRANSLATE_NOOP(
        "Meanings", "Whether the result is scaled by learned numbers"
    ),
    "negative_slope": QT_TRANSLATE_NOOP("Meanings", "What negative values are multiplied by"),
    "num_parameters": QT_TRANSLATE_NOOP(
        "Meanings", "1 for one learned number in all, or as many as there are channels"
    ),
    "init": QT_TRANSLATE_NOOP("Meanings", "What the learned numbers are before any training"),
    "alpha": QT_TRANSLATE_NOOP("Meanings", "How far below zero values can get"),
    "approximate": QT_TRANSLATE_NOOP(
        "Meanings", "Whether the curve itself is computed, or a formula near it with tanh"
    ),
    "beta": QT_TRANSLATE_NOOP("Meanings", "How sharp the bend at zero is"),
    "threshold": QT_TRANSLATE_NOOP(
        "Meanings", "Values that are larger, times beta, stay exactly as they are"
    ),
    "min_val": QT_TRANSLATE_NOOP("Meanings", "The smallest value that is kept"),
    "max_val": QT_TRANSLATE_NOOP("Meanings", "The largest value that is kept"),
    "p": QT_TRANSLATE_NOOP("Meanings", "In training: the share of units that are dropped"),
    "out_features": QT_TRANSLATE_NOOP("Meanings", "How many numbers the layer puts out"),
    "size": QT_TRANSLATE_NOOP("Meanings", "Height and width of the result, in place of a factor"),
    "scale_factor": QT_TRANSLATE_NOOP("Meanings", "How many times as high and wide the result is"),
    "align_corners": QT_TRANSLATE_NOOP(
        "Meanings",
        "With straight lines in between: whether the outermost values stay at the very corners",
    ),
    "value": QT_TRANSLATE_NOOP("Meanings", "With constant: what is put around the maps"),
    "dim": QT_TRANSLATE_NOOP("Meanings", "Whether channels, moments, rows or columns are picked"),
    "start": QT_TRANSLATE_NOOP(
        "Meanings", "The first that is kept, counted from 0; below 0 it counts from the end"
    ),
    "stop": QT_TRANSLATE_NOOP(
        "Meanings", "The first that is no longer kept; without it, all to the end are"
    ),
    "step": QT_TRANSLATE_NOOP("Meanings", "1 keeps each of them, 2 every other"),
    "shape": QT_TRANSLATE_NOOP(
        "Meanings",
        "One number for a flat row, or channels, height and width, with time before the height "
        "where maps have moments; −1 is whatever is left over",
    ),
    "inputs": QT_TRANSLATE_NOOP("Meanings", "Which earlier layers the layer takes its input from"),
    "initializer": QT_TRANSLATE_NOOP(
        "Meanings", "From which distribution the weights are drawn, before any training"
    ),
    "seed": QT_TRANSLATE_NOOP("Meanings", "The same number always draws the same weights"),
    "frozen": QT_TRANSLATE_NOOP(
        "Meanings", "Whether the layer keeps its weights when the network is trained"
    ),
    "channels": QT_TRANSLATE_NOOP("Meanings", "Whether the network sees colours"),
    "frames": QT_TRANSLATE_NOOP(
        "Meanings",
        "How many frames the network sees at once, the newest last: with 1 it sees still pictures, "
        "with more it can see movement",
    ),
    "frame_step": QT_TRANSLATE_NOOP(
        "Meanings",
        "1 takes each frame, 2 every other: the network then sees further back with as many frames",
    ),
    "frame_rate": QT_TRANSLATE_NOOP(
        "Meanings",
        "The frames a second that are counted in, so that movement looks as fast from every "
        "source; 0 takes frames as they come",
    ),
    "height": QT_TRANSLATE_NOOP("Meanings", "Rows of pixels that the network sees"),
    "width": QT_TRANSLATE_NOOP("Meanings", "Columns of pixels that the network sees"),
    "fit": QT_TRANSLATE_NOOP("Meanings", "How a picture of another shape is brought to this size"),
    "normalise": QT_TRANSLATE_NOOP("Meanings", "Mean and std in common use, to fill in below"),
    "mean": QT_TRANSLATE_NOOP(
        "Meanings", "Per channel, subtracted from the pixels, which are 0 to 1"
    ),
    "std": QT_TRANSLATE_NOOP("Meanings", "Per channel, what the pixels are then divided by"),
    "classes": QT_TRANSLATE_NOOP(
        "Meanings", "Names for the units of the last layer, with commas between them"
    ),
}

_SHORT: dict[str, str] = {
    "stride": QT_TRANSLATE_NOOP("NetworkPanel", "stride {}"),
    "padding": QT_TRANSLATE_NOOP("NetworkPanel", "padding {}"),
    "output_padding": QT_TRANSLATE_NOOP("NetworkPanel", "output padding {}"),
    "dilation": QT_TRANSLATE_NOOP("NetworkPanel", "dilation {}"),
    "groups": QT_TRANSLATE_NOOP("NetworkPanel", "{} groups"),
    "num_groups": QT_TRANSLATE_NOOP("NetworkPanel", "{} groups"),
    "num_parameters": QT_TRANSLATE_NOOP("NetworkPanel", "{} numbers"),
    "start": QT_TRANSLATE_NOOP("NetworkPanel", "from {}"),
    "stop": QT_TRANSLATE_NOOP("NetworkPanel", "to {}"),
    "step": QT_TRANSLATE_NOOP("NetworkPanel", "step {}"),
    "scale_factor": QT_TRANSLATE_NOOP("NetworkPanel", "×{}"),
    "approximate": QT_TRANSLATE_NOOP("NetworkPanel", "{}"),
    "mode": QT_TRANSLATE_NOOP("NetworkPanel", "{}"),
}
"""How a row tells arguments, mostly only where they are not as usual; all others are told bare."""

SIDES = "←→↑↓⇤⇥"
"""The sides of maps in the order of ``F.pad``: left, right, top, bottom, first and last moment."""

_TOLD_ALWAYS = ("num_groups", "scale_factor")


def meaning(name: str, layer_type: str = "") -> str:
    """Return what an argument means to someone who meets it for the first time.

    Parameters
    ----------
    name : of an argument of that type, or of a field of the input.

    KeyError if there is no argument of that name.
    """
    own = words_of(layer_type).meanings if layer_type else {}
    return spoken("Meanings", own.get(name) or _MEANINGS[name])


def arguments_summary(layer: LayerSpec) -> str:
    """Return what tells a layer from others of its type, in a few words: ``3×3, 8, same``."""
    parts = [_short(layer, name) for name in words_of(layer.type).shows]
    if isinstance(layer, ParametricSpec) and layer.frozen:
        parts.append(QCoreApplication.translate("NetworkPanel", "frozen"))
    if layer.inputs:
        reads = QCoreApplication.translate("NetworkPanel", "reads {}")
        parts.append(reads.format(" + ".join(layer.inputs)))
    return listed(parts)


def _short(layer: LayerSpec, name: str) -> str:
    value = getattr(layer, name, None)
    if value is None or value == "valid":
        return ""
    if isinstance(value, str) and name not in _SHORT:
        return value
    if value == "same":
        return value
    if name not in _SHORT:
        return value_label(value)
    if value == layer.usual(name) and name not in _TOLD_ALWAYS:
        return ""
    return spoken("NetworkPanel", _SHORT[name]).format(_one_or_all(value))


def value_label(value: object) -> str:
    """Return an argument's value as people write it: ``3×3``, ``0.01``."""
    if isinstance(value, tuple):
        return "×".join("?" if number == -1 else str(number) for number in value)
    return number_text(value, digits=6) if isinstance(value, int | float) else str(value)


def _one_or_all(value: object) -> str:
    if isinstance(value, tuple):
        numbers = [f"{number:g}" for number in value]
        if len(set(numbers)) == 1:
            return numbers[0]
        if len(numbers) > 3:
            return " ".join(
                f"{arrow}{number}" for arrow, number in zip(SIDES, numbers, strict=False)
            )
        return "×".join(numbers)
    return value_label(value)
