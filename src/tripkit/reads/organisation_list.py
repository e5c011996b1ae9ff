"""The organisations of an installation, for those who run it; a fixed number of queries, and nothing of anybody's bookings."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import ColumnElement, String, cast, func, or_, select, true

from tripkit.domain.rights import Role
from tripkit.domain.texts import Text
from tripkit.reads.trip_plan import AnySession
from tripkit.storage.members import MemberRow
from tripkit.storage.trips import OrganisationRow, TripRow

PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Hosted:
    """An organisation in the list. ``owners``: how many it has; ``own_host``, ``asked_host``: its own address, and one it asks for."""

    key: str
    name: Text
    email: str
    trips: int
    owners: int
    own_host: str | None
    asked_host: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationList:
    """A page of them, who asks for an address first, then by key. ``page``: from 1."""

    found: tuple[Hosted, ...]
    count: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages the list has."""
        return max(1, -(-self.count // PAGE))


def organisation_list(session: AnySession, *, search: str, page: int) -> OrganisationList:
    """The list. ``search``: in key, address and name; empty = all of them."""
    sought: ColumnElement[bool] = true()
    if search:
        # Names are kept as JSON, which writes letters beyond ASCII by their numbers.
        in_json = json.dumps(search)[1:-1]
        texts = (
            (OrganisationRow.key, search),
            (OrganisationRow.email, search),
            (func.coalesce(OrganisationRow.own_host, ""), search),
            (cast(OrganisationRow.name, String), in_json),
        )
        sought = or_(*(func.lower(one).contains(what.lower(), autoescape=True) for one, what in texts))
    count = session.scalar(select(func.count()).select_from(OrganisationRow).where(sought)) or 0
    trips = select(func.count(TripRow.id)).where(TripRow.organisation_id == OrganisationRow.id).scalar_subquery()
    owners = (
        select(func.count(MemberRow.id))
        .where(
            MemberRow.organisation_id == OrganisationRow.id,
            MemberRow.role == Role.OWNER,
            MemberRow.trip_id.is_(None),
        )
        .scalar_subquery()
    )
    hosts = (OrganisationRow.own_host, OrganisationRow.asked_host)
    rows = session.execute(
        select(OrganisationRow.key, OrganisationRow.name, OrganisationRow.email, trips, owners, *hosts)
        .where(sought)
        # Who waits for an answer stands first.
        .order_by(OrganisationRow.asked_host.is_(None), OrganisationRow.key)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    found = tuple(
        Hosted(key=key, name=name, email=email, trips=many, owners=owning, own_host=own, asked_host=asked)
        for key, name, email, many, owning, own, asked in rows
    )
    return OrganisationList(found=found, count=count, page=page)
