"""What comes of asking another server.

NoAnswer
├── AddressRefused      it is not asked: another scheme, a password in it, a port that is not allowed
│   └── InsideANetwork  it is not asked: some address of the name is inside a network, or nobody's
├── NoSuchName          the name leads nowhere
├── NotTrusted          its certificate is not valid for the name
├── TooLong             it took longer than it may
├── TooMuch             it sent more than it may
└── Unreadable          what it sent is no answer, or packed though that was not asked for
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered. ``headers``: by name in small letters; ``url``: who answered in the end."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str


class NoAnswer(Exception):
    """Nobody answered, or nothing that can be used. Its words are for a log: they hold no part of an address but its host."""


class AddressRefused(NoAnswer):
    """It is not asked, whatever would answer."""


class InsideANetwork(AddressRefused):
    """An address of the name is not one that everybody reaches, and its network is not allowed."""


class NoSuchName(NoAnswer):
    """The name has no address."""


class NotTrusted(NoAnswer):
    """The certificate has ended, is for another name, or is signed by nobody who is known here."""


class TooLong(NoAnswer):
    """It took longer than it may."""


class TooMuch(NoAnswer):
    """It sent more than it may."""


class Unreadable(NoAnswer):
    """What was sent cannot be read."""
