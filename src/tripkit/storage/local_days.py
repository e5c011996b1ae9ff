"""The day a moment is on by the clock of a time zone, alike on SQLite and PostgreSQL; nothing is stored here."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import FunctionElement

_TO_THE_MINUTE = len("2027-03-01 09:00")
"""No clock is off by less than a minute, and one who signs up is not alone in that minute."""


class LocalDay(FunctionElement[str]):
    """The day of a moment (first argument) in a time zone (second), as ISO 8601 has it; group by it by its label."""

    name = "tripkit_local_day"
    type = String()
    inherit_cache = True


@compiles(LocalDay)
def _call(element: FunctionElement[str], compiler: Any, **options: Any) -> str:
    return f"{element.name}({compiler.process(element.clauses, **options)})"


@compiles(LocalDay, "postgresql")
def _on_postgres(element: LocalDay, compiler: Any, **options: Any) -> str:
    moment, zone = (compiler.process(one, **options) for one in element.clauses)
    return f"to_char(timezone({zone}, {moment}), 'YYYY-MM-DD')"


@lru_cache(maxsize=4096)
def _local_day(minute: str, zone: str) -> str:
    moment = datetime.fromisoformat(minute).replace(tzinfo=UTC)
    return moment.astimezone(ZoneInfo(zone)).date().isoformat()


def day_of(value: str) -> date:
    """What the database gives for it, as a day."""
    return date.fromisoformat(value)


def teach_sqlite_days(connection: Any) -> None:
    """Give a connection the function, which knows no time zones by itself."""
    connection.create_function(
        LocalDay.name,
        2,
        lambda moment, zone: None if moment is None else _local_day(moment[:_TO_THE_MINUTE], zone),
        deterministic=True,
    )
