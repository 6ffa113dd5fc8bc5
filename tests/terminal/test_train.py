"""Trainings without a window, as a script would start them."""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors import safe_open

from cnngui.app import main
from cnngui.data.augmentation import Augmentation
from cnngui.engine import parallel
from cnngui.engine.model import Model
from cnngui.errors import ArgumentError, SaveError
from cnngui.formats.network_file import read_network, write_network
from cnngui.images.opencv import cv2
from cnngui.pipeline.training.settings import TrainingSettings
from cnngui.pipeline.training.trainer import Trainer
from cnngui.spec.codec import to_json
from cnngui.spec.network import NetworkSpec
from cnngui.terminal.cli_train import TrainArguments, parse_train_arguments
from cnngui.weights import Weights
from tests.pipeline.training.samples import bars, small

ROOT = Path(__file__).resolve().parents[2]
NEEDED = ["--network", "n.json", "--data", "d", "--out", "o.safetensors"]


@pytest.fixture(autouse=True)
def _no_helping_threads():
    yield
    parallel.shutdown()


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to be in, with a network, and samples in a folder for each class."""
    monkeypatch.chdir(tmp_path)
    Path("net.json").write_text(to_json(small()))
    Path("ten.json").write_text(to_json(small(units=10)))
    write_samples(Path("data"), 60)
    return tmp_path


def write_samples(folder: Path, count: int) -> None:
    data = bars(count)
    for index, label in enumerate(data.labels):
        path = folder / data.classes[label] / f"{index:03}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(path), data.pixels[index])


def run(*arguments: object) -> int:
    usual = ("--data", "data", "--out", "out.safetensors", "--epochs", 4, "--batch-size", 8)
    network = () if "--network" in arguments else ("--network", "net.json")
    rate = ("--learning-rate", 0.01)
    return main(["train", *map(str, (*usual, *network, *rate, *arguments))])


@pytest.mark.usefixtures("place")
def test_a_network_learns_and_is_written_with_a_report(capsys: pytest.CaptureFixture[str]) -> None:
    write_samples(Path("other"), 30)
    line = ("--seed", 5, "--threads", 1, "--report", "report.json", "--test", "other")
    assert run(*line) == 0
    report = json.loads(Path("report.json").read_text())
    assert report["state"] == "finished"
    assert report["classes"] == ["all", "lower", "upper"]
    assert report["samples"] == {"training": 48, "validation": 12, "test": 30}
    assert report["settings"]["seed"] == 5
    assert report["settings"]["learning_rate"] == 0.01
    assert report["threads"] == 1
    assert (report["batches"], report["epochs"]) == (24, 4)
    assert report["seconds"] > 0
    assert report["samples_per_second"] > 0
    assert len(report["curves"]["batches"]["loss"]) == 24
    assert report["curves"]["validation"]["epoch"] == [0, 1, 2, 3, 4]
    best = report["best"]
    assert (best["measured_on"], best["samples"], best["accuracy"]) == ("validation", 12, 1)
    assert {name: report["evaluation"][name] for name in best} == best
    assert report["test_evaluation"]["accuracy"] == 1
    assert report["test_evaluation"]["measured_on"] == "test"
    assert report["test_evaluation"]["epoch"] == best["epoch"]
    with safe_open("out.safetensors", "np") as file:
        note = json.loads(file.metadata()["cnngui.training"])
    assert note == {"data": "data", "state": "finished", "epochs": 4, "weights": best}
    assert report["test_evaluation"]["confusion_matrix"] == [[10, 0, 0], [0, 10, 0], [0, 0, 10]]
    assert report["test_evaluation"]["class_accuracies"] == {"all": 1, "lower": 1, "upper": 1}
    perfect = {"samples": 10, "precision": 1, "recall": 1, "f1": 1}
    assert report["test_evaluation"]["classes"] == dict.fromkeys(("all", "lower", "upper"), perfect)
    found = read_network("out.safetensors")
    assert found.spec.classes == ("all", "lower", "upper")
    x = bars().pixels[:3].transpose(0, 3, 1, 2).astype(np.float32) / 255
    shares = Model(found.spec, found.weights).activations(x, ["softmax1"])["softmax1"]
    assert shares.argmax(axis=1).tolist() == [2, 1, 0]
    captured = capsys.readouterr()
    assert "small on data: 4 epochs" in captured.out
    assert "Best weights: 100.00 % of 12 samples kept apart, after epoch" in captured.out
    assert "Test: 100.00 % of 30 samples given to test it" in captured.out
    assert "out.safetensors" in captured.out
    lines = captured.err.splitlines()
    assert [line.split(",")[0] for line in lines] == [f"epoch {n} of 4" for n in (1, 2, 3, 4)]
    assert "of 12 samples kept apart, after epoch 1" in lines[0]


@pytest.mark.usefixtures("place")
def test_curves_and_predictions_are_written_as_tables(capsys: pytest.CaptureFixture[str]) -> None:
    write_samples(Path("other"), 30)
    assert run("--curves", "c.csv", "--predictions", "p.csv", "--test", "other") == 0
    with Path("c.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["measured_on"] for row in rows] == ["batch"] * 24 + ["validation"] * 5
    assert float(rows[-1]["accuracy"]) == 1
    with Path("p.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["measured_on"] for row in rows] == ["validation"] * 12 + ["test"] * 30
    assert all(row["name"].startswith(f"{row['class']}/") for row in rows)
    assert all(row["right"] == str(int(row["class"] == row["predicted"])) for row in rows)
    out = capsys.readouterr().out
    assert "c.csv" in out
    assert "p.csv" in out


@pytest.mark.usefixtures("place")
def test_it_ends_early_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--patience", 2, "--epochs", 50, "--learning-rate", 1e-9) == 0
    out = capsys.readouterr().out
    assert "Note: Nothing better was measured for 2 epochs" in out


@pytest.mark.usefixtures("place")
def test_the_same_seed_gives_the_same_file() -> None:
    augment = ("--augment", "shift=0.1,flip=yes")
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        assert run("--seed", seed, *augment, "--out", f"{name}.safetensors") == 0
    a, b, c = (Path(f"{name}.safetensors").read_bytes() for name in "abc")
    assert a == b
    assert a != c


@pytest.mark.usefixtures("place")
def test_a_network_that_does_not_fit_is_mended(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--network", "ten.json") == 0
    assert "made to fit 3 classes" in capsys.readouterr().out
    assert read_network("out.safetensors").spec.layer("linear1").out_features == 3


@pytest.mark.usefixtures("place")
def test_training_goes_on_from_a_file_with_weights() -> None:
    assert run() == 0
    line = ("--network", "out.safetensors", "--epochs", 1, "--learning-rate", 1e-6)
    assert run(*line, "--report", "report.json", "--out", "again.safetensors") == 0
    accuracies = json.loads(Path("report.json").read_text())["curves"]["validation"]["accuracy"]
    assert accuracies[0] == 1


@pytest.mark.usefixtures("place")
def test_the_last_samples_can_be_held_out() -> None:
    # Those of the last class in the folder's order; the network never sees them.
    assert run("--hold-out-last", 10, "--report", "report.json") == 0
    report = json.loads(Path("report.json").read_text())
    assert sum(report["samples"].values()) == 60
    assert report["samples"]["test"] == 10
    assert report["test_evaluation"]["class_accuracies"]["all"] is None


@pytest.mark.usefixtures("place")
def test_unreadable_samples_are_told_and_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    Path("data/all/bad.png").write_text("no picture")
    assert run("--epochs", 1) == 0
    assert "bad.png" in capsys.readouterr().out


@pytest.mark.usefixtures("place")
def test_a_learning_rate_of_a_billion_ends_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--learning-rate", 1e9, "--report", "report.json") == 2
    captured = capsys.readouterr()
    assert captured.err.startswith("cnngui: ")
    assert captured.err.count("\n") == 1
    assert "try a lower rate" in captured.err
    report = json.loads(Path("report.json").read_text())
    assert report["state"] == "failed"
    assert "try a lower rate" in report["message"]
    # Nothing was learned that could be written.
    assert not Path("out.safetensors").exists()


@pytest.mark.parametrize(
    ("option", "value", "named"),
    [
        ("--network", "absent.json", "absent.json"),
        ("--data", "absent", "absent"),
        ("--data", "empty", "empty"),
        ("--data", "one", "two classes or more"),
        ("--data", "gap", "none of lower"),
        ("--test", "strange", "must be of the classes"),
        ("--hold-out-last", "60", "held out"),
        ("--out", "absent/out.safetensors", "absent"),
        ("--out", "net.json", "must end in .safetensors"),
        ("--report", "absent/report.json", "absent"),
        ("--report", "empty", "empty"),
        ("--curves", "absent/c.csv", "absent"),
        ("--predictions", "empty", "empty"),
        ("--epochs", "0", "--epochs"),
        ("--augment", "twist=1", "twist"),
        ("--schedule", "linear", "--schedule"),
    ],
)
def test_what_the_user_can_mend_is_one_line_and_exit_code_2(
    place: Path, capsys: pytest.CaptureFixture[str], option: str, value: str, named: str
) -> None:
    Path("empty").mkdir()
    for folder, absent in (("one", ("upper", "lower")), ("gap", ("lower",))):
        write_samples(Path(folder), 9)
        for name in absent:
            shutil.rmtree(Path(folder, name))
    Path("gap/lower").mkdir()
    write_samples(Path("strange"), 9)
    Path("strange/all").rename("strange/other")
    assert run("--epochs", "1", option, value) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith("cnngui: ")
    assert captured.err.count("\n") == 1
    assert named in captured.err
    assert not Path("out.safetensors").exists()


def test_what_was_learned_is_kept_elsewhere_when_the_disk_fills_meanwhile(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def write(path: Path, spec: NetworkSpec, weights: Weights, notes: dict[str, str]) -> None:
        if path.name == "out.safetensors":
            raise SaveError(str(path), "must be writable", "No space left on device")
        write_network(path, spec, weights, notes)

    (place / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place / "tmp"))
    monkeypatch.setattr("cnngui.terminal.train.write_network", write)
    assert run() == 2
    (kept,) = (place / "tmp").iterdir()
    assert read_network(kept).weights
    message = capsys.readouterr().err
    assert "No space left on device" in message
    assert str(kept) in message


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT to send")
@pytest.mark.usefixtures("place")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_keeps_the_best_weights_so_far(number: int) -> None:
    process = subprocess.Popen(
        [
            *(sys.executable, str(ROOT / "main.py"), "train", "--network", "net.json"),
            *("--data", "data", "--epochs", "100000", "--out", "out.safetensors"),
            *("--report", "report.json", "--learning-rate", "0.01"),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    for _ in range(10):
        assert process.stderr.readline().startswith("epoch ")
    process.send_signal(number)
    out, err = process.communicate(timeout=20.0)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    assert "out.safetensors" in out
    report = json.loads(Path("report.json").read_text())
    assert report["state"] == "stopped"
    assert report["best"]["accuracy"] == 1
    assert read_network("out.safetensors").weights


class Presses:
    """A trainer's steps, at some of which somebody presses Ctrl+C."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *steps: int) -> None:
        self.taken = 0
        step = Trainer.step

        def counted(trainer: Trainer) -> None:
            self.taken += 1
            step(trainer)
            for _ in range(steps.count(self.taken)):
                os.kill(os.getpid(), signal.SIGINT)

        monkeypatch.setattr(Trainer, "step", counted)


