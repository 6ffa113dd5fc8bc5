"""The proxy that the environment names, for networks whose way out it is."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit
from urllib.request import getproxies_environment, proxy_bypass

from cnngui.capture.http_login import Login

_USUAL_PORT = 80


@dataclass(frozen=True)
class Proxy:
    """An HTTP proxy.

    Attributes
    ----------
    place : host and port.
    headers : what has to be told it with every request.
    """

    place: tuple[str, int]
    headers: tuple[str, ...] = ()


def proxy_for(scheme: str, place: str) -> Proxy | None:
    """Return what ``http_proxy`` or ``https_proxy`` names, unless ``no_proxy`` lists the place.

    Parameters
    ----------
    place : host and port, as in a URL.

    Raises
    ------
    ValueError
        If what is named is no URL.
    """
    named = getproxies_environment().get(scheme)
    if not named or proxy_bypass(place):
        return None
    parts = urlsplit(named if "://" in named else f"http://{named}")
    if parts.scheme != "http" or not parts.hostname:  # SOCKS and the like are not spoken
        return None
    login = Login.of(parts)
    headers = (f"Proxy-Authorization: {login.basic()}",) if login is not None else ()
    return Proxy((parts.hostname, parts.port or _USUAL_PORT), headers)
