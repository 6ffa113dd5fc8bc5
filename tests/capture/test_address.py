from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from cnngui.capture.address import SourceAddress, parse_address
from cnngui.errors import SourceError


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("sample", SourceAddress("sample")),
        ("sample:shapes", SourceAddress("sample", "shapes")),
        (" camera:0 ", SourceAddress("camera", "0")),
        ("camera:HD Webcam: C920", SourceAddress("camera", "HD Webcam: C920")),
        ("http://host:8080/a?b=c", SourceAddress("stream", "http://host:8080/a?b=c")),
        ("rtsp://user:pw@host/1", SourceAddress("stream", "rtsp://user:pw@host/1")),
    ],
)
def test_reads_what_people_type_and_writes_it_back(text: str, address: SourceAddress) -> None:
    assert parse_address(text) == address
    assert parse_address(str(address)) == address


def test_a_sample_that_is_not_there_is_told_beside_those_that_are() -> None:
    with pytest.raises(SourceError) as caught:
        parse_address("sample:cats")
    assert str(caught.value) == "sample:cats: must be one of sample, sample:shapes, sample:motions"


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.mp4", "video"), ("a.PNG", "image"), ("Füße 图.jpeg", "image"), ("noext", "video")],
)
def test_decides_by_the_kind_of_file(tmp_path: Path, name: str, kind: str) -> None:
    path = tmp_path / name
    path.touch()
    address = parse_address(str(path))
    assert address == SourceAddress(kind, str(path))
    assert address.label == name
    assert parse_address(str(address)) == address


def test_takes_a_folder_and_makes_paths_absolute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pictures.png").mkdir()
    monkeypatch.chdir(tmp_path)
    assert parse_address("pictures.png") == SourceAddress("folder", str(tmp_path / "pictures.png"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "camera:",
        "ftp://host/a",
        "http://",
        "http://host:port/",
        "rtsp://[::1",
        "/no/file",
    ],
)
def test_refuses_what_is_no_source(text: str) -> None:
    with pytest.raises(SourceError):
        parse_address(text)


def test_refuses_a_null_byte_and_a_name_of_endless_length() -> None:
    for text in ("a\0b", "a" * 10_000):
        with pytest.raises(SourceError):
            parse_address(text)


@pytest.mark.skipif(sys.platform != "linux", reason="names are text elsewhere")
def test_refuses_a_name_that_is_no_text(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.mp4"))
    path.write_bytes(b"a film")
    with pytest.raises(SourceError, match="must have a name that is text in UTF-8"):
        parse_address(str(path))
    with pytest.raises(SourceError, match="must be a URL"):
        parse_address(f"rtsp://host/{path.name}")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_refuses_a_pipe_which_could_block_for_ever(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")
    with pytest.raises(SourceError, match="pipe"):
        parse_address(str(tmp_path / "pipe.mp4"))


def test_label_keeps_the_password_to_itself() -> None:
    address = parse_address("http://me:secret@host:81/video?x=1")
    assert address.label == "http://host:81/video?x=1"
