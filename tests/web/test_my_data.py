"""What somebody sees, takes along and has forgotten of themselves: all of their own, and nothing of anybody else's."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from tests.conftest import in_files
from tests.web.accounts import signed_in_client
from tests.web.conftest import Site
from tests.web.signup_visitor import page
from tripkit.actions.sending_notices import NOTICE, send_notice
from tripkit.domain.accounts import PROOF_LASTS
from tripkit.domain.bookings import ParticipantStatus
from tripkit.domain.questions import Question, QuestionKind
from tripkit.domain.rights import Role
from tripkit.mailing.verdict import KIND_TITLES, KINDS
from tripkit.storage import write
from tripkit.storage.accounts import AccountRow, SignInRow
from tripkit.storage.bookings import BookingRow, ParticipantRow
from tripkit.storage.members import InvitationRow, MemberRow
from tripkit.storage.outbox import AuditRow, OutboxRow
from tripkit.storage.trips import OrganisationRow
from tripkit.testing import NOW, both, make_moment, make_participant

MINE, THEIRS = "asa@tripkit.example", "olle@tripkit.example"
DATA, FILE, FORGET = "/en/account/my-data/", "/en/account/my-data.json", "/en/account/forget-me/"
DIET = Question(
    key="diet", kind=QuestionKind.TEXT, name=both("Kost", "Diet"), help=both("", ""), required=False, sensitive=True
)


def engine_of(site: Site) -> Engine:
    bind = site.session.get_bind()
    assert isinstance(bind, Engine)
    return bind


@pytest.fixture
def me(site: Site) -> FlaskClient:
    """Somebody with two bookings of their own, who travels in a third one that another made."""
    trip = site.publish(questions=(DIET,), size=3)
    mine = [make_participant("Åsa Egen", answers={"diet": "Egenkost"}), make_participant("Kim Kollega")]
    site.book(trip, mine, contact_email=MINE.upper(), contact_name="Åsa Egen")
    site.book(trip, [make_participant("Åsa Köar")], contact_email=MINE, contact_name="Åsa Egen")
    theirs = [
        replace(make_participant("Åsa Medföljer"), email=MINE),
        make_participant("Olle Annan", answers={"diet": "Annankost"}),
    ]
    site.book(trip, theirs, contact_email=THEIRS, contact_name="Olle Annan")
    return signed_in_client(site.app, engine_of(site), MINE)


@pytest.mark.parametrize("path", [DATA, FILE])
def test_all_of_ones_own_is_there_and_nothing_of_others(me: FlaskClient, path: str) -> None:
    answer = me.get(path)
    assert answer.status_code == 200
    for own in ("Åsa Egen", "Egenkost", "Kim Kollega", "Åsa Köar", "Åsa Medföljer", MINE):
        assert own in answer.text, own
    for others in ("Olle Annan", "Annankost", THEIRS):
        assert others not in answer.text, others


def test_messages_and_what_was_done_are_told_in_words(me: FlaskClient) -> None:
    words = page(me.get(DATA)).words
    assert "(Confirmation, not sent)" in words and "People signed up" in words
    assert "book_places" not in words
    assert set(KIND_TITLES) == set(KINDS)


def test_the_file_is_for_programs(me: FlaskClient) -> None:
    answer = me.get(FILE)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="my-data.json"'
    assert answer.headers["Cache-Control"] == "no-store"
    found = json.loads(answer.data)
    assert found["email"] == MINE
    assert [booking["is_mine"] for booking in found["bookings"]] == [False, True, True]
    assert found["bookings"][2]["participants"][0]["answers"][0]["answer"] == "Egenkost"
    assert {message["kind"] for message in found["bookings"][2]["messages"]} == {"confirmation"}


def test_that_somebody_looked_is_noted(site: Site, me: FlaskClient) -> None:
    me.get(DATA)
    account = site.session.scalar(select(AccountRow.id))
    noted = site.session.execute(select(AuditRow.account_id).where(AuditRow.action == "export_my_data")).all()
    assert noted == [(account,)]


def test_it_takes_a_proof_that_is_not_old(site: Site, me: FlaskClient) -> None:
    site.at(NOW + PROOF_LASTS + timedelta(minutes=1))
    for path in (DATA, FILE, FORGET):
        assert me.get(path).location == f"/en/account/again/?next={path}"


def forget(client: FlaskClient, **fields: str) -> tuple[int, str]:
    token = dict(page(client.get(FORGET)).fields)["csrf_token"]
    answer = client.post(FORGET, data={"csrf_token": token, **fields})
    return answer.status_code, answer.location or page(answer).words


def test_whoever_has_themselves_forgotten_is_told_first_what_is_lost(me: FlaskClient) -> None:
    words = page(me.get(FORGET)).words
    assert "3 people in your bookings lose their places" in words
    assert "seven years" in words


def test_it_takes_a_tick(site: Site, me: FlaskClient) -> None:
    status, words = forget(me)
    assert status == 422
    assert "Tick the box" in words
    assert site.session.scalars(select(BookingRow).where(BookingRow.erased_at.is_not(None))).all() == []


def test_after_that_nothing_says_who_it_was(site: Site, me: FlaskClient) -> None:
    engine = engine_of(site)
    assert b"Egenkost" in in_files(engine) or "Åsa Egen".encode() in in_files(engine), "the test can tell"
    cookie = me.get_cookie("tripkit")
    assert cookie is not None
    assert forget(me, sure="yes") == (303, "/en/account/sign-in/?forgotten=yes")
    assert me.get("/en/account/").status_code == 303
    me.set_cookie("tripkit", cookie.value)
    assert me.get("/en/account/").status_code == 303, "nor by the cookie there was"
    site.session.rollback()
    states = site.session.execute(select(ParticipantRow.name, ParticipantRow.status).order_by(ParticipantRow.id)).all()
    cancelled = ("", ParticipantStatus.CANCELLED)
    assert [tuple(row) for row in states[:3]] == [cancelled] * 3
    assert states[3].name == "Åsa Medföljer", "a colleague's booking is theirs"
    assert site.session.execute(select(AccountRow.email, AccountRow.email_key, AccountRow.name)).all() == [
        (None, None, "")
    ]
    site.session.close()
    left = in_files(engine)
    for gone in ("Åsa Egen", "Kim Kollega", "Egenkost"):
        assert gone.encode() not in left, gone


def test_a_notice_to_them_that_was_not_sent_yet_goes_to_nobody(site: Site, me: FlaskClient) -> None:
    with write(site.session):
        for email in (MINE, THEIRS):
            send_notice(site.session, "new_device", recipient=email, language="en", moment=make_moment(), browser="?")
    forget(me, sure="yes")
    site.session.rollback()
    notices = select(OutboxRow.recipient, OutboxRow.state).where(OutboxRow.kind == NOTICE).order_by(OutboxRow.id)
    assert [tuple(row) for row in site.session.execute(notices)] == [("", "erased"), (THEIRS, "waiting")]


def test_whoever_was_signed_in_with_that_account_elsewhere_is_out(site: Site, me: FlaskClient) -> None:
    elsewhere = signed_in_client(site.app, engine_of(site), MINE)
    other = signed_in_client(site.app, engine_of(site), THEIRS)
    assert elsewhere.get(DATA).status_code == 200, "the test can tell"
    assert forget(me, sure="yes")[0] == 303
    assert [one.get("/en/account/").status_code for one in (me, elsewhere, other)] == [303, 303, 200]
    site.session.rollback()
    whose = site.session.scalars(select(AccountRow.email).join(SignInRow, SignInRow.account_id == AccountRow.id))
    assert whose.all() == [THEIRS]


def test_the_freed_places_go_to_those_who_wait(site: Site, me: FlaskClient) -> None:
    waits = select(ParticipantRow.status).where(ParticipantRow.name == "Olle Annan")
    assert site.session.scalar(waits) is ParticipantStatus.WAITING
    forget(me, sure="yes")
    site.session.rollback()
    assert site.session.scalar(waits) is ParticipantStatus.OFFERED


def test_an_owner_without_another_one_stays(site: Site, me: FlaskClient) -> None:
    account = site.session.scalar(select(AccountRow.id))
    host = site.session.scalar(select(OrganisationRow.id))
    owner = {"organisation_id": host, "role": Role.OWNER, "made_at": NOW}
    with write(site.session):
        site.session.add(MemberRow(account_id=account, **owner))
    status, words = forget(me, sure="yes")
    assert status == 422
    assert "has no other owner than you" in words
    assert site.session.scalars(select(BookingRow).where(BookingRow.erased_at.is_not(None))).all() == []
    with write(site.session):
        other = AccountRow(email=THEIRS, email_key=THEIRS, name="Olle", language="sv", made_at=NOW)
        site.session.add(other)
        site.session.flush()
        site.session.add(MemberRow(account_id=other.id, **owner))
        site.session.add(
            InvitationRow(
                organisation_id=host,
                email=MINE,
                role=Role.READER,
                digest="x",
                invited_by=other.id,
                made_at=NOW,
                expires_at=NOW + timedelta(days=1),
            )
        )
    assert forget(me, sure="yes")[0] == 303
    site.session.rollback()
    assert site.session.scalars(select(MemberRow.account_id)).all() == [other.id]
    assert site.session.scalars(select(InvitationRow.email)).all() == [""]


def test_the_log_knows_what_was_done_by_a_number_only(site: Site, me: FlaskClient) -> None:
    account = site.session.scalar(select(AccountRow.id))
    me.get(DATA)
    forget(me, sure="yes")
    site.session.rollback()
    rows = site.session.scalars(select(AuditRow).where(AuditRow.account_id == account).order_by(AuditRow.id)).all()
    assert [row.action for row in rows][-1] == "erase_account"
    assert "export_my_data" in [row.action for row in rows]
    assert MINE not in str([(row.actor, row.reason, row.details) for row in rows])
