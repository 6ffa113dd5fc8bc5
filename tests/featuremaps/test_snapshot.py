import errno
import json
import os
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from cnngui.errors import SaveError
from cnngui.featuremaps.colormaps import NON_FINITE, colourise, lookup_table
from cnngui.featuremaps.filmstrip import LONGEST, filmstrip
from cnngui.featuremaps.scales import Scales
from cnngui.featuremaps.scaling import HIGHEST_CODE, encode, value_ranges
from cnngui.featuremaps.snapshot import SaveCancelledError, SnapshotContent, write_snapshot
from cnngui.featuremaps.statistics import measure
from cnngui.featuremaps.wall import MOMENT_GAP
from cnngui.formats.network_file import read_network
from cnngui.images.opencv import cv2
from cnngui.spec.layers import Conv2d, Conv3d, Flatten, Linear, ReLU
from cnngui.spec.network import InputSpec, NetworkSpec

SPEC = NetworkSpec(
    name="My net/№1",
    input=InputSpec(height=8, width=10),
    layers=(
        Conv2d(id="file", out_channels=2, kernel_size=3),
        ReLU(id="relu1"),
        Flatten(id="flat"),
        Linear(id="fc", out_features=3),
    ),
    classes=("cat", "dog", "bird"),
)


@pytest.fixture
def content():
    rng = np.random.default_rng(0)

    def normal(*shape):
        return rng.normal(size=shape).astype(np.float32)

    conv = normal(2, 6, 8)
    return SnapshotContent(
        spec=SPEC,
        weights={
            "file": {"weight": normal(2, 3, 3, 3), "bias": normal(2)},
            "fc": {"weight": normal(3, 96), "bias": normal(3)},
        },
        input=rng.integers(0, 256, (8, 10, 3), np.uint8),
        maps={
            "file": conv,
            "relu1": np.maximum(conv, 0),
            "flat": np.maximum(conv, 0).ravel(),
            "fc": normal(3),
        },
        signed={"file": True, "relu1": False, "flat": False, "fc": True},
        source="clip.mp4",
        frame_index=7,
        frame_position=42,
        taken_at=datetime(2026, 3, 5, 14, 7, 9, tzinfo=UTC),
    )


def read_rgb(path):
    return cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)


def test_folder_holds_all_that_the_network_made_of_the_frame(tmp_path, content):
    folder = write_snapshot(tmp_path, content)
    assert folder == tmp_path / "2026-03-05_14-07-09_My-net-1"
    assert {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()} == {
        "input.png",
        "file.png",
        os.path.join("file", "000.png"),
        os.path.join("file", "001.png"),
        "relu1.png",
        os.path.join("relu1", "000.png"),
        os.path.join("relu1", "001.png"),
        "flat.png",
        "fc.png",
        "maps.npz",
        "network.safetensors",
        "snapshot.json",
    }
    assert os.listdir(tmp_path) == [folder.name]


def test_input_is_exactly_what_the_network_saw(tmp_path, content):
    folder = write_snapshot(tmp_path, content)
    np.testing.assert_array_equal(read_rgb(folder / "input.png"), content.input)


def test_input_of_a_grey_network_is_a_grey_picture(tmp_path, content):
    grey = np.ascontiguousarray(content.input[:, :, :1])
    folder = write_snapshot(tmp_path, replace(content, input=grey))
    stored = cv2.imread(str(folder / "input.png"), cv2.IMREAD_UNCHANGED)
    np.testing.assert_array_equal(stored, grey[:, :, 0])


def test_raw_maps_come_back_unchanged(tmp_path, content):
    folder = write_snapshot(tmp_path, content)
    with np.load(folder / "maps.npz", allow_pickle=False) as stored:
        assert set(stored) == set(content.maps)
        for layer_id, maps in content.maps.items():
            assert stored[layer_id].dtype == np.float32
            np.testing.assert_array_equal(stored[layer_id], maps)


def test_network_comes_back_with_its_weights(tmp_path, content):
    network = read_network(write_snapshot(tmp_path, content) / "network.safetensors")
    assert [layer.id for layer in network.spec.layers] == [layer.id for layer in SPEC.layers]
    np.testing.assert_array_equal(network.weights["fc"]["weight"], content.weights["fc"]["weight"])


