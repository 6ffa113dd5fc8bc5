import dataclasses
import json
import multiprocessing
import os
import stat
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PySide6.QtCore import QByteArray
from PySide6.QtWidgets import QSplitter, QWidget
from pytestqt.qtbot import QtBot

from cnngui.featuremaps.colormaps import DIVERGING
from cnngui.gui.settings import Pace, Settings
from cnngui.gui.settings.file import MAX_BYTES
from cnngui.gui.settings.layout import restore_sizes, splitter_sizes
from cnngui.gui.settings.schema import SCHEMA
from cnngui.pipeline.training.settings import TrainingSettings

WRONG: dict[str, object] = {
    "theme": "purple",
    "language": 5,
    "colormap/sequential": "grey\ud800",
    "colormap/diverging": [],
    "colormap/clips": "yes",
    "save_folder": "not/absolute",
    "collection": "/a\0b",
    "snapshot_layers": "some",
    "samples/rate": 0,
    "samples/burst": -1,
    "samples/countdown": "soon",
    "camera/width": -3,
    "camera/height": 10**400,
    "camera/rate": float("nan"),
    "camera/mirror": "perhaps",
    "threads": 1.5,
    "recent_sources": {"a": 1},
    "recent_networks": ["", 7, None, "x" * 5000, "\ud800", "\x1b[31m"],
    "recent_data": "sample",
    "session/source": "",
    "session/network": 7,
    "session/data": "a\x1bb",
    "session/data_is_own": "yes",
    "training": [1, 2],
    "window/training_shown": 1,
    "window/geometry": "17!",
    "window/left": [1],
    "window/columns": [1, 2**31],
    "window/rows": [1, "2"],
}

PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**40), 10**40)
    | st.floats()
    | st.text(st.characters(), max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=8,
)

# What Qt's own reader makes a Python object of, or takes all memory for.
PICKLED = (
    r"theme=@Variant(\0\0\0\x7f\0\0\0\x18PySide::PyObjectWrapper\0\0\0\0\x31\x80\x4\x95&\0\0\0"
    r"\0\0\0\0\x8c\bbuiltins\x94\x8c\x5print\x94\x93\x94\x8c\tUNPICKLED\x94\x85\x94R\x94.)"
)
ENDLESS = r"theme=@Variant(\0\0\0\x9\x7f\xff\xff\xff)"


def read_everything(settings: Settings) -> dict[str, object]:
    return {
        name: getattr(settings, name)
        for name, value in vars(Settings).items()
        if isinstance(value, property) and name != "folder"
    } | {name: settings.part_sizes(name) for name in ("left", "columns", "rows")}


def filled(path: Path, folder: Path) -> Settings:
    settings = Settings(path)
    settings.theme = "dark"
    settings.language = "zh_CN"
    settings.colormaps = ("magma", DIVERGING[0])
    settings.clips_colours = False
    settings.save_folder = folder
    settings.collection = folder / "collection"
    settings.snapshot_layers = "shown"
    settings.pace = Pace(rate=12, burst=20, countdown=3)
    settings.camera_size = (640, 480)
    settings.camera_rate = 15.0
    settings.mirror = True
    settings.threads = 3
    settings.add_recent_source("camera:desk")
    settings.add_recent_network(folder / "a.json")
    settings.add_recent_data(str(folder))
    settings.last_source = "camera:desk"
    settings.last_network = str(folder / "a.json")
    settings.last_data = str(folder), True
    settings.training = dataclasses.replace(TrainingSettings(), epochs=7)
    settings.training_shown = True
    settings.geometry = QByteArray(b"\0\1\2")
    settings.save_part_sizes("left", [300, 100])
    settings.save_part_sizes("columns", [200, 600, -1])
    settings.save_part_sizes("rows", [500, 0])
    return settings


def test_what_is_set_is_there_again(tmp_path: Path) -> None:
    first = filled(tmp_path / "a.json", tmp_path)
    first.sync()
    again = Settings(tmp_path / "a.json")
    assert read_everything(again) == read_everything(first)
    assert again.theme == "dark"
    assert again.recent_sources == ["camera:desk"]
    assert (again.last_source, again.last_data) == ("camera:desk", (str(tmp_path), True))
    assert again.pace == Pace(rate=12, burst=20, countdown=3)
    assert again.training.epochs == 7
    assert again.geometry == QByteArray(b"\0\1\2")
    assert json.loads((tmp_path / "a.json").read_text()).keys() <= SCHEMA.keys()


def test_recent_ones_come_first_once_and_are_bounded(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "a.json")
    for number in (*range(20), 15):
        settings.add_recent_source(f"camera:{number}")
    assert settings.recent_sources[:3] == ["camera:15", "camera:19", "camera:18"]
    assert len(settings.recent_sources) == 8


