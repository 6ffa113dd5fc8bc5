"""What a URL tells of its user is told to nobody else: not printed, not written, not shown."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cnngui.app import main
from cnngui.engine import parallel
from tests.capture.mjpeg_server import MjpegServer

FRAMES = [np.full((48, 64, 3), value, np.uint8) for value in (40, 80, 120)]


@pytest.fixture(autouse=True)
def _no_helping_threads():
    yield
    parallel.shutdown()


def said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """Return all that was printed, and the content of every file that is text."""
    files = [path for path in tmp_path.rglob("*") if path.suffix in (".json", ".txt", ".log")]
    printed = capsys.readouterr()
    return printed.out + printed.err + "".join(path.read_text() for path in files)


def test_a_stream_that_plays_tells_no_password(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with MjpegServer(FRAMES) as server:
        url = server.url.replace("http://", "http://me:secret@") + "?token=secret&x=1"
        line = ("--source", url, "--frames", "3", "--snapshot", tmp_path)
        assert main(list(map(str, ("--headless", *line, "--report", tmp_path / "r.json")))) == 0
    words = said(tmp_path, capsys)
    assert "secret" not in words
    assert "***" in words


@pytest.mark.parametrize(
    "url",
    [
        "http://me:secret@127.0.0.1:1/x",
        "rtsp://me:secret@127.0.0.1:1/x",
        "rtsp://me:sec@secret/ret@127.0.0.1:1/x",
        "http://me:secret@[::bad/x",
        "ftp://me:secret@host/x",
        "http://127.0.0.1:1/x?password=secret",
    ],
)
def test_a_stream_that_fails_tells_no_password(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], url: str
) -> None:
    assert main(["--headless", "--source", url, "--frames", "1"]) == 2
    words = said(tmp_path, capsys)
    assert "secret" not in words
    assert len(words.splitlines()) == 1


def test_arguments_that_are_refused_tell_no_password(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--sorce", "http://me:secret@host/\x1b[31m"]) == 2
    words = capsys.readouterr().err
    assert "secret" not in words
    assert "\x1b" not in words
