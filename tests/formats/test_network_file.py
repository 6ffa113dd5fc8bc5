from __future__ import annotations

import errno
import json
import math
import mmap
import os
import tracemalloc
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import given, settings
from hypothesis import strategies as st

from cnngui import atomic
from cnngui.engine.model import Model
from cnngui.errors import NetworkError, NetworkFileError, SaveError
from cnngui.formats import network_file, tensor_file
from cnngui.formats.network_file import (
    DESCRIPTION_KEY,
    MAX_HEADER_BYTES,
    NetworkFile,
    read_network,
    write_network,
)
from cnngui.formats.tensor_file import TensorFile
from cnngui.spec.codec import to_json
from cnngui.spec.layers import (
    Add,
    BatchNorm2d,
    BatchNorm3d,
    Conv2d,
    Conv3d,
    ConvTranspose3d,
    Flatten,
    Linear,
    ReLU,
    Slice,
)
from cnngui.spec.network import InputSpec, NetworkSpec
from cnngui.spec.shapes import infer
from cnngui.weights import Weights

NETWORK = NetworkSpec(
    name="small",
    input=InputSpec(height=8, width=8),
    layers=(
        Conv2d(id="conv1", out_channels=4),
        BatchNorm2d(id="bn1"),
        ReLU(id="relu1"),
        Conv2d(id="skipped", enabled=False),
        Add(id="add1", inputs=("bn1", "relu1")),
        Flatten(id="flatten1"),
        Linear(id="linear1", out_features=2, bias=False),
    ),
    classes=("猫", "dog"),
)


def drawn_weights(network: NetworkSpec = NETWORK, seed: int = 0) -> Weights:
    generator = np.random.default_rng(seed)
    return {
        layer_id: {name: generator.random(shape, np.float32) for name, shape in parameters.items()}
        for layer_id, parameters in infer(network).parameters.items()
        if parameters
    }


def tensors_of(weights: Weights) -> dict[str, np.ndarray]:
    return {
        f"{layer_id}.{name}": array
        for layer_id, arrays in weights.items()
        for name, array in arrays.items()
    }


VALID_BYTES = safetensors.numpy.save(
    tensors_of(drawn_weights()), metadata={DESCRIPTION_KEY: to_json(NETWORK)}
)


def without_weights_ids(network: NetworkSpec) -> NetworkSpec:
    for layer_id in ("conv1", "bn1", "skipped", "linear1"):
        network = network.edited(layer_id, weights_id="")
    return network


def saved(path: Path, tensors: dict[str, np.ndarray], network: NetworkSpec = NETWORK) -> Path:
    path.write_bytes(safetensors.numpy.save(tensors, metadata={DESCRIPTION_KEY: to_json(network)}))
    return path


@pytest.mark.parametrize("name", ["net.json", "NET.JSON", "网络.json"])
def test_a_description_comes_back(tmp_path, name):
    write_network(tmp_path / name, NETWORK, drawn_weights())
    found = read_network(str(tmp_path / name))
    assert found.spec == NETWORK
    assert found.weights is None
    assert os.listdir(tmp_path) == [name]


def test_a_description_written_with_a_byte_order_mark_is_read(tmp_path):
    path = tmp_path / "net.json"
    path.write_text(to_json(NETWORK), encoding="utf-8-sig")
    assert read_network(path).spec == NETWORK


def test_weights_come_back_bit_for_bit(tmp_path):
    path = tmp_path / "net.safetensors"
    weights = drawn_weights()
    write_network(path, NETWORK, weights)
    found = read_network(path)
    assert without_weights_ids(found.spec) == NETWORK
    assert found.weights is not None
    back = tensors_of(found.weights)
    assert back.keys() == tensors_of(weights).keys()
    for name, array in tensors_of(weights).items():
        np.testing.assert_array_equal(back[name], array)
        assert back[name].dtype == np.float32
        assert not back[name].flags.writeable
    assert safetensors.numpy.load_file(path).keys() == back.keys()


