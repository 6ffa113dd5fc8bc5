"""Widgets that come and go without anything else moving."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget


def keep_place(*widgets: QWidget) -> None:
    """Leave the room of widgets free while they are hidden."""
    for widget in widgets:
        policy = widget.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        widget.setSizePolicy(policy)
