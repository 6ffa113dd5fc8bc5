"""Streams from servers with the faults of real ones: what can be had is had, and nothing hangs."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from cnngui.capture import ffmpeg, mjpeg, opening
from cnngui.capture.address import parse_address
from cnngui.capture.deadline import StoppedError
from cnngui.capture.opening import DEVICE_DEFAULT, open_source
from cnngui.capture.source import OPEN_TIMEOUT_S, READ_TIMEOUT_S, Source
from cnngui.errors import SourceError
from tests.capture.faulty_server import BAD, CERTIFICATE, COUNT, DRIPS, FAULTS, FaultyServer
from tests.capture.media import number_of

TIMEOUT_S = 0.6
HANGS = sorted(set(DRIPS) - {"then_silent", "then_bad", "then_drips"})


@pytest.fixture
def server() -> Iterator[FaultyServer]:
    with FaultyServer() as running:
        yield running


@pytest.fixture(autouse=True)
def _short_timeouts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "OPEN_TIMEOUT_S", TIMEOUT_S)
    for module in (mjpeg, ffmpeg):
        monkeypatch.setattr(module, "READ_TIMEOUT_S", TIMEOUT_S)


def opened(url: str) -> Source:
    return open_source(parse_address(url))


def numbers(source: Source) -> tuple[list[int], list[str]]:
    """Read to the end; return what the frames show, and the warnings on the way."""
    found, warnings = [], []
    with source, pytest.raises(SourceError, match="a stream must go on, got its end"):  # noqa: PT012
        while True:
            found.append(number_of(source.read()))
            warnings += map(str, source.take_warnings())
    return found, warnings + list(map(str, source.take_warnings()))


def test_the_deadlines_are_those_that_are_promised() -> None:
    assert (OPEN_TIMEOUT_S, READ_TIMEOUT_S) == (10.0, 5.0)


@pytest.mark.parametrize("fault", FAULTS)
def test_what_can_be_read_is_read_in_order(server: FaultyServer, fault: str) -> None:
    found, warnings = numbers(opened(server.url(fault)))
    wanted = [index for index in range(COUNT) if FAULTS[fault][1] == COUNT or index != BAD]
    assert found == wanted
    # An empty part is no picture, so none is missing.
    bad = 0 if fault == "empty_part" else COUNT - len(wanted)
    assert len(warnings) == bad
    assert all("1 that cannot be read and were left out" in one for one in warnings)


@pytest.mark.parametrize("fault", HANGS)
def test_opening_has_one_deadline_for_everything(server: FaultyServer, fault: str) -> None:
    began = time.monotonic()
    with pytest.raises(SourceError, match=r"must|a stream must go on"):
        opened(server.url(fault))
    assert time.monotonic() - began < TIMEOUT_S + 0.5


@pytest.mark.parametrize(
    ("fault", "found"),
    [("then_silent", "silence"), ("then_drips", "only pieces"), ("then_bad", "cannot be read")],
)
def test_a_picture_has_a_deadline_whatever_else_is_sent(
    server: FaultyServer, fault: str, found: str
) -> None:
    with opened(server.url(fault)) as source:
        source.read()
        began = time.monotonic()
        rule = rf"must send a picture within 0\.6 s, got .*{found}"
        with pytest.raises(SourceError, match=rule):
            source.read()
        assert time.monotonic() - began < TIMEOUT_S + 0.3


def test_five_redirects_are_followed_and_not_six(server: FaultyServer) -> None:
    assert len(numbers(opened(server.url("redirects-4")))[0]) == COUNT
    with pytest.raises(SourceError, match="may send on 5 times, got more"):
        opened(server.url("redirects-6"))


def test_the_body_of_a_redirect_is_not_read(server: FaultyServer) -> None:
    assert len(numbers(opened(server.url("endless_redirect")))[0]) == COUNT


@pytest.mark.parametrize(
    "target", ["ftp://127.0.0.1:9/x", "file:///etc/passwd", "//[oops", "gopher:"]
)
def test_nothing_but_the_web_is_followed(server: FaultyServer, target: str) -> None:
    with pytest.raises(SourceError, match="may only send on to http and https"):
        opened(server.url(f"to-{target}"))


@pytest.mark.parametrize(
    "how",
    ["plain", "plain_old", "MD5", "MD5_old", "MD5-sess", "SHA-256", "SHA-256-sess", "MD5_stale"],
)
def test_digest_login(server: FaultyServer, how: str) -> None:
    url = server.url(f"digest-{how}", "cam:sec%3Aret@")
    assert len(numbers(opened(url))[0]) == COUNT
    assert not any(b"Basic" in request for request in server.requests)
    assert not any(b"sec" in request for request in server.requests)


@pytest.mark.parametrize("path", ["digest-MD5", "basic"])
def test_a_wrong_password_is_told_after_one_try(server: FaultyServer, path: str) -> None:
    with pytest.raises(SourceError, match=r"right name and password, .*, got HTTP 401") as caught:
        opened(server.url(path, "cam:wrong@"))
    assert "wrong" not in str(caught.value)
    assert len(server.requests) == 2


def test_a_login_is_not_told_to_another_server(server: FaultyServer) -> None:
    with FaultyServer() as other:
        target = other.url("basic")
        with pytest.raises(SourceError, match="HTTP 401"):
            opened(server.url(f"to-{target}", "cam:sec%3Aret@"))
        assert not any(b"Authorization" in request for request in other.requests)


def test_a_servers_words_steer_no_terminal(server: FaultyServer) -> None:
    with pytest.raises(SourceError, match="HTTP 500") as caught:
        opened(server.url("evil_reason"))
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("path", ["silent", "slow_chunk", "then_silent"])
def test_a_wait_ends_when_it_is_told_to(
    server: FaultyServer, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "OPEN_TIMEOUT_S", 60.0)
    monkeypatch.setattr(mjpeg, "READ_TIMEOUT_S", 60.0)
    stop = threading.Event()
    threading.Timer(0.3, stop.set).start()
    began = time.monotonic()
    address = parse_address(server.url(path))
    with pytest.raises(StoppedError):  # noqa: PT012
        source = open_source(address, DEVICE_DEFAULT, stop.is_set)
        with source:
            source.read()
            source.read()
    assert time.monotonic() - began < 1.5


# ------------------------------------------------------------------------------ encrypted


@pytest.fixture
def encrypted() -> Iterator[FaultyServer]:
    with FaultyServer(encrypted=True) as running:
        yield running


@pytest.mark.parametrize("fault", ["good", "chunked", "corrupt", "no_length"])
def test_an_encrypted_stream_is_read_all_the_same(
    encrypted: FaultyServer, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    assert len(numbers(opened(encrypted.url(fault)))[0]) == FAULTS[fault][1]


def test_a_redirect_may_lead_to_an_encrypted_server(
    server: FaultyServer, encrypted: FaultyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    found, _ = numbers(opened(server.url(f"to-{encrypted.url('good')}")))
    assert len(found) == COUNT


def test_a_server_that_nobody_vouches_for_is_refused(encrypted: FaultyServer) -> None:
    with pytest.raises(SourceError, match="got a certificate that cannot be trusted"):
        opened(encrypted.url("good"))
    assert encrypted.requests == []


def test_an_encrypted_server_that_keeps_silent_has_the_same_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()
        with pytest.raises(SourceError, match=r"must answer within 0\.6 s, got silence"):
            opened(f"https://127.0.0.1:{silent.getsockname()[1]}/")
        assert time.monotonic() - began < TIMEOUT_S + 0.5


def test_an_unknown_host_is_told() -> None:
    rule = r"must answer within .* got (an unknown host|silence)"
    for host in ("no-such-host.invalid", "x" * 70):
        with pytest.raises(SourceError, match=rule):
            opened(f"http://{host}/stream")


# ---------------------------------------------------------------------------- through a proxy


def through(proxy: FaultyServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(name, f"http://me:let%20me@127.0.0.1:{proxy.port}")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)


def test_the_proxy_that_the_environment_names_is_asked(
    server: FaultyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    through(server, monkeypatch)
    assert len(numbers(opened("http://camera.invalid:8080/good"))[0]) == COUNT
    (request,) = server.requests
    assert request.startswith(b"GET http://camera.invalid:8080/good HTTP/1.1\r\n")
    assert b"Proxy-Authorization: Basic bWU6bGV0IG1l\r\n" in request
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with FaultyServer() as other:
        assert len(numbers(opened(other.url("good")))[0]) == COUNT
    assert len(server.requests) == 1


def test_an_encrypted_stream_goes_through_the_proxy_unread(
    server: FaultyServer, encrypted: FaultyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    through(server, monkeypatch)
    assert len(numbers(opened(encrypted.url("good")))[0]) == COUNT
    assert [request.split()[0] for request in server.requests] == [b"CONNECT"]


def test_a_proxy_that_refuses_is_told(
    server: FaultyServer, encrypted: FaultyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    through(server, monkeypatch)
    monkeypatch.setattr(FaultyServer, "relay", lambda _, client, __: client.sendall(REFUSAL))
    with pytest.raises(SourceError, match="got HTTP 407 from the proxy"):
        opened(encrypted.url("good"))


REFUSAL = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
