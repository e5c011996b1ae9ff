"""When the sample's time is over, nothing that anybody in its story wrote is left in the database, and figures add up."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from tests.conftest import drop_postgres_database, in_files, make_postgres_database
from tests.sample_events.conftest import Stage, put_and_play
from tripkit.actions import erase_ended as module
from tripkit.actions.erase_ended import erase_ended
from tripkit.domain.bookings import Moment
from tripkit.domain.deadlines import erased_at
from tripkit.domain.prices import Price
from tripkit.eventfile import Event
from tripkit.reads.booking_page import find_booking
from tripkit.reads.pool_recount import pool_recount
from tripkit.storage import db, open_engine, sessions
from tripkit.storage.bookings import BookingRow, ParticipantRow, QueueMoveRow
from tripkit.storage.migrations import upgrade
from tripkit.storage.outbox import OutboxRow
from tripkit.storage.trips import TripRow

LATER = datetime(2019, 4, 26, 0, 0, tzinfo=UTC)
"""Ninety days and two hours after the trip's last day."""


@pytest.fixture(params=["sqlite", "postgres"])
def own_stage(request: pytest.FixtureRequest, event: Event, tmp_path: Path) -> Iterator[Stage]:
    """The story played in a database of its own."""
    server = request.getfixturevalue("postgres_server") if request.param == "postgres" else ""
    url = make_postgres_database(server) if server else f"sqlite:///{tmp_path / 'own.sqlite3'}"
    engine = open_engine(url)
    upgrade(engine)
    yield put_and_play(engine, event)
    engine.dispose()
    if server:
        drop_postgres_database(server, url)


def written_by_people(event: Event) -> set[str]:
    """Every name, address, number, workplace, reference and free answer of the story, as it was typed."""
    assert event.story is not None
    words: set[str] = set()
    free = {question.key for question in event.trip.questions if question.kind.value in {"text", "long_text"}}
    for booking in event.story.bookings:
        sent = booking.request
        words |= {sent.contact_name, sent.contact_email, sent.contact_phone or "", sent.organisation}
        words |= {sent.invoice_address, sent.invoice_reference}
        for person in sent.participants:
            words |= {person.name, person.email or ""}
            words |= {str(answer) for key, answer in person.answers.items() if key in free}
    return {word for word in words if len(word) > 3}


def dump(engine: Engine) -> str:
    """Every value of every table, as text."""
    with engine.connect() as connection:
        tables = {
            table.name: [list(row) for row in connection.execute(table.select())] for table in db.metadata.sorted_tables
        }
    return json.dumps(tables, default=str, ensure_ascii=False)


def found(words: set[str], text: str) -> set[str]:
    """The words that are in a text, also as JSON writes them."""
    return {word for word in words if word in text or json.dumps(word)[1:-1] in text}


def figures(session: Session) -> dict[str, Any]:
    """What has to add up afterwards too."""
    people = session.execute(
        select(ParticipantRow.segment, ParticipantRow.status, ParticipantRow.price).order_by(ParticipantRow.id)
    ).all()
    prices: list[Price] = [row.price for row in people]
    moves = session.execute(select(QueueMoveRow.participant_id, QueueMoveRow.what, QueueMoveRow.because))
    return {
        "people": Counter((row.segment, row.status) for row in people),
        "paid": sum(price.net.minor for price in prices),
        "moves": Counter(tuple(row) for row in moves),
        "bookings": Counter(session.scalars(select(BookingRow.code))),
        "messages": len(session.scalars(select(OutboxRow.id)).all()),
    }


def at(when: datetime) -> Moment:
    return Moment(at=when, actor="worker", origin="worker")


def test_nothing_of_anybody_is_left_and_the_figures_add_up(
    event: Event, own_stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "AT_ONCE", 5)
    engine, words = own_stage.engine, written_by_people(event)
    organisers = found(words, json.dumps(str(event.trip), ensure_ascii=False))
    assert not organisers, "what the organiser writes and what people write do not share words"
    assert found(words, dump(engine)) > {"Helena Wrede", "Ahmad Saleh"}
    assert len(found(words, dump(engine))) > 100
    with sessions(engine)() as session:
        before = figures(session)
        assert erased_at(event.trip) == datetime(2019, 4, 25, 22, 0, tzinfo=UTC)
        assert erase_ended(session, moment=at(datetime(2019, 4, 25, 21, 59, tzinfo=UTC))) == 0, "not a minute early"
        assert found(words, dump(engine)) > {"Helena Wrede"}
        session.rollback()
        erased = erase_ended(session, moment=at(LATER))
        assert erased == own_stage.played.bookings
        assert found(words, dump(engine)) == set()
        if engine.dialect.name == "sqlite":
            assert found(words, in_files(engine).decode("utf-8", "replace")) == set()
        assert figures(session) == before
        assert pool_recount(session) == ()
        assert session.scalars(select(TripRow.erased_at)).all() == [LATER]
        session.rollback()
        assert erase_ended(session, moment=at(LATER)) == 0, "once is enough"


def test_without_writing_the_file_anew_it_would_still_hold_names(
    event: Event, played_on_sqlite: Stage, tmp_path: Path
) -> None:
    """What the rewriting is for: the tables are empty, and the file is not."""
    engine = open_engine(f"sqlite:///{tmp_path / 'copy.sqlite3'}")
    with closing(sqlite3.connect(str(played_on_sqlite.engine.url.database))) as connection:
        connection.execute("VACUUM INTO ?", (str(tmp_path / "copy.sqlite3"),))
    with pytest.MonkeyPatch.context() as patched, sessions(engine)() as session:
        patched.setattr(module, "rewrite", lambda _session: True)
        erase_ended(session, moment=at(LATER))
    words = written_by_people(event)
    assert found(words, dump(engine)) == set()
    assert found(words, in_files(engine).decode("utf-8", "replace")) != set()
    engine.dispose()


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("pieces", [0, 1, 3])
def test_cut_short_it_goes_on_where_it_was(
    own_stage: Stage, event: Event, monkeypatch: pytest.MonkeyPatch, pieces: int
) -> None:
    monkeypatch.setattr(module, "AT_ONCE", 5)
    real, left = module.erase, [pieces]

    def erase_and_die(*args: Any) -> None:
        real(*args)
        if left[0] == 0:
            raise Killed
        left[0] -= 1

    engine = own_stage.engine
    with sessions(engine)() as session:
        monkeypatch.setattr(module, "erase", erase_and_die)
        with pytest.raises(Killed):
            erase_ended(session, moment=at(LATER))
        monkeypatch.setattr(module, "erase", real)
        done = session.scalars(select(BookingRow.id).where(BookingRow.erased_at.is_not(None))).all()
        assert len(done) == 5 * pieces
        session.rollback()
        assert erase_ended(session, moment=at(LATER)) == own_stage.played.bookings - 5 * pieces
    assert found(written_by_people(event), dump(engine)) == set()


def test_a_link_of_then_opens_nothing(own_stage: Stage) -> None:
    with sessions(own_stage.engine)() as session:
        token = next(one["token"] for one in session.scalars(select(OutboxRow.payload)) if one.get("token"))
        soon = datetime(2019, 1, 26, tzinfo=UTC)
        assert find_booking(session, token=token, now=soon) is not None
        erase_ended(session, moment=at(LATER))
        assert find_booking(session, token=token, now=soon) is None
