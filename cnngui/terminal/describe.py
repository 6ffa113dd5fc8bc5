"""Tells what a network is made of, as a table and as JSON."""

from __future__ import annotations

from typing import Any

from cnngui.atomic import place_of
from cnngui.explain.receptive import AxisField, fields
from cnngui.formats.opening import open_network
from cnngui.spec.cost import layer_costs
from cnngui.spec.layers import shape_text
from cnngui.spec.network import NetworkSpec
from cnngui.spec.shapes import infer
from cnngui.terminal.cli_explain import DescribeArguments
from cnngui.terminal.reports import refuse_unwritable, write_report


def run_describe(arguments: DescribeArguments) -> int:
    """Print the table, write the JSON if asked to; return the exit code.

    Raises
    ------
    UserError
        The network cannot be read, is not valid, or the file cannot be written.
    """
    network = open_network(arguments.network).spec
    infer(network).raise_if_invalid()
    if arguments.json is not None:
        refuse_unwritable(place_of(arguments.json).parent, may_be_made=False)
    described = description(network)
    print(_table(described))
    if arguments.json is not None:
        write_report(arguments.json, described)
    return 0


def description(network: NetworkSpec) -> dict[str, Any]:
    """Return the figures of a valid network as JSON can hold them."""
    report, costs, known = infer(network), layer_costs(network), fields(network)
    seen = network.input
    frames = {"count": seen.frames, "step": seen.frame_step, "rate": seen.frame_rate}
    return {
        "network": network.name,
        "input": list(seen.shape),
        **({"frames": frames} if seen.frames > 1 else {}),
        "layers": [
            {
                "id": layer.id,
                "type": layer.type,
                "reads": list(network.inputs_of(index)),
                "shape": list(report.shapes[layer.id]),
                "parameters": costs[layer.id].parameters,
                "multiply_adds": costs[layer.id].multiply_adds,
                "receptive_field": _field(known[layer.id]),
            }
            for index, layer in enumerate(network.layers)
        ],
    }


def _field(axes: tuple[AxisField, ...]) -> dict[str, list[int | None]]:
    return {
        "size": [axis.size for axis in axes],
        "stride": [axis.stride for axis in axes],
        "padding": [axis.padding for axis in axes],
    }


_HEAD = ("layer", "type", "shape", "parameters", "multiply-adds", "sees", "every", "before")


def _table(described: dict[str, Any]) -> str:
    rows = [_HEAD]
    for layer in described["layers"]:
        field = layer["receptive_field"]
        rows.append(
            (
                layer["id"],
                layer["type"],
                shape_text(layer["shape"]),
                f"{layer['parameters']:,}",
                f"{layer['multiply_adds']:,}",
                *(_sizes(field[name]) for name in ("size", "stride", "padding")),
            )
        )
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(
            cell.ljust(width) if place < 2 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    parameters = sum(layer["parameters"] for layer in described["layers"])
    work = sum(layer["multiply_adds"] for layer in described["layers"])
    head = f"{described['network']}, input {shape_text(described['input'])}"
    has_time = len(described["input"]) == 4
    if has_time:
        head += f" ({_frames(described['frames'])})"
    seen = "so many frames and pixels" if has_time else "so many pixels"
    foot = (
        f"{parameters:,} parameters, {work:,} multiply-adds a frame. A number sees {seen} "
        "of the input,\nits neighbours' windows begin so many further on, and the first one so "
        "many before the picture."
    )
    return "\n".join((head, "", *lines, "", foot))


def _frames(told: dict[str, Any]) -> str:
    words = f"{told['count']} frames"
    if told["step"] > 1:
        words += f", 1 in {told['step']}"
    if not told["rate"]:
        return words
    seconds = (told["count"] - 1) * told["step"] / told["rate"]
    return f"{words}, at {told['rate']:g} a second: {seconds:.3g} s"


def _sizes(numbers: list[int | None]) -> str:
    if None in numbers:
        return "-"
    return shape_text([number for number in numbers if number is not None])
