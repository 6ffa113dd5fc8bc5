"""A network that can be run: built from a description, owning its weights."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from cnngui.engine import parallel
from cnngui.engine.carrying import Carried, carry_over
from cnngui.engine.glimpse import Glimpse
from cnngui.engine.initializers import Parameters, draw, weights_key
from cnngui.engine.places import WholePlaces
from cnngui.engine.plan import Plan
from cnngui.engine.preparing import LARGE_BYTES, Prepared, held_bytes, prepare
from cnngui.engine.preprocess import pixels_to_values
from cnngui.engine.program import Observer, Observers, Program, layer_of
from cnngui.engine.streaming.stream import Stream
from cnngui.engine.work import Node
from cnngui.errors import NetworkError, text
from cnngui.spec.cost import layer_costs
from cnngui.spec.layers import INPUT_ID, ParametricSpec
from cnngui.spec.network import NetworkSpec
from cnngui.spec.shapes import Shape, infer
from cnngui.weights import Weights, sealed_float32

_PROGRAMS_KEPT = 4
_BYTES_KEPT = 16_000_000
"""Who looks at one layer after the other comes back to the last few. A large network takes more
memory for what is no longer looked at than coming back is worth, some ten milliseconds."""


class Model:
    """A network with weights.

    Parameters
    ----------
    spec : the description.
    weights : arrays to take, by layer id and parameter name, for layers whose shapes they have.
        Sealed ones are shared, others copied.
    previous : a model whose weights are taken over by every layer with an equal ``weights_key``.
        What neither of the two has is drawn.
    ready : a model of nearly the same. A layer that is described alike and has the very same
        weights is taken over from it or from ``previous``, with all that was prepared for it. They
        may all be used, but by one thread.

    Raises
    ------
    NetworkError : the description is not valid, or weights that it names are not to be had.

    Attributes
    ----------
    carried : by layer id, of layers whose shapes are no longer those of ``previous``: what was
        kept of their weights.
    """

    def __init__(
        self,
        spec: NetworkSpec,
        weights: Weights | None = None,
        previous: Model | None = None,
        ready: Model | None = None,
    ) -> None:
        report = infer(spec)
        report.raise_if_invalid()
        self.spec = spec
        self._last_program: _Whole | Stream | None = None
        self._parameters, self.carried = _find_parameters(
            spec, report.parameters, weights or {}, previous
        )
        costs = layer_costs(spec)
        lenders: list[Mapping[str, Prepared]] = [
            model._prepared for model in (ready, previous) if model is not None
        ]
        self._prepared: Mapping[str, Prepared] = prepare(spec, report, self._parameters, lenders)
        self._nodes = {
            layer.id: Node(
                self._prepared[layer.id].layer,
                spec.inputs_of(index),
                report.shapes[layer.id],
                costs[layer.id].multiply_adds,
            )
            for index, layer in enumerate(spec.layers)
        }
        self._is_large = held_bytes(self._prepared.values()) > LARGE_BYTES
        self._programs: dict[_Key, _Whole | Stream] = {}

    @property
    def layer_seconds(self) -> Mapping[str, float]:
        """What each layer of the last forward took; layers that were not needed are absent."""
        return {} if self._last_program is None else self._last_program.layer_seconds()

    def weights(self) -> Weights:
        """Return all parameters by layer id and PyTorch's parameter name, sealed and not copied."""
        return {layer_id: dict(parameters) for layer_id, parameters in self._parameters.items()}

    def forward(
        self,
        x: NDArray[np.float32] | NDArray[np.uint8],
        observers: Observers,
        is_abandoned: Callable[[], bool] = lambda: False,
        keys: tuple[int, ...] | None = None,
    ) -> None:
        """Compute as far as is observed, and call each observer with its layer's output.

        Parameters
        ----------
        x : float32 ``(N, C, H, W)``, or ``(N, C, T, H, W)`` where the input has several frames. Or
            uint8, fitted pixels as they are: they are normalised as far as they are read.
        observers : by layer id, for all of its output ("input" is allowed), or by ``Glimpse``.
            Called when the layer is complete, with a read-only view ``(N, C, H, W)``,
            ``(N, C, T, H, W)`` or ``(N, F)`` whose strides may be any and whose content is valid
            only during the call.
        is_abandoned : asked again and again while computing, from any thread. Saying yes ends a
            forward that may take seconds; what was observed until then holds.
        keys : for each frame of a single window a number that no other frame ever has, larger than
            those of all before. What was
            computed of these frames in windows before is kept and used again, as long as the same
            observers are asked for; results are the same to rounding.

        Raises
        ------
        AbandonedError : ``is_abandoned`` said yes.
        ValueError : x is not of the input's shape.
        KeyError : an observed layer does not exist.
        """
        if x.shape[1:] != self.spec.input.shape or len(x) == 0:
            raise ValueError(
                f"x must be (N, {', '.join(map(str, self.spec.input.shape))}), got {x.shape}"
            )
        if keys is not None and (x.ndim < 5 or len(x) > 1):
            keys = None
        if keys is not None and len(keys) != x.shape[2]:
            raise ValueError(
                f"there must be a key for each of {x.shape[2]} frames, got {len(keys)}"
            )
        program = self._program(len(x), frozenset(observers), streams=keys is not None)
        self._last_program = program
        if isinstance(program, Stream):
            program.run(x, keys or (), observers, is_abandoned)
        else:
            program.run(x, observers, is_abandoned)

    def activations(
        self,
        x: NDArray[np.float32] | NDArray[np.uint8],
        layer_ids: Iterable[str] | None = None,
    ) -> dict[str, NDArray[np.float32]]:
        """Return fresh, contiguous outputs of the layers named; of all layers by default."""
        wanted = list(self._nodes if layer_ids is None else layer_ids)
        found: dict[str, NDArray[np.float32]] = {}

        def keep_as(layer_id: str) -> Observer:
            def keep(view: NDArray[np.float32]) -> None:
                found[layer_id] = view.copy(order="C")

            return keep

        self.forward(x, {layer_id: keep_as(layer_id) for layer_id in wanted})
        return {layer_id: found[layer_id] for layer_id in wanted}

    def _parameters_by_key(self) -> dict[Hashable, Parameters]:
        shapes = infer(self.spec).parameters
        return {
            weights_key(layer, shapes[layer.id]): self._parameters[layer.id]
            for layer in self.spec.layers
            if isinstance(layer, ParametricSpec) and layer.id in self._parameters
        }

    @property
    def nbytes(self) -> int:
        """Memory for values that are kept from one forward to the next."""
        return sum(program.nbytes for program in self._programs.values())

    def _program(
        self, images: int, wanted: frozenset[str | Glimpse], *, streams: bool
    ) -> _Whole | Stream:
        for layer_id in map(layer_of, wanted):
            if layer_id != INPUT_ID and layer_id not in self._nodes:
                raise KeyError(layer_id)
        key = (images, parallel.thread_count(), wanted, streams)
        program = self._programs.pop(key, None)
        if program is None:
            # Before memory for the new one is taken.
            self._forget_old_programs(streams=streams)
            program = self._made(images, wanted, streams=streams)
        self._programs[key] = program
        return program

    def _made(
        self, images: int, wanted: frozenset[str | Glimpse], *, streams: bool
    ) -> _Whole | Stream:
        plan = Plan(self._nodes, self.spec.input.shape, images, wanted)
        if self._is_large:
            # Forms of weights that were needed to see something else would be one more copy.
            used = {node.layer for node in plan.nodes.values()}
            for node in self._nodes.values():
                node.layer.keep_ready(used)
        to_values = pixels_to_values(self.spec.input.mean, self.spec.input.std)
        stream = Stream.of(plan, self._nodes, to_values) if streams else None
        return _Whole(plan, self._nodes, to_values) if stream is None else stream

    def rest(self) -> None:
        """Give back memory for values: another model runs, and this one may run again."""
        self._forget_old_programs(streams=False)

    def _forget_old_programs(self, *, streams: bool) -> None:
        """Streams take their places from streams alone.

        A picture that is computed beside each frame must not cost what was kept of those before.
        """
        self._last_program = None
        alike = {key: program for key, program in self._programs.items() if key[-1] == streams}
        held = sum(program.nbytes for program in alike.values())
        count = len(alike)
        for key, program in alike.items():
            # Each of a large network holds weights made ready, too.
            if held <= _BYTES_KEPT and count < _PROGRAMS_KEPT and not self._is_large:
                break
            count -= 1
            held -= program.nbytes
            del self._programs[key]


