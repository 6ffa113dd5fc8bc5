"""What can be said after ``train`` on the command line. Imports nothing heavy either."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, get_args

from cnngui.data.augmentation import NO_AUGMENTATION, Augmentation
from cnngui.errors import ArgumentError, text
from cnngui.pipeline.training.settings import (
    LossName,
    OptimizerName,
    ScheduleName,
    TrainingSettings,
)
from cnngui.pipeline.training.settings_codec import RANGES
from cnngui.spec.presets import PRESETS
from cnngui.terminal.cli import (
    MAX_FRAMES,
    TRAIN,
    Parser,
    add_threads,
    not_empty,
    number,
    whole_number,
)

_USUAL = TrainingSettings()
_AUGMENTATIONS = tuple(item.name for item in fields(Augmentation))
_EXAMPLES = """\
examples:
  cnngui train --network lenet-5 --data digits --out digits.safetensors
  cnngui train --network tiny-vgg --data my-photos --augment flip=yes,shift=0.1 --out my.safetensors
  cnngui train --network lenet-5 --data t10k-images-idx3-ubyte.gz --hold-out-last 2000 \\
      --epochs 5 --batch-size 64 --out digits.safetensors --report report.json

The weights that did best on the samples kept apart are written, also after Ctrl+C.
"""


@dataclass(frozen=True)
class TrainArguments:
    """The command line after ``train``, read and checked.

    Attributes
    ----------
    network, data : what is to learn, and what from.
    out : the .safetensors file for the best weights.
    report : the JSON file for the numbers, or None.
    curves, predictions : the CSV files for what was measured and what samples were taken for.
    settings : how it learns; its seed is also that of weights that are drawn.
    test : an address of samples for the final figures, or None.
    hold_out_last : how many of the data's last samples are for those figures instead.
    threads : processor cores to compute on; 0 leaves it to the program.
    """

    network: str
    data: str
    out: Path
    report: Path | None
    curves: Path | None
    predictions: Path | None
    settings: TrainingSettings
    test: str | None
    hold_out_last: int
    threads: int


def parse_train_arguments(argv: Sequence[str]) -> TrainArguments:
    """Read the command line after ``train``.

    Raises
    ------
    ArgumentError
        An option that is missing, unknown, misused or out of range.
    SystemExit
        After --help.
    """
    values = vars(_parser().parse_args(argv))
    if values["out"].suffix.lower() != ".safetensors":
        rule = text("must end in {suffix}", suffix=".safetensors")
        raise ArgumentError("--out", rule, values["out"])
    if values["test"] is not None and values["hold_out_last"]:
        rule = text("must not be given together with {option}", option="--hold-out-last")
        raise ArgumentError("--test", rule)
    settings = {item.name: values.pop(item.name) for item in fields(TrainingSettings)}
    return TrainArguments(settings=TrainingSettings(**settings), **values)


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog=f"cnngui {TRAIN}",
        description="Teach a network to tell classes apart, without a window.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add(
        "--network",
        metavar="NETWORK",
        type=not_empty,
        required=True,
        help="a file (.json, .safetensors) or one of "
        + ", ".join(preset.key for preset in PRESETS)
        + "; its last layer is made to fit the classes",
    )
    add(
        "--data",
        metavar="DATA",
        type=not_empty,
        required=True,
        help="a folder with a sub-folder for each class, of pictures, short videos or folders of "
        "numbered pictures (clips); an IDX file of pictures "
        "(its labels beside it, .gz or plain) or a folder with such; or shapes, paper (shapes on "
        "paper), digits or motions (clips), which are drawn (options: shapes:count=2000:seed=1)",
    )
    add(
        "--out",
        metavar="FILE.safetensors",
        type=Path,
        required=True,
        help="where the network goes with the best weights",
    )
    add("--report", metavar="FILE.json", type=Path, help="write settings, curves and figures")
    add("--curves", metavar="FILE.csv", type=Path, help="write loss and accuracy as a table")
    add(
        "--predictions",
        metavar="FILE.csv",
        type=Path,
        help="write as a table what each sample that was measured with was taken for",
    )
    add(
        "--test",
        metavar="DATA",
        type=not_empty,
        help="measure in the end on these samples, which are of the same classes",
    )
    add(
        "--hold-out-last",
        metavar="N",
        type=whole_number(0, MAX_FRAMES),
        default=0,
        help="measure in the end on the last N samples of the data, which are not trained with",
    )
    add_threads(parser)
    _add_settings(parser.add_argument_group("how it learns"))
    return parser


def _add_settings(group: argparse._ArgumentGroup) -> None:
    def add(field: str, metavar: str, words: str) -> None:
        usual = getattr(_USUAL, field)
        reader = whole_number if isinstance(usual, int) else number
        group.add_argument(
            _option(field),
            metavar=metavar,
            type=reader(*RANGES[field]),
            default=usual,
            help=f"{words} (default: {usual:g})",
        )

    def add_choice(field: str, choices: Sequence[str], words: str) -> None:
        usual = getattr(_USUAL, field)
        group.add_argument(
            _option(field), choices=choices, default=usual, help=f"{words} (default: {usual})"
        )

    add("epochs", "N", "how often every sample is shown")
    add("batch_size", "B", "samples per step")
    add_choice("optimizer", get_args(OptimizerName), "how gradients change the weights")
    add("learning_rate", "R", "how far they do in one step")
    add("momentum", "M", "of sgd")
    group.add_argument("--nesterov", action="store_true", help="Nesterov's momentum, of sgd")
    add("weight_decay", "D", "how strongly weights are pulled towards 0")
    add_choice("schedule", get_args(ScheduleName), "how the learning rate changes on the way")
    add("warmup_epochs", "E", "over how many it rises from 0 first")
    add("clip_norm", "L", "the greatest length of all gradients together; 0: any")
    add_choice("loss", get_args(LossName), "what is made small")
    group.add_argument(
        "--class-weights",
        action="store_true",
        help="let all classes count alike, however many samples each has",
    )
    add("patience", "N", "end when so many epochs bring nothing better; 0: go on to the last")
    add("validation_share", "S", "of the samples, kept apart to choose the best weights by")
    add(
        "seed",
        "K",
        "of all that is random: first weights (those from a file stay), order, samples kept apart, "
        "augmentation",
    )
    group.add_argument(
        "--augment",
        dest="augmentation",
        metavar="LIST",
        type=_augmentation,
        default=NO_AUGMENTATION,
        help="how samples are changed at random each time, such as shift=0.1,rotation=10,flip=yes; "
        "of " + ", ".join(_AUGMENTATIONS),
    )


def _option(field: str) -> str:
    return "--" + field.replace("_", "-")


def _augmentation(written: str) -> Augmentation:
    found: dict[str, Any] = {}
    for part in written.split(","):
        key, _, value = part.strip().partition("=")
        if key == "flip" and value in ("yes", "no"):
            found[key] = value == "yes"
        elif key in RANGES and key in _AUGMENTATIONS:
            try:
                found[key] = number(*RANGES[key])(value)
            except argparse.ArgumentTypeError as error:
                raise argparse.ArgumentTypeError(f"{key} {error}") from None
        else:
            rule = f"must be a list of {', '.join(_AUGMENTATIONS)} (flip=yes)"
            raise argparse.ArgumentTypeError(f"{rule}, got {part!r}")
    return Augmentation(**found)
