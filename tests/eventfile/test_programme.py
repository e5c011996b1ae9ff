"""The programme: times by the clock of their place, order, days, choices, speakers and sites in one place at a time."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.eventfile.written import changed, errors_of, put, read, warnings_of
from tripkit.eventfile import read_event

PORT = "    site: port\n    choice: morning\n    size: 12"
LECTURE = "    from: 08:00\n    to: 09:00"
MILL = "address: Kvarngatan 2"
LATER_DAY = "when it ends on another day, write that day as to_day"

ERRORS: list[tuple[tuple[str, ...], list[str]]] = [
    ((LECTURE, "    from: 08:00\n    to: 07:00"), [f"48:9: it ends before it starts; {LATER_DAY}"]),
    ((LECTURE, "    from: 08:00\n    to: 08:00"), [f"48:9: it ends when it starts; {LATER_DAY}"]),
    ((LECTURE, f"{LECTURE}\n    to_day: 2027-05-04"), ["49:13: it ends before it starts"]),
    (
        ("{from: 2027-05-05, to: 2027-05-06}", "{from: 2027-05-06, to: 2027-05-05}"),
        ["11:32: the trip ends before it starts"],
    ),
    (
        ("{from: 2027-05-05, to: 2027-05-06}", "{from: 2027-05-06, to: 2027-05-06}"),
        [f"{line}:10: this is outside the trip; its days are 2027-05-06 to 2027-05-06" for line in (46, 54, 63)],
    ),
    (
        (LECTURE, "    from: 23:00\n    to: 00:01\n    to_day: 2027-05-07"),
        ["49:13: it ends outside the trip; its days are 2027-05-05 to 2027-05-06"],
    ),
    (
        ("    choice: morning\nquestions", "    choice: mornin\nquestions"),
        [
            "67:13: there is no “mornin” among choices; known: morning; did you mean “morning”?",
        ],
    ),
    (
        (PORT, f"{PORT}\n    speakers: [ada]", LECTURE, "    from: 09:30\n    to: 10:30"),
        ["60:16: Ada Berg is at “Lecture” at the same time; that one is on 2027-05-05, 09:30 to 10:30"],
    ),
    (
        ("    speakers: [ada]", "    speakers: [ada, ada, bo]"),
        [
            "50:21: “ada” is in this list twice",
            "50:26: there is no “bo” among speakers; known: ada",
        ],
    ),
    (
        ("    site: mill", "    site: mil"),
        ["66:11: there is no “mil” among sites; known: port, mill; did you mean “mill”?"],
    ),
    (("between: [port, mill]", "between: [port, port]"), ["37:15: these are the same site"]),
    (
        ("minutes: 20}", "minutes: 20}\n  - {between: [mill, port], minutes: 5}"),
        ["38:15: how long this takes stands on line 37 already; one line counts for both ways"],
    ),
    (
        ("key: at-the-mill", "key: at-the-port"),
        ["60:10: “at-the-port” is here twice; it stands on line 51 already; give one of them another key"],
    ),
]


@pytest.mark.parametrize(("pairs", "said"), ERRORS)
def test_what_cannot_happen_is_an_error(pairs: tuple[str, ...], said: list[str], tmp_path: Path) -> None:
    assert errors_of(tmp_path, *pairs) == [f"event.yaml:{one}" for one in said]


WARNINGS: list[tuple[tuple[str, ...], list[str]]] = [
    (
        (LECTURE, "    from: 08:00\n    to: 10:01"),
        [
            f"{line}:11: nobody can choose this and be at “Lecture”, where everyone is; that one is on 2027-05-05, 08:00 to 10:01"
            for line in (55, 64)
        ],
    ),
    ((LECTURE, "    from: 08:00\n    to: 10:00"), []),
    (
        (LECTURE, "    from: 09:00\n    to: 09:50\n    site: mill"),
        [
            "56:11: nobody can choose this and be at “Lecture”, where everyone is; that one ends at 09:50, and the journey takes 20 minutes"
        ],
    ),
    ((LECTURE, "    from: 09:00\n    to: 09:40\n    site: mill"), []),
    (
        (LECTURE, "    from: 10:30\n    to: 11:30"),
        [
            "47:11: whoever chooses “The mill” cannot be here in time; that one is on 2027-05-05, 10:00 to 11:00",
            "47:11: whoever chooses “The port” cannot be here in time; that one is on 2027-05-05, 10:00 to 11:00",
        ],
    ),
    (
        (
            PORT,
            f"{PORT}\n    speakers: [ada]",
            LECTURE,
            "    from: 09:00\n    to: 09:50\n    site: mill",
            ", minutes: 20",
            ", minutes: 11",
        ),
        [
            "56:11: nobody can choose this and be at “Lecture”, where everyone is; that one ends at 09:50, and the journey takes 11 minutes",
            "61:16: Ada Berg cannot come from “Lecture” in time; that one ends at 09:50, and the journey takes 11 minutes",
        ],
    ),
    (
        ("    site: mill\n    choice: morning", "    site: port\n    choice: morning\n    size: 1"),
        [
            "35:11: nothing in the programme is about it or there",
            "66:11: “The port” is at the same site at the same time; that one is on 2027-05-05, 10:00 to 11:00",
        ],
    ),
    (("    topics: [ports]\n", ""), ["30:11: nothing in the programme is about it or there"]),
    (
        ("{from: 2027-05-05, to: 2027-05-06}", "{from: 2027-05-05, to: 2027-07-04}"),
        ["11:32: the trip is longer than 60 days"],
    ),
    (("{from: 2027-05-05, to: 2027-05-06}", "{from: 2027-05-05, to: 2027-07-03}"), []),
]


@pytest.mark.parametrize(("pairs", "said"), WARNINGS)
def test_what_will_be_hard_is_a_warning(pairs: tuple[str, ...], said: list[str], tmp_path: Path) -> None:
    assert warnings_of(tmp_path, *pairs) == [f"event.yaml:{one}" for one in said]


CHOICES = [
    (
        (f"{PORT}\n", "    site: port\n    size: 12\n"),
        ["41:11: there is nothing to choose: one item belongs to “morning”; at least two items say “choice: morning”"],
    ),
    (
        (
            "en: Morning}}",
            "en: Morning}, required: false}",
            "choice: morning\nquestions",
            "segments: [city]\nquestions",
            f"{PORT}\n",
            "    site: port\n    size: 12\n",
        ),
        ["41:11: there is nothing to choose: no item belongs to “morning”; at least one item says “choice: morning”"],
    ),
    (
        ("choices:\n", "choices:\n  - {key: evening, title: {sv: Kväll, en: Evening}}\n"),
        ["41:11: there is nothing to choose: no item belongs to “evening”; at least two items say “choice: evening”"],
    ),
]
"""A choice is written before what belongs to it, so none of these is an error."""


@pytest.mark.parametrize(("pairs", "said"), CHOICES)
def test_a_choice_among_nothing_yet_is_a_warning(pairs: tuple[str, ...], said: list[str], tmp_path: Path) -> None:
    assert {f"event.yaml:{one}" for one in said} <= {*warnings_of(tmp_path, *pairs)}


def test_two_groups_may_be_sent_to_one_site_when_both_fit(tmp_path: Path) -> None:
    pairs = (
        "    site: mill\n    choice: morning",
        "    site: port\n    choice: morning\n    size: 6",
        "size: 12",
        "size: 6",
    )
    assert warnings_of(tmp_path, *pairs) == ["event.yaml:35:11: nothing in the programme is about it or there"]


def test_items_for_everyone_that_overlap_are_warned_of_once(tmp_path: Path) -> None:
    dinner = "  - {key: dinner, kind: meal, title: {sv: Middag, en: Dinner}, day: 2027-05-05, from: 08:30, to: 09:30}\n"
    assert warnings_of(tmp_path, "programme:\n", f"programme:\n{dinner}") == [
        "event.yaml:43:87: nobody can be both here and at “Lecture”, and both are meant for the same people; that one is on 2027-05-05, 08:00 to 09:00"
    ]


def test_items_for_different_groups_may_overlap(tmp_path: Path) -> None:
    dinner = "  - {key: dinner, kind: meal, title: {sv: Middag, en: Dinner}, day: 2027-05-05, from: 08:30, to: 09:30, segments: [police]}\n"
    assert (
        warnings_of(
            tmp_path,
            "programme:\n",
            f"programme:\n{dinner}",
            "    topics: [ports]\n",
            "    topics: [ports]\n    segments: [city]\n",
        )
        == []
    )


def test_a_visit_one_may_leave_out_is_a_choice_by_itself(tmp_path: Path) -> None:
    event = read(
        tmp_path, "en: Morning}}", "en: Morning}, required: false}", "    choice: morning\nquestions", "questions"
    )
    assert [item.key for item in event.trip.programme if item.choice] == ["at-the-port"]


def test_times_are_by_the_clock_of_the_item_its_site_or_the_trip_in_this_order(tmp_path: Path) -> None:
    event = read(tmp_path, MILL, f"{MILL}, time_zone: America/New_York", PORT, f"{PORT}\n    time_zone: Asia/Tokyo")
    lecture, port, mill = event.trip.programme
    assert [(item.time_zone, item.starts_at) for item in (lecture, port, mill)] == [
        ("Europe/Stockholm", datetime(2027, 5, 5, 6, tzinfo=UTC)),
        ("Asia/Tokyo", datetime(2027, 5, 5, 1, tzinfo=UTC)),
        ("America/New_York", datetime(2027, 5, 5, 14, tzinfo=UTC)),
    ]


def test_speakers_are_in_two_places_at_once_across_time_zones(tmp_path: Path) -> None:
    # 15:30 in Tokyo is 08:30 in Stockholm.
    tokyo = "    from: 15:30\n    to: 16:30\n    site: mill\n    speakers: [ada]"
    event = (MILL, f"{MILL}, time_zone: Asia/Tokyo", "    from: 10:00\n    to: 11:00\n    site: mill", tokyo)
    assert errors_of(tmp_path, *event) == [
        "event.yaml:67:16: Ada Berg is at “Lecture” at the same time; that one is on 2027-05-05, 08:00 to 09:00"
    ]


def test_an_item_that_ends_later_by_the_clock_of_a_zone_further_west_is_fine(tmp_path: Path) -> None:
    flight = (
        "  - {key: flight, kind: transfer, title: {sv: Flyg, en: Flight}, day: 2027-05-05, from: 23:30, to: 01:10,"
        " to_day: 2027-05-06}\n"
    )
    assert warnings_of(tmp_path, "programme:\n", f"programme:\n{flight}") == []


SPRING = (
    "{from: 2027-05-05, to: 2027-05-06}",
    "{from: 2027-03-28, to: 2027-05-06}",
    "2027-04-20 17:00",
    "2027-03-20 17:00",
)
LECTURE_DAY = "    title: {sv: Föreläsning, en: Lecture}\n    day: 2027-05-05\n"


def lecture_on(day: str, start: str, end: str) -> tuple[str, ...]:
    title = "    title: {sv: Föreläsning, en: Lecture}\n"
    return (f"{LECTURE_DAY}{LECTURE}", f"{title}    day: {day}\n    from: {start}\n    to: {end}")


def test_a_time_the_clocks_skip_in_spring_is_refused(tmp_path: Path) -> None:
    assert errors_of(tmp_path, *SPRING, *lecture_on("2027-03-28", "02:30", "04:00")) == [
        "event.yaml:47:11: there is no 02:30 on 2027-03-28 in Europe/Stockholm: the clocks are put forward over it; perhaps 03:30"
    ]


def test_a_time_that_comes_twice_in_autumn_asks_which_and_takes_the_answer(tmp_path: Path) -> None:
    autumn = changed("2027-05-06}", "2027-10-31}", *lecture_on("2027-10-31", "02:30", "04:00"))
    assert errors_of(tmp_path, "2027-05-06}", "2027-10-31}", *lecture_on("2027-10-31", "02:30", "04:00")) == [
        "event.yaml:47:11: it is 02:30 twice on 2027-10-31 in Europe/Stockholm, since the clocks go back; say which: 02:30+02:00 or 02:30+01:00"
    ]
    for offset, hour in (("+02:00", 0), ("+01:00", 1)):
        event = read_event(put(tmp_path, autumn.replace("from: 02:30", f"from: 02:30{offset}")))
        assert event.trip.programme[0].starts_at == datetime(2027, 10, 31, hour, 30, tzinfo=UTC)


def test_an_item_over_the_hour_that_comes_twice_lasts_as_long_as_it_does(tmp_path: Path) -> None:
    event = read(tmp_path, "2027-05-06}", "2027-10-31}", *lecture_on("2027-10-31", "01:30", "03:30"))
    item = event.trip.programme[0]
    assert (item.ends_at - item.starts_at).total_seconds() == 3 * 3600


def test_an_offset_that_is_not_the_zones_is_refused_with_the_right_one(tmp_path: Path) -> None:
    assert errors_of(tmp_path, "    from: 08:00", "    from: 08:00+01:00") == [
        "event.yaml:47:11: Europe/Stockholm has another offset from UTC then; write +02:00, or leave it out"
    ]


def test_a_zone_there_is_not_is_said_once_and_times_in_it_are_not(tmp_path: Path) -> None:
    assert errors_of(tmp_path, "time_zone: Europe/Stockholm", "time_zone: Europe/Stokholm") == [
        "event.yaml:12:14: there is no time zone “Europe/Stokholm”; write its IANA name, as in Europe/Stockholm; did you mean “Europe/Stockholm”?"
    ]
    assert errors_of(tmp_path, MILL, f"{MILL}, time_zone: Mars") == [
        "event.yaml:35:86: there is no time zone “Mars”; write its IANA name, as in Europe/Stockholm"
    ]
