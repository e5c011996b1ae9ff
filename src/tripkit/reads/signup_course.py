"""Sign-ups over time, a row a day by the trip's clock; one query, nobody's name."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from tripkit.domain.bookings import ParticipantStatus
from tripkit.domain.deadlines import signup_ends_at
from tripkit.domain.signup_course import SignupCourse, course_of
from tripkit.domain.trips import Trip
from tripkit.reads.trip_plan import AnySession
from tripkit.storage.bookings import BookingRow, ParticipantRow
from tripkit.storage.local_days import LocalDay, day_of

_PLACED = ParticipantRow.status.in_((ParticipantStatus.CONFIRMED, ParticipantStatus.OFFERED))
_WAITING = ParticipantRow.status == ParticipantStatus.WAITING


def signup_course(session: AnySession, trip_id: int, trip: Trip, now: datetime) -> SignupCourse | None:
    """When those who have a place now signed up, and those who wait; None while there is nobody."""
    day = LocalDay(BookingRow.booked_at, trip.time_zone).label("day")
    placed, waiting = func.count().filter(_PLACED).label("placed"), func.count().filter(_WAITING).label("waiting")
    rows = session.execute(
        select(day, placed, waiting)
        .join(ParticipantRow, ParticipantRow.booking_id == BookingRow.id)
        .where(BookingRow.trip_id == trip_id, _PLACED | _WAITING)
        .group_by("day")
        .order_by("day")
    )
    zone = ZoneInfo(trip.time_zone)
    until = min(now, signup_ends_at(trip)).astimezone(zone).date()
    opened = trip.signup_opens_at.astimezone(zone).date() if trip.signup_opens_at is not None else None
    return course_of(((day_of(row.day), row.placed, row.waiting) for row in rows), opened=opened, until=until)
