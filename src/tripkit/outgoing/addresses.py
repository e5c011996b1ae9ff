"""Which addresses may be asked: those that everybody reaches, and networks that an installation allows; nothing is asked here."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from threading import Thread

from tripkit.outgoing.answers import NoSuchName, TooLong

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Resolve = Callable[[str, float], tuple[Address, ...]]
"""From a name and the seconds there are to its addresses, best first. Raises: NoSuchName, TooLong."""

_GLOBAL_UNICAST = IPv6Network("2000::/3")
"""All that is given out so far (RFC 4291, 2.4); what is not, is nobody's whatever Python's table says of it."""
_NAT64 = IPv6Network("64:ff9b::/96")
_NOT_V4 = tuple(map(IPv4Network, ("192.0.0.0/24", "192.88.99.0/24", "240.0.0.0/4")))
"""Protocol assignments, relays of 6to4, and what is reserved: in some versions of Python part of them is global."""
_NOT_V6 = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))
"""Teredo and other protocols, examples, 6to4: an IPv4 address may be inside, or nobody is there."""


def may_be_asked(address: Address, networks: Iterable[Network] = ()) -> bool:
    """Whether everybody reaches it (RFC 6890), or it is in one of the networks that are allowed."""
    inside = _inside(address)
    if any(one in network for one in (address, inside) if one is not None for network in networks):
        return True
    if inside is not None:
        return may_be_asked(inside)
    if not address.is_global or address.is_multicast:
        return False
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _NOT_V4)
    return address in _GLOBAL_UNICAST and not any(address in network for network in _NOT_V6)


def _inside(address: Address) -> IPv4Address | None:
    """The IPv4 address that is asked in truth (RFC 4291, 2.5.5.2; RFC 6052, 2.1)."""
    if isinstance(address, IPv4Address):
        return None
    return address.ipv4_mapped or (IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None)


def resolved(name: str, seconds: float) -> tuple[Address, ...]:
    """The addresses of a name, as this machine finds them. Raises: NoSuchName, TooLong."""
    found: list[tuple[Address, ...] | OSError] = []

    def look() -> None:
        try:
            rows = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
            # A zone names a network card, and only addresses inside a network have one.
            found.append(tuple(dict.fromkeys(ip_address(str(row[4][0]).partition("%")[0]) for row in rows)))
        except (OSError, UnicodeError) as error:
            found.append(error if isinstance(error, OSError) else OSError(str(error)))

    # The system's own look-up cannot be told when to give up.
    thread = Thread(target=look, daemon=True)
    thread.start()
    thread.join(seconds)
    if not found:
        raise TooLong(f"nobody says where {name} leads")
    if isinstance(found[0], OSError) or not found[0]:
        raise NoSuchName(f"{name} leads nowhere")
    return found[0]
