"""What is looked at: true figures, nothing of others, and the same few queries at any size."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from tests.statements import count_statements
from tripkit.actions.cancel_participants import cancel_participants
from tripkit.domain.places import TripState
from tripkit.reads.booking_page import booking_page
from tripkit.reads.trip_list import organisation, organisations, trip_addresses, trip_list
from tripkit.reads.trip_page import trip_page
from tripkit.testing import (
    NOW,
    applied,
    booked,
    make_moment,
    make_organisation,
    make_participant,
    make_segment,
    make_trip,
)


def test_a_trip_page_shows_how_full_everything_is(session: Session) -> None:
    segments = (make_segment("city", at_most=3), make_segment("police", guaranteed=2))
    trip = applied(session, make_trip(size=6, segments=segments))
    booked(session, trip, [make_participant(items=("port",)) for _ in range(4)])
    booked(session, trip, segment="police")
    page = trip_page(session, organisation="resebyran", trip="hamnstad", now=NOW)
    assert page is not None
    places = page.places
    assert (places.trip.size, places.trip.taken, places.trip.waiting, places.trip.left) == (6, 4, 1, 2)
    assert (places.segments["city"].left, places.segments["city"].waiting) == (0, 1)
    assert places.segments["police"].left == 2
    assert (places.guaranteed["police"].size, places.guaranteed["police"].taken) == (2, 1)
    assert (places.items["port"].taken, places.items["port"].size, places.items["mill"].size) == (3, 4, None)
    assert page.state is TripState.FEW_LEFT


def test_an_offered_place_is_taken_and_said_to_be_offered(session: Session) -> None:
    trip = applied(session, make_trip(size=1))
    first = booked(session, trip)
    booked(session, trip)
    cancel_participants(session, booking_id=first.booking_id, moment=make_moment())
    page = trip_page(session, organisation="resebyran", trip="hamnstad", now=NOW)
    assert page is not None
    assert (page.places.trip.taken, page.places.trip.offered, page.state) == (1, 1, TripState.FULL)


def test_another_organisations_trip_is_not_there(session: Session) -> None:
    applied(session)
    applied(session, make_trip(key="other"), organisation=make_organisation("andra"))
    assert trip_page(session, organisation="resebyran", trip="other", now=NOW) is None
    assert trip_page(session, organisation="nobody", trip="hamnstad", now=NOW) is None


@pytest.mark.parametrize("others", [10, 10_000])
def test_a_trip_page_takes_a_fixed_number_of_queries(
    session: Session, others: int, fill: Callable[[int, int], None]
) -> None:
    trip = applied(session, make_trip(size=others + 10))
    fill(trip, others)
    with count_statements(session) as first:
        trip_page(session, organisation="resebyran", trip="hamnstad", now=NOW)
    session.rollback()
    with count_statements(session) as again:
        page = trip_page(session, organisation="resebyran", trip="hamnstad", now=NOW)
    assert page is not None and page.places.trip.taken == others
    # One to find it, ten lists of its parts, the trip, and three for how full it is; later its parts are known.
    assert (len(first), len(again)) == (15, 4)


@pytest.mark.parametrize("trips", [1, 3, 120])
def test_the_list_of_trips_takes_a_fixed_number_of_queries(session: Session, trips: int) -> None:
    for number in range(trips):
        applied(session, make_trip(key=f"trip-{number}"))
    session.rollback()
    with count_statements(session) as statements:
        cards = trip_list(session, now=NOW)
    assert len(cards) == min(trips, 100)
    assert len(statements) == 5


def test_coming_trips_come_first_and_past_ones_last(session: Session) -> None:
    for key, days in (("past", -90), ("soon", 0), ("later", 30), ("long past", -120)):
        move = timedelta(days=days)
        applied(session, make_trip(key=key, starts_on=date(2027, 5, 5) + move, ends_on=date(2027, 5, 6) + move))
    applied(session, make_trip(key="theirs"), organisation=make_organisation("andra"))
    now = NOW + timedelta(days=30)
    assert [card.key for card in trip_list(session, organisation="resebyran", now=now)] == [
        "soon",
        "later",
        "past",
        "long past",
    ]
    assert [card.key for card in trip_list(session, organisation="andra", now=now)] == ["theirs"]


def test_a_list_that_is_too_long_keeps_what_comes_soonest_and_the_site_map_everything(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key, days in (("past", -90), ("far", 400), ("soon", 0), ("later", 30), ("long-past", -120)):
        move = timedelta(days=days)
        applied(session, make_trip(key=key, starts_on=date(2027, 5, 5) + move, ends_on=date(2027, 5, 6) + move))
    now = NOW + timedelta(days=30)
    for longest, kept in ((2, ["soon", "later"]), (4, ["soon", "later", "far", "past"])):
        monkeypatch.setattr("tripkit.reads.trip_list.LONGEST_LIST", longest)
        assert [card.key for card in trip_list(session, now=now)] == kept
    session.rollback()
    with count_statements(session) as statements:
        ((host, trips),) = trip_addresses(session).items()
    assert host == ("resebyran", ("sv", "en"), None)
    assert [key for key, _ in trips] == ["far", "later", "long-past", "past", "soon"]
    assert len(statements) == 1


def test_an_installation_without_trips_has_an_empty_list(session: Session) -> None:
    assert trip_list(session, now=NOW) == ()
    assert organisations(session) == ()
    assert organisation(session, "nobody") is None


def test_a_booking_page_adds_up_those_with_a_place_only(session: Session) -> None:
    trip = applied(session, make_trip(size=2))
    made = booked(session, trip, 3)
    page = booking_page(session, token=made.token, now=NOW)
    assert page is not None
    assert (page.sum.net.minor, page.sum.total.minor) == (200_000, 250_000)
    assert [[place.position for place in person.waiting] for person in page.participants] == [[], [], [1]]


@pytest.mark.parametrize("waiting", [10, 2_000])
def test_a_booking_page_takes_a_fixed_number_of_queries(session: Session, waiting: int) -> None:
    trip = applied(session, make_trip(size=1, largest_party=3000))
    booked(session, trip, waiting)
    made = booked(session, trip, 3)
    booking_page(session, token=made.token, now=NOW)
    session.rollback()
    with count_statements(session) as statements:
        page = booking_page(session, token=made.token, now=NOW)
    assert page is not None and page.participants[2].waiting[0].position == waiting + 2
    assert len(statements) <= 13, statements


def test_changes_are_open_until_their_moment_and_cancelling_until_the_trip_is_over(session: Session) -> None:
    trip = make_trip(changes_until=NOW + timedelta(days=1))
    made = booked(session, applied(session, replace(trip)))

    def may(now: object) -> tuple[bool, bool]:
        session.rollback()
        page = booking_page(session, token=made.token, now=now)  # type: ignore[arg-type]
        assert page is not None
        return page.may_change, page.may_cancel

    assert may(NOW) == (True, True)
    assert may(NOW + timedelta(days=1)) == (False, True)
    assert may(NOW + timedelta(days=80)) == (False, False)
