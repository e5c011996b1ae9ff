"""Whether anything a trip's page shows has changed: one query, to keep pages in memory by; nothing is shown from it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Executable, Integer, String, bindparam, func, literal, null, select, union_all

from tripkit.domain.trips import TripStatus
from tripkit.reads.trip_plan import AnySession
from tripkit.storage.bookings import ClaimRow, OfferRow, PoolRow, WaitingRow
from tripkit.storage.trips import OrganisationRow, TripRow

Stamp = frozenset[tuple[object, ...]]
"""Equal stamps: the same trip, as full as it was. What is in it is nobody's business."""


_THIS = (
    select(TripRow.id)
    .join(OrganisationRow)
    .where(
        OrganisationRow.key == bindparam("organisation"),
        TripRow.key == bindparam("trip"),
        TripRow.status != TripStatus.DRAFT,
    )
    .scalar_subquery()
)
_NONE = null().cast(Integer)
# Put together once: every page asks it, and putting it together takes longer than answering it.
_QUERY: Executable = union_all(
    select(literal("trip", String), TripRow.edition, TripRow.id, _NONE, _NONE).where(TripRow.id == _THIS),
    select(literal("pool", String), PoolRow.key, PoolRow.id, PoolRow.size, PoolRow.taken).where(
        PoolRow.trip_id == _THIS
    ),
    select(literal("offer", String), literal("", String), ClaimRow.pool_id, func.count(), _NONE)
    .join(OfferRow, OfferRow.id == ClaimRow.offer_id)
    .where(OfferRow.trip_id == _THIS)
    .group_by(ClaimRow.pool_id),
    select(literal("waiting", String), WaitingRow.item + "/" + WaitingRow.segment, _NONE, func.count(), _NONE)
    .where(WaitingRow.trip_id == _THIS)
    .group_by(WaitingRow.item, WaitingRow.segment),
)


def trip_stamp(session: AnySession, *, organisation: str, trip: str) -> Stamp | None:
    """The stamp of a trip by the keys in its address, None when the organisation shows no such trip."""
    rows: Sequence[Any] = session.execute(_QUERY, {"organisation": organisation, "trip": trip}).all()
    return frozenset(tuple(row) for row in rows) or None
