"""Steps of training beside PyTorch's eager mode, on equal numbers of threads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from cnngui.engine import parallel
from cnngui.engine.learning.losses import CrossEntropy
from cnngui.engine.learning.network import TrainableNetwork
from cnngui.engine.learning.optimizers import Adam
from cnngui.spec.layers import (
    Conv2d,
    Flatten,
    LayerSpec,
    Linear,
    MaxPool2d,
    ReLU,
)
from cnngui.spec.network import InputSpec, NetworkSpec
from cnngui.weights import Weights
from tests.benchmarks import torch_peer
from tests.benchmarks.timing import interleaved_medians, table

TITLE = "Training steps with Adam: milliseconds (times PyTorch's)"

_THREADS = (1, 2)
_ROUNDS = 21

Step = Callable[[], object]


def mnist_network() -> NetworkSpec:
    """Conv 8 and 16 (3x3, same), each with ReLU and 2x2 pooling, over 28x28 grey; ten classes."""
    input_spec = InputSpec(height=28, width=28).with_channels(1)
    return _network("MNIST conv 8-16", input_spec, ((8,), (16,)), "same")


def tiny_vgg() -> NetworkSpec:
    """Twice two convolutions of 10 channels (3x3, valid) and pooling, over 64x64; ten classes."""
    blocks = ((10, 10), (10, 10))
    return _network("Tiny VGG 64x64", InputSpec(height=64, width=64), blocks, "valid")


def _network(
    name: str,
    input_spec: InputSpec,
    blocks: tuple[tuple[int, ...], ...],
    padding: Literal["same", "valid"],
) -> NetworkSpec:
    layers: list[LayerSpec] = []
    for block, channels in enumerate(blocks, 1):
        for number, count in enumerate(channels, 1):
            place = f"{block}_{number}"
            layers += [
                Conv2d(id=f"conv{place}", out_channels=count, padding=padding),
                ReLU(id=f"relu{place}"),
            ]
        layers.append(MaxPool2d(id=f"pool{block}"))
    layers += [Flatten(id="flatten"), Linear(id="linear", out_features=10)]
    return NetworkSpec(name=name, input=input_spec, layers=tuple(layers))


_SUBJECTS = ((mnist_network, 64), (tiny_vgg, 32))


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

    torch.set_num_threads(threads)
    parameters = {
        layer_id: {name: torch.tensor(array, requires_grad=True) for name, array in arrays.items()}
        for layer_id, arrays in weights.items()
    }
    every = [tensor for tensors in parameters.values() for tensor in tensors.values()]
    optimizer = torch.optim.Adam(every, 1e-3)
    batch, right = torch.from_numpy(x), torch.from_numpy(labels)

    def step() -> None:
        result = torch_peer.compute(network, parameters, batch)
        loss = torch.nn.functional.cross_entropy(result, right)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    return step
