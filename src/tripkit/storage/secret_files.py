"""Secrets that lie in files beside an SQLite database, each made once by whoever comes first; what they are for is elsewhere."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import suppress
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
        file.parent.mkdir(parents=True, exist_ok=True)
        mine = _written_aside(file, make())
        with suppress(FileExistsError):
            file.hardlink_to(mine)
        mine.unlink()
    return file.read_text(encoding="ascii").strip()


def replaced(file: Path, content: str) -> None:
    """Put other content into the file, all of it at once."""
    _written_aside(file, content).replace(file)


def _written_aside(file: Path, content: str) -> Path:
    # Written under another name and then named: no other process ever reads half a key, and the first one's stands.
    mine = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    mine.touch(mode=0o600)
    mine.write_text(content, encoding="ascii")
    return mine
