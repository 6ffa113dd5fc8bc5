from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from cnngui.capture import ffmpeg, mjpeg, opening
from cnngui.capture.address import parse_address
from cnngui.capture.aside import is_anything_left_behind
from cnngui.capture.deadline import StoppedError
from cnngui.capture.opening import CLIP_FILES, open_source
from cnngui.capture.settings import CaptureSettings
from cnngui.capture.source import Source
from cnngui.errors import SourceError
from cnngui.resources import resource_path
from tests.capture.faulty_server import FaultyServer
from tests.capture.media import noise, number_of, numbered, read_all, write_video
from tests.capture.mjpeg_server import MjpegServer, encoded
from tests.capture.rtsp_server import RtspServer

TIMEOUT_S = 0.5


@pytest.fixture(autouse=True)
def _short_timeouts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "OPEN_TIMEOUT_S", TIMEOUT_S)
    for module in (mjpeg, ffmpeg):
        monkeypatch.setattr(module, "READ_TIMEOUT_S", TIMEOUT_S)


def opened(url: str, **settings: bool) -> Source:
    return open_source(parse_address(url), CaptureSettings(**settings))


def within(seconds: float, started: float) -> None:
    assert time.monotonic() - started < seconds


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port that accepts and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


# ------------------------------------------------------------------- MJPEG over HTTP


@pytest.mark.parametrize("with_length", [True, False])
def test_mjpeg_gives_what_was_sent_exactly_and_in_order(with_length: bool) -> None:
    frames = [noise(48, 64, seed) for seed in range(7)]
    with MjpegServer(frames, with_length=with_length) as server, opened(server.url) as source:
        assert (source.info.width, source.info.height) == (64, 48)
        assert (source.info.live, source.info.seekable) == (True, False)
        assert source.info.name == f"http://127.0.0.1:{server.port}/stream"
        for index in range(20):
            picture = source.read()
            np.testing.assert_array_equal(picture, frames[index % 7])
        assert not picture.flags.writeable
        with pytest.raises(SourceError, match="wound"):
            source.seek(0)


def test_mjpeg_with_jpeg_parts_of_changing_size() -> None:
    sizes = [(160, 64), (320, 240)]
    frames = [numbered(index, *size) for index, size in enumerate(sizes)]
    with MjpegServer(frames, suffix=".jpg") as server, opened(server.url) as source:
        for index in (0, 1, 0, 1):
            picture = source.read()
            assert picture.shape[1::-1] == sizes[index]
            assert number_of(picture) == index


def test_mjpeg_newest_only_skips_what_piled_up() -> None:
    frames = [numbered(index) for index in range(200)]
    with MjpegServer(frames, rate=200) as server, opened(server.url, newest_only=True) as source:
        source.read()
        server.wait_until_sent(60)  # the viewer is busy with something else
        newest = number_of(source.read())
        assert newest >= 59
        assert number_of(source.read()) > newest


@pytest.mark.parametrize("newest_only", [False, True])
def test_mjpeg_of_known_length_gives_its_pictures_before_its_end(newest_only: bool) -> None:
    parts = [encoded(numbered(index)) for index in range(3)]
    heads = [b"--edge\r\nContent-Length: %d\r\n\r\n" % len(part) for part in parts]
    body = b"".join(head + part for head, part in zip(heads, parts, strict=True))
    answer = answering("multipart/x-mixed-replace; boundary=edge", body, len(body))
    with answer as url, opened(url, newest_only=newest_only) as source:
        pictures = [number_of(source.read())]
        with pytest.raises(SourceError, match="a stream must go on"):  # noqa: PT012
            while True:
                pictures.append(number_of(source.read()))
    assert pictures[-1] == 2
    assert newest_only or pictures == [0, 1, 2]


def test_mjpeg_refused_hung_up_and_missing_are_told_in_bounded_time(silent_port: int) -> None:
    server = MjpegServer([noise(4, 4)]).start()
    server.stop()
    started = time.monotonic()
    with pytest.raises(SourceError, match=r"must answer.*refused"):
        opened(server.url)
    with pytest.raises(SourceError, match=r"must answer within 0.5 s, got silence"):
        opened(f"http://127.0.0.1:{silent_port}/")
    server.mode = "error"
    with server, pytest.raises(SourceError, match="404"):
        opened(server.url)
    within(4, started)


def test_mjpeg_that_falls_silent_is_told_in_bounded_time() -> None:
    with MjpegServer([noise(4, 4)], mode="hang") as server, opened(server.url) as source:
        source.read()
        started = time.monotonic()
        with pytest.raises(SourceError, match="silence"):
            source.read()
        within(3, started)


def test_mjpeg_that_breaks_off_in_a_picture_is_told_and_resumes_after_a_restart() -> None:
    frames = [noise(40, 40, seed) for seed in range(3)]
    server = MjpegServer(frames, mode="drop")
    with server, opened(server.url) as source:
        np.testing.assert_array_equal(source.read(), frames[0])
        np.testing.assert_array_equal(source.read(), frames[1])
        with pytest.raises(SourceError, match="a stream must go on"):
            source.read()
    server.mode = "serve"
    with server, opened(server.url) as source:
        np.testing.assert_array_equal(source.read(), frames[0])


