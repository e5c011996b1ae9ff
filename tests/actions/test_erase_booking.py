"""Erasing: one booking on request, all of a trip when its time has come; nothing is left, and nothing else is touched."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from tests.statements import count_statements
from tripkit.actions import erase_ended as module
from tripkit.actions.cancel_participants import cancel_participants
from tripkit.actions.erase_booking import erase_booking
from tripkit.actions.erase_ended import erase_ended
from tripkit.actions.send_link import send_new_link
from tripkit.domain.bookings import BookingMade, ParticipantStatus
from tripkit.domain.deadlines import erased_at
from tripkit.domain.refusals import ChangeRefused, NotFound
from tripkit.domain.trips import Trip
from tripkit.reads.booking_page import booking_page_of, was_erased
from tripkit.reads.pool_recount import pool_recount
from tripkit.storage import db, sessions
from tripkit.storage.bookings import AnswerRow, BookingRow, OfferRow, ParticipantRow
from tripkit.storage.outbox import AuditRow, OutboxRow
from tripkit.storage.trips import TripRow
from tripkit.testing import NOW, applied, booked, make_moment, make_participant, make_trip

TRIP = make_trip(retention_days=90)
ENDED = erased_at(TRIP)
WORDS = (
    "Maja Ekström",
    "maja@tripkit.example",
    "0123-45 67",
    "Ekströms kontor",
    "Kajen 7",
    "REF-99",
    "Nötter",
    "Ali Rask",
)


def maja(session: Session, trip_id: int) -> BookingMade:
    """A booking with something in every field."""
    people = (
        make_participant("Maja Ekström", answers={"diet": "vegan", "arrives": "Nötter"}),
        make_participant("Ali Rask", email="ali@tripkit.example", answers={}),
    )
    return booked(
        session,
        trip_id,
        people,
        contact_name="Maja Ekström",
        contact_email="maja@tripkit.example",
        contact_phone="0123-45 67",
        organisation="Ekströms kontor",
        invoice_address="Kajen 7",
        invoice_reference="REF-99",
    )


def left(session: Session) -> set[str]:
    """Which of Maja's words are somewhere in the database."""
    session.rollback()
    rows = [list(row) for table in db.metadata.sorted_tables for row in session.execute(table.select())]
    session.rollback()
    text = json.dumps(rows, default=str, ensure_ascii=False)
    return {word for word in WORDS if word in text}


def erase(session: Session, code: str, **more: Any) -> int:
    return erase_booking(session, code=code, reason="Asked for it", moment=make_moment(), **more).cancelled


def test_a_booking_is_erased_once_its_places_are_given_up(session: Session) -> None:
    trip_id = applied(session)
    made, other = maja(session, trip_id), booked(session, trip_id)
    # What a mail server answers names whom it did not like.
    refused = "Refused: 550 <Maja Ekström>: nobody here"
    session.execute(update(OutboxRow).where(OutboxRow.booking_id == made.booking_id).values(last_error=refused))
    session.commit()
    assert left(session) == set(WORDS)
    with pytest.raises(ChangeRefused, match="Cancel first, or say --cancel"):
        erase(session, made.code)
    assert left(session) == set(WORDS)
    cancel_participants(session, booking_id=made.booking_id, moment=make_moment())
    assert erase(session, f" {made.code.lower()} ") == 0
    assert left(session) == set()
    assert booking_page_of(session, booking_id=other.booking_id, now=NOW) is not None
    kept = session.get_one(BookingRow, other.booking_id)
    assert kept.contact_name and kept.organisation == "Påhittade kommunen" and kept.erased_at is None
    entry = session.scalars(select(AuditRow).where(AuditRow.action == "erase_booking")).one()
    assert (entry.reason, entry.booking_id) == ("Asked for it", made.booking_id)
    assert pool_recount(session) == ()
    session.rollback()
    with pytest.raises(ChangeRefused, match="erased before"):
        erase(session, made.code)
    with pytest.raises(NotFound, match="no booking with the code ABCD"):
        erase(session, "ABCD")


def test_places_given_up_go_to_those_who_wait_and_nobody_erased_is_written_to(session: Session) -> None:
    trip_id = applied(session, make_trip(size=2))
    made, waits = maja(session, trip_id), booked(session, trip_id)
    assert erase(session, made.code, cancel=True) == 2
    assert left(session) == set()
    offer = session.scalars(select(OfferRow)).one()
    assert (offer.booking_id, offer.state) == (waits.booking_id, "open")
    statuses = session.scalars(select(ParticipantRow.status).where(ParticipantRow.booking_id == made.booking_id)).all()
    assert statuses == [ParticipantStatus.CANCELLED] * 2
    states = session.scalars(select(OutboxRow.state).where(OutboxRow.booking_id == made.booking_id)).all()
    assert states == ["erased"], "the confirmation had not been sent, and is not any more"
    assert pool_recount(session) == ()


def test_after_the_trip_a_place_held_then_keeps_nobody_from_being_erased(session: Session) -> None:
    trip_id = applied(session)
    made = maja(session, trip_id)
    later = make_moment(ENDED - timedelta(days=30))
    assert erase_booking(session, code=made.code, reason="Asked for it", moment=later).cancelled == 0
    assert left(session) == set()
    assert set(session.scalars(select(ParticipantRow.status))) == {ParticipantStatus.CONFIRMED}
    assert pool_recount(session) == ()


