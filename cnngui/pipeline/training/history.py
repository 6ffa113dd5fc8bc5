"""How the kernels looked on the way, in bounded memory."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnngui.pipeline.training.progress import KernelMoment
from cnngui.pipeline.training.thinning import ThinnedList

_MOST_MOMENTS = 200
_MOST_BYTES = 48_000_000


class KernelHistory:
    """The moments of one training: the first and the last, and some evenly spread between them.

    Parameters
    ----------
    first : before training. All later moments hold kernels of the same layers and shapes.
    """

    def __init__(self, first: KernelMoment) -> None:
        size = sum(kernel.nbytes for kernel in first.kernels.values())
        most = min(_MOST_MOMENTS, _MOST_BYTES // max(size, 1))
        # However large they are, before and after can be compared.
        self._moments: ThinnedList[KernelMoment] = ThinnedList(max(most, 2))
        self._moments.add(first)

    def record(self, step: int, epoch: float, kernels: dict[str, NDArray[np.float32]]) -> None:
        """Remember the kernels after a step, if it is one of those that are kept."""
        if self._moments.keeps_next:
            self._moments.add(moment(step, epoch, kernels))
        else:
            self._moments.skip()

    def moments(
        self, step: int, epoch: float, kernels: dict[str, NDArray[np.float32]]
    ) -> tuple[KernelMoment, ...]:
        """Return what is remembered, ending with how it is now."""
        kept = self._moments.items()
        if kept[-1].step == step:
            return tuple(kept)
        return (*kept, moment(step, epoch, kernels))


def moment(step: int, epoch: float, kernels: dict[str, NDArray[np.float32]]) -> KernelMoment:
    """Return copies of kernels as they are at a step, read-only."""
    copies = {layer_id: np.array(kernel, np.float32) for layer_id, kernel in kernels.items()}
    for copy in copies.values():
        copy.flags.writeable = False
    return KernelMoment(step, epoch, copies)
