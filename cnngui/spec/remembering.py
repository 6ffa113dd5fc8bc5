"""Keeping what was found out about a network: it is asked again and again, of the same object."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

Network = TypeVar("Network")
More = ParamSpec("More")
Found = TypeVar("Found")

_MOST_KEPT = 8


def remembered(
    find: Callable[Concatenate[Network, More], Found],
) -> Callable[Concatenate[Network, More], Found]:
    """Decorate a function of a network, which never changes, and of what else it depends on.

    Networks are told apart as objects: to compare or to hash two of some hundred layers takes
    longer than most questions about them. From any thread.
    """
    kept: tuple[tuple[object, tuple[object, ...], Found], ...] = ()

    @wraps(find)
    def found(network: Network, *more: More.args, **named: More.kwargs) -> Found:
        nonlocal kept
        for known, others, result in kept:
            if known is network and others == more:
                return result
        result = find(network, *more, **named)
        # Put in place in one step, for the other threads.
        kept = ((network, more, result), *kept[: _MOST_KEPT - 1])
        return result

    return found
