"""What each kind of letter says, in both languages, as text and as HTML."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from tests.mailing.letters import CASES, ITEMS, LANGUAGES, SECRET, TRIP, make_letter, make_person
from tests.mailing.reading import plain, received, shown
from tripkit.domain.bookings import ParticipantStatus as Status
from tripkit.domain.trips import Segment
from tripkit.mailing.compose import compose
from tripkit.mailing.verdict import KINDS

VERDICTS = {
    "confirmation": "Two places are confirmed. Leyla Norrman is on the waiting list.",
    "applied": "Leyla Norrman is in the draw.",
    "drawn": "Places have been drawn, and one is yours.",
    "not drawn": "Places have been drawn. You are in the queue, as number 7.",
    "taken back": "Leyla Norrman is no longer in the draw.",
    "queued": "You are in the queue, as number 7.",
    "offer": "Two places on the trip are yours if you say yes in time.",
    "offered visit": "A place on “Visit port” is on offer to Leyla Norrman.",
    "cancelled": "Leyla Norrman is cancelled.",
    "declined": "You said no to the offered place, and it has gone to the next in the queue.",
    "expired": "The offer was not answered in time, and the place has gone to the next in the queue.",
    "left": "Leyla Norrman has left the queue.",
    "changed": "Your booking was changed.",
    "moved": "The booking has another contact address from now on.",
    "handed over": "The place is handed over to Leyla Norrman.",
    "joined": "Leyla Norrman waits for the visit.",
    "visit declined": "You said no to the visit. The place on the trip is still yours.",
    "visit expired": "The offered visit has gone to the next in the queue. The place on the trip is still yours.",
    "visit left": "You have left the queue for the visit. The place on the trip is still yours.",
    "link": "Here is a new link to your booking.",
}
every_letter = pytest.mark.parametrize(("case", "language"), [(case, one) for case in CASES for one in LANGUAGES])


def test_every_kind_of_letter_is_tried() -> None:
    assert {values["kind"] for values in CASES.values()} == set(KINDS) - {"letter"}


@every_letter
def test_subject_heading_and_text_begin_with_the_verdict(case: str, language: str) -> None:
    message = received(compose(make_letter(case, language)))
    html = shown(message)
    verdict = html.headings[0]
    assert html.headings == [verdict]
    assert message["Subject"].strip() == f"{verdict} Hamnstad (7K4M-Q2WP)"
    assert verdict in plain(message).splitlines()
    assert message["Content-Language"] == html.language == language
    assert (verdict == VERDICTS[case]) is (language == "en")


def test_a_confirmation_sounds_as_one_speaks_in_swedish() -> None:
    assert shown(compose(make_letter())).headings == ["Två platser är klara. Leyla Norrman står i kö."]


@every_letter
def test_text_and_html_say_the_same_in_the_same_order(case: str, language: str) -> None:
    message = received(compose(make_letter(case, language)))
    told = [piece for line in plain(message).splitlines() for piece in pieces_of(line)]
    seen, place = shown(message).text, 0
    for piece in told:
        found = seen.find(piece, place)
        assert found >= 0, f"“{piece}” does not come after “{seen[max(0, place - 40) : place]}”"
        place = found
    words = set(re.findall(r"\w+", plain(message)))
    assert words == set(re.findall(r"\w+", seen))


def pieces_of(line: str) -> list[str]:
    """What of a line of the plain text stands in one piece in the HTML: without bullet, colon and doubled spaces."""
    line = " ".join(line.removeprefix("- ").split())
    return [line] if line.startswith("http") else [piece.rstrip(":") for piece in line.split(": ") if piece]


@every_letter
def test_no_letter_has_a_gap_or_an_empty_line_too_many(case: str, language: str) -> None:
    text = plain(received(compose(make_letter(case, language))))
    assert "\n\n\n" not in text
    assert [line for line in text.splitlines() if line != line.rstrip()] == []
    assert not re.search(r"\{\w*\}|None|Sentence", text)


@every_letter
def test_the_secret_link_is_there_as_a_button_and_as_text(case: str, language: str) -> None:
    letter = make_letter(case, language)
    message = received(compose(letter))
    assert shown(message).links == [address for address in (letter.link, letter.trip_url) if address]
    assert (SECRET in plain(message).splitlines()) is bool(letter.link)


def test_only_the_letter_to_the_old_address_has_no_link() -> None:
    assert [case for case in CASES if not make_letter(case).link] == ["moved"]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("sv", "12 126,25 kr inkl. moms, 9 701 kr exkl. Fakturan kommer senare."),
        ("en", "SEK 12,126.25 including VAT, SEK 9,701 excluding. The invoice comes later."),
    ],
)
def test_a_confirmation_says_the_price_as_it_is_stored(language: str, said: str) -> None:
    message = received(compose(make_letter(language=language)))
    assert said in shown(message).pieces
    assert said in " ".join(plain(message).split())


@pytest.mark.parametrize("case", [case for case in CASES if CASES[case]["kind"] != "confirmation"])
def test_no_other_letter_speaks_of_money_or_of_what_comes(case: str) -> None:
    text = plain(compose(make_letter(case, "en", sum=CASES["confirmation"]["sum"], begins=ITEMS["lecture"])))
    assert "SEK" not in text and "What happens now" not in text


def test_a_confirmation_says_what_comes_in_the_order_of_time() -> None:
    text = " ".join(plain(compose(make_letter(language="en"))).split())
    assert (
        "What happens now - 5 April: Last day to cancel without cost"
        " - 20 April 12:00: Visits can be changed and places handed over until then."
        " - 5 May 10:00: The trip begins: Visit lecture - To pay:"
    ) in text


def test_what_is_over_is_not_said() -> None:
    text = plain(compose(make_letter(language="en", written_at=TRIP.changes_until.replace(day=21))))
    assert "without cost" not in text and "handed over" not in text
    assert "The trip begins: Visit lecture" in text


def test_the_last_day_counts_until_it_is_over() -> None:
    late = TRIP.changes_until.replace(day=5, hour=21, minute=59)  # A minute to midnight in Stockholm.
    assert "without cost" in plain(compose(make_letter(language="en", written_at=late)))
    assert "without cost" not in plain(compose(make_letter(language="en", written_at=late.replace(hour=22))))


@pytest.mark.parametrize(
    ("language", "moment"), [("sv", "måndag 3 maj 2027 kl. 11.05"), ("en", "Monday 3 May 2027 at 11:05")]
)
def test_an_offer_says_until_when_by_the_clock_of_the_trip(language: str, moment: str) -> None:
    assert moment in " ".join(plain(compose(make_letter("offer", language))).split())


def test_who_waits_beside_the_confirmed_is_told_how_the_queue_works() -> None:
    text = plain(compose(make_letter(language="en")))
    assert "When there is a place for Leyla Norrman we write to you, and you have 36 hours to answer." in text
    assert text.count("Waiting costs nothing.") == 1
    assert plain(compose(make_letter("queued", "en"))).count("Waiting costs nothing.") == 1


def test_a_long_trip_names_the_day_since_weekdays_come_again() -> None:
    short = plain(compose(make_letter(language="sv")))
    long = plain(compose(make_letter(language="sv", trip=replace(TRIP, ends_on=TRIP.starts_on.replace(day=12)))))
    assert "ons\u00a011.00: Besök port" in short
    assert "ons\u00a05 maj\u00a011.00: Besök port" in long


def test_a_text_that_is_not_translated_is_said_in_the_language_it_has() -> None:
    trip = replace(
        TRIP, title={"sv": "Bara på svenska"}, segments=(Segment(key="a", name={"sv": "Alla"}, description={}),)
    )
    text = plain(
        compose(
            make_letter("queued", "en", trip=trip, people=(make_person(status=Status.WAITING, segment={"sv": "Alla"}),))
        )
    )
    assert "Bara på svenska, 5–6 May 2027" in text
    assert "Waiting, Alla" in text


def test_a_letter_says_that_the_organiser_did_it_and_why_on_one_line() -> None:
    letter = make_letter("cancelled", "en", by_organiser=True, why="The bus is full\nInjected: line")
    text = plain(received(compose(letter)))
    name = letter.host.name["en"]
    assert f"{name} has done this. The reason: The bus is full Injected: line." in " ".join(text.split())
    assert "has done this" not in plain(received(compose(make_letter("cancelled", "en"))))


def test_a_link_that_the_organiser_sends_is_not_said_to_be_asked_for() -> None:
    text = plain(received(compose(make_letter("link", "en", by_organiser=True))))
    assert "sends it to you" in text and "Somebody asked for it" not in text
