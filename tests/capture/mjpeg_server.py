"""An MJPEG server on loopback that misbehaves on demand.

with MjpegServer(frames) as server:
    open_source(parse_address(server.url))
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

from cnngui.images.opencv import cv2

Mode = Literal["serve", "hang", "drop", "error"]


def encoded(frame: NDArray[np.uint8], suffix: str = ".png") -> bytes:
    """Encode an RGB frame; PNG keeps it exactly."""
    done, data = cv2.imencode(suffix, cv2.cvtColor(frame, cv2.COLOR_RGB2BGR))
    if not done:
        raise ValueError(f"{suffix} cannot be written")
    return data.tobytes()


class MjpegServer:
    """Serves frames over and over at ``url`` until stopped; may be started again on its port.

    Parameters
    ----------
    frames : RGB pictures, sent in this order, then from the first again.
    rate : frames a second; 0 = as fast as the client takes them.
    suffix : ".png" (exact) or ".jpg".
    with_length : whether each part carries its Content-Length.
    mode : ``serve``; ``hang`` (answers, sends one frame, then keeps silent); ``drop`` (closes in
        the middle of the third frame); ``error`` (404). May be changed while it runs, for the next
        connection. A stopped server refuses.
    """

    def __init__(
        self,
        frames: Sequence[NDArray[np.uint8]],
        rate: float = 0.0,
        suffix: str = ".png",
        with_length: bool = True,
        mode: Mode = "serve",
    ) -> None:
        self.parts = [encoded(frame, suffix) for frame in frames]
        self.rate = rate
        self.content_type = "image/png" if suffix == ".png" else "image/jpeg"
        self.with_length = with_length
        self.mode: Mode = mode
        self.port = 0
        self.authorization: str | None = None
        self.stopping = threading.Event()
        self.sent_count = 0
        self._sent = threading.Condition()
        self.connections: set[socket.socket] = set()
        self._server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/stream"

    def start(self) -> Self:
        """Listen: on a free port the first time, afterwards on the same one."""
        self.stopping.clear()
        self._server = _Server(("127.0.0.1", self.port), _handler_for(self))
        self.port = self._server.server_address[1]
        threading.Thread(
            target=self._server.serve_forever, args=(0.02,), name="mjpeg server", daemon=True
        ).start()
        return self

    def stop(self) -> None:
        """Break every connection and refuse new ones."""
        self.stopping.set()
        if self._server is not None:
            self._server.shutdown()
            for connection in list(self.connections):
                with contextlib.suppress(OSError):  # it may have ended by itself
                    connection.shutdown(socket.SHUT_RDWR)
            self._server.server_close()  # waits for the connections' threads
            self._server = None

    def count_sent(self) -> None:
        with self._sent:
            self.sent_count += 1
            self._sent.notify_all()

    def wait_until_sent(self, count: int, timeout_s: float = 10.0) -> None:
        """Wait until so many frames have gone out, over all connections since the first start."""
        with self._sent:
            if not self._sent.wait_for(lambda: self.sent_count >= count, timeout_s):
                raise TimeoutError(f"{self.sent_count} frames sent, {count} wanted")

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    block_on_close = True
    allow_reuse_address = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is no news."""


def _handler_for(owner: MjpegServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def setup(self) -> None:
            super().setup()
            owner.connections.add(self.connection)

        def finish(self) -> None:
            owner.connections.discard(self.connection)
            with contextlib.suppress(OSError):  # the client has hung up
                super().finish()

        def do_GET(self) -> None:
            owner.authorization = self.headers.get("Authorization")
            if owner.mode == "error":
                self.send_error(404)
                return
            self.send_response(200)
            self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
            self.end_headers()
            sent = 0
            while not owner.stopping.is_set():
                if owner.mode == "hang" and sent == 1:
                    owner.stopping.wait()
                    return
                part = owner.parts[sent % len(owner.parts)]
                if owner.mode == "drop" and sent == 2:
                    self._send(part[: len(part) // 2], len(part))
                    return
                self._send(part, len(part))
                self.wfile.write(b"\r\n")
                sent += 1
                owner.count_sent()
                if owner.rate:
                    owner.stopping.wait(1 / owner.rate)

        def _send(self, part: bytes, length: int) -> None:
            head = f"--frame\r\nContent-Type: {owner.content_type}\r\n"
            if owner.with_length:
                head += f"Content-Length: {length}\r\n"
            self.wfile.write(head.encode() + b"\r\n" + part)

        def log_message(self, *_: object) -> None:
            pass

    return Handler
