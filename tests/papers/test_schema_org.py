"""Structured data: the truth about status, price and places, and nothing that could leave its script element."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tripkit.domain.places import Places, Room, TripState
from tripkit.domain.prices import Money, Price
from tripkit.domain.programme import ItemKind
from tripkit.domain.trips import Speaker, Trip, TripStatus
from tripkit.papers.schema_org import event_json_ld
from tripkit.testing import at, both, make_item, make_organisation, make_segment, make_site, make_trip

URL = "https://trips.example/sv/resebyran/hamnstad/"


def places(left: int = 4, segments: dict[str, Room] | None = None) -> Places:
    room = Room(size=10, taken=10 - left)
    return Places(
        trip=room,
        segments=segments or {"city": room, "police": room},
        guaranteed={},
        items={"port": Room(size=4, taken=1), "mill": Room(size=None, taken=7)},
    )


def text(trip: Trip | None = None, state: TripState = TripState.OPEN, **changes: Any) -> str:
    values: dict[str, Any] = {"places": places(), "language": "sv", "url": URL, "host": make_organisation(), **changes}
    return event_json_ld(trip=trip or make_trip(), state=state, **values)


def read(trip: Trip | None = None, state: TripState = TripState.OPEN, **changes: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(text(trip, state, **changes))
    return found


def test_an_event_says_what_when_where_and_by_whom() -> None:
    event = read(picture_url="https://trips.example/p.svg")
    assert (event["@context"], event["@type"], event["url"]) == ("https://schema.org", "BusinessEvent", URL)
    assert event["name"] == "Studieresa till Hamnstad"
    assert (event["startDate"], event["endDate"]) == ("2027-05-05T10:00:00+02:00", "2027-05-05T16:00:00+02:00")
    assert event["location"]["name"] == "Hamnstad"
    assert event["organizer"]["name"] == "Påhittade resebyrån"
    assert event["inLanguage"] == ["sv", "en"]
    assert event["image"] == ["https://trips.example/p.svg"]
    assert read(language="en")["name"] == "Study trip to Hamnstad"


def test_without_a_programme_the_days_are_the_dates() -> None:
    event = read(make_trip(programme=()))
    assert (event["startDate"], event["endDate"]) == ("2027-05-05", "2027-05-06")
    assert "subEvent" not in event


@pytest.mark.parametrize(
    ("status", "word"),
    [
        (TripStatus.PLANNED, "EventScheduled"),
        (TripStatus.POSTPONED, "EventPostponed"),
        (TripStatus.CANCELLED, "EventCancelled"),
    ],
)
def test_event_status_is_the_true_one_for_the_trip_and_its_parts(status: TripStatus, word: str) -> None:
    event = read(make_trip(status=status))
    assert event["eventStatus"] == f"https://schema.org/{word}"
    assert {part["eventStatus"] for part in event["subEvent"]} == {f"https://schema.org/{word}"}


@pytest.mark.parametrize(
    ("state", "word", "left"),
    [
        (TripState.OPENS_LATER, "PreOrder", 0),
        (TripState.OPEN, "InStock", 4),
        (TripState.FEW_LEFT, "LimitedAvailability", 4),
        (TripState.FULL, "SoldOut", 0),
        (TripState.CLOSED, "Discontinued", 0),
        (TripState.PAST, "Discontinued", 0),
        (TripState.CANCELLED, "Discontinued", 0),
        (TripState.POSTPONED, "OutOfStock", 0),
    ],
)
def test_availability_and_places_left_say_what_somebody_can_get_now(state: TripState, word: str, left: int) -> None:
    event = read(state=state)
    assert [offer["availability"] for offer in event["offers"]] == [f"https://schema.org/{word}"]
    assert (event["maximumAttendeeCapacity"], event["remainingAttendeeCapacity"]) == (10, left)


def test_the_price_is_with_tax_and_without_it_is_told_apart() -> None:
    (offer,) = read(make_trip(price=Price(Money(99_999, "SEK"), Decimal(25))))["offers"]
    assert (offer["price"], offer["priceCurrency"]) == ("1249.99", "SEK")
    assert [(one["price"], one["valueAddedTaxIncluded"]) for one in offer["priceSpecification"]] == [
        ("1249.99", True),
        ("999.99", False),
    ]


def test_audiences_with_their_own_price_get_their_own_offer_sold_out_alone() -> None:
    cheap = make_segment("city", price=Price(Money(50_000, "SEK"), Decimal(25)))
    trip = make_trip(segments=(cheap, make_segment("police")))
    full = places(segments={"city": Room(size=2, taken=2), "police": Room(size=10, taken=6)})
    offers = {offer["name"]: offer for offer in read(trip, places=full)["offers"]}
    assert (offers["Grupp city"]["price"], offers["Grupp police"]["price"]) == ("625.00", "1250.00")
    assert offers["Grupp city"]["availability"] == "https://schema.org/SoldOut"
    assert offers["Grupp police"]["availability"] == "https://schema.org/InStock"


def test_parts_are_events_but_journeys_and_breaks_are_not() -> None:
    trip = make_trip(
        sites=(make_site("port", latitude=57.7, longitude=11.9),),
        programme=(
            make_item("port", at(5, 9), at(5, 10), site="port", size=4, choice="am"),
            make_item("bus", at(5, 10), at(5, 11), kind=ItemKind.TRANSFER),
            make_item("rest", at(5, 11), at(5, 12), kind=ItemKind.BREAK),
        ),
    )
    (part,) = read(trip, item_url=lambda key: f"{URL}programme/{key}/")["subEvent"]
    assert part["url"] == f"{URL}programme/port/"
    assert part["location"]["geo"] == {"@type": "GeoCoordinates", "latitude": 57.7, "longitude": 11.9}
    assert (part["maximumAttendeeCapacity"], part["remainingAttendeeCapacity"]) == (4, 3)


def test_nothing_in_it_can_end_the_script_element_or_a_line_of_it() -> None:
    nasty = "</script><!--<script>alert(1)//\u2028\u2029&amp; ]]>"
    trip = make_trip(
        title=both(nasty, nasty),
        lead=both(nasty, nasty),
        speakers=(Speaker(key="x", name=nasty, title=both(nasty, nasty), biography={}),),
    )
    written = text(trip, host=make_organisation(name=both(nasty, nasty)))
    assert not set(written) & set("<>&\u2028\u2029\n")
    assert json.loads(written)["name"] == "</script><!--<script>alert(1)// &amp; ]]>"


def test_what_is_not_known_is_left_out() -> None:
    trip = replace(make_trip(), speakers=(), partners=())
    event = read(trip)
    assert not {"performer", "contributor", "image"} & event.keys()
    assert "null" not in text(trip)
