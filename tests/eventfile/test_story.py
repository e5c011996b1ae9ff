"""Stories: fictional sign-ups as values, each error at its place, and none that sign-up itself would refuse."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.eventfile.written import EVENT, STORY, changed, errors, put
from tripkit.domain.bookings import ParticipantRequest
from tripkit.eventfile import Story, StoryAct, StoryStep, read_event

PERSON = '{name: Bo Ek, segment: city, items: [at-the-port], answers: {diet: vegan, allergies: "0123"}}'
STEP = "  - {at: 2027-03-01 12:00, cancel: town, reason: Sjuk}"


def story_of(directory: Path, *pairs: str, event: str = EVENT) -> Story:
    story = read_event(put(directory, event, story_dot_yaml=changed(*pairs, text=STORY))).story
    assert story is not None
    return story


def test_a_story_becomes_the_requests_that_the_form_would_send(tmp_path: Path) -> None:
    story = story_of(tmp_path)
    [booking] = story.bookings
    assert (booking.label, booking.at) == ("town", datetime(2027, 2, 1, 8, 10, tzinfo=UTC))
    assert booking.request.participants == (
        ParticipantRequest(
            name="Bo Ek",
            segment="city",
            email=None,
            items=("at-the-port",),
            answers={"diet": "vegan", "allergies": "0123"},
        ),
    )
    assert (booking.request.contact_email, booking.request.terms_version, booking.request.form_key) == (
        "bo@tripkit.example",
        "1",
        "story-town",
    )
    assert story.then == (
        StoryStep(at=datetime(2027, 3, 1, 11, tzinfo=UTC), act=StoryAct.CANCEL, booking="town", reason="Sjuk"),
    )
    assert (story.expect_taken, story.expect_waiting) == (0, 0)


def test_a_booking_without_a_label_is_called_by_its_number(tmp_path: Path) -> None:
    assert story_of(tmp_path, "label: town\n    at", "at", "cancel: town", 'cancel: "1"').bookings[0].label == "1"


def test_bookings_and_steps_come_in_order_of_time(tmp_path: Path) -> None:
    second = STORY[STORY.index("  - label: town") : STORY.index("then:")].replace("label: town", "label: early")
    second = second.replace("09:10", "09:05").replace("Bo Ek", "Siv Ek").replace("bo@", "siv@")
    story = story_of(tmp_path, "then:\n", f"{second}then:\n  - {{at: 2027-03-02 12:00, decline: early}}\n")
    assert [booking.label for booking in story.bookings] == ["early", "town"]
    assert [step.booking for step in story.then] == ["town", "early"]


QUESTIONS = """\
  - {key: bus, kind: yes_no, name: {sv: Buss?, en: Bus?}}
  - {key: years, kind: number, name: {sv: År, en: Years}}
  - {key: tools, kind: many_of, name: {sv: V, en: T}, options: [{key: a, name: {sv: a, en: a}}, {key: b, name: {sv: b, en: b}}]}
  - {key: born, kind: date, name: {sv: Född, en: Born}}
