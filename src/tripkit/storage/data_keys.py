"""The keys of an installation's vault: those it is given, else one that lies beside its SQLite database; nothing is sealed here."""

from __future__ import annotations

import secrets
from pathlib import Path

from tripkit.settings import Settings, WrongSetting
from tripkit.settings.kinds import DATA_KEYS, Unusable
from tripkit.storage.sealing import Vault
from tripkit.storage.secret_files import beside, kept, rewritten

_SUFFIX = ".keys"


def new_key() -> str:
    """A key as keys are written: 256 random bits, as hexadecimal digits."""
    return secrets.token_hex(32)


def key_file(settings: Settings) -> Path | None:
    """Where an installation keeps keys that it was not given; None where it has no place for them."""
    return beside(settings.database_url, _SUFFIX)


def vault_for(settings: Settings) -> Vault | None:
    """What an installation seals with; None where it was given no key and has no place for one of its own.

    The keys it was given come first. The file is made when something is sealed and there is no key yet.
    """
    file = key_file(settings)
    if file is None:
        given = settings.data_keys or _of_memory(settings)
        return Vault(lambda: given) if given else None
    return Vault(_Keys(settings.data_keys, file))


def _of_memory(settings: Settings) -> tuple[str, ...]:
    """A database in memory takes its key along when it goes."""
    return (new_key(),) if settings.database_url.startswith("sqlite") else ()


def put_first(file: Path, key: str) -> None:
    """Let a key be the newest of those in the file."""
    rewritten(file, lambda known: "\n".join((key, *(_keys_in(known, file) if known else ()))) + "\n")


class _Keys:
    """Keys that were given, and those in a file, which is read again when it has changed: other processes write to it."""

    def __init__(self, given: tuple[str, ...], file: Path) -> None:
        self._given, self._file = given, file
        self._seen: tuple[int, int] | None = None
        self._read: tuple[str, ...] = ()

    def __call__(self) -> tuple[str, ...]:
        """All of them, newest first. Raises: WrongSetting when the file holds something else."""
        if not self._given:
            kept(self._file, lambda: f"{new_key()}\n")
        try:
            state = self._file.stat()
        except FileNotFoundError:
            return self._given
        if self._seen != (seen := (state.st_mtime_ns, state.st_ino)):
            self._read, self._seen = _read(self._file), seen
        return (*self._given, *self._read)


def _read(file: Path) -> tuple[str, ...]:
    return _keys_in(file.read_text(encoding="utf-8", errors="replace"), file)


def _keys_in(text: str, file: Path) -> tuple[str, ...]:
    try:
        found: tuple[str, ...] = DATA_KEYS.read(",".join(text.split()))
    except Unusable as error:
        raise WrongSetting(
            f"{file} holds something that is no key; each is a line of 64 digits, 0–9 and a–f."
        ) from error
    return found
