"""Small random networks over all types of layers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from cnngui.engine.model import Model
from cnngui.spec.layers import (
    INPUT_ID,
    LAYER_TYPES,
    Argument,
    LayerSpec,
    ParametricSpec,
    arguments_of,
)
from cnngui.spec.network import InputSpec, NetworkSpec
from cnngui.spec.shapes import infer

_TRIES = 60
_MOST_VALUES = 3_000


def random_network(rng: np.random.Generator, layers: int = 6, first: str = "") -> NetworkSpec:
    """Return a valid network; its first layer is of type ``first`` if that is named.

    Half of them read several frames at once, and all whose first layer must.
    """
    size = tuple(int(side) for side in rng.integers(5, 11, 2))
    reads_video = rng.random() < 0.5 or (first and LAYER_TYPES[first].rank == 3)
    frames = int(rng.integers(2, 6)) if reads_video else 1
    network = NetworkSpec(
        input=InputSpec(height=size[0], width=size[1], frames=frames).with_channels(3)
    )
    names = list(LAYER_TYPES)
    for number in range(layers):
        for _ in range(_TRIES):
            wanted = first if first and not number else str(rng.choice(names))
            grown = _grown(rng, network, LAYER_TYPES[wanted])
            report = infer(grown)
            if report.is_valid and np.prod(report.shapes[grown.last_id]) <= _MOST_VALUES:
                network = grown
                break
    return network


def _grown(
    rng: np.random.Generator, network: NetworkSpec, layer_type: type[LayerSpec]
) -> NetworkSpec:
    there = [INPUT_ID, *(layer.id for layer in network.layers)]
    fewest, most = layer_type.input_count
    count = int(rng.integers(fewest, min(most, 3) + 1))
    recent = there[-4:]
    inputs = tuple(str(rng.choice(recent)) for _ in range(count))
    if count == 1 and rng.random() < 0.7:
        inputs = ()
    arguments = {
        name: value(rng, argument)
        for name, argument in arguments_of(layer_type).items()
        if rng.random() < 0.6
    }
    layer = layer_type(id=network.fresh_id(layer_type.__name__), inputs=inputs, **arguments)
    if rng.random() < 0.08:
        layer = replace(layer, enabled=False)
    return network.inserted(len(network.layers), layer)


def value(rng: np.random.Generator, argument: Argument) -> Any:
    """Return a small random value of an argument."""
    low = int(argument.minimum)

    def whole() -> int:
        return int(min(low + rng.integers(0, 4), argument.maximum))

    match argument.kind:
        case "int":
            return whole()
        case "float":
            return float(np.clip(rng.uniform(-1.5, 2.5), argument.minimum, argument.maximum))
        case "bool":
            return bool(rng.random() < 0.5)
        case "choice":
            return str(rng.choice(argument.choices))
        case "padding" if rng.random() < 0.3:
            return str(rng.choice(["same", "valid"]))
        case _:
            return tuple(whole() for _ in range(int(rng.choice(argument.counts))))


def random_model(rng: np.random.Generator, network: NetworkSpec) -> Model:
    """Return a model whose parameters are all random, also those that begin as 0 or 1."""
    report = infer(network)
    weights = {
        layer.id: {
            name: (
                rng.uniform(0.3, 2, shape) if name == "running_var" else rng.normal(0, 0.7, shape)
            ).astype(np.float32)
            for name, shape in report.parameters[layer.id].items()
        }
        for layer in network.layers
        if isinstance(layer, ParametricSpec)
    }
    return Model(network, weights)
