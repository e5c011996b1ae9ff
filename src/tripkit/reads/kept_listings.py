"""The lists of participants that are kept for a trip, by name; who is in them is read elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from tripkit.domain.listings import Listing
from tripkit.reads.trip_plan import AnySession
from tripkit.storage.folding import InOrder
from tripkit.storage.listings import ListingRow


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptListing:
    """One of them."""

    id: int
    name: str
    listing: Listing


def kept_listings(session: AnySession, trip_id: int) -> tuple[KeptListing, ...]:
    """All of a trip's, in the order of the alphabet; one query."""
    rows = session.scalars(
        select(ListingRow).where(ListingRow.trip_id == trip_id).order_by(InOrder(ListingRow.name), ListingRow.id)
    )
    return tuple(KeptListing(id=row.id, name=row.name, listing=row.listing) for row in rows)
