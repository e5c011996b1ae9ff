"""What follows for a trip's moments when it is written down: reminders get theirs, and what was past already is not announced."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import insert, select, update

from tripkit.actions.steer_campaign import cancel_reminders, retime_campaigns
from tripkit.domain.bookings import Moment
from tripkit.domain.deadlines import erased_at, reminder_at, signup_ends_at
from tripkit.domain.trips import Trip, TripStatus
from tripkit.reads.trip_plan import AnySession
from tripkit.storage.trip_parts import ReminderRow
from tripkit.storage.trips import OccasionRow, TripRow

OPENS, CLOSES = "signup_opens", "signup_closes"


def signup_moments(trip: Trip | TripRow) -> Iterator[tuple[str, datetime]]:
    """(kind of occasion, moment) of the opening and the end of sign-up; nothing opens that is open from the beginning."""
    if trip.signup_opens_at is not None:
        yield OPENS, trip.signup_opens_at
    yield CLOSES, signup_ends_at(trip)


def follow_moments(session: AnySession, trip_id: int, before: Trip | None, after: Trip, moment: Moment) -> None:
    """Give each reminder its moment, and note the opening and end of sign-up that were past when they were written.

    Letters that go out by the trip's days move with them.
    Reminders that are on their way end with a trip that does not happen as planned. A trip that is put off until it is
    not yet time to erase what people wrote is looked at again when it is.
    """
    for row in session.scalars(select(ReminderRow).where(ReminderRow.trip_id == trip_id)):
        value = next(one for one in after.reminders if one.key == row.key)
        row.due_at = reminder_at(after, value)
    known = set(signup_moments(before)) if before is not None else set()
    past = [
        {"trip_id": trip_id, "kind": kind, "key": "", "at": at, "noted_at": moment.at}
        for kind, at in signup_moments(after)
        if at <= moment.at and (kind, at) not in known
    ]
    noted = session.execute(select(OccasionRow.kind, OccasionRow.at).where(OccasionRow.trip_id == trip_id)).all()
    new = [one for one in past if (one["kind"], one["at"]) not in {(row.kind, row.at) for row in noted}]
    if new:
        session.execute(insert(OccasionRow), new)
    if after.status is not TripStatus.PLANNED:
        cancel_reminders(session, trip_id=trip_id, moment=moment)
    retime_campaigns(session, trip_id=trip_id, trip=after, moment=moment)
    if erased_at(after) > moment.at:
        session.execute(update(TripRow).where(TripRow.id == trip_id).values(erased_at=None))
    session.flush()
