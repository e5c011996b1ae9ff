"""Which visits people have a place on; those that are themselves on offer are not held yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import bindparam, select

from tripkit.domain.seats import PoolKind
from tripkit.reads.trip_plan import AnySession
from tripkit.storage.bookings import ClaimRow, OfferRow, PoolRow

_HELD = (
    select(ClaimRow.participant_id, PoolRow.key)
    .join(PoolRow, PoolRow.id == ClaimRow.pool_id)
    .outerjoin(OfferRow, OfferRow.id == ClaimRow.offer_id)
    .where(
        ClaimRow.participant_id.in_(bindparam("participant_ids", expanding=True)),
        PoolRow.kind == PoolKind.ITEM,
        (OfferRow.id.is_(None)) | (OfferRow.item == ""),
    )
    .order_by(PoolRow.id)
)
"""Put together once: everybody who signs up is shown their receipt."""


def visits_held(session: AnySession, participant_ids: Sequence[int]) -> dict[int, list[str]]:
    """Keys of programme items by participant; one query."""
    found: dict[int, list[str]] = defaultdict(list)
    for one in session.execute(_HELD, {"participant_ids": list(participant_ids)}):
        found[one.participant_id].append(one.key)
    return found
