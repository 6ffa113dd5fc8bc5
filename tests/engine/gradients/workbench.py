"""One operation by itself, with arrays in PyTorch's order on the outside."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnngui.engine.ops.families import operation_of
from cnngui.engine.ops.learning.layout import images_first, lying
from cnngui.engine.ops.learning.memory import Memory
from cnngui.engine.ops.learning.operation import Learning, Operation, Place
from cnngui.errors import NetworkError
from cnngui.spec import layers as spec
from cnngui.spec.layers.norm import BatchNorm

Array = NDArray[np.float64]


def to_bands_order(x: Array) -> Array:
    """(N, *shape) as tensors lie while a network learns."""
    lies = np.empty(lying(x.shape[1:], len(x)))
    images_first(lies, x.shape[1:])[...] = x
    return lies


class Bench:
    """An operation in float64 and what it reads, all of which may be changed in place.

    Parameters
    ----------
    layer : what is tested.
    sources : (N, *shape).

    Attributes
    ----------
    shape, source_shapes : of the output and of what is read, without the batch.
    """

    def __init__(self, layer: spec.LayerSpec, *sources: Array, seed: int = 0) -> None:
        self.layer, self._seed = layer, seed
        self.sources = [to_bands_order(source) for source in sources]
        self._images = len(sources[0])
        self.source_shapes = [source.shape[1:] for source in sources]
        self.shape, parameters = _shapes(layer, self.source_shapes)
        is_drawn = isinstance(layer, spec.ParametricSpec) and "seed" in layer.first_weights
        measured = layer.measured if isinstance(layer, spec.ParametricSpec) else ()
        rng = np.random.default_rng(1)
        self.parameters = {
            name: rng.standard_normal(s)
            if is_drawn and name == "weight"
            else rng.uniform(0.5, 2, s)
            for name, s in parameters.items()
        }
        self.gradients = {
            name: np.full_like(array, np.nan)
            for name, array in self.parameters.items()
            if name not in measured
        }
        self.d_sources = [np.full_like(source, np.nan) for source in self.sources]
        blank = to_bands_order(np.full((len(sources[0]), *self.shape), np.nan))
        self.out, self.d_out = blank, rng.standard_normal(blank.shape)
        self._operation = self._bind()

    def result(self) -> Array:
        """The output, as PyTorch would have it."""
        self._run_forward()
        return images_first(self.out, self.shape).copy()

    def seen(self) -> tuple[Array, list[Array]]:
        """d_out and d_sources, as PyTorch would have them."""
        d_sources = zip(self.d_sources, self.source_shapes, strict=True)
        return images_first(self.d_out, self.shape), [images_first(*d) for d in d_sources]

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
            images=self._images,
            source_shapes=self.source_shapes,
            shape=self.shape,
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
        if isinstance(self.layer, BatchNorm) and not self.layer.frozen:
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


def _shapes(
    layer: spec.LayerSpec, sources: list[spec.Shape]
) -> tuple[spec.Shape, dict[str, spec.Shape]]:
    """The output's shape and the parameters'.

    Raises
    ------
    NetworkError : the layer cannot read that.
    """
    try:
        return layer.output_shape(sources), layer.parameter_shapes(sources)
    except spec.MisfitError as fault:
        raise NetworkError(layer.id, fault.rule, fault.got) from fault
