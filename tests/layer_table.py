"""Every type of layer with examples of it: what the tests over all types walk through.

A type that is missing here fails ``tests/spec/test_layer_types.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import prod, sqrt

import numpy as np
from numpy.typing import NDArray

from cnngui.engine.model import Model
from cnngui.spec import layers as spec
from cnngui.spec.layers import LayerSpec, ParametricSpec, Shape
from cnngui.spec.network import InputSpec, NetworkSpec
from cnngui.spec.shapes import infer
from cnngui.weights import Weights

Array = NDArray[np.float32]

MAPS: Shape = (4, 7, 9)
VIDEO: Shape = (4, 3, 4, 5)
"""As small as it can be with sides that differ: some tests change every value of it."""
FLAT: Shape = (12,)
_LAYER = "x"


@dataclass(frozen=True)
class Example:
    """A layer, and the shapes of what it reads."""

    layer: LayerSpec
    sources: tuple[Shape, ...] = (MAPS,)

    def __str__(self) -> str:
        told = [self.layer.type]
        for name, argument in spec.arguments_of(type(self.layer)).items():
            value = getattr(self.layer, name)
            if value != argument.default and name not in spec.WEIGHT_ARGUMENTS:
                told.append(f"{name}={value}".replace(" ", ""))
        shapes = " ".join(spec.shape_text(source) for source in self.sources)
        return f"{' '.join(told)} of {shapes}"


def _of(kind: type[LayerSpec], *sources: Shape, **arguments: object) -> Example:
    return Example(kind(id=_LAYER, **arguments), sources or (MAPS,))


def _elementwise(kind: type[LayerSpec], *others: dict[str, object]) -> list[Example]:
    both = [_of(kind), _of(kind, FLAT), _of(kind, VIDEO)]
    return [*both, *(_of(kind, **arguments) for arguments in others)]


def _pooling(kind: type[LayerSpec]) -> list[Example]:
    return [
        _of(kind),
        _of(kind, kernel_size=(3, 2), stride=(1, 3), padding=1),
        _of(kind, kernel_size=3, stride=2, ceil_mode=True),
        _of(kind, kernel_size=2, stride=3),
        _of(kind, VIDEO, kernel_size=3, stride=2, padding=1),
    ]


def _pooling3d(kind: type[LayerSpec]) -> list[Example]:
    return [
        _of(kind, VIDEO),
        _of(kind, VIDEO, kernel_size=(3, 3, 2), stride=(1, 2, 3), padding=1),
        _of(kind, VIDEO, kernel_size=3, stride=2, ceil_mode=True),
        _of(kind, VIDEO, kernel_size=(1, 2, 2), stride=(1, 2, 2)),
        _of(kind, VIDEO, kernel_size=(3, 1, 1), stride=(1, 1, 1)),
    ]


EXAMPLES: Mapping[type[LayerSpec], list[Example]] = {
    spec.Conv2d: [
        _of(spec.Conv2d),
        _of(spec.Conv2d, out_channels=5, kernel_size=(2, 4), padding="same", bias=False),
        _of(spec.Conv2d, out_channels=6, groups=2, stride=(2, 1), padding=(1, 2), dilation=(1, 2)),
        _of(spec.Conv2d, out_channels=4, groups=4, kernel_size=3, padding="same"),
        _of(spec.Conv2d, out_channels=3, kernel_size=5, stride=3, padding=2),
        _of(spec.Conv2d, VIDEO, out_channels=6, groups=2, padding="same"),
    ],
    spec.Conv3d: [
        _of(spec.Conv3d, VIDEO),
        _of(spec.Conv3d, VIDEO, out_channels=5, kernel_size=(2, 3, 4), padding="same", bias=False),
        _of(spec.Conv3d, VIDEO, groups=2, stride=(2, 1, 2), padding=1, dilation=(2, 1, 2)),
        _of(spec.Conv3d, VIDEO, out_channels=4, groups=4, padding="same"),
        _of(spec.Conv3d, VIDEO, kernel_size=(1, 3, 3), padding=(0, 1, 1)),
        _of(spec.Conv3d, VIDEO, kernel_size=(3, 1, 1)),
        _of(spec.Conv3d, VIDEO, out_channels=3, padding=(0, 1, 2, 0, 2, 0)),
        _of(spec.Conv3d, (4, 1, 4, 5), kernel_size=(1, 3, 3)),
    ],
    spec.ConvTranspose3d: [
        _of(spec.ConvTranspose3d, VIDEO),
        _of(spec.ConvTranspose3d, VIDEO, out_channels=3, kernel_size=2, stride=2, bias=False),
        _of(spec.ConvTranspose3d, VIDEO, groups=2, stride=(2, 1, 3), padding=1, dilation=2),
        _of(
            spec.ConvTranspose3d,
            VIDEO,
            kernel_size=(3, 3, 4),
            stride=2,
            padding=1,
            output_padding=1,
        ),
        _of(spec.ConvTranspose3d, VIDEO, out_channels=4, groups=4, kernel_size=(1, 3, 2)),
    ],
    spec.ConvTranspose2d: [
        _of(spec.ConvTranspose2d),
        _of(spec.ConvTranspose2d, out_channels=3, kernel_size=2, stride=2, bias=False),
        _of(spec.ConvTranspose2d, out_channels=6, groups=2, stride=(2, 3), padding=1, dilation=2),
        _of(spec.ConvTranspose2d, kernel_size=(3, 4), stride=2, padding=(1, 0), output_padding=1),
        _of(spec.ConvTranspose2d, out_channels=4, groups=4, kernel_size=(1, 5), padding=(0, 3)),
        _of(spec.ConvTranspose2d, kernel_size=1, stride=3),
        _of(spec.ConvTranspose2d, VIDEO, kernel_size=2, stride=2),
    ],
    spec.MaxPool2d: [
        *_pooling(spec.MaxPool2d),
        _of(spec.MaxPool2d, dilation=2),
        _of(spec.MaxPool2d, kernel_size=(2, 3), stride=(2, 1), padding=(1, 0), dilation=(3, 2)),
        _of(spec.MaxPool2d, kernel_size=3, stride=3, padding=1, dilation=(1, 3), ceil_mode=True),
    ],
    spec.AvgPool2d: [
        *_pooling(spec.AvgPool2d),
        _of(spec.AvgPool2d, kernel_size=3, padding=1, count_include_pad=False),
    ],
    spec.MaxPool3d: [
        *_pooling3d(spec.MaxPool3d),
        _of(spec.MaxPool3d, VIDEO, stride=1, dilation=(2, 1, 3)),
    ],
    spec.AvgPool3d: [
        *_pooling3d(spec.AvgPool3d),
        _of(spec.AvgPool3d, VIDEO, kernel_size=3, padding=1, count_include_pad=False),
    ],
    spec.GlobalAvgPool2d: [_of(spec.GlobalAvgPool2d), _of(spec.GlobalAvgPool2d, VIDEO)],
    spec.GlobalMaxPool2d: [_of(spec.GlobalMaxPool2d), _of(spec.GlobalMaxPool2d, VIDEO)],
    spec.GlobalAvgPool3d: [_of(spec.GlobalAvgPool3d, VIDEO)],
    spec.AdaptiveAvgPool3d: [
        _of(spec.AdaptiveAvgPool3d, VIDEO),
        _of(spec.AdaptiveAvgPool3d, VIDEO, output_size=(2, 3, 2)),
        _of(spec.AdaptiveAvgPool3d, VIDEO, output_size=(7, 1, 7)),
    ],
    **{
        kind: [
            _of(kind),
            _of(kind, output_size=(3, 4)),
            _of(kind, output_size=(7, 9)),
            _of(kind, output_size=(10, 1)),
            _of(kind, VIDEO, output_size=(3, 2)),
        ]
        for kind in (spec.AdaptiveAvgPool2d, spec.AdaptiveMaxPool2d)
    },
    spec.ReLU: _elementwise(spec.ReLU),
    spec.LeakyReLU: _elementwise(spec.LeakyReLU, {"negative_slope": 0.3}, {"negative_slope": 0.0}),
    spec.PReLU: _elementwise(spec.PReLU, {"num_parameters": 4}, {"init": -0.5}),
    spec.ReLU6: _elementwise(spec.ReLU6),
    spec.ELU: _elementwise(spec.ELU, {"alpha": 0.4}),
    spec.GELU: _elementwise(spec.GELU, {"approximate": "tanh"}),
    spec.SiLU: _elementwise(spec.SiLU),
    spec.Hardswish: _elementwise(spec.Hardswish),
    spec.Softplus: _elementwise(spec.Softplus, {"beta": 2.0, "threshold": 1.0}),
    spec.Sigmoid: _elementwise(spec.Sigmoid),
    spec.Hardsigmoid: _elementwise(spec.Hardsigmoid),
    spec.Tanh: _elementwise(spec.Tanh),
    spec.Hardtanh: _elementwise(
        spec.Hardtanh,
        {"min_val": 0.0, "max_val": 0.5},
        {"min_val": -3.0, "max_val": -0.5},
        {"min_val": 0.25},
    ),
    spec.Softmax: _elementwise(spec.Softmax),
    spec.BatchNorm2d: [
        _of(spec.BatchNorm2d),
        _of(spec.BatchNorm2d, eps=0.01),
        _of(spec.BatchNorm2d, VIDEO),
    ],
    spec.BatchNorm3d: [_of(spec.BatchNorm3d, VIDEO), _of(spec.BatchNorm3d, VIDEO, eps=0.01)],
    spec.GroupNorm: [
        _of(spec.GroupNorm),
        _of(spec.GroupNorm, num_groups=2),
        _of(spec.GroupNorm, num_groups=4, affine=False, eps=0.1),
        _of(spec.GroupNorm, FLAT, num_groups=3),
        _of(spec.GroupNorm, VIDEO, num_groups=2),
    ],
    spec.InstanceNorm2d: [
        _of(spec.InstanceNorm2d),
        _of(spec.InstanceNorm2d, affine=True),
        _of(spec.InstanceNorm2d, VIDEO),
    ],
    spec.InstanceNorm3d: [
        _of(spec.InstanceNorm3d, VIDEO),
        _of(spec.InstanceNorm3d, VIDEO, affine=True),
    ],
    spec.LayerNorm: [
        _of(spec.LayerNorm),
        _of(spec.LayerNorm, normalized_shape="maps"),
        _of(spec.LayerNorm, bias=False),
        _of(spec.LayerNorm, normalized_shape="maps", elementwise_affine=False),
        _of(spec.LayerNorm, FLAT),
        _of(spec.LayerNorm, FLAT, normalized_shape="maps"),
        _of(spec.LayerNorm, VIDEO),
        _of(spec.LayerNorm, VIDEO, normalized_shape="maps"),
    ],
    spec.Dropout: _elementwise(spec.Dropout),
    spec.Flatten: [
        _of(spec.Flatten),
        _of(spec.Flatten, FLAT),
        _of(spec.Flatten, (4, 1, 1)),
        _of(spec.Flatten, VIDEO),
    ],
    spec.Linear: [_of(spec.Linear, FLAT), _of(spec.Linear, FLAT, out_features=3, bias=False)],
    spec.Add: [
        _of(spec.Add, MAPS, MAPS),
        _of(spec.Add, MAPS, (4, 1, 1)),
        _of(spec.Add, (4, 7, 1), MAPS, (4, 1, 9)),
        _of(spec.Add, (4, 1, 9), (4, 7, 1)),
        _of(spec.Add, FLAT, FLAT, FLAT),
        _of(spec.Add, VIDEO, VIDEO),
        _of(spec.Add, (4, 1, 4, 1), VIDEO, (4, 3, 1, 1)),
    ],
    spec.Multiply: [
        _of(spec.Multiply, MAPS, MAPS),
        _of(spec.Multiply, MAPS, (4, 1, 1)),
        _of(spec.Multiply, (4, 1, 9), MAPS, (4, 7, 1)),
        _of(spec.Multiply, (4, 1, 9), (4, 7, 1)),
        _of(spec.Multiply, FLAT, FLAT),
        _of(spec.Multiply, VIDEO, (4, 1, 1, 1)),
        _of(spec.Multiply, (4, 3, 1, 1), VIDEO),
    ],
    spec.Concat: [
        _of(spec.Concat, MAPS, (2, 7, 9)),
        _of(spec.Concat, MAPS, MAPS, (1, 7, 9)),
        _of(spec.Concat, FLAT, (5,)),
        _of(spec.Concat, VIDEO, (2, 3, 4, 5)),
    ],
    spec.Upsample: [
        _of(spec.Upsample),
        _of(spec.Upsample, scale_factor=(1.5, 2.3)),
        _of(spec.Upsample, scale_factor=(0.5, 0.4)),
        _of(spec.Upsample, scale_factor=None, size=(10, 9)),
        _of(spec.Upsample, mode="bilinear"),
        _of(spec.Upsample, mode="bilinear", scale_factor=(1.7, 0.6)),
        _of(spec.Upsample, mode="bilinear", align_corners=True),
        _of(spec.Upsample, mode="bilinear", scale_factor=None, size=(1, 20), align_corners=True),
        _of(spec.Upsample, mode="bilinear", scale_factor=None, size=(13, 4)),
        _of(spec.Upsample, VIDEO, mode="bilinear"),
    ],
    spec.Upsample3d: [
        _of(spec.Upsample3d, VIDEO),
        _of(spec.Upsample3d, VIDEO, scale_factor=(2.0, 1.0, 0.6)),
        _of(spec.Upsample3d, VIDEO, scale_factor=None, size=(2, 9, 7)),
        _of(spec.Upsample3d, VIDEO, mode="trilinear"),
        _of(spec.Upsample3d, VIDEO, mode="trilinear", scale_factor=(1.7, 0.6, 2.0)),
        _of(spec.Upsample3d, VIDEO, mode="trilinear", align_corners=True),
        _of(spec.Upsample3d, VIDEO, mode="trilinear", scale_factor=None, size=(7, 1, 8)),
    ],
    spec.Pad2d: [
        _of(spec.Pad2d),
        _of(spec.Pad2d, padding=(0, 3, 2, 1), value=-1.5),
        _of(spec.Pad2d, padding=(8, 1, 0, 6), mode="reflect"),
        _of(spec.Pad2d, padding=(12, 0, 1, 9), mode="replicate"),
        _of(spec.Pad2d, VIDEO, padding=(1, 0, 2, 3), value=0.5),
    ],
    spec.Pad3d: [
        _of(spec.Pad3d, VIDEO),
        _of(spec.Pad3d, VIDEO, padding=(0, 3, 2, 1, 2, 0), value=-1.5),
        _of(spec.Pad3d, VIDEO, padding=(4, 1, 0, 3, 2, 1), mode="reflect"),
        _of(spec.Pad3d, VIDEO, padding=(0, 0, 1, 0, 2, 7), mode="replicate"),
    ],
    spec.Slice: [
        _of(spec.Slice, start=1),
        _of(spec.Slice, start=-3, stop=-1),
        _of(spec.Slice, dim="rows", start=1, stop=6, step=2),
        _of(spec.Slice, dim="columns", stop=-4),
        _of(spec.Slice, dim="rows"),
        _of(spec.Slice, FLAT, start=2, step=3),
        _of(spec.Slice, VIDEO, start=1),
        _of(spec.Slice, VIDEO, dim="time", start=-3, step=2),
        _of(spec.Slice, VIDEO, dim="rows", start=1, stop=3),
        _of(spec.Slice, VIDEO, dim="columns", step=3),
    ],
    spec.Reshape: [
        _of(spec.Reshape),
        _of(spec.Reshape, shape=(4, 9, 7)),
        _of(spec.Reshape, shape=(-1, 3, 7)),
        _of(spec.Reshape, shape=(252,)),
        _of(spec.Reshape, FLAT, shape=(3, 2, -1)),
        _of(spec.Reshape, FLAT, shape=(12, 1, 1)),
        _of(spec.Reshape, VIDEO, shape=(20, 6, -1)),
        _of(spec.Reshape, VIDEO, shape=(-1, 2, 3, 8)),
        _of(spec.Reshape, (4, 1, 4, 5), shape=(4, 4, 5)),
        _of(spec.Reshape, shape=(4, 1, 7, 9)),
    ],
}


def examples(kinds: Iterable[type[LayerSpec]]) -> list[Example]:
    """Return the examples of some types."""
    return [example for kind in kinds for example in EXAMPLES[kind]]


def computable() -> list[Example]:
    """Return the examples of all types that networks may hold."""
    return examples(spec.LAYER_TYPES.values())


def network_of(example: Example) -> NetworkSpec:
    """Return a network in which the layer "x" reads tensors of the example's shapes.

    The input holds their values one below the other; convolutions with a single 1 in each kernel
    take them out, so that any tensor can be given.
    """
    maps = [_as_maps(shape) for shape in example.sources]
    height = sum(channels * rows for channels, rows, _ in maps)
    width = max(columns for _, _, columns in maps)
    network = NetworkSpec(
        input=InputSpec(channels=1, height=height, width=width, mean=(0.0,), std=(1.0,))
    )
    ids = []
    for number, (shape, (channels, rows, columns)) in enumerate(
        zip(example.sources, maps, strict=True)
    ):
        window = (height - rows + 1, width - columns + 1)
        taken = spec.Conv2d(
            id=f"take{number}",
            inputs=("input",),
            out_channels=channels,
            kernel_size=window,
            bias=False,
        )
        network = network.inserted(len(network.layers), taken)
        if len(shape) == 1:
            flat = spec.Flatten(id=f"flat{number}", inputs=(taken.id,))
            network = network.inserted(len(network.layers), flat)
        elif len(shape) == 4:
            video = spec.Reshape(id=f"video{number}", inputs=(taken.id,), shape=shape)
            network = network.inserted(len(network.layers), video)
        ids.append(network.last_id)
    return network.inserted(len(network.layers), replace(example.layer, inputs=tuple(ids)))


def compute(
    example: Example, tensors: Iterable[Array], parameters: Mapping[str, Array] | None = None
) -> Array:
    """Return what the layer makes of tensors ``(N, *shape)``, by way of a whole network."""
    network = network_of(example)
    x = np.zeros((len(next(iter(tensors := list(tensors)))), *network.input.shape), np.float32)
    weights: Weights = {_LAYER: dict(parameters or {})}
    first = 0
    for number, tensor in enumerate(tensors):
        channels, rows, columns = _as_maps(tensor.shape[1:])
        kernels = np.zeros(infer(network).parameters[f"take{number}"]["weight"], np.float32)
        for channel in range(channels):
            place = slice(first + channel * rows, first + (channel + 1) * rows)
            values = tensor.reshape(len(tensor), channels, rows, columns)[:, channel]
            x[:, 0, place, :columns] = values
            kernels[channel, 0, place.start, 0] = 1
        weights[f"take{number}"] = {"weight": kernels}
        first += channels * rows
    return Model(network, weights).activations(x, [_LAYER])[_LAYER]


def random_parameters(example: Example, seed: int = 0) -> dict[str, Array]:
    """Return parameters that are not neutral: biases, running means and variances among them."""
    rng = np.random.default_rng(seed)
    shapes = infer(network_of(example)).parameters[_LAYER]
    layer = example.layer
    is_drawn = isinstance(layer, ParametricSpec) and "seed" in layer.first_weights
    return {
        name: (
            rng.uniform(0.5, 2, shape)
            if name == "running_var"
            else rng.standard_normal(shape) / (sqrt(prod(shape[1:])) if is_drawn else 1)
        ).astype(np.float32)
        for name, shape in shapes.items()
    }


def _as_maps(shape: Shape) -> Shape:
    if len(shape) == 1:
        return shape[0], 1, 1
    return prod(shape[:-2]), *shape[-2:]
