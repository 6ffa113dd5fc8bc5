from __future__ import annotations

import gc
import io
import json
import logging
import os
import tracemalloc
import zipfile
from dataclasses import fields, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors import safe_open

from cnngui.data.augmentation import Augmentation
from cnngui.errors import NetworkFileError, SaveError, TrainingError
from cnngui.pipeline.training.progress import Curves, Evaluation, Measurement
from cnngui.pipeline.training.run_codec import shortened
from cnngui.pipeline.training.run_store import RunStore, new_run_id
from cnngui.pipeline.training.settings import TrainingSettings
from cnngui.pipeline.training.summary import summarise
from tests.pipeline.fakes import classifier
from tests.pipeline.training.fake_trainer import progress_of, weights_of

SETTINGS = TrainingSettings(
    epochs=7, optimizer="sgd", nesterov=True, augmentation=Augmentation(flip=True, shift=0.25)
)
BEST = Measurement("training", 90, 2.5, 0.25, 0.125)


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path / "runs")


def evaluation():
    labels = np.array([0, 1, 2, 2])
    probabilities = np.eye(3, dtype=np.float32)[[0, 1, 2, 0]]
    return Evaluation(
        measured=Measurement("validation", 4, 3.0, 0.75, 0.5),
        classes=("a", "b", "ü"),
        indices=np.array([3, 1, 4, 2]),
        labels=labels,
        probabilities=probabilities,
        summary=summarise(labels, probabilities),
    )


def keep(store, run_id="20260101-1", state="finished", **values):
    spec = classifier()
    progress = progress_of(spec, run_id, state=state, **values)
    store.begin(progress, weights_of(spec, 1))
    store.keep(progress, weights_of(spec, 2))
    return progress


def test_a_run_comes_back_as_it_was(store):
    kept = keep(store, settings=SETTINGS, evaluation=evaluation(), message="ü", best=BEST)
    (found,) = store.runs()
    for name in (
        "run_id",
        "state",
        "spec",
        "settings",
        "samples",
        "layers",
        "findings",
        "rate_changes",
        "message",
        "steps",
    ):
        assert getattr(found, name) == getattr(kept, name), name
    assert found.best == BEST
    assert found.evaluation.measured == evaluation().measured
    for item in fields(Curves):
        array = getattr(found.curves, item.name)
        assert np.array_equal(array, getattr(kept.curves, item.name))
        assert not array.flags.writeable
    assert [moment.step for moment in found.moments] == [0, 2]
    last = found.moments[-1].kernels["conv1"]
    assert np.array_equal(last, kept.moments[-1].kernels["conv1"])
    assert found.evaluation.classes == ("a", "b", "ü")
    assert found.evaluation.indices.tolist() == [3, 1, 4, 2]
    assert found.evaluation.summary.accuracy == 0.75


def as_before(store, tmp_path, **values):
    """Keep a run as it was written when no measurement said what it was of."""
    keep(store, **values)
    path = tmp_path / "runs" / "20260101-1" / "run.json"
    entry = json.loads(path.read_text())
    del entry["best"], entry["evaluated"]
    path.write_text(json.dumps(entry | {"best_epoch": 0.25, "best_accuracy": 1.0}))
    (found,) = store.runs()
    return found


def test_of_an_older_run_only_what_was_measured_counts(store, tmp_path):
    found = as_before(store, tmp_path, evaluation=evaluation())
    assert found.best == found.evaluation.measured
    assert found.best == Measurement("validation", 4, 0.25, 0.75, 0.25)


def test_of_an_older_run_batches_are_no_measurement(store, tmp_path):
    assert as_before(store, tmp_path).best is None


def test_best_weights_say_in_their_file_what_they_are_worth(store, tmp_path):
    keep(store, best=BEST)
    with safe_open(tmp_path / "runs" / "20260101-1" / "best.safetensors", "np") as file:
        note = json.loads(file.metadata()["cnngui.training"])
    assert note["data"] == "Fake"
    assert note["weights"] == {
        "measured_on": "training",
        "samples": 90,
        "epoch": 2.5,
        "accuracy": 0.25,
        "loss": 0.125,
    }


