"""Text that is kept sealed, so that whoever reads the database without its keys reads nothing; what is sealed is told elsewhere."""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session, scoped_session

VAULT = "tripkit_vault"
"""The execution option of an engine that holds what its texts are sealed with."""
_NONCE = 12
_PAGE = 64
"""Texts are sealed in pages of so many bytes: how long one is must not say what it is."""
_END = b"\x80"
NAME_LENGTH = 8
SEALED = "_" * NAME_LENGTH + ".%"
"""What a sealed text is LIKE in SQL; digests and other plain secrets are not."""


class Locked(Exception):
    """What is sealed cannot be opened: its key is not here, or it was sealed for another place, or it is damaged."""


@dataclass(frozen=True, slots=True)
class _Key:
    name: str
    cipher: Any


class Vault:
    """Seals texts, each for the one place it is kept in (AES-256-GCM, NIST SP 800-38D: 2³² texts a key at most).

    ``load``: the keys, newest first, of 64 hexadecimal digits; it is asked each time, so that a new one is known at once.
    What is sealed begins with the name of its key and a dot; the name tells nothing of the key.
    """

    def __init__(self, load: Callable[[], Sequence[str]]) -> None:
        self._load = load
        self._known: dict[str, _Key] = {}

    def __repr__(self) -> str:
        return "Vault(…)"

    @property
    def names(self) -> tuple[str, ...]:
        """What the keys in hand are called, newest first."""
        return tuple(map(name_of, self._load()))

    def seal(self, text: str, place: str) -> str:
        """Seal a text with the newest key. ``place``: where it is kept; it opens nowhere else."""
        key, nonce = self._key(self._load()[0]), secrets.token_bytes(_NONCE)
        page = text.encode() + _END
        page += bytes(-len(page) % _PAGE)
        return f"{key.name}.{urlsafe_b64encode(nonce + key.cipher.encrypt(nonce, page, place.encode())).decode()}"

    def open(self, sealed: str, place: str) -> str:
        """The text that was sealed for this place. Raises: Locked."""
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415 (slow to load, and most commands open nothing)

        name, _, rest = sealed.partition(".")
        key = next((one for one in map(self._key, self._load()) if one.name == name), None)
        if key is None:
            raise Locked(f"the key {name[:NAME_LENGTH]} is not here")
        try:
            raw = urlsafe_b64decode(rest)
            page: bytes = key.cipher.decrypt(raw[:_NONCE], raw[_NONCE:], place.encode())
        except (InvalidTag, NotBase64, ValueError) as error:
            raise Locked("it was sealed for another place, or is damaged") from error
        return page.rstrip(b"\0")[: -len(_END)].decode()

    def _key(self, key: str) -> _Key:
        if key not in self._known:
            from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 (slow to load, see above)

            self._known[key] = _Key(name_of(key), AESGCM(bytes.fromhex(key)))
        return self._known[key]


def name_of(key: str) -> str:
    """What a key is called where it must not be shown: eight digits."""
    return hashlib.sha256(f"tripkit key {key}".encode()).hexdigest()[:NAME_LENGTH]


def is_sealed(text: str) -> bool:
    """Whether a text is one that a vault has sealed; the same as being LIKE `SEALED`."""
    return text[NAME_LENGTH : NAME_LENGTH + 1] == "."


def vault_of(session: Session | scoped_session[Session]) -> Vault | None:
    """The vault that goes with a session's database; None where nothing can be sealed."""
    found: Vault | None = session.get_bind().get_execution_options().get(VAULT)
    return found
