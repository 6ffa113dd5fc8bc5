"""One channel of the layer that is shown, large and in numbers, for the inspector."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnngui.featuremaps.histogram import histogram
from cnngui.featuremaps.kernels import kernels_of
from cnngui.featuremaps.scaling import encode
from cnngui.featuremaps.statistics import measure
from cnngui.pipeline.lenses.lens import Lens, Request, Seen, SeenMoments, Values, sealed


@dataclass(frozen=True, eq=False)
class ChannelResult:
    """One channel, large and in numbers.

    Attributes
    ----------
    values : float32 ``(H, W)``, of the moment looked at where there are several.
    codes : uint8 ``(H, W)``, places in a colour table for ``low`` to ``high``.
    minimum, mean, maximum, std : of its values; of all moments while they are played.
    zeros : share of exact zeros, 0..1.
    non_finite : how many values are NaN or infinite; the other numbers are over the rest.
    clipped : how many lie below ``low`` or above ``high``.
    histogram_counts : int ``(bins,)``; ``histogram_edges`` : float32 ``(bins + 1,)``.
    kernel : float32 ``(in_channels / groups, kernel_height, kernel_width)``, what a convolution
        slides to make this channel; ``(in_channels / groups, kernel_time, ...)`` where it spans
        time; None for other layers.
    bias : what that convolution adds; None where there is none.
    moments : which moments of the layer are seen; None where it has none.
    film : ``values`` and ``codes`` of each of them, ``(n, H, W)``, while they are played.
    """

    layer_id: str
    channel: int
    values: NDArray[np.float32]
    codes: NDArray[np.uint8]
    low: float
    high: float
    signed: bool
    minimum: float
    mean: float
    maximum: float
    std: float
    zeros: float
    non_finite: int
    clipped: int
    histogram_counts: NDArray[np.int64]
    histogram_edges: NDArray[np.float32]
    kernel: NDArray[np.float32] | None
    bias: float | None
    moments: SeenMoments | None = None
    film: tuple[NDArray[np.float32], NDArray[np.uint8]] | None = None

    @property
    def measured(self) -> int:
        """How many values its numbers are of."""
        return self.values.size if self.film is None else self.film[0].size

    def at(self, moment: int) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
        """Return values and codes of a moment, if it is one of those played; or else the chosen."""
        if self.film is None or self.moments is None or moment not in self.moments.places:
            return self.values, self.codes
        place = moment - self.moments.places.start
        return self.film[0][place], self.film[1][place]


class ChannelLens(Lens[ChannelResult]):
    """Draws and measures the channel chosen."""

    is_looked_at_first = True

    def observers(self) -> Mapping[Request, Callable[[Seen], None]]:
        """Ask for the whole layer, if it has maps and the inspector is on the screen."""
        shown_id = self.scene.shown_id
        if self.scene.is_flat(shown_id) or not self.scene.view.wants_channel:
            return {}
        return {shown_id: self._measure}

    def _measure(self, seen: Seen) -> None:
        channel = min(max(self.scene.view.channel, 0), len(seen.values) - 1)
        low, high = (float(limits[channel]) for limits in seen.span)
        statistics, of_channel = seen.statistics, channel
        studied = values = seen.values[channel]
        film = None
        if seen.moments is not None:
            studied = values = values[seen.moments.slot]
            if self.scene.view.time == "loop":
                every = seen.values[channel]
                film = every, sealed(encode(every, low, high))
                studied = every.reshape(-1, every.shape[-1])
            elif len(seen.moments.places) > 1:
                # Beside the others it is still one map that is studied.
                statistics, of_channel = measure(values[np.newaxis]), 0
        counted = histogram(studied)
        kernel, bias = self._kernel(seen.layer_id, channel)
        self._part = ChannelResult(
            layer_id=seen.layer_id,
            channel=channel,
            values=values,
            codes=sealed(encode(values, low, high)),
            low=low,
            high=high,
            signed=seen.signed,
            minimum=float(statistics.minimum[of_channel]),
            mean=float(statistics.mean[of_channel]),
            maximum=float(statistics.maximum[of_channel]),
            std=float(statistics.std[of_channel]),
            zeros=float(statistics.zeros[of_channel]),
            non_finite=int(statistics.non_finite[of_channel]),
            clipped=_count_beyond(studied, low, high),
            histogram_counts=sealed(counted.counts),
            histogram_edges=sealed(counted.edges),
            kernel=kernel,
            bias=bias,
            moments=seen.moments,
            film=film,
        )

    def _kernel(self, layer_id: str, channel: int) -> tuple[Values | None, float | None]:
        network = self.scene.network
        parameters = network.weights.get(layer_id)
        if not parameters:
            return None, None
        layer = network.spec.layer(layer_id)
        if not (layer.has_kernels and layer.enabled):
            return None, None
        bias = parameters.get("bias")
        return kernels_of(layer, parameters["weight"])[channel], None if bias is None else float(
            bias[channel]
        )


def _count_beyond(values: Values, low: float, high: float) -> int:
    beyond = (values < np.float32(low)) | (values > np.float32(high))
    return int(np.count_nonzero(beyond & np.isfinite(values)))
