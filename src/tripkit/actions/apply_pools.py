"""Giving a trip the pools it needs after it was written anew; people who have places keep them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, insert, literal, select, update

from tripkit.actions.recording import HAS_PLACE
from tripkit.actions.seating import count_claims
from tripkit.domain.seats import PoolKind, pools_of
from tripkit.domain.trips import Trip
from tripkit.reads.trip_plan import AnySession
from tripkit.storage.bookings import ClaimRow, ParticipantRow, PoolRow


def sync_pools(session: AnySession, trip_id: int, trip: Trip, now: datetime) -> None:
    """Make, resize and remove pools, move the claims this concerns, and count them all again.

    The caller holds the trip's lock. A size below what is taken throws nobody out: the bound stays at what is taken.
    A guarantee that was released and has a new date, or none, is kept again as far as there are places.
    """
    rows = {(row.kind, row.key): row for row in session.scalars(select(PoolRow).where(PoolRow.trip_id == trip_id))}
    for segment in trip.segments:
        pool = rows.get((PoolKind.GUARANTEE, segment.key))
        if pool is not None and (segment.guaranteed_until is None or segment.guaranteed_until > now):
            pool.released_at = None
    released = {row.key: row.taken for row in rows.values() if row.released_at is not None}
    needed = {(pool.kind, pool.key): pool.size for pool in pools_of(trip, released)}
    made: list[PoolRow] = []
    for (kind, key), size in needed.items():
        if (kind, key) not in rows:
            rows[kind, key] = PoolRow(trip_id=trip_id, kind=kind, key=key, size=size, bound=size, taken=0)
            made.append(rows[kind, key])
    session.add_all(made)
    session.flush()
    for one in made:
        if one.kind is PoolKind.SEGMENT:
            _claim_for_everybody_in(session, trip_id, one)
    gone = [row for name, row in rows.items() if name not in needed]
    _remove(session, gone, rows[PoolKind.OPEN, ""])
    claims = count_claims(session, trip_id)
    for name, size in needed.items():
        row = rows[name]
        row.taken = claims.get(row.id, 0)
        row.size = size
        row.bound = None if size is None else max(size, row.taken)
    session.flush()


def _claim_for_everybody_in(session: AnySession, trip_id: int, pool: PoolRow) -> None:
    """A segment has a limit from now on: those who have places count against it."""
    session.execute(
        insert(ClaimRow).from_select(
            ["participant_id", "pool_id", "offer_id"],
            select(ParticipantRow.id, literal(pool.id), ClaimRow.offer_id)
            .join(ClaimRow, ClaimRow.participant_id == ParticipantRow.id)
            .join(PoolRow, PoolRow.id == ClaimRow.pool_id)
            .where(
                ParticipantRow.trip_id == trip_id,
                ParticipantRow.segment == pool.key,
                ParticipantRow.status.in_(HAS_PLACE),
                PoolRow.kind.in_([PoolKind.OPEN, PoolKind.GUARANTEE]),
            ),
        )
    )


def _remove(session: AnySession, gone: Sequence[PoolRow], open_places: PoolRow) -> None:
    """Guaranteed places become open ones; a limit that is no more counts nobody."""
    for pool in gone:
        if pool.kind is PoolKind.GUARANTEE:
            session.execute(
                update(ClaimRow)
                .where(ClaimRow.pool_id == pool.id)
                .values(pool_id=open_places.id)
                .execution_options(synchronize_session=False)
            )
        session.execute(delete(ClaimRow).where(ClaimRow.pool_id == pool.id))
        session.delete(pool)
    session.flush()
