"""What comes from a server and is not what it should be, and why nothing came, in a few words."""

from __future__ import annotations

import socket
import ssl

from cnngui.errors import Text, Words, system_reason, text


class MalformedError(ValueError):
    """What was received is not of the kind; ``found`` says what it is instead."""

    def __init__(self, found: Text) -> None:
        super().__init__(str(found))
        self.found = found


def reason_of(error: Exception) -> Words:
    """Return why a server was not reached, heard or understood."""
    match error:
        case TimeoutError():
            return text("silence")
        case ssl.SSLCertVerificationError():
            return text("a certificate that cannot be trusted")
        case ssl.SSLError():  # before OSError: its numbers are not the system's
            return text("a fault in the encryption")
        case socket.gaierror() | UnicodeError():
            return text("an unknown host")
        case OSError():
            return system_reason(error)
        case MalformedError():
            return error.found
        case _:
            return text("something else than HTTP")
