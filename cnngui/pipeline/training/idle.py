"""Units that have stopped to respond: saturated, or 0 for every sample."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cnngui.engine.model import Model
from cnngui.engine.program import Observer
from cnngui.pipeline.training.progress import IdleUnits
from cnngui.spec.layers import LayerSpec
from cnngui.spec.network import InputSpec, NetworkSpec
from cnngui.weights import Weights

MOST_SAMPLES = 16
_MOST_POSITIONS = 64
"""Of a feature map: more of them tell nothing new."""
_WIDTH = 1024
"""Of a picture that holds values to apply a layer to."""
_STEP = 0.05
"""By how much an input is changed to see whether the output follows."""
_FLAT = 1e-3
"""A slope below which hardly any gradient comes through."""


def idle_units(
    spec: NetworkSpec, weights: Weights, samples: NDArray[np.float32]
) -> Generator[None, None, tuple[IdleUnits, ...]]:
    """Return for each activation how many of its units follow no change of what they read.

    Parameters
    ----------
    spec, weights : a network that has no problems, and all its weights.
    samples : float32 ``(N, C, H, W)``; looked at one by one, with a pause (a yield) after each.
    """
    sources = {
        layer.id: spec.inputs_of(place)[0]
        for place, layer in enumerate(spec.layers)
        if layer.arithmetic == "function" and layer.enabled
    }
    if not sources:
        return ()
    model = Model(spec, weights)
    seen: dict[str, list[NDArray[np.float32]]] = {source: [] for source in sources.values()}

    def look(source: str) -> Observer:
        return lambda view: seen[source].append(_some_values(view))

    for sample in samples:
        model.forward(sample[np.newaxis], {source: look(source) for source in seen})
        yield
    found = []
    for layer_id, source in sources.items():
        values = np.concatenate(seen[source], axis=1)
        flat = np.all(np.abs(_slopes(spec.layer(layer_id), values)) < _FLAT, axis=1)
        found.append(IdleUnits(layer_id, int(flat.sum()), len(flat)))
    return tuple(found)


def _some_values(view: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return some positions of one sample's feature maps, or its units: ``(channels, n)``."""
    maps = view[0].reshape(view.shape[1], -1)
    step = -(-maps.shape[1] // _MOST_POSITIONS)
    return maps[:, ::step].astype(np.float32)


def _slopes(layer: LayerSpec, values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the slope of a layer's function at each value; same shape."""
    higher, lower = (_applied(layer, values + change) for change in (_STEP, -_STEP))
    return (higher - lower) / (2 * _STEP)


def _applied(layer: LayerSpec, values: NDArray[np.float32]) -> NDArray[np.float32]:
    rows = -(-values.size // _WIDTH)
    picture = np.zeros((1, 1, rows, _WIDTH), np.float32)
    picture.reshape(-1)[: values.size] = values.reshape(-1)
    alone = NetworkSpec(
        input=InputSpec(channels=1, height=rows, width=_WIDTH, mean=(0.0,), std=(1.0,)),
        layers=(replace(layer, inputs=()),),
    )
    found = Model(alone).activations(picture)[layer.id]
    return found.reshape(-1)[: values.size].reshape(values.shape)