def test_stopping_the_server_ends_the_stream_with_an_error() -> None:
    with MjpegServer([noise(4, 4)], rate=50) as server, opened(server.url) as source:
        source.read()
        server.stop()
        with pytest.raises(SourceError, match="must go on"):  # noqa: PT012
            for _ in range(1000):
                source.read()


def test_a_picture_of_the_stream_that_is_none_is_left_out_and_told() -> None:
    frames = [noise(4, 4, seed) for seed in range(2)]
    server = MjpegServer(frames)
    server.parts.insert(1, b"this is no picture")
    with server, opened(server.url) as source:
        np.testing.assert_array_equal(source.read(), frames[0])
        np.testing.assert_array_equal(source.read(), frames[1])
        (warning,) = source.take_warnings()
        assert "got 1 that cannot be read and were left out so far" in str(warning)
        assert source.take_warnings() == []


def test_name_and_password_are_sent_and_not_shown() -> None:
    with FaultyServer() as server:
        with opened(server.url("basic", "cam:sec%3Aret@")) as source:
            assert "cam" not in source.info.name
            assert "sec" not in source.info.name
        assert b"Authorization" not in server.requests[0]  # only to who asks for it


# ------------------------------------------------------------- the rest, through FFmpeg


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


def test_a_video_on_a_server_is_a_video(tmp_path: Path) -> None:
    write_video(tmp_path / "a.mp4", 20, "mp4v")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(tmp_path)))
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        with opened(f"http://127.0.0.1:{server.server_address[1]}/a.mp4") as source:
            assert (source.info.live, source.info.frame_count) == (False, 20)
            assert [number_of(picture) for picture in read_all(source)] == list(range(20))
            source.seek(0)
            assert number_of(source.read()) == 0
    finally:
        server.shutdown()
        server.server_close()


@contextlib.contextmanager
def answering(content_type: str, content: bytes, sent: int) -> Iterator[str]:
    """A web server that gives the same answer to all and hangs up after ``sent`` bytes of it."""
    head = (
        f"HTTP/1.0 200 OK\r\nContent-Type: {content_type}\r\nContent-Length: {len(content)}\r\n\r\n"
    )

    def answer() -> None:
        with contextlib.suppress(OSError):  # the listener was closed: the test is over
            while True:
                connection, _ = listener.accept()
                with connection, contextlib.suppress(OSError):
                    connection.recv(4096)
                    connection.sendall(head.encode() + content[:sent])

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/thing"
        with contextlib.suppress(OSError):  # only Linux wakes the accept by this
            listener.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def test_a_page_is_no_stream() -> None:
    page = b"<html>hello</html>"
    page_url = answering("text/html", page, len(page))
    with page_url as url, pytest.raises(SourceError, match=r"must answer .* as a stream"):
        opened(url)


def test_a_video_on_a_server_that_hangs_up_midway_is_told() -> None:
    clip = resource_path(CLIP_FILES[""]).read_bytes()
    with answering("video/webm", clip, len(clip) // 2) as url, opened(url) as source:
        assert source.info.frame_count == 250
        with pytest.raises(SourceError, match="must hold the 250 frames that it announces"):
            read_all(source)


@pytest.mark.parametrize("scheme", ["rtsp", "rtmp"])
def test_a_stream_server_that_refuses_or_hangs_is_told_in_bounded_time(
    scheme: str, silent_port: int, capfd: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        refusing = listener.getsockname()[1]
    started = time.monotonic()
    for port in (refusing, silent_port):
        with pytest.raises(SourceError, match=f"{scheme}://127.0.0.1:{port}/live"):
            opened(f"{scheme}://127.0.0.1:{port}/live")
    within(5, started)
    assert capfd.readouterr().err == ""


VIDEOS = Path(__file__).parent / "videos"


@pytest.fixture
def rtsp() -> Iterator[RtspServer]:
    with RtspServer((VIDEOS / "no-times.h264").read_bytes()) as server:
        yield server


def test_rtsp_is_read_and_its_silence_is_told_as_soon_as_promised(
    rtsp: RtspServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "OPEN_TIMEOUT_S", 10.0)
    monkeypatch.setattr(ffmpeg, "READ_TIMEOUT_S", 2.0)
    with opened(rtsp.url) as source:
        assert (source.info.live, source.info.width) == (True, 160)
        found = [number_of(source.read())]
        with pytest.raises(SourceError, match="must send a picture within 2 s, got silence"):  # noqa: PT012
            while True:
                began = time.monotonic()
                found.append(number_of(source.read()))
        within(2.5, began)
        assert found == list(range(found[0], found[0] + len(found)))
        assert len(found) > 40
    within(3.0, began)  # hanging up waits for nothing
    wait_for_ffmpeg()


def test_a_wait_for_rtsp_ends_when_it_is_told_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "OPEN_TIMEOUT_S", 60.0)
    stop = threading.Event()
    threading.Timer(0.3, stop.set).start()
    began = time.monotonic()
    with RtspServer(b"", silent=True) as server:
        with pytest.raises(StoppedError):
            open_source(parse_address(server.url), CaptureSettings(), stop.is_set)
        within(1.5, began)
        assert is_anything_left_behind()
    wait_for_ffmpeg()
    assert not is_anything_left_behind()


def wait_for_ffmpeg() -> None:
    """Wait until what was left behind has ended by itself."""
    for thread in threading.enumerate():
        if thread.name == "cnngui-ffmpeg":
            thread.join(10)
            assert not thread.is_alive()
