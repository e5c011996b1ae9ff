"""An organisation's logo: its bytes, for who has its address; what is said of it stands in the organisation's look."""

from __future__ import annotations

from sqlalchemy import select

from tripkit.reads.trip_plan import AnySession
from tripkit.storage.pictures import LogoRow
from tripkit.storage.trips import OrganisationRow


def logo(session: AnySession, *, organisation: str, digest: str) -> bytes | None:
    """The PNG that an organisation's pages show now; None for another one."""
    return session.scalar(
        select(LogoRow.data)
        .join(OrganisationRow, OrganisationRow.id == LogoRow.organisation_id)
        .where(OrganisationRow.key == organisation, LogoRow.digest == digest)
    )
