"""Every pool against its claims: what `tripkit doctor` and every race are judged by."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from tripkit.reads.trip_plan import AnySession
from tripkit.storage.bookings import ClaimRow, PoolRow


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
