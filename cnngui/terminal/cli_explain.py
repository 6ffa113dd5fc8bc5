"""What can be said after ``describe`` and ``explain``. Imports nothing heavy either."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cnngui.spec.presets import PRESETS
from cnngui.terminal.cli import (
    DESCRIBE,
    EXPLAIN,
    MAX_FRAMES,
    Parser,
    add_threads,
    not_empty,
    whole_number,
)

MOST_SHIFT = 4096

_EXAMPLES = """\
examples:
  cnngui explain number --network classic-filters --source photo.jpg --layer conv1 --channel 3 \\
      --at 100,62 --out number.json
  cnngui explain shift --network lenet-5 --source photo.jpg --by 0,1 --out shift.json
"""


@dataclass(frozen=True)
class DescribeArguments:
    """The command line after ``describe``.

    Attributes
    ----------
    network : a preset or a file.
    json : the file for the figures, or None.
    """

    network: str
    json: Path | None


@dataclass(frozen=True)
class ExplainArguments:
    """The command line after ``explain``.

    Attributes
    ----------
    what : "number" or "shift".
    network, source, frame : which network sees which frame of what, counted from 0; of one that
        sees several frames at once it is the newest.
    out : the JSON file.
    seed : draws the weights that do not come from a file; None leaves them as the network says.
    threads : processor cores to compute on; 0 leaves it to the program.
    layer, channel, at : which number; ``at`` is (y, x), of maps of several moments (t, y, x), or
        None for the middle of a map, at its newest moment.
    by : of a shift, (down, right) in pixels.
    """

    what: str
    network: str
    source: str
    frame: int
    out: Path
    seed: int | None = None
    threads: int = 0
    layer: str = ""
    channel: int = 0
    at: tuple[int, ...] | None = None
    by: tuple[int, ...] = (0, 0)


def parse_describe_arguments(argv: Sequence[str]) -> DescribeArguments:
    """Read the command line after ``describe``.

    Raises
    ------
    ArgumentError
        An option that is missing, unknown or misused.
    SystemExit
        After --help.
    """
    parser = Parser(
        prog=f"cnngui {DESCRIBE}",
        description="Print what a network is made of: shapes, parameters, multiply-adds and "
        "receptive field of every layer.",
        allow_abbrev=False,
    )
    _add_network(parser)
    parser.add_argument("--json", metavar="FILE.json", type=Path, help="write the same as JSON")
    return DescribeArguments(**vars(parser.parse_args(argv)))


def parse_explain_arguments(argv: Sequence[str]) -> ExplainArguments:
    """Read the command line after ``explain``; errors as of ``parse_describe_arguments``."""
    parser = Parser(
        prog=f"cnngui {EXPLAIN}",
        description="Take apart what a network computes of one frame.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    kinds = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    number = kinds.add_parser(
        "number", help="the terms that one output number is made of", allow_abbrev=False
    )
    _add_frame(number)
    number.add_argument("--layer", metavar="ID", type=not_empty, required=True, help="its layer")
    number.add_argument(
        "--channel",
        metavar="C",
        type=whole_number(0, MAX_FRAMES),
        required=True,
        help="its channel, or its unit if the layer's output is flat, counted from 0",
    )
    number.add_argument(
        "--at",
        metavar="Y,X",
        type=_whole_numbers,
        help="its place, counted from 0 (default: the middle of the map); T,Y,X where maps have "
        "several moments, T being 0 for the oldest (default: the newest)",
    )
    shift = kinds.add_parser(
        "shift", help="how much every layer changes when the picture moves", allow_abbrev=False
    )
    _add_frame(shift)
    shift.add_argument(
        "--by",
        metavar="DY,DX",
        type=_whole_numbers,
        required=True,
        help="pixels down and to the right; negative ones are written --by=-1,0",
    )
    return ExplainArguments(**vars(parser.parse_args(argv)))


def _add_network(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--network",
        metavar="NETWORK",
        type=not_empty,
        required=True,
        help="a file (.json, .safetensors) or one of "
        + ", ".join(preset.key for preset in PRESETS),
    )


def _add_frame(parser: argparse.ArgumentParser) -> None:
    _add_network(parser)
    parser.add_argument(
        "--source",
        metavar="SOURCE",
        type=not_empty,
        required=True,
        help="a picture, video, folder, URL or camera, as without a command",
    )
    parser.add_argument(
        "--frame",
        metavar="K",
        type=whole_number(0, MAX_FRAMES),
        default=0,
        help="which frame of the source, counted from 0 (default: 0); where the network sees "
        "several at once it is the newest of them",
    )
    parser.add_argument("--out", metavar="FILE.json", type=Path, required=True, help="the answer")
    parser.add_argument(
        "--seed",
        metavar="K",
        type=whole_number(0, 2**31 - 1),
        help="draw the weights anew by this seed; those that come from a file stay",
    )
    add_threads(parser)


def _whole_numbers(text: str) -> tuple[int, ...]:
    numbers = tuple(whole_number(-MOST_SHIFT, MAX_FRAMES)(part) for part in text.split(","))
    if len(numbers) > 3:
        raise argparse.ArgumentTypeError(f"must be at most three whole numbers, got {text[:40]!r}")
    return numbers
