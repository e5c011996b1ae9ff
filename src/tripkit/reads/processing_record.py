"""The record of processing that an organisation has to keep (GDPR article 30), as far as tripkit knows it; nobody is named."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select

from tripkit.domain.deadlines import erased_on
from tripkit.domain.texts import Text
from tripkit.reads.trip_plan import AnySession
from tripkit.storage.bookings import BookingRow, ParticipantRow
from tripkit.storage.members import MemberRow
from tripkit.storage.trip_parts import QuestionRow
from tripkit.storage.trips import OrganisationRow, TripRow

MOST = 100
"""Trips in one record, those that are kept longest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedFor:
    """A question to participants. ``erased_on``: the day its answers go, None = with everything else."""

    name: Text
    is_sensitive: bool
    erased_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TripProcessing:
    """What is kept for one trip. ``bookings``, ``people``: how many it is kept of now; ``erased_on``: the day all of it goes."""

    key: str
    title: Text
    starts_on: date
    ends_on: date
    bookings: int
    people: int
    erased_on: date
    is_erased: bool
    questions: tuple[AskedFor, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessingRecord:
    """What an organisation keeps of people, why and for how long."""

    name: Text
    email: str
    phone: str | None
    url: str | None
    members: int
    trips: tuple[TripProcessing, ...]
    more_trips: int


def processing_record(session: AnySession, *, organisation_id: int) -> ProcessingRecord:
    """The record as it is now; five queries."""
    host = session.get_one(OrganisationRow, organisation_id)
    mine = TripRow.organisation_id == organisation_id
    trips = session.scalars(select(TripRow).where(mine).order_by(TripRow.ends_on.desc(), TripRow.id).limit(MOST)).all()
    ids = [trip.id for trip in trips]
    members = select(func.count(MemberRow.account_id.distinct())).where(MemberRow.organisation_id == organisation_id)
    total = select(func.count()).select_from(TripRow).where(mine)
    counted = session.execute(select(members.scalar_subquery(), total.scalar_subquery())).one()
    people = _people(session, ids)
    questions = _questions(session, {trip.id: trip for trip in trips})
    return ProcessingRecord(
        name=host.name,
        email=host.email,
        phone=host.phone,
        url=host.url,
        members=counted[0] or 0,
        trips=tuple(_trip(trip, *people.get(trip.id, (0, 0)), questions.get(trip.id, [])) for trip in trips),
        more_trips=(counted[1] or 0) - len(trips),
    )


def _people(session: AnySession, trips: list[int]) -> dict[int, tuple[int, int]]:
    """(bookings, people) that are kept for each trip."""
    kept = (
        select(BookingRow.trip_id, func.count(BookingRow.id.distinct()), func.count(ParticipantRow.id))
        .join(ParticipantRow, ParticipantRow.booking_id == BookingRow.id)
        .where(BookingRow.trip_id.in_(trips), BookingRow.erased_at.is_(None))
        .group_by(BookingRow.trip_id)
    )
    return {trip: (bookings, people) for trip, bookings, people in session.execute(kept)}


def _questions(session: AnySession, trips: dict[int, TripRow]) -> dict[int, list[AskedFor]]:
    """Those that ask for something sensitive first."""
    found: dict[int, list[AskedFor]] = {}
    asked = (
        select(QuestionRow)
        .where(QuestionRow.trip_id.in_(trips))
        .order_by(QuestionRow.trip_id, QuestionRow.sensitive.desc(), QuestionRow.position)
    )
    for row in session.scalars(asked):
        days = row.kept_days
        gone = None if days is None else trips[row.trip_id].ends_on + timedelta(days=days + 1)
        found.setdefault(row.trip_id, []).append(AskedFor(name=row.name, is_sensitive=row.sensitive, erased_on=gone))
    return found


def _trip(trip: TripRow, bookings: int, people: int, questions: list[AskedFor]) -> TripProcessing:
    return TripProcessing(
        key=trip.key,
        title=trip.title,
        starts_on=trip.starts_on,
        ends_on=trip.ends_on,
        bookings=bookings,
        people=people,
        erased_on=erased_on(trip),
        is_erased=trip.erased_at is not None,
        questions=tuple(questions),
    )
