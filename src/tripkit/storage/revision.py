"""How old the tables are, and whether this version knows them; nothing is changed, and no table is described here."""

from __future__ import annotations

from enum import Enum
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, Engine, text

_VERSIONS = Path(__file__).parent / "migrations" / "versions"


class TablesAreOlder(Exception):
    """The database was not brought up to date before this version began; the message says what to do."""


class Age(Enum):
    """The tables as this version of tripkit sees them."""

    NONE = "none"
    OLDER = "older"
    NEWEST = "newest"
    NEWER = "newer"
    """A newer version brought them up to date. Tables only grow until a release later, so this one still works on them."""
    UNKNOWN = "unknown"
    """No version of tripkit ever had such tables."""


@cache
def revisions() -> tuple[str, ...]:
    """Every revision this version knows, oldest first: a migration's file begins with its number."""
    return tuple(sorted(path.name.partition("_")[0] for path in _VERSIONS.glob("[0-9]*_*.py")))


def newest() -> str:
    """The revision this version of tripkit needs."""
    return revisions()[-1]


def current(engine: Engine) -> str | None:
    """The revision the database is at, None for an empty one."""
    with engine.connect() as connection:
        return revision_of(connection)


def revision_of(connection: Connection) -> str | None:
    """The revision the database is at as this transaction sees it, None for an empty one."""
    if not connection.dialect.has_table(connection, "alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def age_of(revision: str | None) -> Age:
    """How a revision stands to this version."""
    if revision is None:
        return Age.NONE
    if revision == newest():
        return Age.NEWEST
    if revision in revisions():
        return Age.OLDER
    return Age.NEWER if revision.isdigit() and len(revision) == len(newest()) and revision > newest() else Age.UNKNOWN


def told_newer(revision: str) -> str:
    """What a process says that finds tables newer than it knows, and goes on."""
    return (
        f"The tables are at {revision}, newer than this version of tripkit knows ({newest()}). It works on them until"
        " the upgrade is through; start it anew with the newer version soon."
    )


def told_older(revision: str | None) -> str:
    """What a process says that finds tables older than it needs, and ends."""
    at = f"at {revision}" if revision else "empty"
    return f"The database is not up to date: it is {at}, and this version needs {newest()}. Run: tripkit db upgrade"
