"""What hands do to weights: single numbers, whole kernels, and taking it back. Knows no widgets."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject

from cnngui.explain import handmade
from cnngui.gui.document import Document
from cnngui.harmless import harmless
from cnngui.pipeline.engine_commands import EditWeights, HideWeights
from cnngui.spec.checks import MAX_TEXT_LENGTH
from cnngui.spec.layers import LayerSpec, ParametricSpec
from cnngui.weights import Weights

Kernel = NDArray[np.float32]
Tell = Callable[[EditWeights | HideWeights], object]


class Hands(QObject):
    """Changes the weights of the network that runs.

    Parameters
    ----------
    tell : passes a command on to the pipeline.
    document : the network.
    weights : returns those of the newest result; empty before there is one.
    """

    def __init__(
        self,
        tell: Tell,
        document: Document,
        weights: Callable[[], Weights],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._tell = tell
        self._document = document
        self._weights = weights
        self._untouched: dict[str, str] = {}
        """By layer id, what the weights were called before hands touched them."""

    def set_numbers(
        self,
        layer_id: str,
        parameter: str,
        places: Sequence[NDArray[np.intp]],
        values: NDArray[np.float32],
        *,
        final: bool,
    ) -> None:
        """Change some numbers of a parameter. Until ``final`` they are only shown."""
        if final:
            self._remember(layer_id)
        self._tell(EditWeights(layer_id, parameter, tuple(places), values, final))

    def set_number(
        self, layer_id: str, parameter: str, place: Sequence[int], value: float, *, final: bool
    ) -> None:
        """Change one number of a parameter."""
        places = tuple(np.array([index], np.intp) for index in place)
        self.set_numbers(layer_id, parameter, places, np.array([value], np.float32), final=final)

    def take_back(self) -> None:
        """Show the numbers again that were there before a change that is not final."""
        self._tell(HideWeights())

    def kernel_of(self, layer_id: str, channel: int, place: int) -> Kernel | None:
        """Return the weights of one channel for one of the inputs it reads.

        ``(kh, kw)``, or ``(kt, kh, kw)`` of a kernel that spans time.
        """
        layer = self._layer(layer_id)
        weight = self._weights().get(layer_id, {}).get("weight")
        if layer is None or weight is None or not layer.has_kernels:
            return None
        index = weight_index(layer, weight.shape, channel, place)
        return weight[index].copy()

    def inputs_of(self, layer_id: str) -> int:
        """Return how many inputs a channel of a layer reads."""
        layer = self._layer(layer_id)
        weight = self._weights().get(layer_id, {}).get("weight")
        if layer is None or weight is None:
            return 0
        groups = layer.groups_of_inputs
        return weight.shape[1] if groups is None else weight.shape[0] // groups

    def weight_place(
        self, layer_id: str, channel: int, place: int, tap: tuple[int, ...]
    ) -> tuple[int, ...]:
        """Return where in a layer's weight one number of a channel's kernel stands."""
        layer = self._layer(layer_id)
        weight = self._weights().get(layer_id, {}).get("weight")
        if layer is None or weight is None:
            return channel, place, *tap
        return *weight_index(layer, weight.shape, channel, place), *tap

    def change_kernel(
        self,
        layer_id: str,
        channel: int,
        places: Sequence[int],
        change: Callable[[Kernel], Kernel],
        moment: int | None = None,
    ) -> None:
        """Put another kernel in the place of a channel's, for each of some inputs; undoably.

        Parameters
        ----------
        change : is given ``(kh, kw)``; of a kernel that spans time, each slice for itself.
        moment : the only slice to be changed; None changes them all.
        """
        layer = self._layer(layer_id)
        weight = self._weights().get(layer_id, {}).get("weight")
        if layer is None or weight is None or not places:
            return
        indices, values = [], []
        taps = np.indices(weight.shape[2:]).reshape(weight.ndim - 2, -1)
        for place in places:
            index = weight_index(layer, weight.shape, channel, place)
            changed = _changed(weight[index], change, moment)
            heads = [np.full(taps.shape[1], part, np.intp) for part in index]
            indices.append([*heads, *taps])
            values.append(changed.ravel())
        joined = [np.concatenate(axis) for axis in zip(*indices, strict=True)]
        self.set_numbers(layer_id, "weight", joined, np.concatenate(values), final=True)

    def draw_kernel(
        self, layer_id: str, channel: int, places: Sequence[int], moment: int | None = None
    ) -> None:
        """Draw a channel's kernel anew, for each of some inputs; of one slice, or of all."""
        rng, inputs = np.random.default_rng(), self.inputs_of(layer_id)
        kernel = self.kernel_of(layer_id, channel, 0)
        slices = kernel.shape[0] if kernel is not None and kernel.ndim == 3 else 1
        self.change_kernel(
            layer_id,
            channel,
            places,
            lambda kernel: handmade.drawn((kernel.shape[0], kernel.shape[1]), rng, inputs * slices),
            moment,
        )

    def can_restore(self, layer_id: str) -> bool:
        """Whether the layer was changed by hand since it was drawn, read or learned here."""
        layer = self._layer(layer_id)
        return isinstance(layer, ParametricSpec) and layer.by_hand and layer_id in self._untouched

    def restore(self, layer_id: str) -> None:
        """Give a layer the weights again that it had before hands touched it, undoably."""
        if not self.can_restore(layer_id):
            return
        name = self._untouched[layer_id]
        spec = self._document.spec.edited(layer_id, weights_id=name, by_hand=False)
        words = self.tr("Weights of {layer} as they were").format(layer=layer_id)
        self._document.edit(spec, words)

    def name_channel(self, layer_id: str, channel: int, name: str) -> None:
        """Give a channel a name, or take it away by an empty one; undoably."""
        spec = self._document.spec
        if layer_id not in spec:
            return
        names = list(spec.layer(layer_id).channel_names)
        names += [""] * (channel + 1 - len(names))
        names[channel] = harmless(name, MAX_TEXT_LENGTH).strip()
        while names and not names[-1]:
            names.pop()
        words = self.tr("Name a channel of {layer}").format(layer=layer_id)
        self._document.edit(spec.edited(layer_id, channel_names=tuple(names)), words)

    def _remember(self, layer_id: str) -> None:
        layer = self._layer(layer_id)
        if isinstance(layer, ParametricSpec) and not layer.by_hand:
            self._untouched[layer_id] = layer.weights_id

    def _layer(self, layer_id: str) -> LayerSpec | None:
        network = self._document.running_spec
        return network.layer(layer_id) if layer_id in network else None


def _changed(kernel: Kernel, change: Callable[[Kernel], Kernel], moment: int | None) -> Kernel:
    """Return a kernel ``(kh, kw)`` or ``(kt, kh, kw)`` with a change made to it, or to slices."""
    changed = kernel.copy()
    if kernel.ndim == 2:
        return np.asarray(change(changed), np.float32)
    for place in range(len(kernel)) if moment is None else (moment,):
        changed[place] = change(kernel[place].copy())
    return changed


def weight_index(
    layer: LayerSpec, shape: Sequence[int], channel: int, place: int
) -> tuple[int, int]:
    """Return where in a weight the kernel of one channel for one of its inputs stands."""
    groups = layer.groups_of_inputs
    if groups is None:
        return channel, place
    outputs, inputs = shape[1], shape[0] // groups
    return channel // outputs * inputs + place, channel % outputs
