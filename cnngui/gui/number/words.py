"""What the page of one number says: the formula, the sum in print, what it means."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from cnngui.explain.functions import curve_of
from cnngui.explain.number import Number
from cnngui.explain.receptive import AxisField, regions
from cnngui.gui.words.moments import moment_in
from cnngui.gui.words.naming import channel_label, channel_names
from cnngui.gui.words.numbers import number_text, shape_label
from cnngui.spec.layers import INPUT_ID, LayerSpec, Normalisation, moments
from cnngui.spec.network import NetworkSpec
from cnngui.spec.shapes import infer

translate = QCoreApplication.translate

_LETTERS = "kij"
"""What indices in time, height and width are called in formulas."""


def place_text(number: Number) -> str:
    """Return a number's name as formulas write it: ``conv1[3, 100, 62]``."""
    question = number.question
    return f"{question.layer.id}[{', '.join(map(str, (question.channel, *question.at)))}]"


def title_text(network: NetworkSpec, layer_id: str, channel: int, at: Sequence[int]) -> str:
    """Return which number it is, in words."""
    name = channel_label(channel, channel_names(network, layer_id))
    if len(at) < 2:
        return translate("OneNumber", "unit {name}").format(name=name)
    *moment, row, column = at
    if moment:
        words = translate("OneNumber", "channel {name} · {moment}, row {row}, column {column}")
        count = moments(infer(network).shapes.get(layer_id, ()))
        return words.format(name=name, moment=moment_in(at[0], count), row=row, column=column)
    words = translate("OneNumber", "channel {name} · row {row}, column {column}")
    return words.format(name=name, row=row, column=column)


def formula_text(number: Number) -> str:
    """Return how a number is computed, with the names of what it is made of."""
    question = number.question
    layer, here = question.layer, place_text(number)
    source = question.sources[0]
    match question.kind:
        case "sum" if question.taps.weight is not None and layer.has_kernels:
            letters = _LETTERS[-question.taps.tap.shape[1] :]
            index = ", ".join((str(question.channel), "c", *letters))
            formula = f"Σ_c Σ_{','.join(letters)} weight[{index}] · {_window(layer, number)}"
        case "sum" if question.taps.weight is not None:
            formula = f"Σ_k weight[{question.channel}, k] · {source}[k]"
        case "sum" if len(question.sources) > 1:
            formula = " + ".join(_term_text(number, term) for term in range(len(question.taps)))
        case "sum":
            letters = _LETTERS[-max(layer.rank or 0, 2) :]
            index = ", ".join(letters)
            formula = f"Σ_{','.join(letters)} weight[{index}] · {source}[{question.channel}, …]"
        case "max":
            formula = f"max {source}[{question.channel}, …]"
        case "product":
            formula = " · ".join(_term_text(number, term) for term in range(len(question.taps)))
        case "copy":
            formula = _term_text(number, 0)
        case "softmax":
            formula = f"exp(x_{question.channel}) / Σ_k exp(x_k),  x = {source}"
        case "normalise":
            formula = normalise_formula(layer)
        case _:
            formula = curve_of(layer).formula
    if number.bias is not None:
        formula += f" + bias[{question.channel}]"
    return f"{here} = {formula}"


def normalise_formula(layer: LayerSpec) -> str:
    """Return a normalisation's formula; ``x`` is what it reads."""
    formula = "(x − mean) / √(variance + eps)"
    if isinstance(layer, Normalisation):
        formula += " · weight + bias"
    return formula


def filled_formula(number: Number) -> str:
    """Return the formula of a curve or a normalisation with its numbers in it."""
    layer = number.question.layer
    x = number_text(float(number.inputs[0]), digits=4)
    facts = {name: number_text(value, digits=4) for name, value in number.facts.items()}
    if number.question.kind == "normalise":
        text = f"({x} − {facts['mean']}) / √({facts['variance']} + {facts['eps']})"
        if "weight" in facts:
            text += f" · {facts['weight']}"
        if "bias" in facts:
            text += f" + {facts['bias']}"
        return text.replace("− −", "+ ").replace("+ −", "− ")
    if number.question.kind != "function":
        return x
    formula = curve_of(layer).formula
    words = _words_of(formula)
    named = {"x": x, **facts}
    return "".join(
        _in_brackets(named[word], position) if word in named else word
        for position, word in enumerate(words)
    )


def _words_of(formula: str) -> list[str]:
    """Return a formula cut into names and what stands between them."""
    found: list[str] = []
    for letter in formula:
        is_name = letter.isalnum() or letter == "_" or letter == "."
        if found and is_name and (found[-1][-1].isalnum() or found[-1][-1] in "_."):
            found[-1] += letter
        else:
            found.append(letter)
    return found


def _in_brackets(text: str, position: int) -> str:
    return f"({text})" if text.startswith("−") and position else text


