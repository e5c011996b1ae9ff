"""How every action counts seats: lock a trip's pools, decide on values, write the difference; no rule of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import Integer, Update, bindparam, case, delete, exists, func, literal, select, union_all, update
from sqlalchemy.orm import Session

from tripkit.domain.refusals import NotFound
from tripkit.domain.seats import Pool, PoolKind, Seats, changes, pools_of
from tripkit.domain.sentences import sentence
from tripkit.domain.trips import Organisation, Trip
from tripkit.domain.waiting_list import Waiting
from tripkit.reads.trip_plan import AnySession, trip_plan
from tripkit.storage.bookings import ClaimRow, ParticipantRow, PoolRow, WaitingRow

# Put together once: every sign-up sends them while others wait for its lock.
_LOCKED = (
    select(PoolRow.id, PoolRow.kind, PoolRow.key, PoolRow.size, PoolRow.taken, PoolRow.released_at)
    .where(PoolRow.trip_id == bindparam("trip_id"))
    .order_by(PoolRow.id)
    .with_for_update()
)
_QUEUE = (
    select(WaitingRow.id, WaitingRow.participant_id, WaitingRow.party, WaitingRow.item, WaitingRow.segment)
    .where(WaitingRow.trip_id == bindparam("trip_id"), WaitingRow.item.in_(bindparam("items", expanding=True)))
    .order_by(WaitingRow.id)
)


class Oversold(RuntimeError):
    """The guarded update refused what was decided: somebody changed a pool without holding its lock."""


@dataclass(slots=True)
class Seating:
    """A trip whose pools this transaction holds the lock of. ``released``: segments whose guarantee is open to all."""

    trip_id: int
    organisation: Organisation
    trip: Trip
    seats: Seats
    released: frozenset[str]
    _saved: dict[int, Pool]

    def full_items(self) -> frozenset[str]:
        """Keys of chosen items without room."""
        return frozenset(
            pool.key for pool in self.seats.pools.values() if pool.kind is PoolKind.ITEM and not pool.has_room()
        )


def lock_seating(session: AnySession, trip_id: int) -> Seating:
    """Lock a trip's pools until the transaction ends, then read the trip.

    The rows are locked in the order of their ids, so two transactions never wait for each other. On SQLite the
    writing transaction holds the whole database already (``FOR UPDATE`` says nothing there). What an action decides
    on must be read after this.

    Raises: NotFound when there is no such trip.
    """
    seats, released = lock_pools(session, trip_id)
    plan = trip_plan(session, trip_id)
    if plan is None:
        raise NotFound(sentence("There is no such trip."))
    _, organisation, trip = plan
    if not seats.by_key.keys() >= {(pool.kind, pool.key) for pool in pools_of(trip)}:
        # While we waited for the lock on PostgreSQL the trip was changed, and a statement does not see pools that
        # were made after it began.
        seats, released = lock_pools(session, trip_id)
    return Seating(trip_id, organisation, trip, seats, released, dict(seats.pools))


def lock_pools(session: AnySession, trip_id: int) -> tuple[Seats, frozenset[str]]:
    """Lock and read a trip's pools; with them the segments whose guarantee was released."""
    rows = session.execute(_LOCKED, {"trip_id": trip_id}).all()
    seats = Seats(Pool(row.id, row.kind, row.key, row.size, row.taken) for row in rows)
    return seats, frozenset(row.key for row in rows if row.released_at is not None)


def save_seats(session: AnySession, seating: Seating) -> None:
    """Write what was decided in one guarded update, which takes nothing beyond a pool's size.

    Raises: Oversold when a pool no longer has the room that was counted on. The lock makes that impossible; the
    guard, and the check constraint behind it, are there for the day somebody forgets the lock.
    """
    changed = changes(seating._saved, seating.seats.pools)
    if not changed:
        return
    values: dict[str, int] = {}
    for number, (pool_id, (people, places)) in enumerate(changed.items()):
        values |= {f"id{number}": pool_id, f"people{number}": people, f"places{number}": places}
    result = session.execute(_guarded(len(changed)), values)
    if result.rowcount != len(changed):  # type: ignore[attr-defined]  # an UPDATE's result has a row count
        raise Oversold(f"trip {seating.trip_id}: {sorted(changed)}")
    seating._saved = dict(seating.seats.pools)


@lru_cache(maxsize=64)
def _guarded(pools: int) -> Update:
    """The update of so many pools: by their ids, how many people and places more."""
    numbers = range(pools)
    ids = [bindparam(f"id{number}", type_=Integer) for number in numbers]
    people = case({ids[number]: bindparam(f"people{number}", type_=Integer) for number in numbers}, value=PoolRow.id)
    places = case({ids[number]: bindparam(f"places{number}", type_=Integer) for number in numbers}, value=PoolRow.id)
    taken, size = PoolRow.taken + people, PoolRow.size + places
    return (
        update(PoolRow)
        .where(PoolRow.id.in_(ids), (PoolRow.size.is_(None)) | (people <= 0) | (taken <= size))
        .values(
            taken=taken,
            size=size,
            bound=case((PoolRow.size.is_(None), None), (taken > size, taken), else_=size),
        )
        .execution_options(synchronize_session=False)
    )


