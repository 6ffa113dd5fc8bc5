"""Asking a web server for a stream: HTTP/1.1 (RFC 9110, 9112), with one deadline for everything.

That is the look-up of the name, encryption, redirects and the login together. Redirects are
followed to http and https only, and what else an answer of that kind holds is not read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from cnngui.capture.connection import Connection
from cnngui.capture.deadline import Deadline
from cnngui.capture.http_body import Body, body_of
from cnngui.capture.http_login import Challenge, Login, challenges_of
from cnngui.capture.http_proxy import Proxy, proxy_for
from cnngui.capture.malformed import MalformedError, reason_of
from cnngui.errors import SourceError, text

MAX_HEADER_BYTES = 2**16
MAX_REDIRECTS = 5
_MAX_LOGINS = 2
_REDIRECTS = frozenset({301, 302, 303, 307, 308})

_STATUS = re.compile(r"(?:HTTP/\d\.\d|ICY)[ \t]+(\d{3})(?:[ \t]+.*)?")


@dataclass(eq=False)
class Answer:
    """An answer whose header was read, and whose body may be.

    Attributes
    ----------
    url : where it came from in the end, with the name and password that are due there.
    headers : by name in small letters; of several of a name the last one.
    challenges : how the server wants to be convinced, if it does.
    """

    url: str
    status: int
    headers: dict[str, str]
    challenges: list[Challenge]
    connection: Connection
    body: Body = field(init=False)
    _rest: bytes = b""

    def __post_init__(self) -> None:
        self.body = body_of(self.headers)

    @property
    def wants_newer_number(self) -> bool:
        """Whether a login was refused for the server's number in it alone."""
        return any(one.is_stale for one in self.challenges)

    def receive(self, deadline: Deadline) -> bytes | None:
        """Wait for the next piece of the body, which may be empty; None at its end.

        Raises
        ------
        OSError, TimeoutError, StoppedError, ValueError
        """
        rest, self._rest = self._rest, b""
        if self.body.is_whole:
            return None
        return self._taken(rest or self.connection.receive(deadline))

    def receive_now(self) -> bytes | None:
        """Return what has arrived of the body, without waiting; empty where nothing has.

        Raises
        ------
        OSError, ValueError
        """
        piece = self.connection.receive_now()
        return b"" if piece is None else self._taken(piece)

    def _taken(self, piece: bytes) -> bytes | None:
        if not piece or self.body.is_whole:
            return None
        return self.body.feed(piece)

    def close(self) -> None:
        """Hang up."""
        self.connection.close()


def ask(url: str, name: str, deadline: Deadline) -> Answer:
    """Ask a server for a URL, with the name and password that the URL may hold.

    Parameters
    ----------
    name : of the source, for people.

    Raises
    ------
    SourceError
        If nobody is there, the server refuses, or it did not answer by the deadline.
    """
    login = Login.of(urlsplit(url))
    authorization: str | None = None
    redirects, logins = 0, 0
    while True:
        answer = _asked(url, authorization, name, deadline)
        if 200 <= answer.status < 300:
            return answer
        answer.close()
        # A second time only where the server's number was too old, not name and password.
        may_try = logins == 0 or (logins < _MAX_LOGINS and answer.wants_newer_number)
        if answer.status == 401 and login is not None and may_try:
            authorization = login.answer(answer.challenges, "GET", _target(urlsplit(url)))
            logins += 1
            if authorization is not None:
                continue
        if answer.status in _REDIRECTS and "location" in answer.headers:
            redirects += 1
            if redirects > MAX_REDIRECTS:
                rule = text("may send on {most} times", most=MAX_REDIRECTS)
                raise SourceError(name, rule, text("more"))
            url, login = _sent_on(url, answer.headers["location"], login, name)
            authorization, logins = None, 0
            continue
        rule = text("must be there")
        if answer.status == 401:
            rule = text("must have the right name and password, as in http://name:password@camera")
        raise SourceError(name, rule, f"HTTP {answer.status}")


