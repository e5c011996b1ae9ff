"""Steps with a trip as a whole in the browser: seen before, taken once, told by a letter that somebody reads first."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.statements import count_statements
from tests.web.conftest import Site
from tests.web.everywhere import engine_of
from tests.web.membership import HOST, member, send
from tests.web.signup_visitor import Page, page
from tripkit.domain.rights import Role

TRIP = f"{HOST}trips/hamnstad/"


def look(who: FlaskClient, path: str) -> Page:
    return page(who.get(path, headers={"Accept-Language": "en"}))


def test_a_trip_is_cancelled_with_a_reason_and_a_letter_to_read(site: Site) -> None:
    site.book(site.publish(), 2)
    owner = member(site, Role.OWNER)
    assert f"{TRIP}step/cancel/" in look(owner, TRIP).links
    before = look(owner, f"{TRIP}step/cancel/").words
    assert "2 people have a place" in before and "you read it, and send it" in before
    refused = send(owner, f"{TRIP}step/cancel/", **{"note-en": "Snow."})
    assert refused.status_code == 422
    assert "Write why, and what happens now." in page(refused).words
    assert "Snow." in refused.text, "what was typed is not lost"
    answer = send(owner, f"{TRIP}step/cancel/", **{"note-sv": "Snö.", "note-en": "Snow."})
    assert "/letters/" in (answer.location or "")
    letter = page(owner.get(answer.location or "", headers={"Accept-Language": "en"}))
    assert "The trip is cancelled. Its page says so." in letter.words
    assert "Snö." in letter.words, "the contact person reads Swedish"
    assert "Snow." in site.see().words, "seen by everybody at once"
    assert "The letter about it, sent or not, is among the trip's messages." in look(owner, TRIP).words
    again = send(owner, f"{TRIP}step/plan/")
    assert again.status_code == 303
    assert "Snow." not in site.see().words


def test_sign_up_is_closed_and_opened_at_once(site: Site) -> None:
    site.publish()
    owner = member(site, Role.OWNER)
    form = "/en/resebyran/hamnstad/sign-up/"
    closed = send(owner, f"{TRIP}step/close/")
    assert closed.location == f"{TRIP}?done=close"
    assert "Sign-up is closed." in look(owner, closed.location or "").words
    assert "Sign-up has closed" in site.see(form).words
    assert send(owner, f"{TRIP}step/open/", until="yesterday").status_code == 422
    assert send(owner, f"{TRIP}step/open/", until="2020-01-01T10:00").status_code == 422
    assert send(owner, f"{TRIP}step/open/", until="2027-03-20T10:00").status_code == 303
    assert "Sign-up has closed" not in site.see(form).words


@pytest.mark.parametrize("step", ["plan", "open"])
def test_what_cannot_be_done_now_says_what_can(site: Site, step: str) -> None:
    site.publish()
    owner = member(site, Role.OWNER)
    for _ in range(2):
        send(owner, f"{TRIP}step/cancel/", **{"note-sv": "Snö."})
    if step == "plan":
        send(owner, f"{TRIP}step/plan/")
    shown = look(owner, f"{TRIP}step/{step}/")
    assert "That cannot be done with the trip as it is now." in shown.words
    assert send(owner, f"{TRIP}step/{step}/").status_code == 409
    assert owner.get(f"{TRIP}step/nothing/").status_code == 404


def test_who_may_not_change_the_trip_is_offered_no_step(site: Site) -> None:
    site.publish()
    reader = member(site, Role.READER)
    assert not [one for one in look(reader, TRIP).links if "/step/" in one]
    assert reader.get(f"{TRIP}step/cancel/").status_code in {403, 404}


def test_a_step_takes_as_many_statements_however_many_come(site: Site) -> None:
    trip = site.publish(size=100)
    owner, counts = member(site, Role.OWNER), []
    for people in (1, 1, 9):
        for _ in range(people):
            site.book(trip)
        with count_statements(engine_of(site)) as statements:
            owner.get(f"{TRIP}step/cancel/")
        counts.append(len(statements))
    assert counts[1] == counts[2]
