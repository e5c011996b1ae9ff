"""Reminders become campaigns once, when their moment has come; never late, never twice, never of a trip that is off."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests.statements import count_statements
from tripkit.actions.fill_campaigns import fill_campaigns
from tripkit.actions.make_reminders import make_reminders
from tripkit.domain.campaigns import Audience, CampaignState, Who
from tripkit.domain.reminders import Anchor, Reminder, Side
from tripkit.domain.trips import Trip, TripStatus
from tripkit.storage import sessions
from tripkit.storage.campaigns import CampaignRow
from tripkit.storage.outbox import AuditRow, OutboxRow
from tripkit.storage.trips import OccasionRow
from tripkit.testing import NOW, applied, at, booked, both, make_moment, make_participant, make_trip

DUE = at(2, 7)
"""Three days before 5 May, at nine in Stockholm."""
A_DAY = timedelta(days=1)


def reminder(key: str = "soon", **changes: Any) -> Reminder:
    values: dict[str, Any] = {
        "days": 3,
        "side": Side.BEFORE,
        "anchor": Anchor.TRIP_STARTS,
        "clock": time(9),
        "subject": both("Snart åker vi", "We leave soon"),
        "text": both("Hej {name}! [Din sida]({link})", "Hello {name}! [Your page]({link})"),
    }
    return Reminder(key=key, **{**values, **changes})


def trip(**changes: Any) -> Trip:
    return make_trip(**{"reminders": (reminder(),), **changes})


def make(session: Session, when: datetime) -> int:
    return make_reminders(session, moment=make_moment(when, "worker"))


def campaigns(session: Session) -> list[CampaignRow]:
    session.rollback()
    return list(session.scalars(select(CampaignRow).order_by(CampaignRow.id)))


def moved(days: int, **changes: Any) -> Trip:
    """The trip so many days later, without a programme to move."""
    return trip(
        starts_on=date(2027, 5, 5) + timedelta(days=days),
        ends_on=date(2027, 5, 6) + timedelta(days=days),
        programme=(),
        choices=(),
        **changes,
    )


def test_a_reminder_is_made_when_its_moment_has_come_and_once(session: Session) -> None:
    trip_id = applied(
        session, trip(reminders=(reminder(audience=Who.EVERYBODY, segments=("city",), visits=("port",)),))
    )
    assert make(session, DUE - timedelta(seconds=1)) == 0
    assert campaigns(session) == []
    assert make(session, DUE) == 1
    assert make(session, DUE + A_DAY) == 0
    (row,) = campaigns(session)
    assert (row.trip_id, row.key, row.state, row.send_at) == (
        trip_id,
        "reminder soon 2027-05-02",
        CampaignState.SCHEDULED,
        DUE,
    )
    assert row.audience == Audience(who=Who.EVERYBODY, segments=("city",), visits=("port",))
    assert (row.subject, row.text) == (reminder().subject, reminder().text)
    assert row.essential, "who takes part is reminded, whatever else they have unsubscribed from"
    assert session.scalars(select(AuditRow.action).where(AuditRow.action == "make_reminder")).all() == ["make_reminder"]


def test_each_booking_with_a_place_gets_it_once_in_its_language(session: Session) -> None:
    trip_id = applied(session, trip(size=3))
    swede, guest = booked(session, trip_id, 2), booked(session, trip_id, language="en")
    booked(session, trip_id)  # Waits.
    make(session, DUE)
    for _ in range(3):
        fill_campaigns(session, moment=make_moment(DUE, "worker"))
    letters = session.execute(
        select(OutboxRow.booking_id, OutboxRow.language)
        .where(OutboxRow.kind == "letter")
        .order_by(OutboxRow.booking_id)
    ).all()
    assert [tuple(row) for row in letters] == [(swede.booking_id, "sv"), (guest.booking_id, "en")]


@pytest.mark.parametrize(("late", "made"), [(timedelta(days=2), 1), (timedelta(days=2, seconds=1), 0)])
def test_one_more_than_two_days_late_is_not_made(session: Session, late: timedelta, made: int) -> None:
    applied(session, trip(), when=DUE + late)
    assert make(session, DUE + late) == made


def test_a_trip_that_moves_takes_its_reminder_along(session: Session) -> None:
    applied(session, trip(programme=(), choices=()))
    applied(session, moved(7))
    assert make(session, DUE) == 0
    assert make(session, DUE + 7 * A_DAY) == 1
    applied(session, moved(14), when=DUE + 8 * A_DAY)
    assert make(session, DUE + 14 * A_DAY) == 0, "it was sent, and is not sent again"
    other = moved(14, reminders=(reminder("soon-again"),))
    applied(session, other, when=DUE + 8 * A_DAY)
    assert make(session, DUE + 14 * A_DAY) == 1, "under another key it is another one"


def test_one_that_was_missed_comes_when_the_trip_is_put_off(session: Session) -> None:
    applied(session, trip(programme=(), choices=()))
    assert make(session, DUE + 3 * A_DAY) == 0
    applied(session, moved(30))
    assert make(session, DUE + 30 * A_DAY) == 1


@pytest.mark.parametrize("status", [TripStatus.CANCELLED, TripStatus.POSTPONED])
def test_a_trip_that_does_not_happen_as_planned_reminds_nobody(session: Session, status: TripStatus) -> None:
    applied(session, trip(status=status))
    assert make(session, DUE) == 0
    applied(session, trip())
    assert make(session, DUE) == 1, "as planned again, it does"


def test_reminders_under_way_end_when_the_trip_is_cancelled(session: Session) -> None:
    trip_id = applied(session, trip())
    booked(session, trip_id)
    make(session, DUE)
    fill_campaigns(session, moment=make_moment(DUE, "worker"))
    assert session.scalars(select(OutboxRow.state).where(OutboxRow.kind == "letter")).all() == ["waiting"]
    applied(session, trip(status=TripStatus.CANCELLED), when=DUE)
    session.rollback()
    assert session.scalars(select(OutboxRow.state).where(OutboxRow.kind == "letter")).all() == ["dropped"]
    assert [row.state for row in campaigns(session)] == [CampaignState.CANCELLED]


def test_a_reminder_that_was_taken_away_is_not_made(session: Session) -> None:
    applied(session, trip())
    applied(session, trip(reminders=()))
    assert make(session, DUE) == 0


def test_two_workers_at_once_make_each_reminder_once(engine: Engine) -> None:
    keys = [f"one-{number}" for number in range(8)]
    with sessions(engine)() as session:
        trip_id = applied(session, trip(reminders=tuple(reminder(key) for key in keys)))
        booked(session, trip_id)
    gate = Barrier(4)

    def work() -> int:
        with sessions(engine)() as session:
            gate.wait()
            return make(session, DUE)

    with ThreadPoolExecutor(4) as pool:
        made = [one.result() for one in [pool.submit(work) for _ in range(4)]]
    with sessions(engine)() as session:
        assert sum(made) == len(keys)
        assert sorted(row.key for row in campaigns(session)) == [f"reminder {key} 2027-05-02" for key in keys]


def test_the_database_itself_refuses_the_same_occasion_twice(session: Session) -> None:
    trip_id = applied(session, trip())
    make(session, DUE)
    again = {"trip_id": trip_id, "kind": "reminder", "key": "soon", "at": DUE, "noted_at": NOW}
    with pytest.raises(IntegrityError, match=r"occasion"):
        session.execute(insert(OccasionRow), again)


def test_looking_takes_one_statement_however_many_there_are(session: Session) -> None:
    for number in range(3):
        applied(session, trip(key=f"trip-{number}", reminders=(reminder("a"), reminder("b", days=2))))
    with count_statements(session) as found:
        assert make(session, NOW) == 0
    assert len(found) == 1


def test_those_who_go_to_a_visit_are_reminded_and_others_not(session: Session) -> None:
    trip_id = applied(session, trip(reminders=(reminder(visits=("port",)),)))
    goes = booked(session, trip_id, (make_participant(items=("port",)),))
    booked(session, trip_id, (make_participant(items=("mill",)),))
    make(session, DUE)
    fill_campaigns(session, moment=make_moment(DUE, "worker"))
    assert session.scalars(select(OutboxRow.booking_id).where(OutboxRow.kind == "letter")).all() == [goes.booking_id]


def test_a_new_reminder_beside_one_that_was_sent_is_made(session: Session) -> None:
    first = trip()
    applied(session, first)
    make(session, DUE)
    applied(session, replace(first, reminders=(reminder(), reminder("too", days=2))), when=DUE)
    assert make(session, datetime(2027, 5, 3, 7, tzinfo=UTC)) == 1
