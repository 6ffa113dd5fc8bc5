"""Several things said one after the other."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication


def listed(parts: Iterable[str]) -> str:
    """Return parts with the language's comma between them; empty ones are left out."""
    return QCoreApplication.translate("Lists", ", ").join(filter(None, parts))
