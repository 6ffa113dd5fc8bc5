"""Runs without a window, as a script would start them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cnngui.app import main
from cnngui.capture.address import parse_address
from cnngui.capture.opening import open_source
from cnngui.engine import parallel
from cnngui.engine.model import Model
from cnngui.engine.preprocess import normalise
from cnngui.featuremaps import snapshot as snapshot_writing
from cnngui.formats.network_file import read_network
from cnngui.images.opencv import cv2
from cnngui.pipeline.engine_commands import SetNetwork
from cnngui.pipeline.engine_worker import EngineWorker
from cnngui.pipeline.file_worker import FileWorker
from cnngui.pipeline.meter import Meter
from cnngui.spec.codec import to_json
from cnngui.spec.layers import Conv3d, GlobalAvgPool3d
from cnngui.spec.network import InputSpec
from cnngui.terminal import snapshots
from tests.capture.media import write_image, write_video
from tests.capture.mjpeg_server import MjpegServer
from tests.engine.onnx_oracle import compute
from tests.pipeline.fakes import small_network

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _no_helping_threads():
    yield
    parallel.shutdown()


@pytest.fixture
def network(tmp_path: Path) -> str:
    path = tmp_path / "network.json"
    path.write_text(to_json(small_network()))
    return str(path)


@pytest.fixture
def film(tmp_path: Path) -> str:
    return str(write_video(tmp_path / "film.avi", 12))


def run(*arguments: object) -> int:
    return main(["--headless", *map(str, arguments)])


def test_every_frame_in_order_and_the_last_one_saved(
    tmp_path: Path, network: str, film: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out, report = tmp_path / "out", tmp_path / "report.json"
    assert (
        run(
            *("--source", film, "--network", network, "--frames", 10, "--seed", 5),
            *("--snapshot", out, "--report", report, "--threads", 1),
        )
        == 0
    )
    numbers = json.loads(report.read_text())
    assert numbers["frames"] == {"asked": 10, "captured": 10, "processed": 10, "dropped": 0}
    assert numbers["ended_early"] is None
    assert numbers["source"] == film
    assert numbers["network"] == "small"
    assert numbers["seed"] == 5
    assert numbers["threads"] == 1
    assert numbers["frames_per_second"] > 0
    latency = numbers["latency_ms"]
    assert 0 < latency["p50"] <= latency["p95"] <= latency["p99"]
    assert set(numbers["layer_ms"]) == {"conv1", "relu1", "conv2"}
    assert numbers["shapes"]["conv2"] == [6, 12, 16]
    assert numbers["program"].startswith("cnngui ")
    (snapshot,) = out.iterdir()
    assert numbers["snapshot"] == str(snapshot)
    assert json.loads((snapshot / "snapshot.json").read_text())["frame"]["index"] == 9
    saved = read_network(snapshot / "network.safetensors")
    pixels = cv2.cvtColor(cv2.imread(str(snapshot / "input.png")), cv2.COLOR_BGR2RGB)
    seen = saved.spec.input
    expected = compute(saved.spec, saved.weights, normalise(pixels, seen.mean, seen.std))
    with np.load(snapshot / "maps.npz") as maps:
        for layer_id in expected:
            np.testing.assert_allclose(maps[layer_id], expected[layer_id][0], atol=1e-4)
    printed = capsys.readouterr().out
    assert "10 frames" in printed
    assert str(snapshot) in printed


@pytest.mark.parametrize("realtime", [(), ("--realtime",)], ids=["in order", "realtime"])
def test_a_snapshot_of_chosen_layers_tells_its_size_first(
    tmp_path: Path, network: str, capsys: pytest.CaptureFixture[str], realtime: tuple[str, ...]
) -> None:
    picture = write_image(tmp_path / "picture.png", np.full((20, 30, 3), 99, np.uint8))
    line = ("--source", picture, "--network", network, "--snapshot", tmp_path / "out")
    chosen = ("--snapshot-layers", "last,relu1", "--channel-pictures", 4)
    assert run(*line, *chosen, *realtime) == 0
    printed = capsys.readouterr().out
    (snapshot,) = (tmp_path / "out").iterdir()
    with np.load(snapshot / "maps.npz") as maps:
        assert set(maps) == {"relu1", "conv2"}
    # relu1 has 4 channels; for the 6 of conv2 nothing is left.
    assert len(list((snapshot / "relu1").iterdir())) == 4
    assert not (snapshot / "conv2").exists()
    assert (snapshot / "conv2.png").exists()
    files = [path for path in snapshot.rglob("*") if path.is_file()]
    assert printed.startswith(f"Snapshot of 2 layers: {len(files)} files, at least 0.0 MB")
    layers = json.loads((snapshot / "snapshot.json").read_text())["layers"]
    assert [layers[name]["channel_pictures"] for name in ("relu1", "conv2")] == [True, False]


def test_a_layer_that_is_not_there_is_refused_before_anything_runs(
    tmp_path: Path, network: str, capsys: pytest.CaptureFixture[str]
) -> None:
    line = ("--network", network, "--snapshot", tmp_path / "out")
    assert run(*line, "--snapshot-layers", "conv1,conv7") == 2
    said = capsys.readouterr().err
    assert "--snapshot-layers" in said
    assert "'conv7'" in said
    assert "conv1, relu1, conv2" in said


@pytest.mark.parametrize("realtime", [(), ("--realtime",)], ids=["in order", "realtime"])
def test_a_snapshot_given_up_leaves_nothing(
    tmp_path: Path,
    network: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    realtime: tuple[str, ...],
) -> None:
    tell = snapshots._Teller.tell_progress

    def press(teller: snapshots._Teller, done: int, total: int) -> None:
        teller._stopped.count = 1  # as Ctrl+C does
        tell(teller, done, total)

    monkeypatch.setattr(snapshots._Teller, "tell_progress", press)
    picture = write_image(tmp_path / "picture.png", np.full((20, 30, 3), 99, np.uint8))
    line = ("--source", picture, "--network", network, "--snapshot", tmp_path / "out")
    write, cancel, heard = snapshot_writing.write_png, FileWorker.cancel, threading.Event()

    def hear(files: FileWorker, what: str) -> None:
        cancel(files, what)
        heard.set()

    def write_in_time(path: Path, pixels: np.ndarray) -> None:
        if realtime and path.parent.name == "conv2":
            assert heard.wait(10.0)
        write(path, pixels)

    monkeypatch.setattr(FileWorker, "cancel", hear)
    monkeypatch.setattr(snapshot_writing, "write_png", write_in_time)
    assert run(*line, *realtime) == 130
    assert "given up, nothing of it is left" in capsys.readouterr().out
    assert list((tmp_path / "out").iterdir()) == []


def test_the_same_seed_gives_the_same_snapshot(tmp_path: Path, network: str, film: str) -> None:
    found = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        line = ("--source", film, "--network", network, "--frames", 9, "--seed", seed)
        assert run(*line, "--snapshot", tmp_path / name) == 0
        (folder,) = (tmp_path / name).iterdir()
        with np.load(folder / "maps.npz") as maps:
            found.append(maps["conv2"])
    np.testing.assert_array_equal(found[0], found[1])
    assert not np.array_equal(found[0], found[2])


def test_a_seed_leaves_weights_from_a_file(tmp_path: Path) -> None:
    assert run("--frames", 1, "--seed", 9, "--snapshot", tmp_path) == 0
    (folder,) = tmp_path.iterdir()
    saved = read_network(folder / "network.safetensors")
    assert run("--frames", 1, "--snapshot", tmp_path / "again") == 0
    (again,) = (tmp_path / "again").iterdir()
    unseeded = read_network(again / "network.safetensors")
    for layer_id, parameters in unseeded.weights.items():
        for name, array in parameters.items():
            np.testing.assert_array_equal(saved.weights[layer_id][name], array)


@pytest.mark.parametrize("realtime", [(), ("--realtime",)], ids=["in order", "realtime"])
def test_a_source_that_ends_earlier_says_so(
    tmp_path: Path, network: str, film: str, realtime: tuple[str, ...]
) -> None:
    report = tmp_path / "report.json"
    line = ("--source", film, "--network", network, "--frames", 1000, "--report", report)
    assert run(*line, *realtime) == 0
    numbers = json.loads(report.read_text())
    assert numbers["frames"]["captured"] == 12
    assert numbers["ended_early"] == "the source ended"


@pytest.mark.parametrize("realtime", [(), ("--realtime",)], ids=["in order", "realtime"])
def test_what_is_skipped_of_a_source_is_said(
    tmp_path: Path,
    network: str,
    capsys: pytest.CaptureFixture[str],
    realtime: tuple[str, ...],
) -> None:
    folder, report = tmp_path / "folder", tmp_path / "report.json"
    folder.mkdir()
    write_image(folder / "1.png", np.zeros((20, 30, 3), np.uint8))
    (folder / "2.png").write_text("no picture")
    assert run("--source", folder, "--network", network, "--report", report, *realtime) == 0
    (warning,) = json.loads(report.read_text())["warnings"]
    assert warning.startswith("2.png: must be a whole image")
    assert warning in capsys.readouterr().out


@pytest.mark.parametrize("realtime", [(), ("--realtime",)], ids=["in order", "realtime"])
def test_a_picture_is_one_frame(
    tmp_path: Path,
    network: str,
    capsys: pytest.CaptureFixture[str],
    realtime: tuple[str, ...],
) -> None:
    picture = write_image(tmp_path / "picture.png", np.full((20, 30, 3), 99, np.uint8))
    report = tmp_path / "report.json"
    line = ("--source", picture, "--network", network, "--report", report)
    assert run(*line, "--snapshot", tmp_path / "out", *realtime) == 0
    numbers = json.loads(report.read_text())
    assert numbers["frames"]["processed"] == 1
    assert numbers["ended_early"] == "the source ended"
    assert Path(numbers["snapshot"]).is_dir()
    printed = capsys.readouterr().out
    assert "small: 1 frame in " in printed
    assert "Ended after 1 of 100 frames: the source ended" in printed


def test_realtime_keeps_the_tempo_and_counts_what_it_drops(tmp_path: Path, network: str) -> None:
    report = tmp_path / "report.json"
    line = ("--network", network, "--frames", 15, "--report", report, "--realtime")
    assert run(*line, "--snapshot", tmp_path / "out") == 0
    numbers = json.loads(report.read_text())
    frames = numbers["frames"]
    assert frames["captured"] >= 15
    assert frames["processed"] + frames["dropped"] == frames["captured"]
    with open_source(parse_address("sample")) as clip:
        rate = clip.info.rate
    assert numbers["seconds"] > 10 / rate
    assert Path(numbers["snapshot"]).is_dir()


@pytest.mark.parametrize(
    ("option", "value", "named"),
    [
        ("--source", "absent.mp4", "absent.mp4"),
        ("--source", "ftp://host/film", "ftp"),
        ("--source", "camera:No Such Camera", "No Such Camera"),
        ("--source", "http://127.0.0.1:9/stream", "127.0.0.1"),
        ("--source", "text.mp4", "text.mp4"),
        ("--source", "empty", "empty"),
        ("--network", "no-such-network", "no-such-network"),
        ("--network", "text.json", "text.json"),
        ("--network", "huge.json", "out_channels"),
        ("--snapshot", "text.json", "text.json"),
        ("--report", "absent/report.json", "absent"),
        ("--report", "empty", "empty"),
        ("--report", "x" * 300, "xxx"),
        ("--report", os.devnull, "must be a file"),
        ("--source", "", "--source"),
        ("--frames", "0", "--frames"),
        ("--seed", "x", "--seed"),
    ],
)
@pytest.mark.parametrize("realtime", [(), ("--realtime",)], ids=["in order", "realtime"])
def test_what_the_user_can_mend_is_one_line_and_exit_code_2(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    option: str,
    value: str,
    named: str,
    realtime: tuple[str, ...],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("empty").mkdir()
    Path("text.mp4").write_text("this is no film")
    Path("text.json").write_text("this is no network")
    text = to_json(small_network())
    huge = text.replace('"out_channels": 4', '"out_channels": 1000000000')
    assert huge != text
    Path("huge.json").write_text(huge)
    assert run("--frames", "2", option, value, *realtime) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith("cnngui: ")
    assert captured.err.count("\n") == 1
    assert named in captured.err
    assert captured.out == ""


def test_letters_that_the_terminal_has_not_are_spelt_out(tmp_path: Path, network: str) -> None:
    picture = write_image(tmp_path / "猫.png", np.full((20, 30, 3), 99, np.uint8))
    finished = subprocess.run(
        [sys.executable, "main.py", "--headless", "--source", picture, "--network", network],
        cwd=ROOT,
        env=os.environ | {"PYTHONIOENCODING": "cp1252"},
        capture_output=True,
        text=True,
    )
    assert finished.returncode == 0, finished.stderr
    assert r"\u732b.png through small" in finished.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="names are text elsewhere")
def test_a_folder_whose_name_is_no_text_can_be_saved_to(tmp_path: Path, network: str) -> None:
    out, report = tmp_path / os.fsdecode(b"\xff"), tmp_path / "report.json"
    line = ("--network", network, "--frames", 1, "--report", report)
    assert run(*line, "--snapshot", out) == 0
    assert json.loads(report.read_text())["snapshot"].startswith(str(out))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT to send")
@pytest.mark.parametrize("realtime", [(), ("--realtime",)], ids=["in order", "realtime"])
def test_ctrl_c_ends_neatly(tmp_path: Path, network: str, realtime: tuple[str, ...]) -> None:
    report = tmp_path / "report.json"
    with MjpegServer([np.full((12, 16, 3), 9, np.uint8)], rate=50.0) as server:
        process = subprocess.Popen(
            [
                *(sys.executable, "main.py", "--headless", "--source", server.url),
                *("--network", network, "--frames", "100000", "--report", str(report)),
                *realtime,
            ],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        # The run has begun, with its answer to Ctrl+C in place, once it reads the stream.
        deadline = time.monotonic() + 20.0
        while not server.connections and time.monotonic() < deadline:
            server.stopping.wait(0.02)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20.0)
    assert process.returncode == 130, err
    assert err == ""
    assert "stopped by hand" in out
    assert json.loads(report.read_text())["ended_early"] == "stopped by hand"


SEES_FOUR = replace(
    small_network(),
    input=InputSpec(height=12, width=16, frames=4, frame_step=2),
    layers=(Conv3d(id="c", out_channels=2, kernel_size=(2, 3, 3)), GlobalAvgPool3d(id="g")),
    classes=(),
)


def test_results_are_counted_from_the_first_full_window_on(tmp_path: Path, film: str) -> None:
    path = tmp_path / "motion.json"
    path.write_text(to_json(SEES_FOUR))
    report = tmp_path / "report.json"
    assert run("--network", path, "--source", film, "--frames", 4, "--report", report) == 0
    told = json.loads(report.read_text())
    assert told["frames"]["processed"] == 4
    assert told["ended_early"] is None
    assert told["shapes"]["c"] == [2, 3, 10, 14]
    # The film has twelve frames, and the seventh is the first that others come before.
    assert run("--network", path, "--source", film, "--frames", 50, "--report", report) == 0
    told = json.loads(report.read_text())
    assert told["frames"]["processed"] == 6
    assert told["ended_early"] == "the source ended"


def test_at_the_films_tempo_frames_that_only_fill_the_window_end_nothing(
    tmp_path: Path, film: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even where the network comes to be long after the film's first frames."""
    path = tmp_path / "motion.json"
    path.write_text(to_json(SEES_FOUR))
    report = tmp_path / "report.json"
    gathered, build = threading.Semaphore(0), EngineWorker._set_network
    count = Meter.add_gathered

    def count_one(meter: Meter) -> None:
        count(meter)
        gathered.release()

    def build_late(worker: EngineWorker, command: SetNetwork) -> None:
        for _ in range(5):
            assert gathered.acquire(timeout=10.0)
        build(worker, command)

    monkeypatch.setattr(Meter, "add_gathered", count_one)
    monkeypatch.setattr(EngineWorker, "_set_network", build_late)
    line = ("--network", path, "--source", film, "--report", report, "--realtime")
    assert run(*line, "--frames", 1) == 0
    told = json.loads(report.read_text())
    frames = told["frames"]
    assert frames["processed"] >= 1
    assert frames["processed"] + frames["dropped"] == frames["captured"] <= 6
    assert told["ended_early"] is None