def test_views_of_any_strides_are_written_as_they_read(tmp_path):
    weights = {name: dict(arrays) for name, arrays in drawn_weights().items()}
    turned = weights["conv1"]["weight"].transpose(0, 1, 3, 2)
    weights["conv1"]["weight"] = turned
    write_network(tmp_path / "net.safetensors", NETWORK, weights)
    found = read_network(tmp_path / "net.safetensors")
    np.testing.assert_array_equal(found.weights["conv1"]["weight"], turned)


def test_a_file_is_written_as_the_library_writes_it(tmp_path):
    path, weights = tmp_path / "net.safetensors", drawn_weights()
    write_network(path, NETWORK, weights, {"by": "“me”"})
    # Metadata alone is in another order there, each time.
    metadata = {"by": "“me”", DESCRIPTION_KEY: to_json(NETWORK)}
    library = safetensors.numpy.save(tensors_of(weights), metadata=metadata)
    written = path.read_bytes()
    end, library_end = (8 + int.from_bytes(content[:8], "little") for content in (written, library))
    assert end % 8 == 0
    assert written[end:] == library[library_end:]
    header, library_header = json.loads(written[8:end]), json.loads(library[8:library_end])
    assert header == library_header
    assert list(header)[1:] == [name for name in library_header if name != "__metadata__"]


def test_neither_writing_nor_reading_takes_another_copy_of_all_weights(tmp_path):
    layers = [Conv2d(id=f"c{number}", out_channels=256, kernel_size=3) for number in range(8)]
    network = NetworkSpec(input=InputSpec(height=32, width=32), layers=tuple(layers))
    weights = {
        layer_id: {name: np.zeros(shape, np.float32) for name, shape in shapes.items()}
        for layer_id, shapes in infer(network).parameters.items()
    }
    # One is a view that has to be put in order.
    weights["c1"]["weight"] = weights["c1"]["weight"].swapaxes(2, 3)
    size = sum(array.nbytes for array in tensors_of(weights).values())
    path = tmp_path / "net.safetensors"
    tracemalloc.start()
    try:
        write_network(path, network, weights)
        written = tracemalloc.get_traced_memory()[1]
        tracemalloc.reset_peak()
        read_network(path)
        read = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert written < 0.3 * size
    assert read < 1.3 * size


def test_weights_ids_name_the_content(tmp_path):
    def ids(seed: int) -> list[str]:
        path = tmp_path / f"{seed}.safetensors"
        write_network(path, NETWORK, drawn_weights(seed=seed))
        spec = read_network(path).spec
        return [spec.layer(name).weights_id for name in ("conv1", "bn1", "linear1")]

    assert ids(0) == ids(0)
    assert len({*ids(0), *ids(1)}) == 6
    assert all(ids(0))


CHANGED_TENSORS = [
    ("conv1.bias", None, "conv1.bias: must be among the tensors, got none"),
    ("conv1.bias", np.zeros(5, np.float32), "conv1.bias: must have the shape 4, got 5"),
    ("conv1.bias", np.zeros((), np.float32), "must have the shape 4, got a single number"),
    ("conv1.weight", np.zeros((4, 3, 3), np.float32), "must have the shape 4x3x3x3, got 4x3x3"),
    ("conv1.weight", np.zeros((4, 3, 3, 3)), "conv1.weight: must be float32, got F64"),
    ("conv1.weight", np.zeros((4, 3, 3, 3), np.float16), "conv1.weight: must be float32, got F16"),
    ("bn1.running_var", np.array([1, 1, -1, 1], np.float32), "must not be negative, got -1"),
    ("linear1.bias", np.zeros(2, np.float32), "linear1.bias: must not be there"),
    ("skipped.weight", None, "skipped.weight: must be among the tensors, got none"),
    ("conv1.bias", np.array([0, np.nan, np.inf, 0], np.float32), "finite numbers, got 2 that"),
]


