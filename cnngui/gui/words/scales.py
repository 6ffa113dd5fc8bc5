"""What the colours of maps mean, in words."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from cnngui.featuremaps.bulk import BULK_SHARE
from cnngui.featuremaps.scaling import Scaling
from cnngui.gui.words.numbers import number_text, share_text

translate = QCoreApplication.translate


def bulk_text() -> str:
    """Return the share of a map's values that sets its range."""
    return share_text(BULK_SHARE)


def range_text(low: float, high: float) -> str:
    """Return a range of values: ``±0.83``, or ``0 to 0.83``."""
    if low == -high:
        return f"±{number_text(high)}"
    words = translate("ScaleWords", "{low} to {high}")
    return words.format(low=number_text(low), high=number_text(high))


def wall_scale_text(scaling: Scaling, *, clips: bool, low: float, high: float) -> str:
    """Say what sets the colours of a wall; ``low`` and ``high`` where all its maps share them."""
    if scaling == "map":
        if not clips:
            return translate("ScaleWords", "Colours of each map: all its values")
        return translate(
            "ScaleWords", "Colours of each map: {share} of what is not zero, stronger is clipped"
        ).format(share=bulk_text())
    if scaling == "locked":
        words = translate("ScaleWords", "Colours of all maps: {range} (locked), beyond is clipped")
    elif clips:
        words = translate("ScaleWords", "Colours of all maps: {range}, stronger is clipped")
    else:
        words = translate("ScaleWords", "Colours of all maps: {range}")
    return words.format(range=range_text(low, high))


def map_scale_text(low: float, high: float, clipped: int, counted: int) -> str:
    """Say how many of a map's values have a colour of their own.

    Parameters
    ----------
    clipped : values below ``low`` or above ``high``.
    counted : finite values.
    """
    if not clipped:
        return translate("ScaleWords", "Colours: {range}").format(range=range_text(low, high))
    words = translate("ScaleWords", "{share} within {range}, {count} clipped")
    share = share_text(1 - clipped / counted)
    return words.format(share=share, range=range_text(low, high), count=f"{clipped:,}")


def ranked(rank: int, label: str) -> str:
    """Return the label of a channel that has that rank, from 1: ``#1 · 7 red panda``."""
    return f"#{rank} · {label}"