def test_description_says_where_it_came_from_and_what_the_colours_mean(tmp_path, content):
    about = json.loads((write_snapshot(tmp_path, content) / "snapshot.json").read_text("utf-8"))
    assert about["source"] == "clip.mp4"
    assert about["frame"] == {"index": 7, "position": 42}
    assert about["taken_at"].startswith("2026-03-05T14:07:09")
    assert about["network"] == "My net/№1"
    assert about["scaling"] == "map"
    conv = about["layers"]["file"]
    maps = content.maps["file"]
    assert conv["shape"] == [2, 6, 8]
    # To the last digit of a float32.
    np.testing.assert_array_equal(np.float32(conv["minimum"]), maps.min(axis=(1, 2)))
    np.testing.assert_array_equal(np.float32(conv["maximum"]), maps.max(axis=(1, 2)))
    np.testing.assert_allclose(conv["mean"], maps.mean(axis=(1, 2)), rtol=1e-5)
    assert conv["low"] == [-value for value in conv["high"]]


def test_the_description_is_short_for_many_channels(tmp_path, content):
    """Some twenty letters a number, each on a line of its own, were 14 MB of a large network."""
    written = (write_snapshot(tmp_path, content) / "snapshot.json").read_text("utf-8")
    numbers = sum(8 * len(maps) for maps in content.maps.values())
    assert len(written.splitlines()) < 20 + 13 * len(content.maps)
    assert len(written) < 1000 + 300 * len(content.maps) + 14 * numbers


def test_channel_pictures_have_native_size_and_the_colours_asked_for(tmp_path, content):
    folder = write_snapshot(tmp_path, replace(content, sequential="magma"))
    picture = read_rgb(folder / "relu1" / "001.png")
    assert picture.shape == (6, 8, 3)
    table = lookup_table("magma", signed=False)
    place = np.unravel_index(content.maps["relu1"][1].argmax(), (6, 8))
    np.testing.assert_array_equal(picture[place], table[HIGHEST_CODE, :3])


def test_locked_ranges_are_used(tmp_path, content):
    locked = replace(content, scales=Scales("locked", locked={"relu1": (0.0, 100.0)}))
    folder = write_snapshot(tmp_path, locked)
    about = json.loads((folder / "snapshot.json").read_text("utf-8"))
    assert about["layers"]["relu1"]["high"] == [100.0, 100.0]
    assert about["layers"]["file"]["high"][0] < 10


def test_maps_that_are_not_finite_are_saved(tmp_path, content):
    maps = {name: values.copy() for name, values in content.maps.items()}
    for values in maps.values():
        values.flat[:3] = np.nan, np.inf, -np.inf
    folder = write_snapshot(tmp_path, replace(content, maps=maps))
    about = json.loads((folder / "snapshot.json").read_text("utf-8"))
    assert about["layers"]["file"]["non_finite"] == [3, 0]
    # OpenCV has blue first.
    channel = cv2.imread(str(folder / "file" / "000.png"))
    assert (channel.reshape(-1, 3)[:3] == NON_FINITE[::-1]).all()
    assert (cv2.imread(str(folder / "file.png")) == NON_FINITE[::-1]).all(axis=2).any()


def test_names_that_are_taken_get_a_number(tmp_path, content):
    first = write_snapshot(tmp_path, content)
    second = write_snapshot(tmp_path, content)
    third = write_snapshot(tmp_path, content)
    assert second.name == f"{first.name}-2"
    assert third.name == f"{first.name}-3"


def test_folder_is_made_if_absent(tmp_path, content):
    folder = write_snapshot(tmp_path / "pictures" / "of maps", content)
    assert folder.parent == tmp_path / "pictures" / "of maps"


def test_progress_ends_at_the_total(tmp_path, content):
    steps = []
    write_snapshot(tmp_path, content, lambda done, total: steps.append((done, total)))
    total = steps[-1][1]
    assert steps == [(done, total) for done in range(1, total + 1)]


@pytest.mark.parametrize("after", [1, 5, 14])
def test_cancelled_leaves_nothing(tmp_path, content, after):
    steps = []
    with pytest.raises(SaveCancelledError):
        write_snapshot(
            tmp_path, content, lambda *step: steps.append(step), lambda: len(steps) >= after
        )
    assert len(steps) == after
    assert os.listdir(tmp_path) == []


def full_disk(*_arguments, **_options):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize(
    "writer",
    [
        "pathlib.Path.write_bytes",
        "pathlib.Path.write_text",
        "numpy.lib.format.write_array",
        "cnngui.atomic.os.fsync",
    ],
)
def test_full_disk_is_said_and_leaves_nothing(tmp_path, content, monkeypatch, writer):
    monkeypatch.setattr(writer, full_disk)
    with pytest.raises(SaveError, match="No space left") as caught:
        write_snapshot(tmp_path, content)
    assert str(tmp_path) in caught.value.thing
    assert "unfinished" not in str(caught.value)
    assert os.listdir(tmp_path) == []


