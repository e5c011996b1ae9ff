"""What the page behind a letter's way out shows: which organisation, and whether its letters are wanted."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select

from tripkit.domain.texts import Text
from tripkit.reads.trip_plan import AnySession
from tripkit.reads.unsubscribed import digest_of_address
from tripkit.storage.bookings import BookingRow, LinkRow
from tripkit.storage.campaigns import UnsubscribedRow
from tripkit.storage.trips import OrganisationRow, TripRow


@dataclass(frozen=True, slots=True, kw_only=True)
class WayOut:
    """Where a letter's way out leads. ``digest``: of the address it was sent to."""

    organisation_id: int
    organisation_key: str
    organisation: Text
    languages: tuple[str, ...]
    digest: str
    is_unsubscribed: bool


def way_out(session: AnySession, *, token: str, now: datetime) -> WayOut | None:
    """What a way out leads to, None when its secret is wrong or has expired; two queries."""
    found = session.execute(
        select(
            LinkRow.reader,
            BookingRow.contact_email,
            OrganisationRow.id,
            OrganisationRow.key,
            OrganisationRow.name,
            OrganisationRow.languages,
        )
        .join(LinkRow, LinkRow.booking_id == BookingRow.id)
        .join(TripRow, TripRow.id == BookingRow.trip_id)
        .join(OrganisationRow, OrganisationRow.id == TripRow.organisation_id)
        .where(
            LinkRow.digest == hashlib.sha256(token.encode()).hexdigest(),
            LinkRow.purpose == "unsubscribe",
            LinkRow.expires_at > now,
        )
    ).one_or_none()
    if found is None:
        return None
    digest = found.reader or digest_of_address(found.contact_email)
    is_out = exists().where(UnsubscribedRow.organisation_id == found.id, UnsubscribedRow.digest == digest)
    return WayOut(
        organisation_id=found.id,
        organisation_key=found.key,
        organisation=found.name,
        languages=found.languages,
        digest=digest,
        is_unsubscribed=bool(session.scalar(select(is_out))),
    )
