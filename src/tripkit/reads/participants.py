"""Who comes on a trip, as its organisers look for them: chosen, in order, a page at a time; what is told of each, stands elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from tripkit.domain.bookings import ParticipantStatus
from tripkit.domain.listings import Listing, Order, columns_there_are, in_order
from tripkit.domain.sought import Sought
from tripkit.domain.trips import Trip
from tripkit.reads.kept_listings import KeptListing, kept_listings
from tripkit.reads.participant_rows import Participant, filled_in
from tripkit.reads.queue_positions import positions_on_trip
from tripkit.reads.sought import are
from tripkit.reads.trip_plan import AnySession, trip_plan
from tripkit.storage.bookings import BookingRow, ParticipantRow
from tripkit.storage.folding import InOrder
from tripkit.storage.trips import TripRow

PAGE = 100
"""Participants on one page."""
AT_ONCE = 2000
"""Participants in memory while all of them are read: few statements, and some megabytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantsPage:
    """A page of the list.

    ``columns``: every one that may be chosen; ``count``: who were looked for; ``states``: everybody, by how it stands;
    ``page``: from 1; ``kept``: the lists that are kept for the trip.
    """

    trip: Trip
    listing: Listing
    columns: tuple[str, ...]
    participants: tuple[Participant, ...]
    count: int
    states: dict[ParticipantStatus, int]
    page: int
    erased_at: datetime | None
    kept: tuple[KeptListing, ...]

    @property
    def pages(self) -> int:
        """How many pages the list has."""
        return max(1, -(-self.count // PAGE))

    @property
    def everybody(self) -> int:
        """How many there are on the trip, cancelled ones too."""
        return sum(self.states.values())


def participants_page(
    session: AnySession, *, trip_id: int, listing: Listing, page: int, with_money: bool
) -> ParticipantsPage | None:
    """A page of those who are looked for, None when there is no such trip; twelve queries at most, however many they are.

    Columns that there are none of any more, or that who looks may not see, are left out.
    """
    plan = trip_plan(session, trip_id)
    if plan is None:
        return None
    trip = plan[2]
    columns = columns_there_are(trip.questions, with_money=with_money)
    listing = replace(listing, columns=in_order(listing.columns, columns))
    in_states = session.execute(
        select(ParticipantRow.status, func.count().label("number"))
        .where(ParticipantRow.trip_id == trip_id)
        .group_by(ParticipantRow.status)
    )
    states = {row.status: row.number for row in in_states}
    rows, count = _page(session, _people(trip_id, trip, listing.sought), listing, page, sum(states.values()))
    return ParticipantsPage(
        trip=trip,
        listing=listing,
        columns=columns,
        participants=tuple(filled_in(session, rows, listing, positions_on_trip(session, trip_id))),
        count=count,
        states=states,
        page=page,
        erased_at=session.scalar(select(TripRow.erased_at).where(TripRow.id == trip_id)),
        kept=kept_listings(session, trip_id),
    )


def _page(
    session: AnySession, people: Select[ParticipantRow], listing: Listing, page: int, everybody: int
) -> tuple[Sequence[ParticipantRow], int]:
    """Those on a page, and how many there are on all: what is looked for is looked for once. ``everybody``: on the trip."""
    wanted = people.order_by(*_IN_ORDER[listing.order]).limit(PAGE).offset((page - 1) * PAGE)
    if listing.sought.is_all:
        return session.scalars(wanted).all(), everybody
    found = session.execute(wanted.add_columns(func.count().over())).all()
    if found or page == 1:
        return [row[0] for row in found], found[0][1] if found else 0
    return (), session.scalar(people.with_only_columns(func.count())) or 0


def count_sought(session: AnySession, trip_id: int, trip: Trip, sought: Sought) -> int:
    """How many are looked for; one query."""
    return session.scalar(_people(trip_id, trip, sought).with_only_columns(func.count())) or 0


def _workplace() -> ColumnElement[str]:
    found = select(BookingRow.organisation).where(BookingRow.id == ParticipantRow.booking_id)
    return InOrder(found.scalar_subquery())


_NAME = InOrder(ParticipantRow.name)
_IN_ORDER: dict[Order, tuple[Any, ...]] = {
    Order.NAME: (_NAME, ParticipantRow.id),
    Order.CAME: (ParticipantRow.id,),
    Order.LATEST: (ParticipantRow.id.desc(),),
    Order.WORKPLACE: (_workplace(), _NAME, ParticipantRow.id),
}


def _people(trip_id: int, trip: Trip, sought: Sought) -> Select[ParticipantRow]:
    """Those who are looked for."""
    return select(ParticipantRow).where(ParticipantRow.trip_id == trip_id, *are(sought, trip_id, trip))


def in_turn(trip_id: int, trip: Trip, listing: Listing) -> Select[int, int]:
    """Those who are looked for, as the booking of each and their turn in the list, counted from 1."""
    turn = func.row_number().over(order_by=_IN_ORDER[listing.order]).label("turn")
    return _people(trip_id, trip, listing.sought).with_only_columns(ParticipantRow.booking_id, turn)


def participants_in_turn(
    session: AnySession, *, trip_id: int, trip: Trip, listing: Listing, at_once: int = AT_ONCE
) -> Iterator[Participant]:
    """All who are looked for, first come first, read some at a time: at most six queries for each ``at_once``, and one."""
    places = positions_on_trip(session, trip_id)
    people = _people(trip_id, trip, listing.sought).order_by(ParticipantRow.id).limit(at_once)
    after, more = 0, True
    while more:
        # No name for the rows: they would be kept while the next ones are read.
        found = list(
            filled_in(session, session.scalars(people.where(ParticipantRow.id > after)).all(), listing, places)
        )
        session.expunge_all()  # Else every one of them is kept until the end.
        more = len(found) == at_once
        after = found[-1].id if found else after
        yield from found
        del found  # Not to be kept while the next ones are read.


def visits_to_choose(trip: Trip) -> Iterable[Any]:
    """Programme items that a participant chooses among, in the order of the programme."""
    return sorted((item for item in trip.programme if item.choice is not None), key=lambda item: item.starts_at)
