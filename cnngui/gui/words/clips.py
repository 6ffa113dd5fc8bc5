"""What the window says of clips."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from cnngui.data.dataset import Dataset
from cnngui.gui.words.lists import listed
from cnngui.spec.network import InputSpec

translate = QCoreApplication.translate


def clip_words(dataset: Dataset, number: int) -> str:
    """Return what a sample is if it is a clip: ``clip, 22 frames, 0.84 s``; empty for a picture."""
    length = int(dataset.lengths[number])
    if length < 2:
        return ""
    parts = [
        translate("Clips", "clip"),
        translate("Clips", "{0} frames").format(f"{length:,}"),
    ]
    times = dataset.times(number)
    if times is not None:
        parts.append(translate("Clips", "{0} s").format(f"{times[-1] - times[0]:.2f}"))
    return listed(parts)


def recorded_words(target: InputSpec) -> str:
    """Return what is recorded for an input: clips of so many frames; empty for pictures."""
    if target.frames == 1:
        return ""
    if target.frame_rate:
        seconds = (target.frames - 1) * target.frame_step / target.frame_rate
        return translate("Clips", "Clips of {0} s").format(f"{seconds:.2f}")
    return translate("Clips", "Clips of {0} frames").format(target.span)
