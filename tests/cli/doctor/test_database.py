"""The doctor on databases that are missing, old, damaged, misplaced, misconfigured or away."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, text

from tests.cli.conftest import Shell
from tests.cli.doctor.conftest import NO_FSYNC, Doctor, heard
from tests.conftest import drop_postgres_database, make_postgres_database, missing
from tests.servers import running_postgres
from tests.worker.mail_server import free_port
from tripkit.cli.doctor import database, postgres, sqlite
from tripkit.storage.migrations import newest, upgrade

KEY = {"TRIPKIT_SECRET_KEY": "abcdefgh ijklmnop", "TRIPKIT_DATA_KEYS": "d0" * 32}


def test_a_database_that_is_not_there_is_not_made(shell: Shell, tmp_path: Path) -> None:
    said = heard(shell, TRIPKIT_DATABASE=f"sqlite:///{tmp_path / 'none.sqlite3'}")
    missing_one = f"There is no database at {tmp_path / 'none.sqlite3'} yet."
    assert ("Database", "wrong", missing_one, "Run: tripkit db upgrade") in said.findings
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize(
    ("url", "what"),
    [
        ("postgresql://nobody@127.0.0.1:1/x", "The database cannot be used: "),
        ("sqlite:///text.txt", "The database cannot be used: file is not a database"),
    ],
)
def test_a_database_that_does_not_answer_is_found_and_the_rest_is_looked_at(shell: Shell, url: str, what: str) -> None:
    Path("text.txt").write_text("A letter of more than a hundred characters is no database. " * 3)
    said = heard(shell, TRIPKIT_DATABASE=url, TRIPKIT_MAIL="smtp://127.0.0.1:1", **KEY)
    (database,) = said.about("Database")
    assert database[0] == "wrong" and database[1].startswith(what)
    assert said.about("Mail server")[0][0] == "wrong"


def test_a_database_that_says_nothing_is_not_waited_for_for_ever(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "PATIENCE", 2)  # The least that the driver knows.
    with socket.create_server(("127.0.0.1", 0)) as silent:
        said = heard(shell, TRIPKIT_DATABASE=f"postgresql://u:hunter2@127.0.0.1:{silent.getsockname()[1]}/x", **KEY)
    ((how, what),) = said.about("Database")
    assert how == "wrong" and "timeout" in what and "hunter2" not in repr(said)


@pytest.mark.parametrize("fresh_url", ["sqlite", "postgres"], indirect=True)
def test_old_tables_are_found_and_not_asked(shell: Shell, fresh_url: str) -> None:
    engine = create_engine(fresh_url)
    upgrade(engine, "0001")
    engine.dispose()
    said = heard(shell, TRIPKIT_DATABASE=fresh_url, **KEY)
    old = f"Its tables are 0001, and this version needs {newest()}."
    assert ("Database", "wrong", old, "Run: tripkit db upgrade") in said.findings
    assert said.about("Places") == []


def test_a_damaged_file_is_found(own_doctor: Doctor, tmp_path: Path) -> None:
    file = tmp_path / "trips.sqlite3"
    assert ("fine", "Its file is whole.") in own_doctor().about("Database")
    with file.open("r+b") as opened:
        for page in range(3, 12):
            opened.seek(4096 * page)
            opened.write(b"\xff" * 4096)
    said = own_doctor()
    assert any(how == "wrong" and what.startswith("Its file is damaged: ") for how, what in said.about("Database"))


def test_a_file_on_a_network_share_is_found() -> None:
    mounts = (
        "22 27 0:21 / /proc rw - proc proc rw\n"
        "40 27 0:50 / /srv/our\\040trips rw - nfs4 files.example:/trips rw\n"
        "41 27 0:51 / /srv/our rw - cifs //files.example/our rw\n"
        "42 40 8:2 / /srv/our\\040trips/local rw - xfs /dev/sdb1 rw\n"
        "27 1 8:1 / / rw - ext4 /dev/sda1 rw\n"
    )
    found = sqlite.disk(Path("/srv/our trips/var/trips.sqlite3"), mounts)
    assert found.how == "wrong" and "is on a network share (nfs4)" in found.what
    assert sqlite.disk(Path("/srv/our/trips.sqlite3"), mounts).how == "wrong"
    assert sqlite.disk(Path("/srv/our trips/local/trips.sqlite3"), mounts).what.endswith("(xfs).")
    assert sqlite.disk(Path("/srv/ours/trips.sqlite3"), mounts).what.endswith("(ext4).")


def test_a_disk_that_cannot_write_ahead_is_found(tmp_path: Path) -> None:
    # This way of locking has no memory to share, as on many network shares, so SQLite refuses to write ahead.
    engine = create_engine(f"sqlite:///file:{tmp_path / 'trips.sqlite3'}?vfs=unix-dotfile&uri=true")
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA journal_mode = WAL")
        found = sqlite.journal(connection)
    engine.dispose()
    assert found.how == "wrong" and "Its journal is “delete” and not “wal”" in found.what


@pytest.fixture
def own_postgres(postgres_server: str, shell: Shell) -> Any:
    """A migrated database of one's own, to be misconfigured; runs a statement on it."""
    url = make_postgres_database(postgres_server)
    shell.environment |= {"TRIPKIT_DATABASE": url, **KEY}
    shell("db", "upgrade")

    def run(statement: str) -> None:
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement.format(name=make_url(url).database)))
        engine.dispose()

    yield run
    drop_postgres_database(postgres_server, url)


