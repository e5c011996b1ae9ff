"""Taking every row out of a database of tests; no test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, text

from tripkit.storage import db

MANY = 500
RESTART = "SELECT setval(oid, 1, false) FROM pg_class WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace"


def empty(engine: Engine) -> None:
    """Take every row out of every table, and count anew."""
    with engine.begin() as connection, log_unlocked(connection):
        full = _with_rows(connection)
        if engine.dialect.name == "postgresql":
            # On a server that writes through to its disk, new files for all tables take a second; few rows take none.
            if sum(full.values()) >= MANY:
                names = ", ".join(table.name for table in db.metadata.sorted_tables)
                connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
                return
            connection.execute(text(RESTART))
        for table in reversed(db.metadata.sorted_tables):
            if table.name in full:  # Fifty deletions of nothing take longer than many a test.
                connection.execute(table.delete())


def _with_rows(connection: Connection) -> dict[str, int]:
    """How many rows, `MANY` at most, are in each table that is not empty."""
    each = (
        f"SELECT '{name}', (SELECT count(*) FROM (SELECT 1 FROM {name} LIMIT {MANY}) x) AS rows"
        for name in db.metadata.tables
    )
    return {row[0]: row[1] for row in connection.execute(text(" UNION ALL ".join(each))) if row[1]}


@contextmanager
def log_unlocked(connection: Connection) -> Iterator[None]:
    """Let the audit log be changed in this transaction, which its triggers refuse everybody."""
    if connection.scalar(text("SELECT 1 FROM audit LIMIT 1")) is None:
        yield
    elif connection.dialect.name == "postgresql":
        connection.execute(text("ALTER TABLE audit DISABLE TRIGGER USER"))
        yield
        connection.execute(text("ALTER TABLE audit ENABLE TRIGGER USER"))
    else:
        found = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'")
        triggers = connection.execute(found).all()
        for name, _ in triggers:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        yield
        for _, trigger in triggers:
            connection.exec_driver_sql(trigger)
