"""`tripkit db upgrade` while four processes of the first version sign people up: nobody sees an error, nothing is lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text

from tests.conftest import drop_postgres_database, make_postgres_database
from tests.storage.neighbours import made_up, tables_of
from tripkit.reads.pool_recount import pool_recount
from tripkit.storage import open_engine, sessions
from tripkit.storage.bookings import BookingRow
from tripkit.storage.migrations import current, newest, upgrade
from tripkit.storage.outbox import OutboxRow
from tripkit.storage.revision import revisions

ROOT = Path(__file__).parents[2]
PROCESSES = 4
# An upgrade that begins as a reader, as any transaction does by itself, and turns writer where it first changes something.
CARELESS = """
import sys
import tripkit.storage.migrations as upgrades
def careless(engine, to="head", **_):
    with engine.connect() as connection, connection.begin():
        upgrades.upgrade_within(connection, to)
upgrades.upgrade = careless
sys.argv = ["tripkit", "db", "upgrade"]
from tripkit.cli import main
main()
"""


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database of the first version with one trip in it."""
    if request.param == "sqlite":
        yield from _old(f"sqlite:///{tmp_path / 'old.sqlite3'}")
        return
    server = request.getfixturevalue("postgres_server")
    url = make_postgres_database(server)
    yield from _old(url)
    drop_postgres_database(server, url)


def _old(url: str) -> Iterator[Engine]:
    engine = open_engine(url)
    upgrade(engine, revisions()[0])
    _trip(engine)
    yield engine
    engine.dispose()


def _trip(engine: Engine) -> None:
    tables = tables_of(revisions()[0]).tables
    with engine.begin() as connection:
        for name in ("organisation", "trip", "pool"):
            row = {column.name: made_up(column, 1) for column in tables[name].columns}
            if name == "pool":
                row |= {"kind": "open", "key": "", "size": 1_000_000, "bound": 1_000_000, "taken": 0}
            connection.execute(tables[name].insert(), row)


def sign_ups(url: str) -> list[subprocess.Popen[str]]:
    found = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.races.first_version", url],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(PROCESSES)
    ]
    for one in found:
        assert one.stdout is not None and one.stdout.readline() == "ready\n"
    return found


def upgraded(url: str, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *(command or ("-m", "tripkit", "db", "upgrade"))],
        env={**os.environ, "TRIPKIT_DATABASE": url},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def until(engine: Engine, more: int) -> None:
    """Wait until so many more have signed up."""
    with engine.connect() as connection:
        count = text("SELECT count(*) FROM booking")
        wanted = (connection.scalar(count) or 0) + more
        connection.rollback()
        while (connection.scalar(count) or 0) < wanted:
            connection.rollback()


def test_nobody_who_signs_up_notices_an_upgrade(engine: Engine) -> None:
    url = engine.url.render_as_string(hide_password=False)
    processes = sign_ups(url)
    try:
        until(engine, 40)
        done = upgraded(url)
        until(engine, 40)
        told = []
        for one in processes:
            answer, _ = one.communicate(timeout=120)
            told.append(json.loads(answer))
    finally:
        for one in processes:
            one.kill()
    assert (done.returncode, done.stdout) == (0, f"From {revisions()[0]} to {newest()}.\n"), done.stderr
    assert [one["wrong"] for one in told] == [[]] * PROCESSES
    assert current(engine) == newest()
    people = sum(one["done"] for one in told)
    with sessions(engine)() as session:
        assert len(session.scalars(select(BookingRow.id)).all()) == people >= 80
        assert len(session.scalars(select(OutboxRow.id).where(OutboxRow.state == "waiting")).all()) == people
        assert pool_recount(session) == ()


def test_an_upgrade_that_takes_no_care_cannot_be_done_meanwhile(engine: Engine) -> None:
    """The fault itself.

    SQLite does not let a reader turn writer once somebody else has written; on PostgreSQL an upgrade
    and a sign-up wait for each other, and the server ends one of them.
    """
    url = engine.url.render_as_string(hide_password=False)
    processes = sign_ups(url)
    try:
        until(engine, 40)
        said = [upgraded(url, "-c", CARELESS).stderr for _ in range(3)]
    finally:
        said += [one.communicate(timeout=120)[0] for one in processes]
    fault = "database is locked" if engine.dialect.name == "sqlite" else "deadlock detected"
    assert any(fault in one for one in said)
