"""The record of processing says what is kept, of how many and until when, and names nobody."""

from __future__ import annotations

from datetime import date, timedelta

from tests.web.conftest import Site
from tests.web.membership import member
from tests.web.signup_visitor import page
from tripkit.actions.erase_ended import erase_ended
from tripkit.domain.deadlines import erased_at
from tripkit.domain.questions import Question, QuestionKind
from tripkit.domain.rights import Role
from tripkit.testing import both, make_moment, make_participant, make_trip

RECORD = "/en/organise/resebyran/personal-data/"
DIET = Question(
    key="diet",
    kind=QuestionKind.TEXT,
    name=both("Kost", "What do you eat?"),
    help=both("", ""),
    sensitive=True,
    kept_days=14,
)


def test_it_says_of_how_many_and_until_when(site: Site) -> None:
    trip = make_trip(retention_days=90, questions=(DIET,))
    trip_id = site.publish_trip(trip)
    site.book(trip_id, [make_participant("Åsa Ek", answers={"diet": "Inget"}), make_participant("Kim Ek")])
    owner = member(site, Role.OWNER)
    answer = owner.get(RECORD)
    words = page(answer).words
    assert "2 people in one booking" in words
    assert "What do you eat? about health or belief" in words
    erased: date = trip.ends_on + timedelta(days=91)
    assert f"{erased.day} {erased:%B} {erased.year}" in words
    sooner: date = trip.ends_on + timedelta(days=15)
    assert f"until {sooner.day} {sooner:%B} {sooner.year}" in words
    assert "members of the organisation (1 now)" in words
    for somebody in ("Åsa", "Kim", "Inget", "kontakt"):
        assert somebody not in answer.text
    erase_ended(site.session, moment=make_moment(erased_at(trip), "worker"))
    assert "nobody: erased" in page(owner.get(RECORD)).words


def test_without_a_trip_it_says_so(site: Site) -> None:
    site.publish()
    owner = member(site, Role.OWNER)
    assert "nobody: erased" not in page(owner.get(RECORD)).words
    assert "0 people" not in page(owner.get(RECORD)).words.replace("0 people in 0 bookings", "")


def test_it_is_for_those_who_see_the_settings(site: Site) -> None:
    site.publish()
    seen = {role: member(site, role).get(RECORD).status_code for role in Role}
    assert seen == {
        Role.OWNER: 200,
        Role.ORGANISER: 200,
        Role.FINANCE: 200,
        Role.TOUR_LEADER: 403,
        Role.READER: 403,
    }
