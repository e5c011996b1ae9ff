"""Organisations with members in them, for the tests of their pages; no test."""

from __future__ import annotations

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.web.accounts import signed_in_client
from tests.web.conftest import Site
from tests.web.everywhere import engine_of
from tests.web.signup_visitor import page
from tripkit.domain.rights import Role
from tripkit.storage.accounts import AccountRow
from tripkit.storage.members import MemberRow
from tripkit.storage.trips import OrganisationRow, TripRow
from tripkit.testing import NOW

HOST = "/en/organise/resebyran/"


def join(site: Site, email: str, role: Role, organisation: str = "resebyran", trip: str | None = None) -> int:
    """Give the account with this address, which is there, a role; the id of the membership."""
    site.session.rollback()
    account = site.session.scalars(select(AccountRow.id).where(AccountRow.email_key == email)).one()
    host = site.session.scalars(select(OrganisationRow.id).where(OrganisationRow.key == organisation)).one()
    wanted = select(TripRow.id).where(TripRow.organisation_id == host, TripRow.key == trip)
    row = MemberRow(
        account_id=account,
        organisation_id=host,
        trip_id=None if trip is None else site.session.scalars(wanted).one(),
        role=role,
        made_at=NOW,
    )
    site.session.add(row)
    site.session.commit()
    return row.id


def member(
    site: Site,
    role: Role,
    organisation: str = "resebyran",
    trip: str | None = None,
    email: str = "",
) -> FlaskClient:
    """A browser in which a member with this role is signed in."""
    address = email or f"{role}.{trip or 'all'}@{organisation}.tripkit.example"
    client = signed_in_client(site.app, engine_of(site), address)
    join(site, address, role, organisation, trip)
    return client


def send(client: FlaskClient, path: str, at: str = "", **fields: str | list[str]) -> TestResponse:
    """Send a form that is on a page, with its token."""
    shown = client.get(at or path, headers={"Accept-Language": "en"})
    assert shown.status_code == 200, (at or path, shown.status_code, shown.location)
    data = {"csrf_token": page(shown).value("csrf_token") or "", **fields}
    return client.post(path, data=data, headers={"Accept-Language": "en"})
