"""Every address of an application, filled in with what there is, or with what there is not; no test."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from flask import Flask
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from tests.web.conftest import Site
from tripkit.actions.apply_trip import apply_trip
from tripkit.actions.cancel_participants import cancel_participants
from tripkit.actions.change_logo import change_logo
from tripkit.actions.recording import digest_of
from tripkit.domain.accounts import INVITATION_LASTS, LINK_LASTS
from tripkit.domain.bookings import BookingMade
from tripkit.domain.campaigns import Audience, CampaignState
from tripkit.domain.listings import Listing
from tripkit.domain.rights import Role
from tripkit.domain.trips import Logo, Organisation, Picture, Speaker
from tripkit.pictures import draw_logo
from tripkit.storage import db
from tripkit.storage.accounts import AccountRow, SignInLinkRow
from tripkit.storage.bookings import OfferRow, ParticipantRow
from tripkit.storage.campaigns import CampaignRow
from tripkit.storage.listings import ListingRow
from tripkit.storage.members import InvitationRow, MemberRow
from tripkit.storage.outbox import OutboxRow
from tripkit.storage.trips import TripRow
from tripkit.testing import NOW, both, make_moment, make_organisation, make_trip
from tripkit.web import styles

ARGUMENT = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")
"""An argument in a rule, and its name."""
WALKER = "walker@tripkit.example"
"""Gets to every page of the organisations on stage, when signed in."""
DRAWING = Picture(name="port.svg", media_type="image/svg+xml", data=b'<svg xmlns="http://www.w3.org/2000/svg"/>')
LOGO = draw_logo(
    b64decode("iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAYAAAD0In+KAAAAEUlEQVR4nGOQz+/+z8DAwAAADEcCGW3fcpUAAAAASUVORK5CYII=")
)


def make_logo(**changes: Any) -> Logo:
    """A logo of two pixels, whose bytes are those of `LOGO`."""
    values: dict[str, Any] = {
        "name": "logo.png",
        "digest": LOGO.digest,
        "width": LOGO.width,
        "height": LOGO.height,
        "text": {},
    }
    return Logo(**{**values, **changes})


@dataclass(frozen=True)
class Stay:
    """A booking whose one participant has a place and whose other one is offered one.

    ``participant``: the id of the first. ``values``: what addresses need.
    """

    made: BookingMade
    participant: int
    values: Mapping[str, str]


def stay_at(site: Site, organisation: Organisation | None = None) -> Stay:
    """Put a trip of two places on the site: somebody cancelled, and who waited has an offer and a secret link."""
    host = organisation or make_organisation()
    vera = Speaker(key="vera", name="Vera Ek", title=both("Chef", "Director"), biography={})
    trip_id = apply_trip(
        site.session,
        organisation=host,
        trip=make_trip(size=2, speakers=(vera,), picture=DRAWING.name, picture_text=both("Hamnen.", "The port.")),
        pictures={DRAWING.name: DRAWING},
        moment=make_moment(actor="organiser"),
    ).trip_id
    _put_logo(site, trip_id)
    first = site.book(trip_id)
    made = site.book(trip_id, 2)
    cancel_participants(site.session, booking_id=first.booking_id, moment=make_moment())
    site.session.rollback()
    offer = site.session.scalars(select(OfferRow.id).where(OfferRow.booking_id == made.booking_id)).one()
    participant = site.session.scalars(
        select(ParticipantRow.id).where(ParticipantRow.booking_id == made.booking_id).order_by(ParticipantRow.id)
    ).first()
    assert participant is not None
    # The same secret opens the one and the other: whoever walks over every address needs only one.
    site.session.add(
        SignInLinkRow(
            digest=digest_of(made.token),
            email="kontakt@tripkit.example",
            language="en",
            next_page="",
            made_at=NOW,
            expires_at=NOW + LINK_LASTS,
        )
    )
    membership, invitation = _walker(site, trip_id, made.token)
    row = ListingRow(trip_id=trip_id, name="Alla", listing=Listing(), made_at=NOW)
    site.session.add(row)
    site.session.flush()
    listing = row.id
    letter = _letter(site, trip_id, made)
    site.session.commit()
    keys = {"item": "port", "site": "port", "speaker": "vera", "name": DRAWING.name, "filename": "places.js"}
    keys |= {"part": "basics", "section": "sites", "thing": "port", "source": "hamnstad", "step": "open"}
    ids = {"token": made.token, "participant_id": str(participant), "offer_id": str(offer)}
    ids |= {"member": str(membership), "invitation": str(invitation)}
    ids |= {"listing": str(listing), "letter": str(letter)}
    values = {
        "logo": LOGO.digest,
        "language": "en",
        "organisation": host.key,
        "trip": "hamnstad",
        "content": styles.look()[1],
        "code": made.code,
        **keys,
        **ids,
    }
    return Stay(made, participant, values)


def _put_logo(site: Site, trip_id: int) -> None:
    host = site.session.scalars(select(TripRow.organisation_id).where(TripRow.id == trip_id)).one()
    site.session.rollback()
    change_logo(site.session, organisation_id=host, logo=make_logo(), data=LOGO.data, moment=make_moment())
    site.session.rollback()


def _letter(site: Site, trip_id: int, made: BookingMade) -> int:
    """A letter to many that may still be written, read and sent, and that has gone to this booking; its id."""
    row = CampaignRow(
        trip_id=trip_id,
        key="info",
        subject={"sv": "Snart åker vi", "en": "Soon we leave"},
        text={"sv": "Hej {name}", "en": "Hi {name}"},
        audience=Audience(),
        essential=False,
        state=CampaignState.DRAFT,
        made_at=NOW,
    )
    site.session.add(row)
    site.session.flush()
    sent = {"kind": "letter", "language": "en", "payload": {}, "state": "sent", "sent_at": NOW}
    at = {"created_at": NOW, "next_at": NOW, "message_id": f"letter-{row.id}"}
    site.session.add(
        OutboxRow(booking_id=made.booking_id, campaign_id=row.id, recipient="kontakt@tripkit.example", **sent, **at)
    )
    site.session.flush()
    return row.id


def _walker(site: Site, trip_id: int, secret: str) -> tuple[int, int]:
    """Somebody who owns the organisation and runs the installation, and an invitation there; the ids of both."""
    host = site.session.scalars(select(TripRow.organisation_id).where(TripRow.id == trip_id)).one()
    account = site.session.scalar(select(AccountRow.id).where(AccountRow.email_key == WALKER))
    if account is None:
        row = AccountRow(email=WALKER, email_key=WALKER, name="", language="en", made_at=NOW, is_administrator=True)
        site.session.add(row)
        site.session.flush()
        account = row.id
    member = MemberRow(account_id=account, organisation_id=host, role=Role.OWNER, made_at=NOW)
    moments = {"made_at": NOW, "expires_at": NOW + INVITATION_LASTS}
    invitation = InvitationRow(
        organisation_id=host, email="new@tripkit.example", role=Role.READER, digest=digest_of(secret), **moments
    )
    site.session.add_all([member, invitation])
    site.session.flush()
    return member.id, invitation.id


def rules(app: Flask, method: str = "GET") -> list[Rule]:
    """The rules of an application that answer to a method."""
    return [rule for rule in app.url_map.iter_rules() if method in (rule.methods or ())]


def address(rule: Rule, values: Mapping[str, str]) -> str:
    """A rule with its arguments filled in, quoted already."""
    return ARGUMENT.sub(lambda found: values[found[1]], rule.rule)


def wrong_addresses(rule: Rule, values: Mapping[str, str], wrong: str) -> Iterator[str]:
    """A rule with each of its arguments in turn replaced by something wrong."""
    for argument in sorted(rule.arguments):
        yield address(rule, {**values, argument: wrong})


def contents(session: Session) -> dict[str, int]:
    """How many rows each table has, and the state of every participant: what a refused form must leave as it was."""
    session.rollback()
    found = {
        table.name: session.scalar(select(func.count()).select_from(table)) or 0 for table in db.metadata.sorted_tables
    }
    found |= {f"{row.id} {row.status} {row.name}": 1 for row in session.scalars(select(ParticipantRow))}
    session.rollback()
    return found


def engine_of(site: Site) -> Engine:
    """The application's own engine."""
    with site.app.app_context():
        return db.engine


HOSTILE = (
    *("a%00b", "%ff", "%ed%a0%80", "%F0%9F%98%80", "%2e%2e%2f%2e%2e", "%5c..%5c", "%0d%0aX-A:%201", "%27%20OR%201=1--"),
    *("%25s", "%22%3E%3Cscript%3E", "x" * 3000, "-1", "9" * 40, quote("\u0661"), "constructor"),
)
"""What no key, number or secret can be, quoted as in an address."""
