"""The people of a list that were ticked, or all it holds, for an act on all of them at once; nothing is done here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from tripkit.domain.bookings import ParticipantStatus
from tripkit.domain.listings import Listing
from tripkit.domain.trips import Trip
from tripkit.reads.sought import are
from tripkit.reads.trip_plan import AnySession, trip_plan
from tripkit.storage.bookings import ParticipantRow
from tripkit.storage.folding import InOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenPerson:
    """One of them."""

    id: int
    name: str
    status: ParticipantStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenPeople:
    """``people``: by name, no more than were wanted. ``are_more``: whether there are others."""

    trip: Trip
    listing: Listing
    people: tuple[ChosenPerson, ...]
    are_more: bool


def people_chosen(
    session: AnySession, *, trip_id: int, listing: Listing, ids: Sequence[int] | None, at_most: int
) -> ChosenPeople | None:
    """None when there is no such trip. ``ids``: of who was ticked, None = all that are looked for; two queries.

    Who is cancelled is left out: nothing is left to do with them.
    """
    plan = trip_plan(session, trip_id)
    if plan is None:
        return None
    which = are(listing.sought, trip_id, plan[2]) if ids is None else [ParticipantRow.id.in_(ids[: at_most + 1])]
    rows = session.execute(
        select(ParticipantRow.id, ParticipantRow.name, ParticipantRow.status)
        .where(ParticipantRow.trip_id == trip_id, ParticipantRow.status != ParticipantStatus.CANCELLED, *which)
        .order_by(InOrder(ParticipantRow.name), ParticipantRow.id)
        .limit(at_most + 1)
    ).all()
    people = tuple(ChosenPerson(id=row.id, name=row.name, status=row.status) for row in rows[:at_most])
    return ChosenPeople(trip=plan[2], listing=listing, people=people, are_more=len(rows) > at_most)
