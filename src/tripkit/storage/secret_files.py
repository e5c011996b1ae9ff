"""Secrets that lie in files beside an SQLite database, each made once by whoever comes first; what they are for is elsewhere."""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url


def beside(database_url: str, suffix: str) -> Path | None:
    """The file of this kind beside an SQLite database; None where the database is no file."""
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return None
    return Path(url.database).with_suffix(suffix)


def kept(file: Path, make: Callable[[], str]) -> str:
    """What stands in the file, which is made if it is not there."""
    if not file.exists():
        with _alone(file):
            if not file.exists():
                _written_aside(file, make()).replace(file)
    return file.read_text(encoding="ascii").strip()


def rewritten(file: Path, change: Callable[[str], str]) -> None:
    """Put into the file what becomes of its content, all of it at once. What others write meanwhile is not lost: they wait."""
    with _alone(file):
        known = file.read_text(encoding="utf-8", errors="replace") if file.exists() else ""
        _written_aside(file, change(known)).replace(file)


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    """Be the only one, of all processes, who writes in the file's folder."""
    file.parent.mkdir(parents=True, exist_ok=True)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
        os.fsync(folder)  # What is sealed with it is on the disk at once: its key must not be later.
    finally:
        os.close(folder)


def _written_aside(file: Path, content: str) -> Path:
    # Written under another name and then named: no other process ever reads half a key.
    mine = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    handle = os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as out:
        out.write(content)
        out.flush()
        os.fsync(handle)
    return mine