def read_queue(session: AnySession, seating: Seating, items: Iterable[str]) -> dict[str, list[Waiting]]:
    """Everybody who waits for these, by item key (empty for the trip itself), longest first; one query."""
    queues: dict[str, list[Waiting]] = {}
    for row in session.execute(_QUEUE, {"trip_id": seating.trip_id, "items": list(items)}):
        item = seating.seats.item(row.item) if row.item else None
        wants = seating.seats.place_wants(row.segment) if item is None else ((item.id,),)
        queues.setdefault(row.item, []).append(Waiting(row.id, row.participant_id, row.party, wants))
    return queues


def moving_queues(session: AnySession, seating: Seating) -> list[str]:
    """Those queues, by item key, in which somebody waits for whom there is room; at most one query, however long they are.

    Nearly always there is none: whoever fits has been offered a place before.
    """
    seats = seating.seats
    segments = [one.key for one in seating.trip.segments if seats.has_room_for(seats.place_wants(one.key))]
    items = [pool.id for pool in seats.pools.values() if pool.kind is PoolKind.ITEM and pool.has_room()]
    if not segments and not items:
        return []
    # Whether anybody is there, is known by the first: looking at all of them would be reading the queue.
    here = WaitingRow.trip_id == seating.trip_id
    of_a_visit = select(PoolRow.key).where(PoolRow.id.in_(items), exists().where(here, WaitingRow.item == PoolRow.key))
    of_the_trip = select(literal("")).where(
        exists().where(here, WaitingRow.item == "", WaitingRow.segment.in_(segments))
    )
    return list(session.scalars(union_all(of_a_visit, of_the_trip)))


def waited_for(session: AnySession, seating: Seating, participant_id: int, items: Sequence[str]) -> frozenset[str]:
    """The items, of these, that others wait for and came before this participant.

    Such an item has no room, since what is free is offered at once; but nothing is offered on a trip that is put off.
    """
    if not items:
        return frozenset()
    queue = session.execute(
        select(WaitingRow.item, WaitingRow.participant_id)
        .where(WaitingRow.trip_id == seating.trip_id, WaitingRow.item.in_(items))
        .order_by(WaitingRow.id.desc())
    )
    first = {row.item: row.participant_id for row in queue}
    return frozenset(item for item, person in first.items() if person != participant_id)


def drop_claims(session: AnySession, seating: Seating, claims: Iterable[ClaimRow]) -> None:
    """Delete claims and give their places back."""
    gone = list(claims)
    if gone:
        seating.seats.give_back(claim.pool_id for claim in gone)
        session.execute(delete(ClaimRow).where(ClaimRow.id.in_([claim.id for claim in gone])))


def claims_of(session: AnySession, participant_ids: Sequence[int]) -> list[ClaimRow]:
    """What participants hold, on offer or for good."""
    return list(
        session.scalars(select(ClaimRow).where(ClaimRow.participant_id.in_(participant_ids)).order_by(ClaimRow.id))
    )


def move_to_guarantees(session: Session | AnySession, seating: Seating) -> None:
    """Let people with open places use their segment's free guaranteed ones, see `Seats.use_guarantees`."""
    seats = seating.seats
    with_room = [p.key for p in seats.pools.values() if p.kind is PoolKind.GUARANTEE and p.has_room() and p.size]
    if not with_room:
        return
    open_id = seats.by_key[PoolKind.OPEN, ""]
    holders = session.execute(
        select(ClaimRow.id, ParticipantRow.segment)
        .join(ParticipantRow, ParticipantRow.id == ClaimRow.participant_id)
        .where(ClaimRow.pool_id == open_id, ParticipantRow.segment.in_(with_room))
        .order_by(ClaimRow.id)
    ).all()
    by_segment: dict[str, list[int]] = {}
    for holder in holders:
        by_segment.setdefault(holder.segment, []).append(holder.id)
    moved = seats.use_guarantees({segment: len(ids) for segment, ids in by_segment.items()})
    for segment, people in moved.items():
        session.execute(
            update(ClaimRow)
            .where(ClaimRow.id.in_(by_segment[segment][:people]))
            .values(pool_id=seats.by_key[PoolKind.GUARANTEE, segment])
            .execution_options(synchronize_session=False)
        )


def count_claims(session: AnySession, trip_id: int) -> dict[int, int]:
    """How many claims each pool of a trip really has, by pool id."""
    return {
        row.id: row.people
        for row in session.execute(
            select(PoolRow.id, func.count(ClaimRow.id).label("people"))
            .outerjoin(ClaimRow, ClaimRow.pool_id == PoolRow.id)
            .where(PoolRow.trip_id == trip_id)
            .group_by(PoolRow.id)
        )
    }
