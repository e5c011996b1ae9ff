"""Dates of sign-up, numbers of people, money, languages, terms and questions: what cannot be, and what is hardly meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.eventfile.written import DRAWING, EVENT, errors_of, read, warnings_of

OPENS, CLOSES = "    opens: 2027-02-01 09:00", "    closes: 2027-04-20 17:00"
UNTIL, KEPT = "until: 2027-03-01 00:00", "    guaranteed: {places: 4,"
CITY = "en: The city}}"
VISIT = "    choice: morning\n    size: 12"
ALLERGIES = "    name: {sv: Allergier, en: Allergies}"
GROUPS = EVENT[EVENT.index("segments:\n") : EVENT.index("topics:\n")]
STARTED = "this is after the trip has started"

ERRORS: list[tuple[tuple[str, ...], list[str]]] = [
    # Sign-up
    ((CLOSES, "    closes: 2027-02-01 09:00"), ["17:13: sign-up closes before it opens"]),
    (
        (f"{OPENS}\n{CLOSES}", "    opens: 2027-05-05 00:00", UNTIL, "until: 2027-05-04 00:00"),
        ["16:12: sign-up opens when the trip has started; it closes then at the latest"],
    ),
    # People
    (("places: 4,", "places: 21,"), ["28:26: more places are guaranteed than there are; 21 so far, and the trip takes 20"]),
    (
        (CITY, "en: The city}, guaranteed: {places: 17}}"),
        ["28:26: more places are guaranteed than there are; 21 so far, and the trip takes 20"],
    ),
    (
        (KEPT, f"    at_most: 3\n{KEPT}"),
        ["29:26: more places are kept for the group than it can have; at_most is 3"],
    ),
    ((VISIT, "    choice: morning\n    size: 13"), ["59:11: the site takes 12 people at a time; write at most 12"]),
    (
        (VISIT, "    choice: morning"),
        ["57:11: the site takes 12 people at a time, and this visit has no size; write “size: 12”, or less"],
    ),
    (
        (GROUPS, "segments:\n"),
        [
            "24:1: nothing is written after “segments”; write it, or take the line away",
        ],
    ),
    # Money
    (
        ("currency: SEK", "currency: sek"),
        ["20:35: there is no currency “sek”; write the three letters of ISO 4217, as in SEK or EUR; did you mean “SEK”?"],
    ),
    (
        ("currency: SEK", "currency: SKE"),
        ["20:35: there is no currency “SKE”; write the three letters of ISO 4217, as in SEK or EUR; did you mean “SEK”?"],
    ),
    (("currency: SEK", "currency: kr"), ["20:35: there is no currency “kr”; write the three letters of ISO 4217, as in SEK or EUR"]),
    (
        ("currency: SEK", "currency: JPY"),
        ["20:35: prices in JPY cannot be kept: it is not counted in hundredths"],
    ),
    # Languages
    (
        ("name: {sv: Hamnar, en: Ports}", "name: {en: Ports}"),
        ["30:24: “name” is not written in sv, the first language; every text is written in sv at least"],
    ),
    (("name: {sv: Hamnar, en: Ports}", "name: {}"), ["30:24: “name” is missing; every text is written in sv at least"]),
    (("  languages: [sv, en]\n  email", "  languages: [sv, en, sv]\n  email"), ["4:23: “sv” is in this list twice"]),
    # Terms
    (("    text: {sv: Villkor., en: Terms.}\n", ""), ["22:5: “text” is missing; every text is written in sv at least"]),
    (
        ('    version: "1"\n', ""),
        ["22:5: “version” is missing; a name for this text, in quotes. A new text needs a new one; old bookings keep theirs"],
    ),
    ((", text: {sv: Ta med skor., en: Bring shoes.}", ""), ["80:5: “text” is missing; every text is written in sv at least"]),
    # Texts of days
    (
        (
            "  size: 20",
            "  size: 20\n  day_notes:" + "".join(f"\n    - {{day: 2027-05-{day}, text: {{sv: a, en: b}}}}" for day in ("07", "05", "05")),
        ),
        [
            "16:13: this is not one of the trip's days; they are 2027-05-05 to 2027-05-06",
            "18:13: this day has a text already",
        ],
    ),
    # Questions
    (("    kind: text", "    kind: number\n    at_least: 5\n    at_most: 3"), ["78:14: this is less than at_least"]),
    (
        ("    kind: text", "    kind: text\n    at_least: 5\n    options: [{key: a, name: {sv: a, en: a}}]"),
        [
            "77:5: a question of kind text has no at_least; it is for number",
            "78:5: a question of kind text has no options; they are for one_of and many_of",
        ],
    ),
    (
        ("when: {question: diet", "when: {question: deit"),
        ["78:22: there is no “deit” among questions; earlier questions: diet; did you mean “diet”?"],
    ),
    (
        ("when: {question: diet", "when: {question: allergies"),
        ["78:22: “allergies” is not asked before this question; earlier questions: diet"],
    ),
    (
        ("answers: [vegan]", "answers: [vegan, vegam]"),
        ["78:45: “diet” has no answer “vegam”; it has any, vegan; did you mean “vegan”?"],
    ),
    (("answers: [vegan]", "answers: [true]"), ['78:38: text is wanted here; put quotes around it: "true"']),
    (("answers: [vegan]", "answers: []"), ["78:37: too few in the list; at least 1"]),
    (
        ("      - {key: vegan, name: {sv: Vegan, en: Vegan}}\n", "", "answers: [vegan]", "answers: [any]"),
        [
            "73:7: a question of kind one_of has at least two options; write them as in options: [{key: bus, name: {en: By bus}}, …]"
        ],
    ),
    (
        ("{key: vegan, name", "{key: any, name", "answers: [vegan]", "answers: [any]"),
        ["74:15: “any” is here twice; it stands on line 73 already; give one of them another key"],
    ),
    (
        (ALLERGIES, f"{ALLERGIES}\n    segments: [town, police, police]"),
        [
            "78:16: there is no “town” among segments; known: city, police",
            "78:30: “police” is in this list twice",
        ],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("pairs", "said"), ERRORS)
def test_what_cannot_be_is_an_error(pairs: tuple[str, ...], said: list[str], tmp_path: Path) -> None:
    assert errors_of(tmp_path, *pairs) == [f"event.yaml:{one}" for one in said]


WARNINGS: list[tuple[tuple[str, ...], list[str]]] = [
    (
        (CLOSES, "    closes: 2027-05-05 00:01"),
        [f"17:13: {STARTED}; sign-up ends when the first day begins, whatever is written here"],
    ),
    ((CLOSES, "    closes: 2027-05-05 00:00"), []),
    (
        (CLOSES, f"{CLOSES}\n    changes_until: 2027-05-05 00:01"),
        [f"18:20: {STARTED}; nothing can be changed once the first day has begun"],
    ),
    (("free_cancel_until: 2027-04-01", "free_cancel_until: 2027-05-05"), [f"18:24: {STARTED}"]),
    (("free_cancel_until: 2027-04-01", "free_cancel_until: 2027-05-04"), []),
    ((UNTIL, "until: 2027-02-01 09:00"), ["28:36: this is before sign-up opens; the places are open to all from the beginning"]),
    (
        (UNTIL, "until: 2027-05-05 00:00"),
        [f"28:36: {STARTED}; places nobody of the group has taken by then stay empty"],
    ),
    ((CITY, "en: The city}, at_most: 21}"), ["25:60: the group can have more people than the trip; the trip takes 20 people in all"]),
    (
        (CITY, "en: The city}, at_most: 3}", KEPT, f"    at_most: 4\n{KEPT}"),
        ["14:9: nobody can take all the places: the groups have at most 7"],
    ),
    (
        ("    kind: lecture\n", "    kind: lecture\n    site: port\n"),
        ["45:11: 20 people may come, since nobody chooses this one; 12 fit; give it a choice, or let it be"],
    ),
    (
        ("    kind: lecture\n", "    kind: lecture\n    segments: [police]\n    size: 5\n"),
        ["46:11: 20 people may come, since nobody chooses this one; 5 fit; give it a choice, or let it be"],
    ),
    (
        ("  size: 20", "  size: 20\n  status: cancelled"),
        ["15:11: people will ask why; write in status_note why, and what happens now"],
    ),
    (
        ("name: {sv: Hamnar, en: Ports}", "name: {sv: Hamnar}"),
        ["30:24: no translation to en; those who read en see the text in sv"],
    ),
    (
        (ALLERGIES, f"{ALLERGIES}\n    segments: [police]", "    kind: one_of", "    kind: one_of\n    segments: [city]"),
        ["80:22: nobody is asked this: “diet” is put to other groups"],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("pairs", "said"), WARNINGS)
def test_what_is_hardly_meant_is_a_warning(pairs: tuple[str, ...], said: list[str], tmp_path: Path) -> None:
    assert warnings_of(tmp_path, *pairs) == [f"event.yaml:{one}" for one in said]


def test_a_price_is_kept_in_hundredths_and_its_tax_as_written(tmp_path: Path) -> None:
    price = read(tmp_path, "net: 4850.00", "net: 0.29", "vat: 25", "vat: 12.5").trip.price
    assert (price.net.minor, price.net.currency, str(price.vat_percent)) == (29, "SEK", "12.5")


def test_a_group_without_a_tax_of_its_own_pays_the_trips(tmp_path: Path) -> None:
    city, police = read(tmp_path, CITY, "en: The city}, price: {net: 3900}}").trip.segments
    assert city.price is not None and (city.price.net.minor, city.price.vat_percent) == (390_000, 25)
    assert police.price is None


def test_a_size_that_is_wrong_is_said_alone_and_not_what_would_not_fit_into_it(tmp_path: Path) -> None:
    pairs = ("  size: 20", "  size: lots", "places: 4,", "places: 21,", VISIT, "    choice: morning")
    assert errors_of(tmp_path, *pairs) == [
        "event.yaml:14:9: a whole number is wanted here; write it with digits only, without quotes"
    ]


def test_a_picture_needs_words_for_those_who_cannot_see_it(tmp_path: Path) -> None:
    files = {"pictures__port_dot_svg": DRAWING}
    said = errors_of(tmp_path, "  size: 20", "  size: 20\n  picture: port.svg", **files)
    assert said == ["event.yaml:7:3: “picture_text” is missing; every text is written in sv at least"]
    words = "  size: 20\n  picture: port.svg\n  picture_text: {sv: En hamn., en: A port.}"
    assert read(tmp_path, "  size: 20", words, **files).trip.picture == "port.svg"


def test_a_speaker_needs_no_title(tmp_path: Path) -> None:
    assert read(tmp_path).trip.speakers[0].title == {}


def test_a_trip_for_nobody_is_refused(tmp_path: Path) -> None:
    assert errors_of(tmp_path, GROUPS, "") == [
        (
            "event.yaml:1:1: nobody can sign up: there is no group of people under “segments”;"
            " a trip for everyone has one, as in - {key: all, name: {en: Everyone}}"
        )
    ]
