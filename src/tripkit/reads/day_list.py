"""Who comes on one day of a trip, for whoever receives them: heads, and names by visit; a fixed number of queries, nothing about health."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from tripkit.domain.bookings import ParticipantStatus
from tripkit.domain.programme import ProgrammeItem
from tripkit.domain.seats import PoolKind
from tripkit.domain.trips import Organisation, Site, Trip
from tripkit.reads.trip_plan import AnySession, trip_plan
from tripkit.storage.bookings import BookingRow, ClaimRow, ParticipantRow, PoolRow
from tripkit.storage.folding import InOrder
from tripkit.storage.trips import TripRow

MOST_NAMES = 100
"""Names below one visit, and of everybody; the list of participants has the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comer:
    """Somebody who comes. ``phone``: of the contact person; ``name``: empty = their booking was erased."""

    name: str
    organisation: str
    phone: str
    segment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathering:
    """One thing of the day. ``heads``: people with a place; ``comers``: by name, of a visit that is chosen; else None."""

    item: ProgrammeItem
    site: Site | None
    heads: int
    comers: tuple[Comer, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DayList:
    """The list. ``days``: on which something happens; ``everybody``: all with a place by name, the first hundred of ``heads``."""

    trip: Trip
    organisation: Organisation
    day: date
    days: tuple[date, ...]
    gatherings: tuple[Gathering, ...]
    heads: int
    everybody: tuple[Comer, ...]
    erased_at: datetime | None


def day_list(session: AnySession, *, trip_id: int, day: date | None, now: datetime) -> DayList | None:
    """The list of one day, None when there is no such trip or day; six queries at most.

    ``day``: None = today, where something happens today, else the first one to come, else the first.
    """
    plan = trip_plan(session, trip_id)
    if plan is None:
        return None
    _, host, trip = plan
    days = tuple(sorted({item.local_start().date() for item in trip.programme})) or (trip.starts_on,)
    today = now.astimezone(ZoneInfo(trip.time_zone)).date()
    chosen = day or next((one for one in days if one >= today), days[0])
    if chosen not in days:
        return None
    items = sorted(
        (i for i in trip.programme if i.local_start().date() == chosen), key=lambda i: (i.starts_at, i.ends_at)
    )
    heads = _by_segment(session, trip_id)
    chosen_by = _by_visit(session, trip_id, [item.key for item in items if item.choice is not None])
    names = _names(session, trip_id, [item.key for item in items if item.choice is not None])
    return DayList(
        trip=trip,
        organisation=host,
        day=chosen,
        days=days,
        gatherings=tuple(_gatherings(trip, items, heads, chosen_by, names)),
        heads=sum(heads.values()),
        everybody=_everybody(session, trip_id),
        erased_at=session.scalar(select(TripRow.erased_at).where(TripRow.id == trip_id)),
    )


def _gatherings(
    trip: Trip,
    items: list[ProgrammeItem],
    heads: Mapping[str, int],
    chosen_by: Mapping[str, int],
    names: Mapping[str, tuple[Comer, ...]],
) -> Iterator[Gathering]:
    sites = {site.key: site for site in trip.sites}
    for item in items:
        is_chosen = item.choice is not None
        meant = sum(number for segment, number in heads.items() if item.is_meant_for(segment))
        yield Gathering(
            item=item,
            site=sites.get(item.site or ""),
            heads=chosen_by.get(item.key, 0) if is_chosen else meant,
            comers=names.get(item.key, ()) if is_chosen else None,
        )


def _by_segment(session: AnySession, trip_id: int) -> dict[str, int]:
    rows = session.execute(
        select(ParticipantRow.segment, func.count().label("heads"))
        .where(ParticipantRow.trip_id == trip_id, ParticipantRow.status == ParticipantStatus.CONFIRMED)
        .group_by(ParticipantRow.segment)
    )
    return {row.segment: row.heads for row in rows}


def _on_visits(trip_id: int, keys: list[str]) -> Any:
    """Who have a place on the trip and on one of these visits; one that is on offer is not theirs yet."""
    return (
        select(PoolRow.key)
        .join(ClaimRow, ClaimRow.pool_id == PoolRow.id)
        .join(ParticipantRow, ParticipantRow.id == ClaimRow.participant_id)
        .where(
            PoolRow.trip_id == trip_id,
            PoolRow.kind == PoolKind.ITEM,
            PoolRow.key.in_(keys),
            ClaimRow.offer_id.is_(None),
            ParticipantRow.status == ParticipantStatus.CONFIRMED,
        )
    )


def _by_visit(session: AnySession, trip_id: int, keys: list[str]) -> dict[str, int]:
    rows = session.execute(_on_visits(trip_id, keys).add_columns(func.count().label("heads")).group_by(PoolRow.key))
    return {row.key: row.heads for row in rows}


_WHO = (ParticipantRow.name, BookingRow.organisation, BookingRow.contact_phone, ParticipantRow.segment)
_IN_ORDER = (InOrder(ParticipantRow.name), ParticipantRow.id)


def _names(session: AnySession, trip_id: int, keys: list[str]) -> dict[str, tuple[Comer, ...]]:
    """The first hundred of each visit, by name."""
    number = func.row_number().over(partition_by=PoolRow.id, order_by=_IN_ORDER).label("number")
    everyone = (
        _on_visits(trip_id, keys)
        .join(BookingRow, BookingRow.id == ParticipantRow.booking_id)
        .add_columns(*_WHO, number)
        .subquery()
    )
    found: dict[str, list[Comer]] = defaultdict(list)
    rows = session.execute(
        select(everyone).where(everyone.c.number <= MOST_NAMES).order_by(everyone.c.key, everyone.c.number)
    )
    for row in rows:
        found[row.key].append(_comer(row))
    return {key: tuple(comers) for key, comers in found.items()}


def _everybody(session: AnySession, trip_id: int) -> tuple[Comer, ...]:
    rows = session.execute(
        select(*_WHO)
        .join(BookingRow, BookingRow.id == ParticipantRow.booking_id)
        .where(ParticipantRow.trip_id == trip_id, ParticipantRow.status == ParticipantStatus.CONFIRMED)
        .order_by(*_IN_ORDER)
        .limit(MOST_NAMES)
    )
    return tuple(map(_comer, rows))


def _comer(row: Any) -> Comer:
    return Comer(name=row.name, organisation=row.organisation, phone=row.contact_phone or "", segment=row.segment)
