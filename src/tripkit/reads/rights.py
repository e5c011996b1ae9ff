"""What somebody may do at an address: their roles in its organisation and for its trip; one query."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, exists, false, func, or_, select
from sqlalchemy.orm import aliased

from tripkit.domain.rights import Rights, Role
from tripkit.domain.texts import Text
from tripkit.domain.trips import Look
from tripkit.reads.trip_plan import AnySession
from tripkit.storage.members import MemberRow, VisitRow
from tripkit.storage.trips import OrganisationRow, TripRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """Where a member is, and what they may do there.

    ``trip_id``, ``trip_key``: None = at the organisation, not at one of its trips. ``only_trips``: a member of some of its
    trips, but not of the organisation. ``visit_ends_at``: an administrator of the installation is here, until then;
    ``visitor_helps``: and may do what an owner may, else they only look.
    ``time_zone``: whose clock moments are said by: the trip's, or that of the organisation's latest one; UTC while it has none.
    ``demands_second_factor``: whether the organisation lets nobody in without one.
    """

    organisation_id: int
    organisation_key: str
    organisation_name: Text
    languages: tuple[str, ...]
    trip_id: int | None
    trip_key: str | None
    trip_title: Text | None
    time_zone: str
    rights: Rights
    only_trips: bool
    visit_ends_at: datetime | None
    visitor_helps: bool
    demands_second_factor: bool
    look: Look


def rights_at(
    session: AnySession, *, account_id: int, organisation: str, trip: str | None, now: datetime
) -> Here | None:
    """Where this address leads and what the account may do there; None for strangers, and where there is no such thing.

    A trip that is not the organisation's is no such thing.
    """
    mine = and_(MemberRow.account_id == account_id, MemberRow.organisation_id == OrganisationRow.id)
    under_way = (
        VisitRow.account_id == account_id,
        VisitRow.organisation_id == OrganisationRow.id,
        VisitRow.ends_at > now,
    )
    visits = select(func.max(VisitRow.ends_at)).where(*under_way).scalar_subquery().label("visit_ends_at")
    helps = exists().where(*under_way, VisitRow.may_change).label("visitor_helps")
    other = aliased(TripRow)
    latest = (
        select(other.time_zone)
        .where(other.organisation_id == OrganisationRow.id)
        .order_by(other.starts_on.desc(), other.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    zone = (latest if trip is None else TripRow.time_zone).label("zone")
    columns = (OrganisationRow, MemberRow.trip_id, MemberRow.role, visits, helps)
    wanted = select(*columns, TripRow.id.label("trip"), TripRow.key, TripRow.title, zone).select_from(OrganisationRow)
    if trip is None:
        # No row of it: what is asked for is the organisation.
        wanted = wanted.outerjoin(TripRow, false())
    else:
        wanted = wanted.join(TripRow, and_(TripRow.organisation_id == OrganisationRow.id, TripRow.key == trip))
        mine = and_(mine, or_(MemberRow.trip_id.is_(None), MemberRow.trip_id == TripRow.id))
    rows = session.execute(wanted.outerjoin(MemberRow, mine).where(OrganisationRow.key == organisation)).all()
    return _here(rows)


def _here(rows: Sequence[Any]) -> Here | None:
    """One row a role, each with the same organisation and trip."""
    if not rows:
        return None
    host, first = rows[0][0], rows[0]
    whole = {row.role for row in rows if row.role is not None and row.trip_id is None}
    of_trips = {row.role for row in rows if row.trip_id is not None}
    if first.visitor_helps:
        whole.add(Role.OWNER)
    looks_on = first.visit_ends_at is not None and not first.visitor_helps
    if not whole and not of_trips and not looks_on:
        return None
    here = of_trips if first.trip is not None else set[Role]()
    return Here(
        organisation_id=host.id,
        organisation_key=host.key,
        organisation_name=host.name,
        languages=host.languages,
        trip_id=first.trip,
        trip_key=first.key,
        trip_title=first.title,
        time_zone=first.zone or "UTC",
        rights=Rights(whole=frozenset(whole), here=frozenset(here), looks_on=looks_on),
        only_trips=not whole and not looks_on,
        visit_ends_at=first.visit_ends_at,
        visitor_helps=first.visitor_helps,
        demands_second_factor=host.second_factor,
        look=host.look,
    )
