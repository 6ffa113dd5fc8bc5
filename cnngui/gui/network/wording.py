"""What the network panel says: short texts for layers, shapes, numbers and ratios."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from cnngui.spec.checks import Problem
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
from cnngui.spec.shapes import Shape

_PREFIXES = ("", "k", "M", "G", "T", "P", "E")


translate = QCoreApplication.translate


def shape_label(shape: Shape | None) -> str:
    """Return a shape as the panel shows it, ``8×120×160``; a dash where there is none."""
    return "×".join(map(str, shape)) if shape else "–"


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


def problem_text(problem: Problem) -> str:
    """Return a problem as the row of its layer tells it; the layer's name is on the row."""
    if problem.field:
        return f"{problem.field} {problem.message}"
    return problem.message[:1].upper() + problem.message[1:]


def number_label(number: float) -> str:
    """Return a count with three digits and a unit: ``224``, ``1.23 k``, ``43.2 M``."""
    power = 0
    while number >= 999.5 and power < len(_PREFIXES) - 1:
        number /= 1000
        power += 1
    digits = f"{number:.0f}" if power == 0 else f"{number:.3g}"
    return f"{digits}\N{NARROW NO-BREAK SPACE}{_PREFIXES[power]}" if power else digits


def parameters_label(count: int) -> str:
    """Return a number of parameters as a row has room for it: ``224 p``."""
    return translate("NetworkPanel", "{} p").format(number_label(count))


def bytes_label(size: float) -> str:
    """Return an amount of memory: ``1.2 MB`` (of a million bytes)."""
    label = number_label(size)
    return label + ("B" if label[-1:].isalpha() else "\N{NARROW NO-BREAK SPACE}B")


def milliseconds_label(milliseconds: float) -> str:
    """Return a time with two digits: ``0.12 ms``, ``3.4 ms``, ``17 ms``."""
    decimals = 0 if milliseconds >= 9.95 else 1 if milliseconds >= 0.995 else 2
    return f"{milliseconds:.{decimals}f}\N{NARROW NO-BREAK SPACE}ms"


def ratio_label(ratio: float) -> str:
    """Return how many times as many, in plain words: ``1.8 million``."""
    for size, word in (
        (1e12, translate("NetworkPanel", "{} trillion")),
        (1e9, translate("NetworkPanel", "{} billion")),
        (1e6, translate("NetworkPanel", "{} million")),
    ):
        if ratio >= size:
            return word.format(
                f"{ratio / size:.2g}" if ratio < 100 * size else f"{ratio / size:.0f}"
            )
    return f"{ratio:,.0f}" if ratio >= 10 else f"{ratio:.1f}"
