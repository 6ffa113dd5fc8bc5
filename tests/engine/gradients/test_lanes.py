"""Operations that several threads divide, beside one thread."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from cnngui.engine.gradients.interruption import Interruption
from cnngui.engine.gradients.program import lanes_of
from cnngui.engine.gradients.stages import Stage, run
from cnngui.engine.learning.losses import CrossEntropy
from cnngui.engine.learning.network import TrainableNetwork, learning_graph
from cnngui.spec import layers as spec
from cnngui.spec.cost import total_cost
from cnngui.spec.network import InputSpec, NetworkSpec
from tests.engine.gradients.test_interruption import Alternating

IMAGES = 4

FLAT = NetworkSpec(
    input=InputSpec(height=40, width=44),
    layers=(
        spec.Conv2d(id="conv1", out_channels=36, padding="same"),
        spec.BatchNorm2d(id="norm1"),
        spec.ReLU(id="relu1"),
        spec.Conv2d(id="tiles", out_channels=40, padding="same"),
        spec.MaxPool2d(id="pool1", kernel_size=3, stride=2, padding=1),
        spec.Conv2d(id="strided", out_channels=8, kernel_size=5, stride=2, padding=2),
        spec.Conv2d(id="small", out_channels=8, padding="same"),
        spec.ConvTranspose2d(id="up", out_channels=8, kernel_size=3, stride=2, padding=1),
        spec.AvgPool2d(id="pool2", kernel_size=2),
        spec.Conv2d(id="grouped", out_channels=6, groups=2),
        spec.SiLU(id="silu"),
        spec.Concat(id="concat", inputs=("silu", "grouped")),
        spec.Conv2d(id="narrow", out_channels=1),
        spec.Add(id="add", inputs=("narrow", "narrow")),
        spec.Flatten(id="flatten"),
        spec.Linear(id="linear", out_features=5),
    ),
)
VIDEO = NetworkSpec(
    input=InputSpec(height=48, width=40, frames=5),
    layers=(
        spec.Conv3d(id="conv1", out_channels=6, padding="same"),
        spec.BatchNorm3d(id="norm1"),
        spec.ReLU(id="relu1"),
        spec.MaxPool3d(id="pool1"),
        spec.ConvTranspose3d(id="up", out_channels=4, stride=2),
        spec.Conv3d(id="conv2", out_channels=5, kernel_size=2, stride=2),
        spec.Flatten(id="flatten"),
        spec.Linear(id="linear", out_features=5),
    ),
)


def trained(
    network: NetworkSpec, interruption: Interruption | None = None
) -> dict[tuple[str, str], NDArray[np.float64]]:
    """Return the gradients of a batch, and the weights after it with their running statistics."""
    rng = np.random.default_rng(0)
    net = TrainableNetwork(network, dtype=np.float64, interruption=interruption)
    net.gradients_of(rng.random((IMAGES, *network.input.shape)), np.arange(IMAGES), CrossEntropy())
    found = {(key, name): a for key, own in net.gradients.items() for name, a in own.items()}
    weights = {
        (key, "+" + name): a for key, own in net.weights().items() for name, a in own.items()
    }
    return found | weights


@pytest.mark.parametrize("network", [FLAT, VIDEO], ids=["images", "video"])
@pytest.mark.parametrize("threads", [2, 3])
def test_several_threads_find_what_one_finds(network, threads, set_threads):
    set_threads(1)
    alone = trained(network)
    set_threads(threads)
    multiply_adds = total_cost(network).multiply_adds
    assert lanes_of(learning_graph(network), IMAGES, multiply_adds, itemsize=8) == threads
    together, again = trained(network), trained(network)
    for key, expected in alone.items():
        np.testing.assert_allclose(together[key], expected, rtol=1e-6, atol=1e-9, err_msg=str(key))
        np.testing.assert_array_equal(together[key], again[key])


def test_interruptions_change_nothing(set_threads):
    set_threads(2)
    interruption = Alternating()
    disturbed, calm = trained(FLAT, interruption), trained(FLAT)
    assert interruption.taken > 5
    for key, expected in calm.items():
        np.testing.assert_array_equal(disturbed[key], expected)


def test_many_weights_are_summed_once(set_threads):
    set_threads(2)
    wide = replace(FLAT, layers=(*FLAT.layers[:-1], spec.Linear(id="linear", out_features=500_000)))
    assert lanes_of(learning_graph(wide), 64, 10_000_000, itemsize=4) == 2
    assert lanes_of(learning_graph(FLAT), 64, 10_000_000, itemsize=4) == 1


def test_a_stage_begins_when_the_one_before_is_done(set_threads):
    set_threads(2)
    done: list[str] = []
    first = Stage([[lambda: done.append("a")] * 50, [lambda: done.append("a")] * 50])
    first.then = lambda: done.append("then")
    run([first, Stage([[lambda: done.append("b")] * 2, []]), Stage([])], Interruption())
    assert done == ["a"] * 100 + ["then"] + ["b"] * 2


@pytest.mark.parametrize("place", [0, 1])
def test_what_fails_comes_out(place, set_threads):
    set_threads(2)
    calls = [[lambda: None] * 20, [lambda: None] * 20]
    calls[place].append(lambda: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        run([Stage(calls), Stage([[lambda: None], [lambda: None]])], Interruption())