@pytest.mark.parametrize("pace", [(), ("--realtime",)])
def test_a_film_whose_frames_come_too_seldom_is_told_once(
    tmp_path: Path, film: str, capsys: pytest.CaptureFixture[str], pace: tuple[str, ...]
) -> None:
    path = tmp_path / "motion.json"
    quick = replace(SEES_FOUR, input=replace(SEES_FOUR.input, frame_step=1, frame_rate=1000.0))
    path.write_text(to_json(quick))
    assert run("--network", path, "--source", film, "--frames", 8, *pace) == 0
    told = capsys.readouterr().out
    assert told.count("the network wants 1e+03 frames a second, got") == 1
    assert "some are seen twice" in told
    still = write_image(tmp_path / "still.png", np.zeros((24, 32, 3), np.uint8))
    assert run("--network", path, "--source", still) == 0
    assert "seen twice" not in capsys.readouterr().out, "a picture is to be seen again and again"


@pytest.mark.parametrize("pace", [(), ("--realtime",)])
def test_a_film_that_is_too_short_to_be_seen_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], pace: tuple[str, ...]
) -> None:
    path = tmp_path / "motion.json"
    path.write_text(to_json(SEES_FOUR))
    short = write_video(tmp_path / "short.avi", 5)
    assert run("--network", path, "--source", short, "--frames", 3, *pace) == 2
    assert capsys.readouterr().err == (
        "cnngui: short.avi: must have at least 7 frames for this network, got 5\n"
    )


