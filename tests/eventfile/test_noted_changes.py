"""What the log keeps of a change to a trip: numbers, days and keys as they were and are; of texts and people only that they changed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings

from tests.eventfile.trips import QUICK, trips
from tripkit.domain.prices import Money, Price
from tripkit.domain.trips import Contact, Speaker, Trip, TripStatus
from tripkit.eventfile import noted_changes as module
from tripkit.eventfile.noted_changes import noted_changes, said_changes
from tripkit.i18n import say
from tripkit.testing import at, both, make_item, make_organisation, make_site, make_trip

HOST, TRIP = make_organisation(), make_trip()
NAMES = "Maja Ekström", "maja@tripkit.example", "0123-45 67", "maja-ekstrom"


def noted(**changes: object) -> module.Changes:
    return noted_changes(HOST, TRIP, replace(TRIP, **changes))  # type: ignore[arg-type]


def test_numbers_days_and_words_are_kept_as_they_were_and_are() -> None:
    assert noted(size=8, ends_on=date(2027, 5, 7), status=TripStatus.POSTPONED, offer_hours=24) == {
        "size": [10, 8],
        "days.to": ["2027-05-06", "2027-05-07"],
        "status": [None, "postponed"],
        "sign_up.offer_hours": [None, 24],
    }
    assert noted(price=Price(Money(90_000, "SEK"), Decimal(25))) == {"price.net": ["1000.00", "900.00"]}
    assert noted() == {}


def test_a_thing_of_a_list_is_found_by_its_key() -> None:
    items = {item.key: item for item in TRIP.programme}
    later = replace(items["port"], ends_at=items["port"].ends_at + timedelta(minutes=15), size=6)
    rest = tuple(item for item in TRIP.programme if item.key not in {"port", "mill"})
    assert noted(programme=(later, *rest, make_item("quay", at(6, 8), at(6, 9)))) == {
        "programme/port/to": ["12:30", "12:45"],
        "programme/port/size": [4, 6],
        "programme/mill": ["there", None],
        "programme/quay": [None, "there"],
        "programme": None,
    }


def test_of_texts_and_people_only_that_they_changed_is_kept() -> None:
    someone = Contact(name=NAMES[0], email=NAMES[1], phone=NAMES[2])
    speaker = Speaker(key=NAMES[3], name=NAMES[0], title=both(NAMES[0], ""), biography={})
    item = replace(TRIP.programme[0], speakers=(NAMES[3],), title=both(NAMES[0], NAMES[0]))
    sites = (make_site("port", host_contact=someone), *TRIP.sites[1:])
    found = noted(
        contact=someone,
        title=both(NAMES[0], NAMES[0]),
        speakers=(speaker,),
        sites=sites,
        programme=(item, *TRIP.programme[1:]),
    )
    assert found == {
        "title": None,
        "contact": None,
        "sites/port/host_contact": None,
        "speakers": None,
        "programme/lecture/title": None,
        "programme/lecture/speakers": None,
    }
    assert not any(name in json.dumps(found, ensure_ascii=False) for name in NAMES)


def test_what_changes_in_very_many_places_is_noted_by_its_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 3)
    moved = tuple(replace(item, starts_at=item.starts_at + timedelta(hours=1)) for item in TRIP.programme)
    assert noted(size=8, programme=moved) == {"size": None, "programme": None}


def test_it_is_said_in_both_languages() -> None:
    found = {
        "size": [60, 40],
        "contact": None,
        "days.from": ["2027-05-05", "2027-05-06"],
        "programme/port/size": [None, 4],
        "programme/port/topics": [["ports"], ["ports", "ice"]],
        "programme/mill": ["there", None],
        "segments/guards": [None, "there"],
        "travel/hill–port/minutes": [20, 25],
        "questions/diet/required": [None, True],
        "questions": None,
        "programme/port/a-word-of-long-ago": [1, 2],
    }
    assert [say(one, "en") for one in said_changes(found)] == [
        "places from 60 to 40",
        "contact: changed",
        "first day from 2027-05-05 to 2027-05-06",
        "programme item “port”: places became 4",
        "programme item “port”: topics from ports to ports, ice",
        "programme item “mill” was taken away",
        "group “guards” was added",
        "journey between hill and port: minutes from 20 to 25",
        "question “diet”: required became yes",
        "questions: changed",
        "programme item “port”: a-word-of-long-ago from 1 to 2",
    ]
    assert say(said_changes(found)[0], "sv") == "antalet platser från 60 till 40"
    assert say(said_changes(found)[5], "sv") == "programpunkten ”mill” togs bort"
    assert all(say(one, "sv") for one in said_changes(found))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], phases=QUICK)
@given(trips(), trips())
def test_whatever_a_trip_becomes_is_noted_and_said(before: Trip, after: Trip) -> None:
    found = noted_changes(HOST, before, after)
    assert json.loads(json.dumps(found)) == found
    for sentence in said_changes(found):
        assert say(sentence, "sv") and say(sentence, "en")
