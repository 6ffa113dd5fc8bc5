from __future__ import annotations

import csv
import io

import numpy as np

from cnngui.pipeline.training.curves import CurveRecorder
from cnngui.pipeline.training.progress import Evaluation, Measurement
from cnngui.pipeline.training.summary import summarise
from cnngui.pipeline.training.tables import curves_table, predictions_table


def read(table: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(table)))


def test_curves_as_a_table() -> None:
    recorder = CurveRecorder()
    recorder.add_validation(0, 1.1, 0.3)
    recorder.add_batch(0.5, 1.05, 0.25)
    recorder.add_batch(1.0, 0.1234567, 0.75)
    recorder.add_validation(1, 0.9, 0.6)
    rows = read(curves_table(recorder.curves()))
    assert [row["measured_on"] for row in rows] == ["batch"] * 2 + ["validation"] * 2
    assert [float(row["epoch"]) for row in rows] == [0.5, 1, 0, 1]
    assert np.float32(rows[1]["loss"]) == np.float32(0.1234567)
    assert float(rows[3]["accuracy"]) == np.float32(0.6)


def test_predictions_as_a_table() -> None:
    labels = np.array([1, 0])
    shares = np.array([[0.25, 0.75], [0.125, 0.875]], np.float32)
    evaluation = Evaluation(
        measured=Measurement("validation", 2, 3.0, 0.5, 1.0),
        classes=('a, "b"', "=ü"),
        indices=np.array([7, 9]),
        labels=labels,
        probabilities=shares,
        summary=summarise(labels, shares),
    )
    names = {7: "b/7.png", 9: "a/9.png"}
    rows = read(predictions_table([(evaluation, names.__getitem__), (evaluation, None)]))
    assert len(rows) == 4
    assert rows[0] == {
        "measured_on": "validation",
        "epoch": "3.0",
        "sample": "7",
        "name": "b/7.png",
        "class": "=ü",
        "predicted": "=ü",
        "right": "1",
        'p(a, "b")': "0.25",
        "p(=ü)": "0.75",
    }
    assert (rows[1]["class"], rows[1]["right"]) == ('a, "b"', "0")
    assert rows[2]["name"] == ""


def test_nothing_measured_is_an_empty_table() -> None:
    assert predictions_table([]) == ""
    assert curves_table(CurveRecorder().curves()).splitlines() == [
        "measured_on,epoch,loss,accuracy"
    ]
