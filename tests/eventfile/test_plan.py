"""What would be different, and what it means for those who have signed up: in words, English and Swedish, none left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from pydantic import BaseModel

from tests.eventfile.trips import QUICK, organisations, trips
from tripkit.domain.places import Places, Room
from tripkit.domain.prices import Money, Price
from tripkit.domain.programme import ProgrammeItem, Travel
from tripkit.domain.questions import Option
from tripkit.domain.sentences import Sentence
from tripkit.domain.trips import Figure, Organisation, Picture, Terms, Trip, TripStatus
from tripkit.eventfile.consequences import consequences
from tripkit.eventfile.format.programme import SECTIONS, EventEntry
from tripkit.eventfile.plan import GROUPS, Change, Difference, Edition, differences
from tripkit.eventfile.plan_words import LIST, THING, word
from tripkit.i18n import say
from tripkit.testing import both, make_item, make_organisation, make_segment, make_site, make_trip

TRIP = make_trip()


def edition(trip: Trip = TRIP, host: Organisation | None = None, *pictures: Picture) -> Edition:
    named = {picture.name: picture for picture in pictures}
    return Edition(organisation=host or make_organisation(), trip=trip, pictures=named)


def plan(after: Trip, before: Trip = TRIP) -> list[str]:
    """Each difference in English; that Swedish has it too is looked at on the way."""
    return [shown(one) for one in differences(edition(before), edition(after))]


def shown(one: Difference) -> str:
    assert whole(say(one.sentence, "sv"))
    return f"{one.change}: {say(one.sentence, 'en')}"


def whole(said: str) -> bool:
    """Whether no place for a value is left open, and no value is Python's."""
    return bool(said) and re.search(r"\{\w*\}|\bNone\b|Sentence\(|Decimal\(|datetime|<\w+\.", said) is None


def items(**changes: dict[str, Any]) -> tuple[ProgrammeItem, ...]:
    return tuple(replace(item, **changes.get(item.key, {})) for item in TRIP.programme)


def test_nothing_changed_is_no_difference() -> None:
    assert plan(TRIP) == []


