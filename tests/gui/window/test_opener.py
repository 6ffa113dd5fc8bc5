"""Pictures from the clipboard: each is a file of its own, and only the last few stay."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage

from cnngui.errors import SaveError
from cnngui.gui.window.opener import pasted_source


def picture(value: int) -> QImage:
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    image.fill(QColor(value, value, value))
    return image


def test_a_pasted_picture_takes_the_place_of_no_other(tmp_path: Path) -> None:
    sources = [pasted_source(picture(20 * number), tmp_path) for number in range(10)]
    assert len({source.target for source in sources}) == 10
    kept = [source for source in sources if Path(source.target).exists()]
    assert len(kept) == 8
    assert sources[-1] in kept
    assert QImage(sources[-1].target).pixelColor(0, 0).red() == 180


def test_a_folder_that_cannot_be_made_is_a_message(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SaveError, match="must be a folder that may be written"):
        pasted_source(picture(0), tmp_path / "file" / "more")
