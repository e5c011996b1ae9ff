"""How a trip stands: the same figures as its pools, what needs doing, and the same few queries at any size."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.statements import count_statements
from tripkit.actions.cancel_participants import cancel_participants
from tripkit.actions.read_sensitive import read_sensitive
from tripkit.actions.release_guarantees import release_guarantees
from tripkit.domain.places import begins_at
from tripkit.domain.questions import Question, QuestionKind
from tripkit.domain.rights import Rights, Role
from tripkit.domain.seats import PLACES, PoolKind
from tripkit.domain.to_do import Task
from tripkit.reads.dashboard import Dashboard, dashboard
from tripkit.reads.pool_recount import people_recount, pool_recount
from tripkit.reads.to_do import unreached_by_trip
from tripkit.storage.bookings import BookingRow, PoolRow
from tripkit.storage.outbox import OutboxRow
from tripkit.testing import NOW, applied, booked, both, make_moment, make_participant, make_segment, make_trip

UNTIL = NOW + timedelta(days=20)
SEGMENTS = (
    make_segment("city", at_most=5),
    make_segment("police", guaranteed=3, guaranteed_until=UNTIL),
    make_segment("others"),
)


def board_of(session: Session, trip_id: int, now: Any = NOW) -> Dashboard:
    session.rollback()
    found = dashboard(session, trip_id=trip_id, now=now)
    assert found is not None
    return found


def tasks(board: Dashboard) -> list[tuple[Task, int, str]]:
    return [(one.task, one.count, one.key) for one in board.to_do if one.task is not Task.NO_HOST]


def test_all_figures_are_those_of_the_pools(session: Session) -> None:
    trip = applied(session, make_trip(size=10, segments=SEGMENTS))
    first = booked(session, trip, [make_participant(items=("port",)) for _ in range(4)])
    for segment, people in (("city", 2), ("police", 2), ("others", 3)):
        booked(session, trip, people, segment=segment)
    cancel_participants(session, booking_id=first.booking_id, moment=make_moment())
    board = board_of(session, trip)
    pools = {(pool.kind, pool.key): pool for pool in session.scalars(select(PoolRow).where(PoolRow.trip_id == trip))}
    places = [pool for (kind, _), pool in pools.items() if kind in PLACES]
    assert (
        sum(one.room.taken for one in board.groups)
        == sum(pool.taken for pool in places)
        == board.page.places.trip.taken
    )
    assert board.for_all + board.kept + board.page.places.trip.taken == 10
    groups = {one.key: one for one in board.groups}
    assert groups["city"].room.taken == pools[PoolKind.SEGMENT, "city"].taken
    police = groups["police"].guarantee
    assert police is not None
    assert (police.places, police.used, police.left, police.until, police.is_released) == (3, 2, 1, UNTIL, False)
    assert (groups["police"].room.size, groups["others"].room.size) == (3, None)
    assert [(item.key, room.taken) for item, room in board.visits][:2] == [
        ("port", 0),
        ("mill", board.visits[1][1].taken),
    ]
    assert sum(one.room.waiting for one in board.groups) == board.page.places.trip.waiting
    assert pool_recount(session) == ()
    assert people_recount(session) == {}


def test_a_guarantee_that_was_released_is_kept_for_nobody(session: Session) -> None:
    trip = applied(session, make_trip(size=10, segments=SEGMENTS))
    booked(session, trip, segment="police")
    assert (board_of(session, trip).for_all, board_of(session, trip).kept) == (7, 2)
    assert tasks(board_of(session, trip, UNTIL - timedelta(days=1))) == [(Task.GUARANTEE_ENDS, 2, "police")]
    session.rollback()
    release_guarantees(session, moment=make_moment(UNTIL))
    after = board_of(session, trip, UNTIL)
    police = next(one.guarantee for one in after.groups if one.key == "police")
    assert police is not None
    assert (police.used, police.left, police.is_released) == (1, 0, True)
    assert (after.for_all, after.kept, tasks(after)) == (9, 0, [])


def test_offers_are_told_with_their_first_deadline(session: Session) -> None:
    trip = applied(session, make_trip(size=2))
    first = booked(session, trip, 2)
    booked(session, trip)
    booked(session, trip)
    cancel_participants(session, booking_id=first.booking_id, moment=make_moment())
    board = board_of(session, trip)
    (offer,) = (one for one in board.to_do if one.task is Task.OFFERS)
    assert (offer.count, offer.at, offer.key) == (2, NOW + timedelta(hours=48), "")


def letter(session: Session, booking_id: int, recipient: str, state: str, **changes: Any) -> None:
    session.add(
        OutboxRow(
            booking_id=booking_id,
            kind="link",
            recipient=recipient,
            language="sv",
            payload={},
            message_id=secrets.token_hex(16),
            created_at=NOW,
            next_at=NOW,
            state=state,
            **changes,
        )
    )
    session.commit()


def test_a_booking_is_unreached_until_something_reaches_it(session: Session) -> None:
    trip = applied(session)
    one, two = booked(session, trip, contact_email="Asa@tripkit.example"), booked(session, trip)
    bounced = {"bounced_at": NOW, "bounce_status": "5.1.1"}
    letter(session, one.booking_id, "asa@tripkit.example", "dead")
    letter(session, one.booking_id, "asa@tripkit.example", "dead")
    assert tasks(board_of(session, trip)) == [(Task.UNDELIVERED, 1, one.code)]
    other = session.get_one(BookingRow, two.booking_id).contact_email
    letter(session, two.booking_id, other, "sent", **bounced)
    assert tasks(board_of(session, trip)) == [(Task.UNDELIVERED, 2, one.code)]
    assert unreached_by_trip(session, [trip]) == {trip: 2}
    letter(session, one.booking_id, "asa@tripkit.example", "sent")
    assert tasks(board_of(session, trip)) == [(Task.UNDELIVERED, 1, two.code)]
    session.get_one(BookingRow, two.booking_id).contact_email = "right@tripkit.example"
    session.commit()
    assert tasks(board_of(session, trip)) == [], "what went to an address that is nobody's any more"


def test_answers_that_everybody_has_to_give_are_counted(session: Session) -> None:
    asked = Question(key="size", kind=QuestionKind.TEXT, name=both("Storlek", "Size"), help={}, required=True)
    trip = applied(session)
    booked(session, trip, 3)
    applied(session, make_trip(questions=(*make_trip().questions, asked)))
    assert tasks(board_of(session, trip)) == [(Task.UNANSWERED, 3, "size")]


def test_the_kitchen_is_told_of_those_who_came_since_somebody_looked(session: Session) -> None:
    trip = applied(session)
    vegan = [make_participant(answers={"diet": "vegan"})]
    booked(session, trip, vegan)
    booked(session, trip, [make_participant()])
    close = begins_at(make_trip()) - timedelta(days=14)
    assert tasks(board_of(session, trip)) == [], "not yet"
    close_now = close + timedelta(hours=1)
    assert tasks(board_of(session, trip, close_now)) == [(Task.SENSITIVE, 1, "")]
    session.rollback()
    rights = Rights(whole=frozenset({Role.OWNER}))
    read_sensitive(session, rights=rights, trip_id=trip, reason="Lunch", moment=make_moment(close_now))
    assert tasks(board_of(session, trip, close_now)) == []
    session.rollback()
    booked(session, trip, [replace(vegan[0], name="Sen Ek")], when=close_now + timedelta(hours=1))
    assert tasks(board_of(session, trip, close_now + timedelta(hours=2))) == [(Task.SENSITIVE, 1, "")]


@pytest.mark.parametrize("others", [1, 3, 10_000])
def test_it_takes_a_fixed_number_of_queries(session: Session, others: int, fill: Callable[[int, int], None]) -> None:
    asked = Question(key="size", kind=QuestionKind.TEXT, name=both("Storlek", "Size"), help={}, required=True)
    trip = applied(session, make_trip(size=others + 10, questions=(*make_trip().questions, asked)))
    fill(trip, others)
    close = begins_at(make_trip()) - timedelta(days=1)
    board_of(session, trip)
    session.rollback()
    with count_statements(session) as statements:
        found = dashboard(session, trip_id=trip, now=close)
    assert found is not None
    assert found.page.places.trip.taken == others
    assert len(statements) == 11


@pytest.mark.parametrize(
    ("zone", "day"), [("Europe/Stockholm", 28), ("UTC", 27), ("Asia/Kathmandu", 28), ("America/New_York", 27)]
)
def test_the_day_of_a_sign_up_is_that_of_the_trips_clock(session: Session, zone: str, day: int) -> None:
    late = datetime(2027, 3, 27, 23, 30, tzinfo=UTC)  # Half past midnight in Stockholm, the night the clocks change.
    trip = applied(session, make_trip(time_zone=zone))
    booked(session, trip, 2, when=late)
    course = board_of(session, trip, late).course
    assert course is not None
    assert [(one.on, one.placed) for one in course.days] == [(date(2027, 3, day), 2)]


def test_the_course_ends_at_the_figures_of_the_pools(session: Session) -> None:
    trip = applied(session, make_trip(size=5))
    assert board_of(session, trip).course is None
    first = booked(session, trip, 2)
    booked(session, trip, 2, when=NOW + timedelta(days=1))
    booked(session, trip, 3, when=NOW + timedelta(days=30))
    cancel_participants(session, booking_id=first.booking_id, moment=make_moment(NOW + timedelta(days=31)))
    board = board_of(session, trip, NOW + timedelta(days=40))
    assert board.course is not None
    whole, last = board.page.places.trip, board.course.days[-1]
    assert (last.all_placed, last.all_waiting) == (whole.taken, whole.waiting) == (5, 0)
    assert [(one.on.day, one.placed) for one in board.course.days] == [(2, 2), (31, 3)]
    assert (board.course.first.day, board.course.last) == (2, date(2027, 4, 10))
