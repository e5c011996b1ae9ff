"""A version before, as its statements: it knows the columns of its own tables, and no others; no test."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from functools import cache
from itertools import count
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Time,
    select,
    update,
)

from tests.storage.scripts import made_at

# Written down by processes about themselves; each version knows its own.
ASIDE = {"alembic_version"}
_numbers = count(1)


@cache
def tables_of(revision: str) -> MetaData:
    """The tables as the version of this revision has them, columns and all."""
    return made_at(revision)


def made_up(column: Column[Any], number: int) -> Any:
    """A value for a column, another one for each number."""
    kind = column.type
    for found, value in (
        (JSON, {"n": number}),
        (DateTime, datetime(2026, 1, 1, tzinfo=UTC)),
        (Date, date(2026, 1, 1)),
        (Time, time(9)),
        (Boolean, True),
        (Integer, number),
        (Float, 1.5),
        (LargeBinary, number.to_bytes(4, "big")),
        (String, f"x{number}"),
    ):
        if isinstance(kind, found):
            return value
    raise LookupError(f"{column}: {kind!r}")


def insert_rows(connection: Connection, revision: str) -> dict[str, Mapping[str, Any]]:
    """A row into every table with the columns of the revision, whatever the tables are now; each row by its table."""
    done: dict[str, Mapping[str, Any]] = {}
    for table in tables_of(revision).sorted_tables:
        if table.name in ASIDE:
            continue
        number = 1000 + next(_numbers)
        row: dict[str, Any] = {}
        for column in table.columns:
            if column.foreign_keys:
                (key,) = column.foreign_keys
                # Kinds of keys of rows in a table that is written later are left empty, as a version leaves them first.
                referred = done.get(key.column.table.name)
                row[column.name] = None if referred is None else referred[key.column.name]
            else:
                row[column.name] = made_up(column, number)
        if table.name == "pool":
            row |= {"taken": 1, "bound": None}
        connection.execute(table.insert(), row)
        done[table.name] = row
    return done


def read_rows(connection: Connection, revision: str, rows: Mapping[str, Mapping[str, Any]]) -> None:
    """What was written is there, in every column the revision knows."""
    for name, row in rows.items():
        table = tables_of(revision).tables[name]
        found = connection.execute(select(table).where(_is_it(table, row))).mappings().one()
        for column in table.columns:
            value = found[column.name]
            if isinstance(value, datetime) and value.tzinfo is None:
                value = value.replace(tzinfo=UTC)  # SQLite keeps no zone.
            assert value == row[column.name], f"{name}.{column.name}"


def update_rows(connection: Connection, revision: str, rows: Mapping[str, Mapping[str, Any]]) -> None:
    """Every column of the revision can be written to."""
    for name, row in rows.items():
        table = tables_of(revision).tables[name]
        changed = {key: value for key, value in row.items() if not table.columns[key].primary_key}
        if changed:
            done = connection.execute(update(table).where(_is_it(table, row)).values(**changed))
            assert done.rowcount == 1, name


def _is_it(table: Table, row: Mapping[str, Any]) -> Any:
    (key,) = table.primary_key.columns
    return key == row[key.name]
