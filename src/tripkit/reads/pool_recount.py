"""Every pool against its claims, and those against people: what `tripkit doctor` and every race are judged by."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from tripkit.domain.bookings import ParticipantStatus
from tripkit.domain.seats import PLACES
from tripkit.reads.trip_plan import AnySession
from tripkit.storage.bookings import ClaimRow, ParticipantRow, PoolRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """A pool whose counter is not the number of its claims, or that holds more than it may."""

    trip_id: int
    kind: str
    key: str
    taken: int
    claims: int
    bound: int | None


def pool_recount(session: AnySession) -> tuple[Drift, ...]:
    """The pools that are wrong; empty when all is well. One query."""
    claims = func.count(ClaimRow.id)
    rows = session.execute(
        select(PoolRow.trip_id, PoolRow.kind, PoolRow.key, PoolRow.taken, PoolRow.bound, claims.label("claims"))
        .outerjoin(ClaimRow, ClaimRow.pool_id == PoolRow.id)
        .group_by(PoolRow.id)
        .having((claims != PoolRow.taken) | (claims > PoolRow.bound))
        .order_by(PoolRow.id)
    )
    return tuple(
        Drift(
            trip_id=row.trip_id, kind=row.kind.value, key=row.key, taken=row.taken, claims=row.claims, bound=row.bound
        )
        for row in rows
    )


def people_recount(session: AnySession) -> dict[int, int]:
    """How many who have a place, or are offered one, do not hold exactly one, by trip; empty when all is well. One query."""
    held = (
        select(ClaimRow.participant_id, func.count().label("places"))
        .join(PoolRow, PoolRow.id == ClaimRow.pool_id)
        .where(PoolRow.kind.in_(PLACES))
        .group_by(ClaimRow.participant_id)
        .subquery()
    )
    rows = session.execute(
        select(ParticipantRow.trip_id, func.count().label("people"))
        .outerjoin(held, held.c.participant_id == ParticipantRow.id)
        .where(
            ParticipantRow.status.in_((ParticipantStatus.CONFIRMED, ParticipantStatus.OFFERED)),
            func.coalesce(held.c.places, 0) != 1,
        )
        .group_by(ParticipantRow.trip_id)
        .order_by(ParticipantRow.trip_id)
    )
    return {row.trip_id: row.people for row in rows}
