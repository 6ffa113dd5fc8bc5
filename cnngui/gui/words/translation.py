"""The language of the window: English, in which it is written, or Chinese.

Every text on the screen stands in the sources in English, inside ``tr`` or ``translate``.
``make translations`` collects them in ``resources/translations/cnngui_zh_CN.ts``, where people
translate, and compiles that into the ``.qm`` beside it, which is read here.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Literal, cast, get_args

from PySide6 import QtCore
from PySide6.QtCore import (
    QCoreApplication,
    QLibraryInfo,
    QLocale,
    QObject,
    QTranslator,
)
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QApplication

from cnngui.resources import resource_path

Language = Literal["system", "en", "zh_CN"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

_CHINESE_FONTS = (
    *("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC"),
    *("WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Droid Sans Fallback"),
    *("Microsoft YaHei UI", "Microsoft YaHei", "PingFang SC"),
)
QT_TRANSLATE_NOOP = cast("Callable[[str, str], str]", QtCore.QT_TRANSLATE_NOOP)
"""Marks a text for the translators and returns it as it is; Qt's, of which types know nothing."""

_WORDS_FROM_BELOW = (
    QT_TRANSLATE_NOOP("FromBelow", "Built-in clip"),
    QT_TRANSLATE_NOOP("FromBelow", "Shapes"),
    QT_TRANSLATE_NOOP("FromBelow", "Shapes on paper"),
    QT_TRANSLATE_NOOP("FromBelow", "A waving hand"),
    QT_TRANSLATE_NOOP("FromBelow", "Digits"),
    QT_TRANSLATE_NOOP("FromBelow", "Motions"),
    QT_TRANSLATE_NOOP("FromBelow", "Classic filters"),
    QT_TRANSLATE_NOOP("FromBelow", "LeNet-5"),
    QT_TRANSLATE_NOOP("FromBelow", "Tiny VGG"),
    QT_TRANSLATE_NOOP("FromBelow", "Residual"),
    QT_TRANSLATE_NOOP(
        "FromBelow",
        "Kernels with a meaning, drawn by hand: edges, blur, stripes, colours, corners",
    ),
    QT_TRANSLATE_NOOP(
        "FromBelow",
        "LeCun's reader of handwritten digits, 1998: two convolutions, average pooling, tanh",
    ),
    QT_TRANSLATE_NOOP(
        "FromBelow", "A small network that has learned to tell six drawn shapes apart"
    ),
    QT_TRANSLATE_NOOP("FromBelow", "Motion"),
    QT_TRANSLATE_NOOP(
        "FromBelow",
        "Kernels that span time, drawn by hand: what moves left, right, up, down, slowly, fast",
    ),
    QT_TRANSLATE_NOOP(
        "FromBelow", "A small network that has learned to tell nine motions of a hand apart"
    ),
    QT_TRANSLATE_NOOP("FromBelow", "Four small convolutions that tell ten kinds of things apart"),
    QT_TRANSLATE_NOOP(
        "FromBelow",
        "Blocks that add their input to their output, so that deep networks can learn",
    ),
    QT_TRANSLATE_NOOP("FromBelow", "Squeeze and excitation"),
    QT_TRANSLATE_NOOP(
        "FromBelow",
        "Blocks that look at their maps as wholes, and then weigh each map by a number",
    ),
    QT_TRANSLATE_NOOP("FromBelow", "U-Net"),
    QT_TRANSLATE_NOOP(
        "FromBelow",
        "Down to small maps and up again, with all details handed across: for one answer per pixel",
    ),
    QT_TRANSLATE_NOOP("FromBelow", "Blurred pooling"),
    QT_TRANSLATE_NOOP(
        "FromBelow",
        "Max pooling beside one that blurs first: shift the picture to see which is more stable",
    ),
)
"""What parts of the program that know no Qt call things; repeated here for the translators."""
_WORDS_OF_READY_NETWORKS = (
    QT_TRANSLATE_NOOP("FromBelow", "blur"),
    QT_TRANSLATE_NOOP("FromBelow", "sharpen"),
    QT_TRANSLATE_NOOP("FromBelow", "emboss"),
    QT_TRANSLATE_NOOP("FromBelow", "Sobel x"),
    QT_TRANSLATE_NOOP("FromBelow", "Sobel y"),
    QT_TRANSLATE_NOOP("FromBelow", "Laplacian"),
    QT_TRANSLATE_NOOP("FromBelow", "fine stripes 0"),
    QT_TRANSLATE_NOOP("FromBelow", "fine stripes 45"),
    QT_TRANSLATE_NOOP("FromBelow", "fine stripes 90"),
    QT_TRANSLATE_NOOP("FromBelow", "fine stripes 135"),
    QT_TRANSLATE_NOOP("FromBelow", "wide stripes 0"),
    QT_TRANSLATE_NOOP("FromBelow", "wide stripes 45"),
    QT_TRANSLATE_NOOP("FromBelow", "wide stripes 90"),
    QT_TRANSLATE_NOOP("FromBelow", "wide stripes 135"),
    QT_TRANSLATE_NOOP("FromBelow", "red, not green"),
    QT_TRANSLATE_NOOP("FromBelow", "blue, not yellow"),
    QT_TRANSLATE_NOOP("FromBelow", "corner"),
    QT_TRANSLATE_NOOP("FromBelow", "crossing +"),
    QT_TRANSLATE_NOOP("FromBelow", "crossing x"),
    QT_TRANSLATE_NOOP("FromBelow", "any edge"),
    QT_TRANSLATE_NOOP("FromBelow", "any line"),
    QT_TRANSLATE_NOOP("FromBelow", "fine texture"),
    QT_TRANSLATE_NOOP("FromBelow", "only upright"),
    QT_TRANSLATE_NOOP("FromBelow", "only rising"),
    QT_TRANSLATE_NOOP("FromBelow", "only level"),
    QT_TRANSLATE_NOOP("FromBelow", "only falling"),
    QT_TRANSLATE_NOOP("FromBelow", "line ends below"),
    QT_TRANSLATE_NOOP("FromBelow", "line ends right"),
    QT_TRANSLATE_NOOP("FromBelow", "dot"),
    QT_TRANSLATE_NOOP("FromBelow", "bright and smooth"),
    QT_TRANSLATE_NOOP("FromBelow", "dark and smooth"),
    QT_TRANSLATE_NOOP("FromBelow", "colourful"),
    QT_TRANSLATE_NOOP("FromBelow", "blurred"),
    QT_TRANSLATE_NOOP("FromBelow", "frame difference"),
    QT_TRANSLATE_NOOP("FromBelow", "darker than before"),
    QT_TRANSLATE_NOOP("FromBelow", "grows brighter"),
    QT_TRANSLATE_NOOP("FromBelow", "grows darker"),
    QT_TRANSLATE_NOOP("FromBelow", "flicker, dark first"),
    QT_TRANSLATE_NOOP("FromBelow", "flicker, bright first"),
    QT_TRANSLATE_NOOP("FromBelow", "bright edge left, slow"),
    QT_TRANSLATE_NOOP("FromBelow", "dark edge left, slow"),
    QT_TRANSLATE_NOOP("FromBelow", "bright edge right, slow"),
    QT_TRANSLATE_NOOP("FromBelow", "dark edge right, slow"),
    QT_TRANSLATE_NOOP("FromBelow", "bright edge up, slow"),
    QT_TRANSLATE_NOOP("FromBelow", "dark edge up, slow"),
    QT_TRANSLATE_NOOP("FromBelow", "bright edge down, slow"),
    QT_TRANSLATE_NOOP("FromBelow", "dark edge down, slow"),
    QT_TRANSLATE_NOOP("FromBelow", "bright edge left, fast"),
    QT_TRANSLATE_NOOP("FromBelow", "dark edge left, fast"),
    QT_TRANSLATE_NOOP("FromBelow", "bright edge right, fast"),
    QT_TRANSLATE_NOOP("FromBelow", "dark edge right, fast"),
    QT_TRANSLATE_NOOP("FromBelow", "bright edge up, fast"),
    QT_TRANSLATE_NOOP("FromBelow", "dark edge up, fast"),
    QT_TRANSLATE_NOOP("FromBelow", "bright edge down, fast"),
    QT_TRANSLATE_NOOP("FromBelow", "dark edge down, fast"),
    QT_TRANSLATE_NOOP("FromBelow", "anything moves"),
    QT_TRANSLATE_NOOP("FromBelow", "moves left"),
    QT_TRANSLATE_NOOP("FromBelow", "moves right"),
    QT_TRANSLATE_NOOP("FromBelow", "moves up"),
    QT_TRANSLATE_NOOP("FromBelow", "moves down"),
    QT_TRANSLATE_NOOP("FromBelow", "flickers"),
    QT_TRANSLATE_NOOP("FromBelow", "slow"),
    QT_TRANSLATE_NOOP("FromBelow", "fast"),
    QT_TRANSLATE_NOOP("FromBelow", "circle"),
    QT_TRANSLATE_NOOP("FromBelow", "square"),
    QT_TRANSLATE_NOOP("FromBelow", "triangle"),
    QT_TRANSLATE_NOOP("FromBelow", "star"),
    QT_TRANSLATE_NOOP("FromBelow", "cross"),
    QT_TRANSLATE_NOOP("FromBelow", "heart"),
    QT_TRANSLATE_NOOP("FromBelow", "left"),
    QT_TRANSLATE_NOOP("FromBelow", "right"),
    QT_TRANSLATE_NOOP("FromBelow", "up"),
    QT_TRANSLATE_NOOP("FromBelow", "down"),
    QT_TRANSLATE_NOOP("FromBelow", "clockwise"),
    QT_TRANSLATE_NOOP("FromBelow", "anticlockwise"),
    QT_TRANSLATE_NOOP("FromBelow", "grow"),
    QT_TRANSLATE_NOOP("FromBelow", "shrink"),
    QT_TRANSLATE_NOOP("FromBelow", "still"),
    QT_TRANSLATE_NOOP("FromBelow", "lifeboat"),
    QT_TRANSLATE_NOOP("FromBelow", "ladybug"),
    QT_TRANSLATE_NOOP("FromBelow", "pizza"),
    QT_TRANSLATE_NOOP("FromBelow", "bell pepper"),
    QT_TRANSLATE_NOOP("FromBelow", "school bus"),
    QT_TRANSLATE_NOOP("FromBelow", "koala"),
    QT_TRANSLATE_NOOP("FromBelow", "espresso"),
    QT_TRANSLATE_NOOP("FromBelow", "red panda"),
    QT_TRANSLATE_NOOP("FromBelow", "orange"),
    QT_TRANSLATE_NOOP("FromBelow", "sport car"),
)
"""What channels and classes of the ready networks are called in their files."""
_LEFT_OUT_BY_QT = (
    QT_TRANSLATE_NOOP("QFileDialog", "&Look in:"),
    QT_TRANSLATE_NOOP("QFileDialog", "Files of &type:"),
    QT_TRANSLATE_NOOP("QAbstractFileIconProvider", "Folder"),
    QT_TRANSLATE_NOOP("QAbstractFileIconProvider", "File"),
)
"""What Qt's file dialog shows and its own Chinese has not (6.11)."""
_log = logging.getLogger("cnngui")


