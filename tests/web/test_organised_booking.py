"""The page of one booking as its trip's organisers see it, and their looks at answers about health and diet."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update

from tests.web.conftest import Site
from tests.web.membership import HOST, member, send
from tests.web.signup_visitor import page
from tripkit.domain.rights import Role
from tripkit.storage import write
from tripkit.storage.outbox import AuditRow, OutboxRow
from tripkit.testing import NOW, make_participant

TRIP = f"{HOST}trips/hamnstad/"
SECRET = "Vegan"


@pytest.fixture
def code(site: Site) -> str:
    """The code of a booking of two people, of whom one has answered about their diet."""
    trip_id = site.publish()
    answers = {"diet": "vegan", "arrives": "nattåget"}
    return site.book(
        trip_id,
        [make_participant("Åsa Ny", answers=answers), make_participant("Bo Ek")],
        organisation="Växjö kommun",
        invoice_address="Box 1, Växjö",
        contact_phone="+46 70 000 00 00",
    ).code


def at(code: str, more: str = "") -> str:
    return f"{TRIP}bookings/{code}/{more}"


def looks(site: Site) -> list[AuditRow]:
    site.session.rollback()
    return list(site.session.scalars(select(AuditRow).where(AuditRow.action == "read_sensitive")))


def test_all_of_a_booking_is_there_but_what_is_about_health(site: Site, code: str) -> None:
    answer = member(site, Role.OWNER).get(at(code))
    words = page(answer).words
    assert answer.status_code == 200
    for shown in (
        "Växjö kommun",
        "+46 70 000 00 00",
        "Åsa Ny",
        "Bo Ek",
        "Box 1, Växjö",
        "Confirmed",
        "nattåget",
        "Confirmation",
    ):
        assert shown in words, shown
    assert "People signed up" in words, "its history"
    assert "One answer about health or diet is kept here" in words
    assert SECRET not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_invoice_and_history_are_for_those_whose_role_shows_them(site: Site, code: str) -> None:
    reader = page(member(site, Role.READER).get(at(code))).words
    assert "Åsa Ny" in reader and "Box 1" not in reader and "People signed up" not in reader
    assert "Your role does not show it." in reader
    finance = page(member(site, Role.FINANCE).get(at(code))).words
    assert "Box 1, Växjö" in finance and "People signed up" not in finance


def test_a_code_of_another_trip_is_as_if_there_were_none(site: Site, code: str) -> None:
    other = site.publish(key="other")
    there = site.book(other)
    owner = member(site, Role.OWNER)
    for wrong in (there.code, code.lower() + "x", "NIX", "%27"):
        assert owner.get(at(wrong)).status_code == 404, wrong
        assert owner.get(at(wrong, "answers/")).status_code == 404, wrong
    assert owner.get(f"{HOST}trips/other/bookings/{there.code}/").status_code == 200


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"state": "sent", "sent_at": NOW}, "sent"),
        ({"state": "dead"}, "could not be delivered"),
        ({"state": "held"}, "held back"),
        ({"state": "sent", "sent_at": NOW, "bounced_at": NOW}, "came back"),
    ],
)
def test_what_became_of_a_message_is_said_in_words(site: Site, code: str, values: dict[str, Any], said: str) -> None:
    owner = member(site, Role.OWNER)
    assert "on its way" in page(owner.get(at(code))).words
    with write(site.session):
        site.session.execute(update(OutboxRow).where(OutboxRow.kind == "confirmation").values(**values))
    assert said in page(owner.get(at(code))).words


def test_answers_about_health_are_shown_once_after_a_reason_that_stands_in_the_log(site: Site, code: str) -> None:
    leader = member(site, Role.ORGANISER)
    path = at(code, "answers/")
    assert SECRET not in leader.get(path).text and looks(site) == [], "looking at the form is no look"
    refused = send(leader, path, reason=" ")
    assert refused.status_code == 422 and "Say why you look" in page(refused).words and SECRET not in refused.text
    assert leader.post(path, data={"reason": "Lunch"}).status_code == 422, "without the token of the form"
    assert looks(site) == []
    shown = send(leader, path, reason="<b>Lunch</b>")
    assert shown.status_code == 200 and SECRET in page(shown).words
    assert shown.headers["Cache-Control"] == "no-store"
    (noted,) = looks(site)
    assert (noted.reason, noted.details, noted.booking_id is None) == ("<b>Lunch</b>", {"people": 1}, False)
    history = page(leader.get(at(code))).words
    assert "Answers about health and diet were looked at" in history and "Reason: <b>Lunch</b>" in history
    assert SECRET not in leader.get(path).text, "and no more"


def test_the_kitchen_gets_those_of_the_whole_trip(site: Site, code: str) -> None:
    leader = member(site, Role.TOUR_LEADER, trip="hamnstad")
    shown = send(leader, f"{TRIP}answers/", reason="Lunch")
    words = page(shown).words
    assert "One person has answered" in words and SECRET in words and code in words and "Bo Ek" not in words
    (noted,) = looks(site)
    assert noted.booking_id is None
    nobody = site.publish(key="other")
    assert nobody
    empty = send(member(site, Role.OWNER), f"{HOST}trips/other/answers/", reason="Lunch")
    assert "Nobody has answered anything" in page(empty).words


@pytest.mark.parametrize("role", [Role.READER, Role.FINANCE])
def test_other_roles_do_not_get_there(site: Site, code: str, role: Role) -> None:
    client = member(site, role)
    for path in (at(code, "answers/"), f"{TRIP}answers/"):
        assert client.get(path).status_code == 403
        assert client.post(path, data={"reason": "Lunch"}).status_code == 403
    assert looks(site) == []


def test_a_long_history_goes_on_on_the_next_page(site: Site, code: str) -> None:
    with write(site.session):
        booking = site.session.scalars(select(AuditRow).where(AuditRow.booking_id.is_not(None))).first()
        assert booking is not None
        row = {"trip_id": booking.trip_id, "booking_id": booking.booking_id, "actor": "contact", "origin": "web"}
        site.session.add_all([AuditRow(at=NOW, action="send_new_link", details={}, **row) for _ in range(120)])
    owner = member(site, Role.OWNER)
    first = owner.get(at(code))
    assert "What was done before" in page(first).words and "People signed up" not in page(first).words
    older = next(part.split("#")[0] for part in first.text.split('href="') if part.startswith("?before="))
    assert "People signed up" in page(owner.get(at(code) + older)).words
    assert owner.get(f"{at(code)}?before=x").status_code == 404
