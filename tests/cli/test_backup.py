"""Saving and restoring from a shell: whole files only, sentences, and what a process leaves that is killed or has no room."""

from __future__ import annotations

import os
import re
import resource
import signal
import subprocess
import sys
from pathlib import Path
from secrets import token_hex
from time import monotonic, sleep

import pytest
from sqlalchemy import Engine, func, select, text

from tests.cli.conftest import Shell
from tests.conftest import drop_postgres_database, make_postgres_database
from tests.emptying import empty
from tripkit.actions.create_campaign import create_campaign
from tripkit.actions.steer_campaign import start_campaign
from tripkit.domain.bookings import ParticipantStatus
from tripkit.domain.campaigns import Audience, CampaignState
from tripkit.reads.pool_recount import pool_recount
from tripkit.storage import open_engine, sessions
from tripkit.storage.bookings import BookingRow, ParticipantRow
from tripkit.storage.campaigns import CampaignRow
from tripkit.storage.outbox import OutboxRow
from tripkit.storage.trips import TripRow
from tripkit.testing import applied, booked, make_moment, make_participant, make_trip


def people(engine: Engine, number: int = 1) -> None:
    """A trip, a booking, and many people who have cancelled: rows by the thousand that hold no place."""
    with sessions(engine)() as session:
        trip = applied(session, make_trip())
        booked(session, trip, [make_participant("Åsa Ö")])
        first = session.scalars(select(ParticipantRow)).one()
        more = {
            column.key: getattr(first, column.key) for column in ParticipantRow.__table__.columns if column.key != "id"
        }
        more["status"] = ParticipantStatus.CANCELLED
        named = [{**more, "name": token_hex(16)} for _ in range(number)]  # Nothing that could be packed into little.
        session.execute(ParticipantRow.__table__.insert(), named)
        session.commit()


def command(engine: Engine, *words: str | Path) -> tuple[list[str], dict[str, str]]:
    url = engine.url.render_as_string(hide_password=False)
    return [sys.executable, "-m", "tripkit", *map(str, words)], {**os.environ, "TRIPKIT_DATABASE": url}


def test_saved_emptied_restored(served: Shell, engine: Engine, tmp_path: Path) -> None:
    people(engine)
    file = tmp_path / "trips.backup"
    saved = served("backup", file)
    assert (saved.exit_code, saved.output.split(":")[0]) == (0, "Saved")
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.glob(".*.part")) == []
    again = served("backup", file)
    assert (again.exit_code, again.output) == (
        1, f"Error: There is a file {file} already. Name another, or take that one away.\n"
    )  # fmt: skip
    full = served("restore", file)
    assert (full.exit_code, full.output) == (
        1, "Error: The database is not empty. Restore into an empty one, and leave this one as it is.\n"
    )  # fmt: skip
    empty(engine)
    restored = served("restore", file)
    assert restored.exit_code == 0
    assert "held: 1." in restored.output
    assert "tripkit mail list --state held" in restored.output
    assert "1 held" in served("mail", "list", "--state", "held").output


def test_a_campaign_that_was_under_way_is_paused_and_named_with_what_to_do(
    served: Shell, engine: Engine, tmp_path: Path
) -> None:
    people(engine)
    texts = {"sv": "Hej {name}!", "en": "Hi {name}!"}
    with sessions(engine)() as session:
        number = create_campaign(
            session, trip_id=session.scalars(select(TripRow.id)).one(), key="info", subject=texts, text=texts,
            audience=Audience(), essential=True, moment=make_moment(),
        )  # fmt: skip
        start_campaign(session, campaign_id=number, moment=make_moment())
    served("backup", tmp_path / "b")
    empty(engine)
    said = served("restore", tmp_path / "b").output
    assert f"Campaigns that were under way and are paused: {number}." in said
    named = re.findall(r"tripkit campaign (\w+) NUMBER", said)
    assert named == ["show", "resume", "cancel"]
    for word in named[:2]:
        assert served("campaign", word, str(number)).exit_code == 0
    with sessions(engine)() as session:
        assert session.scalars(select(CampaignRow.state)).all() == [CampaignState.SENDING]


