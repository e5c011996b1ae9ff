"""Passwords as they are stored and compared, by Argon2 (RFC 9106), and those everybody tries first; what is a good one is a rule of the domain."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_HASHER = PasswordHasher()


def hash_of(password: str) -> str:
    """What is stored of a password; it takes a tenth of a second and 64 MB, on purpose."""
    return _HASHER.hash(password)


def is_right(stored: str | None, password: str) -> bool:
    """Whether this is the password. ``stored``: None = there is none; that takes just as long to say."""
    try:
        _HASHER.verify(stored or _nobodys(), password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


@cache
def known_passwords() -> frozenset[str]:
    """The thirty thousand passwords that were found most often in what was stolen elsewhere, in small letters."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # noqa: PLC0415 (a twentieth of a second and 14 MB, for who chooses one)

    return frozenset(FREQUENCY_LISTS["passwords"])


@cache
def _nobodys() -> str:
    return _HASHER.hash("nobody has this password")