def stopped_at(monkeypatch: pytest.MonkeyPatch, *steps: int) -> dict[str, Any]:
    Presses(monkeypatch, *steps)
    line = ("--batch-size", 2, "--test", "other", "--report", "report.json")
    assert run("--network", "net.json", *line) == 130
    report: dict[str, Any] = json.loads(Path("report.json").read_text())
    assert report["state"] == "stopped"
    assert report["epochs"] < 1
    assert read_network("out.safetensors").weights
    return report


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT to send")
@pytest.mark.usefixtures("place")
def test_ctrl_c_in_the_first_epoch_measures_what_was_held_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_samples(Path("other"), 30)
    report = stopped_at(monkeypatch, 20)
    best = report["best"]
    assert (best["measured_on"], best["samples"]) == ("validation", 12)
    assert best["epoch"] == report["epochs"]
    assert best["accuracy"] == report["evaluation"]["accuracy"]
    assert report["curves"]["validation"]["accuracy"][-1] == pytest.approx(best["accuracy"])
    assert report["test_evaluation"]["samples"] == 30
    assert "of 12 samples kept apart, after epoch 0." in capsys.readouterr().out


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT to send")
@pytest.mark.usefixtures("place")
def test_a_second_ctrl_c_ends_at_once_with_what_was_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_samples(Path("other"), 30)
    report = stopped_at(monkeypatch, 20, 20)
    assert report["best"]["epoch"] == 0
    assert report["test_evaluation"] is None
    out = capsys.readouterr().out
    assert "The first weights are kept" in out
    assert "of 12 samples kept apart, before training" in out


