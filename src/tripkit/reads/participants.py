"""Who comes on a trip, as its organisers look for them: chosen, in order, a page at a time; no answers, and nothing about health."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from tripkit.domain.bookings import ParticipantStatus
from tripkit.domain.seats import PoolKind
from tripkit.domain.trips import Trip
from tripkit.reads.queue_positions import positions_on_trip
from tripkit.reads.trip_plan import AnySession, trip_plan
from tripkit.reads.visits_held import visits_held
from tripkit.storage.bookings import BookingRow, ClaimRow, ParticipantRow, PoolRow, WaitingRow
from tripkit.storage.folding import Folded, InOrder, fold
from tripkit.storage.trips import TripRow

PAGE = 100
"""Participants on one page."""
LONGEST_SEARCH = 100
"""Characters; the longest name anybody types."""
_MOST_WORDS = 8
AT_ONCE = 2000
"""Participants in memory while all of them are read: few statements, and some megabytes."""


class Order(StrEnum):
    """What a list of participants is sorted by."""

    NAME = "name"
    CAME = "came"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Which participants are looked for; as it stands, all of them.

    ``words``: each is found in the name, an address, the workplace or the code. ``state``, ``segment``, ``visit``: None = any;
    ``visit``: key of an item that they have a place on, or for which they wait.
    """

    words: str = ""
    state: ParticipantStatus | None = None
    segment: str | None = None
    visit: str | None = None
    order: Order = Order.NAME

    @property
    def is_all(self) -> bool:
        """Whether nobody is left out."""
        return not self.words and self.state is None and self.segment is None and self.visit is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """One person in the list.

    ``name``: empty = their booking was erased. ``email``: their own, else that of the contact person, whose the ``phone`` is. ``segment``, ``visits``:
    keys; of who has no place the visits are those wished for. ``position``: in the trip's queue, None = not in it.
    ``queued``: (key of a visit, position) of each visit they wait for.
    """

    id: int
    name: str
    email: str
    phone: str
    organisation: str
    segment: str
    status: ParticipantStatus
    visits: tuple[str, ...]
    position: int | None
    queued: tuple[tuple[str, int], ...]
    code: str
    booked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantsPage:
    """A page of the list. ``count``: who were looked for; ``states``: everybody, by how it stands; ``page``: from 1."""

    trip: Trip
    sought: Sought
    participants: tuple[Participant, ...]
    count: int
    states: dict[ParticipantStatus, int]
    page: int
    erased_at: datetime | None

    @property
    def pages(self) -> int:
        """How many pages the list has."""
        return max(1, -(-self.count // PAGE))

    @property
    def everybody(self) -> int:
        """How many there are on the trip, cancelled ones too."""
        return sum(self.states.values())


def participants_page(session: AnySession, *, trip_id: int, sought: Sought, page: int) -> ParticipantsPage | None:
    """A page of those who are looked for, None when there is no such trip; eight queries at most, however many they are."""
    plan = trip_plan(session, trip_id)
    if plan is None:
        return None
    rows = session.scalars(
        _people(trip_id, sought).order_by(*_IN_ORDER[sought.order]).limit(PAGE).offset((page - 1) * PAGE)
    )
    states = session.execute(
        select(ParticipantRow.status, func.count().label("number"))
        .where(ParticipantRow.trip_id == trip_id)
        .group_by(ParticipantRow.status)
    )
    return ParticipantsPage(
        trip=plan[2],
        sought=sought,
        participants=tuple(_filled_in(session, rows.all(), positions_on_trip(session, trip_id))),
        count=count_sought(session, trip_id, sought),
        states={row.status: row.number for row in states},
        page=page,
        erased_at=session.scalar(select(TripRow.erased_at).where(TripRow.id == trip_id)),
    )


def count_sought(session: AnySession, trip_id: int, sought: Sought) -> int:
    """How many are looked for; one query."""
    return session.scalar(_people(trip_id, sought).with_only_columns(func.count())) or 0


_IN_ORDER: dict[Order, tuple[Any, ...]] = {
    Order.NAME: (InOrder(ParticipantRow.name), ParticipantRow.id),
    Order.CAME: (ParticipantRow.id,),
}


def _people(trip_id: int, sought: Sought) -> Select[ParticipantRow]:
    """Those who are looked for. Their bookings are asked for only where words may be in them."""
    people = select(ParticipantRow).where(ParticipantRow.trip_id == trip_id)
    if words := fold(sought.words[:LONGEST_SEARCH]).split()[:_MOST_WORDS]:
        # The trip is said of both: else the bookings of all trips are read to find those of this one.
        people = people.join(BookingRow, BookingRow.id == ParticipantRow.booking_id).where(
            BookingRow.trip_id == trip_id, *_have(words)
        )
    if sought.state is not None:
        people = people.where(ParticipantRow.status == sought.state)
    if sought.segment is not None:
        people = people.where(ParticipantRow.segment == sought.segment)
    if sought.visit is not None:
        people = people.where(ParticipantRow.id.in_(_on(trip_id, sought.visit)))
    return people


def _have(words: Iterable[str]) -> Iterator[ColumnElement[bool]]:
    """That each of these is somewhere in what is searched."""
    texts = (ParticipantRow.name, ParticipantRow.email, BookingRow.contact_email, BookingRow.organisation)
    around: ColumnElement[str] = func.coalesce(BookingRow.code, "")
    for text in texts:
        around = around + " " + func.coalesce(text, "")
    for word in words:
        # No sign that LIKE reads means anything in it.
        yield Folded(around).contains(word, autoescape=True)


def _on(trip_id: int, visit: str) -> Any:
    """Who have a place on a visit, or wait for one."""
    held = (
        select(ClaimRow.participant_id)
        .join(PoolRow, PoolRow.id == ClaimRow.pool_id)
        .where(PoolRow.trip_id == trip_id, PoolRow.kind == PoolKind.ITEM, PoolRow.key == visit)
    )
    waiting = select(WaitingRow.participant_id).where(WaitingRow.trip_id == trip_id, WaitingRow.item == visit)
    return held.union(waiting)


def _filled_in(
    session: AnySession, people: Sequence[ParticipantRow], places: Mapping[int, Sequence[tuple[str, int]]]
) -> Iterator[Participant]:
    """What hangs on them; two queries. ``places``: see `positions_on_trip`."""
    if not people:
        return
    held = visits_held(session, [person.id for person in people])
    of_them = BookingRow.id.in_({person.booking_id for person in people})
    bookings = {row.id: row for row in session.scalars(select(BookingRow).where(of_them))}
    for person in people:
        booking, queues = bookings[person.booking_id], places.get(person.id, ())
        yield Participant(
            id=person.id,
            name=person.name,
            email=person.email or booking.contact_email,
            phone=booking.contact_phone or "",
            organisation=booking.organisation,
            segment=person.segment,
            status=person.status,
            visits=tuple(held.get(person.id, ()) or person.wished),
            position=next((position for item, position in queues if not item), None),
            queued=tuple((item, position) for item, position in queues if item),
            code=booking.code,
            booked_at=booking.booked_at,
        )


def participants_in_turn(
    session: AnySession, *, trip_id: int, sought: Sought, at_once: int = AT_ONCE
) -> Iterator[Participant]:
    """All who are looked for, first come first, read some at a time: three queries for each ``at_once`` of them, and one."""
    places = positions_on_trip(session, trip_id)
    people = _people(trip_id, sought).order_by(ParticipantRow.id).limit(at_once)
    after, more = 0, True
    while more:
        found = list(_filled_in(session, session.scalars(people.where(ParticipantRow.id > after)).all(), places))
        session.expunge_all()  # Else every one of them is kept until the end.
        more = len(found) == at_once
        after = found[-1].id if found else after
        yield from found
        del found  # Not to be kept while the next ones are read.


def visits_to_choose(trip: Trip) -> Iterable[Any]:
    """Programme items that a participant chooses among, in the order of the programme."""
    return sorted((item for item in trip.programme if item.choice is not None), key=lambda item: item.starts_at)
