"""What is known of the trip of January 2019 is in the sample, as it was; what is made up says so."""

from __future__ import annotations

from datetime import date
from itertools import product
from pathlib import Path

import pytest

from tests.sample_events.texts import texts_of
from tripkit.domain.collisions import TravelTimes, attended, collisions
from tripkit.domain.programme import ItemKind
from tripkit.domain.trips import PartnerRole, Trip
from tripkit.eventfile import Event

PURPOSE = {
    "sv": (
        "första bostadsområdet",
        "polisens lista",
        "särskilt utsatta områden",
        "20 år",
        "Angered",
        "hög brottslighet",
        "många tomma lägenheter",
        "otrygga",
        "i stort sett på egen hand",
        "långsiktigt och strukturerat",
        "Göteborgs Stads, Polisens och Gårdstensbostäders erfarenheter av säkerhet och trygghet",
        "goda exempel och reflektioner",
        "många studiebesök och föreläsningar",
        "attraktiva, trygga och säkra städer",
    ),
    "en": (
        "first residential area",
        "police's list",
        "especially vulnerable areas",
        "20 years",
        "Angered",
        "high crime",
        "many empty flats",
        "unsafe",
        "more or less on its own",
        "long-term, structured work",
        "City of Gothenburg, the police and Gårdstensbostäder share their experience of safety and security",
        "good examples and reflections",
        "many site visits and lectures",
        "attractive, safe and secure cities",
    ),
}


@pytest.fixture
def trip(event: Event) -> Trip:
    return event.trip


def test_the_directory_is_read_without_a_warning(event: Event) -> None:
    assert event.warnings == ()


def test_title_days_city_and_languages_are_those_of_the_trip(trip: Trip) -> None:
    assert trip.title["sv"] == "Studieresa till Göteborg/Gårdsten"
    assert (trip.starts_on, trip.ends_on) == (date(2019, 1, 24), date(2019, 1, 25))
    assert [f"{day:%A}" for day in (trip.starts_on, trip.ends_on)] == ["Thursday", "Friday"]
    assert trip.place["sv"] == "Göteborg"
    assert trip.languages == ("sv", "en")
    assert trip.lead["sv"].startswith("Två intensiva dagar")


def test_fully_booked_is_written_nowhere(event: Event) -> None:
    said = [text for _, text in texts_of(event.trip)]
    found = [word for text in said for word in ("fullbok", "fully booked", "sold out") if word in str(text).lower()]
    assert found == []


def test_every_group_the_trip_was_for_is_a_segment(trip: Trip) -> None:
    assert [segment.name["sv"] for segment in trip.segments] == [
        "Bostadsbolag",
        "Fastighetsföretag",
        "Kommunpolitiker",
        "Stadsplanerare",
        "Arkitekter",
        "Säkerhetschefer",
        "Brottsförebyggare",
        "Poliser",
        "Näringslivsrepresentanter",
        "Andra aktörer",
    ]


def test_the_five_topics_say_what_they_were(trip: Trip) -> None:
    said = [f"{topic.name['sv']} {topic.description['sv']}".lower() for topic in trip.topics]
    wanted = [
        ("brottsförebyggande", "trygghet", "gårdsten"),
        ("ordningsvakter", "väktare", "värdar", "erfarenheter", "jämför"),
        ("framgångsrika polismetoder", "gränssättande", "relationsskapande", "hot spots", "krossade fönster"),
        ("offentlig", "privat", "samverkan", "trygghet"),
        ("göteborgs stads", "brottsförebyggande", "trygghet"),
    ]
    assert [[word for word in words if word not in text] for text, words in zip(said, wanted, strict=True)] == [[]] * 5


def test_every_topic_is_on_an_item(trip: Trip) -> None:
    assert {topic for item in trip.programme for topic in item.topics} == {topic.key for topic in trip.topics}


def test_the_three_hosts_host(trip: Trip) -> None:
    assert [partner.name["sv"] for partner in trip.partners] == ["Göteborgs Stad", "Polisen", "Gårdstensbostäder AB"]
    assert {partner.role for partner in trip.partners} == {PartnerRole.HOST}


