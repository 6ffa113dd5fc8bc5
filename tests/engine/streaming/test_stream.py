"""Windows that overlap give what windows by themselves give, whatever came before."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnngui.engine import model as model_module
from cnngui.engine import plan
from cnngui.engine.glimpse import Glimpse
from cnngui.engine.model import Model
from cnngui.engine.program import AbandonedError
from cnngui.engine.streaming import stream
from cnngui.spec import layers as spec
from cnngui.spec.network import InputSpec, NetworkSpec
from tests.engine import networks
from tests.engine.video_networks import video_networks


class Film:
    """Frames that are seen by windows. A frame's number is its key."""

    def __init__(self, network: NetworkSpec, frames: int = 90, seed: int = 0) -> None:
        self.input = network.input
        rng = np.random.default_rng(seed)
        shape = (frames, self.input.channels, self.input.height, self.input.width)
        self.frames = rng.integers(0, 256, shape, np.uint8)

    def keys(self, newest: int) -> tuple[int, ...]:
        step = self.input.frame_step
        return tuple(newest - step * age for age in reversed(range(self.input.frames)))

    def window(self, newest: int) -> np.ndarray:
        """The window's pixels ``(1, C, T, H, W)``."""
        return self.frames[list(self.keys(newest))].swapaxes(0, 1)[np.newaxis]


def streamed(model: Model, film: Film, newest: int, wanted) -> dict:
    found = {}

    def keep_as(request):
        return lambda view: found.update({request: view.copy()})

    observers = {request: keep_as(request) for request in wanted}
    model.forward(film.window(newest), observers, keys=film.keys(newest))
    return found


def assert_alike(found: dict, whole: dict, tolerance: float = 2e-6) -> None:
    for request, array in found.items():
        expected = whole[request if isinstance(request, str) else request.layer_id]
        if isinstance(request, Glimpse):
            expected = expected[:, : request.channels]
            if expected.ndim > 2:
                expected = expected[..., :: request.row_step, :: request.column_step]
        scale = max(np.abs(expected).max(initial=0), 1e-3)
        np.testing.assert_allclose(array, expected, rtol=0, atol=tolerance * scale)


