"""An organisation's own address, a host name under which its public pages stand: what may be one, how it is written, who proves to be there."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator
from unicodedata import normalize

from tripkit.domain.refusals import Problem
from tripkit.domain.sentences import sentence

LONGEST_HOST = 253
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
WORD = re.compile(r"[A-Za-z0-9_-]{16,80}")
"""What a server may be asked to prove itself with."""


def host_of(typed: str) -> str:
    """What was typed as DNS writes it (RFC 5890: å ä ö become xn--…); what cannot be written so stays as it is.

    People copy addresses from their browser: what stands around the name is left out.
    """
    name = typed.strip().lower()
    for scheme in ("https://", "http://"):
        name = name.removeprefix(scheme)
    name = name.rstrip("/").rstrip(".")
    try:
        host = name.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return name
    # ß and its like become other letters in Python's older rules (RFC 3490), and names of their own in browsers (RFC 5891).
    return host if name.isascii() or shown_host(host) == normalize("NFC", name) else name


def shown_host(host: str) -> str:
    """A host as people read it."""
    try:
        return host.encode("ascii").decode("idna")
    except UnicodeError:
        return host


def is_host(host: str) -> bool:
    """Whether it can be somebody's own address: a name with a dot in it that is no number."""
    labels = host.split(".")
    fits = len(labels) > 1 and len(host) <= LONGEST_HOST and all(_LABEL.fullmatch(label) for label in labels)
    return fits and not labels[-1].isdigit()


def check_host(at: str, host: str, *, site: str) -> Iterator[Problem]:
    """What is wrong with an own address, written by `host_of`. ``site``: the host of the site itself."""
    if not host:
        yield Problem(at, sentence("Write the address, as in trips.workplace.example."))
    elif not is_host(host):
        yield Problem(
            at, sentence("Write the name alone, without path, port or number: trips.workplace.example is one.")
        )
    elif host == site:
        yield Problem(at, sentence("The site itself has this address. Take one of your own."))


def proof(key: str, word: str) -> str:
    """What a server with this key answers to a word: only who holds the key can, and nothing of it follows."""
    return hmac.new(key.encode(), b"tripkit: who is at this address? " + word.encode(), hashlib.sha256).hexdigest()
