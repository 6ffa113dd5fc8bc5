"""What moments are called: by how far they lie back, and by their time where that is known."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from cnngui.capture.frame import Window
from cnngui.spec.layers import LayerSpec

translate = QCoreApplication.translate


def frames_so_far(have: int, need: int) -> str:
    """Return how many frames there are of those that the network sees at once."""
    words = translate("Moments", "{have} of {need} frames")
    return words.format(have=have, need=need)


def filling_words(have: int, need: int) -> str:
    """Say that there are not yet all the frames that the network sees at once."""
    words = translate("Moments", "{have} of {need} frames: maps come when all are there")
    return words.format(have=have, need=need)


def moment_label(back: int) -> str:
    """Return what a moment is called that lies so many before the newest: ``t−2``, ``t``.

    Padding may lie after it: ``t+1``.
    """
    return f"t−{back}" if back > 0 else f"t+{-back}" if back else "t"


def moment_in(place: int, count: int) -> str:
    """Return what the moment at a place is called, of so many of which the last is the newest."""
    return moment_label(count - 1 - place)


def slice_labels(layer: LayerSpec, count: int) -> tuple[str, ...]:
    """Return which moment each slice of a kernel weighs, or is laid into by a transposed one."""
    step = getattr(layer, "dilation", (1,))[0]
    if layer.groups_of_inputs is None:
        return tuple(moment_label(step * back) for back in range(count - 1, -1, -1))
    return tuple(f"t+{step * on}" if on else "t" for on in range(count))


def frame_labels(window: Window) -> tuple[str, ...]:
    """Return for each frame of a window how long before the newest it was: ``−0.24 s``.

    Where frames have no times of their own, how many before it: ``t−2``.
    """
    moments = window.moments
    times = [moment.seconds - moments[-1].seconds for moment in moments]
    if not any(times):
        return tuple(moment_in(place, len(moments)) for place in range(len(moments)))
    return tuple(f"−{-time:.2f} s" if time else "0 s" for time in times)
