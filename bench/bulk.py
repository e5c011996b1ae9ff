"""Writing many rows quickly, on SQLite and PostgreSQL, past the unit of work; what is in them, others say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any

from sqlalchemy import Column, Connection, Table, func, insert, select, text

from tripkit.storage import Row, db

A_PIECE = 20_000
"""Rows of a table that are kept until they are written."""


class Bulk:
    """Rows gathered by table, and written when there are many. Every table's ids count from 1: it is empty before."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows: dict[Table, list[dict[str, Any]]] = defaultdict(list)
        self._ids: dict[Table, count[int]] = defaultdict(lambda: count(1))
        self._gathered = 0

    def number(self, kind: type[Row]) -> int:
        """An id for a row that is added later."""
        return next(self._ids[_table(kind)])

    def add(self, kind: type[Row], /, **values: Any) -> int:
        """Put a row aside to be written; its id."""
        number: int = values.get("id") or self.number(kind)
        self._rows[_table(kind)].append({**values, "id": number})
        self._gathered += 1
        return number

    def flush(self, *, at_least: int = 0) -> None:
        """Write what was put aside, when it is so many rows, in the order in which tables refer to each other."""
        if self._gathered < max(1, at_least):
            return
        for table in db.metadata.sorted_tables:
            _write(self._connection, table, self._rows.pop(table, []))
        self._gathered = 0

    def finish(self) -> None:
        """Write the rest; the next row of each table gets an id of its own, and the database knows its figures."""
        self.flush()
        if self._connection.dialect.name == "postgresql":
            for table in self._ids:
                last = select(func.max(table.c.id)).scalar_subquery()
                sequence = func.pg_get_serial_sequence(table.name, "id")
                self._connection.execute(select(func.setval(sequence, last)))
        self._connection.execute(text("ANALYZE"))


def _table(kind: type[Row]) -> Table:
    return kind.__table__  # type: ignore[return-value]  # a table, not a join


def _write(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    columns = [column for column in table.columns if column.name in rows[0] or column.default is not None]
    if connection.dialect.name != "postgresql":
        connection.execute(insert(table), rows)
        return
    ready = [(column, _processor(connection, column), _default(column)) for column in columns]
    names = ", ".join(f'"{column.name}"' for column in columns)
    with connection.connection.cursor() as cursor, cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:  # type: ignore[attr-defined]  # psycopg's own cursor
        for row in rows:
            copy.write_row([_value(row, *one) for one in ready])


def _value(
    row: Mapping[str, Any], column: Column[Any], process: Callable[[Any], Any] | None, default: Callable[[], Any]
) -> Any:
    value = row[column.name] if column.name in row else default()
    return value if process is None else process(value)


def _processor(connection: Connection, column: Column[Any]) -> Callable[[Any], Any] | None:
    return column.type.dialect_impl(connection.dialect).bind_processor(connection.dialect)


def _default(column: Column[Any]) -> Callable[[], Any]:
    default: Any = column.default
    if default is None:
        return lambda: None
    return (lambda: default.arg(None)) if default.is_callable else (lambda: default.arg)
