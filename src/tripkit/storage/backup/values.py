"""A column's value as JSON and back, by the type of its column; no row is read or written here."""

from __future__ import annotations

import json
import re
import warnings
from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from math import isfinite
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Date, DateTime, Float, Integer, LargeBinary, MetaData, String, Time, types
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SAWarning

_LOWEST, _HIGHEST = -(2**31), 2**31 - 1
_BAD_SIGN = re.compile(r"\\u(0000|d[89a-f])", re.IGNORECASE)


def reflected(connection: Connection) -> MetaData:
    """The tables as they are in this database, whichever revision it is at; what is JSON and empty is NULL."""
    found = MetaData()
    with warnings.catch_warnings():
        # An index of an expression is none that SQLAlchemy can describe on SQLite; only columns are looked at here.
        warnings.filterwarnings("ignore", "Skipped unsupported reflection of expression-based index", SAWarning)
        found.reflect(connection)
    for table in found.tables.values():
        for column in table.columns:
            if isinstance(column.type, JSON):
                column.type = JSON(none_as_null=bool(column.nullable))
    return found


def plain(value: Any) -> Any:
    """A value as the database gives it, as JSON has it: moments in UTC, bytes in base64."""
    match value:
        case bytes() | memoryview():
            return b64encode(value).decode()
        case datetime():
            return (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)).isoformat()
        case date() | time():
            return value.isoformat()
    return value


def written(values: list[Any]) -> bytes:
    """One row as its line."""
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def read_line(line: bytes) -> list[Any]:
    """A line's values. Raises: ValueError for one that is no JSON array, or holds what no text or number may hold."""
    text = line.decode()
    found = json.loads(text, parse_constant=_no_number, parse_float=_finite)
    if not isinstance(found, list):
        raise ValueError("no JSON array")  # noqa: TRY004 (what is read is wrong, not what is called)
    if _BAD_SIGN.search(text):  # Never in what we write ourselves, except behind another backslash.
        again = json.dumps(found, ensure_ascii=False)
        again.encode()
        if re.search(r"(?<!\\)(\\\\)*\\u0000", again):
            raise ValueError("a text with a zero in it")
    return found


def reader_of(column: Column[Any]) -> Callable[[Any], Any]:
    """What makes the column's value of what JSON has. It raises ValueError for one that cannot be in this column."""
    kind = next((make for types_, make in _READERS if isinstance(column.type, types_)), None)
    if kind is None:
        raise ValueError(f"a column of an unknown kind: {column.type!r}")

    def read(value: Any) -> Any:
        if value is None and column.nullable:
            return None
        return kind(value)

    return read


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number")


def _finite(text: str) -> float:
    if isfinite(number := float(text)):
        return number
    raise ValueError("a number without end")


def _whole(value: Any) -> int:
    if type(value) is not int or not _LOWEST <= value <= _HIGHEST:
        raise ValueError("no whole number, or too large a one")
    return value


def _exactly(*kinds: type) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if type(value) not in kinds:
            raise ValueError(f"{type(value).__name__} where {kinds[0].__name__} belongs")
        return value

    return read


def _moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(_exactly(str)(value))
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return moment.astimezone(UTC)


_READERS: tuple[tuple[type[types.TypeEngine[Any]], Callable[[Any], Any]], ...] = (
    (JSON, lambda value: value),
    (Boolean, _exactly(bool)),
    (Integer, _whole),
    (Float, _exactly(float, int)),
    (DateTime, _moment),
    (Date, lambda value: date.fromisoformat(_exactly(str)(value))),
    (Time, lambda value: time.fromisoformat(_exactly(str)(value))),
    (LargeBinary, lambda value: b64decode(_exactly(str)(value), validate=True)),
    (String, _exactly(str)),
)
