"""What an invitation says to whoever opens its link: who invites to what; one query."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from tripkit.domain.rights import Role
from tripkit.domain.texts import Text
from tripkit.reads.trip_plan import AnySession
from tripkit.storage.accounts import AccountRow
from tripkit.storage.members import InvitationRow
from tripkit.storage.trips import OrganisationRow, TripRow


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenInvitation:
    """A role on offer. ``trip``: its title, None = the whole organisation. ``invited_by``: name or address, empty = unknown."""

    organisation_key: str
    organisation: Text
    languages: tuple[str, ...]
    trip_key: str | None
    trip: Text | None
    starts_on: date | None
    role: Role
    email: str
    invited_by: str
    expires_at: datetime


def open_invitation(session: AnySession, *, digest: str, now: datetime) -> OpenInvitation | None:
    """The invitation a link leads to; None when it was answered or withdrawn, or is too old."""
    found = session.execute(
        select(InvitationRow, OrganisationRow, TripRow.key, TripRow.title, TripRow.starts_on, AccountRow)
        .join(OrganisationRow, OrganisationRow.id == InvitationRow.organisation_id)
        .outerjoin(TripRow, TripRow.id == InvitationRow.trip_id)
        .outerjoin(AccountRow, AccountRow.id == InvitationRow.invited_by)
        .where(
            InvitationRow.digest == digest,
            InvitationRow.accepted_at.is_(None),
            InvitationRow.withdrawn_at.is_(None),
            InvitationRow.expires_at > now,
        )
    ).one_or_none()
    if found is None:
        return None
    invitation, host, trip_key, trip, starts_on, inviter = found
    by: AccountRow | None = inviter
    return OpenInvitation(
        organisation_key=host.key,
        organisation=host.name,
        languages=host.languages,
        trip_key=trip_key,
        trip=trip,
        starts_on=starts_on,
        role=invitation.role,
        email=invitation.email,
        invited_by=(by.name or by.email or "") if by is not None else "",
        expires_at=invitation.expires_at,
    )
