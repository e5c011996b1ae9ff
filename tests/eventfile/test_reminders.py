"""Reminders and retention as they are written: what they become, what cannot be, and what is hardly meant."""

from __future__ import annotations

from datetime import UTC, datetime, time
from pathlib import Path

import pytest

from tests.eventfile.written import errors_of, read, warnings_of
from tripkit.domain.campaigns import Who
from tripkit.domain.deadlines import reminder_at
from tripkit.domain.reminders import Anchor, Reminder, Side

WHEN, TEXT = "{days: 3, before: trip_starts, at: 09:00}", '    text: {sv: "Hej {name}!", en: "Hello {name}!"}\n'
SUBJECT = "    subject: {sv: Snart åker vi, en: We leave soon}\n"
FREE = "    free_cancel_until: 2027-04-01\n"
CONTACT = "  contact: {name: Disken}\n"

ERRORS: list[tuple[tuple[str, ...], list[str]]] = [
    (
        (WHEN, "{days: 3, at: 09:00}"),
        [
            (
                "83:11: the day it counts from is missing; write either before or after, as in"
                " {days: 3, before: trip_starts, at: 09:00}"
            )
        ],
    ),
    (
        (WHEN, "{days: 3, before: trip_starts, after: trip_ends, at: 09:00}"),
        [
            (
                "83:49: it cannot be both before and after; write either before or after, as in"
                " {days: 3, before: trip_starts, at: 09:00}"
            )
        ],
    ),
    (
        (WHEN, "{days: 3, before: start, at: 09:00}"),
        [
            (
                "83:29: “start” is not known here; allowed: trip_starts, trip_ends, signup_closes, changes_until,"
                " free_cancel_until; did you mean “trip_starts”?"
            )
        ],
    ),
    (
        (WHEN, "{dagar: 3, innan: trip_starts, kl: 09:00}"),
        [
            "83:11: “at” is missing; the time of day, by the clock in the trip's time zone",
            "83:11: “days” is missing; how many days before or after; 0 for the day itself",
            "83:12: unknown key “dagar”; allowed here: days, before, after, at; did you mean “days”?",
            "83:22: unknown key “innan”; allowed here: days, before, after, at; did you mean “before”?",
            "83:42: unknown key “kl”; allowed here: days, before, after, at; did you mean “at”?",
        ],
    ),
    (
        (WHEN, "3 days before the trip, at 8.30"),
        ["83:11: a group of keys is wanted here; write it as in {days: 3, before: trip_starts, at: 08:30}"],
    ),
    (
        (WHEN, "två dagar innan"),
        ["83:11: a group of keys is wanted here; write it as in {days: …, at: …}"],
    ),
    ((WHEN, "{days: 366, before: trip_starts, at: 09:00}"), ["83:18: the number is too large; at most 365"]),
    (
        (WHEN, "{days: 3, before: trip_starts, at: 9.00}"),
        ["83:46: “9.00” is not a time; write hours and minutes, as in 09:00"],
    ),
    (
        (WHEN, "{days: 3, before: trip_starts, at: 09:00+02:00}"),
        ["83:46: a time without an offset is wanted here; write hours and minutes, as in 09:00"],
    ),
    (
        (FREE, "", WHEN, "{days: 3, before: free_cancel_until, at: 09:00}"),
        ["82:29: nothing is written for “free_cancel_until” in sign_up; write it there, or count from another day"],
    ),
    (
        (WHEN, "{days: 10, after: trip_ends, at: 09:00}", CONTACT, f"  retention: {{days: 9}}\n{CONTACT}"),
        [
            (
                "84:18: what people wrote is erased by then;"
                " send it earlier, or keep what people wrote for longer, in retention"
            )
        ],
    ),
    (
        (SUBJECT, f"    to: köande\n{SUBJECT}"),
        ["84:9: “köande” is not known here; allowed: with_place, waiting, everybody; did you mean “waiting”?"],
    ),
    (
        (SUBJECT, f"    segments: [polis]\n    visits: [lecture, at-the-prot]\n{SUBJECT}"),
        [
            "84:16: there is no “polis” among segments; known: city, police; did you mean “police”?",
            "85:14: everybody goes to “lecture”; name items that are chosen, or leave visits out",
            (
                "85:23: there is no “at-the-prot” among programme; known: lecture, at-the-port, at-the-mill;"
                " did you mean “at-the-port”?"
            ),
        ],
    ),
    (
        (TEXT, '    text: {sv: "Hej {nam}!", en: "Hello {{ name }}!"}\n'),
        [
            (
                "85:16: “{nam}” stands for nothing here;"
                " in braces there may be: {name}, {trip}, {code}, {dates}, {place}, {contact}, {people}, {visits}, {link};"
                " did you mean “{name}”?"
            ),
            (
                "85:34: “{ name }” stands for nothing here;"
                " in braces there may be: {name}, {trip}, {code}, {dates}, {place}, {contact}, {people}, {visits}, {link};"
                " did you mean “{name}”?"
            ),
        ],
    ),
    (
        (SUBJECT, '    subject: {sv: "Snart {link}", en: Soon}\n'),
        [
            "84:19: “{link}” stands for nothing here; in braces there may be: {name}, {trip}, {code}, {dates}, {place}, {contact}, {people}, {visits}"
        ],
    ),
    ((TEXT, ""), ["82:5: “text” is missing; every text is written in sv at least"]),
    ((CONTACT, f"  retention: {{days: 0}}\n{CONTACT}"), ["19:21: the number is too small; at least 1"]),
    (
        (CONTACT, f"  gallring: {{days: 9}}\n{CONTACT}"),
        ["19:3: unknown key “gallring”; did you mean “retention”?"],
    ),
]