@pytest.mark.parametrize(("first", "value"), [(True, 1.0), (False, 2.0)])
def test_weights_come_back_named(store, first, value):
    keep(store)
    file = store.read_weights("20260101-1", first=first)
    assert float(file.weights["conv1"]["bias"][0]) == value
    assert file.spec.layer("conv1").weights_id


def test_newest_first_and_the_oldest_go(store, monkeypatch):
    monkeypatch.setattr("cnngui.pipeline.training.run_store.MOST_RUNS", 3)
    names = [f"2026-{number:03}" for number in range(5)]
    for name in names:
        store.begin(progress_of(classifier(), name), weights_of(classifier(), 0))
    assert [run.run_id for run in store.runs()] == names[::-1][:3]


def test_a_run_that_never_ended_counts_as_stopped(store):
    keep(store, state="running")
    assert store.runs()[0].state == "stopped"


def test_what_is_put_aside_can_be_brought_back_until_the_window_closes(store):
    keep(store)
    store.set_discarded("20260101-1", True)
    assert store.runs() == ()
    store.forget_discarded()
    store.set_discarded("20260101-1", False)
    assert len(store.runs()) == 1
    store.set_discarded("20260101-1", True)
    store.close()
    with pytest.raises(TrainingError):
        store.set_discarded("20260101-1", False)


def test_what_a_window_left_aside_that_was_killed_is_forgotten(store, tmp_path):
    keep(store)
    other = RunStore(tmp_path / "runs")
    other.set_discarded("20260101-1", True)
    store.forget_discarded()
    assert len(list((tmp_path / "runs" / ".discarded").glob("*/20260101-1"))) == 1
    del other  # the system takes the lock back, as it does from a process that ends
    gc.collect()
    store.forget_discarded()
    assert not (tmp_path / "runs" / ".discarded").exists()


def test_a_run_that_goes_on_in_another_window_is_left_alone(store, tmp_path, monkeypatch):
    monkeypatch.setattr("cnngui.pipeline.training.run_store.MOST_RUNS", 1)
    progress = progress_of(classifier(), "20260101-1", state="running")
    store.begin(progress, weights_of(classifier(), 1))
    other = RunStore(tmp_path / "runs")
    assert other.runs() == ()
    keep(other, "20260102-1")
    assert [run.run_id for run in store.runs()] == ["20260102-1", "20260101-1"]
    store.keep(replace(progress, state="finished"), weights_of(classifier(), 2))
    assert other.ids() == ("20260102-1", "20260101-1")


@pytest.mark.parametrize("name", ["run.json", "curves.npz"])
@pytest.mark.parametrize("damage", [b"", b"{}", b"[1]", b"PK\x03\x04", b'{"run_id": 3}', None])
def test_what_is_damaged_is_left_out_with_a_line_in_the_log(store, tmp_path, caplog, name, damage):
    keep(store)
    keep(store, "20260102-1")
    path = tmp_path / "runs" / "20260101-1" / name
    if damage is None:
        path.write_bytes(path.read_bytes()[:-20])
    else:
        path.write_bytes(damage)
    with caplog.at_level(logging.WARNING, "cnngui"):
        assert [run.run_id for run in store.runs()] == ["20260102-1"]
    assert "20260101-1" in caplog.text


NUMBERS = st.sampled_from([-1, 0, 10**400, 1e300, np.inf, -np.inf, np.nan, True])
JSON = st.recursive(
    st.none() | NUMBERS | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)


@given(data=st.data())
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_no_description_ends_the_listing(data):
    with TemporaryDirectory() as folder:
        store = RunStore(Path(folder))
        keep(store, evaluation=evaluation())
        keep(store, "20260102-1")
        path = Path(folder, "20260101-1", "run.json")
        entry = json.loads(path.read_text())
        entry[data.draw(st.sampled_from(sorted(entry)))] = data.draw(JSON)
        path.write_text(json.dumps(entry))
        assert store.runs()[0].run_id == "20260102-1"