@pytest.mark.parametrize(("name", "array", "message"), CHANGED_TENSORS)
def test_tensors_that_do_not_fit_are_refused_by_name(tmp_path, name, array, message):
    tensors = tensors_of(drawn_weights())
    tensors.pop(name, None)
    if array is not None:
        tensors[name] = array
    path = saved(tmp_path / "net.safetensors", tensors)
    with pytest.raises(NetworkFileError) as caught:
        read_network(path)
    assert str(caught.value).startswith(f"{path}: {name}: ")
    assert message in str(caught.value)


def test_a_network_that_does_not_fit_together_has_no_weights_to_read(tmp_path):
    path = saved(tmp_path / "net.safetensors", {}, NETWORK.edited("conv1", kernel_size=99))
    with pytest.raises(NetworkFileError, match=r"net.safetensors: conv1.kernel_size: must not be"):
        read_network(path)


def header(entries: dict) -> bytes:
    text = json.dumps(entries).encode()
    return len(text).to_bytes(8, "little") + text


def test_other_safetensors_files_are_refused_in_words(tmp_path):
    path = tmp_path / "net.safetensors"
    one = {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}
    cases = [
        (b"", "must be a safetensors file"),
        (b"PK\x03\x04 a zip file", "must be a safetensors file with a header of at most"),
        ((MAX_HEADER_BYTES + 1).to_bytes(8, "little"), "with a header of at most"),
        (header({}), 'must hold a network under the metadata key "cnngui.network", got none'),
        (header({"__metadata__": {"format": "pt"}, "a": one}) + bytes(4), "metadata key"),
        (header({"__metadata__": {DESCRIPTION_KEY: "{}"}}), 'format: must be "cnngui-network"'),
        (header({"__metadata__": {DESCRIPTION_KEY: 5}}), "must be a safetensors file"),
        (header({"a": {**one, "shape": [2**62, 2**62]}}), "must be a safetensors file"),
        (header({"a": {**one, "data_offsets": [0, 2**60]}}), "must be a safetensors file"),
        (header({"a": {**one, "dtype": "complex"}}), "must be a safetensors file"),
    ]
    for content, message in cases:
        path.write_bytes(content)
        with pytest.raises(NetworkFileError) as caught:
            read_network(path)
        assert message in str(caught.value)


@settings(deadline=None, max_examples=150)
@given(st.integers(0, len(VALID_BYTES) - 1))
def test_a_truncated_file_is_refused(tmp_path_factory, length):
    path = tmp_path_factory.getbasetemp() / "truncated.safetensors"
    path.write_bytes(VALID_BYTES[:length])
    with pytest.raises(NetworkFileError):
        read_network(path)


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_a_garbled_file_gives_a_whole_network_or_a_message(tmp_path_factory, data):
    start = data.draw(st.integers(0, len(VALID_BYTES)))
    garbage = data.draw(st.binary(min_size=1, max_size=12))
    path = tmp_path_factory.getbasetemp() / "garbled.safetensors"
    path.write_bytes(VALID_BYTES[:start] + garbage + VALID_BYTES[start + len(garbage) :])
    with suppress(NetworkFileError):
        found = read_network(path)
        assert tensors_of(found.weights).keys() == {
            f"{layer_id}.{name}"
            for layer_id, parameters in infer(found.spec).parameters.items()
            for name in parameters
        }


@settings(deadline=None, max_examples=100)
@given(st.binary(max_size=60))
def test_random_bytes_are_no_network(tmp_path_factory, content):
    for suffix in ("json", "safetensors"):
        path = tmp_path_factory.getbasetemp() / f"random.{suffix}"
        path.write_bytes(content)
        with pytest.raises(NetworkFileError):
            read_network(path)


def test_files_that_are_none_are_refused_in_words(tmp_path):
    (tmp_path / "folder.json").mkdir()
    (tmp_path / "net.pt").write_bytes(b"")
    (tmp_path / "latin.json").write_bytes(b'{"name": "\xe9"}')
    for name, message in [
        ("absent.json", "must be a file, got no such file"),
        ("folder.json", "must be a file, got a folder"),
        ("net.pt", "must end in .json or .safetensors, got .pt"),
        ("latin.json", "must be a text in UTF-8, got byte 0xe9 at 10"),
        ("a\0b.json", "must be a file"),
        ("x" * 300 + ".json", "must be readable"),
    ]:
        with pytest.raises(NetworkFileError) as caught:
            read_network(tmp_path / name)
        assert message in str(caught.value)


