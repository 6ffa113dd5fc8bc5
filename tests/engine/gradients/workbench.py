"""One operation by itself, with arrays in PyTorch's order on the outside."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cnngui.engine.ops.families import operation_of
from cnngui.engine.ops.learning.memory import Memory
from cnngui.engine.ops.learning.operation import Learning, Operation, Place
from cnngui.spec import layers as spec
from cnngui.spec.network import InputSpec, NetworkSpec
from cnngui.spec.shapes import infer

Array = NDArray[np.float64]


def to_bands_order(x: Array) -> Array:
    """(N, C, H, W) to (H, C, W, N); (N, F) to (F, N)."""
    return np.ascontiguousarray(x.transpose(2, 1, 3, 0) if x.ndim == 4 else x.T)


def to_pytorchs_order(x: Array) -> Array:
    return x.transpose(3, 1, 0, 2) if x.ndim == 4 else x.T


class Bench:
    """An operation in float64 and what it reads, all of which may be changed in place.

    Parameters
    ----------
    layer : what is tested.
    sources : (N, C, H, W) or (N, F).
    """

    def __init__(self, layer: spec.LayerSpec, *sources: Array, seed: int = 0) -> None:
        self.layer, self._seed = layer, seed
        self.sources = [to_bands_order(source) for source in sources]
        shape, parameters = _shapes(layer, sources)
        rng = np.random.default_rng(1)
        self.parameters = {name: rng.uniform(0.5, 2, s) for name, s in parameters.items()}
        if "weight" in parameters and not isinstance(layer, spec.BatchNorm2d):
            self.parameters["weight"] = rng.standard_normal(parameters["weight"])
        self.gradients = {
            name: np.full_like(array, np.nan)
            for name, array in self.parameters.items()
            if name in ("weight", "bias")
        }
        self.d_sources = [np.full_like(source, np.nan) for source in self.sources]
        blank = to_bands_order(np.full((len(sources[0]), *shape), np.nan))
        self.out, self.d_out = blank, rng.standard_normal(blank.shape)
        self._operation = self._bind()

    def result(self) -> Array:
        """The output, as PyTorch would have it."""
        self._run_forward()
        return to_pytorchs_order(self.out).copy()

    def objective(self) -> float:
        """A number whose gradient with respect to the output is d_out."""
        self._run_forward()
        return float((self.out * self.d_out).sum())

    def differentiate(self) -> None:
        """Fill d_sources and gradients."""
        kept = self.d_out.copy()
        self._run_forward()
        operation = self._operation
        operation.prepare_backward()
        if operation.meeting:
            operation.meeting.share_backward()
        operation.learn()
        operation.backward()
        self.d_out[...] = kept

    def _run_forward(self) -> None:
        if isinstance(self.layer, spec.Dropout):
            # Bound anew, it drops the same values again.
            self._operation = self._bind()
        operation = self._operation
        operation.prepare_forward()
        if operation.meeting:
            operation.meeting.share_forward()
        operation.forward()

    def _bind(self) -> Operation:
        measured = Memory()
        self._bound(measured)
        buffer = np.full(measured.nbytes, 255, np.uint8)
        return self._bound(Memory(buffer, measured.scratch_bytes))

    def _bound(self, memory: Memory) -> Operation:
        place = Place(
            sources=self.sources,
            out=self.out,
            d_out=self.d_out,
            d_sources=list(self.d_sources),
            parameters=self.parameters,
            gradients=self.gradients,
            memory=memory,
            goes_back=True,
            learning=Learning(lambda layer_id, band: np.random.default_rng(self._seed)),
        )
        if isinstance(self.layer, spec.BatchNorm2d) and not self.layer.frozen:
            # Running statistics change with every forward; they are not differentiated.
            place.parameters = {name: a.copy() for name, a in self.parameters.items()} | {
                name: self.parameters[name] for name in ("weight", "bias")
            }
        return operation_of(self.layer).at(self.layer, place)


def numerical_gradient(bench: Bench, variable: Array, step: float = 1e-5) -> Array:
    """The objective's central differences with respect to every value of one array."""
    found = np.empty_like(variable)
    for place in np.ndindex(*variable.shape):
        value = variable[place]
        variable[place] = value + step
        above = bench.objective()
        variable[place] = value - step
        below = bench.objective()
        variable[place] = value
        found[place] = (above - below) / (2 * step)
    return found


def relative_error(found: Array, expected: Array) -> float:
    """The largest difference, in parts of the largest value."""
    largest = np.abs(expected).max(initial=0)
    return float(np.abs(found - expected).max(initial=0) / max(largest, 1e-9))


def apart(shape: tuple[int, ...], seed: int = 0) -> Array:
    """Values around zero of which no two are close to each other, and none to zero."""
    count = int(np.prod(shape))
    values = (np.arange(count) - count / 2 + 0.25) / count * 4
    return np.random.default_rng(seed).permutation(values).reshape(shape)


def _shapes(layer: spec.LayerSpec, sources: tuple[Array, ...]):
    """The output's shape and the parameters', of the layer behind others that give its sources."""
    is_flat = sources[0].ndim == 2
    height, width = (1, 1) if is_flat else sources[0].shape[2:]
    network = NetworkSpec(input=InputSpec(height=height, width=width))
    if is_flat:
        network = network.inserted(0, spec.Flatten(id="flatten"))
    start = "flatten" if is_flat else "input"
    names = [f"source{number}" for number in range(len(sources))]
    for name, source in zip(names, sources, strict=True):
        count = source.shape[1]
        giver: spec.LayerSpec = (
            spec.Linear(id=name, out_features=count, inputs=(start,))
            if is_flat
            else spec.Conv2d(id=name, out_channels=count, kernel_size=1, inputs=(start,))
        )
        network = network.inserted(len(network.layers), giver)
    network = network.inserted(len(network.layers), replace(layer, inputs=tuple(names)))
    report = infer(network)
    report.raise_if_invalid()
    return report.shapes[layer.id], report.parameters[layer.id]
