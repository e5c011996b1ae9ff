"""Who belongs to an organisation, and who is invited; a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select, true

from tripkit.domain.rights import Role
from tripkit.domain.texts import Text
from tripkit.reads.second_factors import second_factor
from tripkit.reads.trip_plan import AnySession
from tripkit.storage.accounts import AccountRow
from tripkit.storage.members import InvitationRow, MemberRow
from tripkit.storage.trips import TripRow

PAGE = 100
"""Members on one page of the list, and invitations that are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A role somebody has. ``trip``: its title, None = in the whole organisation."""

    id: int
    account_id: int
    name: str
    email: str
    role: Role
    trip: Text | None
    made_at: datetime
    has_second_factor: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """A role on offer. ``trip``: as of a member. ``is_over``: past its time, and not withdrawn."""

    id: int
    email: str
    role: Role
    trip: Text | None
    made_at: datetime
    expires_at: datetime
    is_over: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MembersPage:
    """One page of the members, owners first, and the latest invitations that nobody has answered. ``page``: from 1."""

    members: tuple[Member, ...]
    count: int
    page: int
    invitations: tuple[Invitation, ...]

    @property
    def pages(self) -> int:
        """How many pages the list has."""
        return max(1, -(-self.count // PAGE))


_IN_ORDER = case({role.value: number for number, role in enumerate(Role)}, value=MemberRow.role)


def members_page(session: AnySession, *, organisation_id: int, page: int, now: datetime) -> MembersPage:
    """The page; three queries."""
    mine = MemberRow.organisation_id == organisation_id
    return MembersPage(
        members=tuple(_members(session, organisation_id, offset=(page - 1) * PAGE)),
        count=session.scalar(select(func.count()).select_from(MemberRow).where(mine)) or 0,
        page=page,
        invitations=tuple(_invitations(session, organisation_id, now)),
    )


def member(session: AnySession, *, organisation_id: int, member: int) -> Member | None:
    """One member; one query."""
    return next(_members(session, organisation_id, only=member), None)


def _members(
    session: AnySession, organisation_id: int, *, offset: int = 0, only: int | None = None
) -> Iterator[Member]:
    wanted = (
        select(MemberRow, AccountRow.name, AccountRow.email, TripRow.title, second_factor().label("has_second_factor"))
        .join(AccountRow, AccountRow.id == MemberRow.account_id)
        .outerjoin(TripRow, TripRow.id == MemberRow.trip_id)
        .where(MemberRow.organisation_id == organisation_id)
        .order_by(MemberRow.trip_id.is_not(None), _IN_ORDER, AccountRow.email_key, MemberRow.id)
    )
    wanted = wanted.limit(PAGE).offset(offset) if only is None else wanted.where(MemberRow.id == only)
    for row, name, email, title, has_one in session.execute(wanted):
        yield Member(
            id=row.id,
            account_id=row.account_id,
            name=name,
            email=email or "",
            role=row.role,
            trip=title,
            made_at=row.made_at,
            has_second_factor=bool(has_one),
        )


def unanswered(session: AnySession, *, organisation_id: int, invitation: int, now: datetime) -> Invitation | None:
    """One invitation that nobody has answered or withdrawn; one query."""
    return next(_invitations(session, organisation_id, now, only=invitation), None)


def _invitations(
    session: AnySession, organisation_id: int, now: datetime, *, only: int | None = None
) -> Iterator[Invitation]:
    rows = session.execute(
        select(InvitationRow, TripRow.title)
        .outerjoin(TripRow, TripRow.id == InvitationRow.trip_id)
        .where(
            InvitationRow.organisation_id == organisation_id,
            InvitationRow.accepted_at.is_(None),
            InvitationRow.withdrawn_at.is_(None),
            true() if only is None else InvitationRow.id == only,
        )
        .order_by(InvitationRow.id.desc())
        .limit(PAGE)
    )
    for row, title in rows:
        yield Invitation(
            id=row.id,
            email=row.email,
            role=row.role,
            trip=title,
            made_at=row.made_at,
            expires_at=row.expires_at,
            is_over=row.expires_at <= now,
        )
