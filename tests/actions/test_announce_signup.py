"""The organiser is told once that sign-up has opened or ended, with figures that are right, and nobody's name."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from tests.statements import count_statements
from tripkit.actions.announce_signup import announce_signup
from tripkit.domain.questions import Question, QuestionKind
from tripkit.domain.trips import Contact, Trip, TripStatus
from tripkit.settings import Clock, Settings
from tripkit.storage import sessions
from tripkit.storage.outbox import AuditRow, OutboxRow
from tripkit.testing import NOW, applied, at, booked, both, make_moment, make_participant, make_segment, make_trip
from tripkit.worker.letters import letter_of

A_DAY, A_SECOND = timedelta(days=1), timedelta(seconds=1)
OPENS, CLOSES = NOW - A_DAY, NOW + 10 * A_DAY
BEFORE = OPENS - A_DAY


def trip(**changes: Any) -> Trip:
    return make_trip(**{"signup_opens_at": OPENS, "signup_closes_at": CLOSES, **changes})


def announce(session: Session, when: datetime) -> int:
    return announce_signup(session, moment=make_moment(when, "worker"))


def told(session: Session) -> list[OutboxRow]:
    """The letters to the organiser."""
    session.rollback()
    return list(session.scalars(select(OutboxRow).where(OutboxRow.booking_id.is_(None)).order_by(OutboxRow.id)))


def subjects(session: Session) -> list[str]:
    return [row.payload["subject"] for row in told(session)]


def test_opening_and_end_are_told_once_each_when_they_come(session: Session) -> None:
    trip_id = applied(session, trip(), when=BEFORE)
    assert announce(session, OPENS - A_SECOND) == 0
    assert (announce(session, OPENS), announce(session, OPENS + A_DAY)) == (1, 0)
    assert subjects(session) == ["Anmälan har öppnat: {trip}"]
    assert (announce(session, CLOSES - A_SECOND), announce(session, CLOSES), announce(session, CLOSES)) == (0, 1, 0)
    assert subjects(session)[1:] == ["Anmälan har stängt: {trip}"]
    assert {(row.trip_id, row.recipient, row.kind) for row in told(session)} == {
        (trip_id, "disken@tripkit.example", "letter")
    }
    noted = session.scalars(select(AuditRow).where(AuditRow.action.like("signup_%")).order_by(AuditRow.id)).all()
    assert [row.action for row in noted] == ["signup_opened", "signup_ended"]
    assert noted[1].details == {"at": CLOSES.isoformat(), "taken": 0, "offered": 0, "waiting": 0}


def test_the_letter_has_the_figures_and_nobodys_name(session: Session) -> None:
    food = Question(key="food", kind=QuestionKind.TEXT, name=both("Mat", "Food"), help={})
    group = make_segment("city", name=both("Staden {name} *x*", "The city"))
    written = trip(size=3, segments=(group, make_segment("police")), questions=(food,))
    trip_id = applied(session, written, when=BEFORE)
    booked(session, trip_id, (make_participant("Maja Ekström"), make_participant("Ali Rask", answers={"food": "Allt"})))
    booked(session, trip_id, (make_participant("Bo Ek", segment="police"),))
    booked(session, trip_id, (make_participant("Eva Norr", segment="police"),))
    applied(session, replace(written, questions=(replace(food, required=True),)), when=NOW)
    announce(session, CLOSES)
    (row,) = told(session)
    letter = letter_of(session, row, Settings(clock=Clock(NOW)))
    assert letter.written is not None
    assert letter.written.subject == "Anmälan har stängt: Studieresa till Hamnstad"
    assert letter.written.plain == (
        "3 av 3 platser är tagna. En person står i kö.\n\n"
        "- Staden (name) *x*: 2 med plats\n"
        "- Grupp police: 1 med plats, 1 i kö\n\n"
        "Svar som saknas:\n\n"
        "- Mat: 2 personer har inte svarat"
    )
    assert not [name for name in ("Maja", "Ali", "Bo Ek", "Eva") if name in json.dumps(row.payload)]


def test_an_english_trip_is_told_in_english_and_its_host_when_nobody_else_is_named(session: Session) -> None:
    english = trip(languages=("en",), contact=Contact(name="Desk"))
    applied(session, english, when=BEFORE)
    announce(session, OPENS)
    (row,) = told(session)
    assert (row.language, row.recipient) == ("en", "resebyran@tripkit.example")
    assert row.payload["text"].startswith("0 of 10 places are taken. 0 people wait in the queue.")


def test_a_moment_more_than_two_days_past_is_not_told(session: Session) -> None:
    applied(session, trip(), when=BEFORE)
    assert announce(session, OPENS + 2 * A_DAY + A_SECOND) == 0
    assert announce(session, OPENS + 2 * A_DAY) == 1


def test_a_moment_that_was_past_when_it_was_written_is_not_told(session: Session) -> None:
    applied(session, trip(), when=OPENS + A_SECOND)
    assert announce(session, OPENS + A_SECOND) == 0
    applied(session, trip(signup_closes_at=NOW), when=NOW + A_SECOND)
    assert announce(session, NOW + A_SECOND) == 0, "whoever closed sign-up knows"


def test_a_moment_that_was_moved_is_told_when_it_comes_and_not_before(session: Session) -> None:
    applied(session, trip(), when=BEFORE)
    announce(session, OPENS)
    later = CLOSES + 5 * A_DAY
    applied(session, trip(signup_closes_at=later), when=NOW)
    assert announce(session, CLOSES) == 0
    assert announce(session, later) == 1
    applied(session, trip(signup_closes_at=later + A_DAY), when=later)
    assert announce(session, later + A_DAY) == 1, "it was open once more, and has ended once more"


def test_sign_up_without_an_end_ends_when_the_trip_begins(session: Session) -> None:
    applied(session, trip(signup_closes_at=None), when=OPENS)
    begins = at(4, 22)
    assert announce(session, begins - A_SECOND) == 0
    assert announce(session, begins) == 1
    assert subjects(session) == ["Anmälan har stängt: {trip}"]


@pytest.mark.parametrize("status", [TripStatus.CANCELLED, TripStatus.POSTPONED])
def test_of_a_trip_that_does_not_happen_nothing_is_told(session: Session, status: TripStatus) -> None:
    applied(session, trip(status=status), when=BEFORE)
    assert (announce(session, OPENS), announce(session, CLOSES)) == (0, 0)


def test_two_workers_at_once_tell_it_once(engine: Engine) -> None:
    with sessions(engine)() as session:
        for number in range(6):
            applied(session, trip(key=f"trip-{number}"), when=BEFORE)
    gate = Barrier(4)

    def work() -> int:
        with sessions(engine)() as session:
            gate.wait()
            return announce(session, OPENS)

    with ThreadPoolExecutor(4) as pool:
        done = [one.result() for one in [pool.submit(work) for _ in range(4)]]
    with sessions(engine)() as session:
        assert sum(done) == 6
        assert len(told(session)) == 6


def test_telling_takes_as_many_statements_with_many_bookings(session: Session) -> None:
    def statements(key: str, bookings: int) -> int:
        trip_id = applied(session, trip(key=key, size=100), when=BEFORE)
        for _ in range(bookings):
            booked(session, trip_id)
        with count_statements(session) as found:
            assert announce(session, CLOSES) == 1
        return len(found)

    assert statements("few", 1) == statements("many", 20)
