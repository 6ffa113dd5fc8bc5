"""Takes one number, or a shift, of one frame apart, and writes the answer as JSON."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnngui.atomic import place_of
from cnngui.capture.address import parse_address
from cnngui.capture.deadline import StoppedError
from cnngui.capture.opening import open_source
from cnngui.engine import parallel
from cnngui.engine.model import Model
from cnngui.engine.preprocess import normalise
from cnngui.errors import ArgumentError, SourceError, text
from cnngui.explain.number import Number, explain_number
from cnngui.explain.shift import changes, shifted
from cnngui.formats.opening import open_network
from cnngui.images.fit import fit_frame
from cnngui.pipeline.frame_buffer import FrameBuffer
from cnngui.pipeline.messages import ViewRequest
from cnngui.spec.layers import INPUT_ID, Shape, shape_text
from cnngui.spec.network import NetworkSpec
from cnngui.spec.shapes import infer
from cnngui.terminal.cli import EXIT_STOPPED
from cnngui.terminal.cli_explain import ExplainArguments
from cnngui.terminal.reports import refuse_unwritable, signals_stop, write_report

Maps = dict[str, NDArray[np.float32]]


def run_explain(arguments: ExplainArguments) -> int:
    """Compute the frame, write the answer, say it in a line; return the exit code.

    Raises
    ------
    UserError
        Network, source, the number asked for or the file cannot be used.
    """
    found = open_network(arguments.network)
    seed = arguments.seed
    spec = found.spec if seed is None else found.spec.seeded(seed)
    infer(spec).raise_if_invalid()
    refuse_unwritable(place_of(arguments.out).parent, may_be_made=False)
    if arguments.what == "number":
        at = _place(arguments, spec)
    elif len(arguments.by) != 2:
        raise ArgumentError("--by", text("must be two whole numbers, down and right"))
    parallel.configure(arguments.threads)
    with signals_stop() as stopped:
        pixels = _pixels(arguments, spec, stopped.is_set)
    if pixels is None:
        return EXIT_STOPPED
    model = Model(spec, found.weights)
    if arguments.what == "number":
        wanted = {arguments.layer, *spec.inputs_of(spec.index_of(arguments.layer))}
        outputs = _outputs(model, pixels, wanted)
        number = explain_number(
            spec, model.weights(), outputs, arguments.layer, arguments.channel, at
        )
        write_report(arguments.out, number_entry(spec, number))
        print(f"{_name(number)} = {number.value:.7g}; written to {arguments.out.absolute()}")
        return 0
    down, right = arguments.by
    everything = {INPUT_ID, *(layer.id for layer in spec.layers)}
    old = _outputs(model, pixels, everything)
    new = _outputs(model, shifted(pixels, (down, right)), everything)
    write_report(arguments.out, shift_entry(spec, old, new, (down, right)))
    print(f"Shifted by {down},{right}; written to {arguments.out.absolute()}")
    return 0


def number_entry(spec: NetworkSpec, number: Number) -> dict[str, Any]:
    """Return a number's parts as JSON can hold them; what is not finite as a string."""
    question, taps = number.question, number.question.taps
    entry: dict[str, Any] = {
        "layer": question.layer.id,
        "type": question.layer.type,
        "kind": question.kind,
        "channel": question.channel,
        "at": list(question.at),
        "value": _plain(number.value),
        "sum": _plain(number.sum),
        "bias": None if number.bias is None else _plain(number.bias),
    }
    terms = []
    for place in range(len(taps)):
        is_padding = not taps.inside[place]
        term: dict[str, Any] = {
            "source": question.sources[taps.source[place]],
            "channel": int(taps.channel[place]),
            "at": taps.at[place].tolist(),
        }
        if is_padding:
            term["padding"] = True
        never_largest = is_padding and question.kind == "max"
        term |= {
            "tap": taps.tap[place].tolist(),
            "input": None if never_largest else _plain(number.inputs[place]),
            "weight": _plain(number.weights[place]),
            "product": None if never_largest else _plain(number.products[place]),
        }
        if question.kind == "softmax":
            term["exponential"] = _plain(number.exponentials[place])
            term["share"] = _plain(number.shares[place])
        terms.append(term)
    entry["terms"] = terms
    entry["subtotals"] = [
        {"source": part.source, "channel": part.channel, "sum": _plain(part.value)}
        for part in number.subtotals
    ]
    if question.kind == "max":
        entry["largest"] = list(number.largest)
    if number.facts:
        entry["numbers"] = {name: _plain(value) for name, value in number.facts.items()}
    return entry


