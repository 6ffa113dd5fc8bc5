"""How every layer changes when the picture is shifted: the network is computed once more for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cnngui.engine.model import Observers
from cnngui.pipeline.lenses.lens import Lens, Request, Scene, Seen, Values, sealed
from cnngui.spec.layers import INPUT_ID

if TYPE_CHECKING:
    # The first maps are not shifted.
    from cnngui.explain.shift import Change


@dataclass(frozen=True, eq=False)
class ShiftResult:
    """What a shift did.

    Attributes
    ----------
    by : pixels down and to the right.
    picture : uint8 ``(H, W, C)``, what the network saw the second time; of several frames the
        newest.
    changes : by layer id in the network's order, the input first.
    poolings : what the layer that is shown would have changed if it read its input by another
        pooling, by the pooling's name; empty where it does not read one layer of maps.
    cost_ms : milliseconds that computing it once more took.
    """

    by: tuple[int, int]
    picture: NDArray[np.uint8]
    changes: Mapping[str, Change]
    poolings: Mapping[str, Change]
    cost_ms: float


class ShiftLens(Lens[ShiftResult]):
    """Keeps every layer's output, and compares it with that of the shifted picture."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self._old: dict[str, Values] = {}

    def observers(self) -> Mapping[Request, Callable[[Seen], None]]:
        """Ask for all layers, if a shift is looked at."""
        if self.scene.view.shift is None:
            return {}
        spec = self.scene.network.spec
        return dict.fromkeys((INPUT_ID, *(layer.id for layer in spec.layers)), self._keep)

    def _keep(self, seen: Seen) -> None:
        self._old[seen.layer_id] = seen.view.copy()

    def follow_up(
        self,
        pixels: NDArray[np.uint8],
        run: Callable[[NDArray[np.uint8], Observers], None],
    ) -> None:
        """Compute the shifted picture, and compare."""
        by = self.scene.view.shift
        if by is None:
            return
        from cnngui.explain.shift import change, compared_poolings, shifted, steps_of

        spec = self.scene.network.spec
        window = sealed(shifted(pixels, by))
        picture = window if window.ndim == 3 else window[-1]
        changes: dict[str, Change] = {}
        poolings: dict[str, Change] = {}
        pooled_id = self._pooled_id()

        def compare(layer_id: str) -> Callable[[Values], None]:
            def observe(batch: Values) -> None:
                old = self._old[layer_id]
                steps = steps_of(spec, layer_id, by)
                changes[layer_id] = change(old, batch[0], steps)
                if layer_id == pooled_id:
                    poolings.update(compared_poolings(old, batch[0], steps))

            return observe

        began = perf_counter()
        run(window, {layer_id: compare(layer_id) for layer_id in self._old})
        cost_ms = 1000 * (perf_counter() - began)
        order = (INPUT_ID, *(layer.id for layer in spec.layers))
        in_order = {name: changes[name] for name in order if name in changes}
        self._part = ShiftResult(by, picture, in_order, poolings, cost_ms)

    def _pooled_id(self) -> str:
        """Return the layer whose maps other poolings are tried on: what the shown layer reads."""
        spec, shown_id = self.scene.network.spec, self.scene.shown_id
        if shown_id == INPUT_ID:
            return ""
        sources = spec.inputs_of(spec.index_of(shown_id))
        shape = self.scene.network.shapes[sources[0]]
        has_maps = len(shape) >= 3 and min(shape[-2:]) >= 4
        return sources[0] if len(sources) == 1 and has_maps else ""
