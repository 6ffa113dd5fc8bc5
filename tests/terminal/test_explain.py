"""``describe`` and ``explain`` as a person types them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from cnngui.app import main
from cnngui.formats.opening import open_network
from cnngui.spec.codec import to_json
from cnngui.spec.layers import LAYER_TYPES
from cnngui.spec.network import InputSpec, NetworkSpec


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "picture.png"
    pixels = np.random.default_rng(0).integers(0, 256, (28, 28, 3), np.uint8)
    cv2.imwrite(str(path), pixels)
    return path


def explained(folder: Path, *arguments: str) -> dict[str, Any]:
    out = folder / "out.json"
    assert main(["explain", *arguments, "--out", str(out)]) == 0
    return json.loads(out.read_text())


def test_describe(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "d.json"
    assert main(["describe", "--network", "lenet-5", "--json", str(path)]) == 0
    layers = {layer["id"]: layer for layer in json.loads(path.read_text())["layers"]}
    assert layers["conv1"] == {
        "id": "conv1",
        "type": "Conv2d",
        "reads": ["input"],
        "shape": [6, 28, 28],
        "parameters": 156,
        "multiply_adds": 117_600,
        "receptive_field": {"size": [5, 5], "stride": [1, 1], "padding": [2, 2]},
    }
    assert layers["flatten1"]["receptive_field"]["stride"] == [None, None]
    lines = capsys.readouterr().out.splitlines()
    assert any(line.split()[:3] == ["conv2", "Conv2d", "16x10x10"] for line in lines)


def test_a_number_of_a_convolution(tmp_path: Path, picture: Path) -> None:
    found = explained(
        tmp_path, "number", "--network", "lenet-5", "--source", str(picture), "--layer", "conv1",
        "--channel", "2", "--at", "0,5",
    )  # fmt: skip
    assert (found["layer"], found["type"], found["kind"]) == ("conv1", "Conv2d", "sum")
    assert (found["channel"], found["at"]) == (2, [0, 5])
    assert len(found["terms"]) == 25
    grey = cv2.imread(str(picture))[..., ::-1] @ [0.299, 0.587, 0.114] / 255
    described = open_network("lenet-5").spec.input
    grey = (grey - described.mean[0]) / described.std[0]
    for term in found["terms"]:
        y, x = term["at"]
        assert [y, x] == [term["tap"][0] - 2, term["tap"][1] + 3]
        assert term.get("padding", False) == (y < 0)
        expected = 0.0 if y < 0 else grey[y, x]
        assert term["input"] == pytest.approx(expected, abs=0.02)
        assert term["product"] == pytest.approx(term["input"] * term["weight"])
    assert found["sum"] == pytest.approx(sum(term["product"] for term in found["terms"]))
    assert found["value"] == pytest.approx(found["sum"] + found["bias"], abs=1e-5)
    assert found["subtotals"] == [{"source": "input", "channel": 0, "sum": found["sum"]}]


def clip(folder: Path, count: int = 12) -> Path:
    """Return a folder of numbered pictures: frame k is grey 10 * k all over."""
    pictures = folder / "clip"
    pictures.mkdir()
    for number in range(count):
        cv2.imwrite(str(pictures / f"{number:02}.png"), np.full((6, 8, 3), 10 * number, np.uint8))
    return pictures


@pytest.fixture
def in_time(tmp_path: Path) -> Path:
    """Return a network that sees every other of six frames, and sums up two moments."""
    layer = LAYER_TYPES["Conv3d"](id="conv1", kernel_size=(2, 1, 1), out_channels=1, bias=False)
    described = InputSpec(
        channels=1, height=6, width=8, mean=(0.0,), std=(1.0,), frames=3, frame_step=2
    )
    path = tmp_path / "in_time.json"
    path.write_text(to_json(NetworkSpec(name="in time", input=described, layers=(layer,))))
    return path


def test_a_number_reaches_back_in_time(tmp_path: Path, in_time: Path) -> None:
    what = (
        "number", "--network", str(in_time), "--source", str(clip(tmp_path)), "--frame", "9",
        "--layer", "conv1", "--channel", "0",
    )  # fmt: skip
    found = explained(tmp_path, *what)
    assert found["at"] == [1, 3, 4]  # the newest moment, in the middle
    told = [(term["at"], term["tap"], round(255 * term["input"])) for term in found["terms"]]
    assert told == [([1, 3, 4], [0, 0, 0], 70), ([2, 3, 4], [1, 0, 0], 90)]
    found = explained(tmp_path, *what, "--at", "0,0,0")
    assert [round(255 * term["input"]) for term in found["terms"]] == [50, 70]


def test_a_frame_needs_others_before_it(
    tmp_path: Path, in_time: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--network", str(in_time), "--source", str(clip(tmp_path)), "--frame", "3"]
    number = ["--layer", "conv1", "--channel", "0", "--out", str(tmp_path / "o.json")]
    assert main(["explain", "number", *arguments, *number]) == 2
    assert "must have more frames before frame 3" in capsys.readouterr().err
    arguments[-1] = "9"
    assert main(["explain", "number", *arguments, *number, "--at", "2,0,0"]) == 2
    assert "must lie in the map of conv1, 2x6x8, got 2,0,0" in capsys.readouterr().err


def test_a_shift_moves_all_frames(tmp_path: Path, in_time: Path) -> None:
    found = explained(
        tmp_path, "shift", "--network", str(in_time), "--source", str(clip(tmp_path)),
        "--frame", "9", "--by", "0,1",
    )  # fmt: skip
    assert [layer["id"] for layer in found["layers"]] == ["input", "conv1"]


def test_describe_tells_frames(
    tmp_path: Path, in_time: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "d.json"
    assert main(["describe", "--network", str(in_time), "--json", str(path)]) == 0
    told = json.loads(path.read_text())
    assert told["input"] == [1, 3, 6, 8]
    assert told["frames"] == {"count": 3, "step": 2, "rate": 0.0}
    (layer,) = told["layers"]
    assert layer["shape"] == [1, 2, 6, 8]
    assert layer["receptive_field"]["size"] == [2, 1, 1]
    printed = capsys.readouterr().out
    assert "input 1x3x6x8 (3 frames, 1 in 2)" in printed
    assert "so many frames and pixels" in printed


def test_padding_of_a_maximum_has_no_value(tmp_path: Path, picture: Path) -> None:
    layer = LAYER_TYPES["MaxPool2d"](id="pool1", kernel_size=3, stride=2, padding=1)
    network = NetworkSpec(input=InputSpec(height=28, width=28), layers=(layer,))
    path = tmp_path / "network.json"
    path.write_text(to_json(network))
    found = explained(
        tmp_path, "number", "--network", str(path), "--source", str(picture), "--layer", "pool1",
        "--channel", "1", "--at", "0,0",
    )  # fmt: skip
    inputs = [term["input"] for term in found["terms"]]
    assert inputs.count(None) == 5
    assert found["kind"] == "max"
    assert found["value"] == max(value for value in inputs if value is not None)
    assert all(inputs[place] == found["value"] for place in found["largest"])


def test_a_shift(tmp_path: Path, picture: Path) -> None:
    found = explained(
        tmp_path, "shift", "--network", "lenet-5", "--source", str(picture), "--by=-1,2"
    )
    layers = {layer["id"]: layer for layer in found["layers"]}
    assert layers["input"]["changed_after_moving"] == pytest.approx(0, abs=1e-6)
    assert layers["conv1"]["changed"] > layers["conv1"]["changed_after_moving"] > 0
    assert layers["linear1"]["changed_after_moving"] is None


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["number", "--layer", "conv9", "--channel", "0"], "--layer: must be one of conv1"),
        (["number", "--layer", "conv1", "--channel", "6"], "--channel: must be below 6"),
        (["number", "--layer", "conv1", "--channel", "0", "--at", "0,28"], "--at: must lie in"),
        (["number", "--layer", "conv1", "--channel", "0", "--at=-1,0"], "--at: must lie in"),
        (["number", "--layer", "conv1", "--channel", "0", "--at", "1"], "--at: must lie in"),
        (["number", "--layer", "linear1", "--channel", "0", "--at", "0,0"], "--at: must be left"),
        (["number", "--layer", "conv1", "--channel", "0", "--at", "a,b"], "--at"),
        (["number", "--layer", "conv1", "--channel", "0", "--frame", "5"], "must have a frame 5"),
        (["shift", "--by", "1"], "--by: must be two"),
        (["shift"], "--by"),
        ([], "WHAT"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(
    arguments: list[str],
    words: str,
    tmp_path: Path,
    picture: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if arguments:
        out = str(tmp_path / "out.json")
        arguments += ["--network", "lenet-5", "--source", str(picture), "--out", out]
    assert main(["explain", *arguments]) == 2
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1
    assert not (tmp_path / "out.json").exists()
