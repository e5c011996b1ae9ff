"""Kinds of settings: from what is written to what it means, or why it cannot be used; no name of a setting."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any
from urllib.parse import urlsplit

from tripkit.domain.answers import is_email
from tripkit.settings.clock import Clock


class Unusable(ValueError):
    """A value that cannot be used. Its words follow the setting's name, as in: is loud; write yes or no."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a setting holds. ``read``: its text to its value; raises Unusable. ``toml``: how a file writes it."""

    read: Callable[[str], Any]
    toml: type = str

    def read_text(self, text: str) -> Any:
        """A value of a variable. Raises: Unusable."""
        if _CONTROL.search(text):
            # No address and no path has one in it, and some who read them pass over it silently.
            raise Unusable("holds a line break or another control character; take it out.")
        return self.read(text)

    def read_toml(self, value: object) -> Any:
        """A value of a settings file. Raises: Unusable; what was written is not repeated where it is of the wrong type."""
        if self.toml is bool:
            if not isinstance(value, bool):
                raise Unusable("is neither true nor false; write one of them, without quotation marks.")
            return self.read("yes" if value else "no")
        if self.toml is int:
            if not isinstance(value, int) or isinstance(value, bool):
                raise Unusable("is no whole number; write one, without quotation marks.")
            return self.read(str(value))
        if self.toml is datetime and isinstance(value, datetime):
            return self.read(value.isoformat())
        if not isinstance(value, str):
            raise Unusable("is not text; put it into quotation marks.")
        return self.read_text(value)


_DATA_KEY = re.compile(r"[0-9a-f]{64}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_DATABASE = re.compile(
    # The same parts as SQLAlchemy's own reading, without loading it.
    r"(?:[^:/]*(?::[^@]*)?@)?(?:\[[^/?]+\]|[^/:?]+)?(?::(?P<port>[^/?]*))?(?:/.*)?(?:\?.*)?",
    re.DOTALL,
)


def _database(value: str) -> str:
    scheme, colon, _ = value.partition(":")
    address = value.partition("://")[2]
    right = "use sqlite:///path/to/file or postgresql://user:password@host/database."
    # The value may hold a password, so no more is said of it than its beginning.
    if scheme not in {"postgres", "postgresql", "postgresql+psycopg", "sqlite"}:
        raise Unusable(f"is {scheme[:20]}:…; {right}" if colon and scheme.isidentifier() else f"is no address; {right}")
    if not address or (scheme == "sqlite" and (address[0] != "/" or address == "/")):
        raise Unusable(f"names no database; {right}")
    if scheme == "sqlite":
        return value
    parts = _DATABASE.fullmatch(address)
    if parts is None or not (parts["port"] or "0").isdecimal():
        raise Unusable(f"cannot be read; {right}")
    return f"postgresql+psycopg://{address}"


def _secret(value: str) -> str:
    if len(value) < 16:
        raise Unusable(f"is {len(value)} characters long; use at least 16 random ones.")
    return value


def _data_keys(value: str) -> tuple[str, ...]:
    keys = tuple(key.strip().lower() for key in value.split(","))
    if not all(_DATA_KEY.fullmatch(key) for key in keys) or len(set(keys)) < len(keys):
        # Not repeated: it is a key, or nearly one.
        raise Unusable(
            "holds what is no key, or one twice; write keys of 64 digits from 0–9 and a–f, with commas between."
        )
    return keys


def _address(value: str) -> str:
    parts = _parts(value)
    if "@" in value:
        raise Unusable("holds a user or a password; write the public address alone, as in https://trips.example.")
    if parts is None or parts.scheme not in {"http", "https"} or not parts.netloc or parts.query or parts.fragment:
        raise Unusable(f"is {said(value)}; write the public address, as in https://trips.example.")
    return value.rstrip("/")


def _networks(value: str) -> tuple[IPv4Network | IPv6Network, ...]:
    found = []
    for one in value.split(","):
        try:
            found.append(ip_network(one.strip()))
        except ValueError:
            raise Unusable(
                f"is {said(value)}; write networks with commas between, as in 10.0.0.0/8, fd00::/8."
            ) from None
    return tuple(found)


def _mail(value: str) -> str:
    scheme = value.partition(":")[0]
    fine = value == "console:" or (scheme == "files" and len(value) > len("files:"))
    if not fine and not (scheme in {"smtp", "smtps"} and _is_server(value)):
        # The value may hold a password, so it is not said.
        raise Unusable("cannot be used; write console:, files:DIRECTORY or smtp://user:password@host:port.")
    return value


def _redis(value: str) -> str:
    parts = _parts(value)
    fine = parts is not None and parts.scheme in {"redis", "rediss"} and _is_server(value)
    if not fine or parts is None or not (parts.path.strip("/") or "0").isdecimal():
        # The value may hold a password, so it is not said.
        raise Unusable(
            "cannot be used; write redis://user:password@host:port/0 or rediss://…, "
            "with special signs of a password as in any address (# is %23)."
        )
    return value


def _parts(value: str) -> Any:
    try:
        return urlsplit(value)
    except ValueError:  # Square brackets that are no address.
        return None


def _is_server(value: str) -> bool:
    try:
        parts = urlsplit(value)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:  # The port is not a number.
        return False


def _sender(value: str) -> str:
    if not is_email(value):
        raise Unusable(f"is {said(value)}; write an address alone, as in trips@workplace.example.")
    return value


def _clock(value: str) -> Clock:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise Unusable(f"is {said(value)}; write a moment with its time zone, as in 2018-12-10T09:00+01:00.")
    return Clock(moment.astimezone(UTC))


def _tiles(value: str) -> str:
    if not (value.startswith(("https://", "http://")) and all(part in value for part in ("{z}", "{x}", "{y}"))):
        raise Unusable(f"is {said(value)}; write an address with {{z}}, {{x}} and {{y}} in it.")
    return value


def _switch(value: str) -> bool:
    words = {"1": True, "yes": True, "true": True, "on": True, "0": False, "no": False, "false": False, "off": False}
    if value.casefold() not in words:
        raise Unusable(f"is {said(value)}; write yes or no.")
    return words[value.casefold()]


def number(least: int, most: int) -> Kind:
    """A whole number within bounds, both included."""

    def read(value: str) -> int:
        if not (value.isascii() and value.isdigit() and least <= int(value[:9]) <= most):
            raise Unusable(f"is {said(value)}; write a whole number from {least} to {most}.")
        return int(value[:9])

    return Kind(read, int)


def word(*words: str) -> Kind:
    """One of some words."""

    def read(value: str) -> str:
        if value.casefold() not in words:
            raise Unusable(f"is {said(value)}; write {', '.join(words[:-1])} or {words[-1]}.")
        return value.casefold()

    return Kind(read)


def said(value: str) -> str:
    """A value as a sentence repeats it: on one line, and not for ever."""
    line = " ".join(_CONTROL.sub(" ", value).split())
    return f"“{line[:60]}…”" if len(line) > 60 else f"“{line}”"


TEXT = Kind(str)
DATABASE = Kind(_database)
SECRET = Kind(_secret)
DATA_KEYS = Kind(_data_keys)
PUBLIC_ADDRESS = Kind(_address)
NETWORKS = Kind(_networks)
MAIL = Kind(_mail)
MAILBOX = Kind(_sender)
MOMENT = Kind(_clock, datetime)
TILES = Kind(_tiles)
SWITCH = Kind(_switch, bool)
REDIS = Kind(_redis)
