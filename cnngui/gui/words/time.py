"""What the network sees of time, in words."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from cnngui.gui.words.lists import listed
from cnngui.gui.words.numbers import number_text
from cnngui.spec.network import InputSpec

translate = QCoreApplication.translate


def frames_text(described: InputSpec) -> str:
    """Return how many frames an input has, in short: ``8 frames``; "" of a still picture."""
    if described.frames == 1:
        return ""
    return translate("TimeWindow", "{count} frames").format(count=described.frames)


def window_text(described: InputSpec) -> str:
    """Return over how much time an input of several frames reaches.

    That is ``8 frames, every 3rd, at 25/s: 0.84 s``.

    Without a rate nobody knows how long that is: then it is told in frames of the source.
    """
    parts = [translate("TimeWindow", "{count} frames").format(count=described.frames)]
    if described.frame_step > 1:
        parts.append(_every(described.frame_step))
    if not described.frame_rate > 0:
        words = translate("TimeWindow", "{what}: the last {count} frames of the source")
        return words.format(what=listed(parts), count=described.span)
    rate = number_text(described.frame_rate, digits=4)
    parts.append(translate("TimeWindow", "at {rate}/s").format(rate=rate))
    seconds = (described.span - 1) / described.frame_rate
    return translate("TimeWindow", "{what}: {seconds} s").format(
        what=listed(parts), seconds=number_text(seconds)
    )


def _every(step: int) -> str:
    """Return ``every 3rd``: languages that count otherwise say all four alike."""
    words = {
        1: translate("TimeWindow", "every {step}st"),
        2: translate("TimeWindow", "every {step}nd"),
        3: translate("TimeWindow", "every {step}rd"),
    }
    is_teen = step % 100 in (11, 12, 13)
    last = 0 if is_teen else step % 10
    return words.get(last, translate("TimeWindow", "every {step}th")).format(step=step)
