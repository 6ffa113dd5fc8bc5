"""Asking where a table is to go."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from cnngui.featuremaps.naming import file_stem


def ask_for_table(
    parent: QWidget, title: str, folder: Path, network: str, what: str
) -> Path | None:
    """Return the .csv file that a person chooses; None if they do not.

    Parameters
    ----------
    folder : to begin in, or the nearest one above that exists.
    network, what : name the file that is proposed.
    """
    while not folder.is_dir() and folder != folder.parent:
        folder = folder.parent
    proposed = folder / f"{file_stem(datetime.now(), network)}-{what}.csv"
    kind = QCoreApplication.translate("FileChoice", "Table (*.csv)")
    chosen, _ = QFileDialog.getSaveFileName(parent, title, str(proposed), kind)
    if not chosen:
        return None
    path = Path(chosen)
    return path if path.suffix.lower() == ".csv" else path.with_name(f"{path.name}.csv")
