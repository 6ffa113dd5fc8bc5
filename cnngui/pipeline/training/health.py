"""Whether every layer learns: the sizes of its gradients and of the changes of its weights."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite, sqrt

from cnngui.pipeline.training.progress import Ailment, LayerHealth

_KEPT_SHARE = 0.9
"""Averages keep this share of themselves with each step: they follow the last ten or so."""
_FIRST_STEPS = 3
_STEPS_BEFORE_JUDGING = 20
"""First steps are often large or, behind a layer that begins at zero, none at all."""

_VANISHING = 1e-3
"""As a share of the layer that has the largest: of gradients, and of what steps change. Not by
itself: who has learned everything has small gradients everywhere, and Adam makes usual steps of
small gradients."""
_EXPLODING_UPDATE = 0.2
"""A fifth of the weights in one step; what learns well changes about a thousandth."""
_EXPLODING_GRADIENT = 100.0
_RECOVERED = 3.0
"""How far beyond its limit a value has to be before a warning is taken back: it must not flicker.
"""


class HealthMonitor:
    """Watches the layers of one training.

    Parameters
    ----------
    sizes : by id, how many parameters each layer that learns has, in the network's order.
    """

    def __init__(self, sizes: Mapping[str, int]) -> None:
        self._sizes = sizes
        self._gradients = dict.fromkeys(sizes, 0.0)
        self._updates = dict.fromkeys(sizes, 0.0)
        self._ailments: dict[str, Ailment | None] = dict.fromkeys(sizes)
        self._reached: set[str] = set()
        """The layers that gradients came to in the first steps."""
        self._steps = 0

    def add_step(
        self,
        gradients: Mapping[str, float],
        changes: Mapping[str, float],
        weights: Mapping[str, float],
        *,
        has_fallen: bool = False,
    ) -> None:
        """Take in one step that was done.

        Parameters
        ----------
        gradients, changes, weights : by layer, the lengths of its gradients before any clipping,
            of the change of its weights, and of the weights after it.
        has_fallen : whether the loss has: steps that bring it down are not too large.
        """
        self._steps += 1
        share = 1 - _KEPT_SHARE if self._steps > 1 else 1.0
        for layer_id, size in self._sizes.items():
            gradient = gradients[layer_id] / sqrt(size)
            update = changes[layer_id] / (weights[layer_id] or 1.0)
            self._gradients[layer_id] += share * (gradient - self._gradients[layer_id])
            self._updates[layer_id] += share * (update - self._updates[layer_id])
        largest = max(self._gradients.values()), max(self._updates.values())
        if self._steps <= _FIRST_STEPS:
            least = _VANISHING * largest[0]
            self._reached |= {name for name, size in self._gradients.items() if size > least}
        if self._steps >= _STEPS_BEFORE_JUDGING:
            for layer_id in self._sizes:
                self._ailments[layer_id] = self._judge(layer_id, *largest, has_fallen)

    def mark_broken(self, layer_id: str) -> None:
        """Say of a layer that its numbers are none any more."""
        self._ailments[layer_id] = "nan"

    def culprit(self, lengths: Mapping[str, float]) -> str:
        """Return the layer to name when numbers have left all bounds.

        Parameters
        ----------
        lengths : of gradients or weights, by layer.
        """
        broken = [layer_id for layer_id, length in lengths.items() if not isfinite(length)]
        if broken and len(broken) < len(lengths):
            # Gradients go from the last layer to the first: there it began.
            return broken[-1]
        return max(self._updates, key=self._updates.__getitem__)

    def layers(self) -> tuple[LayerHealth, ...]:
        """Return how every layer fares."""
        return tuple(
            LayerHealth(layer_id, self._gradients[layer_id], self._updates[layer_id], ailment)
            for layer_id, ailment in self._ailments.items()
        )

    def _judge(
        self, layer_id: str, largest_gradient: float, largest_update: float, has_fallen: bool
    ) -> Ailment | None:
        before = self._ailments[layer_id]
        gradient, update = self._gradients[layer_id], self._updates[layer_id]
        ease = _RECOVERED if before == "exploding" else 1.0
        is_large = update * ease > _EXPLODING_UPDATE or gradient * ease > _EXPLODING_GRADIENT
        if is_large and not has_fallen:
            return "exploding"
        least = _VANISHING * (_RECOVERED if before in ("vanishing", "silenced") else 1.0)
        if gradient < least * largest_gradient and update < least * largest_update:
            return "silenced" if layer_id in self._reached else "vanishing"
        return None


def largest_share(changes: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """Return the largest change of a layer's weights, as a share of their length after it."""
    return max(changes[layer_id] / (length or 1.0) for layer_id, length in weights.items())
