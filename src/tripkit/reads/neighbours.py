"""The booking before and the one after in a list that somebody works through; two queries, however long the list is."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import CTE, func, select

from tripkit.domain.listings import Listing
from tripkit.domain.trips import Trip
from tripkit.reads.participants import in_turn
from tripkit.reads.trip_plan import AnySession
from tripkit.storage.bookings import BookingRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """Codes of the bookings beside one. ``place``: its own, counted from 1, of ``count``; None = it is not in the list any more."""

    before: str | None
    after: str | None
    place: int | None
    count: int


def neighbours(session: AnySession, *, trip_id: int, trip: Trip, listing: Listing, booking_id: int) -> Neighbours:
    """What stands beside a booking in a list. A booking stands where the first of its people does."""
    numbered = _numbered(trip_id, trip, listing)
    here = select(numbered.c.place).where(numbered.c.booking_id == booking_id).scalar_subquery()
    rows = session.execute(
        select(BookingRow.code, numbered.c.place, (numbered.c.place - here).label("away"), numbered.c.size)
        .join(BookingRow, BookingRow.id == numbered.c.booking_id)
        .where(numbered.c.place.between(here - 1, here + 1))
    ).all()
    beside = {row.away: row.code for row in rows}
    own = next((row for row in rows if row.away == 0), None)
    return Neighbours(
        before=beside.get(-1),
        after=beside.get(1),
        place=own.place if own else None,
        count=own.size if own else 0,
    )


def _numbered(trip_id: int, trip: Trip, listing: Listing) -> CTE:
    """Every booking in the list with its place there."""
    people = in_turn(trip_id, trip, listing).subquery()
    first = func.min(people.c.turn)
    bookings = select(people.c.booking_id, first.label("first")).group_by(people.c.booking_id).subquery()
    place = func.row_number().over(order_by=bookings.c.first).label("place")
    return select(bookings.c.booking_id, place, func.count().over().label("size")).cte()
