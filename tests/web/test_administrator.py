"""Those who run the installation: they see which organisations there are, and enter one for a reason that its owners are told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from tests.web.accounts import mailed_token, signed_in_client
from tests.web.conftest import Site
from tests.web.everywhere import engine_of
from tests.web.membership import HOST, member, send
from tests.web.signup_visitor import page
from tripkit.domain.accounts import PROOF_LASTS
from tripkit.domain.rights import Role
from tripkit.storage import write
from tripkit.storage.accounts import SignInRow
from tripkit.storage.members import InvitationRow
from tripkit.storage.outbox import AuditRow, OutboxRow
from tripkit.testing import NOW, make_organisation

LIST = "/en/administrator/"
ENTER = f"{LIST}resebyran/enter/"
LEAVE = "/en/account/visit/resebyran/end/"
REASON = "A booking cannot be opened, and we were asked to look."
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def runs(site: Site) -> FlaskClient:
    """Who runs the installation, signed in."""
    site.publish()
    return signed_in_client(site.app, engine_of(site), "runs@tripkit.example", is_administrator=True)


def test_an_organisation_is_entered_for_an_hour_with_a_reason_and_its_owners_are_told(
    site: Site, runs: FlaskClient
) -> None:
    owner = member(site, Role.OWNER)
    member(site, Role.ORGANISER)
    assert runs.get(HOST).status_code == 404
    assert send(runs, ENTER, reason=REASON).location == HOST
    inside = page(runs.get(HOST, headers=ENGLISH)).words
    assert "because you run this site" in inside
    site.session.rollback()
    notices = site.session.execute(select(OutboxRow.recipient, OutboxRow.payload)).all()
    assert [(to, said["what"], said["values"]["reason"]) for to, said in notices] == [
        ("owner.all@resebyran.tripkit.example", "visit", REASON)
    ]
    seen = page(owner.get(HOST, headers=ENGLISH)).words
    assert REASON in seen
    assert "still here" in seen
    noted = site.session.scalars(select(AuditRow).where(AuditRow.action == "visit_organisation")).one()
    assert (noted.reason, noted.organisation_id is not None) == (REASON, True)
    site.at(NOW + timedelta(hours=1, minutes=1))
    assert runs.get(HOST).status_code == 404
    assert "still here" not in page(owner.get(HOST, headers=ENGLISH)).words


def test_who_visits_only_looks_unless_they_say_that_they_help(site: Site, runs: FlaskClient) -> None:
    owner = member(site, Role.OWNER)
    send(runs, ENTER, reason=REASON)
    inside = page(runs.get(HOST, headers=ENGLISH)).words
    assert "to look only" in inside
    invited = {"email": "new@tripkit.example", "role": "reader", "trip": "*"}
    for path in ("members/", "settings/", "log/"):
        assert runs.get(f"{HOST}{path}").status_code == 200, path
    for path in ("members/invite/", "settings/change/"):
        assert runs.get(f"{HOST}{path}").status_code == 403, path
    token = page(runs.get(LIST, headers=ENGLISH)).value("csrf_token")
    assert runs.post(f"{HOST}members/invite/", data={**invited, "csrf_token": token}).status_code == 403
    site.session.rollback()
    assert site.session.scalars(select(InvitationRow.id)).all() == []
    said = site.session.scalars(select(OutboxRow.payload)).one()["values"]
    assert said["helps"] is False
    assert "to look only" in page(owner.get(f"{HOST}log/", headers=ENGLISH)).words.lower()
    assert "to look only" in page(owner.get(HOST, headers=ENGLISH)).words
    send(runs, ENTER, reason=REASON, helps="yes")
    assert "to look only. Its owners" not in page(runs.get(HOST, headers=ENGLISH)).words
    assert send(runs, f"{HOST}members/invite/", **invited).status_code == 303
    send(runs, ENTER, reason=REASON)
    assert runs.get(f"{HOST}members/invite/").status_code == 403, "the last thing they said counts"


def test_a_visit_is_ended_by_a_button_and_a_second_click_does_nothing(site: Site, runs: FlaskClient) -> None:
    send(runs, ENTER, reason=REASON)
    shown = page(runs.get(HOST, headers=ENGLISH))
    assert "End the visit" in shown.words
    site.at(NOW + PROOF_LASTS)
    for _ in range(2):
        left = runs.post(LEAVE, data={"csrf_token": shown.value("csrf_token")}, headers=ENGLISH)
        assert (left.status_code, left.location) == (303, "/en/account/?done=left")
    assert "The visit is over." in page(runs.get(left.location, headers=ENGLISH)).words
    assert runs.get(HOST).status_code == 404
    site.session.rollback()
    done = site.session.scalars(select(AuditRow.action).order_by(AuditRow.id)).all()
    assert [one for one in done if one.endswith("visit") or one.startswith("visit")] == [
        "visit_organisation",
        "end_visit",
    ]


def test_nobody_ends_the_visit_of_somebody_else(site: Site, runs: FlaskClient) -> None:
    send(runs, ENTER, reason=REASON)
    owner = member(site, Role.OWNER)
    token = page(owner.get("/en/account/", headers=ENGLISH)).value("csrf_token")
    assert owner.post(LEAVE, data={"csrf_token": token}).status_code == 303
    assert runs.post(LEAVE, data={}).status_code == 400, "without its token"
    assert runs.get(HOST).status_code == 200


def test_what_is_done_on_a_visit_says_so_in_the_log(site: Site, runs: FlaskClient) -> None:
    send(runs, ENTER, reason=REASON, helps="yes")
    sent = send(runs, f"{HOST}members/invite/", email="new@tripkit.example", role="reader", trip="*")
    assert sent.status_code == 303
    site.session.rollback()
    assert site.session.scalars(select(AuditRow.actor).where(AuditRow.action == "invite")).one() == "administrator"


@pytest.mark.parametrize(("reason", "said"), [("", "Write why"), ("x" * 501, "at most 500"), ("because", "Write why")])
def test_without_a_reason_nobody_gets_in(site: Site, runs: FlaskClient, reason: str, said: str) -> None:
    answer = send(runs, ENTER, reason=reason)
    assert answer.status_code == 422
    assert said in page(answer).words
    assert runs.get(HOST).status_code == 404


def test_nobody_enters_what_is_not_there_and_nobody_else_sees_the_list(site: Site, runs: FlaskClient) -> None:
    assert runs.get(f"{LIST}nowhere/enter/").status_code == 404
    owner = member(site, Role.OWNER)
    assert owner.get(LIST).status_code == 404
    assert owner.get(ENTER).status_code == 404


def test_running_the_site_takes_a_proof_of_the_last_minutes(site: Site, runs: FlaskClient) -> None:
    with write(site.session):
        site.session.execute(update(SignInRow).values(proved_at=NOW - PROOF_LASTS))
    assert runs.get(LIST).location == f"/en/account/again/?next={LIST}"


def test_the_list_is_searched_and_has_pages_of_a_hundred(site: Site, runs: FlaskClient) -> None:
    for number in range(101):
        site.publish(make_organisation(f"more-{number:03}", name={"en": f"Bureau {number}"}), key=f"t{number}")
    first, second = (page(runs.get(f"{LIST}?page={number}", headers=ENGLISH)).words for number in (1, 2))
    assert "102 organisations" in first
    assert "more-099" in first
    assert "resebyran" in second
    assert runs.get(f"{LIST}?page=3").status_code == 404
    found = page(runs.get(f"{LIST}?q=BUREAU%201%25", headers=ENGLISH)).words
    assert "0 organisations" in found, "a sign of search is none"
    assert "One organisation" in page(runs.get(f"{LIST}?q=resebyrån", headers=ENGLISH)).words, "by its name"
    assert "One organisation" in page(runs.get(f"{LIST}?q=more-007", headers=ENGLISH)).words


def test_an_organisation_is_made_and_its_owner_invited(site: Site, runs: FlaskClient) -> None:
    new = {"organisation": "Nya byrån", "key": "nya", "email": "nina@tripkit.example"}
    assert send(runs, f"{LIST}new/", **new).location == f"{LIST}?done=made"
    link = f"/en/account/invitation/{mailed_token(engine_of(site), 'invitation')}/"
    nina = site.app.test_client()
    assert send(nina, link, do="accept").location == "/en/organise/nya/"
    assert nina.get("/en/organise/nya/members/").status_code == 200
    assert runs.get("/en/organise/nya/").status_code == 404, "it is not theirs"
    again = send(runs, f"{LIST}new/", **new)
    assert again.status_code == 422
    assert "already" in page(again).words
    site.session.rollback()
    assert len(site.session.scalars(select(InvitationRow.id)).all()) == 1