def test_a_link_to_an_erased_booking_is_known_and_no_new_one_is_sent(session: Session) -> None:
    made = maja(session, applied(session))
    assert not was_erased(session, token=made.token)
    erase(session, made.code, cancel=True)
    assert was_erased(session, token=made.token)
    assert not was_erased(session, token="x")
    before = len(session.scalars(select(OutboxRow.id)).all())
    for email in ("maja@tripkit.example", ""):
        send_new_link(session, email=email, code=made.code, moment=make_moment())
    assert len(session.scalars(select(OutboxRow.id)).all()) == before


def test_what_was_noted_of_an_erased_booking_goes_with_the_trip(session: Session) -> None:
    made = maja(session, applied(session, TRIP))
    moment = make_moment()
    erase_booking(session, code=made.code, cancel=True, reason="Maja Ekström asked for it", moment=moment)
    assert left(session) == {"Maja Ekström"}
    assert erase_ended(session, moment=make_moment(ENDED)) == 1
    assert left(session) == set()
    assert erase_ended(session, moment=make_moment(ENDED + timedelta(days=1))) == 0


def test_messages_about_a_trip_to_its_organiser_are_emptied_too(session: Session) -> None:
    trip_id = applied(session, TRIP)
    session.add(
        OutboxRow(
            trip_id=trip_id,
            kind="link",
            recipient="maja@tripkit.example",
            language="sv",
            payload={"text": "Maja Ekström"},
            message_id="1",
            created_at=NOW,
            next_at=NOW,
        )
    )
    session.commit()
    erase_ended(session, moment=make_moment(ENDED))
    assert left(session) == set()
    assert session.scalars(select(OutboxRow.state)).all() == ["erased"]


def pieces_of(session: Session, bookings: int, key: str) -> tuple[int, int]:
    """(statements, bookings erased) of erasing a trip with so many bookings."""
    trip_id = applied(session, replace(TRIP, key=key, size=100))
    for _ in range(bookings):
        booked(session, trip_id)
    with count_statements(session) as found:
        erased = erase_ended(session, moment=make_moment(ENDED))
    return len(found), erased


def test_a_piece_takes_as_many_statements_for_one_booking_as_for_many(session: Session) -> None:
    one, many = pieces_of(session, 1, "one"), pieces_of(session, 30, "many")
    assert (one[1], many[1]) == (1, 30)
    assert one[0] == many[0]


def test_two_workers_at_once_erase_each_booking_once(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "AT_ONCE", 3)
    with sessions(engine)() as session:
        trip_id = applied(session, replace(TRIP, size=100))
        for _ in range(20):
            booked(session, trip_id)
    gate = Barrier(2)

    def work() -> int:
        with sessions(engine)() as session:
            gate.wait()
            return erase_ended(session, moment=make_moment(ENDED))

    with ThreadPoolExecutor(2) as pool:
        done = [one.result() for one in [pool.submit(work), pool.submit(work)]]
    with sessions(engine)() as session:
        assert sum(done) == 20
        assert set(session.scalars(select(BookingRow.contact_name))) == {""}
        assert session.scalars(select(AuditRow.action).where(AuditRow.action == "erase_trip")).all() == ["erase_trip"]


def test_a_file_that_is_not_clean_yet_leaves_the_trip_to_the_next_round(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    maja(session, applied(session, TRIP))
    with monkeypatch.context() as patched:
        patched.setattr(module, "rewrite", lambda _session: False)
        with pytest.raises(ExceptionGroup) as raised:
            erase_ended(session, moment=make_moment(ENDED))
    assert [type(one) for one in raised.value.exceptions] == [module.FileNotCleanError]
    assert left(session) == set()
    assert session.scalars(select(TripRow.erased_at)).all() == [None]
    session.rollback()
    assert erase_ended(session, moment=make_moment(ENDED)) == 0
    assert session.scalars(select(TripRow.erased_at)).all() == [ENDED]


@pytest.mark.parametrize(
    ("trip", "due"),
    [
        (TRIP, datetime.fromisoformat("2027-08-04T22:00:00+00:00")),
        (make_trip(), datetime.fromisoformat("2028-05-05T22:00:00+00:00")),
        (
            make_trip(retention_days=1, time_zone="America/New_York"),
            datetime.fromisoformat("2027-05-08T04:00:00+00:00"),
        ),
    ],
)
def test_a_trip_is_erased_when_its_day_begins_where_it_was(session: Session, trip: Trip, due: datetime) -> None:
    maja(session, applied(session, trip))
    assert erase_ended(session, moment=make_moment(due - timedelta(seconds=1))) == 0
    assert left(session) == set(WORDS)
    assert erase_ended(session, moment=make_moment(due)) == 1
    assert left(session) == set()
    assert session.scalars(select(AnswerRow.id)).all() == []


def test_a_trip_that_is_put_off_is_kept_and_erased_when_its_new_time_comes(session: Session) -> None:
    trip_id = applied(session, TRIP)
    erase_ended(session, moment=make_moment(ENDED))
    assert session.scalars(select(TripRow.erased_at)).all() == [ENDED]
    session.rollback()
    moved = replace(
        TRIP, starts_on=date(2028, 5, 5), ends_on=date(2028, 5, 6), programme=(), choices=(), signup_opens_at=None
    )
    assert applied(session, moved) == trip_id
    made = booked(session, trip_id, (make_participant("Maja Ekström", items=()),))
    assert made.statuses == (ParticipantStatus.CONFIRMED,)
    assert erase_ended(session, moment=make_moment(ENDED + timedelta(days=1))) == 0
    assert left(session) == {"Maja Ekström"}
    assert erase_ended(session, moment=make_moment(erased_at(moved))) == 1
    assert left(session) == set()
