"""What the presets have in common that have learned: trained as ``cnngui train`` does it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from cnngui.formats.network_file import write_network
from cnngui.spec.network import NetworkSpec

HERE = Path(__file__).parent
MAIN = HERE.parents[1] / "main.py"

SEED = 1
"""What is drawn to learn from; the one after it draws what is measured on."""


def train(network: NetworkSpec, file: Path, **options: object) -> int:
    """Train a network and write it; return the exit code.

    Parameters
    ----------
    options : of ``cnngui train``, beside those that all presets share.
    """
    shared = {
        "batch-size": 64,
        "learning-rate": 0.004,
        "schedule": "cosine",
        "warmup-epochs": 0.5,
        "validation-share": 0.1,
        "seed": SEED,
        "out": file,
    }
    with tempfile.TemporaryDirectory() as folder:
        untrained = Path(folder) / f"{file.stem}.json"
        write_network(untrained, network)
        line = [sys.executable, str(MAIN), "train", f"--network={untrained}"]
        # A process of its own sets up NumPy as the program does it.
        told = (f"--{name}={value}" for name, value in (shared | options).items())
        return subprocess.call([*line, *told])


def file_asked_for(usual: str) -> Path:
    """Return where the network is to be written: as the command line says, or in its place."""
    return Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / usual
