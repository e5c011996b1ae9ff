"""An organisation as its members see it: its trips and how they stand, what waits, who is here; a fixed number of queries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ScalarSelect, func, select

from tripkit.domain.places import TripState
from tripkit.reads.to_do import unreached_by_trip
from tripkit.reads.trip_list import LONGEST_LIST, TripCard, trip_list
from tripkit.reads.trip_plan import AnySession
from tripkit.storage.accounts import AccountRow
from tripkit.storage.members import InvitationRow, MemberRow, VisitRow
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
    """The page.

    ``trips``: a hundred at most, of ``count``; ``page``: from 1. ``unreached``: bookings that mail does not reach, by id
    of the trip. ``visits``: the latest ones first.
    """

    trips: tuple[TripCard, ...]
    count: int
    page: int
    members: int
    open_invitations: int
    unreached: Mapping[int, int]
    visits: tuple[Visit, ...]

    @property
    def pages(self) -> int:
        """How many pages of trips there are."""
        return max(1, -(-self.count // LONGEST_LIST))

    @property
    def coming(self) -> tuple[TripCard, ...]:
        """Trips on this page that are not over."""
        return tuple(one for one in self.trips if one.state is not TripState.PAST)

    @property
    def past(self) -> tuple[TripCard, ...]:
        """Trips on this page that are."""
        return tuple(one for one in self.trips if one.state is TripState.PAST)


def organisation_page(
    session: AnySession, *, organisation_id: int, key: str, now: datetime, page: int = 1
) -> OrganisationPage:
    """The page; eight queries, however many trips there are."""
    members, invitations, count = session.execute(
        select(_members(organisation_id), _open_invitations(organisation_id, now), _trips(organisation_id))
    ).one()
    trips = trip_list(session, organisation=key, now=now, page=page, drafts=True)
    return OrganisationPage(
        trips=trips,
        count=count,
        page=page,
        members=members,
        open_invitations=invitations,
        unreached=unreached_by_trip(session, [one.id for one in trips]),
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


def _trips(organisation_id: int) -> ScalarSelect[int]:
    return select(func.count(TripRow.id)).where(TripRow.organisation_id == organisation_id).scalar_subquery()
