"""Weights from files or from learning that may be wanted again: after an undo, above all.

Drawn weights are not kept: the same seed draws the same ones.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from cnngui.engine.initializers import weights_key
from cnngui.spec import limits
from cnngui.spec.layers import ParametricSpec
from cnngui.spec.network import NetworkSpec
from cnngui.spec.shapes import infer
from cnngui.weights import Weights

Parameters = Mapping[str, NDArray[np.float32]]


class Attic:
    """Keeps layers' weights by what names them; those not used for longest go first.

    Parameters
    ----------
    capacity_bytes : what all kept weights may take together; by default as much as those of the
        largest network that may run, so that no single one is too large to be kept. They are the
        arrays that run, not copies.
    """

    def __init__(self, capacity_bytes: int | None = None) -> None:
        if capacity_bytes is None:
            capacity_bytes = limits.most_bytes() // limits.WEIGHT_COPIES
        self._capacity_bytes = capacity_bytes
        self._kept: OrderedDict[Hashable, Parameters] = OrderedDict()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._kept)

    def keep(self, spec: NetworkSpec, weights: Weights) -> None:
        """Keep the arrays themselves, which nobody may change any more."""
        for layer_id, key in _keys(spec):
            parameters = weights.get(layer_id)
            if parameters:
                self._bytes += _size(parameters) - _size(self._kept.pop(key, {}))
                self._kept[key] = parameters
        while self._bytes > self._capacity_bytes:
            _, oldest = self._kept.popitem(last=False)
            self._bytes -= _size(oldest)

    def recall(self, spec: NetworkSpec) -> Weights:
        """Return what is kept for the layers of ``spec``, by layer id."""
        found: dict[str, Parameters] = {}
        for layer_id, key in _keys(spec):
            if key in self._kept:
                self._kept.move_to_end(key)
                found[layer_id] = self._kept[key]
        return found


def _keys(spec: NetworkSpec) -> Iterator[tuple[str, Hashable]]:
    shapes = infer(spec).parameters
    for layer in spec.layers:
        if isinstance(layer, ParametricSpec) and layer.weights_id and shapes.get(layer.id):
            yield layer.id, weights_key(layer, shapes[layer.id])


def _size(parameters: Parameters) -> int:
    return sum(array.nbytes for array in parameters.values())
