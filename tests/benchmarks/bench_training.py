"""Steps of training beside PyTorch's eager mode, on equal numbers of threads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnngui.engine import parallel
from cnngui.engine.learning.losses import CrossEntropy
from cnngui.engine.learning.network import TrainableNetwork
from cnngui.engine.learning.optimizers import Adam
from cnngui.spec.network import NetworkSpec
from cnngui.weights import Weights
from tests.benchmarks import training_subjects
from tests.benchmarks.timing import interleaved_medians, table

TITLE = "Training steps with Adam: milliseconds (times PyTorch's)"

_THREADS = (1, 2)
_ROUNDS = 21

Step = Callable[[], object]


Subject = tuple[Callable[[], NetworkSpec], int]
"""A network, and how many images a batch has."""

_SUBJECTS: tuple[Subject, ...] = (
    (training_subjects.mnist_network, 64),
    (training_subjects.tiny_vgg, 32),
    (training_subjects.resnet18, 16),
    (training_subjects.u_net, 8),
    (training_subjects.video_network, 8),
)


def measure() -> list[dict[str, Any]]:
    """Return a row per network and number of threads."""
    return [
        _measure_network(subject(), images, threads)
        for subject, images in _SUBJECTS
        for threads in _THREADS
    ]


def describe(rows: list[dict[str, Any]]) -> str:
    """Return the rows as a table."""
    body = []
    for row in rows:
        taken = row["milliseconds"]
        theirs = f"{taken['PyTorch']:.2f}" if "PyTorch" in taken else "-"
        ratio = f"{row['ratio_to_pytorch']:.2f}" if row["ratio_to_pytorch"] else "-"
        cells = [row["network"], str(row["threads"]), f"{taken['cnngui']:.2f} ({ratio})", theirs]
        body.append(cells)
    notes = [
        f"{row['network']}: PyTorch left out: {row['left_out']}" for row in rows if row["left_out"]
    ]
    return "\n".join(
        [table(["network", "threads", "cnngui", "PyTorch"], body), *dict.fromkeys(notes)]
    )


def _measure_network(network: NetworkSpec, images: int, threads: int) -> dict[str, Any]:
    rng = np.random.default_rng(0)
    x = rng.random((images, *network.input.shape), np.float32)
    labels = rng.integers(0, 10, images)
    left_out = ""
    before = parallel.thread_count()
    parallel.configure(threads)
    try:
        ours = TrainableNetwork(network)
        first = ours.weights()
        contenders: dict[str, Step] = {"cnngui": _ours(ours, x, labels)}
        try:
            contenders["PyTorch"] = _torch(network, first, x, labels, threads)
        except ModuleNotFoundError:
            left_out = "not installed"
        medians = interleaved_medians(contenders, _ROUNDS)
    finally:
        parallel.configure(before)
    theirs = medians.get("PyTorch")
    return {
        "network": f"{network.name}, batch {images}",
        "threads": threads,
        "milliseconds": {name: seconds * 1e3 for name, seconds in medians.items()},
        "ratio_to_pytorch": medians["cnngui"] / theirs if theirs else None,
        "left_out": left_out,
    }


def _ours(network: TrainableNetwork, x: NDArray[np.float32], labels: NDArray[np.int64]) -> Step:
    optimizer, loss = Adam(1e-3), CrossEntropy()

    def step() -> None:
        network.gradients_of(x, labels, loss)
        optimizer.step(network.parameters, network.gradients)

    return step


def _torch(
    network: NetworkSpec,
    weights: Weights,
    x: NDArray[np.float32],
    labels: NDArray[np.int64],
    threads: int,
) -> Step:
    import torch  # a yardstick, not something that the program needs

    from tests.benchmarks.torch_pupil import Pupil

    torch.set_num_threads(threads)
    pupil = Pupil(network, weights)
    optimizer = torch.optim.Adam(pupil.parameters(), 1e-3)
    batch, right = torch.from_numpy(x), torch.from_numpy(labels)

    def step() -> None:
        loss = torch.nn.functional.cross_entropy(pupil(batch), right)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    return step
