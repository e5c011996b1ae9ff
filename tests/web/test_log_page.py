"""The log as a page draws it: a stop for each entry, in the words and by the clock of its reader, and nothing in it runs."""

from __future__ import annotations

from flask import render_template_string
from sqlalchemy.orm import Session

from tests.web.conftest import Site
from tests.web.membership import HOST, member
from tests.web.signup_visitor import Page
from tripkit.actions.cancel_participants import cancel_participants
from tripkit.domain.bookings import Moment
from tripkit.domain.rights import Role
from tripkit.reads.audit_log import log_of_trip
from tripkit.testing import NOW, make_participant

TEMPLATE = """{% extends "frame.html" %}{% from "macros/log.html" import log_of with context %}
{% block main %}<div class="page"><div class="wrap"><div class="page-head"><h1>Log</h1></div>
{{ log_of(entries, "Europe/Stockholm", with_trip=true) }}</div></div>{% endblock %}"""


def drawn(site: Site, session: Session, trip_id: int, language: str) -> str:
    with site.app.test_request_context(f"/{language}/"):
        return render_template_string(
            TEMPLATE, language=language, entries=log_of_trip(session, trip_id=trip_id).entries
        )


def test_the_log_is_a_line_of_stops_and_what_people_write_in_it_is_only_text(site: Site) -> None:
    trip_id = site.publish()
    made = site.book(trip_id, [make_participant("<b>Åsa</b>")])
    moment = Moment(at=NOW, actor="organiser", origin="tripkit booking cancel")
    cancel_participants(site.session, booking_id=made.booking_id, moment=moment, reason="<script>alert(1)</script>")
    html = drawn(site, site.session, trip_id, "sv")
    assert html.count('<li class="stop">') == 3
    assert "<script>alert" not in html and "<b>Åsa" not in html
    words = Page(html).words
    assert "Platser avbokades" in words and "<b>Åsa</b>: läget från klar till avbokad" in words
    assert "Skäl: <script>alert(1)</script>" in words
    assert f"Bokning {made.code} · Studieresa till Hamnstad" in words
    assert "1 mars 2027" in words and "10.00" in words, "nine in UTC is ten there"


def test_where_nothing_has_been_done_it_says_so(site: Site) -> None:
    assert "Nothing has been done here yet." in drawn(site, site.session, 0, "en")


def test_the_log_says_whose_clock_it_goes_by_and_goes_by_the_one_at_the_place(site: Site) -> None:
    site.book(site.publish())
    owner = member(site, Role.OWNER)
    for path in (f"{HOST}log/", f"{HOST}trips/hamnstad/log/"):
        words = Page(owner.get(path).text).words
        assert "Time zone: Stockholm." in words, path
        assert "10:00" in words and "9:00" not in words, "nine in UTC is ten there"