FISH = Option(key="fish", name=both("Fisk", "Fish"))
DIET, ARRIVES = TRIP.questions
CHANGES: list[tuple[Trip, list[str]]] = [
    (replace(TRIP, size=12), ["changed: trip: places, from 10 to 12"]),
    (replace(TRIP, starts_on=date(2027, 5, 4)), ["changed: trip: first day, from 2027-05-05 to 2027-05-04"]),
    (replace(TRIP, title={"sv": "Resa", "en": "Study trip to Hamnstad"}), ["changed: trip: title (sv), from “Studieresa till Hamnstad” to “Resa”"]),
    (replace(TRIP, lead={"sv": "x" * 81, "en": "Two days in the port."}), ["changed: trip: introduction (sv), rewritten"]),
    (replace(TRIP, lead={"sv": "Två dagar i hamnen."}), ["changed: trip: introduction (en), taken away"]),
    (replace(TRIP, status_note={"en": "Storm."}), ["changed: trip: note on the status (en), new"]),
    (replace(TRIP, status=TripStatus.CANCELLED), ["changed: trip: status, now cancelled"]),
    (
        replace(TRIP, price=Price(Money(120_050, "EUR"), Decimal("12.5"))),
        [
            "changed: trip: price without tax, from 1000.00 to 1200.50",
            "changed: trip: currency, from SEK to EUR",
            "changed: trip: tax in percent, from 25 to 12.5",
        ],
    ),
    (replace(TRIP, contact=replace(TRIP.contact, phone=None)), ["changed: trip: contact's telephone, no longer 000-00 00 00"]),
    (
        replace(TRIP, terms=Terms(version="2", text=TRIP.terms.text)),
        ["changed: trip: version of the terms, from 1 to 2"],
    ),
    (replace(TRIP, included=(both("Mat", "Food"),)), ["changed: trip: what is included, new: “Food”"]),
    (
        replace(TRIP, figures=(Figure(value=both("23", "23"), label=both("hamnar", "ports")),)),
        ["changed: trip: figures, new: “23 ports”"],
    ),
    (
        replace(TRIP, segments=(*TRIP.segments, make_segment("firms"))),
        ["added: group “Group firms”"],
    ),
    (replace(TRIP, segments=TRIP.segments[::-1]), ["changed: groups: another order"]),
    (
        replace(TRIP, segments=(replace(TRIP.segments[0], guaranteed=3), TRIP.segments[1])),
        ["changed: group “Group city”: guaranteed places, now 3"],
    ),
    (replace(TRIP, topics=()), ["removed: topic “Ports”"]),
    (replace(TRIP, sites=(*TRIP.sites, make_site("sea"))), ["added: site “Site sea”"]),
    (
        replace(TRIP, travel=(Travel(from_site="port", to_site="hill", minutes=25),)),
        ["changed: journey between port and hill: minutes, from 20 to 25"],
    ),
    (
        replace(TRIP, travel=(Travel(from_site="hill", to_site="port", minutes=20),)),
        ["changed: journey between port and hill: sites, from port, hill to hill, port"],
    ),
    (replace(TRIP, travel=()), ["removed: journey between port and hill"]),
    (
        replace(TRIP, programme=items(port={"ends_at": TRIP.programme[1].ends_at + timedelta(minutes=15), "size": None})),
        [
            "changed: programme item “Visit port”: end, from 12:30 to 12:45",
            "changed: programme item “Visit port”: places, no longer 4",
        ],
    ),
    (
        replace(TRIP, programme=items(late={"speakers": ("ada", "bo"), "segments": ("city",)})),
        [
            "changed: programme item “Visit late”: speakers, now ada, bo",
            "changed: programme item “Visit late”: groups, now city",
        ],
    ),
    (
        replace(TRIP, questions=(replace(DIET, required=True, options=(*DIET.options, FISH)), ARRIVES)),
        [
            "changed: question “Diet”: options, new: “Fish”",
            "changed: question “Diet”: required, now yes",
        ],
    ),
    (
        replace(TRIP, questions=(replace(TRIP.questions[0], options=TRIP.questions[0].options[::-1]), TRIP.questions[1])),
        ["changed: question “Diet”: options, changed"],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("after", "said"), CHANGES)
def test_a_change_is_said_with_what_it_was_and_becomes(after: Trip, said: list[str]) -> None:
    assert plan(after) == said


def test_one_of_two_equal_lines_taken_away_is_a_difference_too() -> None:
    twice = replace(TRIP, included=(both("Mat", "Food"), both("Mat", "Food")))
    assert plan(replace(TRIP, included=twice.included[:1]), twice) == ["changed: trip: what is included, changed"]


def test_a_new_trip_is_said_part_by_part() -> None:
    said = [shown(one) for one in differences(None, edition())]
    assert said[:3] == [
        "added: trip “Study trip to Hamnstad”",
        "added: group “Group city”",
        "added: group “Group police”",
    ]
    assert len(said) == 1 + 2 + 1 + 3 + 1 + 2 + 6 + 2


def test_pictures_are_said_by_name() -> None:
    one, other = (Picture(name="a.svg", media_type="image/svg+xml", data=data) for data in (b"1", b"2"))
    new = Picture(name="b.svg", media_type="image/svg+xml", data=b"1")
    assert [shown(d) for d in differences(edition(TRIP, None, one), edition(TRIP, None, other, new))] == [
        "changed: picture a.svg: drawn anew",
        "added: picture b.svg",
    ]
    assert [shown(d) for d in differences(edition(TRIP, None, one), edition())] == ["removed: picture a.svg"]


def test_changes_of_the_organisation_are_said() -> None:
    renamed = replace(make_organisation(), email="ny@tripkit.example", phone="1")
    assert [shown(d) for d in differences(edition(), edition(TRIP, renamed))] == [
        "changed: organisation: e-mail, from resebyran@tripkit.example to ny@tripkit.example",
        "changed: organisation: telephone, now 1",
    ]


def test_differences_are_said_in_swedish_by_swedish_words() -> None:
    [one] = differences(edition(), edition(replace(TRIP, size=12)))
    assert one.change is Change.CHANGED
    assert say(one.sentence, "sv") == "resan: antalet platser ändras från 10 till 12"


@settings(max_examples=25, deadline=None, phases=QUICK, suppress_health_check=list(HealthCheck))
@given(organisation=organisations, before=trips(), after=trips())
def test_whatever_changes_is_said_in_both_languages_and_only_then(
    organisation: Organisation, before: Trip, after: Trip
) -> None:
    found = differences(edition(before, organisation), edition(after, organisation))
    assert bool(found) == (before != after)
    for one in found:
        assert say(one.sentence, "sv") and say(one.sentence, "en")


def keys(model: type[BaseModel], above: str = "") -> Iterator[str]:
    """The path of every key that can be written, as the plan says it."""
    for name, field in model.model_fields.items():
        key = field.alias or name
        inner = next((one for one in models(field.annotation)), None)
        if inner is not None and key in GROUPS:
            yield from keys(inner, f"{above}{key}.")
        else:
            yield above + key


def models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for one in get_args(annotation):
        yield from models(one)


def test_there_is_a_word_for_every_key_and_every_list() -> None:
    for field in EventEntry.model_fields.values():
        for path in keys(next(models(field.annotation))):
            assert str(word(path))
    assert {*THING} | {"travel"} == {*SECTIONS} == {*LIST}


PEOPLE = Places(
    trip=Room(size=10, taken=8, waiting=3),
    segments={},
    guaranteed={"police": Room(size=4, taken=1)},
    items={"port": Room(size=4, taken=4, waiting=2), "mill": Room(size=None, taken=1), "late": Room(size=3, taken=0)},
)
NOBODY = Places(trip=Room(size=10, taken=0), segments={}, guaranteed={}, items={})
KEPT = replace(TRIP, segments=(TRIP.segments[0], replace(TRIP.segments[1], guaranteed=4)))
LATER = timedelta(minutes=5)


def means(after: Trip, before: Trip = TRIP, places: Places = PEOPLE) -> list[str]:
    said: tuple[Sentence, ...] = consequences(before, after, places)
    assert all(whole(say(one, "sv")) for one in said)
    return [say(one, "en") for one in said]


def moved(key: str) -> Trip:
    return replace(
        TRIP, programme=tuple(replace(i, ends_at=i.ends_at + LATER) if i.key == key else i for i in TRIP.programme)
    )


KEEPS = "Nobody loses a place, and nobody new comes in until there is room again."
QUEUE = "become free for those who wait, and are offered in order of the queue."
CONSEQUENCES: list[tuple[Trip, list[str]]] = [
    (replace(TRIP, title=both("Annan", "Other")), []),
    (replace(TRIP, status=TripStatus.CANCELLED), ["8 people have a place. Their bookings stay, and no mail is sent."]),
    (replace(TRIP, size=7), [f"The trip: 8 people have a place, and 7 fit now. {KEEPS}"]),
    (replace(TRIP, size=8), []),
    (replace(TRIP, size=12), [f"The trip: up to 3 places {QUEUE}"]),
    (replace(TRIP, programme=items(port={"size": 3})), [f"Visit port: 4 people have a place, and 3 fit now. {KEEPS}"]),
    (replace(TRIP, programme=items(port={"size": 5})), ["Visit port: one place becomes free for those who wait, and is offered to the first."]),
    (replace(TRIP, programme=items(port={"size": None})), [f"Visit port: up to 2 places {QUEUE}"]),
    (moved("port"), ["Visit port gets another time or place, and 4 people go there. Their pages and calendars show it; no mail is sent."]),
    (moved("mill"), ["Visit mill gets another time or place, and one person goes there. Their page and calendar show it; no mail is sent."]),
    (moved("late"), []),
    (moved("lecture"), ["Visit lecture gets another time or place, and 8 people go there. Their pages and calendars show it; no mail is sent."]),
    (replace(TRIP, programme=(*TRIP.programme, make_item("new", TRIP.programme[0].starts_at, TRIP.programme[0].ends_at))), []),
    (
        replace(TRIP, terms=Terms(version="2", text={}), price=Price(Money(1, "SEK"), Decimal(25))),
        ["Those who have signed up keep the terms “1”.", "Those who have signed up keep their price."],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("after", "said"), CONSEQUENCES)
def test_what_a_change_means_for_people_is_said(after: Trip, said: list[str]) -> None:
    assert means(after) == said


@pytest.mark.parametrize("after", [after for after, _ in CONSEQUENCES])
def test_nothing_happens_to_people_when_nobody_has_signed_up(after: Trip) -> None:
    assert means(after, places=NOBODY) == []


def test_places_no_longer_kept_for_a_group_are_said() -> None:
    assert means(TRIP, KEPT) == ["Group police: 4 places were kept for the group, now 0; the others are open to all."]