@settings(deadline=None, max_examples=60)
@given(video_networks(), st.data())
def test_windows_of_a_film_are_what_each_is_by_itself(network, data):
    film = Film(network)
    names = ["input", *(layer.id for layer in network.layers)]
    wanted = data.draw(st.lists(st.sampled_from(names), min_size=1, unique=True))
    glimpses = [
        Glimpse(name, 2, *data.draw(st.tuples(st.integers(1, 3), st.integers(1, 3))))
        for name in data.draw(st.lists(st.sampled_from(names), max_size=2, unique=True))
    ]
    moves = st.sampled_from((0, 1, 1, 1, 1, 1, 2, 3, 7))
    weights = networks.random_weights(network)
    # Normalising makes rounding errors as large as it likes where values are all but equal.
    normalises = any(layer.arithmetic == "normalise" for layer in network.layers)
    band_bytes = data.draw(st.sampled_from((2_000, 1_000_000)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan, "_BAND_BYTES", band_bytes)
        model, alone = Model(network, weights), Model(network, weights)
        newest = network.input.span - 1
        for move in data.draw(st.lists(moves, min_size=4, max_size=20)):
            newest = min(newest + move, len(film.frames) - 1)
            whole = alone.activations(film.window(newest), names)
            found = streamed(model, film, newest, [*wanted, *glimpses])
            assert_alike(found, whole, 1e-3 if normalises else 2e-6)


def video(*layers: spec.LayerSpec, frames: int = 8, frame_step: int = 1) -> NetworkSpec:
    size = InputSpec(height=12, width=20, frames=frames, frame_step=frame_step)
    return NetworkSpec(input=size, layers=layers)


def watched(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many output images convolutions over time are bound for, one entry per call."""
    from cnngui.engine.ops.conv3d import LiveConv3d

    seen: list[int] = []
    bind = LiveConv3d.bind

    def counted(self, sources, target, part, scratch):
        seen.append(len(part.images))
        return bind(self, sources, target, part, scratch)

    monkeypatch.setattr(LiveConv3d, "bind", counted)
    return seen


@pytest.mark.parametrize(
    ("layers", "new"),
    [
        ([spec.Conv3d(id="a"), spec.Conv3d(id="b")], 2),
        ([spec.Conv3d(id="a", padding="same"), spec.Conv3d(id="b", padding=(0, 1, 1))], 3 + 3),
        ([spec.Conv3d(id="a", stride=(2, 1, 1)), spec.Conv3d(id="b")], 2),
        (
            [
                spec.Pad3d(id="pad", padding=(0, 0, 0, 0, 2, 0), mode="replicate"),
                spec.Conv3d(id="a"),
            ],
            3,
        ),
    ],
    ids=["no padding", "padded", "strided", "causal"],
)
def test_only_moments_that_are_new_are_computed(layers, new, monkeypatch, set_threads):
    set_threads(1)
    seen = watched(monkeypatch)
    network = video(*layers, frames=10)
    film, model = Film(network), Model(network)
    for newest in range(9, 30):
        seen.clear()
        streamed(model, film, newest, [network.last_id])
        if newest > 11 and seen:  # what has been bound before is bound no more
            assert sum(seen) == new
    seen.clear()
    streamed(model, film, 29, [network.last_id])
    assert not seen


def test_every_so_many_frames_windows_are_interleaved(monkeypatch, set_threads):
    """With a step of 3 there are three windows that go on, and a result on every frame."""
    set_threads(1)
    seen = watched(monkeypatch)
    network = video(spec.Conv3d(id="a"), frame_step=3)
    film, model, alone = Film(network), Model(network), Model(network)
    first = network.input.span - 1
    for newest in range(first, first + 12):
        expected = alone.activations(film.window(newest))
        seen.clear()
        assert_alike(streamed(model, film, newest, ["a"]), expected)
        assert sum(seen) == (6 if newest < first + 3 else 1)


def test_windows_that_are_left_out_are_made_up_for(monkeypatch, set_threads):
    set_threads(1)
    network = video(spec.Conv3d(id="a"), spec.Conv3d(id="b"), frames=9)
    film, model, alone = Film(network), Model(network), Model(network)
    for newest in (8, 9, 12, 13, 19, 60, 61, 61, 40, 41):
        found = streamed(model, film, newest, ["a", "b"])
        assert_alike(found, alone.activations(film.window(newest)))


def test_memory_is_told_and_stays_as_it_is(set_threads):
    set_threads(1)  # else a thread may bind late what it meets for the first time
    network = video(spec.Conv3d(id="a", padding="same"), spec.ReLU(id="r"), spec.Conv3d(id="b"))
    film, model = Film(network, 400), Model(network)
    assert model.nbytes == 0
    for newest in range(7, 40):
        streamed(model, film, newest, ["r", "b"])
    told = model.nbytes
    window = sum(a.nbytes for a in model.activations(film.window(7), ["input", "r", "b"]).values())
    assert window < told < 3 * window
    tracemalloc.start()
    try:
        for newest in range(40, 60):
            streamed(model, film, newest, ["r", "b"])
        before, _ = tracemalloc.get_traced_memory()
        for newest in [*range(60, 300), 320, 350, 390]:
            streamed(model, film, newest, ["r", "b"])
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < 400_000


def test_bound_calls_are_not_kept_without_bound(monkeypatch, set_threads):
    set_threads(1)
    monkeypatch.setattr(stream, "_MOST_PROGRAMS", 5)
    network = video(spec.Conv3d(id="a"), frame_step=2)
    film, model, alone = Film(network), Model(network), Model(network)
    for newest in range(14, 45):
        found = streamed(model, film, newest, ["a"])
        assert_alike(found, alone.activations(film.window(newest)))
    (kept,) = model._programs.values()
    assert sum(len(chain.programs) for chain in kept._chains) == 5


def test_what_is_computed_beside_a_stream_does_not_end_it(monkeypatch, set_threads):
    """As where each frame is also looked at shifted, which has no keys."""
    set_threads(1)
    monkeypatch.setattr(model_module, "_BYTES_KEPT", 0)
    network = video(spec.Conv3d(id="a"))
    film, model = Film(network), Model(network)
    for newest in range(20, 32):
        streamed(model, film, newest, ["a"])
        model.forward(film.window(newest), {"input": lambda view: None})
    seen = watched(monkeypatch)
    streamed(model, film, 32, ["a"])
    assert sum(seen) <= 1


def test_other_weights_are_other_results():
    network = video(spec.Conv3d(id="a"))
    film, model = Film(network), Model(network)
    streamed(model, film, 20, ["a"])
    weights = {"a": {name: 2 * array for name, array in model.weights()["a"].items()}}
    edited = Model(network, weights, previous=model)
    found = streamed(edited, film, 21, ["a"])
    np.testing.assert_allclose(found["a"], edited.activations(film.window(21))["a"], rtol=1e-5)


def test_a_window_that_was_given_up_is_not_gone_on_with():
    network = video(spec.Conv3d(id="a"), spec.Conv3d(id="b"))
    film, model, alone = Film(network), Model(network), Model(network)
    streamed(model, film, 20, ["b"])
    with pytest.raises(AbandonedError):
        model.forward(film.window(21), {"b": print}, lambda: True, film.keys(21))
    for newest in (21, 22):
        found = streamed(model, film, newest, ["b"])
        assert_alike(found, alone.activations(film.window(newest)))


@pytest.mark.parametrize("frame_step", [1, 2])
def test_results_do_not_depend_on_the_number_of_threads(frame_step, set_threads):
    network = NetworkSpec(
        input=InputSpec(height=60, width=80, frames=6, frame_step=frame_step),
        layers=(
            spec.Conv3d(id="a", out_channels=16, padding="same"),
            spec.ReLU(id="r"),
            spec.MaxPool3d(id="p", kernel_size=(2, 2, 2), stride=(1, 2, 2)),
            spec.Conv3d(id="b", out_channels=16),
        ),
    )
    film, weights = Film(network), Model(network).weights()
    found = []
    for threads in (1, 3):
        set_threads(threads)
        model = Model(network, weights)
        found.append([streamed(model, film, newest, ["r", "b"]) for newest in range(12, 24)])
    for one, other in zip(*found, strict=True):
        for name in one:
            np.testing.assert_array_equal(one[name], other[name])


def test_an_image_that_repeats_is_computed_once(monkeypatch, set_threads):
    set_threads(1)
    network = video(spec.Conv3d(id="a"))
    film, model = Film(network), Model(network)
    still, keys, found = film.window(20), (7,) * 8, []
    model.forward(still, {"a": lambda view: found.append(view.copy())}, keys=keys)
    seen = watched(monkeypatch)
    model.forward(still, {"a": lambda view: found.append(view.copy())}, keys=keys)
    assert not seen
    np.testing.assert_array_equal(*found)


def test_there_is_a_key_for_each_frame():
    network = video(spec.Conv3d(id="a"))
    film, model = Film(network), Model(network)
    with pytest.raises(ValueError, match="each of 8 frames, got 3"):
        model.forward(film.window(20), {"a": print}, keys=(1, 2, 3))


@pytest.mark.parametrize("join", [spec.Add, spec.Multiply])
def test_a_moment_that_is_repeated_is_joined_with_a_stream(join):
    """What joins tensors cannot do so for some moments alone where it repeats one of them."""
    network = video(
        # Every second of its moments is the bias alone, which is the same in all windows.
        spec.ConvTranspose3d(id="conv", out_channels=2, kernel_size=1, stride=(2, 1, 1)),
        spec.Slice(id="between", dim="time", start=1, stop=2),
        join(id="joined", inputs=("conv", "between")),
    )
    film, weights = Film(network), networks.random_weights(network)
    model, alone = Model(network, weights), Model(network, weights)
    for newest in range(7, 20):
        whole = alone.activations(film.window(newest), ["joined"])
        assert_alike(streamed(model, film, newest, ["joined"]), whole)