def test_every_host_hosts_a_site_visit_and_a_lecture(trip: Trip) -> None:
    for kind in (ItemKind.SITE_VISIT, ItemKind.LECTURE):
        hosting = {partner for item in trip.programme if item.kind is kind for partner in item.partners}
        assert hosting == {partner.key for partner in trip.partners}


def test_the_figures_are_those_of_the_background(trip: Trip) -> None:
    said = {figure.value["sv"].replace("\xa0", " "): figure.label["sv"] for figure in trip.figures}
    wanted = {
        "23": ("polisen", "särskilt utsatta", "öppen droghandel", "påtaglig otrygghet"),
        "ca 20": ("år sedan", "Gårdsten", "hög brottslighet", "otrygghet", "många tomma lägenheter"),
        "0": ("tomma lägenheter", "brottskurvan är bruten"),
        "1 500": ("nya bostäder", "till och med 2025"),
    }
    assert {value: [word for word in words if word not in said[value]] for value, words in wanted.items()} == {
        value: [] for value in said
    }


def test_the_five_success_factors_are_named(trip: Trip) -> None:
    wanted = ["inte drivs som ett projekt", "ekonomisk drivkraft", "lokala näringslivet", "ta ansvar", "ordning råder"]
    assert [word in factor["sv"] for word, factor in zip(wanted, trip.success_factors, strict=True)] == [True] * 5


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_purpose_tells_background_and_form(trip: Trip, language: str) -> None:
    assert [words for words in PURPOSE[language] if words not in trip.purpose[language]] == []


def test_visits_at_the_same_time_have_limits_and_room_for_everybody(trip: Trip) -> None:
    for choice in trip.choices:
        sizes = [item.size for item in trip.programme if item.choice == choice.key]
        assert len(sizes) == 3
        assert all(size is not None and size < trip.size for size in sizes)
        assert sum(size or 0 for size in sizes) >= trip.size


def test_every_visit_can_be_combined_with_others_by_every_group(trip: Trip) -> None:
    travel = TravelTimes(trip.travel)
    visits = [[item.key for item in trip.programme if item.choice == choice.key] for choice in trip.choices]
    for segment in trip.segments:
        possible = [
            picked
            for picked in product(*visits)
            if not collisions(attended(trip.programme, segment.key, picked), travel)
        ]
        assert {key for picked in possible for key in picked} == {key for keys in visits for key in keys}
        # Two of the visits are too far from each other in time, to show what the form says then.
        assert len(possible) < len(list(product(*visits)))


def test_no_group_has_less_to_do_than_another(trip: Trip) -> None:
    seconds = {
        segment.key: sum(
            (item.ends_at - item.starts_at).seconds
            for item in trip.programme
            if item.choice is None and item.is_meant_for(segment.key)
        )
        for segment in trip.segments
    }
    assert len(set(seconds.values())) == 1


def test_addresses_belong_to_nobody(event: Event) -> None:
    organisation, contact = event.organisation, event.trip.contact
    assert event.story is not None
    people = [booking.request for booking in event.story.bookings]
    emails = [organisation.email, contact.email, *(request.contact_email for request in people)]
    emails += [person.email for request in people for person in request.participants if person.email]
    assert [email for email in emails if not str(email).endswith(".example")] == []
    assert str(organisation.url).endswith(".example")
    assert [site.address for site in event.trip.sites if not site.address.startswith("Påhittade ")] == []


def test_made_up_people_are_said_to_be(event: Event, directory: Path) -> None:
    readme = (directory / "README.md").read_text("utf-8")
    for speaker in event.trip.speakers:
        assert speaker.biography["sv"].startswith("Påhittad person.")
        assert speaker.biography["en"].startswith("A fictional person.")
        assert speaker.name in readme
    contacts = {site.host_contact.name for site in event.trip.sites if site.host_contact}
    assert contacts <= {speaker.name for speaker in event.trip.speakers}
