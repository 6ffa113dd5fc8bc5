"""A connection to a server on which nothing waits for longer than it may.

The standard library's timeouts are for each read: a server that sends a byte now and then holds a
reader for ever. Here every wait has a ``Deadline``, from the look-up of the name to the last byte.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import socket
import ssl
import threading
import time

from cnngui.capture.deadline import Deadline

PIECE_BYTES = 2**16

_Address = tuple[socket.AddressFamily, socket.SocketKind, int, str, tuple[object, ...]]


class Connection:
    """An open TCP connection.

    Raises
    ------
    OSError
        If the host is unknown or refuses.
    TimeoutError, StoppedError
    """

    def __init__(self, host: str, port: int, deadline: Deadline) -> None:
        self._socket: socket.socket = _connected(host, port, deadline)

    def send(self, data: bytes, deadline: Deadline) -> None:
        """Send all of it.

        Raises
        ------
        OSError, TimeoutError, StoppedError
        """
        while data:
            try:
                data = data[self._socket.send(data) :]
            except _NOT_YET as wanted:
                self._wait(wanted, selectors.EVENT_WRITE, deadline)

    def receive(self, deadline: Deadline) -> bytes:
        """Wait for the next bytes; empty at the end of the connection.

        Raises
        ------
        OSError, TimeoutError, StoppedError
        """
        while True:
            deadline.wait_s()  # also where bytes trickle in without a pause
            piece = self.receive_now()
            if piece is not None:
                return piece

            self._wait(None, selectors.EVENT_READ, deadline)

    def receive_now(self) -> bytes | None:
        """Return what has arrived, without waiting; None if nothing has, empty at the end.

        Raises
        ------
        OSError
        """
        try:
            return self._socket.recv(PIECE_BYTES)
        except _NOT_YET:
            return None

    def close(self) -> None:
        """Hang up. May be called twice."""
        self._socket.close()

    def encrypt(self, host: str, deadline: Deadline) -> None:
        """Speak TLS from now on.

        Raises
        ------
        OSError
            If the host has no certificate that holds.
        TimeoutError, StoppedError
        """
        context = ssl.create_default_context()
        encrypted = context.wrap_socket(
            self._socket, server_hostname=host, do_handshake_on_connect=False
        )
        self._socket = encrypted
        while True:
            try:
                encrypted.do_handshake()
                return
            except _NOT_YET as wanted:
                self._wait(wanted, selectors.EVENT_READ, deadline)

    def _wait(self, wanted: OSError | None, usual: int, deadline: Deadline) -> None:
        """Wait a little; encryption may have to read in order to write, and the reverse."""
        event = usual
        if isinstance(wanted, ssl.SSLWantReadError):
            event = selectors.EVENT_READ
        elif isinstance(wanted, ssl.SSLWantWriteError):
            event = selectors.EVENT_WRITE
        _ready(self._socket, event, deadline.wait_s())


_NOT_YET = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


def _ready(connection: socket.socket, event: int, wait_s: float) -> bool:
    with selectors.DefaultSelector() as selector:
        selector.register(connection, event)
        return bool(selector.select(wait_s))


def _connected(host: str, port: int, deadline: Deadline) -> socket.socket:
    """Connect to the first of the host's addresses that answers."""
    failure: OSError = OSError("no address")
    addresses = _addresses(host, port, deadline)
    for number, (family, kind, protocol, _, address) in enumerate(addresses):
        # One that does not answer may not use up the time of those after it.
        end = time.monotonic() + deadline.left_s / (len(addresses) - number)
        connection = socket.socket(family, kind, protocol)
        try:
            connection.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                connection.connect(address)
            while not _ready(connection, selectors.EVENT_WRITE, deadline.wait_s()):
                if time.monotonic() > end:
                    raise TimeoutError
            code = connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if code:
                raise OSError(code, os.strerror(code))
            return connection
        except OSError as error:
            connection.close()
            failure = error
        except BaseException:
            connection.close()
            raise
    raise failure


def _addresses(host: str, port: int, deadline: Deadline) -> list[_Address]:
    """Look a host's name up; the system's look-up knows no deadline and cannot be interrupted."""
    with contextlib.suppress(socket.gaierror):
        return socket.getaddrinfo(  # type: ignore[return-value]
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST
        )
    found: list[_Address] = []
    failures: list[OSError] = []

    def look_up() -> None:
        try:
            found.extend(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except OSError as error:
            failures.append(error)
        except UnicodeError as error:  # a label of more than 63 letters
            failures.append(OSError(str(error)))

    thread = threading.Thread(target=look_up, name="cnngui-look-up", daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(deadline.wait_s())
    if failures:
        raise failures[0]
    return found
