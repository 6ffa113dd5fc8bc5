"""What became of weights when there were more or fewer channels."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication

from cnngui.engine.carrying import Carried

translate = QCoreApplication.translate

_MOST_TOLD = 3


def carried_words(carried: Mapping[str, Carried]) -> str:
    """Return in a sentence which layers kept how many of their kernels or units."""
    told = [_words(layer_id, what) for layer_id, what in list(carried.items())[:_MOST_TOLD]]
    if len(carried) > _MOST_TOLD:
        more = translate("CarriedWeights", "and {count} more layers")
        told.append(more.format(count=len(carried) - _MOST_TOLD))
    return "; ".join(told)


def _words(layer_id: str, what: Carried) -> str:
    if not what.kept:
        words = translate("CarriedWeights", "{layer}: drawn anew, nothing fits any more")
    elif what.drawn:
        words = translate("CarriedWeights", "{layer}: {kept} kept, {drawn} drawn")
    else:
        words = translate("CarriedWeights", "{layer}: {kept} kept, as far as they still fit")
    return words.format(layer=layer_id, kept=what.kept, drawn=what.drawn)
