"""Writing a backup from one moment of the database, while others go on writing to it; it is read elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Integer,
    LargeBinary,
    Table,
    func,
    inspect,
    literal_column,
    null,
    select,
    text,
)

from tripkit import __version__
from tripkit.storage.backup.form import EMPTIED, FORMAT, MANIFEST, NOT_CARRIED, BackupRefused, Manifest, Part, member
from tripkit.storage.backup.values import plain, reflected, written
from tripkit.storage.columns import Row
from tripkit.storage.migrations import newest, revision_of, revisions
from tripkit.storage.patience import patient

_AT_ONCE, _LARGE_AT_ONCE = 1000, 10
"""Rows in memory at a time, and of a table with pictures in it."""


def save(engine: Engine, file: IO[bytes], *, made_at: datetime, advance: Callable[[int], None]) -> Manifest:
    """Write the whole database, as it is at one moment, to ``file``, which need not be one that can be wound back.

    ``advance`` is told how many rows more are written. Raises: BackupRefused, OSError from the file.
    """
    with _one_moment(engine) as connection:
        revision = revision_of(connection)
        if revision is None:
            raise BackupRefused("There is nothing to save: the database has no tables. Run: tripkit db upgrade")
        if revision not in revisions():
            raise BackupRefused(
                f"The database is at {revision} and this tripkit knows up to {newest()}: save it with the version it is for."
            )
        tables = [table for table in reflected(connection).sorted_tables if _ours(table.name)]
        with ZipFile(file, "w", ZIP_DEFLATED, compresslevel=6) as packed:
            parts = [_part(connection, table, packed, advance) for table in tables]
            manifest = Manifest(
                format=FORMAT,
                tripkit=__version__,
                revision=revision,
                made_at=made_at.astimezone(UTC).isoformat(timespec="seconds"),
                parts=parts,
            )
            packed.writestr(MANIFEST, manifest.model_dump_json(indent=1))
    return manifest


def _ours(table: str) -> bool:
    return table in Row.metadata.tables and table not in NOT_CARRIED


@contextmanager
def _one_moment(engine: Engine) -> Iterator[Connection]:
    """A transaction that sees the database as it was when it began, and keeps nobody from writing."""
    with engine.connect() as connection:
        if engine.dialect.name != "postgresql":
            with connection.begin():  # In write-ahead mode a reader sees what was there at its first statement.
                yield connection
            return
        names = [name for name in inspect(engine).get_table_names() if _ours(name)]
        connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with connection.begin(), patient(connection):
            # Whoever reads our lines may be slow; nobody waits for us but who changes tables.
            connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
            if names:
                connection.exec_driver_sql(f"LOCK TABLE {', '.join(names)} IN ACCESS SHARE MODE")
            yield connection


def _part(connection: Connection, table: Table, packed: ZipFile, advance: Callable[[int], None]) -> Part:
    emptied = EMPTIED.get(table.name, frozenset())
    columns = [null().label(column.name) if column.name in emptied else column for column in table.columns]
    large = any(isinstance(column.type, LargeBinary) for column in table.columns)
    at_once = _LARGE_AT_ONCE if large else _AT_ONCE
    rows = size = 0
    digest = sha256()
    wanted = select(*columns).order_by(*table.primary_key)
    with (
        connection.execute(wanted, execution_options={"yield_per": at_once}) as found,
        packed.open(member(table.name), "w", force_zip64=True) as lines,
    ):
        for some in found.partitions():
            for row in some:
                line = written([plain(value) for value in row])
                digest.update(line)
                size += len(line)
                lines.write(line)
            rows += len(some)
            advance(len(some))
    return Part(
        table=table.name,
        columns=[column.name for column in table.columns],
        rows=rows,
        bytes=size,
        sha256=digest.hexdigest(),
        last_id=_last_id(connection, table),
    )


def _last_id(connection: Connection, table: Table) -> int | None:
    """The highest id given so far. PostgreSQL remembers those of rows that are gone, too."""
    column = numbered(table)
    if column is None:
        return None
    last: int = connection.scalar(select(func.coalesce(func.max(column), 0))) or 0
    if connection.dialect.name == "postgresql":
        sequence = connection.scalar(select(func.pg_get_serial_sequence(table.name, column.name)))
        if sequence:
            given = literal_column("CASE WHEN is_called THEN last_value ELSE 0 END", type_=Integer())
            last = max(last, connection.scalar(select(given).select_from(text(sequence))) or 0)
    return last


def numbered(table: Table) -> Column[int] | None:
    """The column whose numbers the database gives itself; None where keys are given."""
    column = table.columns.get("id")
    return column if column is not None and column.primary_key and column.type.python_type is int else None