def test_an_enormous_description_is_not_read_into_memory(tmp_path):
    path = tmp_path / "net.json"
    with path.open("wb") as file:
        file.truncate(10 * 2**30)  # sparse
    with pytest.raises(NetworkFileError, match="must be at most"):
        read_network(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.json")
    with pytest.raises(NetworkFileError, match="must be a file"):
        read_network(tmp_path / "pipe.json")


UNSAVABLE = [
    ("net.pt", NETWORK, drawn_weights(), "must end in .json or .safetensors, got .pt"),
    ("net", NETWORK, drawn_weights(), "must end in .json or .safetensors, got no suffix"),
    ("net.safetensors", NETWORK, None, "must have weights to write"),
    ("net.safetensors", NETWORK, {}, "conv1.weight: must be among the tensors"),
    (
        "net.safetensors",
        NETWORK.edited("conv1", kernel_size=99),
        drawn_weights(),
        "must have no problems to be saved with weights",
    ),
    (
        "net.safetensors",
        NETWORK,
        {**drawn_weights(), "linear1": {"weight": np.full((2, 144), np.nan, np.float32)}},
        "linear1.weight: must hold only finite numbers, got 288 that are not",
    ),
    (
        "net.safetensors",
        NETWORK,
        {**drawn_weights(), "linear1": {"weight": np.zeros((2, 144))}},
        "linear1.weight: must be float32, got float64",
    ),
]


@pytest.mark.parametrize(("name", "network", "weights", "message"), UNSAVABLE)
def test_what_could_not_be_read_is_not_written(tmp_path, name, network, weights, message):
    (tmp_path / name).write_text("older")
    with pytest.raises(SaveError) as caught:
        write_network(tmp_path / name, network, weights)
    assert message in str(caught.value)
    assert (tmp_path / name).read_text() == "older"


def test_a_description_with_impossible_values_is_not_written(tmp_path):
    with pytest.raises(NetworkError, match=r"conv1\.out_channels"):
        write_network(tmp_path / "net.json", NETWORK.edited("conv1", out_channels=0))
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("step", ["write", "fsync", "replace"])
def test_a_full_disk_leaves_the_older_file_and_nothing_else(tmp_path, monkeypatch, step):
    path = tmp_path / "net.json"
    path.write_text("older")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    if step == "write":

        def opened(*rest, **named):
            return _FullFile(open(*rest, **named))

        monkeypatch.setattr(atomic, "open", opened, raising=False)
    else:
        monkeypatch.setattr(os, step, full)
    with pytest.raises(SaveError, match="must be writable, got No space left on device"):
        write_network(path, NETWORK)
    monkeypatch.undo()
    assert path.read_text() == "older"
    assert os.listdir(tmp_path) == ["net.json"]


class _FullFile:
    """An open file on a disk that fills up after ten bytes."""

    def __init__(self, file) -> None:
        self.file = file

    def __enter__(self) -> _FullFile:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()

    def write(self, content: bytes) -> None:
        self.file.write(content[:10])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_folders_that_cannot_be_written_to_are_said_so(tmp_path):
    (tmp_path / "file").write_text("")
    (tmp_path / "folder.json").mkdir()
    for name, message in [
        ("absent/net.json", "must be writable"),
        ("file/net.json", "must be writable"),
        ("x" * 300 + ".json", "must be writable"),
        ("folder.json", "must be a file, got a folder"),
    ]:
        with pytest.raises(SaveError, match=message):
            write_network(tmp_path / name, NETWORK)
    assert sorted(os.listdir(tmp_path)) == ["file", "folder.json"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_device_or_pipe_is_not_replaced_by_a_file(tmp_path):
    os.mkfifo(tmp_path / "pipe.json")
    with pytest.raises(SaveError, match="must be a file, got a device or pipe"):
        write_network(tmp_path / "pipe.json", NETWORK)
    assert (tmp_path / "pipe.json").is_fifo()


def test_a_link_stays_and_what_it_points_to_is_written(tmp_path):
    (tmp_path / "shelf").mkdir()
    link = tmp_path / "net.json"
    try:
        link.symlink_to(tmp_path / "shelf" / "real.json")
    except OSError:
        pytest.skip("no links here")
    write_network(link, NETWORK)
    assert link.is_symlink()
    assert read_network(tmp_path / "shelf" / "real.json").spec == NETWORK


def test_a_read_only_folder_keeps_what_it_has(tmp_path, monkeypatch):
    path = tmp_path / "net.json"
    path.write_text("older")

    def refuse_writing(name: Path, *_rest: object, **_named: object):
        # What a read-only folder answers; changed rights would not stop the superuser.
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(name))

    monkeypatch.setattr(atomic, "open", refuse_writing, raising=False)
    with pytest.raises(SaveError, match="must be writable, got Permission denied"):
        write_network(path, NETWORK)
    monkeypatch.undo()
    assert path.read_text() == "older"


def test_a_name_as_long_as_the_file_system_allows_can_be_written(tmp_path):
    path = tmp_path / ("n" * 250 + ".json")
    write_network(path, NETWORK)
    assert isinstance(read_network(path), NetworkFile)


def test_a_file_cut_off_while_it_is_read_is_a_message(tmp_path, monkeypatch):
    path = tmp_path / "net.safetensors"
    layers = (Flatten(id="flatten1"), Linear(id="linear1", out_features=64))
    large = NetworkSpec(input=NETWORK.input, layers=layers)
    write_network(path, large, drawn_weights(large))
    parse = network_file.from_json

    def cut_off(*arguments):
        # As another process would, between the header and the tensors.
        with path.open("r+b") as other:
            other.truncate(path.stat().st_size // 2)
        return parse(*arguments)

    monkeypatch.setattr(network_file, "from_json", cut_off)
    with pytest.raises(NetworkFileError, match="must be a safetensors file, got one that is cut"):
        read_network(path)


def test_a_file_is_never_mapped(tmp_path, monkeypatch):
    path = tmp_path / "net.safetensors"
    write_network(path, NETWORK, drawn_weights())

    def refuse(*_arguments, **_named):
        raise AssertionError("mapped")

    monkeypatch.setattr(safetensors, "safe_open", refuse)
    monkeypatch.setattr(mmap, "mmap", refuse)
    assert read_network(path).weights is not None


def test_memory_that_is_not_there_is_a_message(tmp_path, monkeypatch):
    path = tmp_path / "net.safetensors"
    write_network(path, NETWORK, drawn_weights())

    def no_room(*_arguments):
        raise MemoryError

    monkeypatch.setattr(tensor_file.np, "empty", no_room)
    with pytest.raises(NetworkFileError, match=r"must fit into memory, got [\d,]+ bytes"):
        read_network(path)


def test_a_file_for_which_too_little_is_free_is_not_read(tmp_path, monkeypatch):
    path = tmp_path / "net.safetensors"
    write_network(path, NETWORK, drawn_weights())
    monkeypatch.setattr(network_file, "available_memory", lambda: 1000)
    monkeypatch.setattr(tensor_file.np, "empty", lambda *_arguments: pytest.fail("read"))
    with pytest.raises(NetworkFileError, match=r"must fit into the 0 MB of memory that are free"):
        read_network(path)


ONE = {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}

ILL_FORMED = [
    b"{" * 100_000,
    b'{"a": ' + b"[" * 100_000,
    b'{"a": ' + b"9" * 10_000 + b"}",
    b"\xff{}",
    b"[]",
    json.dumps({"a": 1}).encode(),
    json.dumps({"a": {}}).encode(),
    json.dumps({"a": {**ONE, "shape": [-1]}}).encode(),
    json.dumps({"a": {**ONE, "shape": [True]}}).encode(),
    json.dumps({"a": {**ONE, "shape": [1.0]}}).encode(),
    json.dumps({"a": {**ONE, "shape": [2]}}).encode(),
    json.dumps({"a": {**ONE, "shape": [1] * 100}}).encode(),
    json.dumps({"a": {**ONE, "shape": [2**80, 0], "data_offsets": [0, 0]}}).encode(),
    json.dumps({"a": {**ONE, "dtype": "F99"}}).encode(),
    json.dumps({"a": {**ONE, "dtype": ["F32"]}}).encode(),
    json.dumps({"a": {**ONE, "data_offsets": [0]}}).encode(),
    json.dumps({"a": {**ONE, "data_offsets": [4, 8]}}).encode(),
    json.dumps({"a": ONE, "b": ONE}).encode(),
    b'{"a": %b, "a": %b}' % ((json.dumps(ONE).encode(),) * 2),
    json.dumps({"__metadata__": [], "a": ONE}).encode(),
]


@pytest.mark.parametrize("content", ILL_FORMED, ids=range(len(ILL_FORMED)))
def test_an_ill_formed_header_is_refused(tmp_path, content):
    path = tmp_path / "net.safetensors"
    path.write_bytes(len(content).to_bytes(8, "little") + content + bytes(4))
    with pytest.raises(NetworkFileError, match="must be a safetensors file"):
        read_network(path)


@pytest.mark.parametrize("kind", sorted({"F32", "F16", "U8", "BOOL", "I64", "F64"}))
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 0, 4), (2, 3, 4)])
def test_the_header_is_understood_as_the_library_writes_it(tmp_path, kind, shape):
    types = {"F32": "f4", "F16": "f2", "U8": "u1", "BOOL": "?", "I64": "i8", "F64": "f8"}
    arrays = {
        "a.weight": np.arange(math.prod(shape)).reshape(shape).astype(types[kind]),
        "b": np.ones(5, np.float32),
    }
    path = tmp_path / "other.safetensors"
    safetensors.numpy.save_file(arrays, path, metadata={"more": "text"})
    with path.open("rb") as opened:
        file = TensorFile(opened, path, MAX_HEADER_BYTES)
        assert file.metadata == {"more": "text"}
        assert file.entries["a.weight"].kind == kind
        assert file.entries["a.weight"].shape == shape
        np.testing.assert_array_equal(file.read_float32("b"), arrays["b"])
        if kind == "F32":
            np.testing.assert_array_equal(file.read_float32("a.weight"), arrays["a.weight"])


