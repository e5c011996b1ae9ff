"""Who asks a grown site for something, and how: fills in a form and sends it; nothing is measured here."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from html import unescape

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bench.grown_accounts import HALF, WHOLE, recovery_code, sign_in_secret
from bench.grown_letters import SENT, draft_of
from bench.grown_rows import secret
from bench.grown_trips import LOOKED_AT, ORGANISATIONS
from bench.requests import HOST
from bench.served import sample_trip
from tripkit.domain.seats import PoolKind
from tripkit.storage.accounts import AccountRow, PasskeyRow
from tripkit.storage.bookings import BookingRow, ClaimRow, OfferRow, ParticipantRow, PoolRow, WaitingRow
from tripkit.storage.campaigns import CampaignRow
from tripkit.storage.members import InvitationRow, MemberRow
from tripkit.storage.trips import TripRow

PLACED, LEAVING, OFFERED, WAITS, QUEUED, NOBODY = "placed", "leaving", "offered", "waits", "queued", "nobody"
"""Somebody with a place, one who gives it up, with an offer, in the trip's queue, in a visit's queue; or anybody."""
MEMBER, HALF_MEMBER = "member", "half member"
"""An owner of the organisation whose trip is looked at, who has booked it too: signed in; or with the second factor to give."""
SIGN_IN = "sign_in"
"""The name of the secret that an asker's browser keeps."""
Asker = Mapping[str, str]
"""What addresses and fields need to know of who asks, by name."""
_LEAVE = 8
_AT_MOST = 60
_HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*>')
_NAMED = re.compile(r'\b(name|value)="([^"]*)"')


def hidden_fields(page: str) -> dict[str, str]:
    """What a page's forms send besides what is typed."""
    found: dict[str, str] = {}
    for html in _HIDDEN.findall(page):
        named = dict(_NAMED.findall(html))
        found[named["name"]] = unescape(named.get("value", ""))
    return found


def askers(session: Session) -> dict[str, Sequence[Asker]]:
    """Those who look at the trip that is looked at, by who they are; nobody twice."""
    sample = sample_trip()
    common = {
        "host": HOST,
        "trip": LOOKED_AT,
        "item": sample.programme[0].key,
        "site": sample.sites[0].key,
        "speaker": sample.speakers[0].key,
    }
    found: dict[str, list[Asker]] = defaultdict(list, {NOBODY: [common] * _AT_MOST})
    trip_id = session.scalars(select(TripRow.id).where(TripRow.key == LOOKED_AT)).one()
    people = session.execute(
        select(ParticipantRow, BookingRow)
        .join(BookingRow)
        .where(ParticipantRow.trip_id == trip_id)
        .order_by(ParticipantRow.id)
        .limit(4 * _AT_MOST)
    ).all()
    offers = session.scalars(select(OfferRow).where(OfferRow.trip_id == trip_id)).all()
    offered = {offer.participant_ids[0]: str(offer.id) for offer in offers}
    queues = select(WaitingRow).where(WaitingRow.trip_id == trip_id, WaitingRow.item != "")
    queued = {row.participant_id: str(row.id) for row in session.scalars(queues)}
    full = _full_visits(session, trip_id)
    bookings = set()
    for person, booking in people:
        if booking.id in bookings:
            continue
        bookings.add(booking.id)
        names = {**common, "token": secret(booking.id), "person": str(person.id), "code": booking.code}
        names |= {"email": booking.contact_email, "full": next(iter(full - _held(session, person.id)), "")}
        if person.id in offered:
            found[OFFERED].append({**names, "offer": offered[person.id]})
        elif person.id in queued:
            found[QUEUED].append({**names, "waiting": queued[person.id]})
        else:
            found[PLACED if person.status == "confirmed" else WAITS].append(names)
    found[LEAVING] = found[PLACED][-_LEAVE:]
    found[PLACED] = found[PLACED][:-_LEAVE]
    found |= _members(session, common)
    session.rollback()
    return dict(found)


def _members(session: Session, common: Asker) -> dict[str, list[Asker]]:
    """Those who are signed in, whole and half; every sixth of the accounts is half in."""
    passkey = select(func.min(PasskeyRow.id)).where(PasskeyRow.account_id == AccountRow.id).scalar_subquery()
    rows = session.execute(
        select(
            AccountRow.id,
            AccountRow.email,
            BookingRow.code,
            MemberRow.id.label("member"),
            InvitationRow.id.label("invitation"),
            passkey.label("passkey"),
            select(func.min(ParticipantRow.id))
            .where(ParticipantRow.booking_id == BookingRow.id)
            .scalar_subquery()
            .label("person"),
        )
        .join(MemberRow, MemberRow.account_id == AccountRow.id)
        .join(InvitationRow, InvitationRow.invited_by == AccountRow.id)
        .join(BookingRow, BookingRow.contact_email == AccountRow.email)
        .order_by(AccountRow.id)
    ).all()
    letters = {row.key: str(row.id) for row in session.execute(select(CampaignRow.key, CampaignRow.id))}
    found: dict[str, list[Asker]] = {MEMBER: [], HALF_MEMBER: []}
    for number, row in enumerate(rows):
        who, kind = (HALF_MEMBER, HALF) if number % 6 == 0 else (MEMBER, WHOLE)
        names = {**common, "account": str(row.id), "email": row.email, "code": row.code}
        names |= {"person": str(row.person)}
        names |= {"recovery": recovery_code(row.id), "passkey": str(row.passkey)}
        names |= {"member": str(row.member), "invitation": str(row.invitation)}
        names |= {"invited": sign_in_secret(row.id, "invitation"), "others": f"{HOST}-1"}
        names |= {"asking": f"{HOST}-{1 + number % (ORGANISATIONS - 1)}"}
        names |= {"listing": "1"}  # The one there is.
        names |= {"letter": letters[draft_of(row.id)], "sent": letters[SENT]}
        names |= {"link": sign_in_secret(row.id, "link"), SIGN_IN: sign_in_secret(row.id, kind)}
        found[who].append(names)
    return found


def browser_of(app: Flask, asker: Asker) -> FlaskClient:
    """A browser of theirs, in which they are signed in where they are."""
    client = app.test_client()
    if SIGN_IN in asker:
        with client.session_transaction() as cookie:
            cookie["_user_id"] = asker[SIGN_IN]
    return client


def _full_visits(session: Session, trip_id: int) -> set[str]:
    visits = select(PoolRow.key).where(
        PoolRow.trip_id == trip_id, PoolRow.kind == PoolKind.ITEM, PoolRow.taken >= PoolRow.size
    )
    return set(session.scalars(visits))


def _held(session: Session, participant_id: int) -> set[str]:
    held = select(PoolRow.key).join(ClaimRow).where(ClaimRow.participant_id == participant_id)
    return set(session.scalars(held))


def filled_in(client: FlaskClient, page: str, fields: Mapping[str, str], asker: Asker) -> dict[str, str]:
    """The fields of a form as they are sent: what the page says, and what is typed."""
    shown = client.get(page.format_map(asker))
    assert shown.status_code == 200, f"{page}: {shown.status_code}"
    return {**hidden_fields(shown.text), **{name: value.format_map(asker) for name, value in fields.items()}}
