"""Calendars, read back by the library that others read them with, and by hand where it would hide a fault."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar, Event

from tripkit.domain.programme import Choice
from tripkit.domain.trips import Contact, Speaker, Topic, TripStatus
from tripkit.papers.calendar import (
    calendar_name,
    item_calendar,
    method_of,
    participant_calendar,
    trip_calendar,
)
from tripkit.testing import at, both, make_item, make_organisation, make_site, make_trip

STAMP = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
URL = "https://trips.example/sv/resebyran/hamnstad/"
HOSTILE = 'A "quoted"; comma, back\\slash\r\nBEGIN:VEVENT\nX:\x00\x07 <b>bold</b> ÅÄÖ 🚋'


def feed(language: str = "sv", **changes: Any) -> bytes:
    return trip_calendar(trip=make_trip(**changes), host=make_organisation(), language=language, url=URL, stamp=STAMP)


def personal(**changes: Any) -> bytes:
    values: dict[str, Any] = {
        "trip": make_trip(),
        "host": make_organisation(),
        "language": "sv",
        "url": URL,
        "stamp": STAMP,
        "code": "K7QW2M",
        "participant": 12,
        "name": "Leyla Ek",
        "segment": "city",
        "items": ("port",),
        "revision": 0,
    }
    return participant_calendar(**{**values, **changes})


def events(data: bytes) -> dict[str, Event]:
    """Events by title."""
    return {str(event["SUMMARY"]): event for event in Calendar.from_ical(data).walk("VEVENT")}


def test_trip_feed_has_an_event_for_each_programme_item_and_says_publish() -> None:
    calendar = Calendar.from_ical(feed())
    assert calendar["METHOD"] == "PUBLISH"
    assert calendar["VERSION"] == "2.0"
    assert str(calendar["X-WR-CALNAME"]) == "Studieresa till Hamnstad"
    assert set(events(feed())) == {f"Besök {item.key}" for item in make_trip().programme}
    assert set(events(feed("en"))) == {f"Visit {item.key}" for item in make_trip().programme}


def test_every_line_ends_in_crlf_and_has_at_most_75_octets_of_whole_characters() -> None:
    data = feed(
        lead=both("å" * 200, "x"), programme=(make_item("long", at(5, 8), at(5, 9), title=both("ö" * 300, "o")),)
    )
    assert data.endswith(b"\r\n")
    assert b"\n" not in data.replace(b"\r\n", b"")
    for line in data.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()
    assert list(events(data)) == ["ö" * 300]


def test_times_are_local_with_their_zone_and_the_zone_is_described() -> None:
    data = feed()
    assert b"DTSTART;TZID=Europe/Stockholm:20270505T110000\r\n" in data
    calendar = Calendar.from_ical(data)
    assert [str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")] == ["Europe/Stockholm"]
    assert calendar.get_missing_tzids() == set()


def test_an_event_keeps_its_moment_across_the_change_of_the_clocks() -> None:
    spring = datetime(2027, 3, 28, 0, 30, tzinfo=UTC)
    data = feed(programme=(make_item("night", spring, spring + timedelta(hours=1)),))
    assert b"DTSTART;TZID=Europe/Stockholm:20270328T013000\r\n" in data
    assert b"DTEND;TZID=Europe/Stockholm:20270328T033000\r\n" in data
    (night,) = Calendar.from_ical(data).walk("VEVENT")
    assert night.start.astimezone(UTC) == spring
    assert night.end.astimezone(UTC) == spring + timedelta(hours=1)
    (zone,) = Calendar.from_ical(data).walk("VTIMEZONE")
    offsets = {offset.to_ical() for sub in zone.subcomponents if (offset := sub["TZOFFSETTO"])}
    assert offsets == {"+0100", "+0200"}


def test_items_in_two_zones_bring_both_zones() -> None:
    data = feed(
        programme=(
            make_item("here", at(5, 8), at(5, 9)),
            make_item("there", at(5, 12), at(5, 13), time_zone="Europe/Helsinki"),
        )
    )
    zones = {str(zone["TZID"]) for zone in Calendar.from_ical(data).walk("VTIMEZONE")}
    assert zones == {"Europe/Stockholm", "Europe/Helsinki"}
    assert b"DTSTART;TZID=Europe/Helsinki:20270505T150000\r\n" in data


def test_uid_stays_when_everything_but_the_keys_changes() -> None:
    before = events(feed())["Besök port"]
    after = events(
        feed(
            "en",
            title=both("Ny titel", "New title"),
            starts_on=date(2028, 1, 1),
            ends_on=date(2028, 1, 2),
            programme=(make_item("port", at(6, 8), at(6, 9), title=both("Nytt", "New"), sequence=3),),
        )
    )["New"]
    assert before["UID"] == after["UID"]
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (0, 3)


def test_uids_differ_between_items_trips_organisations_and_people() -> None:
    trip, host = make_trip(), make_organisation()
    calendars = [
        trip_calendar(trip=trip, host=host, language="sv", url=URL, stamp=STAMP),
        trip_calendar(trip=make_trip(key="other"), host=host, language="sv", url=URL, stamp=STAMP),
        trip_calendar(trip=trip, host=make_organisation("other"), language="sv", url=URL, stamp=STAMP),
        personal(),
        personal(participant=13),
        personal(code="OTHER1"),
    ]
    uids = [str(event["UID"]) for data in calendars for event in Calendar.from_ical(data).walk("VEVENT")]
    assert len(uids) == len(set(uids))
    assert not any("K7QW2M" in uid or "hamnstad" in uid for uid in uids)


def test_an_item_alone_is_the_same_event_as_in_the_feed() -> None:
    trip, host = make_trip(), make_organisation()
    alone = item_calendar(trip=trip, host=host, item="port", language="sv", url=URL, stamp=STAMP)
    assert events(alone)["Besök port"].to_ical() == events(feed())["Besök port"].to_ical()
    with pytest.raises(KeyError):
        item_calendar(trip=trip, host=host, item="nowhere", language="sv", url=URL, stamp=STAMP)


@pytest.mark.parametrize(
    ("status", "word", "title"),
    [
        (TripStatus.PLANNED, "CONFIRMED", "Besök port"),
        (TripStatus.POSTPONED, "TENTATIVE", "Uppskjutet: Besök port"),
        (TripStatus.CANCELLED, "CANCELLED", "Inställt: Besök port"),
    ],
)
def test_status_follows_the_trip_and_is_told_in_words_too(status: TripStatus, word: str, title: str) -> None:
    event = events(feed(status=status, status_note=both("Det *snöar*.", "Snow.")))[title]
    assert event["STATUS"] == word
    assert ("Det snöar." in str(event["DESCRIPTION"])) is (status is not TripStatus.PLANNED)


def test_a_visit_to_choose_makes_nobody_busy_who_follows_the_whole_trip_but_those_who_chose_it() -> None:
    assert events(feed())["Besök port"]["TRANSP"] == "TRANSPARENT"
    assert "TRANSP" not in events(feed())["Besök lecture"]
    assert "TRANSP" not in events(personal())["Besök port"]


def test_place_coordinates_topics_speakers_and_language_are_said() -> None:
    data = feed(
        sites=(make_site("port", latitude=57.7, longitude=11.9, access=both("Hiss.", "Lift.")),),
        topics=(Topic(key="ports", name=both("Hamnar, kajer", "Ports"), description={}),),
        speakers=(Speaker(key="a", name="Amina Holm", title={}, biography={}),),
        choices=(Choice(key="am", title=both("Förmiddag", "Morning")),),
        programme=(
            make_item(
                "port",
                at(5, 8),
                at(5, 9),
                site="port",
                topics=("ports",),
                speakers=("a",),
                choice="am",
                segments=("police",),
                description=both("Läs **mer** på [sidan](https://x.example/).", "Read."),
            ),
        ),
    )
    event = events(data)["Besök port"]
    assert event["SUMMARY"].params["LANGUAGE"] == "sv"
    assert str(event["LOCATION"]) == "Plats port, Påhittade gatan 1, Hamnstad"
    assert event["GEO"].to_ical() == "57.7;11.9"
    assert event["CATEGORIES"].cats == ["Hamnar, kajer"]
    assert str(event["DESCRIPTION"]).split("\n\n") == [
        "Läs mer på sidan (https://x.example/).",
        "Med Amina Holm.",
        "Ett av flera att välja på: Förmiddag.",
        "Bara för Grupp police.",
        "Hiss.",
        "Del av: Studieresa till Hamnstad",
        URL,
    ]


def test_who_receives_visitors_stays_out_of_calendars() -> None:
    site = make_site("port", host_contact=Contact(name="Hemlig Person", phone="070-000 00 00"))
    assert b"Hemlig" not in feed(sites=(site,))


def test_hostile_texts_come_back_as_texts_and_make_no_lines_of_their_own() -> None:
    text = both(HOSTILE, HOSTILE)
    host = make_organisation(name=text)
    trip = make_trip(
        title=text,
        sites=(make_site("port", name=text, address=HOSTILE),),
        topics=(Topic(key="ports", name=text, description={}),),
        programme=(
            make_item(
                "port", at(5, 8), at(5, 9), site="port", topics=("ports",), title=text, summary=text, description=text
            ),
        ),
    )
    data = trip_calendar(trip=trip, host=host, language="sv", url=URL, stamp=STAMP)
    assert data.count(b"\r\nBEGIN:VEVENT\r\n") == 1
    assert not set(data.replace(b"\r\n", b"")) & set(range(32))
    (event,) = Calendar.from_ical(data).walk("VEVENT")
    one_line = 'A "quoted"; comma, back\\slash BEGIN:VEVENT X: <b>bold</b> ÅÄÖ 🚋'
    assert str(event["SUMMARY"]) == one_line
    assert event["CATEGORIES"].cats == [one_line]
    assert event["ORGANIZER"].params["CN"] == one_line.replace('"', "”")
    assert event["ORGANIZER"] == "mailto:resebyran@tripkit.example"


def test_a_trip_without_a_programme_is_whole_days_with_the_end_left_out() -> None:
    data = trip_calendar(
        trip=make_trip(programme=()), host=make_organisation(), language="sv", url=URL, stamp=STAMP, revision=4
    )
    assert b"DTSTART;VALUE=DATE:20270505\r\n" in data
    assert b"DTEND;VALUE=DATE:20270507\r\n" in data
    (event,) = Calendar.from_ical(data).walk("VEVENT")
    assert (event["TRANSP"], event["SEQUENCE"]) == ("TRANSPARENT", 4)


def test_a_participant_gets_what_they_attend_and_nothing_else() -> None:
    assert set(events(personal(items=("port", "watch"), segment="police"))) == {
        "Besök lecture",
        "Besök port",
        "Besök watch",
    }
    assert set(events(personal(items=("port", "watch")))) == {"Besök lecture", "Besök port"}
    assert str(Calendar.from_ical(personal())["X-WR-CALNAME"]) == "Studieresa till Hamnstad, Leyla Ek"


def test_a_dropped_visit_is_cancelled_in_the_calendar_that_brings_the_new_one() -> None:
    first = events(personal(items=("port",)))["Besök port"]
    later = events(personal(items=("mill",), dropped=("port", "mill"), revision=1))
    assert set(later) == {"Besök lecture", "Besök mill", "Inställt: Besök port"}
    gone = later["Inställt: Besök port"]
    assert (gone["UID"], gone["STATUS"]) == (first["UID"], "CANCELLED")
    assert gone["SEQUENCE"] > first["SEQUENCE"]
    assert later["Besök mill"]["STATUS"] == "CONFIRMED"


def test_cancelling_takes_back_every_event_under_its_uid_with_a_higher_sequence() -> None:
    sent, taken_back = Calendar.from_ical(personal()), Calendar.from_ical(personal(cancelled=True, revision=1))
    assert (sent["METHOD"], taken_back["METHOD"]) == ("PUBLISH", "CANCEL")
    before = {str(event["UID"]): int(event["SEQUENCE"]) for event in sent.walk("VEVENT")}
    after = {str(event["UID"]): int(event["SEQUENCE"]) for event in taken_back.walk("VEVENT")}
    assert before.keys() == after.keys()
    assert all(after[uid] > before[uid] for uid in before)
    assert {event["STATUS"] for event in taken_back.walk("VEVENT")} == {"CANCELLED"}
    assert method_of(personal()) == "PUBLISH"
    assert method_of(personal(cancelled=True)) == "CANCEL"


def test_file_names_are_plain() -> None:
    trip = make_trip()
    assert calendar_name(trip) == "hamnstad.ics"
    assert calendar_name(trip, item="port") == "hamnstad-port.ics"
    assert calendar_name(trip, cancelled=True) == "hamnstad-cancelled.ics"