def test_a_server_that_is_well(shell: Shell, own_postgres: Any) -> None:
    said = heard(shell)
    assert said.bad == []
    assert ("fine", "Its encoding is UTF8.") in said.about("Database")
    assert ("fine", "Its clock and the one of this machine agree.") in said.about("Database")


def test_a_line_to_another_machine_in_clear_is_found(shell: Shell) -> None:
    """A server of its own, that speaks no TLS: that of the tests may be on a socket, or encrypted."""
    with running_postgres(port=free_port()) as server:
        here = make_url(server.server_url)
        shell.environment |= {"TRIPKIT_DATABASE": server.server_url, **KEY}
        shell("db", "upgrade")
        elsewhere = here.set(host="db.tripkit.example").update_query_dict({"hostaddr": str(here.host)})
        for url, found in ((elsewhere, ["warning"]), (here, [])):
            said = heard(shell, TRIPKIT_DATABASE=url.render_as_string(hide_password=False))
            clear = "What is said to db.tripkit.example is not encrypted"
            assert [how for _, how, what in said.bad if what.startswith(clear)] == found


def test_a_server_that_does_not_wait_for_the_disk_is_found(
    shell: Shell, own_postgres: Any, postgres_server: str
) -> None:
    engine = create_engine(postgres_server)
    with engine.connect() as connection:
        waits = connection.exec_driver_sql("SHOW fsync").scalar() == "on"
    engine.dispose()
    # A test cannot switch this on a server that others use: which of the two is tested depends on the server.
    found = [how for how, what in heard(shell).about("Database") if what.startswith(NO_FSYNC)]
    assert found == ([] if waits else ["wrong"])


@pytest.mark.parametrize(
    ("setting", "how", "what"),
    [
        ("synchronous_commit = off", "warning", "a power cut may lose the last bookings."),
        ("default_transaction_read_only = on", "wrong", "It can only be read."),
    ],
)
def test_a_server_that_loses_or_refuses_bookings_is_found(
    shell: Shell, own_postgres: Any, setting: str, how: str, what: str
) -> None:
    own_postgres(f'ALTER DATABASE "{{name}}" SET {setting}')
    (found,) = heard(shell).bad
    assert found[:2] == ("Database", how) and found[2].endswith(what)


def test_another_encoding_is_found(shell: Shell, postgres_server: str) -> None:
    name = f"tripkit_test_{uuid.uuid4().hex[:12]}"
    url = make_url(postgres_server).set(database=name).render_as_string(hide_password=False)
    engine = create_engine(postgres_server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE \"{name}\" ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0"))
    engine.dispose()
    try:
        said = heard(shell, TRIPKIT_DATABASE=url, **KEY)
    finally:
        drop_postgres_database(postgres_server, url)
    assert ("Database", "wrong", "Its encoding is LATIN1, which not every name can be written in.") in said.bad


def test_a_clock_that_is_far_from_the_databases_is_found(shell: Shell, own_postgres: Any) -> None:
    program = shutil.which("faketime")
    if program is None:
        missing("faketime", "faketime is not installed")
    command = [str(program), "-f", "+90s", sys.executable, "-m", "tripkit", "doctor"]
    environment = {name: str(value) for name, value in shell.environment.items() if name != "TRIPKIT_CLOCK"}
    done = subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert "  wrong    Its clock and the one of this machine differ by 90." in done.stdout


@pytest.mark.parametrize(
    ("seconds", "how"), [(0, "fine"), (4, "fine"), (6, "warning"), (-6, "warning"), (61, "wrong"), (-3600, "wrong")]
)
def test_clocks_may_differ_by_a_little(seconds: int, how: str) -> None:
    assert postgres.clocks(timedelta(seconds=seconds)).how == how
