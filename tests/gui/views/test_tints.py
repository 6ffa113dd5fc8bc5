from PySide6.QtGui import QColor, QImage

from cnngui.gui.views.tints import TINTS, tint


def test_white_takes_the_colour_and_black_stays(qapp: object) -> None:
    picture = QImage(2, 1, QImage.Format.Format_ARGB32_Premultiplied)
    picture.setPixelColor(0, 0, QColor("white"))
    picture.setPixelColor(1, 0, QColor("black"))
    before = picture.copy()
    tinted = tint(picture, [(picture.rect(), TINTS[0])])
    assert tinted.pixelColor(0, 0) == TINTS[0]
    assert tinted.pixelColor(1, 0) == QColor("black")
    assert picture == before  # it may be shared
