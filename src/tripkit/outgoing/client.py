"""The one HTTP client: one look-up, each address checked and then asked itself, within bounds; which addresses may be, stands elsewhere.

Whoever lets somebody else say what is asked (SSRF, OWASP ASVS 1.3.6) asks through here: a page, the worker, a plugin.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import cache
from http.client import HTTPException
from ipaddress import ip_address
from threading import Event, Timer
from time import monotonic
from urllib.parse import SplitResult, urljoin, urlsplit

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

from tripkit.outgoing.addresses import Address, Network, Resolve, may_be_asked, resolved
from tripkit.outgoing.answers import (
    AddressRefused,
    Answer,
    InsideANetwork,
    NoAnswer,
    NoSuchName,
    NotTrusted,
    TooLong,
    TooMuch,
    Unreadable,
)

_PORTS = {"http": 80, "https": 443}
_REDIRECTS = {301, 302, 303, 307, 308}
_MOST_ADDRESSES = 4
_PIECE = 16_384
_GET = {"GET", "HEAD"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How far one question may go.

    ``seconds``: all of it together, look-up and redirects included. ``most``: bytes of the answer. ``redirects``: how many
    are followed, each of them checked anew. ``ports``: beside 80 and 443. ``networks``: what may be asked though not everybody
    reaches it, which is what an installation's settings say (TRIPKIT_HTTP_NETWORKS) and nobody else. ``resolve``: who
    says where a name leads.
    """

    seconds: float = 10
    most: int = 1_000_000
    redirects: int = 0
    ports: frozenset[int] = frozenset()
    networks: tuple[Network, ...] = ()
    resolve: Resolve = field(default=resolved)


def ask(
    url: str,
    *,
    bounds: Bounds,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
) -> Answer:
    """Ask a server. No proxy of the environment, no cookies, nothing unpacked; ``headers`` go to this server only.

    Raises: NoAnswer, of the kind that says why.
    """
    ends_at = monotonic() + bounds.seconds
    sent = dict(headers or {})
    for left in range(bounds.redirects, -1, -1):
        target = _target(url, bounds)
        addresses = _checked(target, bounds, ends_at)
        answer = _asked(target, addresses, method, sent, body, bounds, ends_at)
        leads = answer.headers.get("location")
        if not left or answer.status not in _REDIRECTS or leads is None or method not in _GET:
            break
        try:
            url = urljoin(url, leads)
            following = urlsplit(url)
        except ValueError:
            raise AddressRefused("a redirect leads to what is no address") from None
        if target.scheme == "https" and following.scheme != "https":
            raise AddressRefused(f"{target.hostname} leads from https to another scheme")
        if (following.scheme, following.netloc) != (target.scheme, target.netloc):
            sent = {}  # What one server is told, perhaps a key, is not told another.
    return answer


def _target(url: str, bounds: Bounds) -> SplitResult:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise AddressRefused("this is no address") from None
    if parts.scheme not in _PORTS or not parts.hostname:
        raise AddressRefused("only http:// and https:// are asked")
    if "@" in parts.netloc or not url.isprintable() or " " in url or "%" in parts.netloc:
        raise AddressRefused("the address holds a password, or a sign that is none of an address")
    if port is not None and port not in {*_PORTS.values(), *bounds.ports}:
        raise AddressRefused(f"{parts.hostname} is not asked at port {port}")
    try:
        # As it stands in DNS and in certificates; what cannot be written so is no name.
        host = parts.hostname if ":" in parts.hostname else parts.hostname.encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise AddressRefused("the address names no host") from None
    around = f"[{host}]" if ":" in host else host
    return parts._replace(netloc=f"{around}:{port or _PORTS[parts.scheme]}", fragment="")


