"""What is told where samples and a network's input differ in time."""

from __future__ import annotations

from cnngui.data.augmentation import NO_AUGMENTATION, Augmentation
from cnngui.data.drawn import DrawnOptions
from cnngui.data.drawn_motions import motions
from cnngui.pipeline.training.time_misfit import time_misfits
from cnngui.spec.network import InputSpec
from tests.pipeline.training.samples import bars

CLIPS = motions(options=DrawnOptions(count=18, seed=0, size=24))
EIGHT = InputSpec(frames=8, frame_step=3)


def told(data, target: InputSpec, how: Augmentation = NO_AUGMENTATION) -> str:
    return " ".join(str(words) for words in time_misfits(data, target, how))


def test_what_goes_together_needs_no_words() -> None:
    assert told(CLIPS, EIGHT) == ""
    assert told(bars(), InputSpec()) == ""
    assert told(bars(), InputSpec(), Augmentation(flip=True)) == ""


def test_each_misfit_says_what_is_done_and_what_to_do() -> None:
    assert "middle one of each clip" in told(CLIPS, InputSpec())
    assert "sees 8 frames at once, and the samples are still" in told(bars(), EIGHT)
    assert "shorter than the input reaches" in told(CLIPS, InputSpec(frames=9, frame_step=3))
    assert "what moves left then moves right" in told(CLIPS, EIGHT, Augmentation(flip=True))
