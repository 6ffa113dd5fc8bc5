"""The samples of a data set as a network reads them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from cnngui.data.augmentation import Augmentation
from cnngui.data.augmenting import augment
from cnngui.data.dataset import Dataset, OpeningCancelledError
from cnngui.engine.preprocess import normalise_batch
from cnngui.spec.network import InputSpec

_MOST_BYTES = 1_000_000_000
_CHUNK = 64


class Batches:
    """Fitted samples: all at once in memory, or, where they are too many, read for each batch.

    Parameters
    ----------
    data : where they come from.
    target : the network's input.
    is_cancelled, on_prepared : asked and told (done, total) while all samples are read.

    Raises
    ------
    DataError : a sample cannot be read.
    OpeningCancelledError : ``is_cancelled`` said yes.
    """

    def __init__(
        self,
        data: Dataset,
        target: InputSpec,
        is_cancelled: Callable[[], bool] = lambda: False,
        on_prepared: Callable[[int, int], None] = lambda done, total: None,
    ) -> None:
        self._data = data
        self._target = target
        self._pixels: NDArray[np.uint8] | None = None
        self._out = np.empty((0, *target.shape), np.float32)
        shape = (len(data), *target.pixels_shape)
        if np.prod(shape, dtype=np.float64) > _MOST_BYTES:
            return
        pixels = np.empty(shape, np.uint8)
        for start in range(0, len(data), _CHUNK):
            if is_cancelled():
                raise OpeningCancelledError(data.name)
            end = min(start + _CHUNK, len(data))
            pixels[start:end] = data.batch(range(start, end), target)
            on_prepared(end, len(data))
        self._pixels = pixels

    def take(
        self,
        indices: NDArray[np.int64],
        augmentation: Augmentation | None = None,
        rng: np.random.Generator | None = None,
    ) -> NDArray[np.float32]:
        """Return samples as the network reads them: float32 ``(N, *target.shape)``, normalised.

        They are valid until the next call, which uses the same memory.

        Parameters
        ----------
        indices : which ones, int64 ``(N,)``.
        augmentation, rng : how each is changed at random; both or none.

        Raises
        ------
        DataError
            A file can no longer be read.
        """
        if self._pixels is not None:
            pixels = self._pixels[indices]
        else:
            pixels = self._data.batch(indices.tolist(), self._target)
        if augmentation is not None and rng is not None:
            pixels = augment(pixels, augmentation, rng)
        if len(self._out) < len(indices):
            self._out = np.empty((len(indices), *self._target.shape), np.float32)
        out = self._out[: len(indices)]
        return normalise_batch(pixels, self._target.mean, self._target.std, out)
