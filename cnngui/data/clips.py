"""Which frames of a clip a network is shown."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cnngui.spec.network import InputSpec


def middle_frame(length: int) -> int:
    """Return the place of the frame that stands for a clip where one is shown or learned from."""
    return (length - 1) // 2


def chosen_frames(
    length: int, times: Sequence[float] | None, target: InputSpec
) -> NDArray[np.int64]:
    """Return the places of the frames that an input reads of a clip: from its middle, in order.

    Where a clip is shorter than the input reaches, its first frame stands still before it; so a
    single picture is repeated.

    Parameters
    ----------
    length : how many frames the clip has.
    times : seconds of each frame, ascending; None where they are not known.
    target : says how many frames, how far apart. With a ``frame_rate`` those are taken that lie
        nearest in the clip's time, if that is known.

    Returns
    -------
    int64 ``(target.frames,)``, ascending, the same place more than once where frames are missing.
    """
    if target.frames == 1:
        return np.array([middle_frame(length)])
    back = np.arange(target.frames - 1, -1, -1)
    if target.frame_rate and times is not None:
        moments = np.asarray(times, float)
        step = target.frame_step / target.frame_rate
        spare = max(moments[-1] - moments[0] - (target.frames - 1) * step, 0.0)
        wanted = moments[-1] - spare / 2 - back * step
        behind = np.searchsorted(moments, wanted).clip(1, max(length - 1, 1))
        before = np.minimum(behind - 1, length - 1)
        behind = np.minimum(behind, length - 1)
        is_before = wanted - moments[before] <= moments[behind] - wanted
        return np.where(is_before, before, behind)
    spare = max(length - target.span, 0)
    last = length - 1 - spare // 2
    return np.maximum(last - back * target.frame_step, 0)


def is_too_short(length: int, times: Sequence[float] | None, target: InputSpec) -> bool:
    """Whether an input reaches over more than a clip holds."""
    if target.frames == 1:
        return False
    if target.frame_rate and times is not None:
        step = target.frame_step / target.frame_rate
        # Half a step is a frame's own time: a recording ends where its last frame begins.
        return times[-1] - times[0] < (target.frames - 1.5) * step
    return length < target.span
