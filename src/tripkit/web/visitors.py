"""Who asks, as far as an address tells it: which proxies are believed, and which addresses count as one; nothing is counted."""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING

from flask import Flask, request
from werkzeug.middleware.proxy_fix import ProxyFix

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_WITH_PORT = re.compile(r"\[([^\]]*)\](?::\d+)?|([\d.]+):\d+")
_NAT64 = IPv6Network("64:ff9b::/96")
NOBODY = "no address"
"""Everybody whose address cannot be read: all of them are counted together, so a strange header helps nobody."""


def believe(app: Flask, proxies: int) -> None:
    """Take the visitor's address from the last ``proxies`` entries of X-Forwarded-For; with 0 the header is ignored.

    Nothing else is believed: host and scheme come from the settings. Where fewer proxies have written into the header
    than should have, somebody has come past them, and counts by the address they come from.
    """
    if not proxies:
        return
    inner = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=0, x_host=0, x_port=0, x_prefix=0)

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        # No proxy writes quotation marks; within one, what the real proxies wrote after it would be text and no entry.
        environ["HTTP_X_FORWARDED_FOR"] = str(environ.get("HTTP_X_FORWARDED_FOR", "")).replace('"', "")
        return inner(environ, start_response)

    # Flask's own way to put something around an application; mypy takes a method for a constant.
    app.wsgi_app = answer  # type: ignore[method-assign]


def address() -> str:
    """Whose requests are counted together: an IPv4 address, or an IPv6 network of 64 bits, which is what one line is given."""
    return network(request.remote_addr or "")


def is_here() -> bool:
    """Whether the request comes from this machine, as from a proxy that nobody believes."""
    return network(request.remote_addr or "") in {"127.0.0.1", "::/64", NOBODY}


def network(given: str) -> str:
    """What counts as one visitor, of an address as proxies write it: with a port, in brackets, with a zone."""
    found = _WITH_PORT.fullmatch(given.strip())
    text = (found[1] or found[2] or "") if found else given.strip()
    try:
        parsed = ip_address(text.partition("%")[0])
    except ValueError:
        return NOBODY
    if isinstance(parsed, IPv4Address):
        return str(parsed)
    inside = _inside(parsed)
    return str(inside) if inside else f"{IPv6Address(int(parsed) >> 64 << 64)}/64"


def _inside(parsed: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 one only dresses up (RFC 4291, 2.5.5.2; RFC 6052, 2.1)."""
    return parsed.ipv4_mapped or (IPv4Address(int(parsed) & 0xFFFFFFFF) if parsed in _NAT64 else None)
