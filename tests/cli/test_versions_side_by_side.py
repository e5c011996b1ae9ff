"""Processes of two versions on one database: the older one goes on and says so, the newer one says what it needs."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from tests.cli.conftest import Shell
from tests.conftest import DATA_KEYS
from tripkit.app import create_app
from tripkit.settings import Settings
from tripkit.storage import db, open_engine
from tripkit.storage.migrations import newest, upgrade
from tripkit.storage.revision import TablesAreOlder, revisions

both = pytest.mark.parametrize("fresh_url", ["sqlite", "postgres"], indirect=True)
NEWER = (
    f"The tables are at 9999, newer than this version of tripkit knows ({newest()}). It works on them until the upgrade"
    " is through; start it anew with the newer version soon."
)


@pytest.fixture
def site(shell: Shell, fresh_url: str) -> Iterator[Engine]:
    """A database that is up to date, and the settings of the shell on it."""
    shell.environment["TRIPKIT_DATABASE"] = fresh_url
    engine = open_engine(fresh_url)
    upgrade(engine)
    yield engine
    engine.dispose()


def be_newer(engine: Engine) -> None:
    """As a newer version leaves it: one column more, a number nobody here knows."""
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE booking ADD COLUMN newer VARCHAR"))
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))


def settings(engine: Engine) -> Settings:
    return Settings(
        database_url=engine.url.render_as_string(hide_password=False),
        secret_key="only for tests, 32 characters..",
        data_keys=DATA_KEYS,
    )


@both
def test_a_worker_and_other_commands_go_on_with_newer_tables_and_say_so(shell: Shell, site: Engine) -> None:
    be_newer(site)
    done = shell("worker", "--once")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "Sent: 0.\n", f"Warning: {NEWER}\n")
    refused = shell("db", "upgrade")
    assert refused.exit_code == 1 and "made by another version of tripkit, perhaps a newer one" in refused.output


@both
def test_the_doctor_warns_of_newer_tables(shell: Shell, site: Engine) -> None:
    be_newer(site)
    assert "Its tables are 9999, newer than this version knows" in shell("doctor", "--no-mail").output


@both
def test_a_web_process_begins_on_newer_tables_with_a_warning(site: Engine, caplog: pytest.LogCaptureFixture) -> None:
    be_newer(site)
    with caplog.at_level(logging.WARNING, "tripkit"):
        app = create_app(settings(site))
    assert [record.getMessage() for record in caplog.records] == [NEWER]
    assert app.test_client().get("/sv/").status_code == 200
    with app.app_context():
        db.engine.dispose()


@both
def test_a_web_process_on_older_tables_says_what_to_do_and_does_not_begin(fresh_url: str) -> None:
    old = open_engine(fresh_url)
    upgrade(old, revisions()[0])
    with pytest.raises(TablesAreOlder) as raised:
        create_app(settings(old))
    assert str(raised.value) == (
        f"The database is not up to date: it is at {revisions()[0]}, and this version needs {newest()}."
        " Run: tripkit db upgrade"
    )
    old.dispose()


def test_a_web_process_begins_while_the_database_is_away_and_makes_none(tmp_path: Path) -> None:
    away = Settings(
        database_url="postgresql+psycopg://nobody@127.0.0.1:1/x",
        secret_key="only for tests",
        data_keys=DATA_KEYS,
        worker=False,
    )
    assert create_app(away).name
    none = Settings(
        database_url=f"sqlite:///{tmp_path / 'none.sqlite3'}",
        secret_key="only for tests",
        data_keys=DATA_KEYS,
        worker=False,
    )
    assert create_app(none).name
    assert [path.name for path in tmp_path.iterdir()] == []
