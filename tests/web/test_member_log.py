"""The log of one member: what they did, what was done to their role, nothing of anybody else, and none of another organisation."""

from __future__ import annotations

from tests.web.conftest import Site
from tests.web.membership import HOST, join, member, send
from tests.web.signup_visitor import page
from tripkit.domain.rights import Role
from tripkit.testing import make_organisation

BO = "bo@tripkit.example"


def test_it_says_what_they_did_and_what_was_done_to_them(site: Site) -> None:
    trip_id = site.publish()
    made = site.book(trip_id)
    site.publish(make_organisation("another"))
    bo = member(site, Role.TOUR_LEADER, email=BO)
    there = join(site, BO, Role.OWNER, "another")
    site.session.rollback()
    number = join(site, BO, Role.TOUR_LEADER, trip="hamnstad")
    owner = member(site, Role.OWNER, email="owner@tripkit.example")
    send(bo, f"{HOST}trips/hamnstad/bookings/{made.code}/answers/", reason="Lunch")
    send(bo, "/en/organise/another/members/invite/", email="new@tripkit.example", role="reader", trip="*")
    send(owner, f"{HOST}members/{number}/", do="change", role="reader")
    send(owner, f"{HOST}members/invite/", email="else@tripkit.example", role="reader", trip="*")
    assert f"{HOST}members/{number}/log/" in owner.get(f"{HOST}members/").text
    shown = owner.get(f"{HOST}members/{number}/log/")
    words = page(shown).words
    assert "Answers about health and diet were looked at" in words and "Reason: Lunch" in words
    assert "A member got another role" in words
    assert "invited" not in words, "neither what others did nor what they did elsewhere"
    assert f"/en/organise/resebyran/trips/hamnstad/bookings/{made.code}/" in shown.text, "from the log to the booking"
    assert owner.get(f"{HOST}members/{there}/log/").status_code == 404
    assert bo.get(f"{HOST}members/{number}/log/").status_code == 403
