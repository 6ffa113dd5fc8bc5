"""What can be said on the command line. Imports nothing heavy, so that --help comes at once."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from cnngui import __version__
from cnngui.errors import ArgumentError, text
from cnngui.featuremaps.snapshot_plan import MOST_CHANNEL_PICTURES as DEFAULT_CHANNEL_PICTURES
from cnngui.spec.presets import PRESETS

TRAIN, DESCRIBE, EXPLAIN = "train", "describe", "explain"
"""What the first word may be; what follows it is read by a module of its own."""
EXIT_MENDABLE = 2
EXIT_STOPPED = 130
"""What shells expect of a program that Ctrl+C has ended."""

DEFAULT_FRAMES = 100
DEFAULT_SOURCE = "sample"
DEFAULT_NETWORK = PRESETS[0].key
MAX_SEED = 2**31 - 1
MAX_THREADS = 256
MAX_FRAMES = 10**9
MAX_CHANNEL_PICTURES = 10**6

_USAGE = """\
cnngui [--source SOURCE] [--network NETWORK] [--seed K] [--threads N]
       cnngui --headless [--frames N] [--report FILE.json] [--realtime]
                         [--snapshot DIR [--snapshot-layers IDS] [--channel-pictures N]] ...
       cnngui train | describe | explain ...   (each has a --help of its own)"""
_EXAMPLES = """\
examples:
  cnngui                                      the window, on the built-in clip
  cnngui --source film.mp4 --network lenet-5  the window, on a film
  cnngui --headless --snapshot out            100 frames of the built-in clip, the last one saved
  cnngui --headless --source camera:0 --frames 500 --realtime --report report.json
  cnngui train --help                         how to teach a network without a window
  cnngui describe --network lenet-5           shapes, costs and receptive fields as a table
  cnngui explain --help                       how one number, or a shift, is taken apart
