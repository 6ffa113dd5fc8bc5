"""Numbers, shapes, shares and times as the window spells them."""

from __future__ import annotations

import math

from PySide6.QtCore import QCoreApplication

from cnngui.spec.shapes import Shape

WIDEST_NUMBER = "−1.23e−38"
"""As wide as what ``number_text`` returns of any value, with three digits."""

_PREFIXES = ("", "k", "M", "G", "T", "P", "E")

translate = QCoreApplication.translate


def number_text(value: float, digits: int = 3) -> str:
    """Return a number of that many significant digits, with a true minus sign: ``−0.25``, ``∞``."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "∞" if value > 0 else "−∞"
    return f"{value:.{digits}g}".replace("-", "−")


def share_text(share: float) -> str:
    """Return a share of 0..1 as percents that never round to a false 0 or 100."""
    percent = 100 * share
    if 0 < percent < 0.1:
        return "< 0.1 %"
    if 99.9 < percent < 100:
        return "> 99.9 %"
    percent = round(percent, 4)  # 0.2 is 0.200000003 in float32
    return f"{percent:.1f} %" if percent % 1 else f"{percent:.0f} %"


def clock(seconds: float) -> str:
    """Return a time as people write it: 0:07, 12:34, 1:02:03."""
    whole = int(seconds)
    minutes, second = divmod(whole, 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def shape_label(shape: Shape | None) -> str:
    """Return a shape as the panel shows it, ``8×120×160``; a dash where there is none."""
    return "×".join(map(str, shape)) if shape else "–"


def number_label(number: float) -> str:
    """Return a count with three digits and a unit: ``224``, ``1.23 k``, ``43.2 M``."""
    power = 0
    while number >= 999.5 and power < len(_PREFIXES) - 1:
        number /= 1000
        power += 1
    digits = f"{number:.0f}" if power == 0 else f"{number:.3g}"
    return f"{digits}\N{NARROW NO-BREAK SPACE}{_PREFIXES[power]}" if power else digits


def parameters_label(count: int) -> str:
    """Return a number of parameters as a row has room for it: ``224 p``."""
    return translate("NetworkPanel", "{} p").format(number_label(count))


def bytes_label(size: float) -> str:
    """Return an amount of memory: ``1.2 MB`` (of a million bytes)."""
    label = number_label(size)
    return label + ("B" if label[-1:].isalpha() else "\N{NARROW NO-BREAK SPACE}B")


def milliseconds_label(milliseconds: float) -> str:
    """Return a time with two digits: ``0.12 ms``, ``3.4 ms``, ``17 ms``."""
    decimals = 0 if milliseconds >= 9.95 else 1 if milliseconds >= 0.995 else 2
    return f"{milliseconds:.{decimals}f}\N{NARROW NO-BREAK SPACE}ms"


def ratio_label(ratio: float) -> str:
    """Return how many times as many, in plain words: ``1.8 million``.

    Languages count large numbers in units of their own: 76 million are 7600 times ten thousand in
    Chinese. So the units are a matter of the translation, each with its size before it.
    """
    units = translate("NetworkPanel", "1e6 {} million|1e9 {} billion|1e12 {} trillion")
    for unit in reversed(units.split("|")):
        size, _, words = unit.partition(" ")
        if ratio >= float(size):
            return words.format(f"{float(f'{ratio:.2g}') / float(size):.12g}")
    return f"{ratio:,.0f}" if ratio >= 10 else f"{ratio:.1f}"
