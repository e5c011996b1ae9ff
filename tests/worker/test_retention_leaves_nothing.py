"""The demonstration's bookings, real in all but their people: when their time has come, no dump, file, backup or log knows anybody."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep
from zipfile import ZipFile

import pytest
from sqlalchemy import Engine, make_url, select
from sqlalchemy.orm import Session

from tests.conftest import in_files
from tripkit.actions.sealed_answers import opened
from tripkit.cli.demo import build_demo, demo_settings
from tripkit.storage import open_engine, sessions
from tripkit.storage.bookings import AnswerRow, BookingRow, ParticipantRow
from tripkit.storage.data_keys import vault_for
from tripkit.storage.outbox import AuditRow
from tripkit.storage.trips import TripRow

AFTER = datetime(2021, 1, 1, 9, tzinfo=UTC)
"""When both trips of the demonstration have been over for as long as anything is kept."""
PATIENCE = 60.0
pytestmark = pytest.mark.timeout(240)


def words_of_people(session: Session) -> set[bytes]:
    """What people wrote: names, addresses, workplaces, free answers; long enough to be nothing else by chance."""
    words: set[str] = set()
    for booking in session.scalars(select(BookingRow)):
        words |= {booking.contact_name, booking.contact_email, booking.organisation, booking.invoice_address}
    words |= set(session.scalars(select(ParticipantRow.name)))
    answers = [opened(session, row) for row in session.scalars(select(AnswerRow))]
    words |= {answer for answer in answers if isinstance(answer, str) and " " in answer}
    return {form for word in words if len(word) > 6 for form in (word.encode(), word.encode("unicode-escape"))}


def dumped(engine: Engine) -> bytes:
    """Everything in the database: its files, or what its own program dumps."""
    if engine.dialect.name == "sqlite":
        return in_files(engine)
    url = make_url(engine.url).set(drivername="postgresql").render_as_string(hide_password=False)
    return subprocess.run(["pg_dump", "--dbname", url], capture_output=True, check=True).stdout


def found(words: set[bytes], where: bytes) -> set[bytes]:
    return {word for word in words if word in where}


@pytest.mark.parametrize("fresh_url", ["sqlite", "postgres"], indirect=True)
def test_when_its_time_has_come_nothing_says_who_travelled(fresh_url: str, tmp_path: Path) -> None:
    settings = replace(demo_settings(tmp_path, "http://127.0.0.1"), database_url=fresh_url, data_keys=("a1" * 32,))
    build_demo(settings)
    engine = open_engine(fresh_url, vault_for(settings))
    with sessions(engine)() as session:
        words = words_of_people(session)
        bookings = len(session.scalars(select(BookingRow.id)).all())
    assert len(words) > 200
    assert len(found(words, dumped(engine))) > len(words) / 3, "the test can tell"
    engine.dispose()
    log, environment = (
        tmp_path / "log",
        {
            **os.environ,
            "TRIPKIT_DATABASE": fresh_url,
            "TRIPKIT_CLOCK": AFTER.isoformat(),
            "TRIPKIT_MAIL": f"files:{tmp_path / 'after'}",
            "TRIPKIT_DATA_KEYS": "a1" * 32,
            "TRIPKIT_LOG_LEVEL": "debug",
            "TRIPKIT_SECRET_KEY": "only for tests, 32 characters..",
        },
    )
    with log.open("wb") as out:
        worker = subprocess.Popen([sys.executable, "-m", "tripkit", "worker"], env=environment, stdout=out, stderr=out)
        try:
            until = monotonic() + PATIENCE
            with sessions(engine)() as session:
                while session.scalars(select(TripRow.id).where(TripRow.erased_at.is_(None))).first():
                    assert monotonic() < until, log.read_text("utf-8")
                    session.rollback()
                    sleep(0.2)
        finally:
            worker.terminate()
            worker.wait(30)
    command = [sys.executable, "-m", "tripkit", "backup", str(tmp_path / "backup.zip")]
    subprocess.run(command, env=environment, check=True, capture_output=True)
    with ZipFile(tmp_path / "backup.zip") as packed:
        backup = b"".join(packed.read(name) for name in packed.namelist())
    for where in (dumped(engine), backup, log.read_bytes()):
        assert where
        assert found(words, where) == set()
    assert list((tmp_path / "after").rglob("*.eml")) == []
    with sessions(engine)() as session:
        assert len(session.scalars(select(BookingRow.code)).all()) == bookings, "what adds up is still there"
        assert set(session.scalars(select(AuditRow.action))) >= {"book_places", "erase_trip"}
    engine.dispose()
