"""Transactions: written together or not at all, on both databases."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Engine, event, select, text, update
from sqlalchemy.exc import OperationalError, StatementError
from sqlalchemy.orm import Session

from tests.conftest import in_files
from tripkit.storage import open_engine, rewrite, sessions, write
from tripkit.storage.outbox import AuditRow
from tripkit.storage.session import BUSY_SECONDS

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)


def entry(action: str, at: datetime = NOW, reason: str = "") -> AuditRow:
    return AuditRow(at=at, actor="test", origin="", action=action, reason=reason, details={"å": ["ä", "ö"]})


def actions(session: Session) -> list[str]:
    session.rollback()
    return list(session.scalars(select(AuditRow.action).order_by(AuditRow.id)))


def test_everything_in_a_block_is_written_together(session: Session) -> None:
    with write(session):
        session.add(entry("one"))
        session.flush()
        session.add(entry("two"))
    assert actions(session) == ["one", "two"]


def test_nothing_in_a_block_is_written_when_it_fails(session: Session) -> None:
    def fail() -> None:
        with write(session):
            session.add(entry("one"))
            session.flush()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert actions(session) == []


def test_changes_from_outside_a_block_are_refused(session: Session) -> None:
    session.add(entry("smuggled"))
    with pytest.raises(RuntimeError, match="outside"), write(session):
        pass


def test_moments_are_kept_in_utc_and_naive_ones_refused(session: Session) -> None:
    with write(session):
        session.add(entry("east", NOW.astimezone(timezone(timedelta(hours=2)))))
    (row,) = session.scalars(select(AuditRow))
    assert (row.at, row.at.tzinfo, row.details) == (NOW, UTC, {"å": ["ä", "ö"]})
    with pytest.raises(StatementError, match="without a time zone"), write(session):
        session.add(entry("naive", NOW.replace(tzinfo=None)))


def test_a_writer_on_sqlite_holds_the_database_from_its_first_word(sqlite_engine: Engine) -> None:
    """A reader that turns writer would fail when somebody else has written; a writer waits for its turn instead."""
    with sessions(sqlite_engine)() as one, write(one), sqlite_engine.connect() as other:
        other.detach()  # It is closed at the end: in the pool, whoever is given it next would be as impatient.
        other.execute(text("PRAGMA busy_timeout = 50"))
        other.rollback()
        assert other.execute(text("SELECT count(*) FROM audit")).scalar() == 0
        with pytest.raises(OperationalError, match="locked"):
            other.execute(
                text("INSERT INTO audit (at, actor, origin, action, reason, details) VALUES ('', '', '', '', '', '')")
            )
    with sqlite_engine.connect() as connection:
        pragmas = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "synchronous")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2}


def test_what_was_taken_out_is_in_the_file_until_it_is_written_anew(sqlite_engine: Engine) -> None:
    with sessions(sqlite_engine)() as session:
        with write(session):
            session.add_all([entry("one", reason="maja-ekstrom"), entry("other")])
        with write(session):
            session.execute(update(AuditRow).where(AuditRow.action == "one").values(reason=""))
        assert b"maja-ekstrom" in in_files(sqlite_engine), "that is why"
        with sessions(sqlite_engine)() as reader:
            reader.execute(select(AuditRow.id)).all()
            with write(session):
                session.add(entry("third"))
            assert not rewrite(session), "somebody still reads what was there before"
        assert rewrite(session)
        assert b"maja-ekstrom" not in in_files(sqlite_engine)
        assert actions(session) == ["one", "other", "third"]


def test_a_connection_on_which_that_went_wrong_waits_as_long_as_every_other(sqlite_engine: Engine) -> None:
    engine = open_engine(sqlite_engine.url.render_as_string())

    def refuse(action: int, name: str | None, *_: object) -> int:
        refused = action == sqlite3.SQLITE_PRAGMA and name == "wal_checkpoint"
        return sqlite3.SQLITE_DENY if refused else sqlite3.SQLITE_OK

    event.listen(engine, "connect", lambda line, _: line.set_authorizer(refuse))
    with sessions(engine)() as session, pytest.raises(sqlite3.DatabaseError, match="not authorized"):
        rewrite(session)
    with engine.connect() as connection:
        assert connection.execute(text("PRAGMA busy_timeout")).scalar() == BUSY_SECONDS * 1000
    engine.dispose()


def test_a_server_writes_its_files_by_itself(session: Session) -> None:
    assert rewrite(session)
