"""Taking every row out of a database of tests; no test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, text

from tripkit.storage import db


def empty(engine: Engine) -> None:
    """Take every row out of every table, and count anew."""
    tables = db.metadata.sorted_tables
    with engine.begin() as connection, log_unlocked(connection):
        if engine.dialect.name == "postgresql":
            # On a server that writes through to its disk, new files for all tables take a second; few rows take none.
            counts = " + ".join(f"(SELECT count(*) FROM (SELECT 1 FROM {table.name} LIMIT 500) x)" for table in tables)
            if (connection.scalar(text(f"SELECT {counts}")) or 0) >= 500:
                names = ", ".join(table.name for table in tables)
                connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
                return
            sequences = "SELECT setval(oid, 1, false) FROM pg_class WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace"
            connection.execute(text(sequences))
        for table in reversed(tables):
            connection.execute(table.delete())


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
