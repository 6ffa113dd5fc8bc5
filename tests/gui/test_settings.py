from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PySide6.QtCore import QByteArray

from cnngui.gui.settings import Pace, Settings

WRONG = {
    "theme": "purple",
    "save_folder": "not/absolute",
    "threads": "many",
    "camera/width": "-3",
    "camera/height": "480",
    "camera/rate": "nan",
    "camera/mirror": "perhaps",
    "recent_sources": "@Variant(rubbish)",
    "collection": "not/absolute",
    "samples/rate": "0",
    "samples/burst": "-1",
    "samples/countdown": "soon",
    "window/geometry": "17",
}


def read_everything(settings: Settings) -> tuple[object, ...]:
    return (
        settings.theme,
        settings.save_folder,
        settings.camera_size,
        settings.camera_rate,
        settings.mirror,
        settings.threads,
        settings.recent_sources,
        settings.recent_networks,
        settings.recent_data,
        settings.collection,
        settings.pace,
        settings.window_state("geometry"),
    )


def test_what_is_set_is_there_again(tmp_path: Path) -> None:
    first = Settings(tmp_path / "a.ini")
    first.theme = "dark"
    first.save_folder = tmp_path
    first.camera_size = (640, 480)
    first.camera_rate = 15.0
    first.mirror = True
    first.threads = 3
    first.add_recent_source("camera:desk")
    first.add_recent_data(str(tmp_path))
    first.collection = tmp_path / "collection"
    first.pace = Pace(rate=12, burst=20, countdown=3)
    first.save_window_state("geometry", QByteArray(b"\0\1\2"))
    first.sync()
    again = Settings(tmp_path / "a.ini")
    assert read_everything(again) == read_everything(first)
    assert again.theme == "dark"
    assert again.recent_sources == ["camera:desk"]
    assert again.recent_data == [str(tmp_path)]
    assert again.collection == tmp_path / "collection"
    assert again.pace == Pace(rate=12, burst=20, countdown=3)
    assert again.window_state("geometry") == QByteArray(b"\0\1\2")


def test_recent_ones_come_first_once_and_are_bounded(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "a.ini")
    for number in (*range(20), 15):
        settings.add_recent_source(f"camera:{number}")
    assert settings.recent_sources[:3] == ["camera:15", "camera:19", "camera:18"]
    assert len(settings.recent_sources) == 8


# Qt says itself that it met rubbish.
@pytest.mark.qt_log_ignore("Trying to construct", extend=True)
def test_values_of_the_wrong_kind_count_as_not_set(tmp_path: Path) -> None:
    path = tmp_path / "a.ini"
    lines = [f"{key.replace('/', chr(92))}={value}" for key, value in WRONG.items()]
    path.write_text("\n".join(["[General]", *lines]))
    settings = Settings(path)
    assert settings.theme == "system"
    assert settings.save_folder.is_absolute()
    assert settings.camera_size == (0, 0)
    assert settings.camera_rate == 0.0
    assert settings.threads == 0
    assert settings.collection.is_relative_to(settings.save_folder)
    assert settings.pace == Pace(rate=1)
    assert not settings.mirror
    assert settings.window_state("geometry").isEmpty()


@pytest.mark.no_qt_log
@given(content=st.binary(max_size=400))
@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_rubbish_can_be_read_and_written_over(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "rubbish.ini"
    path.write_bytes(content)
    settings = Settings(path)
    read_everything(settings)
    settings.add_recent_source("sample")
    settings.theme = "light"
    settings.sync()
    assert settings.theme == "light"


@pytest.mark.parametrize("place", ["folder", "missing/deep"])
def test_a_place_that_cannot_be_written_costs_only_the_settings(tmp_path: Path, place: str) -> None:
    (tmp_path / "folder").mkdir()
    settings = Settings(tmp_path / place)
    settings.theme = "dark"
    settings.sync()
    assert settings.theme == "dark"
