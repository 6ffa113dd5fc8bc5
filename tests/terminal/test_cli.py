"""The command line: what it means, and one line for what is wrong."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from cnngui import __version__
from cnngui.errors import ArgumentError
from cnngui.terminal.cli import DEFAULT_FRAMES, MAX_SEED, Arguments, parse_arguments

ROOT = Path(__file__).resolve().parents[2]


def test_nothing_means_the_window() -> None:
    assert parse_arguments([]) == Arguments()


def test_everything_for_the_window() -> None:
    line = ["--source", "film.mp4", "--network", "lenet-5", "--seed", "7", "--threads", "3"]
    assert parse_arguments(line) == Arguments("film.mp4", "lenet-5", 7, 3)


def test_everything_without_a_window() -> None:
    line = ["--headless", "--frames", "9", "--snapshot", "out", "--report", "r.json", "--realtime"]
    assert parse_arguments(line) == Arguments(
        headless=True, frames=9, snapshot=Path("out"), report=Path("r.json"), realtime=True
    )
    assert parse_arguments(["--headless"]).frames == DEFAULT_FRAMES


@pytest.mark.parametrize(
    ("line", "thing"),
    [
        ("--headless --frames 0", "--frames"),
        ("--headless --frames -3", "--frames"),
        ("--headless --frames 1.5", "--frames"),
        ("--headless --frames many", "--frames"),
        ("--headless --frames 99999999999999999999", "--frames"),
        ("--headless --frames", "--frames"),
        ("--seed -1", "--seed"),
        (f"--seed {MAX_SEED + 1}", "--seed"),
        ("--threads nan", "--threads"),
        ("--threads 100000", "--threads"),
        ("--head", "--head"),
        ("film.mp4", "film.mp4"),
        ("--snapshot out", "--snapshot"),
        ("--report r.json", "--report"),
        ("--realtime", "--realtime"),
        ("--headless --snapshot-layers conv1", "--snapshot-layers"),
        ("--headless --channel-pictures 7", "--channel-pictures"),
        ("--headless --snapshot out --channel-pictures -1", "--channel-pictures"),
    ],
)
def test_nonsense_is_refused_by_name(line: str, thing: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        parse_arguments(line.split())
    assert thing in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_was_given_is_quoted() -> None:
    with pytest.raises(ArgumentError, match=r"from 1 to .*, got '0'"):
        parse_arguments(["--frames", "0"])


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("--help", "--realtime"),
        ("--help", "       cnngui train | describe | explain ..."),
        ("--version", __version__),
        ("train --help", "--hold-out-last"),
    ],
)
def test_help_and_version_load_nothing_heavy(line: str, said: str) -> None:
    code = """
import sys
from cnngui.app import main
try:
    main(sys.argv[1:])
except SystemExit as end:
    assert not end.code
heavy = {"numpy", "cv2", "PySide6", "safetensors"} & set(sys.modules)
assert not heavy, heavy
"""
    finished = subprocess.run(
        [sys.executable, "-c", code, *line.split()], cwd=ROOT, capture_output=True, text=True
    )
    assert finished.returncode == 0, finished.stderr
    assert said in finished.stdout
