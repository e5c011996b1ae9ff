"""How full a trip is, read from its pools and its queue; fixed number of queries at any size."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import BindParameter, bindparam, func, select

from tripkit.domain.lottery import Lottery
from tripkit.domain.places import Places, Room
from tripkit.domain.seats import PoolKind
from tripkit.domain.trips import Admission, Trip
from tripkit.reads.trip_plan import AnySession
from tripkit.storage.bookings import ClaimRow, OfferRow, PoolRow, WaitingRow
from tripkit.storage.lottery import LotteryRow

_TRIPS: BindParameter[int] = bindparam("trips", expanding=True)
# Put together once: every page of a trip asks these.
_OFFERED = (
    select(ClaimRow.pool_id, func.count().label("people"))
    .join(OfferRow, OfferRow.id == ClaimRow.offer_id)
    .where(OfferRow.trip_id.in_(_TRIPS))
    .group_by(ClaimRow.pool_id)
)
_POOLS = (
    select(
        PoolRow.id,
        PoolRow.trip_id,
        PoolRow.kind,
        PoolRow.key,
        PoolRow.size,
        PoolRow.taken,
        LotteryRow.promise,
        LotteryRow.drawn_at,
    )
    .outerjoin(LotteryRow, LotteryRow.trip_id == PoolRow.trip_id)
    .where(PoolRow.trip_id.in_(_TRIPS))
    # As they were made: PostgreSQL gives rows in another order once they were changed, and pages are compared by this.
    .order_by(PoolRow.id)
)
_WAITING = (
    select(WaitingRow.trip_id, WaitingRow.item, WaitingRow.segment, func.count().label("people"))
    .where(WaitingRow.trip_id.in_(_TRIPS))
    .group_by(WaitingRow.trip_id, WaitingRow.item, WaitingRow.segment)
)


@dataclass
class _Counts:
    pools: dict[tuple[PoolKind, str], Room] = field(default_factory=dict)
    waiting: dict[tuple[str, str], int] = field(default_factory=dict)
    lottery: Lottery | None = None


def trip_places(session: AnySession, trip_id: int, trip: Trip) -> Places:
    """How full a trip is."""
    return many_places(session, {trip_id: trip})[trip_id]


def many_places(session: AnySession, trips: Mapping[int, Trip]) -> dict[int, Places]:
    """How full each of several trips is, in three queries whatever their number."""
    counts: dict[int, _Counts] = {trip_id: _Counts() for trip_id in trips}
    these = {"trips": list(trips)}
    offered: dict[int, int] = {row.pool_id: row.people for row in session.execute(_OFFERED, these)}
    for pool in session.execute(_POOLS, these):
        room = Room(size=pool.size, taken=pool.taken, offered=offered.get(pool.id, 0))
        counts[pool.trip_id].pools[pool.kind, pool.key] = room
        if pool.promise is not None:
            counts[pool.trip_id].lottery = Lottery(promise=pool.promise, drawn_at=pool.drawn_at)
    for queue in session.execute(_WAITING, these):
        counts[queue.trip_id].waiting[queue.item, queue.segment] = queue.people
    return {trip_id: _places(trip, counts[trip_id]) for trip_id, trip in trips.items()}


def _places(trip: Trip, counts: _Counts) -> Places:
    pools = counts.pools
    waits = counts.waiting
    open_places = pools[PoolKind.OPEN, ""]
    guaranteed = {key: room for (kind, key), room in pools.items() if kind is PoolKind.GUARANTEE}
    every = [open_places, *guaranteed.values()]
    whole = Room(
        size=sum(room.size or 0 for room in every),
        taken=sum(room.taken for room in every),
        offered=sum(room.offered for room in every),
        waiting=sum(people for (item, _), people in waits.items() if not item),
    )
    return Places(
        trip=whole,
        segments={
            segment.key: _segment(
                [open_places, *([guaranteed[segment.key]] if segment.key in guaranteed else [])],
                pools.get((PoolKind.SEGMENT, segment.key)),
                waits.get(("", segment.key), 0),
                whole.left or 0,
            )
            for segment in trip.segments
        },
        guaranteed=guaranteed,
        items={
            key: Room(
                size=room.size,
                taken=room.taken,
                offered=room.offered,
                waiting=sum(people for (item, _), people in waits.items() if item == key),
            )
            for (kind, key), room in pools.items()
            if kind is PoolKind.ITEM
        },
        lottery=counts.lottery if trip.admission is Admission.DRAW else None,
    )


def _segment(usable: Iterable[Room], limit: Room | None, waiting: int, on_trip: int) -> Room:
    """What a segment can still use, as a room: its limit's own figures when that is what binds.

    ``on_trip``: places left on the whole trip; fewer than in the pools when its size was lowered below what is taken.
    """
    left = min(on_trip, sum(room.left or 0 for room in usable))
    if limit is not None and limit.left is not None and limit.left <= left:
        return Room(size=limit.size, taken=limit.taken, offered=limit.offered, waiting=waiting)
    if limit is not None:
        return Room(size=limit.taken + left, taken=limit.taken, offered=limit.offered, waiting=waiting)
    taken = sum(room.taken for room in usable)
    return Room(size=taken + left, taken=taken, waiting=waiting)
