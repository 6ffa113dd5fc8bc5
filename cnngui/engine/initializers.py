"""First weights: drawn from a seed, so that the same description gives the same numbers."""

from __future__ import annotations

import zlib
from collections.abc import Hashable, Mapping
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from cnngui.spec.layers import ParametricSpec
from cnngui.spec.shapes import Shape

Parameters = dict[str, NDArray[np.float32]]


def weights_key(layer: ParametricSpec, shapes: Mapping[str, Shape]) -> Hashable:
    """Return what two layers have in common exactly when they hold the same weights.

    Weights from a file or from learning are named by ``weights_id``; drawn ones by all that goes
    into drawing them.
    """
    sizes = tuple(sorted(shapes.items()))
    if layer.weights_id:
        return layer.weights_id, sizes
    constants = tuple(sorted(layer.constants.items()))
    return layer.id, sizes, layer.initializer, layer.seed, constants


def draw(layer: ParametricSpec, shapes: Mapping[str, Shape]) -> Parameters:
    """Draw a layer's parameters, but for those that begin with one number everywhere."""
    rng = np.random.default_rng([layer.seed, zlib.crc32(layer.id.encode())])
    return {
        name: np.full(shape, layer.constants[name], np.float32)
        if name in layer.constants
        else _draw_weight(rng, layer, shape)
        for name, shape in shapes.items()
    }


def _draw_weight(
    rng: np.random.Generator, layer: ParametricSpec, shape: Shape
) -> NDArray[np.float32]:
    fan_in, fan_out = layer.fans(shape)
    match layer.initializer:
        case "he":  # He et al., "Delving Deep into Rectifiers", 2015
            return rng.standard_normal(shape, np.float32) * np.float32(sqrt(2 / fan_in))
        case "xavier":  # Glorot and Bengio, "Understanding the Difficulty of Training ...", 2010
            limit = sqrt(6 / (fan_in + fan_out))
            return (rng.random(shape, np.float32) * 2 - 1) * np.float32(limit)
        case _:
            return np.zeros(shape, np.float32)