def _sent_on(url: str, location: str, login: Login | None, name: str) -> tuple[str, Login | None]:
    """Return where a redirect leads, with the login only if that is the same server."""
    before = urlsplit(url)
    try:
        after = urlsplit(urljoin(url, location))
        is_same = (after.scheme, after.hostname, after.port) == (
            before.scheme,
            before.hostname,
            before.port,
        )
    except ValueError:
        after, is_same = SplitResult("", "", "", "", ""), False
    if after.scheme not in ("http", "https") or not after.hostname:
        rule = text("may only send on to http and https")
        raise SourceError(name, rule, location)
    own = Login.of(after)
    if own is None and is_same and login is not None:
        host = after.netloc.rpartition("@")[2]
        user, password = quote(login.user, safe=""), quote(login.password, safe="")
        after = after._replace(netloc=f"{user}:{password}@{host}")
        own = login
    return after.geturl(), own


def _asked(url: str, authorization: str | None, name: str, deadline: Deadline) -> Answer:
    """Send one request and read the header of its answer."""
    parts = urlsplit(url)
    connection: Connection | None = None
    try:
        host = (parts.hostname or "").encode("idna").decode("ascii")
        encrypted = parts.scheme == "https"
        port = parts.port or (443 if encrypted else 80)
        place = f"{f'[{host}]' if ':' in host else host}:{port}"
        proxy = proxy_for(parts.scheme, place)
        connection = Connection(*(proxy.place if proxy else (host, port)), deadline)
        target = _target(parts)
        if encrypted:
            if proxy is not None:
                _tunnel(connection, place, proxy, deadline)
            connection.encrypt(host, deadline)
        elif proxy is not None:
            target = f"http://{place}{target}"
        lines = [
            f"GET {target} HTTP/1.1",
            f"Host: {place}",
            "User-Agent: cnngui",
            "Accept: multipart/x-mixed-replace, */*",
            "Accept-Encoding: identity",
            "Connection: close",
        ]
        if authorization is not None:
            lines.append(f"Authorization: {authorization}")
        if proxy is not None and not encrypted:
            lines += proxy.headers
        connection.send(("\r\n".join(lines) + "\r\n\r\n").encode(), deadline)
        return _read_header(url, connection, deadline)
    except BaseException as error:
        if connection is not None:
            connection.close()
        if isinstance(error, OSError | ValueError):
            rule = text("must answer within {seconds:g} s", seconds=deadline.seconds)
            raise SourceError(name, rule, reason_of(error)) from error
        raise


def _tunnel(connection: Connection, place: str, proxy: Proxy, deadline: Deadline) -> None:
    """Have a proxy pass on whatever is sent (RFC 9110, 9.3.6)."""
    lines = [f"CONNECT {place} HTTP/1.1", f"Host: {place}", *proxy.headers]
    connection.send(("\r\n".join(lines) + "\r\n\r\n").encode(), deadline)
    answer = _read_header("", connection, deadline)
    if not 200 <= answer.status < 300:
        raise MalformedError(text("HTTP {status} from the proxy", status=answer.status))


def _target(parts: SplitResult) -> str:
    """Return path and query as they go into a request: nothing in them may end its line."""
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?[]|")
    return f"{path}?{query}" if query else path


def _read_header(url: str, connection: Connection, deadline: Deadline) -> Answer:
    """Read up to the empty line, past the answers that only say that one will come."""
    received = b""
    while True:
        end = re.search(rb"\r?\n\r?\n", received)
        if end is None:
            if len(received) > MAX_HEADER_BYTES:
                raise MalformedError(
                    text("a header of more than {most} bytes", most=MAX_HEADER_BYTES)
                )
            piece = connection.receive(deadline)
            if not piece:
                raise MalformedError(text("its end"))
            received += piece
            continue
        status, fields = _parsed(received[: end.start()].decode("latin-1"))
        received = received[end.end() :]
        if 100 <= status < 200:
            continue
        answers = [value for name, value in fields if name == "www-authenticate"]
        challenges = challenges_of(answers)
        return Answer(url, status, dict(fields), challenges, connection, _rest=received)


def _parsed(header: str) -> tuple[int, list[tuple[str, str]]]:
    first, *lines = header.replace("\r\n", "\n").split("\n")
    found = _STATUS.fullmatch(first)
    if found is None:
        raise MalformedError(text("something else than HTTP"))
    fields: list[tuple[str, str]] = []
    for line in lines:
        name, colon, value = line.partition(":")
        if line[:1] in (" ", "\t") and fields:  # a long value goes on
            fields[-1] = (fields[-1][0], f"{fields[-1][1]} {line.strip()}")
        elif colon:
            fields.append((name.strip().lower(), value.strip()))
    return int(found[1]), fields