def test_what_spans_time_is_written_with_its_kernels_moments(tmp_path):
    network = NetworkSpec(
        input=InputSpec(frames=5, frame_step=2, frame_rate=12.5, height=8, width=9),
        layers=(
            Conv3d(id="conv1", out_channels=2, kernel_size=(2, 3, 4), padding=(0, 1, 1)),
            BatchNorm3d(id="bn1"),
            ConvTranspose3d(id="conv2", out_channels=4, kernel_size=(3, 1, 1), groups=2),
            Slice(id="slice1", dim="time", start=-1),
        ),
    )
    path = tmp_path / "net.safetensors"
    weights = Model(network).weights()
    write_network(path, network, weights)
    found = read_network(path)
    assert found.spec.input == network.input
    assert json.loads(to_json(found.spec))["version"] == 3
    tensors = safetensors.numpy.load_file(path)
    assert tensors["conv1.weight"].shape == (2, 3, 2, 3, 4)
    assert tensors["conv2.weight"].shape == (2, 2, 3, 1, 1)
    assert tensors["bn1.running_var"].shape == (2,)
    for name, array in tensors_of(weights).items():
        np.testing.assert_array_equal(tensors[name], array)
    x = np.random.default_rng(0).random((1, 3, 5, 8, 9), np.float32)
    last = ["slice1"]
    again = Model(found.spec, found.weights).activations(x, last)
    np.testing.assert_array_equal(
        again["slice1"], Model(network, weights).activations(x, last)["slice1"]
    )
