"""One picture on its way from a source to the network."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """A picture as the source gave it.

    Attributes
    ----------
    index : counts the frames read from this source since it was opened, from 0.
    time : seconds on the ``time.monotonic`` clock when it was read.
    pixels : uint8 ``(H, W, 3)``, RGB, C-contiguous, read-only.
    position : its place in the medium (a video's frame number, a folder's file number); 0 where
        there is none.
    """

    index: int
    time: float
    pixels: NDArray[np.uint8]
    position: int = 0