practical:
"""


def test_answers_are_read_as_the_kind_of_their_question(tmp_path: Path) -> None:
    answers = "{diet: any, bus: yes, years: 12, tools: a, born: 1990-02-03}"
    story = story_of(tmp_path, '{diet: vegan, allergies: "0123"}', answers, event=changed("practical:\n", QUESTIONS))
    assert story.bookings[0].request.participants[0].answers == {
        "diet": "any",
        "bus": True,
        "years": "12",
        "tools": ("a",),
        "born": "1990-02-03",
    }


TABLE: list[tuple[tuple[str, ...], list[str]]] = [
    (("language: sv", "language: de"), ["6:15: there is no “de” among languages; known: sv, en"]),
    (("segment: city", "segment: citi"), ["8:32: there is no “citi” among segments; known: city, police; did you mean “city”?"]),
    (
        ("items: [at-the-port]", "items: [at-the-prot]"),
        ["8:46: there is no “at-the-prot” among programme; known: at-the-port, at-the-mill; did you mean “at-the-port”?"],
    ),
    (("items: [at-the-port]", "items: [lecture]"), ["8:46: there is no “lecture” among programme; known: at-the-port, at-the-mill"]),
    (("diet: vegan", "deit: vegan"), ["8:70: there is no “deit” among questions; known: diet, allergies; did you mean “diet”?"]),
    (("diet: vegan", "diet: vegam"), ["8:76: there is no “vegam” among options; known: any, vegan; did you mean “vegan”?"]),
    (
        ("bo@tripkit.example", "bo@"),
        ["4:35: “bo@” is not an e-mail address; write all of it, as in name@workplace.example"],
    ),
    (("at: 2027-02-01 09:10", "at: 2027-02-01 08:59"), ["3:9: sign-up has not opened yet"]),
    (("at: 2027-02-01 09:10", "at: 2027-04-20 17:00", "2027-03-01 12:00", "2027-04-21 12:00"), ["3:9: sign-up has closed"]),
    (
        ("at: 2027-02-01 09:10", "at: 2027-03-28 02:30", "2027-03-01 12:00", "2027-04-01 12:00"),
        ["3:9: there is no 02:30 on 2027-03-28 in Europe/Stockholm: the clocks are put forward over it; perhaps 03:30"],
    ),
    (("2027-03-01 12:00", "2027-02-01 09:10"), ["10:10: this is before “town” signs up"]),
    (("cancel: town", "cancel: twon"), ["10:36: there is no booking “twon”; known: town; did you mean “town”?"]),
    (
        ("cancel: town", "cancel: town, accept: town"),
        ["10:5: it is not clear what happens; write one of cancel, accept and decline, with the label of a booking"],
    ),
    (
        ("cancel: town, ", ""),
        ["10:5: it is not clear what happens; write one of cancel, accept and decline, with the label of a booking"],
    ),
    (
        ("reason: Sjuk", "participants: [Bo Ekk]"),
        ["10:57: “Bo Ekk” does not travel with “town”; its people are Bo Ek; did you mean “Bo Ek”?"],
    ),
    (("taken: 0", "taken: 21"), ["11:17: the trip takes 20 people in all"]),
    (
        ("participants:\n      - {", "participants: []\n    more:\n      - {"),
        [
            "7:19: too few in the list; at least 1",
            "8:5: unknown key “more”; allowed here: label, at, contact, organisation, invoice, language, together, participants",
        ],
    ),
    (
        ("items: [at-the-port]", "items: [at-the-port, at-the-mill]"),
        ["8:45: sign-up would refuse this: Choose one of them, they go on at the same time."],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("pairs", "said"), TABLE)
def test_what_is_wrong_with_a_story_is_said_at_its_place(
    pairs: tuple[str, ...], said: list[str], tmp_path: Path
) -> None:
    directory = put(tmp_path, story_dot_yaml=changed(*pairs, text=STORY))
    assert errors(directory) == [f"story.yaml:{one}" for one in said]


def test_a_label_is_given_once(tmp_path: Path) -> None:
    second = STORY[STORY.index("  - label: town") : STORY.index("then:")]
    assert errors(put(tmp_path, story_dot_yaml=changed("then:\n", f"{second}then:\n", text=STORY))) == [
        "story.yaml:9:12: “town” is here twice; it stands on line 2 already; give one of them another key"
    ]


def test_a_story_that_is_no_group_is_said(tmp_path: Path) -> None:
    assert errors(put(tmp_path, story_dot_yaml="- a\n")) == [
        "story.yaml:1:1: keys are wanted here; start with “bookings:”"
    ]
    assert errors(put(tmp_path, story_dot_yaml="")) == [
        "story.yaml:1:1: the file is empty; write something, or take it away"
    ]


def test_errors_of_the_event_are_not_said_again_of_the_story(tmp_path: Path) -> None:
    event = changed("  - {key: city, name: {sv: Staden, en: The city}}", "  - {key: city, name: {sv: 5, en: The city}}")
    assert errors(put(tmp_path, event, story_dot_yaml=STORY)) == [
        'event.yaml:25:28: text is wanted here; put quotes around it: "5"'
    ]


def test_a_visit_may_be_left_open_since_all_may_be_full_when_the_story_is_played(tmp_path: Path) -> None:
    assert story_of(tmp_path, "items: [at-the-port]", "items: []").bookings[0].request.participants[0].items == ()