def spoken_language(language: Language, desktop: Sequence[str] | None = None) -> Language:
    """Return which of the window's languages a choice means, never ``system``.

    Parameters
    ----------
    language : what the user chose.
    desktop : the desktop's languages as it names them ("zh-Hans-CN"), best first; None asks it.
    """
    if language != "system":
        return language
    names = QLocale.system().uiLanguages() if desktop is None else desktop
    known: dict[str, Language] = {"en": "en", "zh": "zh_CN"}
    spoken = (known.get(name.replace("_", "-").split("-")[0]) for name in names)
    return next(filter(None, spoken), "en")


def translators(language: Language, parent: QObject | None = None) -> list[QTranslator]:
    """Return what translates into a language: first Qt's own texts, then the program's."""
    spoken = spoken_language(language)
    if spoken == "en":
        return []
    qt_folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    own_folder = str(resource_path("translations"))
    loaded = []
    for name, folder in (("qtbase", qt_folder), ("cnngui", own_folder)):
        translator = QTranslator(parent)
        if translator.load(f"{name}_{spoken}", folder):
            loaded.append(translator)
        else:
            _log.warning("there is no translation %s_%s in %s", name, spoken, folder)
    return loaded


def translated(words: str) -> str:
    """Return in the window's language how a part that knows no Qt calls something.

    What is not among the words for the translators, such as a file's name, stays as it is.
    """
    return QCoreApplication.translate("FromBelow", words)


def spoken(context: str, marked: str) -> str:
    """Return in the window's language a text that was marked with QT_TRANSLATE_NOOP."""
    return QCoreApplication.translate(context, marked)


def said_in(language: Language, context: str, text: str) -> str:
    """Return a text of the program in a language that need not be the window's."""
    said = (translator.translate(context, text) for translator in translators(language))
    return next(filter(None, said), text)


def install_language(application: QApplication, language: Language) -> list[QTranslator]:
    """Let all widgets that are made from now on speak a language; return what does it."""
    installed = translators(language, application)
    for translator in installed:
        application.installTranslator(translator)
    if spoken_language(language) == "zh_CN":
        _prefer_chinese_glyphs(application)
    return installed


def _prefer_chinese_glyphs(application: QApplication) -> None:
    """Name the Chinese fonts present: a desktop of another language may take Japanese forms."""
    present = set(QFontDatabase.families())
    font = application.font()
    font.setFamilies([*font.families(), *(name for name in _CHINESE_FONTS if name in present)])
    application.setFont(font)