def sum_text(texts: Sequence[str], names: Sequence[str], bias: str, rounding: str) -> str:
    """Return the printed subtotals as a sum: the first ones, and the others together.

    Parameters
    ----------
    texts, names : the subtotals that are told one by one.
    bias, rounding : "" where there is none.
    """
    parts = [f"{text} ({name})" if name else text for text, name in zip(texts, names, strict=True)]
    if bias:
        parts.append(translate("OneNumber", "{value} (bias)").format(value=bias))
    if rounding:
        parts.append(translate("OneNumber", "{value} (rounding)").format(value=rounding))
    return " + ".join(parts).replace("+ −", "− ")


def meaning_text(number: Number) -> str:
    """Return in a sentence what kind of arithmetic it is, and what people get wrong about it."""
    question = number.question
    layer = question.layer
    match question.kind:
        case "sum" if layer.has_kernels and layer.rank == 3:
            return translate(
                "OneNumber",
                "The kernel lies on the window, as it is, not flipped; a slice of it on each of "
                "{moments} moments. What it finds in all of them, in each of the {count} input "
                "channels, is added up: one kernel, one map.",
            ).format(count=len(number.subtotals), moments=len(set(question.taps.at[:, 0].tolist())))
        case "sum" if layer.has_kernels and len(number.subtotals) > 1:
            return translate(
                "OneNumber",
                "The kernel lies on the window, as it is, not flipped. What it finds in each of "
                "the {count} input channels is added up, not averaged: one kernel, one map.",
            ).format(count=len(number.subtotals))
        case "sum" if layer.has_kernels:
            return translate(
                "OneNumber",
                "The kernel lies on the window, as it is, not flipped: each value times the weight "
                "over it, and all of it added up.",
            )
        case "sum" if question.taps.weight is not None:
            return translate(
                "OneNumber", "Every number that it reads times a weight of its own, all added up."
            )
        case "sum" if len(question.sources) > 1:
            return translate("OneNumber", "The numbers at the same place are added.")
        case "sum":
            counted = int((number.weights > 0).sum())
            return translate(
                "OneNumber", "The mean of {count} values: there is nothing to learn in it."
            ).format(count=counted)
        case "max":
            return translate(
                "OneNumber",
                "The largest of the window is kept, whatever the others are: there is nothing to "
                "learn in it. Padding counts as minus infinity.",
            )
        case "product":
            return translate("OneNumber", "The numbers at the same place are multiplied.")
        case "copy":
            return translate("OneNumber", "The same number under another address.")
        case "softmax":
            return translate(
                "OneNumber", "Each number's exponential, as a share in the sum of all of them."
            )
        case "normalise":
            return translate(
                "OneNumber", "Shifted and scaled, so that numbers keep to the same range."
            )
        case _:
            return translate("OneNumber", "A function of this one number.")


def sight_text(
    network: NetworkSpec, layer_id: str, at: Sequence[int], field: Sequence[AxisField]
) -> str:
    """Return in words what of the picture a number depends on."""
    seen = regions(network, layer_id, at, 0 if not at else None).get(INPUT_ID)
    if seen is None or not all(seen):
        return translate("OneNumber", "It sees nothing of the picture.")
    rows, columns = seen[-2:]
    text = translate(
        "OneNumber",
        "It sees {size} pixels of the picture: rows {top}–{bottom}, columns {left}–{right}.",
    ).format(
        size=shape_label((len(rows), len(columns))),
        top=rows.start,
        bottom=rows.stop - 1,
        left=columns.start,
        right=columns.stop - 1,
    )
    if len(seen) == 4:
        count = network.input.frames
        text += " " + translate(
            "OneNumber", "Of {count} frames it sees {seen}: {first} to {last}."
        ).format(
            count=count,
            seen=len(seen[1]),
            first=moment_in(seen[1].start, count),
            last=moment_in(seen[1].stop - 1, count),
        )
    strides = [axis.stride for axis in field[-2:]]
    if at and None not in strides:
        steps = shape_label(tuple(stride for stride in strides if stride is not None))
        text += " " + translate(
            "OneNumber", "Its neighbours see the same further on, by {steps} pixels."
        ).format(steps=steps)
    return text


def _term_text(number: Number, term: int) -> str:
    taps = number.question.taps
    where = ", ".join(map(str, (int(taps.channel[term]), *taps.at[term].tolist())))
    return f"{number.question.sources[taps.source[term]]}[{where}]"


def _window(layer: LayerSpec, number: Number) -> str:
    """Return which values a kernel lies on: ``input[c, 100 + i − 1, 62 + j − 1]``."""
    question = number.question
    rank = layer.rank or 0
    ones = (1,) * rank
    stride, dilation = getattr(layer, "stride", ones), getattr(layer, "dilation", ones)
    pads = getattr(layer, "pads", None)
    if pads is None or len(question.at) < rank:
        return f"{question.sources[0]}[c, …]"
    places = [str(at) for at in question.at[:-rank]]
    for at, step, apart, (before, _), letter in zip(
        question.at[-rank:], stride, dilation, pads, _LETTERS[-rank:], strict=True
    ):
        place = f"{at}·{step}" if step != 1 else str(at)
        place += f" + {apart}·{letter}" if apart != 1 else f" + {letter}"
        places.append(place + (f" − {before}" if before else ""))
    return f"{question.sources[0]}[c, {', '.join(places)}]"
