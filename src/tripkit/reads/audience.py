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
    essential only. ``example``: name, code and language of the first one, None = there is nobody.
    """

    languages: dict[str, int]
    unwanting: int
    example: tuple[str, str, str] | None

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
    conditions = [condition for one in audience.wanted for condition in are(one, ParticipantRow.trip_id, trip)]
    person = exists().where(ParticipantRow.booking_id == BookingRow.id, *conditions)
    came_back = exists().where(
        OutboxRow.booking_id == BookingRow.id,
        OutboxRow.recipient == BookingRow.contact_email,
        OutboxRow.bounce_status.startswith(_FOR_GOOD),
    )
    return and_(BookingRow.erased_at.is_(None), ~came_back, person)


def is_still_reached(session: AnySession, booking_id: int, audience: Audience, trip: Trip) -> bool:
    """Whether a booking is one of those an audience has now; one query."""
    here = select(BookingRow.id).where(BookingRow.id == booking_id, is_reached(audience, trip))
    return session.scalar(here) is not None


def whom_it_reaches(session: AnySession, trip_id: int, trip: Trip, audience: Audience) -> Reach:
    """An audience in figures, and one of them to show the letter with; four queries."""
    here = and_(BookingRow.trip_id == trip_id, is_reached(audience, trip))
    rows = session.execute(
        select(BookingRow.language, func.count().label("bookings")).where(here).group_by(BookingRow.language)
    )
    languages = {row.language: row.bookings for row in rows}
    first = session.execute(
        select(BookingRow.contact_name, BookingRow.code, BookingRow.language)
        .where(here)
        .order_by(BookingRow.id)
        .limit(1)
    ).one_or_none()
    addresses = session.scalars(select(BookingRow.contact_email).where(here)).all()
    refused = unsubscribed(session, trip_id, addresses)
    return Reach(
        languages=languages,
        unwanting=sum(address in refused for address in addresses),
        example=None if first is None else (first.contact_name, first.code, first.language),
    )