def test_folder_that_vanishes_meanwhile_is_said(tmp_path, content):
    parent = tmp_path / "stick"

    def pull_out(done, _total):
        if done == 3:
            shutil.rmtree(parent)

    with pytest.raises(SaveError, match="stick"):
        write_snapshot(parent, content, pull_out)
    assert not parent.exists()


def test_read_only_folder_is_said(tmp_path, content, monkeypatch):
    def refused(self, *_arguments, **_options):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(self))

    mkdir = Path.mkdir
    monkeypatch.setattr(
        Path,
        "mkdir",
        lambda self, *given, **named: (
            mkdir(self, *given, **named) if self == tmp_path else refused(self)
        ),
    )
    with pytest.raises(SaveError, match="Permission denied"):
        write_snapshot(tmp_path, content)
    assert os.listdir(tmp_path) == []


def test_a_file_in_place_of_the_folder_is_said(tmp_path, content):
    (tmp_path / "taken").write_text("not a folder")
    with pytest.raises(SaveError, match="taken"):
        write_snapshot(tmp_path / "taken", content)


def test_weights_that_do_not_fit_are_said_and_leave_nothing(tmp_path, content):
    with pytest.raises(SaveError, match=r"fc\.weight") as caught:
        write_snapshot(tmp_path, replace(content, weights={"file": content.weights["file"]}))
    assert "unfinished" not in str(caught.value)
    assert os.listdir(tmp_path) == []


def test_what_a_killed_run_left_is_hidden_and_in_nobodys_way(tmp_path, content, monkeypatch):
    monkeypatch.setattr(shutil, "rmtree", lambda *_arguments, **_options: None)
    with pytest.raises(SaveCancelledError):
        write_snapshot(tmp_path, content, cancelled=lambda: True)
    (left,) = os.listdir(tmp_path)
    assert left.startswith(".")
    assert write_snapshot(tmp_path, content).name == "2026-03-05_14-07-09_My-net-1"


@pytest.fixture
def video(content):
    rng = np.random.default_rng(1)
    spec = NetworkSpec(
        name="video",
        input=InputSpec(height=8, width=10, frames=4),
        layers=(Conv3d(id="conv1", out_channels=2, padding=(0, 1, 1)),),
    )
    return replace(
        content,
        spec=spec,
        weights={
            "conv1": {
                "weight": rng.normal(size=(2, 3, 3, 3, 3)).astype(np.float32),
                "bias": np.zeros(2, np.float32),
            }
        },
        input=rng.integers(0, 256, (4, 8, 10, 3), np.uint8),
        maps={"conv1": rng.normal(size=(2, 2, 8, 10)).astype(np.float32)},
        signed={"conv1": True},
    )


def test_frames_of_the_input_are_a_strip_and_each_alone(tmp_path, video):
    folder = write_snapshot(tmp_path, video)
    strip = read_rgb(folder / "input.png")
    for place, frame in enumerate(video.input):
        np.testing.assert_array_equal(read_rgb(folder / "input" / f"{place:03d}.png"), frame)
        left = place * (10 + MOMENT_GAP)
        np.testing.assert_array_equal(strip[:, left : left + 10], frame)
    assert strip.shape == (8, 4 * 10 + 3 * MOMENT_GAP, 3)


def test_moments_are_side_by_side_in_pictures_and_an_axis_in_the_raw_values(tmp_path, video):
    folder = write_snapshot(tmp_path, video)
    with np.load(folder / "maps.npz", allow_pickle=False) as stored:
        np.testing.assert_array_equal(stored["conv1"], video.maps["conv1"])
    alone = read_rgb(folder / "conv1" / "001.png")
    assert alone.shape == (8, 2 * 10 + MOMENT_GAP, 3)
    maps = video.maps["conv1"]
    low, high = value_ranges(measure(maps), True, "map")
    codes = encode(maps[1, 1], low[1], high[1])
    colours = lookup_table(video.diverging, True)
    np.testing.assert_array_equal(alone[:, 10 + MOMENT_GAP :], colourise(codes, colours))
    described = json.loads((folder / "snapshot.json").read_text("utf-8"))
    assert described["frames"] == 4
    assert described["layers"]["conv1"]["shape"] == [2, 2, 8, 10]
    assert len([file for file in folder.rglob("*") if file.is_file()]) == video.plan.files


def test_a_strip_of_many_large_frames_is_bounded():
    frames = np.full((64, 4, 1000, 1), 200, np.uint8)
    strip = filmstrip(frames)
    assert strip.shape[1] <= LONGEST
    assert strip.shape[0] == 1
    assert strip.max() == 200
