"""The second language is complete, agrees with the sources, and is what the window speaks."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import sysconfig
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from PySide6.QtCore import QTranslator
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenu,
    QTabBar,
    QToolBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from cnngui.capture.address import SourceAddress
from cnngui.featuremaps.colormaps import SEQUENTIAL
from cnngui.gui.results.page import ResultsPage
from cnngui.gui.settings import Settings
from cnngui.gui.widgets.menu import plain_text
from cnngui.gui.window.actions import action_groups
from cnngui.gui.words.errors import CONTEXT
from cnngui.gui.words.translation import (
    Language,
    said_in,
    spoken_language,
    translated,
)
from cnngui.resources import resource_path
from cnngui.spec.layers import LAYER_TYPES, arguments_of
from cnngui.spec.presets import PRESETS
from docs.collect_texts import CONTEXT as RULES
from docs.collect_texts import collect, templates
from tests.gui.driver import Driver

ROOT = Path(__file__).resolve().parents[3]
SOURCES = sorted((ROOT / "cnngui" / "gui").rglob("*.py"))
KEYS = {
    *("Ctrl", "Shift", "Alt", "Del", "Esc", "Home", "End", "Tab", "Enter", "Page", "Up", "Down"),
    *("PgUp", "PgDown", "F1", "F11"),
}
ENGLISH_FOR_ALL = {
    *("RGB", "ImageNet", "He", "Xavier", "sigmoid", "tanh", "input", "ms", "MB", "GB", "TB"),
    *(
        "cnngui",
        "English",
        "LeNet",
        "LeCun",
        "Classic",
        "filters",
        "Tiny",
        "VGG",
        "Residual",
        "Net",
    ),
    *("Gabor", "Sobel", "CSV", "HEIC", "AVIF", "NumPy"),
    *("NaN", "Adam", "AdamW", "SGD", "Nesterov", "MNIST", "IDX", "gz"),
}
"""What stays as it is: PyTorch's words, units, names of people and of networks."""


class Message(NamedTuple):
    context: str
    source: str


def messages_in(ts_file: Path) -> dict[Message, str]:
    """Return the translations of a .ts file; unfinished ones are empty."""
    found = {}
    for context in ElementTree.parse(ts_file).getroot().iter("context"):
        for message in context.iter("message"):
            translation = message.find("translation")
            assert translation is not None
            done = translation.get("type") is None
            key = Message(context.findtext("name", ""), message.findtext("source", ""))
            found[key] = (translation.text or "") if done else ""
    return found


@pytest.fixture(scope="module")
def chinese() -> dict[Message, str]:
    return messages_in(resource_path("translations/cnngui_zh_CN.ts"))


def test_every_text_of_the_sources_is_there_for_translators(
    chinese: dict[Message, str], tmp_path: Path
) -> None:
    tool = shutil.which("pyside6-lupdate", path=sysconfig.get_path("scripts"))
    if tool is None and not sys.platform.startswith("linux"):
        pytest.skip("PySide6 brings no lupdate here")
    assert tool is not None
    fresh = tmp_path / "fresh.ts"
    collect(fresh)
    assert set(chinese) == set(messages_in(fresh)), "type: make translations"


def test_every_template_of_an_error_is_translated(chinese: dict[Message, str]) -> None:
    assert RULES == CONTEXT
    translated_ones = {message.source for message in chinese if message.context == RULES}
    assert translated_ones == set(templates()), "type: make translations"