def test_messages_are_sent_where_one_says_so(served: Shell, engine: Engine, tmp_path: Path) -> None:
    people(engine)
    served("backup", tmp_path / "b")
    empty(engine)
    assert "held" not in served("restore", tmp_path / "b", "--send-waiting").output
    with sessions(engine)() as session:
        assert session.scalars(select(OutboxRow.state)).all() == ["waiting"]


def test_a_backup_goes_down_a_pipe(engine: Engine, tmp_path: Path) -> None:
    people(engine)
    words, surroundings = command(engine, "backup", "-")
    done = subprocess.run(words, env=surroundings, capture_output=True, check=True)
    (tmp_path / "b").write_bytes(done.stdout)
    empty(engine)
    words, surroundings = command(engine, "restore", tmp_path / "b")
    subprocess.run(words, env=surroundings, check=True, capture_output=True)
    with sessions(engine)() as session:
        assert session.scalars(select(BookingRow.contact_name)).all()


def test_a_full_disk_is_a_sentence_and_leaves_no_half_file(engine: Engine, tmp_path: Path) -> None:
    people(engine, 3000)
    folder = tmp_path / "small"
    folder.mkdir()
    words, surroundings = command(engine, "backup", folder / "b")
    room = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))  # noqa: E731
    done = subprocess.run(words, env=surroundings, capture_output=True, text=True, check=False, preexec_fn=room)
    assert done.returncode == 1
    assert done.stderr == f"Error: The backup was not made: {folder / 'b'} cannot be written: File too large.\n"
    assert list(folder.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
def test_a_full_disk_behind_a_pipe_is_a_sentence(engine: Engine) -> None:
    people(engine)
    words, surroundings = command(engine, "backup", "-")
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(words, env=surroundings, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1
    assert "The backup was not made: - cannot be written: No space left on device." in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_a_restore_that_is_killed_leaves_nothing_to_stumble_on(
    kind: str, sqlite_engine: Engine, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    people(sqlite_engine, 20_000)
    words, surroundings = command(sqlite_engine, "backup", tmp_path / "b")
    subprocess.run(words, env=surroundings, check=True, capture_output=True)
    server = request.getfixturevalue("postgres_server") if kind == "postgres" else ""
    url = make_postgres_database(server) if server else f"sqlite:///{tmp_path / 'new.sqlite3'}"
    target = open_engine(url)
    words, surroundings = command(target, "restore", tmp_path / "b")
    try:
        with subprocess.Popen(words, env=surroundings, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            until_it_writes(target, tmp_path, process)
            process.send_signal(signal.SIGKILL)
            assert process.wait() == -signal.SIGKILL
        done = subprocess.run(words, env=surroundings, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        with sessions(target)() as session:
            assert session.scalar(select(func.count()).select_from(ParticipantRow)) == 20_001
            assert pool_recount(session) == ()
    finally:
        target.dispose()
        if server:
            drop_postgres_database(server, url)


def until_it_writes(target: Engine, folder: Path, process: subprocess.Popen[bytes]) -> None:
    """Wait until rows are on their way and none is committed yet."""
    deadline = monotonic() + 60
    while monotonic() < deadline:
        assert process.poll() is None, "it was through before it could be killed"
        if target.dialect.name == "sqlite":
            log = folder / "new.sqlite3-wal"
            if log.exists() and log.stat().st_size > 0:
                return
        else:
            with target.connect() as connection:
                inserts = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'INSERT INTO participant%'"
                if connection.scalar(text(inserts)):
                    return
        sleep(0.01)
    raise AssertionError("it never wrote")


def test_a_backup_whose_places_do_not_add_up_is_restored_and_said(
    served: Shell, engine: Engine, tmp_path: Path
) -> None:
    people(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE pool SET taken = taken + 1 WHERE kind = 'open'"))
    served("backup", tmp_path / "b")
    empty(engine)
    done = served("restore", tmp_path / "b")
    assert done.exit_code == 1
    assert "Not every place is counted right." in done.output


def test_what_is_no_backup_is_a_sentence(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "b").write_text("hello")
    done = shell("restore", tmp_path / "b", TRIPKIT_DATABASE=f"sqlite:///{tmp_path / 'new.sqlite3'}")
    assert (done.exit_code, done.output) == (1, "Error: This is no backup of tripkit, or its end is missing.\n")
    assert not (tmp_path / "new.sqlite3").exists()
