"""Names and passwords for servers that ask for them: RFC 7616 and 2617 (Digest), 7617 (Basic)."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote

_HASHES = {"SHA-256": hashlib.sha256, "MD5": hashlib.md5}
"""The stronger first."""

_SCHEME = re.compile(r"\s*,?\s*([A-Za-z][\w-]*)(?:\s+|$)(?!=)")
_PARAMETER = re.compile(r'\s*,?\s*([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))')


@dataclass(frozen=True)
class Challenge:
    """One way in which a server lets itself be convinced.

    Attributes
    ----------
    scheme : "basic", "digest", ... in small letters.
    parameters : names in small letters.
    """

    scheme: str
    parameters: dict[str, str]

    @property
    def is_stale(self) -> bool:
        """Whether name and password were right, and only the server's number was too old."""
        return self.parameters.get("stale", "").lower() == "true"


@dataclass(frozen=True)
class Login:
    """A name and its password."""

    user: str
    password: str

    @classmethod
    def of(cls, parts: SplitResult) -> Login | None:
        """Return what a URL holds, None if it holds none."""
        if not parts.username and not parts.password:
            return None
        return cls(unquote(parts.username or ""), unquote(parts.password or ""))

    def answer(self, challenges: Sequence[Challenge], method: str, target: str) -> str | None:
        """Return the value of ``Authorization`` for the best of the ways, None if all are unknown.

        Parameters
        ----------
        target : path and query, as they stand in the request.
        """
        for algorithm, new_hash in _HASHES.items():
            for one in challenges:
                asked = one.parameters.get("algorithm", "MD5").upper()
                if one.scheme == "digest" and asked.removesuffix("-SESS") == algorithm:
                    qops = one.parameters.get("qop", "").lower().replace(",", " ").split()
                    if not qops or "auth" in qops:
                        has_qop = bool(qops)
                        return self._digest(one, asked, new_hash, has_qop, method, target)
        return self.basic() if any(one.scheme == "basic" for one in challenges) else None

    def basic(self) -> str:
        """Return name and password as RFC 7617 sends them: to be read by everybody on the way."""
        secret = f"{self.user}:{self.password}".encode()
        return "Basic " + base64.b64encode(secret).decode("ascii")

    def _digest(
        self,
        challenge: Challenge,
        algorithm: str,
        new_hash: object,
        has_qop: bool,
        method: str,
        target: str,
    ) -> str:
        def hashed(*parts: str) -> str:
            digest = new_hash(":".join(parts).encode())  # type: ignore[operator]
            return str(digest.hexdigest())

        given = challenge.parameters
        realm, nonce = given.get("realm", ""), given.get("nonce", "")
        own_nonce, count = secrets.token_hex(8), "00000001"
        secret = hashed(self.user, realm, self.password)
        if algorithm.endswith("-SESS"):
            secret = hashed(secret, nonce, own_nonce)
        asked = hashed(method, target)
        proof = (nonce, count, own_nonce, "auth", asked) if has_qop else (nonce, asked)
        fields = [
            f"username={_quoted(self.user)}",
            f"realm={_quoted(realm)}",
            f"nonce={_quoted(nonce)}",
            f"uri={_quoted(target)}",
            f'response="{hashed(secret, *proof)}"',
        ]
        if "algorithm" in given:
            fields.append(f"algorithm={given['algorithm']}")
        if "opaque" in given:
            fields.append(f"opaque={_quoted(given['opaque'])}")
        if has_qop:
            fields += ["qop=auth", f"nc={count}"]
        if has_qop or algorithm.endswith("-SESS"):
            fields.append(f'cnonce="{own_nonce}"')
        return "Digest " + ", ".join(fields)


def challenges_of(values: Sequence[str]) -> list[Challenge]:
    """Read the ``WWW-Authenticate`` headers of an answer; one may hold several challenges."""
    found: list[Challenge] = []
    for value in values:
        place = 0
        while place < len(value):
            parameter = _PARAMETER.match(value, place)
            if parameter and found:
                quoted, plain = parameter[2], parameter[3]
                content = plain if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
                found[-1].parameters.setdefault(parameter[1].lower(), content)
                place = parameter.end()
                continue
            scheme = _SCHEME.match(value, place)
            if scheme is None:
                break
            found.append(Challenge(scheme[1].lower(), {}))
            place = scheme.end()
    return found


def _quoted(value: str) -> str:
    # Nothing that a server or a URL holds may end the line: another header would begin.
    kept = "".join(letter for letter in value if letter.isprintable())
    return '"' + kept.replace("\\", "\\\\").replace('"', '\\"') + '"'
