"""A queue in which nobody fits is left unread, however long it is; one in which somebody does moves as before."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from tests.conftest import booked_by
from tests.statements import count_statements
from tripkit.actions.apply_trip import apply_trip
from tripkit.actions.cancel_participants import cancel_participants
from tripkit.actions.change_visits import change_visits
from tripkit.actions.join_visit_queue import join_visit_queue
from tripkit.domain.bookings import BookingMade, ParticipantStatus
from tripkit.storage.bookings import OfferRow, ParticipantRow, WaitingRow
from tripkit.testing import (
    NOW,
    applied,
    booked,
    make_moment,
    make_organisation,
    make_participant,
    make_segment,
    make_trip,
)

LONG = 300


def queue(session: Session, trip_id: int, people: int, segment: str = "city", item: str = "") -> None:
    """Put so many people at the end of a queue in bulk, each alone."""
    booking = booked_by(session, trip_id)
    status = ParticipantStatus.CONFIRMED if item else ParticipantStatus.WAITING
    rows = [
        ParticipantRow(
            booking_id=booking,
            trip_id=trip_id,
            name=f"Väntar {number}",
            segment=segment,
            status=status,
            price=make_trip().price,
            wished=(),
        )
        for number in range(people)
    ]
    session.add_all(rows)
    session.flush()
    waiting = {"trip_id": trip_id, "item": item, "segment": segment, "joined_at": NOW}
    session.execute(insert(WaitingRow), [{**waiting, "participant_id": row.id, "party": row.id} for row in rows])
    session.commit()


def reads(statements: list[str]) -> list[str]:
    """Those statements that read whole queues: they ask for the party of each who waits."""
    return [one for one in statements if one.startswith("SELECT") and "waiting.party" in one and "count" not in one]


def cancel(session: Session, made: BookingMade) -> list[str]:
    session.rollback()
    with count_statements(session) as statements:
        cancel_participants(session, booking_id=made.booking_id, participant_ids=None, moment=make_moment())
    return statements


def offered(session: Session) -> list[tuple[str, str]]:
    """(visit, or empty for the trip; group) of everybody who has an open offer."""
    rows = session.scalars(select(OfferRow).where(OfferRow.state == "open").order_by(OfferRow.id)).all()
    found = [(row.item, session.get_one(ParticipantRow, one).segment) for row in rows for one in row.participant_ids]
    session.rollback()
    return found


def test_a_place_that_none_of_them_may_have_leaves_the_queue_unread(session: Session) -> None:
    """One of the police goes, and only people from the city wait, who have reached their limit."""
    city, police = make_segment("city", at_most=1), make_segment("police")
    trip_id = applied(session, make_trip(size=2, segments=(city, police)))
    booked(session, trip_id)
    officer = booked(session, trip_id, [make_participant(segment="police")])
    queue(session, trip_id, LONG)
    assert reads(cancel(session, officer)) == []
    assert offered(session) == []


def test_a_kept_place_leaves_the_queue_of_the_others_unread_until_one_for_whom_it_is_kept_waits(
    session: Session,
) -> None:
    segments = (make_segment("city"), make_segment("police", guaranteed=1))
    trip_id = applied(session, make_trip(size=2, segments=segments))
    booked(session, trip_id)
    first = booked(session, trip_id, [make_participant(segment="police")])
    queue(session, trip_id, LONG)
    assert reads(cancel(session, first)) == []
    second = booked(session, trip_id, [make_participant(segment="police")])
    queue(session, trip_id, 2, "police")
    assert len(reads(cancel(session, second))) == 1
    assert offered(session) == [("", "police")]


def test_a_trip_overfull_since_it_was_made_smaller_leaves_its_queue_unread_though_a_kept_place_is_free(
    session: Session,
) -> None:
    segments = (make_segment("city"), make_segment("police", guaranteed=2))
    trip = make_trip(size=5, segments=segments)
    trip_id = applied(session, trip)
    crowd, last = booked(session, trip_id, 2), booked(session, trip_id)
    queue(session, trip_id, 1, "police")
    smaller = make_trip(size=2, segments=segments)
    apply_trip(session, organisation=make_organisation(), trip=smaller, pictures={}, moment=make_moment())
    assert reads(cancel(session, last)) == []
    assert offered(session) == []
    assert len(reads(cancel(session, crowd))) == 1
    assert offered(session) == [("", "police")]


def test_only_the_queue_of_the_visit_that_has_room_is_read(session: Session) -> None:
    trip_id = applied(session, make_trip(size=8))
    port = booked(session, trip_id, [make_participant(items=("port",)) for _ in range(4)])
    others = booked(session, trip_id, 4)
    queue(session, trip_id, LONG)
    ids = list(session.scalars(select(ParticipantRow.id).order_by(ParticipantRow.id)))
    session.rollback()
    moment = make_moment()
    join_visit_queue(session, booking_id=others.booking_id, participant_id=ids[4], item="port", moment=moment)
    with count_statements(session) as statements:
        change_visits(session, booking_id=port.booking_id, participant_id=ids[0], items=("mill",), moment=moment)
    assert len(reads(statements)) == 1
    assert offered(session) == [("port", "city")]


@pytest.mark.parametrize("people", [1, LONG])
def test_a_queue_that_moves_sends_as_many_statements_however_long_it_is(session: Session, people: int) -> None:
    trip_id = applied(session, make_trip(size=1))
    first = booked(session, trip_id)
    queue(session, trip_id, people)
    assert len(cancel(session, first)) == 27
    assert offered(session) == [("", "city")]