def texts_to_translate(source: Path) -> Iterator[tuple[int, Message | None]]:
    """Return line and message of every call that translates; None where it is no literal."""
    classes: dict[ast.AST, str] = {}
    tree = ast.parse(source.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        inside = node.name if isinstance(node, ast.ClassDef) else classes.get(node, "")
        for child in ast.iter_child_nodes(node):
            classes[child] = inside
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        if not re.fullmatch(r"self\.tr|(Q\w*Application\.)?translate|QT_TRANSLATE_NOOP", called):
            assert not called.endswith(".tr"), f"{source}:{node.lineno}: of which class is this?"
            continue
        try:
            parts = [ast.literal_eval(argument) for argument in node.args]
        except ValueError:
            yield node.lineno, None
        else:
            yield node.lineno, Message(*([inside, *parts] if called == "self.tr" else parts))


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_texts_are_literals_and_found_where_the_window_looks(
    source: Path, chinese: dict[Message, str]
) -> None:
    if source.name in ("translation.py", "errors.py"):
        return  # they translate what others marked
    for line, message in texts_to_translate(source):
        assert message in chinese, f"{source}:{line}"


def marks(text: str) -> Counter[str]:
    return Counter(re.findall(r"\{[^}]*\}|%\w|</?\w+>|&\w+;|&|\n|\*\.\w+", text))


def test_every_translation_is_complete_and_has_the_same_placeholders(
    chinese: dict[Message, str],
) -> None:
    for message, translation in chinese.items():
        assert translation.strip(), message
        assert marks(translation) == marks(message.source), message


def test_what_is_compiled_is_what_was_translated(chinese: dict[Message, str]) -> None:
    translator = QTranslator()
    assert translator.load(str(resource_path("translations/cnngui_zh_CN.qm")))
    compiled = {message: translator.translate(*message) for message in chinese}
    assert compiled == chinese, "type: make translations"


@pytest.mark.parametrize(
    ("choice", "desktop", "spoken"),
    [
        ("system", ["zh-Hans-CN", "zh-CN", "zh"], "zh_CN"),
        ("system", ["zh_CN"], "zh_CN"),
        ("system", ["en-GB", "zh-CN"], "en"),
        ("system", ["de-DE", "de", "zh-CN"], "zh_CN"),
        ("system", ["de-DE"], "en"),
        ("system", ["C"], "en"),
        ("system", [], "en"),
        ("en", ["zh-CN"], "en"),
        ("zh_CN", ["en-US"], "zh_CN"),
    ],
)
def test_the_desktop_decides_unless_the_user_does(
    choice: Language, desktop: list[str], spoken: Language
) -> None:
    assert spoken_language(choice, desktop) == spoken


def test_the_language_is_remembered_and_nonsense_counts_as_not_set(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    settings = Settings(path)
    settings.language = "zh_CN"
    settings.sync()
    assert Settings(path).language == "zh_CN"
    other = tmp_path / "b.json"
    other.write_text('{"language": "klingon"}')
    assert Settings(other).language == "system"


def test_names_from_parts_without_qt_are_translated(
    in_chinese: None, chinese: dict[Message, str]
) -> None:
    for words in (
        SourceAddress("sample").label,
        *(preset.title for preset in PRESETS),
        *(preset.summary for preset in PRESETS),
    ):
        assert translated(words) == chinese[Message("FromBelow", words)]
    assert translated("holiday.mp4") == "holiday.mp4"


def test_shortcuts_are_the_same_keys_in_chinese(driver: Driver, in_chinese: None) -> None:
    before = {
        info.id: driver.action(info.id).shortcuts()
        for group in action_groups()
        for info in group.actions
    }
    in_chinese_too = Driver(driver.qtbot, driver.settings)
    for name, keys in before.items():
        assert in_chinese_too.action(name).shortcuts() == keys, name
    in_chinese_too.window.close()


def language_choice(driver: Driver, name: str) -> QAction:
    menus = driver.window.findChildren(QMenu)
    return next(action for menu in menus for action in menu.actions() if plain_text(action) == name)


def test_another_language_waits_for_the_next_start_and_says_so(driver: Driver) -> None:
    driver.settings.language = "en"
    fresh = Driver(driver.qtbot, driver.settings)
    language_choice(fresh, "中文").trigger()
    assert fresh.settings.language == "zh_CN"
    assert "中文" in fresh.notice
    assert fresh.action("freeze").text() == "Freeze"
    language_choice(fresh, "English").trigger()
    assert fresh.settings.language == "en"
    assert fresh.notice == ""
    fresh.window.close()


def test_the_notice_is_in_the_language_chosen(in_chinese: None) -> None:
    text = "cnngui will be in English when it is started the next time."
    assert said_in("en", "Preferences", text) == text
    assert "中文" in said_in("zh_CN", "Preferences", text)


def test_the_window_starts_in_the_language_remembered(tmp_path: Path) -> None:
    path = tmp_path / "cnngui.json"
    path.write_text('{"language": "zh_CN"}')
    program = f"""
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QToolButton
from cnngui.terminal.cli import parse_arguments
from cnngui.gui import crashes, start
from cnngui.gui.settings import Settings

class Window(start.MainWindow):
    def show(self):
        text = self.findChild(QToolButton, "button_freeze").text()
        sys.stdout.buffer.write(text.encode())
        super().show()
        QTimer.singleShot(0, self.close)

start.MainWindow = Window
start.Settings = lambda: Settings(Path({str(path)!r}))
start.open_log = lambda: None
sys.exit(start.run_window(parse_arguments([])))
"""
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, timeout=60)
    assert ran.returncode == 0, ran.stderr.decode()
    assert ran.stdout.decode() == "定格"


def words_of(widget: QWidget) -> Iterator[str]:
    """Return what a widget says or would say when asked."""
    yield from (widget.toolTip(), widget.accessibleName(), widget.accessibleDescription())
    yield from (
        text for action in widget.actions() for text in (plain_text(action), action.toolTip())
    )
    if isinstance(widget, QLabel | QAbstractButton):
        yield widget.text()
    if isinstance(widget, QTabBar):
        yield from (widget.tabText(place) for place in range(widget.count()))
    if isinstance(widget, QComboBox):
        yield from (widget.itemText(place) for place in range(widget.count()))
    if isinstance(widget, QMenu):
        yield widget.title()
    if isinstance(widget, QToolBar):
        yield widget.windowTitle()
    if isinstance(widget, QLineEdit):
        yield widget.placeholderText()


def test_no_english_is_left_in_the_window(
    in_chinese: None, qtbot: QtBot, settings: Settings
) -> None:
    settings.language = "zh_CN"
    driver = Driver(qtbot, settings)
    driver.wait_for_maps()
    known = {*KEYS, *ENGLISH_FOR_ALL, *LAYER_TYPES, *map(str.capitalize, SEQUENTIAL)}
    for layer_type in LAYER_TYPES.values():
        for name, argument in arguments_of(layer_type).items():
            known.update([name, "same", "valid", *argument.choices])
    for layer_id in ("input", "conv1"):
        driver.document.select(layer_id)
        driver.wait(lambda: driver.result.view.layer_id == driver.document.selected_id)
    driver.action("shortcuts").trigger()
    driver.action("training").trigger()
    tabs = driver.window.findChild(QTabBar, "training_tabs")
    assert isinstance(tabs, QTabBar)
    for place in range(tabs.count()):
        tabs.setCurrentIndex(place)
    driver.wait(lambda: driver.window.findChild(ResultsPage) is not None)
    known.update(layer.id for layer in driver.document.spec.layers)
    left = {
        (type(widget).__name__, text)
        for widget in driver.window.findChildren(QWidget)
        for text in words_of(widget)
        if not set(re.findall(r"[A-Za-z_][A-Za-z_0-9]+", re.sub(r"<[^>]*>|&\w+;|&", "", text)))
        <= known
    }
    driver.window.close()
    assert not left
