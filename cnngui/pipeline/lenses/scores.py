"""The network's verdict: the last layer's output, where it is flat."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnngui.pipeline.lenses.lens import Lens, Request, Seen


@dataclass(frozen=True, eq=False)
class Scores:
    """The last layer's output.

    Attributes
    ----------
    values : float32 ``(K,)``.
    is_untrained : whether the network has weights that were only drawn: what it says of a picture
        means nothing yet.
    """

    values: NDArray[np.float32]
    is_untrained: bool = False


class ScoresLens(Lens[Scores]):
    """Keeps what the network says of the frame."""

    def observers(self) -> Mapping[Request, Callable[[Seen], None]]:
        """Ask for the last layer, if that is flat and inspector or thumbnail is on the screen."""
        view, last_id = self.scene.view, self.scene.network.spec.last_id
        is_looked_at = view.wants_channel or view.wants_scores or last_id in view.thumbnails
        return {last_id: self._keep} if is_looked_at and self.scene.is_flat(last_id) else {}

    def _keep(self, seen: Seen) -> None:
        self._part = Scores(seen.values, self.scene.network.is_untrained)