class _Whole(Program):
    """What computes all anew each time, and the memory for it."""

    def __init__(
        self, plan: Plan, nodes: Mapping[str, Node], to_values: tuple[NDArray, NDArray]
    ) -> None:
        places = WholePlaces.of(plan)
        self.nbytes = places.nbytes
        super().__init__(plan, places, nodes, pixels_to_values=to_values)


_Key = tuple[int, int, frozenset[str | Glimpse], bool]
"""How many images, how many threads, what is asked for, whether windows overlap."""


def _find_parameters(
    spec: NetworkSpec,
    shapes: Mapping[str, Mapping[str, Shape]],
    weights: Weights,
    previous: Model | None,
) -> tuple[dict[str, Parameters], dict[str, Carried]]:
    """Return every layer's parameters as read-only arrays, so that models may share them.

    Also returned is what became of those whose shapes are no longer what they were.

    Raises
    ------
    NetworkError
        Weights that were read, learned or made by hand are asked for, and nobody has them any more.
    """
    kept = previous._parameters_by_key() if previous is not None else {}
    found: dict[str, Parameters] = {}
    carried: dict[str, Carried] = {}
    for layer in spec.layers:
        if not isinstance(layer, ParametricSpec) or not shapes[layer.id]:
            continue
        given = weights.get(layer.id, {})
        key = weights_key(layer, shapes[layer.id])
        if {name: array.shape for name, array in given.items()} == shapes[layer.id]:
            found[layer.id] = {name: sealed_float32(array) for name, array in given.items()}
        elif key in kept:
            found[layer.id] = kept[key]
        elif previous is not None and _has_changed_shape(layer, shapes[layer.id], previous):
            had = previous._parameters[layer.id]
            laid = carry_over(spec, layer, previous.spec, had)
            if laid is not None:
                found[layer.id], carried[layer.id] = laid
            else:
                found[layer.id] = draw(layer, shapes[layer.id])
                carried[layer.id] = Carried(0, next(iter(shapes[layer.id].values()))[0])
        elif layer.weights_id:
            rule = text("has weights of its own that are no longer kept: draw new ones")
            raise NetworkError(layer.id, rule)
        else:
            found[layer.id] = draw(layer, shapes[layer.id])
        for array in found[layer.id].values():
            array.flags.writeable = False
    return found, carried


def _has_changed_shape(layer: ParametricSpec, shapes: Mapping[str, Shape], previous: Model) -> bool:
    """Whether a layer is still the one it was, but for its number of channels or its kernel."""
    if layer.id not in previous._parameters or layer.id not in previous.spec:
        return False
    before = previous.spec.layer(layer.id)
    if not isinstance(before, ParametricSpec) or type(before) is not type(layer):
        return False
    had = {name: array.shape for name, array in previous._parameters[layer.id].items()}
    same_origin = (before.seed, before.initializer) == (layer.seed, layer.initializer)
    return had != dict(shapes) and same_origin
