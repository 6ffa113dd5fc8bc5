"""The installed package finds what the checkout finds."""

from __future__ import annotations

import configparser
import importlib
import importlib.util
import os
import struct
import subprocess
import sys
import tarfile
import xml.etree.ElementTree as ElementTree
import zipfile
from pathlib import Path
from types import ModuleType

import pytest
from hatchling.build import build_sdist, build_wheel

from cnngui import resources

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def unpacked_wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    before = Path.cwd()
    os.chdir(ROOT)
    try:
        name = build_wheel(str(folder))
    finally:
        os.chdir(before)
    with zipfile.ZipFile(folder / name) as archive:
        archive.extractall(folder / "installed")
    return folder / "installed"


def test_wheel_holds_every_resource(unpacked_wheel: Path) -> None:
    committed = subprocess.run(
        ["git", "ls-files", "resources"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    names = committed.stdout.splitlines()
    if committed.returncode:  # an unpacked source archive has no history
        names = [str(path.relative_to(ROOT)) for path in (ROOT / "resources").rglob("*.*")]
    assert names
    for name in names:
        inside = unpacked_wheel / "cnngui" / "_resources" / Path(name).relative_to("resources")
        assert inside.read_bytes() == (ROOT / name).read_bytes()


def test_installed_package_finds_its_resources(unpacked_wheel: Path, tmp_path: Path) -> None:
    program = (
        "from cnngui.resources import resource_path; import cnngui;"
        "print(cnngui.__file__); print(resource_path('networks'))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(unpacked_wheel)},
        capture_output=True,
        text=True,
        check=True,
    )
    package, networks = answer.stdout.splitlines()
    assert Path(package).is_relative_to(unpacked_wheel)
    assert Path(networks) == unpacked_wheel / "cnngui" / "_resources" / "networks"


def test_the_wheel_says_what_it_is(unpacked_wheel: Path) -> None:
    (description,) = unpacked_wheel.glob("cnngui-*.dist-info")
    metadata = (description / "METADATA").read_text(encoding="utf-8")
    for line in (
        "Author: The cnngui founders",
        "License-Expression: MIT",
        "Classifier: Typing :: Typed",
        "Classifier: Natural Language :: Chinese (Simplified)",
    ):
        assert line in metadata.splitlines()
    entries = configparser.ConfigParser()
    entries.read(description / "entry_points.txt")
    (program,) = entries["console_scripts"].items()
    (windowed,) = entries["gui_scripts"].items()
    assert (program[0], windowed[0]) == ("cnngui", "cnnguiw")
    for _, target in (program, windowed):
        module, _, function = target.partition(":")
        assert callable(getattr(importlib.import_module(module), function))
    assert (unpacked_wheel / "cnngui" / "py.typed").is_file()


def test_the_wheel_brings_what_a_desktop_shows(unpacked_wheel: Path) -> None:
    (data,) = unpacked_wheel.glob("cnngui-*.data/data/share")
    desktop = configparser.ConfigParser(interpolation=None)
    desktop.optionxform = str  # type: ignore[method-assign,assignment]
    desktop.read(data / "applications" / "cnngui.desktop", encoding="utf-8")
    entry = desktop["Desktop Entry"]
    assert (entry["Type"], entry["Exec"], entry["Icon"]) == ("Application", "cnngui", "cnngui")
    assert entry["Comment[zh_CN]"]
    icons = data / "icons" / "hicolor"
    assert (icons / "scalable" / "apps" / "cnngui.svg").is_file()
    picture = (icons / "256x256" / "apps" / "cnngui.png").read_bytes()
    assert struct.unpack_from(">II", picture, 16) == (256, 256)
    about = ElementTree.parse(data / "metainfo" / "cnngui.metainfo.xml").getroot()
    assert about.findtext("launchable") == "cnngui.desktop"
    assert about.findtext("provides/binary") == "cnngui"
    assert about.findtext("project_license") == "MIT"


def test_the_source_archive_is_complete(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    committed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if committed.returncode:
        pytest.skip("an unpacked source archive has no history")
    monkeypatch.chdir(ROOT)
    with tarfile.open(tmp_path / build_sdist(str(tmp_path))) as archive:
        packed = {name.partition("/")[2] for name in archive.getnames()}
    assert {name for name in committed.stdout.split("\0") if name} <= packed


def test_unknown_resource_is_named() -> None:
    with pytest.raises(FileNotFoundError, match=r"networks/nothing\.json"):
        resources.resource_path("networks/nothing.json")


@pytest.fixture
def set_up() -> ModuleType:
    path = ROOT / "resources" / "setup" / "system_packages.py"
    spec = importlib.util.spec_from_file_location("system_packages", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_missing_libraries_are_named_by_package(
    set_up: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(set_up, "has_library", lambda name: name != "libxcb-cursor.so.0")
    monkeypatch.setattr(set_up, "FONT_FOLDERS", ())
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    assert set_up.missing_packages() == ["libxcb-cursor0", "fonts-dejavu-core"]


def test_a_chinese_desktop_gets_a_chinese_font(
    set_up: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(set_up, "has_library", lambda name: True)
    monkeypatch.setattr(set_up, "FONT_FOLDERS", (str(tmp_path),))
    (tmp_path / "DejaVuSans.ttf").touch()
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.delenv("LC_MESSAGES", raising=False)
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert set_up.missing_packages() == ["fonts-noto-cjk"]
    (tmp_path / "opentype").mkdir()
    (tmp_path / "opentype" / "NotoSansCJK-Regular.ttc").touch()
    assert set_up.missing_packages() == []
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    (tmp_path / "opentype" / "NotoSansCJK-Regular.ttc").unlink()
    assert set_up.missing_packages() == []


def test_the_line_to_type_is_printed_without_root(
    set_up: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(set_up.sys, "platform", "linux")
    monkeypatch.setattr(set_up, "missing_packages", lambda: ["libegl1", "libgl1"])
    monkeypatch.setattr(set_up.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(set_up.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(set_up.subprocess, "run", lambda *_, **__: pytest.fail("not root"))
    assert set_up.main([]) == 0
    assert "sudo apt-get install -y libegl1 libgl1" in capsys.readouterr().out


def test_a_library_that_is_not_there_is_seen(set_up: ModuleType) -> None:
    assert not set_up.has_library("libno-such-library-anywhere.so.9")