"""


@dataclass(frozen=True)
class Arguments:
    """The command line, read and checked.

    Attributes
    ----------
    source, network, seed : what to begin with; None leaves it to the program.
    threads : processor cores to compute on; 0 leaves it to the program.
    headless : run without a window. What follows is for that alone.
    frames : how many to run.
    snapshot : the folder for a snapshot of the last frame, or None.
    snapshot_layers : ids of the layers wanted in it; none stands for all.
    channel_pictures : how many pictures of single channels it may hold.
    report : the JSON file for the numbers, or None.
    realtime : keep the source's tempo and drop frames as the window does.
    """

    source: str | None = None
    network: str | None = None
    seed: int | None = None
    threads: int = 0
    headless: bool = False
    frames: int = DEFAULT_FRAMES
    snapshot: Path | None = None
    snapshot_layers: tuple[str, ...] = ()
    channel_pictures: int = DEFAULT_CHANNEL_PICTURES
    report: Path | None = None
    realtime: bool = False


class Parser(argparse.ArgumentParser):
    """Tells what is wrong in one line, by exception."""

    def error(self, message: str) -> NoReturn:
        """Raise an ArgumentError, in the words of argparse."""
        thing, colon, rule = message.removeprefix("argument ").partition(": ")
        if not colon:
            thing, rule = self.prog, message
        raise ArgumentError(thing, text("{words}", words=rule))


def parse_arguments(argv: Sequence[str] | None = None) -> Arguments:
    """Read the command line.

    Parameters
    ----------
    argv : without the program's name; None takes the process's own.

    Raises
    ------
    ArgumentError
        An option that is unknown, misused or out of range.
    SystemExit
        After --help and --version.
    """
    arguments = Arguments(**vars(_parser().parse_args(argv)))
    if not arguments.headless:
        for option in ("snapshot", "report", "realtime"):
            if getattr(arguments, option):
                rule = text("is for runs without a window: add {option}", option="--headless")
                raise ArgumentError(f"--{option}", rule)
    if arguments.snapshot is None:
        usual = Arguments()
        for name in ("snapshot_layers", "channel_pictures"):
            if getattr(arguments, name) != getattr(usual, name):
                rule = text("is about a snapshot: add {option} DIR", option="--snapshot")
                raise ArgumentError(f"--{name.replace('_', '-')}", rule)
    return arguments


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="cnngui",
        usage=_USAGE,
        description="See a convolutional neural network at work: build it layer by layer, watch "
        "every channel live.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"cnngui {__version__}")
    parser.add_argument(
        "--source",
        metavar="SOURCE",
        type=not_empty,
        help="a video, image or folder of images; a URL (http, https, rtsp, rtmp); "
        f"camera:NAME-or-NUMBER; or {DEFAULT_SOURCE}, the built-in clip (the default)",
    )
    parser.add_argument(
        "--network",
        metavar="NETWORK",
        type=not_empty,
        help="a file (.json, .safetensors) or one of "
        + ", ".join(preset.key for preset in PRESETS)
        + f" (default: {DEFAULT_NETWORK})",
    )
    parser.add_argument(
        "--seed",
        metavar="K",
        type=whole_number(0, MAX_SEED),
        help="draw the weights anew by this seed; those that come from a file stay",
    )
    add_threads(parser)
    group = parser.add_argument_group("without a window, for scripts")
    group.add_argument("--headless", action="store_true", help="run every frame in order, then end")
    group.add_argument(
        "--frames",
        metavar="N",
        type=whole_number(1, MAX_FRAMES),
        default=DEFAULT_FRAMES,
        help=f"how many frames (default: {DEFAULT_FRAMES}); a source may end earlier",
    )
    group.add_argument(
        "--snapshot",
        metavar="DIR",
        type=Path,
        help="save layers' maps of the last frame in a new folder below DIR",
    )
    group.add_argument(
        "--snapshot-layers",
        metavar="IDS",
        type=_layer_ids,
        default=(),
        help="which layers: ids separated by commas, or last (default: all)",
    )
    group.add_argument(
        "--channel-pictures",
        metavar="N",
        type=whole_number(0, MAX_CHANNEL_PICTURES),
        default=DEFAULT_CHANNEL_PICTURES,
        help="save pictures of single channels, so many in all (default: "
        f"{DEFAULT_CHANNEL_PICTURES}); sheets and raw values are there of every layer",
    )
    group.add_argument(
        "--report", metavar="FILE.json", type=Path, help="write frames, times and shapes as JSON"
    )
    group.add_argument(
        "--realtime",
        action="store_true",
        help="keep the source's tempo and drop frames as the window does",
    )
    return parser


def add_threads(parser: argparse.ArgumentParser) -> None:
    """Add the option that every way to run the program has."""
    parser.add_argument(
        "--threads",
        metavar="N",
        type=whole_number(0, MAX_THREADS),
        default=0,
        help="processor cores to compute on (default: all, or all but one of more than two)",
    )


def _layer_ids(written: str) -> tuple[str, ...]:
    return tuple(filter(None, (name.strip() for name in written.split(","))))


def not_empty(written: str) -> str:
    """Read a name or an address."""
    if not written:  # a variable that a script forgot to set, above all
        raise argparse.ArgumentTypeError("must not be empty")
    return written


def whole_number(minimum: float, maximum: float) -> Callable[[str], int]:
    """Return what reads a whole number in a range."""

    def read(written: str) -> int:
        try:
            value: float = int(written)
        except ValueError:
            value = math.nan
        if not minimum <= value <= maximum:
            raise argparse.ArgumentTypeError(
                f"must be a whole number from {minimum:.12g} to {maximum:.12g}, got {written!r}"
            )
        return int(value)

    return read


def number(minimum: float, maximum: float) -> Callable[[str], float]:
    """Return what reads a number in a range."""

    def read(written: str) -> float:
        try:
            value = float(written)
        except ValueError:
            value = math.nan
        if not minimum <= value <= maximum:
            raise argparse.ArgumentTypeError(
                f"must be a number from {minimum:g} to {maximum:g}, got {written!r}"
            )
        return value

    return read
