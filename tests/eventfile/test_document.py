"""A trip as a document: the same trip back, faults named by where they stand, and two people's changes put together."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tripkit.domain.trips import Trip
from tripkit.eventfile import Event, EventErrors, read_event
from tripkit.eventfile.document import document_of, from_json, read_document, to_json
from tripkit.eventfile.merging import merged

SAMPLE = Path(__file__).parents[2] / "sample_events" / "gothenburg_2019"


@pytest.fixture(scope="module")
def event() -> Event:
    return read_event(SAMPLE)


def same(trip: Trip) -> Trip:
    """Without what no document says: how often an item was moved."""
    return replace(trip, programme=tuple(replace(item, sequence=0) for item in trip.programme))


def test_a_trip_written_and_read_is_the_same_trip(event: Event) -> None:
    document = document_of(event.organisation, event.trip)
    read = read_document(from_json(to_json(document)), event.organisation, event.pictures)
    assert same(read.trip) == same(event.trip)
    assert read.pictures == set(event.pictures)
    assert document_of(event.organisation, read.trip) == document


def test_a_fault_is_named_by_where_it_stands(event: Event) -> None:
    document = document_of(event.organisation, event.trip)
    document["programme"][3]["site"] = "nowhere"
    del document["trip"]["title"]["sv"]
    document["trip"]["days"]["to"] = "2019-01-23"
    with pytest.raises(EventErrors) as caught:
        read_document(document, event.organisation, event.pictures)
    assert {"programme/3/site", "trip/title", "trip/days/to"} <= {error.file for error in caught.value.errors}


def test_every_day_moves_with_the_first_one(event: Event) -> None:
    document = document_of(event.organisation, event.trip)
    read = read_document(document, event.organisation, event.pictures, starting=date(2027, 1, 28), key="again")
    assert (read.trip.key, read.trip.starts_on, read.trip.ends_on) == ("again", date(2027, 1, 28), date(2027, 1, 29))
    moved = {item.starts_at.date() for item in read.trip.programme}
    assert moved == {date(2027, 1, 28), date(2027, 1, 29)}


def test_what_an_organisation_says_of_itself_is_no_fault_of_the_trip(event: Event) -> None:
    document = document_of(event.organisation, event.trip)
    broken = replace(event.organisation, name={"xx": "?"}, email="no address")
    assert same(read_document(document, broken, event.pictures).trip) == same(event.trip)


BASE: dict[str, Any] = {
    "title": {"sv": "Resa", "en": "Trip"},
    "size": 20,
    "sites": [{"key": "a", "name": "A"}, {"key": "b", "name": "B"}],
    "tags": ["x"],
}


@pytest.mark.parametrize(
    ("mine", "theirs", "together", "clashes"),
    [
        (
            {"size": 30},
            {"title": {"sv": "Resan", "en": "Trip"}},
            {"size": 30, "title": {"sv": "Resan", "en": "Trip"}},
            (),
        ),
        (
            {"title": {"sv": "Färd", "en": "Trip"}},
            {"title": {"sv": "Resa", "en": "Tour"}},
            {"title": {"sv": "Färd", "en": "Tour"}},
            (),
        ),
        ({"size": 30}, {"size": 40}, {"size": 30}, (("size",),)),
        ({"size": 30}, {"size": 30}, {"size": 30}, ()),
        ({"size": None}, {"tags": ["y"]}, {"size": None, "tags": ["y"]}, ()),
        ({"size": None}, {"size": 40}, {"size": None}, (("size",),)),
        ({"tags": ["x", "y"]}, {"tags": ["x", "z"]}, {"tags": ["x", "y"]}, (("tags",),)),
        (
            {"sites": [{"key": "a", "name": "A"}, {"key": "b", "name": "B!"}, {"key": "c"}]},
            {"sites": [{"key": "d"}, {"key": "a", "name": "Å"}, {"key": "b", "name": "B"}]},
            {"sites": [{"key": "d"}, {"key": "a", "name": "Å"}, {"key": "b", "name": "B!"}, {"key": "c"}]},
            (),
        ),
        (
            {"sites": [{"key": "b", "name": "B"}, {"key": "a", "name": "A"}]},
            {"sites": [{"key": "a", "name": "Å"}, {"key": "b", "name": "B"}]},
            {"sites": [{"key": "b", "name": "B"}, {"key": "a", "name": "Å"}]},
            (),
        ),
        ({"sites": [{"key": "a", "name": "A"}]}, {"tags": []}, {"sites": [{"key": "a", "name": "A"}], "tags": []}, ()),
        (
            {"sites": [{"key": "a", "name": "A"}]},
            {"sites": [{"key": "a", "name": "A"}, {"key": "b", "name": "Ö"}]},
            {"sites": [{"key": "a", "name": "A"}]},
            (("sites", 1),),
        ),
    ],
)
def test_what_two_people_changed_is_put_together(
    mine: dict[str, Any], theirs: dict[str, Any], together: dict[str, Any], clashes: tuple[object, ...]
) -> None:
    def with_(changes: dict[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in {**BASE, **changes}.items() if value is not None}

    assert merged(BASE, with_(mine), with_(theirs)) == (with_(together), clashes)
