"""A line of the log, to be read by people or by programs; what may not stand in it is taken out elsewhere."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from tripkit.logs.discretion import discreet, traced, unquoted
from tripkit.logs.errand import current

OURS = "tripkit"
"""The logger above all of ours."""


def formatter(form: str) -> logging.Formatter:
    """The formatter for ``text`` or ``json``."""
    return _Json() if form == "json" else _Text()


class _Text(logging.Formatter):
    """``2027-02-01 08:00:00.123 info tripkit.web.access [k3v9x2ab] GET public.trip 200``; an error's lines are indented."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC)
        errand = current.get()
        number = f" [{errand.id}]" if errand is not None else ""
        line = (
            f"{at:%Y-%m-%d %H:%M:%S}.{at.microsecond // 1000:03}Z {record.levelname.lower()} {record.name}{number} "
            f"{_message(record)}"
        )
        trouble = _trouble(record)
        return line if not trouble else line + "".join(f"\n  {one}" for one in trouble.splitlines())


class _Json(logging.Formatter):
    """One object a line. What a record is ``about`` (see `about`) are keys of their own beside the message."""

    def format(self, record: logging.LogRecord) -> str:
        errand = current.get()
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "id": None if errand is None else errand.id,
            "message": _message(record),
            **getattr(record, "about", {}),
        }
        if trouble := _trouble(record):
            line["error"] = trouble
        return json.dumps(line, ensure_ascii=False, default=str)


def about(**values: object) -> Mapping[str, Any]:
    """What ``extra=`` of a log call takes: values that a program finds under keys of their own."""
    return {"about": values}


def _message(record: logging.LogRecord) -> str:
    """What is said. Who logs an error that is not ours often repeats in the message what the error says."""
    said = record.getMessage()
    if record.exc_info and record.name.partition(".")[0] != OURS:
        said = unquoted(said)
    return discreet(said)


def _trouble(record: logging.LogRecord) -> str:
    if not record.exc_info or record.exc_info[1] is None:
        return ""
    return traced(record.exc_info[1])
