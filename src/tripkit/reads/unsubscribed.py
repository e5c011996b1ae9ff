"""Who wants no letters but those about what they take part in; addresses are known by their digest only."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from sqlalchemy import select

from tripkit.reads.trip_plan import AnySession
from tripkit.storage.campaigns import UnsubscribedRow
from tripkit.storage.trips import TripRow

_NAMED = 500
"""Addresses that are asked about by name; a database takes only so many values. Of more, the whole list is read."""


def digest_of_address(address: str) -> str:
    """What is kept of an address: its SHA-256, in small letters, so that the list tells nobody's address."""
    return hashlib.sha256(address.strip().casefold().encode()).hexdigest()


def unsubscribed(session: AnySession, trip_id: int, addresses: Iterable[str]) -> frozenset[str]:
    """Those of the addresses that have unsubscribed from the trip's organisation; one query."""
    digests = {address: digest_of_address(address) for address in addresses}
    listed = (
        select(UnsubscribedRow.digest)
        .join(TripRow, TripRow.organisation_id == UnsubscribedRow.organisation_id)
        .where(TripRow.id == trip_id)
    )
    if len(digests) <= _NAMED:
        listed = listed.where(UnsubscribedRow.digest.in_(set(digests.values())))
    known = set(session.scalars(listed))
    return frozenset(address for address, digest in digests.items() if digest in known)
