"""The doctor on the database: whether it answers, which version it is, whether its tables are the newest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import click
from sqlalchemy import Engine, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError

from tripkit.cli.databases import known_engine
from tripkit.cli.doctor import postgres, sqlite
from tripkit.cli.doctor.findings import Finding, Patient, fine, warning, wrong
from tripkit.settings import Settings
from tripkit.storage.revision import Age, age_of, current, newest

PATIENCE = 10
"""Seconds to wait for a server to let us in."""


def opened(settings: Settings) -> Engine | Finding:
    """A database that answers, or why there is none."""
    try:
        return known_engine(replace(settings, database_url=_impatient(settings.database_url)))
    except click.ClickException as refused:
        # One that is not there yet says what to run.
        what, _, todo = refused.message.partition(" Run: ")
        return wrong(what, f"Run: {todo}" if todo else "Look at TRIPKIT_DATABASE, and whether its server runs.")


def look(patient: Patient) -> Iterator[Finding]:
    """Version and tables, then what is peculiar to each kind."""
    engine = patient.engine
    if engine is None:
        return
    yield fine(f"{_called(engine)} answers.")
    at = current(engine)
    if age_of(at) is Age.NEWER:
        yield warning(
            f"Its tables are {at}, newer than this version knows ({newest()}); it works on them all the same.",
            "Start tripkit anew with the version that brought them up to date.",
        )
    elif at != newest():
        yield wrong(
            f"Its tables are {at or 'not there'}, and this version needs {newest()}.", "Run: tripkit db upgrade"
        )
    else:
        yield fine(f"Its tables are the newest, {at}.")
    yield from (sqlite.look if engine.dialect.name == "sqlite" else postgres.look)(engine)


def is_ready(engine: Engine) -> bool:
    """Whether its tables can be asked."""
    try:
        return age_of(current(engine)) in {Age.NEWEST, Age.NEWER}
    except DatabaseError:
        return False  # It was said already.


def _impatient(address: str) -> str:
    """The address of a server that is given up after a while: a monitor that hangs tells nobody anything."""
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        return address  # It is refused with its sentence where it is opened.
    if url.get_backend_name() == "sqlite" or "connect_timeout" in url.query:
        return address
    return url.update_query_dict({"connect_timeout": str(PATIENCE)}).render_as_string(hide_password=False)


def _called(engine: Engine) -> str:
    name = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[engine.dialect.name]
    with engine.connect():
        return f"{name} {'.'.join(map(str, engine.dialect.server_version_info or ()))}"
