"""An RTSP camera on loopback: H.264 over its own connection (RFC 2326, 10.12; RFC 6184).

with RtspServer(data) as server:
    open_source(parse_address(server.url))
"""

from __future__ import annotations

import base64
import contextlib
import re
import socket
import struct
import threading
from typing import Self

_MOST_BYTES = 1200


class RtspServer:
    """Sends the pictures of an H.264 stream once, ``rate`` a second, and then keeps silent.

    Parameters
    ----------
    stream : with start codes (ITU-T H.264, annex B).
    silent : says nothing at all, from the first moment.
    """

    def __init__(self, stream: bytes, rate: float = 50.0, silent: bool = False) -> None:
        self._units = [unit.rstrip(b"\0") for unit in re.split(b"\0\0\1", stream)[1:]]
        self._rate = rate
        self._silent = silent
        self.stopping = threading.Event()
        self.asked = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._threads: list[threading.Thread] = []
        self._connections: list[socket.socket] = []

    @property
    def url(self) -> str:
        return f"rtsp://127.0.0.1:{self.port}/live"

    def __enter__(self) -> Self:
        thread = threading.Thread(target=self._listen, name="rtsp server", daemon=True)
        thread.start()
        self._threads.append(thread)
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        for one in (self._listener, *self._connections):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        for thread in self._threads:
            thread.join(5)

    def _listen(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self._connections.append(connection)
                thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
                thread.start()
                self._threads.append(thread)

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            received = b""
            while not self.stopping.is_set():
                data = connection.recv(4096)
                if not data:
                    return
                self.asked.set()
                received += data
                while not self._silent and b"\r\n\r\n" in received:
                    request, _, received = received.partition(b"\r\n\r\n")
                    if b"RTSP/1.0" in request:
                        self._answer(connection, request.decode("latin-1"))

    def _answer(self, connection: socket.socket, request: str) -> None:
        method = request.split()[0].lstrip("$\0\1")
        number = re.search(r"CSeq: *(\d+)", request)
        lines = ["RTSP/1.0 200 OK", f"CSeq: {number[1] if number else 0}"]
        body = ""
        if method == "OPTIONS":
            lines.append("Public: DESCRIBE, SETUP, PLAY, TEARDOWN")
        elif method == "DESCRIBE":
            sets = [unit for unit in self._units if unit[0] & 0x1F in (7, 8)][:2]
            told = ",".join(base64.b64encode(unit).decode() for unit in sets)
            body = (
                "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=camera\r\nt=0 0\r\n"
                "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
                f"a=fmtp:96 packetization-mode=1;sprop-parameter-sets={told}\r\na=control:video\r\n"
            )
            lines += ["Content-Type: application/sdp", f"Content-Base: {self.url}/"]
        elif method == "SETUP":
            lines += ["Transport: RTP/AVP/TCP;unicast;interleaved=0-1", "Session: 1;timeout=60"]
        elif method == "PLAY":
            lines.append("Session: 1")
        lines.append(f"Content-Length: {len(body)}")
        connection.sendall(("\r\n".join(lines) + "\r\n\r\n" + body).encode())
        if method == "PLAY":
            self._play(connection)

    def _play(self, connection: socket.socket) -> None:
        sequence, pictures = 0, 0
        for unit in self._units:
            is_picture = unit[0] & 0x1F in (1, 5)
            payloads = _payloads(unit)
            for place, payload in enumerate(payloads):
                is_last = is_picture and place == len(payloads) - 1
                time = pictures * 3600
                packet = struct.pack(">BBHII", 0x80, 96 | is_last << 7, sequence, time, 7) + payload
                connection.sendall(struct.pack(">BBH", 0x24, 0, len(packet)) + packet)
                sequence = (sequence + 1) & 0xFFFF
            if is_picture:
                pictures += 1
                if self.stopping.wait(1 / self._rate):
                    return


def _payloads(unit: bytes) -> list[bytes]:
    """Return a unit as it goes into packets, cut where it is too large for one (RFC 6184, 5.8)."""
    if len(unit) <= _MOST_BYTES:
        return [unit]
    head, kind = unit[0] & 0xE0 | 28, unit[0] & 0x1F
    pieces = [unit[at : at + _MOST_BYTES] for at in range(1, len(unit), _MOST_BYTES)]
    marks = [0x80 * (at == 0) | 0x40 * (at == len(pieces) - 1) for at in range(len(pieces))]
    return [bytes((head, mark | kind)) + piece for mark, piece in zip(marks, pieces, strict=True)]