def test_the_command_line_in_full() -> None:
    assert parse_train_arguments(NEEDED) == TrainArguments(
        "n.json", "d", Path("o.safetensors"), None, None, None, TrainingSettings(), None, 0, 0
    )
    text = (
        "--report r.json --curves c.csv --predictions p.csv --test t "
        "--threads 3 --epochs 7 --batch-size 9 --optimizer sgd "
        "--learning-rate 0.5 --momentum 0.8 --nesterov --weight-decay 0.1 --schedule step "
        "--warmup-epochs 1.5 --clip-norm 2 --loss mse --validation-share 0.5 --seed 4 "
        "--augment shift=0.1,flip=yes,rotation=10 "
        "--class-weights --patience 6"
    )
    found = parse_train_arguments([*NEEDED, *text.split()])
    assert (found.curves, found.predictions) == (Path("c.csv"), Path("p.csv"))
    assert (found.report, found.test, found.threads) == (Path("r.json"), "t", 3)
    assert found.settings == TrainingSettings(
        epochs=7,
        batch_size=9,
        optimizer="sgd",
        learning_rate=0.5,
        momentum=0.8,
        nesterov=True,
        weight_decay=0.1,
        schedule="step",
        warmup_epochs=1.5,
        clip_norm=2.0,
        loss="mse",
        class_weights=True,
        patience=6,
        augmentation=Augmentation(shift=0.1, flip=True, rotation=10.0),
        validation_share=0.5,
        seed=4,
    )


@pytest.mark.parametrize(
    ("line", "thing"),
    [
        ("", "--network, --data, --out"),
        ("--epochs 1.5", "--epochs"),
        ("--learning-rate nan", "--learning-rate"),
        ("--learning-rate 1e99", "--learning-rate"),
        ("--momentum 1", "--momentum"),
        ("--augment shift=9", "shift must be a number from 0 to 0.5"),
        ("--augment flip=9", "flip"),
        ("--augment shift", "shift"),
        ("--test t --hold-out-last 5", "--test"),
        ("--headless", "--headless"),
    ],
)
def test_nonsense_is_refused_by_name(line: str, thing: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        parse_train_arguments([*(NEEDED if line else ()), *line.split()])
    assert thing in str(caught.value)
    assert "\n" not in str(caught.value)
