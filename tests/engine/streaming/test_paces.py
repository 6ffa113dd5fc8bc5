"""What is found to be equal in successive windows, by names alone."""

from __future__ import annotations

import pytest

from cnngui.engine.model import Model
from cnngui.engine.plan import Plan
from cnngui.engine.streaming.paces import Pace, paces_of
from cnngui.spec import layers as spec
from cnngui.spec.network import InputSpec, NetworkSpec


def pace(*layers: spec.LayerSpec, frames: int = 8) -> Pace:
    """Return the pace of the last layer."""
    network = NetworkSpec(input=InputSpec(height=9, width=9, frames=frames), layers=layers)
    plan = Plan(Model(network)._nodes, network.input.shape, 1, {network.last_id})
    return paces_of(plan)[network.last_id]


CONV, POOL = spec.Conv3d(id="conv"), spec.MaxPool3d(id="pool")


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        ([CONV], Pace(1, 1, (5,))),
        ([spec.Conv3d(id="c", padding="same")], Pace(1, 1, (0, 6, 7))),
        ([spec.Conv3d(id="c", padding="same", dilation=(2, 1, 1))], Pace(1, 1, (1, 5, 7))),
        ([POOL], Pace(2, 1, (3,))),
        ([POOL, CONV], Pace(2, 1, (1,))),
        ([POOL, spec.MaxPool3d(id="again", kernel_size=(2, 1, 1))], Pace(4, 1, (1,))),
        ([spec.Upsample3d(id="u")], Pace(1, 2, (14, 15))),
        ([POOL, spec.Upsample3d(id="u")], Pace(2, 2, (6, 7))),
        ([spec.Slice(id="s", dim="time", start=2)], Pace(1, 1, (5,))),
        ([spec.Slice(id="s", dim="time", step=3)], Pace(3, 1, (2,))),
        ([spec.Conv2d(id="c"), spec.ReLU(id="r")], Pace(1, 1, (7,))),
        ([spec.GlobalAvgPool3d(id="g")], Pace(1, 0, (0,))),
        ([spec.GroupNorm(id="g")], Pace(1, 0, tuple(range(8)))),
        ([spec.Flatten(id="f")], Pace(1, 0, (0,))),
    ],
    ids=lambda value: " ".join(layer.type for layer in value) if isinstance(value, list) else "",
)
def test_pace(layers, expected):
    assert pace(*layers) == expected


def test_moments_that_touch_padding_at_both_ends_are_not_taken_for_each_other():
    """With three moments, the first reads (0, 1) and the last (1, 2), by other taps."""
    assert pace(spec.Conv3d(id="c", padding="same"), frames=3) == Pace(1, 0, (0, 1, 2))
