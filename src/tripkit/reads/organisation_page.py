"""An organisation as its members see it: its trips and how they stand, what needs doing, who is here; a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ScalarSelect, func, select

from tripkit.reads.trip_list import TripCard, trip_list
from tripkit.reads.trip_plan import AnySession
from tripkit.storage.accounts import AccountRow
from tripkit.storage.bookings import BookingRow
from tripkit.storage.members import InvitationRow, MemberRow, VisitRow
from tripkit.storage.outbox import OutboxRow
from tripkit.storage.trips import TripRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Somebody who runs the installation was here, or is. ``helps``: as an owner may; ``is_now``: their time is not over."""

    who: str
    reason: str
    helps: bool
    made_at: datetime
    ends_at: datetime
    is_now: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationPage:
    """The page. ``undelivered``: messages to its participants that were given up; ``visits``: the latest ones first."""

    trips: tuple[TripCard, ...]
    members: int
    open_invitations: int
    undelivered: int
    visits: tuple[Visit, ...]


def organisation_page(session: AnySession, *, organisation_id: int, key: str, now: datetime) -> OrganisationPage:
    """The page."""
    members, invitations, undelivered = session.execute(
        select(_members(organisation_id), _open_invitations(organisation_id, now), _undelivered(organisation_id))
    ).one()
    return OrganisationPage(
        trips=trip_list(session, organisation=key, now=now),
        members=members,
        open_invitations=invitations,
        undelivered=undelivered,
        visits=visits(session, organisation_id=organisation_id, now=now),
    )


def visits(session: AnySession, *, organisation_id: int, now: datetime, most: int = 5) -> tuple[Visit, ...]:
    """The latest visits of those who run the installation; one query."""
    rows = session.execute(
        select(VisitRow, AccountRow.name, AccountRow.email)
        .join(AccountRow, AccountRow.id == VisitRow.account_id)
        .where(VisitRow.organisation_id == organisation_id)
        .order_by(VisitRow.id.desc())
        .limit(most)
    )
    return tuple(
        Visit(
            who=name or email or "",
            reason=row.reason,
            helps=row.may_change,
            made_at=row.made_at,
            ends_at=row.ends_at,
            is_now=row.ends_at > now,
        )
        for row, name, email in rows
    )


def _members(organisation_id: int) -> ScalarSelect[int]:
    people = func.count(MemberRow.account_id.distinct())
    return select(people).where(MemberRow.organisation_id == organisation_id).scalar_subquery()


def _open_invitations(organisation_id: int, now: datetime) -> ScalarSelect[int]:
    return (
        select(func.count(InvitationRow.id))
        .where(
            InvitationRow.organisation_id == organisation_id,
            InvitationRow.accepted_at.is_(None),
            InvitationRow.withdrawn_at.is_(None),
            InvitationRow.expires_at > now,
        )
        .scalar_subquery()
    )


def _undelivered(organisation_id: int) -> ScalarSelect[int]:
    return (
        select(func.count(OutboxRow.id))
        .join(BookingRow, BookingRow.id == OutboxRow.booking_id)
        .join(TripRow, TripRow.id == BookingRow.trip_id)
        .where(TripRow.organisation_id == organisation_id, OutboxRow.state == "dead")
        .scalar_subquery()
    )
