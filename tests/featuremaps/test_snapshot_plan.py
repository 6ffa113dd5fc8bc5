"""How large a snapshot will be is known before it is made."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cnngui.capture.frame import Frame
from cnngui.featuremaps.snapshot import write_snapshot
from cnngui.featuremaps.snapshot_plan import plan_layers, plan_snapshot
from cnngui.pipeline.running import RunningNetwork
from tests.pipeline.fakes import classifier, small_network

SHAPES = {"a": (6, 4, 4), "b": (4, 2, 2), "c": (9,)}


def test_a_layer_gets_all_of_its_channels_or_none() -> None:
    plan = plan_layers(SHAPES, SHAPES, parameters=10, most_pictures=9)
    assert plan.layer_ids == ("a", "b", "c")
    assert plan.pictured == {"a"}
    assert plan.files == 4 + 3 + 6
    assert plan.least_bytes == 4 * (96 + 16 + 9 + 10)


def test_what_is_not_there_is_left_out() -> None:
    plan = plan_layers(SHAPES, ("gone", "c"), parameters=0)
    assert (plan.layer_ids, plan.files) == (("c",), 5)


@pytest.mark.parametrize("spec", [small_network(), classifier()], ids=["maps", "classes"])
@pytest.mark.parametrize("most", [0, 4, 1000])
@pytest.mark.parametrize("layers", [None, ("conv1",), ()], ids=["all", "one", "none"])
def test_it_holds_what_was_told(
    tmp_path: Path, spec: object, most: int, layers: tuple[str, ...] | None
) -> None:
    plan = plan_snapshot(spec, layers, most)
    frame = Frame(0, 0.0, np.full((12, 16, 3), 9, np.uint8), 0)
    content = RunningNetwork(spec).snapshot(frame, "", layer_ids=layers, most_pictures=most)
    steps: list[tuple[int, int]] = []
    folder = write_snapshot(tmp_path, content, lambda *step: steps.append(step))
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) == plan.files
    assert sum(path.stat().st_size for path in files) >= plan.least_bytes
    assert {path.name for path in folder.iterdir() if path.is_dir()} == plan.pictured
    assert content.plan == plan
    assert steps[-1][0] == steps[-1][1] == len(steps)
