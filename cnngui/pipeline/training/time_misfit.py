"""What is to be told where samples and a network's input differ in time."""

from __future__ import annotations

from cnngui.data.augmentation import Augmentation
from cnngui.data.clips import is_too_short
from cnngui.data.dataset import Dataset
from cnngui.errors import Text, text
from cnngui.spec.network import InputSpec

_MOST_LOOKED_AT = 2_000


def time_misfits(data: Dataset, target: InputSpec, how: Augmentation) -> tuple[Text, ...]:
    """Return what is done with samples that do not suit an input, and what to do about it.

    Nothing here keeps a network from learning: a still picture is repeated, of a clip one frame is
    taken, and what a short clip lacks is its first frame.
    """
    lengths = data.lengths
    if not len(lengths):
        return ()
    has_clips = int(lengths.max()) > 1
    told = []
    if has_clips and target.frames == 1:
        told.append(
            text(
                "The network sees one frame at a time: it learns from the middle one of each clip, "
                "and sees no motion. Give its input more frames."
            )
        )
    if not has_clips and target.frames > 1:
        told.append(
            text(
                "The network sees {frames} frames at once, and the samples are still pictures: "
                "each is repeated, and nothing moves. Record clips, or give the input one frame.",
                frames=target.frames,
            )
        )
    if has_clips and target.frames > 1 and _any_too_short(data, target):
        told.append(
            text(
                "Some clips are shorter than the input reaches: their first frame stands still "
                "before them. Record them anew, or take fewer frames or smaller steps."
            )
        )
    if has_clips and target.frames > 1 and how.flip:
        told.append(
            text(
                "Clips are flipped in half of the cases: what moves left then moves right. "
                "Do not flip where directions are learned."
            )
        )
    return tuple(told)


def _any_too_short(data: Dataset, target: InputSpec) -> bool:
    step = max(len(data) // _MOST_LOOKED_AT, 1)
    return any(
        is_too_short(int(data.lengths[index]), data.times(index), target)
        for index in range(0, len(data), step)
    )
