"""Whom a campaign reaches: bookings, as a condition and in figures; nothing is written."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, func, select

from tripkit.domain.campaigns import Audience
from tripkit.domain.trips import Trip
from tripkit.reads.sought import are
from tripkit.reads.trip_plan import AnySession
from tripkit.reads.unsubscribed import unsubscribed
from tripkit.storage.bookings import BookingRow, ParticipantRow
from tripkit.storage.outbox import OutboxRow

_FOR_GOOD = "5."
"""How a status begins that will be the same tomorrow (RFC 3463)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Whom an audience is, in figures of bookings.

    ``languages``: how many read which language. ``unwanting``: those among them who have unsubscribed, and get what is
    essential only. ``unreachable``: bookings like them from whose address a message came back for good; none of them is
    counted among the others.
    """

    languages: dict[str, int]
    unwanting: int
    unreachable: int

    @property
    def bookings(self) -> int:
        """How many there are."""
        return sum(self.languages.values())


def is_unreachable(status: str) -> bool:
    """Whether what came back with this status says that nobody is to be reached at its address."""
    return status.startswith(_FOR_GOOD)


def is_reached(audience: Audience, trip: Trip) -> ColumnElement[bool]:
    """Whether a booking of the trip has somebody in it that the audience is for, and an address to write to.

    One that was erased has none, and neither has one from whose address a message came back for good.
    """
    return and_(BookingRow.erased_at.is_(None), ~_came_back(), _has_somebody(audience, trip))


def _came_back() -> ColumnElement[bool]:
    return exists().where(
        OutboxRow.booking_id == BookingRow.id,
        OutboxRow.recipient == BookingRow.contact_email,
        OutboxRow.bounce_status.startswith(_FOR_GOOD),
    )


def _has_somebody(audience: Audience, trip: Trip) -> ColumnElement[bool]:
    conditions = [condition for one in audience.wanted for condition in are(one, ParticipantRow.trip_id, trip)]
    return exists().where(ParticipantRow.booking_id == BookingRow.id, *conditions)


def is_still_reached(session: AnySession, booking_id: int, audience: Audience, trip: Trip) -> bool:
    """Whether a booking is one of those an audience has now; one query."""
    here = select(BookingRow.id).where(BookingRow.id == booking_id, is_reached(audience, trip))
    return session.scalar(here) is not None


def whom_it_reaches(session: AnySession, trip_id: int, trip: Trip, audience: Audience) -> Reach:
    """An audience in figures; four queries."""
    here = and_(BookingRow.trip_id == trip_id, is_reached(audience, trip))
    rows = session.execute(
        select(BookingRow.language, func.count().label("bookings")).where(here).group_by(BookingRow.language)
    )
    languages = {row.language: row.bookings for row in rows}
    addresses = session.scalars(select(BookingRow.contact_email).where(here)).all()
    refused = unsubscribed(session, trip_id, addresses)
    lost = and_(
        BookingRow.trip_id == trip_id, BookingRow.erased_at.is_(None), _came_back(), _has_somebody(audience, trip)
    )
    return Reach(
        languages=languages,
        unwanting=sum(address in refused for address in addresses),
        unreachable=session.scalar(select(func.count()).select_from(BookingRow).where(lost)) or 0,
    )


def reader_at(session: AnySession, trip_id: int, trip: Trip, audience: Audience, position: int) -> BookingRow | None:
    """The booking at this place in the order in which an audience gets its letters, from 1; one query."""
    here = and_(BookingRow.trip_id == trip_id, is_reached(audience, trip))
    wanted = select(BookingRow).where(here).order_by(BookingRow.id).offset(position - 1).limit(1)
    return session.scalars(wanted).one_or_none()