def test_every_key_has_a_wrong_value_here() -> None:
    assert WRONG.keys() == SCHEMA.keys()


def test_values_of_the_wrong_kind_count_as_not_set(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(WRONG))
    nothing = Settings(tmp_path / "absent.json")
    assert read_everything(Settings(path)) == read_everything(nothing)


@pytest.mark.parametrize("key", SCHEMA)
@given(value=PLAIN)
@hypothesis_settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_one_bad_key_spoils_no_other(tmp_path: Path, key: str, value: Any) -> None:
    path = tmp_path / "a.json"
    if not path.exists():
        filled(path, tmp_path).sync()
    values = json.loads(path.read_text())
    other = tmp_path / "b.json"
    other.write_text(json.dumps(values | {key: value}))
    read_everything(Settings(other))
    again = Settings(other)
    again.add_recent_source("sample")
    again.sync()
    written = json.loads(other.read_text())
    for name in SCHEMA.keys() - {key, "recent_sources"}:
        assert written[name] == values[name]


def test_damage_to_a_line_of_the_file_costs_that_key_only(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    filled(path, tmp_path).sync()
    lines = path.read_text().splitlines()
    for damage in ('"the\x00me": }', '"theme": ' + "[" * 100_000, '"theme": ' + "9" * 5_000):
        broken = [damage if '"theme"' in line else line for line in lines]
        path.write_text("\n".join(broken))
        settings = Settings(path)
        assert settings.theme == "system"
        assert settings.language == "zh_CN"
        assert settings.pace == Pace(rate=12, burst=20, countdown=3)


@pytest.mark.parametrize("name", ["rubbish.json", "rubbish.ini"])
@given(content=st.binary(max_size=400))
@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_rubbish_can_be_read_and_written_over(
    tmp_path: Path, name: str, content: bytes
) -> None:
    (tmp_path / "rubbish.json").unlink(missing_ok=True)
    (tmp_path / name).write_bytes(content)
    path = tmp_path / "rubbish.json"
    settings = Settings(path)
    read_everything(settings)
    settings.add_recent_source("sample")
    settings.theme = "light"
    settings.sync()
    assert Settings(path).theme == "light"


@pytest.mark.parametrize("place", ["folder", "missing/deep", "blocked/a.json"])
def test_a_place_that_cannot_be_written_costs_only_the_settings(tmp_path: Path, place: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "blocked").write_text("a file where a folder would have to be")
    settings = Settings(tmp_path / place)
    settings.theme = "dark"
    settings.sync()
    assert settings.theme == "dark"


def test_old_settings_are_taken_over(tmp_path: Path) -> None:
    ini = tmp_path / "cnngui.ini"
    ini.write_text(
        "[General]\n"
        "theme=dark\n"
        'recent_sources=camera:desk, "http://me:secret@host/a,b", @@x\n'
        f"save_folder={tmp_path}\n"
        'training="{\\"epochs\\": 9}"\n'
        "threads=2\n"
        "[camera]\nmirror=true\nwidth=640\nheight=480\nrate=12.5\n"
        "[colormap]\nsequential=magma\n"
        "[window]\ngeometry=@ByteArray(\\0\\1)\ntraining_shown=true\n"
    )
    path = tmp_path / "cnngui.json"
    settings = Settings(path)
    assert settings.theme == "dark"
    assert settings.recent_sources == ["camera:desk", "http://me:secret@host/a,b", "@x"]
    assert settings.save_folder == tmp_path
    assert settings.training.epochs == 9
    assert settings.threads == 2
    assert settings.camera_size == (640, 480)
    assert settings.camera_rate == 12.5
    assert settings.mirror
    assert settings.colormaps == ("magma", "")
    assert settings.training_shown
    assert settings.geometry.isEmpty()
    settings.theme = "light"
    settings.sync()
    ini.unlink()
    assert Settings(path).threads == 2


@pytest.mark.parametrize("line", [PICKLED, ENDLESS, "theme=" + "9" * 10_000])
@pytest.mark.parametrize("name", ["cnngui.ini", "cnngui.json"])
def test_no_file_makes_objects_or_takes_memory(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str, name: str
) -> None:
    (tmp_path / name).write_text(f"[General]\n{line}\nlanguage=zh_CN\n")
    settings = Settings(tmp_path / "cnngui.json")
    read_everything(settings)
    assert settings.theme == "system"
    assert settings.language == ("zh_CN" if name.endswith("ini") else "system")
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("name", ["cnngui.ini", "cnngui.json"])
def test_of_a_huge_file_no_more_is_read_than_settings_can_be(tmp_path: Path, name: str) -> None:
    with (tmp_path / name).open("wb") as file:
        file.truncate(2**40)
    settings = Settings(tmp_path / "cnngui.json")
    assert settings.theme == "system"
    settings.theme = "dark"
    settings.sync()
    assert Settings(tmp_path / "cnngui.json").theme == "dark"
    assert (tmp_path / "cnngui.json").stat().st_size < MAX_BYTES


def test_the_longest_values_of_all_keys_can_be_read_again(tmp_path: Path) -> None:
    settings = filled(tmp_path / "a.json", tmp_path)
    for number in range(8):
        text = f"{number}" + "\U0001f600" * 4_095
        settings.add_recent_source(text)
        settings.add_recent_data(text)
        settings.add_recent_network(Path(text))
    settings.sync()
    assert read_everything(Settings(tmp_path / "a.json")) == read_everything(settings)
    assert len(settings.recent_sources) == 8


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such modes")
def test_only_the_user_may_read_the_file(tmp_path: Path) -> None:
    folder = tmp_path / "settings"
    folder.mkdir(mode=0o755)
    ini = folder / "a.ini"
    ini.write_text("[General]\ntheme=dark\n")
    settings = Settings(folder / "a.json")
    settings.add_recent_source("rtsp://me:secret@host/a")
    settings.sync()
    for path in folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_two_windows_keep_what_each_of_them_changed(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    one, other = Settings(path), Settings(path)
    one.theme = "dark"
    one.add_recent_source("camera:1")
    other.threads = 2
    other.add_recent_source("camera:2")
    one.sync()
    other.sync()
    one.mirror = True
    one.sync()
    both = Settings(path)
    assert (both.theme, both.threads, both.mirror) == ("dark", 2, True)
    assert both.recent_sources == ["camera:2", "camera:1"]
    assert one.threads == 2


def _add_many(path: Path, name: str) -> None:
    for number in range(4):
        settings = Settings(path)
        settings.add_recent_source(f"{name}{number}")
        settings.sync()


def test_two_processes_at_once_lose_nothing(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    path = tmp_path / "a.json"
    processes = [context.Process(target=_add_many, args=(path, name)) for name in ("a", "b")]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
        assert process.exitcode == 0
    kept = Settings(path).recent_sources
    assert sorted(kept) == sorted(f"{name}{number}" for name in "ab" for number in range(4))


def test_splitters_are_divided_again_as_they_were(qtbot: QtBot) -> None:
    def splitter() -> QSplitter:
        made = QSplitter()
        qtbot.addWidget(made)
        for _ in range(3):
            made.addWidget(QWidget())
        made.resize(620, 100)
        made.show()
        qtbot.waitExposed(made)
        return made

    first, second = splitter(), splitter()
    first.setSizes([100, 200, 300])
    first.widget(2).hide()
    sizes = splitter_sizes(first)
    restore_sizes(second, sizes)
    assert second.sizes()[:2] == pytest.approx([100, 200], abs=10)
    assert second.sizes()[2] > 200
    restore_sizes(second, [1, 2])
    restore_sizes(second, [])
    restore_sizes(second, [-1, 100_000, 100_000])
    assert second.width() == 620


@given(content=st.binary(min_size=1, max_size=256))
@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_damaged_place_of_the_window_does_no_harm(
    qtbot: QtBot, tmp_path: Path, content: bytes
) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    state = bytearray(widget.saveGeometry().data())
    start = content[0] % len(state)
    state[start : start + len(content)] = content
    settings = Settings(tmp_path / "a.json")
    settings.geometry = QByteArray(bytes(state[:256]))
    widget.restoreGeometry(settings.geometry)
    assert widget.width() < 100_000


def test_no_part_of_the_program_lets_qt_read_settings() -> None:
    sources = (Path(__file__).resolve().parents[2] / "cnngui").rglob("*.py")
    assert not [path for path in sources if "QSettings" in path.read_text("utf-8")]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
@pytest.mark.parametrize("name", ["cnngui.json", "cnngui.ini", "cnngui.lock"])
def test_a_pipe_in_the_place_of_the_file_is_not_waited_for(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / name)
    settings = Settings(tmp_path / "cnngui.json")
    read_everything(settings)
    settings.theme = "dark"
    settings.sync()
    assert settings.theme == "dark"


def test_a_user_without_a_home_has_settings_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", nobody)
    for name in ("XDG_CONFIG_HOME", "APPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    settings = Settings()
    assert settings.folder.is_relative_to(tmp_path)
    assert settings.save_folder.is_absolute()
    settings.theme = "dark"
    settings.sync()
    assert Settings().theme == "dark"
