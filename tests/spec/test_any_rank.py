"""Shapes of layers of one and of three axes: a type says its rank and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from cnngui.spec.checks import misfit
from cnngui.spec.layers import MisfitError, arguments_of, require_rank
from cnngui.spec.layers.conv import Convolution, TransposedConvolution
from cnngui.spec.layers.norm import BatchNorm
from cnngui.spec.layers.pool import AdaptivePooling, GlobalPooling, WindowPooling


def of_rank(family: type, rank: int) -> type:
    """Return a type of that rank: what a new one is made of."""

    @dataclass(frozen=True, kw_only=True)
    class Layer(family):
        arithmetic = "sum"

    Layer.rank = rank
    return Layer


VIDEO, LINE = (4, 5, 9, 8), (4, 11)

CASES = [
    ("Conv3d", Convolution, VIDEO, {"out_channels": 6, "kernel_size": (2, 3, 3), "groups": 2}),
    ("Conv3d", Convolution, VIDEO, {"stride": (1, 2, 3), "padding": (1, 0, 2), "dilation": 2}),
    ("Conv3d", Convolution, VIDEO, {"padding": "same", "kernel_size": (3, 1, 5)}),
    ("Conv1d", Convolution, LINE, {"kernel_size": 4, "stride": 3, "padding": 2, "bias": False}),
    ("ConvTranspose3d", TransposedConvolution, VIDEO, {"stride": (2, 1, 3), "padding": (1, 0, 1)}),
    ("ConvTranspose1d", TransposedConvolution, LINE, {"stride": 2, "output_padding": 1}),
    ("AvgPool3d", WindowPooling, VIDEO, {"kernel_size": (2, 3, 2), "stride": 2, "padding": 1}),
    ("AvgPool1d", WindowPooling, LINE, {"kernel_size": 3, "stride": 2, "ceil_mode": True}),
    ("AdaptiveAvgPool3d", AdaptivePooling, VIDEO, {"output_size": (2, 7, 3)}),
    ("BatchNorm3d", BatchNorm, VIDEO, {}),
    ("BatchNorm1d", BatchNorm, LINE, {}),
]


@pytest.mark.parametrize(("name", "family", "shape", "arguments"), CASES)
def test_shapes_and_parameters_are_pytorchs(name, family, shape, arguments):
    torch = pytest.importorskip("torch")
    layer = of_rank(family, len(shape) - 1)(id="x", **arguments)
    made = getattr(torch.nn, name)
    if "Conv" in name:
        options = {"out_channels": layer.out_channels, "kernel_size": 3, **arguments}
        module = made(shape[0], **options)
    else:
        module = made(shape[0]) if "Norm" in name else made(**arguments)
    expected = module(torch.zeros(2, *shape)).shape[1:]
    assert layer.output_shape([shape]) == tuple(expected)
    state = {key: tuple(value.shape) for key, value in module.state_dict().items()}
    state.pop("num_batches_tracked", None)
    if state:
        assert layer.parameter_shapes([shape]) == state


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_windows_reach_as_far_as_they_lie_along_every_axis(rank):
    layer = of_rank(Convolution, rank)(
        id="x", kernel_size=3, stride=2, padding=(1,) * rank, dilation=2
    )
    source = (2, *range(9, 9 + rank))
    shape = layer.output_shape([source])
    assert shape == (8, *((side + 2 - 5) // 2 + 1 for side in source[1:]))
    part = (range(1, 2), *(range(1, 3) for _ in range(rank)))
    assert layer.reach(part, [source], shape) == [(range(2), *(range(1, 8) for _ in range(rank)))]
    weight = layer.parameter_shapes([source])["weight"]
    assert layer.multiply_adds([source], shape) == np.prod(shape[1:]) * np.prod(weight)


def test_one_number_is_for_all_axes_and_maps_of_another_rank_are_refused():
    kind = of_rank(Convolution, 3)
    layer = kind(id="x", kernel_size=3, padding=(1, 2, 3, 4, 5, 6))
    assert layer.kernel_size == (3, 3, 3)
    assert layer.pads == ((5, 6), (3, 4), (1, 2))
    with pytest.raises(MisfitError, match="must read maps of several moments"):
        require_rank(layer, [(12,)])
    argument = arguments_of(kind)["kernel_size"]
    assert str(misfit(argument, (3, 3))) == (
        "must be a whole number from 1 to 4096, or three (time, height, width)"
    )
    assert not misfit(argument, (3, 3, 1))
    pooled = of_rank(GlobalPooling, 3)(id="x")
    assert pooled.output_shape([VIDEO]) == (4, 1, 1, 1)
