"""Who comes on a trip, as its organisers look for them: chosen, in order, a page at a time; no answers, and nothing about health."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select

from tripkit.domain.bookings import ParticipantStatus
from tripkit.domain.seats import PoolKind
from tripkit.domain.trips import Trip
from tripkit.reads.queue_positions import queue_positions
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
    """A page of those who are looked for, None when there is no such trip; seven queries at most, however many they are."""
    plan = trip_plan(session, trip_id)
    if plan is None:
        return None
    here = is_sought(trip_id, sought)
    rows = session.execute(_people(here).order_by(*_IN_ORDER[sought.order]).limit(PAGE).offset((page - 1) * PAGE))
    states = session.execute(
        select(ParticipantRow.status, func.count().label("number"))
        .where(ParticipantRow.trip_id == trip_id)
        .group_by(ParticipantRow.status)
    )
    return ParticipantsPage(
        trip=plan[2],
        sought=sought,
        participants=tuple(_filled_in(session, rows.all())),
        count=count_sought(session, here),
        states={row.status: row.number for row in states},
        page=page,
        erased_at=session.scalar(select(TripRow.erased_at).where(TripRow.id == trip_id)),
    )


def count_sought(session: AnySession, here: ColumnElement[bool]) -> int:
    """How many are looked for; one query."""
    counted = select(func.count()).select_from(ParticipantRow).join(BookingRow, _OF_BOOKING).where(here)
    return session.scalar(counted) or 0


_OF_BOOKING = BookingRow.id == ParticipantRow.booking_id
_IN_ORDER: dict[Order, tuple[Any, ...]] = {
    Order.NAME: (InOrder(ParticipantRow.name), ParticipantRow.id),
    Order.CAME: (ParticipantRow.id,),
}


def is_sought(trip_id: int, sought: Sought) -> ColumnElement[bool]:
    """Whether a participant, joined to their booking, is one of those who are looked for."""
    # Said of both: else the bookings of all trips are read to find those of this one.
    wanted: list[ColumnElement[bool]] = [ParticipantRow.trip_id == trip_id, BookingRow.trip_id == trip_id]
    # Folded once a row, and no sign that LIKE reads means anything in it.
    texts = (ParticipantRow.name, ParticipantRow.email, BookingRow.contact_email, BookingRow.organisation)
    around: ColumnElement[str] = func.coalesce(BookingRow.code, "")
    for text in texts:
        around = around + " " + func.coalesce(text, "")
    words = fold(sought.words[:LONGEST_SEARCH]).split()[:_MOST_WORDS]
    wanted += [Folded(around).contains(word, autoescape=True) for word in words]
    if sought.state is not None:
        wanted.append(ParticipantRow.status == sought.state)
    if sought.segment is not None:
        wanted.append(ParticipantRow.segment == sought.segment)
    if sought.visit is not None:
        wanted.append(ParticipantRow.id.in_(_on(trip_id, sought.visit)))
    return and_(*wanted)


def _on(trip_id: int, visit: str) -> Any:
    """Who have a place on a visit, or wait for one."""
    held = (
        select(ClaimRow.participant_id)
        .join(PoolRow, PoolRow.id == ClaimRow.pool_id)
        .where(PoolRow.trip_id == trip_id, PoolRow.kind == PoolKind.ITEM, PoolRow.key == visit)
    )
    waiting = select(WaitingRow.participant_id).where(WaitingRow.trip_id == trip_id, WaitingRow.item == visit)
    return held.union(waiting)


def _people(here: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    contact = (BookingRow.contact_email, BookingRow.contact_phone)
    columns = (BookingRow.code, BookingRow.organisation, *contact, BookingRow.booked_at)
    return select(ParticipantRow, *columns).join(BookingRow, _OF_BOOKING).where(here)


def _filled_in(session: AnySession, rows: Sequence[Any]) -> Iterator[Participant]:
    """What hangs on them; two queries."""
    people = [row[0] for row in rows]
    ids = [person.id for person in people]
    held = visits_held(session, ids) if ids else {}
    places = {(one.participant_id, one.item): one.position for one in queue_positions(session, ids)} if ids else {}
    queued: dict[int, list[tuple[str, int]]] = {}
    for (person_id, item), position in places.items():
        if item:
            queued.setdefault(person_id, []).append((item, position))
    for person, row in zip(people, rows, strict=True):
        yield Participant(
            id=person.id,
            name=person.name,
            email=person.email or row.contact_email,
            phone=row.contact_phone or "",
            organisation=row.organisation,
            segment=person.segment,
            status=person.status,
            visits=tuple(held.get(person.id, ()) or person.wished),
            position=places.get((person.id, "")),
            queued=tuple(queued.get(person.id, ())),
            code=row.code,
            booked_at=row.booked_at,
        )


def participants_in_turn(
    session: AnySession, *, trip_id: int, sought: Sought, at_once: int = 500
) -> Iterator[Participant]:
    """All who are looked for, first come first, read some at a time: three queries for each ``at_once`` of them."""
    after = 0
    while True:
        here = and_(is_sought(trip_id, sought), ParticipantRow.id > after)
        rows = session.execute(_people(here).order_by(ParticipantRow.id).limit(at_once)).all()
        found = list(_filled_in(session, rows))
        session.expunge_all()  # Else every one of them is kept until the end.
        yield from found
        if len(rows) < at_once:
            return
        after = found[-1].id


def visits_to_choose(trip: Trip) -> Iterable[Any]:
    """Programme items that a participant chooses among, in the order of the programme."""
    return sorted((item for item in trip.programme if item.choice is not None), key=lambda item: item.starts_at)
