"""Whether anything a trip's page shows has changed: one query, to keep pages in memory by; nothing is shown from it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Integer, String, func, literal, null, select, union_all

from tripkit.reads.trip_plan import AnySession
from tripkit.storage.bookings import ClaimRow, OfferRow, PoolRow, WaitingRow
from tripkit.storage.trips import OrganisationRow, TripRow

Stamp = frozenset[tuple[object, ...]]
"""Equal stamps: the same trip, as full as it was. What is in it is nobody's business."""


def trip_stamp(session: AnySession, *, organisation: str, trip: str) -> Stamp | None:
    """The stamp of a trip by the keys in its address, None when the organisation has no such trip."""
    this = (
        select(TripRow.id)
        .join(OrganisationRow)
        .where(OrganisationRow.key == organisation, TripRow.key == trip)
        .scalar_subquery()
    )
    none = null().cast(Integer)
    parts = (
        select(literal("trip", String), TripRow.edition, TripRow.id, none, none).where(TripRow.id == this),
        select(literal("pool", String), PoolRow.key, PoolRow.id, PoolRow.size, PoolRow.taken).where(
            PoolRow.trip_id == this
        ),
        select(literal("offer", String), literal("", String), ClaimRow.pool_id, func.count(), none)
        .join(OfferRow, OfferRow.id == ClaimRow.offer_id)
        .where(OfferRow.trip_id == this)
        .group_by(ClaimRow.pool_id),
        select(literal("waiting", String), WaitingRow.item + "/" + WaitingRow.segment, none, func.count(), none)
        .where(WaitingRow.trip_id == this)
        .group_by(WaitingRow.item, WaitingRow.segment),
    )
    rows: Sequence[Any] = session.execute(union_all(*parts)).all()
    return frozenset(tuple(row) for row in rows) or None
