"""Arrays by layer and name: a network's parameters, their gradients, or their changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from numpy.typing import NDArray

Arrays = Mapping[str, Mapping[str, NDArray[Any]]]
"""Layer id to parameter name to array."""


def each_of(arrays: Arrays) -> Iterator[NDArray[Any]]:
    """Return all arrays one by one, in the order of layers and names."""
    for of_layer in arrays.values():
        yield from of_layer.values()
