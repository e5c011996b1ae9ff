"""Who comes on the day: heads and names as they are, to print and to call, and nothing about health."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.web.conftest import Site
from tests.web.membership import HOST, member
from tests.web.signup_visitor import Page, page
from tripkit.actions.cancel_participants import cancel_participants
from tripkit.actions.erase_ended import erase_ended
from tripkit.domain.rights import Role
from tripkit.domain.trips import Contact
from tripkit.testing import make_moment, make_participant, make_site

DAY = f"{HOST}trips/hamnstad/on-the-day/"
GUARD = Contact(name="Vakten i hamnen", phone="000-11 22 33", email="vakten@tripkit.example")
SITES = (make_site("port", host_contact=GUARD), make_site("hill"), make_site("mill"))


def people(*names: str, item: str = "port", **changes: Any) -> list[Any]:
    return [make_participant(name, items=(item,), **changes) for name in names]


@pytest.fixture
def full(site: Site) -> Site:
    """The port is full with four, a fifth waits for it; one goes to the mill; one has cancelled."""
    trip = site.publish(sites=SITES)
    site.book(trip, people("Örjan Ek", "Adam Al", "Åsa Öst"), organisation="Hamnkontoret", contact_phone="000-44 55 66")
    site.book(trip, people("Zoe Bo", answers={"diet": "vegan"}))
    site.book(trip, people("Mia Kvarn", item="mill"))
    gone = site.book(trip, people("Nils Borta", item="mill"))
    cancel_participants(site.session, booking_id=gone.booking_id, moment=make_moment())
    return site


def seen(site: Site, path: str = DAY, role: Role = Role.TOUR_LEADER) -> Page:
    answer = member(site, role).get(path, headers={"Accept-Language": "en"})
    assert answer.status_code == 200
    return page(answer)


def test_it_says_who_comes_where_in_swedish_order(full: Site) -> None:
    shown = seen(full)
    words = shown.words
    port = shown.html[shown.html.index('id="at-port"') : shown.html.index('id="at-mill"')]
    names = ("Adam Al", "Zoe Bo", "Åsa Öst", "Örjan Ek")
    assert [port.index(name) for name in names] == sorted(port.index(name) for name in names)
    assert "<b>4</b> people" in port and "Hamnkontoret" in port and "Mia Kvarn" not in port
    assert "There, ask for Vakten i hamnen" in port
    assert "5 people have a place." in words
    assert "Nils Borta" not in words


def test_it_can_be_called_and_leads_nowhere_it_should_not(full: Site) -> None:
    shown = seen(full)
    assert {"tel:000-112233", "tel:000-445566", "tel:000-000000"} <= set(shown.links)
    assert "vegan" not in shown.html.lower() and "Eats everything" not in shown.html
    assert f"{HOST}trips/hamnstad/answers/" in shown.links
    assert f"{HOST}trips/hamnstad/answers/" not in seen(full, role=Role.READER).links
    assert DAY in seen(full, f"{HOST}trips/hamnstad/", role=Role.OWNER).links


def test_a_day_is_asked_for_by_its_date(full: Site) -> None:
    leader = member(full, Role.TOUR_LEADER)
    assert "Wednesday 5 May" in page(leader.get(f"{DAY}?day=2027-05-05", headers={"Accept-Language": "en"})).words
    for wrong in ("2027-05-04", "2027-5-5", "x", "", "9" * 40):
        assert leader.get(f"{DAY}?day={wrong}").status_code == 404, wrong


def test_a_place_that_is_only_on_offer_is_nobodys_yet(site: Site) -> None:
    trip = site.publish(size=1)
    first = site.book(trip)
    site.book(trip, people("Vera Vän", item="mill"))
    cancel_participants(site.session, booking_id=first.booking_id, moment=make_moment())
    shown = seen(site)
    assert "Vera Vän" not in shown.words
    assert "Nobody has a place yet." in shown.words


def test_a_trip_without_programme_says_so(site: Site) -> None:
    site.publish(programme=(), choices=())
    assert "Nothing is in the programme yet." in seen(site).words


def test_when_the_time_has_come_only_figures_are_left(full: Site) -> None:
    late = datetime(2028, 6, 1, tzinfo=UTC)
    full.session.rollback()
    erase_ended(full.session, moment=make_moment(late))
    full.at(late)
    shown = seen(full)
    assert "was erased on" in shown.words
    assert "Adam" not in shown.words and "4 people" in shown.words
