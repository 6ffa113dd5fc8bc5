"""Numbers printed so that they add up: what the eye can check, the eye may check."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext

_LEADING = 3
"""Digits that the largest number keeps at least."""
_MOST_DECIMALS = 12
_LONGEST_WHOLE = 9
"""Digits before the point of a number that is written without a power of ten."""
_EXACT = Context(prec=120)
"""Enough digits for sums of the largest float32 values with all decimals, and many of them."""


@dataclass(frozen=True)
class PrintedSum:
    """A sum in print. All texts have the same number of decimals, and add up exactly.

    Attributes
    ----------
    terms : the summands.
    rounding : what is left between the printed summands and the printed total: the digits cut
        off, and the rounding of float32; "" where nothing is.
    total : the result.
    decimals : behind the point, see ``printed``.
    """

    terms: tuple[str, ...]
    rounding: str
    total: str
    decimals: int


def decimals_for(values: Sequence[float], count: int | None = None) -> int:
    """Return how many decimals a sum of such terms needs to be read to three digits or more.

    The more terms, the more digits are cut off, so each tenfold takes one more decimal. Very large
    and very small numbers get fewer than none, or more than twelve: they have a power of ten.

    Parameters
    ----------
    values : the terms and the result; those not finite do not count.
    count : how many terms there are, if more than ``values``.
    """
    sizes = [abs(value) for value in values if math.isfinite(value) and value]
    if not sizes:
        return 0
    leading = math.floor(math.log10(max(sizes)))
    more = math.ceil(math.log10(max(count or len(values), 1)) / 2)
    decimals = _LEADING - 1 - leading + more
    return decimals if leading >= _LONGEST_WHOLE else max(decimals, 0)


def printed(value: float, decimals: int) -> str:
    """Return a number with so many decimals, with a minus of its own, never "-0".

    Fewer than none or more than twelve decimals are written with a power of ten, the same for all
    numbers of as many decimals: ``2.741e+38``, ``0.018e+38``.
    """
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value == 0:
        return "0"  # exactly, to be told apart from what is only small
    return _text(Decimal(value), decimals)


def _text(number: Decimal, decimals: int) -> str:
    exponent = 0 if 0 <= decimals <= _MOST_DECIMALS else _LEADING - decimals
    with localcontext(_EXACT):
        place = Decimal(1).scaleb(-decimals - exponent)
        rounded = number.scaleb(-exponent).quantize(place)
    text = f"{rounded if rounded else abs(rounded):f}"
    return (text + (f"e{exponent:+03d}" if exponent else "")).replace("-", "−")


def read(text: str) -> Decimal:
    """Return the number that ``printed`` has written; only of finite ones."""
    return Decimal(text.replace("−", "-"))


def printed_sum(terms: Sequence[float], total: float, decimals: int | None = None) -> PrintedSum:
    """Return terms and result in print, and what is left as a term of its own.

    Where a term or the result is not finite, nothing adds up, and nothing is left.
    """
    if decimals is None:
        decimals = decimals_for((*terms, total), len(terms))
    texts = tuple(printed(term, decimals) for term in terms)
    whole = printed(total, decimals)
    if not all(map(math.isfinite, (*terms, total))):
        return PrintedSum(texts, "", whole, decimals)
    with localcontext(_EXACT):
        left = read(whole) - sum(map(read, texts), Decimal(0))
    return PrintedSum(texts, _text(left, decimals) if left else "", whole, decimals)


@dataclass(frozen=True)
class PrintedGroups:
    """A sum of sums in print: terms add up to subtotals, those and the rest to the total, exactly.

    Attributes
    ----------
    terms : of each group.
    subtotals : of each group: the sum of its terms as they are printed.
    bias : what is added at the end; "" where nothing is.
    rounding, total, decimals : as of ``PrintedSum``.
    """

    terms: tuple[tuple[str, ...], ...]
    subtotals: tuple[str, ...]
    bias: str
    rounding: str
    total: str
    decimals: int


def printed_groups(
    groups: Sequence[Sequence[float]], bias: float | None, total: float
) -> PrintedGroups:
    """Return a number's terms in print, group by group, and what is left as a term of its own."""
    every = [term for group in groups for term in group]
    decimals = decimals_for((*every, bias or 0.0, total), len(every) + 1)
    terms = tuple(tuple(printed(term, decimals) for term in group) for group in groups)
    subtotals = tuple(
        _total_text(group, texts, decimals) for group, texts in zip(groups, terms, strict=True)
    )
    bias_text = "" if bias is None else printed(bias, decimals)
    whole = printed(total, decimals)
    rounding = ""
    if all(map(math.isfinite, (*every, bias or 0.0, total))):
        with localcontext(_EXACT):
            left = read(whole) - sum(map(read, subtotals), Decimal(0))
            left -= read(bias_text) if bias_text else 0
        rounding = _text(left, decimals) if left else ""
    return PrintedGroups(terms, subtotals, bias_text, rounding, whole, decimals)


def added(texts: Sequence[str], decimals: int) -> str:
    """Return the exact sum of numbers in print, with as many decimals as they have.

    Where one is not finite, neither is the sum.
    """
    odd = [float(text.replace("∞", "inf").replace("−", "-")) for text in texts if _is_odd(text)]
    if odd:
        return printed(sum(odd), decimals)
    if all(text == "0" for text in texts):
        return "0"
    with localcontext(_EXACT):
        return _text(sum(map(read, texts), Decimal(0)), decimals)


def _is_odd(text: str) -> bool:
    return "∞" in text or text == "NaN"


def _total_text(group: Sequence[float], texts: Sequence[str], decimals: int) -> str:
    if not all(map(math.isfinite, group)):
        return printed(sum(group), decimals)
    if not any(group):
        return "0"
    with localcontext(_EXACT):
        return _text(sum(map(read, texts), Decimal(0)), decimals)
