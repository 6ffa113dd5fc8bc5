"""What each type of layer does, in one or two plain sentences."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from cnngui.gui.words.numbers import shape_label
from cnngui.spec.layers import AvgPool2d, Conv2d, LayerSpec, LeakyReLU, MaxPool2d

translate = QCoreApplication.translate


def layer_fact(layer: LayerSpec | None) -> str:
    """Say what a layer does to its input; None is the network's input itself."""
    if layer is None:
        return translate(
            "LayerFacts", "What the network sees: one channel per colour, before any layer."
        )
    if not layer.enabled:
        return translate("LayerFacts", "Bypassed: what it reads passes unchanged.")
    return _texts()[layer.type].format(**_numbers(layer))


def _numbers(layer: LayerSpec) -> dict[str, str]:
    if isinstance(layer, Conv2d | MaxPool2d | AvgPool2d):
        return {"window": shape_label(layer.kernel_size)}
    if isinstance(layer, LeakyReLU):
        return {"slope": f"{layer.negative_slope:g}"}
    return {}


def _texts() -> dict[str, str]:
    return {
        "Conv2d": translate(
            "LayerFacts",
            "One {window} kernel slides over all input channels. At each position the products "
            "with the values under it, and the bias, add up to one number of this map.",
        ),
        "MaxPool2d": translate(
            "LayerFacts",
            "Keeps the largest value of each {window} window. The map shrinks; the strongest "
            "responses stay, also when the picture shifts a little. Nothing to learn.",
        ),
        "AvgPool2d": translate(
            "LayerFacts",
            "Keeps the mean of each {window} window. The map shrinks and becomes smoother. "
            "Nothing to learn.",
        ),
        "GlobalAvgPool2d": translate("LayerFacts", "Keeps one number of each map: its mean."),
        "BatchNorm2d": translate(
            "LayerFacts",
            "Shifts and scales this map by its usual mean and spread, then by two learned numbers.",
        ),
        "ReLU": translate("LayerFacts", "Keeps what is positive; everything else becomes zero."),
        "LeakyReLU": translate(
            "LayerFacts", "Keeps what is positive; everything else is multiplied by {slope}."
        ),
        "Sigmoid": translate("LayerFacts", "Squeezes every value to between 0 and 1."),
        "Tanh": translate("LayerFacts", "Squeezes every value to between −1 and 1."),
        "SiLU": translate(
            "LayerFacts", "Keeps large values, fades those near zero and below out softly."
        ),
        "Softmax": translate(
            "LayerFacts", "Turns values into shares that add up to 1: probabilities of the classes."
        ),
        "Dropout": translate(
            "LayerFacts", "Drops units at random while learning; here everything passes unchanged."
        ),
        "Flatten": translate(
            "LayerFacts", "Lays all maps out in one row of numbers. No value changes."
        ),
        "Linear": translate(
            "LayerFacts",
            "Multiplies every input by a weight of its own and adds up: one sum per unit.",
        ),
        "Add": translate("LayerFacts", "Adds the maps of several layers, value by value."),
        "Concat": translate(
            "LayerFacts", "Puts the maps of several layers one after the other. No value changes."
        ),
    }
