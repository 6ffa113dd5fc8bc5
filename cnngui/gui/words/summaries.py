"""What the network panel says: short texts for layers and their parameters."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from cnngui.gui.words.numbers import number_label, shape_label
from cnngui.spec.layers import (
    AvgPool2d,
    Conv2d,
    Dropout,
    LayerSpec,
    LeakyReLU,
    Linear,
    MaxPool2d,
    ParametricSpec,
)

translate = QCoreApplication.translate


def arguments_summary(layer: LayerSpec) -> str:
    """Return what tells a layer from others of its type, in a few words: ``3×3, 8, same``."""
    match layer:
        case Conv2d():
            parts = [shape_label(layer.kernel_size), str(layer.out_channels)]
            parts += _unless(layer.stride, (1, 1), translate("NetworkPanel", "stride {}"))
            if layer.padding == "same":
                parts.append(layer.padding)
            elif layer.padding != "valid":
                parts += _unless(layer.padding, (0, 0), translate("NetworkPanel", "padding {}"))
            parts += _unless(layer.dilation, (1, 1), translate("NetworkPanel", "dilation {}"))
            parts += (
                [translate("NetworkPanel", "{} groups").format(layer.groups)]
                if layer.groups != 1
                else []
            )
        case MaxPool2d() | AvgPool2d():
            parts = [shape_label(layer.kernel_size)]
            parts += _unless(
                layer.stride, layer.kernel_size, translate("NetworkPanel", "stride {}")
            )
            parts += _unless(layer.padding, (0, 0), translate("NetworkPanel", "padding {}"))
        case Linear():
            parts = [str(layer.out_features)]
        case LeakyReLU():
            parts = [f"{layer.negative_slope:g}"]
        case Dropout():
            parts = [f"{layer.p:g}"]
        case _:
            parts = []
    if isinstance(layer, ParametricSpec) and layer.frozen:
        parts.append(translate("NetworkPanel", "frozen"))
    if layer.inputs:
        parts.append(translate("NetworkPanel", "reads {}").format(" + ".join(layer.inputs)))
    return ", ".join(parts)


def _unless(pair: tuple[int, ...], usual: tuple[int, ...], text: str) -> list[str]:
    if pair == usual:
        return []
    return [text.format(pair[0] if pair[0] == pair[1] else shape_label(pair))]


def parameters_label(count: int) -> str:
    """Return a number of parameters as a row has room for it: ``224 p``."""
    return translate("NetworkPanel", "{} p").format(number_label(count))