@pytest.mark.parametrize(("pairs", "said"), ERRORS)
def test_what_cannot_be_is_said_with_its_place(tmp_path: Path, pairs: tuple[str, ...], said: list[str]) -> None:
    found = [one.partition("event.yaml:")[2] for one in errors_of(tmp_path, *pairs)]
    without_list = [
        one if "; allowed here: key, title" not in one else "; ".join(one.split("; ")[::2]) for one in found
    ]
    assert without_list == said


@pytest.mark.parametrize(
    ("pairs", "said"),
    [
        (
            (WHEN, "{days: 200, before: trip_starts, at: 09:00}"),
            "event.yaml:83:18: this is before sign-up opens; nobody has signed up by then",
        ),
        (
            (WHEN, "{days: 0, before: trip_starts, at: 00:00}", SUBJECT, f"    to: waiting\n{SUBJECT}"),
            "event.yaml:84:9: nobody waits any more when the trip has started",
        ),
        (
            (TEXT, "    text: {sv: Hej!}\n"),
            "event.yaml:85:11: no translation to en; those who read en see the text in sv",
        ),
    ],
)
def test_what_is_hardly_meant_is_said(tmp_path: Path, pairs: tuple[str, ...], said: str) -> None:
    assert warnings_of(tmp_path, *pairs) == [said]


def test_a_reminder_is_read_with_all_it_says(tmp_path: Path) -> None:
    event = read(
        tmp_path,
        *(WHEN, "{days: 2, after: signup_closes, at: 17:30}"),
        *(SUBJECT, f"    to: everybody\n    segments: [police]\n    visits: [at-the-port]\n{SUBJECT}"),
        *(TEXT, ""),
        *(CONTACT, f"  retention: {{days: 90}}\n{CONTACT}"),
        texts__reminders__soon_dot_sv_dot_md="Hej {name}!\n",
        texts__reminders__soon_dot_en_dot_md="Hello {name}!\n",
    )
    assert event.trip.retention_days == 90
    assert event.trip.reminders == (
        Reminder(
            key="soon",
            days=2,
            side=Side.AFTER,
            anchor=Anchor.SIGNUP_CLOSES,
            clock=time(17, 30),
            audience=Who.EVERYBODY,
            segments=("police",),
            visits=("at-the-port",),
            subject={"sv": "Snart åker vi", "en": "We leave soon"},
            text={"sv": "Hej {name}!", "en": "Hello {name}!"},
        ),
    )
    assert reminder_at(event.trip, event.trip.reminders[0]) == datetime(2027, 4, 22, 15, 30, tzinfo=UTC)
