"""An HTTP camera with the faults of real ones, on loopback.

with FaultyServer() as server:
    open_source(parse_address(server.url("corrupt")))

Every path is a fault; ``FAULTS`` lists those of streams that give pictures all the same. Frame i
shows the number i. What drips does so until the server is stopped.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import select
import socket
import socketserver
import ssl
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Self
from urllib.parse import unquote

from cnngui.images.opencv import cv2
from tests.capture.media import numbered

CERTIFICATE = Path(__file__).parent / "certificate.pem"
"""Of this server alone, with its key; nobody trusts it who is not told to."""

COUNT = 30
USER, PASSWORD = "cam", "sec:ret"


def jpeg(index: int) -> bytes:
    done, data = cv2.imencode(".jpg", numbered(index, 96, 32))
    assert done
    return data.tobytes()


FRAMES = [jpeg(index) for index in range(COUNT)]
BAD = 7
"""The number of the frame that is spoiled in some streams."""

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace"
TYPE = b"Content-Type: image/jpeg\r\n"


def parts(
    delimiter: bytes = b"--frame",
    length: Callable[[int, bytes], bytes | None] = lambda _, frame: b"%d" % len(frame),
    spoil: Callable[[int, bytes], bytes] = lambda _, frame: frame,
    between: bytes = b"\r\n",
    extra: Callable[[int], bytes] = lambda _: b"",
) -> bytes:
    """The body of a stream: every frame once."""
    body = b""
    for index, frame in enumerate(FRAMES):
        content = spoil(index, frame)
        told = length(index, content)
        head = TYPE + (b"" if told is None else b"Content-Length: " + told + b"\r\n") + extra(index)
        body += delimiter + b"\r\n" + head + b"\r\n" + content + between
    return body


def chunked(body: bytes, size: int = 1000, extension: bytes = b"") -> bytes:
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x%s\r\n%s\r\n" % (len(one), extension, one) for one in pieces)


def only(index: int, replaced: Callable[[bytes], bytes]) -> Callable[[int, bytes], bytes]:
    return lambda at, content: replaced(content) if at == index else content


def garbage(frame: bytes) -> bytes:
    return bytes((byte * 7 + 3) & 255 for byte in frame)


EDGE = b'; boundary="frame"\r\n\r\n'
NO_LENGTH: Callable[[int, bytes], None] = lambda _, __: None  # noqa: E731

FAULTS: dict[str, tuple[bytes, int]] = {
    # The whole answer, and how many of its frames can be had.
    "good": (HEAD + EDGE + parts(), COUNT),
    "corrupt": (HEAD + EDGE + parts(spoil=only(BAD, garbage)), COUNT - 1),
    "truncated": (HEAD + EDGE + parts(spoil=only(BAD, lambda one: one[:200])), COUNT - 1),
    "empty_part": (HEAD + EDGE + parts(spoil=only(BAD, lambda _: b"")), COUNT - 1),
    "no_length": (HEAD + EDGE + parts(length=NO_LENGTH), COUNT),
    "zero_length": (HEAD + EDGE + parts(length=lambda _, __: b"0"), COUNT),
    "negative_length": (HEAD + EDGE + parts(length=lambda _, __: b"-5"), COUNT),
    "huge_length": (HEAD + EDGE + parts(length=lambda _, __: b"99999999999"), COUNT),
    "length_too_short": (
        HEAD + EDGE + parts(length=lambda _, frame: b"%d" % (len(frame) // 2)),
        COUNT,
    ),
    "length_too_long": (
        HEAD + EDGE + parts(length=lambda _, frame: b"%d" % (len(frame) + 333)),
        COUNT,
    ),
    "other_boundary": (HEAD + b"; boundary=other\r\n\r\n" + parts(length=NO_LENGTH), COUNT),
    "no_boundary": (HEAD + b"\r\n\r\n" + parts(length=NO_LENGTH), COUNT),
    "dashes_told": (HEAD + b"; boundary=--frame\r\n\r\n" + parts(), COUNT),
    "dashes_missing": (HEAD + EDGE + parts(delimiter=b"frame"), COUNT),
    "no_newline_before": (HEAD + EDGE + parts(between=b""), COUNT),
    "bare_jpegs": (HEAD + b"\r\n\r\n" + b"".join(FRAMES), COUNT),
    "preamble": (HEAD + EDGE + b"This is a stream.\r\n" * 50 + parts(), COUNT),
    "mixed": (HEAD.replace(b"x-mixed-replace", b"mixed") + EDGE + parts(), COUNT),
    "long_part_header": (
        HEAD
        + EDGE
        + parts(extra=lambda at: b"X: " + b"y" * (20_000 if at == BAD else 1) + b"\r\n"),
        COUNT - 1,
    ),
    "icy": (b"ICY 200 OK\r\nContent-Type: multipart/x-mixed-replace" + EDGE + parts(), COUNT),
    "bare_newlines": (
        b"HTTP/1.0 200 OK\nContent-Type: multipart/x-mixed-replace;boundary=frame\n\n" + parts(),
        COUNT,
    ),
    "chunked": (
        HEAD + b"\r\nTransfer-Encoding: chunked" + EDGE[:0] + b"\r\n\r\n" + chunked(parts()),
        COUNT,
    ),
    "chunked_with_extensions": (
        HEAD + b"\r\nTransfer-Encoding: Chunked\r\n\r\n" + chunked(parts(), 77, b';a="b"'),
        COUNT,
    ),
    "folded_header": (HEAD + b";\r\n boundary=frame\r\n\r\n" + parts(), COUNT),
    "continue_first": (b"HTTP/1.1 100 Continue\r\n\r\n" * 3 + HEAD + EDGE + parts(), COUNT),
}


class FaultyServer:
    """Answers at ``url(path)`` until stopped.

    Attributes
    ----------
    requests : what was asked, as it came.
    asked : set with the first request.
    """

    def __init__(self, encrypted: bool = False) -> None:
        self.scheme = "https" if encrypted else "http"
        self.requests: list[bytes] = []
        self.asked = threading.Event()
        self.stopping = threading.Event()
        self._nonces = 0
        self._server = _Server(("127.0.0.1", 0), _handler_for(self))
        self.port = self._server.server_address[1]
        if encrypted:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(CERTIFICATE)
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )

    def url(self, path: str, login: str = "") -> str:
        return f"{self.scheme}://{login}127.0.0.1:{self.port}/{path}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()

    def relay(self, client: socket.socket, request: bytes) -> None:
        """Be a proxy between a client and the server that it names."""
        host, _, port = request.split()[1].decode().rpartition(":")
        with socket.create_connection((host, int(port))) as server:
            client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            ends = {client: server, server: client}
            while not self.stopping.is_set():
                for end in select.select(list(ends), [], [], 0.05)[0]:
                    data = end.recv(2**16)
                    if not data:
                        return
                    ends[end].sendall(data)

    def answer(self, path: str, request: bytes) -> tuple[bytes, bytes, float]:
        """What to send, what to send again and again after that, and how many seconds apart."""
        name, _, argument = path.partition("-")
        if name in FAULTS:
            return FAULTS[name][0], b"", 0.0
        match name:
            case "redirects":
                left = int(argument)
                return self._redirect(f"/redirects-{left - 1}" if left else "/good"), b"", 0.0
            case "endless_redirect":
                return b"HTTP/1.1 302 Found\r\nLocation: /good\r\n\r\n", b"z" * 2**16, 0.0
            case "to":
                return self._redirect(argument), b"", 0.0
            case "digest":
                return self._digest(argument, request), b"", 0.0
            case "basic":
                if b"Authorization: Basic Y2FtOnNlYzpyZXQ=\r\n" in request:
                    return FAULTS["good"][0], b"", 0.0
                return _refusal('Basic realm="x"'), b"", 0.0
            case "evil_reason":
                return b"HTTP/1.1 500 \x1b[31mBad\x07\r\n\r\n", b"", 0.0
        return DRIPS[name]

    def _redirect(self, location: str) -> bytes:
        head = f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n"
        return head.encode()

    def _digest(self, how: str, request: bytes) -> bytes:
        """Ask as ``how`` says: an algorithm, and perhaps "old" (no qop) or "stale"."""
        algorithm, _, option = how.partition("_")
        found = re.search(rb"(?i)authorization: digest (.*)\r\n", request)
        given = (
            dict(re.findall(r'(\w+)="?((?<==")[^"]*|[^",]+)"?', found[1].decode())) if found else {}
        )
        is_stale = option == "stale" and self._nonces < 2
        if given and digest_of(given) == given.get("response") and not is_stale:
            assert ("qop" in given) == (option != "old")
            return FAULTS["good"][0]
        self._nonces += 1
        qop = "" if option == "old" else ', qop="auth-int, auth"'
        stale = ", stale=TRUE" if given and is_stale else ""
        named = "" if algorithm == "plain" else f", algorithm={algorithm}"
        nonce = f"number{self._nonces}"
        return _refusal(
            f'Basic realm="cam", Digest realm="a \\"cam\\"", nonce="{nonce}", opaque="o,p"'
            f"{named}{qop}{stale}"
        )


def _refusal(challenge: str) -> bytes:
    return f"HTTP/1.1 401 No\r\nWWW-Authenticate: {challenge}\r\nContent-Length: 0\r\n\r\n".encode()


def digest_of(given: dict[str, str]) -> str:
    """Compute the answer that RFC 7616, 3.4.1 asks for, from what the client sent with it."""
    algorithm = given.get("algorithm", "MD5")
    new = hashlib.sha256 if algorithm.startswith("SHA-256") else hashlib.md5

    def hashed(text: str) -> str:
        return new(text.encode()).hexdigest()

    secret = hashed(f'{USER}:a "cam":{PASSWORD}')
    if algorithm.endswith("-sess"):
        secret = hashed(f"{secret}:{given['nonce']}:{given['cnonce']}")
    asked = hashed(f"GET:{given['uri']}")
    if "qop" in given:
        middle = f"{given['nonce']}:{given['nc']}:{given['cnonce']}:{given['qop']}"
    else:
        middle = given["nonce"]
    return hashed(f"{secret}:{middle}:{asked}")


_CHUNKED = HEAD + b"; boundary=frame\r\nTransfer-Encoding: chunked\r\n\r\n"
FIRST = b"--frame\r\n" + TYPE + b"\r\n" + FRAMES[0] + b"\r\n--frame\r\n"
DRIPS: dict[str, tuple[bytes, bytes, float]] = {
    "silent": (b"", b"", 0.0),
    "slow_header": (b"HTTP/1.1 200 OK\r\nX: ", b"y", 0.05),
    "endless_header": (b"HTTP/1.1 200 OK\r\n", b"X: " + b"y" * 4000 + b"\r\n", 0.0),
    "endless_continue": (b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.05),
    "slow_chunk": (_CHUNKED, b"0", 0.05),
    "endless_chunk_line": (_CHUNKED, b"1" * 4000, 0.0),
    "endless_trailers": (_CHUNKED + b"0\r\n", b"A: b\r\n", 0.05),
    "slow_part": (HEAD + EDGE + b"--frame\r\n" + TYPE + b"\r\n" + FRAMES[0][:99], b"z", 0.05),
    "slow_part_header": (HEAD + EDGE + b"--frame\r\n", b"X: y\r\n", 0.05),
    "endless_preamble": (HEAD + EDGE, b"x\r\n" * 9999, 0.0),
    "no_boundary_ever": (HEAD + b"\r\n\r\n", b"x\r\n" * 9999, 0.0),
    "only_bad": (HEAD + EDGE, b"--frame\r\n" + TYPE + b"Content-Length: 4\r\n\r\nnope\r\n", 0.01),
    "then_silent": (HEAD + EDGE + FIRST, b"", 0.0),
    "then_bad": (
        HEAD + EDGE + FIRST,
        b"--frame\r\n" + TYPE + b"Content-Length: 4\r\n\r\nnope\r\n",
        0.01,
    ),
    "then_drips": (
        HEAD + EDGE + FIRST + b"\r\n\xff\xd8",
        b"z",
        0.05,
    ),
}  # fmt: skip


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    block_on_close = True
    daemon_threads = False

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is no news."""


def _handler_for(owner: FaultyServer) -> type[socketserver.BaseRequestHandler]:
    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            request = b""
            while b"\r\n\r\n" not in request:
                try:
                    data = self.request.recv(4096)
                except OSError:
                    return
                if not data:
                    return
                request += data
            owner.requests.append(request)
            if request.startswith(b"CONNECT "):
                owner.relay(self.request, request)
                return
            owner.asked.set()
            target = unquote(request.split()[1].decode())
            if target.startswith("http://"):  # as a proxy is asked
                target = target.removeprefix("http://").partition("/")[2]
            path = target.removeprefix("/")
            first, again, pause_s = owner.answer(path, request)
            with contextlib.suppress(OSError):
                self.request.sendall(first)
                if path.partition("-")[0] in DRIPS and not again:
                    owner.stopping.wait()
                self.request.settimeout(0.2)
                while again and not owner.stopping.wait(pause_s):
                    self.request.sendall(again)

    return Handler
