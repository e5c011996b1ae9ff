"""Bringing a database to the newest tables while others work with it; no table is described here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import uniform
from time import monotonic, sleep

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from tripkit.storage.patience import patient_throughout
from tripkit.storage.revision import current, newest, revision_of, revisions
from tripkit.storage.session import writing

__all__ = [
    "OtherTables",
    "TablesAreInUse",
    "current",
    "newest",
    "revision_of",
    "revisions",
    "upgrade",
    "upgrade_within",
]

_HERE = Path(__file__).parent
_LOCK = int.from_bytes(b"tripkit")
"""The advisory lock of who changes tables."""
LOCK_MILLISECONDS = 500
"""How long a migration waits for a table on PostgreSQL. Whoever comes after it waits as long, so it gives up and tries
again; and it gives up before the server looks for deadlocks (``deadlock_timeout``, a second), so that nobody else has to."""
PATIENCE = 300.0
"""Seconds in which a moment has to come when the tables can be changed."""
_PAUSE = (0.3, 1.0)
_LOOK_AGAIN = 0.2
_NOT_NOW = {"55P03", "40P01"}
"""PostgreSQL: lock_not_available, deadlock_detected."""


class OtherTables(Exception):
    """The database was made by another version of tripkit, which knew tables that this one does not."""


class TablesAreInUse(Exception):
    """Others hold the tables all the time. What could not be changed is as it was, so it can be begun again."""


def upgrade(engine: Engine, to: str = "head", *, patience: float = PATIENCE) -> None:
    """Bring the database to a revision, step by step; nothing happens when it is there already.

    Two at once wait for each other. On PostgreSQL each migration is a transaction that gives way to those who sign up,
    and is tried again; on SQLite all of them are one, and whoever writes waits for it. ``patience``: in seconds.

    Raises: TablesAreInUse.
    """
    if to == "head" and current(engine) == newest():
        return
    if engine.dialect.name == "sqlite":
        with writing(engine, keeps_foreign_keys=False) as connection:
            upgrade_within(connection, to)
        return
    until = monotonic() + patience
    with engine.connect() as connection, patient_throughout(connection), _alone(connection, until):
        connection.execute(text(f"SET lock_timeout = {LOCK_MILLISECONDS}"))
        connection.commit()  # A transaction that is open already would hold all migrations, and their locks, together.
        try:
            _when_it_can(connection, lambda: _run(connection, to), until)
        finally:
            connection.rollback()
            connection.execute(text("RESET lock_timeout"))
            connection.commit()


def upgrade_within(connection: Connection, to: str = "head") -> None:
    """Bring the database to a revision inside the transaction that is open: it is committed, or undone, with that.

    Nobody else should be at work there: all its locks are held until the end.

    Raises: RuntimeError when a row on SQLite names one that is not there.
    """
    _run(connection, to)
    if connection.dialect.name == "sqlite":
        broken = connection.execute(text("PRAGMA foreign_key_check")).first()
        if broken is not None:
            raise RuntimeError(f"a row of {broken[0]} names one of {broken[2]} that is not there")


@contextmanager
def _alone(connection: Connection, until: float) -> Iterator[None]:
    """Hold the advisory lock, which ends with the connection whatever happens.

    It is asked for again and again, not waited for: who waits within a statement is waited for by an index that is
    built concurrently, and neither would ever end.
    """
    while not connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _LOCK}):
        connection.commit()
        if monotonic() > until:
            raise TablesAreInUse("Somebody else is changing the tables and does not come to an end.")
        sleep(_LOOK_AGAIN)
    connection.commit()
    try:
        yield
    finally:
        connection.rollback()
        connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _LOCK})
        connection.commit()


def _when_it_can(connection: Connection, run: Callable[[], None], until: float) -> None:
    while True:
        try:
            run()
        except DBAPIError as error:
            connection.rollback()
            if getattr(error.orig, "sqlstate", None) not in _NOT_NOW:
                raise
            if monotonic() > until:
                raise TablesAreInUse(
                    "The tables are in use all the time. Nothing is half done; run it again."
                ) from error
            sleep(uniform(*_PAUSE))  # noqa: S311 (so that two do not meet again; no secret)
        else:
            return


def _run(connection: Connection, to: str) -> None:
    # Most commands look whether the tables are the newest, and few change them.
    from alembic import command  # noqa: PLC0415 (for those alone)
    from alembic.config import Config  # noqa: PLC0415 (for those alone)
    from alembic.util import CommandError  # noqa: PLC0415 (for those alone)

    config = Config()
    config.set_main_option("script_location", str(_HERE).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, to)
    except CommandError as error:
        raise OtherTables(str(error)) from error