@given(data=st.data())
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_no_arrays_end_the_listing(data):
    with TemporaryDirectory() as folder:
        store = RunStore(Path(folder))
        keep(store, evaluation=evaluation())
        keep(store, "20260102-1")
        path = Path(folder, "20260101-1", "curves.npz")
        content = bytearray(path.read_bytes())
        for place in data.draw(st.lists(st.integers(0, len(content) - 1), max_size=4)):
            content[place] = data.draw(st.integers(0, 255))
        path.write_bytes(content)
        assert store.runs()[0].run_id == "20260102-1"


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("curves.loss", np.zeros(4, np.float32)),
        ("curves.epochs", np.float32(1)),
        ("curves.accuracy", np.array(["much"] * 5)),
        ("moment0.conv1", np.zeros(3, np.float32)),
        ("evaluation.labels", np.array([0, 1, 2, 3])),
        ("evaluation.indices", np.array([3, 1, 4])),
        ("evaluation.probabilities", np.zeros((4, 2), np.float32)),
    ],
)
def test_arrays_that_do_not_fit_are_left_out(store, tmp_path, name, array):
    keep(store, evaluation=evaluation())
    path = tmp_path / "runs" / "20260101-1" / "curves.npz"
    with np.load(path) as file:
        arrays = dict(file)
    assert name in arrays
    np.savez(path, **(arrays | {name: array}))
    assert store.runs() == ()


@pytest.mark.parametrize(
    "kernel",
    [
        np.zeros((3, 3, 3, 3), np.float32),
        np.zeros((2, 3, 3, 4), np.float32),
        np.zeros((2, 3, 3), np.float32),
        np.zeros((2, 3, 3, 3), np.int64),
        None,
    ],
)
def test_a_run_whose_kernels_change_between_moments_is_left_out(store, tmp_path, kernel):
    keep(store)
    path = tmp_path / "runs" / "20260101-1" / "curves.npz"
    with np.load(path) as file:
        arrays = dict(file)
    assert arrays.pop("moment1.conv1").shape != getattr(kernel, "shape", None)
    np.savez(path, **arrays, **({} if kernel is None else {"moment1.conv1": kernel}))
    assert store.runs() == ()


@pytest.mark.parametrize("name", ["flatten1", "never", "../conv1"])
def test_kernels_of_a_layer_that_has_none_are_left_out(store, tmp_path, name):
    keep(store)
    path = tmp_path / "runs" / "20260101-1" / "curves.npz"
    with np.load(path) as file:
        arrays = dict(file)
    kernel = np.zeros((2, 3, 3, 3), np.float32)
    np.savez(path, **arrays, **{f"moment0.{name}": kernel, f"moment1.{name}": kernel})
    assert store.runs() == ()


def test_numbers_of_other_types_are_understood(store, tmp_path):
    keep(store, evaluation=evaluation())
    path = tmp_path / "runs" / "20260101-1" / "curves.npz"
    with np.load(path) as file:
        arrays = dict(file)
    arrays = {
        name: array.astype(">f8" if array.dtype.kind == "f" else ">u2")
        for name, array in arrays.items()
    }
    np.savez(path, **arrays)
    (run,) = store.runs()
    assert run.curves.loss.dtype == np.float32
    assert run.evaluation.labels.dtype == np.int64
    assert run.moments[0].kernels["conv1"].dtype == np.float32


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("epoch", value) for value in (np.nan, np.inf, -1, "1", True, 1e300)),
        *(("step", value) for value in (-1, 2**63, 1.5, 10**6, None)),
        ("samples", [1, -1]),
        ("moments", [[0, 0.0], [2, np.nan]]),
        ("rate_changes", [{"step": 1, "epoch": 1.0, "seconds": np.nan, "rate": 0.1}]),
        ("rate_changes", [{"step": 1, "epoch": 1.0, "seconds": np.inf, "rate": 0.1}]),
        ("message", {"template": "\ud800", "values": {}}),
    ],
)
def test_numbers_that_no_training_has_are_left_out(store, tmp_path, name, value):
    keep(store)
    path = tmp_path / "runs" / "20260101-1" / "run.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {name: value}))
    assert store.runs() == ()


