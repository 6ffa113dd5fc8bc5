"""Whether every layer learns: the sizes of its gradients and of the changes of its weights."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite, sqrt

from cnngui.pipeline.training.progress import Ailment, LayerHealth

_KEPT_SHARE = 0.9
"""Averages keep this share of themselves with each step: they follow the last ten or so."""
_STEPS_BEFORE_JUDGING = 20
"""First steps are often large or, behind a layer that begins at zero, none at all."""

_VANISHING_GRADIENT = 1e-3
"""As a share of the gradient of the layer that has the largest. Not by itself: who has learned
everything has small gradients everywhere."""
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
        self._steps = 0

    def add_step(
        self,
        gradients: Mapping[str, float],
        changes: Mapping[str, float],
        weights: Mapping[str, float],
    ) -> None:
        """Take in one step that was done.

        Parameters
        ----------
        gradients, changes, weights : by layer, the lengths of its gradients before any clipping,
            of the change of its weights, and of the weights after it.
        """
        self._steps += 1
        share = 1 - _KEPT_SHARE if self._steps > 1 else 1.0
        for layer_id, size in self._sizes.items():
            gradient = gradients[layer_id] / sqrt(size)
            update = changes[layer_id] / (weights[layer_id] or 1.0)
            self._gradients[layer_id] += share * (gradient - self._gradients[layer_id])
            self._updates[layer_id] += share * (update - self._updates[layer_id])
        if self._steps >= _STEPS_BEFORE_JUDGING:
            largest = max(self._gradients.values())
            for layer_id in self._sizes:
                self._ailments[layer_id] = self._judge(layer_id, largest)

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

    def _judge(self, layer_id: str, largest: float) -> Ailment | None:
        before = self._ailments[layer_id]
        gradient, update = self._gradients[layer_id], self._updates[layer_id]
        ease = _RECOVERED if before == "exploding" else 1.0
        if update * ease > _EXPLODING_UPDATE or gradient * ease > _EXPLODING_GRADIENT:
            return "exploding"
        ease = _RECOVERED if before == "vanishing" else 1.0
        if largest > 0 and gradient < ease * _VANISHING_GRADIENT * largest:
            return "vanishing"
        return None