def test_a_picture_is_seen_again_and_again(tmp_path: Path) -> None:
    path = tmp_path / "motion.json"
    path.write_text(to_json(SEES_FOUR))
    picture = tmp_path / "still.png"
    write_image(picture, np.full((12, 16, 3), 90, np.uint8))
    report = tmp_path / "report.json"
    assert run("--network", path, "--source", picture, "--frames", 1, "--report", report) == 0
    assert json.loads(report.read_text())["frames"]["processed"] == 1


def test_pictures_of_a_folder_are_computed_together(tmp_path, network, monkeypatch):
    """Thirty-two at a time, and what is left over; the last one is what a snapshot has."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number in range(37):
        write_image(folder / f"{number:02}.png", np.full((12, 16, 3), 5 * number, np.uint8))
    batches = []
    forward = Model.forward

    def counted(model, x, observers, *others):
        batches.append(len(x))
        forward(model, x, observers, *others)

    monkeypatch.setattr(Model, "forward", counted)
    report = tmp_path / "report.json"
    assert run("--source", folder, "--network", network, "--report", report) == 0
    assert batches == [32, 5]
    numbers = json.loads(report.read_text())
    assert numbers["frames"] == {"asked": 100, "captured": 37, "processed": 37, "dropped": 0}
    assert numbers["frames_per_second"] > 0
    assert set(numbers["layer_ms"]) == {"conv1", "relu1", "conv2"}
