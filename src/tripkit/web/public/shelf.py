"""Pages that all processes share through Redis: signed, of bounded number, size and age, the same for everybody; no page is written here."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tripkit
from tripkit.settings import Settings

if TYPE_CHECKING:
    from redis import Redis

    from tripkit.storage.redis_server import Reached

SECONDS = 3600
"""How long a page lies there."""
PLACES = 4096
"""How many pages lie there at most; where two would lie in the same place, the later one does."""
LARGEST = 64 * 1024
"""Bytes of the largest page, packed. All places together: 256 megabytes at most."""
_SEAL = hashlib.sha256().digest_size


class Shelf:
    """Where one process leaves the pages it has written, and others find them.

    A page is found by who asks for exactly what it was made of, in the same version with the same settings: all of that
    is in its seal, together with its name and its bytes. Who has not the secret key can put nothing there that is found,
    and an old page, or one that belongs elsewhere, is none.
    """

    def __init__(self, redis: Reached, secret: str, settings: Settings) -> None:
        self._redis = redis
        # Another key for each version and for all other settings, so that none is forgotten that a page may show.
        values = {one.name: getattr(settings, one.name) for one in fields(Settings) if one.name != "clock"}
        self._key = hmac.digest(secret.encode(), repr(("pages", _code(), values)).encode(), "sha256")

    def find(self, name: object, made_of: object) -> bytes | None:
        """The packed page, None when it is not there, or Redis is not."""

        def read(client: Redis) -> bytes | None:
            # Not GET: somebody may have put there what no memory holds.
            found: Any = client.getrange(self._place(name), 0, _SEAL + LARGEST)
            seal, packed = found[:_SEAL], found[_SEAL:]
            return packed if hmac.compare_digest(seal, self._seal(name, made_of, packed)) else None

        return self._redis.ask(read)

    def put(self, name: object, made_of: object, packed: bytes) -> None:
        """Leave a page there, in the place of the one that was."""
        if len(packed) <= LARGEST:
            value = self._seal(name, made_of, packed) + packed
            self._redis.ask(lambda client: client.set(self._place(name), value, ex=SECONDS))

    def _place(self, name: object) -> str:
        number = int.from_bytes(hmac.digest(self._key, repr(name).encode(), "sha256")[:8]) % PLACES
        return f"{self._redis.name}:page:{number}"

    def _seal(self, name: object, made_of: object, packed: bytes) -> bytes:
        # Values of the domain say in repr all that makes them equal, and say it alike in every process.
        meant = hashlib.sha256(repr((name, made_of)).encode()).digest()
        return hmac.digest(self._key, meant + packed, "sha256")


def _code() -> str:
    """A digest of everything that writes pages; the number of the version stays the same while it is worked on."""
    found = hashlib.sha256()
    folder = Path(tripkit.__file__).parent
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file.suffix != ".pyc":
            found.update(repr((str(file.relative_to(folder)), file.read_bytes())).encode())
    return found.hexdigest()