def claiming(shape: tuple[int, ...], packed: int) -> bytes:
    """An .npz whose array says to have that shape, in so many bytes, all zeros."""
    content = io.BytesIO()
    with (
        zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("curves.loss.npy", "w", force_zip64=True) as file,
    ):
        header = {"descr": "<f4", "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(file, header)
        for _ in range(packed // 2**20):
            file.write(bytes(2**20))
    return content.getvalue()


@pytest.mark.parametrize(
    ("shape", "packed"),
    [((2**28,), 2**30 + 2**21), ((2**40,), 2**20), ((2**62, 4), 0), ((-1,), 2**20)],
)
def test_bombs_are_left_out_before_memory_is_taken(store, tmp_path, shape, packed):
    keep(store)
    (tmp_path / "runs" / "20260101-1" / "curves.npz").write_bytes(claiming(shape, packed))
    tracemalloc.start()
    assert store.runs() == ()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2**26


def test_a_huge_description_is_not_read(store, tmp_path):
    keep(store)
    with (tmp_path / "runs" / "20260101-1" / "run.json").open("wb") as file:
        file.truncate(2**40)  # sparse
    tracemalloc.start()
    assert store.runs() == ()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2**27


def test_texts_of_a_run_are_harmless(store, tmp_path):
    keep(store, evaluation=evaluation())
    path = tmp_path / "runs" / "20260101-1" / "run.json"
    entry = json.loads(path.read_text())
    bad = "a\ud800\x1b[31m" + "x" * 100_000
    entry |= {"data_name": bad, "message": bad, "evaluated_classes": [bad, "b", "c"]}
    entry["layers"][0]["layer_id"] = bad
    path.write_text(json.dumps(entry))
    (run,) = store.runs()
    for text in (
        *(run.data_name, str(run.message), run.evaluation.classes[0], run.layers[0].layer_id),
    ):
        text.encode()
        assert text.startswith("a\ufffd\ufffd[31m")
        assert len(text) <= 2000


def test_arrays_hold_no_pickles(store, tmp_path):
    keep(store)
    path = tmp_path / "runs" / "20260101-1" / "curves.npz"
    np.savez(path, **{"curves.loss": np.array([{}], object)})
    assert store.runs() == ()


def test_weights_that_are_not_there_are_an_error(store):
    with pytest.raises(NetworkFileError):
        store.read_weights("never")


def test_what_cannot_be_written_is_an_error_and_leaves_what_was(store, tmp_path):
    progress = keep(store)
    with pytest.raises(SaveError, match="finite"):
        store.keep(progress, weights_of(classifier(), np.nan))
    assert float(store.read_weights(progress.run_id).weights["conv1"]["bias"][0]) == 2.0
    (tmp_path / "file").touch()
    with pytest.raises(SaveError):
        keep(RunStore(tmp_path / "file"))


def test_no_folder_is_no_runs(store):
    assert store.runs() == ()


def test_names_sort_by_time():
    first, second = new_run_id(), new_run_id()
    assert first != second
    assert first[:22] <= second[:22]


def test_of_the_kernels_history_beginning_and_end_are_kept():
    progress = progress_of(classifier(), "x")
    assert [moment.step for moment in shortened(progress).moments] == [0, 2]
    one = replace(progress, moments=progress.moments[:1])
    assert [moment.step for moment in shortened(one).moments] == [0]
    assert shortened(replace(progress, moments=())).moments == ()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
@pytest.mark.parametrize("name", ["run.json", "curves.npz"])
def test_a_pipe_in_the_place_of_a_run_is_not_waited_for(store, tmp_path, name):
    keep(store)
    path = tmp_path / "runs" / "20260101-1" / name
    path.unlink()
    os.mkfifo(path)
    assert store.runs() == ()
