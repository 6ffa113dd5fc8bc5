"""What each type of layer does, in one or two plain sentences."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from cnngui.gui.network.wording import shape_label
from cnngui.spec.layers import AvgPool2d, Conv2d, LayerSpec, LeakyReLU, MaxPool2d


def layer_fact(layer: LayerSpec | None) -> str:
    """Say what a layer does to its input; None is the network's input itself."""
    if layer is None:
        return _tr("What the network sees: one channel per colour, before any layer.")
    if not layer.enabled:
        return _tr("Bypassed: what it reads passes unchanged.")
    return _texts()[layer.type].format(**_numbers(layer))


def _numbers(layer: LayerSpec) -> dict[str, str]:
    if isinstance(layer, Conv2d | MaxPool2d | AvgPool2d):
        return {"window": shape_label(layer.kernel_size)}
    if isinstance(layer, LeakyReLU):
        return {"slope": f"{layer.negative_slope:g}"}
    return {}


def _texts() -> dict[str, str]:
    return {
        "Conv2d": _tr(
            "One {window} kernel slides over all input channels. At each position the products "
            "with the values under it, and the bias, add up to one number of this map."
        ),
        "MaxPool2d": _tr(
            "Keeps the largest value of each {window} window. The map shrinks; the strongest "
            "responses stay, also when the picture shifts a little. Nothing to learn."
        ),
        "AvgPool2d": _tr(
            "Keeps the mean of each {window} window. The map shrinks and becomes smoother. "
            "Nothing to learn."
        ),
        "GlobalAvgPool2d": _tr("Keeps one number of each map: its mean."),
        "BatchNorm2d": _tr(
            "Shifts and scales this map by its usual mean and spread, then by two learned numbers."
        ),
        "ReLU": _tr("Keeps what is positive; everything else becomes zero."),
        "LeakyReLU": _tr("Keeps what is positive; everything else is multiplied by {slope}."),
        "Sigmoid": _tr("Squeezes every value to between 0 and 1."),
        "Tanh": _tr("Squeezes every value to between −1 and 1."),
        "SiLU": _tr("Keeps large values, fades those near zero and below out softly."),
        "Softmax": _tr("Turns values into shares that add up to 1: probabilities of the classes."),
        "Dropout": _tr("Drops units at random while learning; here everything passes unchanged."),
        "Flatten": _tr("Lays all maps out in one row of numbers. No value changes."),
        "Linear": _tr(
            "Multiplies every input by a weight of its own and adds up: one sum per unit."
        ),
        "Add": _tr("Adds the maps of several layers, value by value."),
        "Concat": _tr("Puts the maps of several layers one after the other. No value changes."),
    }


def _tr(text: str) -> str:
    return QCoreApplication.translate("LayerFacts", text)
