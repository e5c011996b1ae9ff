"""How it stands with a trip, said on its page: the word, the sentence, and the way in where there is one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.web.conftest import TRIP, Site
from tripkit.domain.trips import TripStatus
from tripkit.testing import NOW, both, make_item, make_participant, make_segment

SIGN_UP = f"{TRIP}sign-up/"
PAST = {"starts_on": date(2027, 2, 1), "ends_on": date(2027, 2, 2)}
RUNNING = {"starts_on": date(2027, 3, 1), "ends_on": date(2027, 3, 2)}


def later(**time: float) -> datetime:
    return NOW + timedelta(**time)


@pytest.mark.parametrize(
    ("changes", "word", "sentence"),
    [
        pytest.param({}, "Open for sign-up", "Ten of 10 places are left.", id="open"),
        pytest.param(
            {"size": 30, "signup_closes_at": later(days=3)}, "Open for sign-up", "Sign up before", id="closes"
        ),
        pytest.param({"size": 5}, "Few places left", "Five of 5 places are left.", id="few left"),
        pytest.param({"size": 1}, "Few places left", "One of 1 places is left.", id="one left"),
        pytest.param({"signup_opens_at": later(days=31)}, "Opens 1 April", "Sign-up opens", id="opens later"),
        pytest.param(
            {"signup_closes_at": later(days=-1)},
            "Sign-up is closed",
            "Sign-up closed Sunday 28 February 2027",
            id="closed",
        ),
        pytest.param(RUNNING, "Sign-up is closed", "The trip has begun.", id="running"),
        pytest.param({"status": TripStatus.POSTPONED}, "Postponed", "There will be new dates.", id="postponed"),
        pytest.param(
            {"status": TripStatus.CANCELLED}, "This trip is cancelled", "The trip will not take place.", id="cancelled"
        ),
        pytest.param(PAST, "This trip is over", "It took place 1–2 February 2027.", id="past"),
    ],
)
def test_the_page_says_how_it_stands(site: Site, changes: dict[str, Any], word: str, sentence: str) -> None:
    site.publish(**changes)
    seen = site.see()
    assert seen.title.endswith(f" – {word[:1].lower()}{word[1:]}")
    assert word in seen.words
    assert sentence in seen.words


@pytest.mark.parametrize(
    ("changes", "way_in"),
    [
        ({}, "Sign up"),
        ({"size": 2}, "Sign up"),
        ({"signup_opens_at": later(hours=1)}, None),
        ({"signup_closes_at": NOW}, None),
        ({"status": TripStatus.POSTPONED}, None),
        ({"status": TripStatus.CANCELLED}, None),
        (PAST, None),
        (RUNNING, None),
    ],
)
def test_there_is_a_way_in_exactly_while_sign_ups_are_taken(
    site: Site, changes: dict[str, Any], way_in: str | None
) -> None:
    site.publish(**changes)
    seen = site.see()
    assert (SIGN_UP in seen.links) is (way_in is not None)
    for part in ("programme/port/", "sites/port/"):
        assert (SIGN_UP in site.see(f"{TRIP}{part}").links) is (way_in is not None)


def test_a_full_trip_says_so_and_leads_into_the_queue(site: Site) -> None:
    trip_id = site.publish(size=2)
    site.book(trip_id, 2)
    seen = site.see()
    assert seen.title.endswith("fully booked")
    assert "All 2 places are taken. Nobody is waiting yet." in seen.words
    assert "Queue for a place" in seen.words
    assert "How the queue works" in seen.words
    assert SIGN_UP in seen.links


def test_a_full_trip_says_how_many_wait(site: Site) -> None:
    trip_id = site.publish(size=2)
    site.book(trip_id, 2)
    site.book(trip_id, 1)
    assert "All 2 places are taken and one person is waiting." in site.see().words
    site.book(trip_id, 2)
    assert "All 2 places are taken and three people are waiting." in site.see().words
    assert "Alla 2 platser är tagna och tre personer står i kö." in site.see("/sv/resebyran/hamnstad/").words


def test_places_kept_for_a_group_that_nobody_else_may_have_leave_the_trip_open(site: Site) -> None:
    segments = (make_segment("city"), make_segment("police", guaranteed=2))
    trip_id = site.publish(size=3, segments=segments)
    site.book(trip_id, 1)
    seen = site.see()
    assert "Two of 3 places are left." in seen.words
    assert "2 guaranteed" in seen.words


def test_every_group_being_full_is_full_though_places_are_left(site: Site) -> None:
    trip_id = site.publish(size=9, segments=(make_segment("city", at_most=1), make_segment("police", at_most=1)))
    site.book(trip_id, 1)
    site.book(trip_id, 1, segment="police")
    seen = site.see()
    assert seen.title.endswith("fully booked")
    assert "Every group is full. Nobody is waiting yet." in seen.words


def test_the_organiser_s_own_words_stand_where_a_trip_is_postponed_or_cancelled(site: Site) -> None:
    note = both("Hamnen är stängd. Nya datum **i maj**.", "The port is closed. New dates **in May**.")
    for status in (TripStatus.POSTPONED, TripStatus.CANCELLED):
        site.publish(status=status, status_note=note)
        assert "The port is closed. New dates in May." in site.see().words
        assert "There will be new dates" not in site.see().words
    assert "Nya datum i maj." in site.see("/sv/resebyran/hamnstad/").words


def test_a_trip_that_is_over_says_how_many_came(site: Site) -> None:
    trip_id = site.publish()
    site.book(trip_id, 3)
    site.publish(**PAST)
    assert "Three people came along." in site.see().words


def test_a_visit_says_how_much_room_it_has(site: Site) -> None:
    programme = (
        make_item("port", later(days=65), later(days=65, hours=1), choice="am", site="port", size=2),
        make_item("mill", later(days=65), later(days=65, hours=1), choice="am", site="mill"),
    )
    trip_id = site.publish(programme=programme)
    assert "2 places left of 2" in site.see().words
    assert "2 places left of 2" in site.see(f"{TRIP}programme/port/").words
    site.book(trip_id, [make_participant(items=("port",)), make_participant(items=("port",))])
    assert "Full, 2 of 2." in site.see().words
    assert "Full, 2 of 2." in site.see(f"{TRIP}programme/port/").words
    assert "of 2" not in site.see(f"{TRIP}programme/mill/").words


def test_sign_up_opens_and_closes_by_itself_when_its_moment_comes(site: Site) -> None:
    site.publish(signup_opens_at=later(hours=1), signup_closes_at=later(hours=2))
    said = {}
    for minutes in (59, 60, 119, 120):
        site.at(later(minutes=minutes))
        said[minutes] = site.see().title.partition(" – ")[2]
    assert said == {59: "opens 1 March", 60: "open for sign-up", 119: "open for sign-up", 120: "sign-up is closed"}


def test_a_trip_is_over_when_its_last_day_is_by_the_clock_where_it_happens(site: Site) -> None:
    site.publish()
    for moment, word in (
        (datetime(2027, 5, 6, 21, 59, tzinfo=UTC), "sign-up is closed"),
        (datetime(2027, 5, 6, 22, 0, tzinfo=UTC), "this trip is over"),
    ):
        site.at(moment)
        assert site.see().title.endswith(word)