def _checked(target: SplitResult, bounds: Bounds, ends_at: float) -> tuple[Address, ...]:
    """The addresses to ask, looked up once. One that may not be asked is enough: who names it is not to be trusted with others."""
    host = target.hostname or ""
    try:
        addresses: tuple[Address, ...] = (ip_address(host),)
    except ValueError:
        addresses = bounds.resolve(host, _left(ends_at, host))
    if not addresses:
        raise NoSuchName(f"{host} leads nowhere")
    if not all(may_be_asked(one, bounds.networks) for one in addresses):
        raise InsideANetwork(f"{host} leads to an address inside a network")
    return addresses[:_MOST_ADDRESSES]


def _left(ends_at: float, host: str) -> float:
    left = ends_at - monotonic()
    if left <= 0:
        raise TooLong(f"{host} takes too long")
    return left


@cache
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()


def _connected(target: SplitResult, addresses: tuple[Address, ...], ends_at: float) -> HTTPConnection:
    """A line to the first address that takes one. The name is said to the server and checked in its certificate, not looked up."""
    host, port = target.hostname or "", target.port or 0
    refused: NoAnswer = NoAnswer(f"nobody answers at {host}")
    for number, address in enumerate(addresses):
        # Connecting and agreeing on a key may each take as long as they are given.
        seconds = _left(ends_at, host) / (2 * (len(addresses) - number))
        connection = (
            HTTPConnection(str(address), port, timeout=seconds)
            if target.scheme == "http"
            else HTTPSConnection(str(address), port, timeout=seconds, ssl_context=_trust(), server_hostname=host)
        )
        try:
            connection.connect()
        except ssl.SSLError as error:
            connection.close()
            raise NotTrusted(f"{host}: {error.reason or 'no TLS'}") from None
        except (OSError, HTTPError) as error:
            connection.close()
            slow = isinstance(error, TimeoutError) or "timed out" in str(error)
            refused = TooLong(f"{host} takes too long") if slow else refused
        else:
            return connection
    raise refused


def _asked(
    target: SplitResult,
    addresses: tuple[Address, ...],
    method: str,
    headers: Mapping[str, str],
    body: bytes | None,
    bounds: Bounds,
    ends_at: float,
) -> Answer:
    host = target.hostname or ""
    connection = _connected(target, addresses, ends_at)
    cut, line = Event(), connection.sock  # The connection lets go of it as soon as an answer begins.

    def cut_off() -> None:
        cut.set()
        with suppress(OSError, AttributeError):
            line.shutdown(2)

    # A line that says a letter a second is never silent for long: it is cut, whatever is being read.
    timer = Timer(_left(ends_at, host), cut_off)
    timer.daemon = True
    timer.start()
    standard = target.port == _PORTS[target.scheme]
    said = {
        "User-Agent": "tripkit",
        "Accept-Encoding": "identity",  # Nothing is unpacked, so that nothing grows by it.
        "Connection": "close",
        **headers,
        "Host": target.netloc.rpartition(":")[0] if standard else target.netloc,
    }
    path = (target.path or "/") + (f"?{target.query}" if target.query else "")
    try:
        connection.timeout = bounds.seconds
        connection.request(method, path, body, said, preload_content=False, decode_content=False)
        # The answer holds the line open by itself.
        with closing(connection.getresponse()) as response:
            found = {name.lower(): value for name, value in response.headers.items()}
            if found.get("content-encoding", "identity") != "identity":
                raise Unreadable(f"{host} packs what it was not asked to pack")
            content = _body(response, host, bounds.most)
        if cut.is_set():  # What has no length of its own would look whole.
            raise TooLong(f"{host} takes too long")
        return Answer(response.status, found, content, target.geturl())
    except (OSError, HTTPError, HTTPException, ValueError) as error:
        if cut.is_set() or isinstance(error, TimeoutError):
            raise TooLong(f"{host} takes too long") from None
        raise Unreadable(f"{host}: {type(error).__name__}") from None
    finally:
        timer.cancel()
        connection.close()


def _body(response: BaseHTTPResponse, host: str, most: int) -> bytes:
    pieces: list[bytes] = []
    size = 0
    while piece := response.read(_PIECE, decode_content=False):
        size += len(piece)
        if size > most:
            raise TooMuch(f"{host} sends more than {most} bytes")
        pieces.append(piece)
    return b"".join(pieces)
