"""The order in which Tab goes through a window: as the eye does, row by row, column by column.

Qt's own order is that in which widgets were made, and parts of this window are made late: a page of
the drawer when it is first seen, the editors of a layer when it is first chosen.
"""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QWidget


def tab_order(top: QWidget) -> list[QWidget]:
    """Return what Tab stops at inside a widget, in reading order."""
    return list(_stops(top))


def next_stop(top: QWidget, here: QWidget | None, *, forward: bool) -> QWidget | None:
    """Return where Tab goes from a widget; None if there is nowhere to go.

    From a widget that is no stop itself it goes to the first or the last one.
    """
    stops = tab_order(top)
    if not stops:
        return None
    if here not in stops:
        return stops[0 if forward else -1]
    return stops[(stops.index(here) + (1 if forward else -1)) % len(stops)]


def _stops(parent: QWidget) -> Iterator[QWidget]:
    for child in _in_reading_order(parent):
        is_stop = child.focusPolicy() & Qt.FocusPolicy.TabFocus and child.focusProxy() is None
        if is_stop and child.isEnabled():
            yield child
        yield from _stops(child)


def _in_reading_order(parent: QWidget) -> list[QWidget]:
    children = [
        child
        for child in parent.children()
        if isinstance(child, QWidget) and child.isVisible() and not child.isWindow()
    ]
    rows: list[list[QWidget]] = []
    for child in sorted(children, key=lambda child: child.y()):
        row = next((row for row in rows if _are_side_by_side(row[0], child)), None)
        if row is None:
            rows.append([child])
        else:
            row.append(child)
    is_mirrored = parent.layoutDirection() == Qt.LayoutDirection.RightToLeft
    return [child for row in rows for child in sorted(row, key=QWidget.x, reverse=is_mirrored)]


def _are_side_by_side(one: QWidget, other: QWidget) -> bool:
    """Say whether more than half of the lower of two widgets is beside the other."""
    first, second = one.geometry(), other.geometry()
    common = QRect(0, first.y(), 1, first.height()) & QRect(0, second.y(), 1, second.height())
    return common.height() > min(first.height(), second.height()) / 2