def shift_entry(spec: NetworkSpec, old: Maps, new: Maps, by: tuple[int, int]) -> dict[str, Any]:
    """Return what a shift changed, by layer in the network's order, the input first."""
    found = changes(spec, old, new, by)
    order = (INPUT_ID, *(layer.id for layer in spec.layers))
    return {
        "network": spec.name,
        "by": list(by),
        "layers": [
            {
                "id": name,
                "changed": found[name].changed,
                "changed_after_moving": found[name].changed_after_moving,
            }
            for name in order
        ],
    }


def _plain(value: float) -> float | str:
    number = float(value)
    return number if math.isfinite(number) else str(number)


def _name(number: Number) -> str:
    question = number.question
    return f"{question.layer.id}[{', '.join(map(str, (question.channel, *question.at)))}]"


def _place(arguments: ExplainArguments, spec: NetworkSpec) -> tuple[int, ...]:
    if arguments.layer not in spec:
        ids = ", ".join(layer.id for layer in spec.layers[:40])
        raise ArgumentError("--layer", text("must be one of {ids}", ids=ids), arguments.layer)
    channels, *sizes = shape = infer(spec).shapes[arguments.layer]
    if arguments.channel >= channels:
        rule = text(
            "must be below {count}, the channels of {layer}", count=channels, layer=arguments.layer
        )
        raise ArgumentError("--channel", rule, arguments.channel)
    if arguments.at is None:
        return ViewRequest().middle_of(sizes)
    _require_place(arguments, shape)
    return arguments.at


def _require_place(arguments: ExplainArguments, shape: Shape) -> None:
    at, sizes = arguments.at or (), shape[1:]
    if not sizes:
        rule = text(
            "must be left out: {layer} is flat, its channel says it all", layer=arguments.layer
        )
        raise ArgumentError("--at", rule)
    if len(at) != len(sizes) or not all(
        0 <= place < size for place, size in zip(at, sizes, strict=True)
    ):
        rule = text(
            "must lie in the map of {layer}, {sizes}",
            layer=arguments.layer,
            sizes=shape_text(sizes),
        )
        raise ArgumentError("--at", rule, ",".join(map(str, at)))


def _pixels(
    arguments: ExplainArguments, spec: NetworkSpec, is_stopped: Callable[[], bool]
) -> NDArray[np.uint8] | None:
    """Return what the network sees when the frame asked for is the newest; None when stopped."""
    picture = window = None
    buffer = FrameBuffer()
    buffer.aim(spec.input)
    try:
        with open_source(parse_address(arguments.source), is_stopped=is_stopped) as source:
            for number in range(arguments.frame + 1):
                picture = None if is_stopped() else source.read()
                if picture is None and not is_stopped():
                    rule = text("must have a frame {frame}, counted from 0", frame=arguments.frame)
                    raise SourceError(source.info.name, rule, text("{count} frames", count=number))
                if picture is not None:
                    _, window = buffer.take(source, picture)
            name = source.info.name
    except StoppedError:
        return None
    if picture is None:
        return None
    if window is None:
        return fit_frame(picture, spec.input)
    if not window.is_full:
        rule = text(
            "must have more frames before frame {frame}: the network sees several at once",
            frame=arguments.frame,
        )
        raise SourceError(name, rule)
    return window.pixels()


def _outputs(model: Model, pixels: NDArray[np.uint8], wanted: set[str]) -> Maps:
    described = model.spec.input
    x = normalise(pixels, described.mean, described.std)
    return {name: batch[0] for name, batch in model.activations(x, wanted).items()}
