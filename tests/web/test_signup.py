"""Signing up through the form, without scripts: what is sent, refused, kept and answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.web.signup_visitor import Page, page, send, visitor
from tripkit.actions.sealed_answers import opened
from tripkit.domain.prices import Money, Price
from tripkit.domain.questions import Condition, Option, Question, QuestionKind
from tripkit.domain.trips import TripStatus
from tripkit.storage.bookings import AnswerRow, BookingRow, ParticipantRow
from tripkit.testing import applied, at, booked, both, make_participant, make_segment, make_trip

URL = "/en/resebyran/hamnstad/sign-up/"
CONTACT = {
    "contact_name": "Karin Almfelt",
    "contact_email": "karin@tripkit.example",
    "organisation": "Påhittade kommunen",
    "participants-0-segment": "city",
    "participants-0-choices-am": "mill",
    "terms_version": "1",
}


def party(*names: str, segment: str = "city", visit: str = "mill") -> dict[str, Any]:
    """The contact person, and these people."""
    fields: dict[str, Any] = dict(CONTACT)
    for number, name in enumerate(names, 1):
        fields |= {
            f"participants-{number}-name": name,
            f"participants-{number}-segment": segment,
            f"participants-{number}-choices-am": visit,
        }
    return fields


def form(client: FlaskClient, url: str = URL) -> Page:
    answer = client.get(url)
    assert answer.status_code == 200
    return page(answer)


def sign_up(client: FlaskClient, changes: dict[str, Any], people: int = 1) -> TestResponse:
    return send(client, URL, form(client, f"{URL}?people={people}"), changes)


def people_of(session: Session) -> list[tuple[str, str]]:
    session.rollback()
    return [(row.name, row.status) for row in session.scalars(select(ParticipantRow).order_by(ParticipantRow.id))]


def test_a_party_of_three_is_booked_in_two_requests(engine: Engine, session: Session) -> None:
    applied(session)
    client = visitor(engine)
    answer = sign_up(client, party("Jonas Ekdahl", "Leyla Norrman", segment="police"), people=3)
    assert answer.status_code == 303
    assert answer.location.startswith("/en/booking/")
    assert people_of(session) == [
        ("Karin Almfelt", "confirmed"),
        ("Jonas Ekdahl", "confirmed"),
        ("Leyla Norrman", "confirmed"),
    ]
    shown = page(client.get(answer.location))
    assert "All 3 places are confirmed." in shown.words
    assert "SEK 3,750" in shown.words


def test_everything_typed_is_stored_with_the_booking(engine: Engine, session: Session) -> None:
    applied(session)
    changes = {
        **CONTACT,
        "contact_phone": " 070-000 00 00 ",
        "invoice_address": "Box 1\r\n000 00 Hamnstad",
        "invoice_reference": "7410",
        "participants-0-answers-arrives": "train",
    }
    assert sign_up(visitor(engine), changes).status_code == 303
    session.rollback()
    row = session.scalars(select(BookingRow)).one()
    assert (row.contact_phone, row.invoice_address, row.invoice_reference, row.language, row.terms_version) == (
        "070-000 00 00",
        "Box 1\n000 00 Hamnstad",
        "7410",
        "en",
        "1",
    )
    assert (row.participants[0].name, row.participants[0].email) == ("Karin Almfelt", "karin@tripkit.example")


def test_a_clash_is_refused_in_words_at_its_field_and_nothing_is_lost(engine: Engine, session: Session) -> None:
    applied(session)
    client = visitor(engine)
    changes = party("Jonas Ekdahl") | {"participants-1-choices-pm": "hill", "invoice_reference": "7410 <b>"}
    answer = sign_up(client, changes, people=2)
    shown = page(answer)
    assert answer.status_code == 422
    assert shown.title.startswith("Error: ")
    assert "Jonas Ekdahl cannot be at both. “Visit mill” ends at 13:00" in shown.words
    assert "#participants-1-choices-pm" in shown.links
    assert {link[1:] for link in shown.links if link.startswith("#")} <= shown.ids
    assert {name: shown.value(name) for name in changes} == changes
    assert people_of(session) == []
    corrected = send(client, URL, shown, {"participants-1-choices-pm": "late"})
    assert corrected.status_code == 303


def test_a_visit_too_far_away_is_refused_with_the_journey(engine: Engine, session: Session) -> None:
    applied(session)
    changes = CONTACT | {"participants-0-choices-am": "port", "participants-0-choices-pm": "hill"}
    assert "the journey to Site hill takes 20 minutes" in page(sign_up(visitor(engine), changes)).words


def test_every_problem_is_said_at_once_and_linked(engine: Engine, session: Session) -> None:
    applied(session)
    answer = sign_up(visitor(engine), {"contact_email": "karin@", "participants-1-email": "x"}, people=2)
    shown = page(answer)
    assert answer.status_code == 422
    links = [link[1:] for link in shown.links if link.startswith("#") and link != "#main"]
    assert links == [
        "contact_name",
        "contact_email",
        "organisation",
        "participants-0-segment",
        "participants-0-choices-am",
        "participants-1-name",
        "participants-1-email",
        "participants-1-segment",
        "participants-1-choices-am",
        "terms_version",
    ]
    assert set(links) <= shown.ids
    assert 'aria-invalid="true"' in answer.text
    assert 'aria-describedby="contact_email-error contact_email-hint"' in answer.text


def test_a_full_trip_says_it_is_the_queue_and_which_position(engine: Engine, session: Session) -> None:
    trip_id = applied(session, make_trip(size=2))
    booked(session, trip_id, 2)
    booked(session, trip_id, 1)
    client = visitor(engine)
    shown = form(client)
    assert "Queue for a place" in shown.words
    assert "All 2 places are taken and 1 person waits. You join the queue at position 2." in shown.words
    answer = send(client, URL, shown, CONTACT)
    receipt = page(client.get(answer.location))
    assert "Karin Almfelt waits in the queue." in receipt.words
    assert "Position 2 in the queue: 1 person is before Karin Almfelt." in receipt.words


def test_a_party_that_stays_together_waits_together(engine: Engine, session: Session) -> None:
    trip_id = applied(session, make_trip(size=2))
    booked(session, trip_id, 1)
    changes = party("Jonas Ekdahl") | {"together": "yes"}
    assert sign_up(visitor(engine), changes, people=2).status_code == 303
    assert [status for _, status in people_of(session)][1:] == ["waiting", "waiting"]


def test_a_party_that_could_never_travel_together_is_told_so_at_once(engine: Engine, session: Session) -> None:
    applied(session, make_trip(size=9, segments=(make_segment("city", at_most=2), make_segment("police"))))
    changes = party("Jonas Ekdahl", "Mira Saari") | {"together": "yes"}
    answer = sign_up(visitor(engine), changes, people=3)
    assert answer.status_code == 422
    said = "you are 3, and at most 2 of that group travel. Choose to book those who get a place."
    assert page(answer).words.count(said) == 2  # In the summary and at the field.
    assert "#together" in page(answer).links
    assert sign_up(visitor(engine), changes | {"together": "no"}, people=3).status_code == 303


def test_a_party_that_may_be_split_takes_the_places_there_are(engine: Engine, session: Session) -> None:
    booked(session, applied(session, make_trip(size=2)), 1)
    assert sign_up(visitor(engine), party("Jonas Ekdahl"), people=2).status_code == 303
    assert [status for _, status in people_of(session)][1:] == ["confirmed", "waiting"]


def test_a_full_visit_cannot_be_chosen_and_says_why(engine: Engine, session: Session) -> None:
    booked(session, applied(session), [make_participant(items=("port",)) for _ in range(4)])
    client = visitor(engine)
    answer = client.get(URL)
    assert "All 4 places are taken. You can queue for it from the booking afterwards." in page(answer).words
    refused = send(client, URL, page(answer), CONTACT | {"participants-0-choices-am": "port"})
    assert refused.status_code == 422
    assert "“Visit port” is full, all 4 places are taken." in page(refused).words
    assert page(refused).value("participants-0-choices-am") is None


def test_a_form_sent_twice_is_one_booking(engine: Engine, session: Session) -> None:
    applied(session)
    client = visitor(engine)
    shown = form(client)
    first, second = send(client, URL, shown, CONTACT), send(client, URL, shown, CONTACT)
    assert (first.status_code, second.status_code) == (303, 303)
    assert len(people_of(session)) == 1
    assert page(client.get(second.location)).words == page(client.get(first.location)).words


def test_a_form_sent_again_with_other_content_leads_to_its_booking(engine: Engine, session: Session) -> None:
    applied(session)
    client = visitor(engine)
    shown = form(client)
    send(client, URL, shown, CONTACT)
    answer = send(client, URL, shown, CONTACT | {"organisation": "Another"})
    assert answer.status_code == 409
    assert "This form was sent before, and the booking" in page(answer).words
    assert "/en/booking/" in page(answer).links
    assert len(people_of(session)) == 1


def test_a_lost_session_shows_the_filled_form_again(engine: Engine, session: Session) -> None:
    applied(session)
    shown = form(visitor(engine))
    stranger = visitor(engine)
    answer = send(stranger, URL, shown, CONTACT | {"invoice_reference": "7410"})
    again = page(answer)
    assert answer.status_code == 400
    assert "Nothing is lost: look through it and send it again." in again.words
    assert (again.value("invoice_reference"), again.value("form_key")) == ("7410", shown.value("form_key"))
    assert people_of(session) == []
    assert send(stranger, URL, again, {}).status_code == 303


def test_people_are_added_and_taken_away_without_scripts(engine: Engine, session: Session) -> None:
    applied(session)
    client = visitor(engine)
    two = send(client, URL, form(client), CONTACT, do="add")
    assert "autofocus" in two.text.split('id="participants-1-name"')[1].split(">")[0]
    three = page(send(client, URL, page(two), {"participants-1-name": "Jonas"}, do="add"))
    left = page(send(client, URL, three, {"participants-2-name": "Leyla"}, do="remove-1"))
    assert left.value("participants-1-name") == "Leyla"
    assert left.value("participants-2-name") is None
    assert left.value("contact_email") == CONTACT["contact_email"]
    assert people_of(session) == []


def test_no_more_people_are_added_than_one_sign_up_takes(engine: Engine, session: Session) -> None:
    applied(session, make_trip(largest_party=2))
    client = visitor(engine)
    shown = form(client, f"{URL}?people=99")
    assert "participants-1-name" in dict(shown.fields)
    more = page(send(client, URL, shown, {}, do="add"))
    assert "participants-2-name" not in dict(more.fields)


@pytest.mark.parametrize("people", ["0", "-3", "x", "1e9", "99999999999999999999"])
def test_a_number_of_people_that_makes_no_sense_is_bounded(engine: Engine, session: Session, people: str) -> None:
    applied(session)
    names = [name for name, _ in form(visitor(engine), f"{URL}?people={people}").fields if name.endswith("-name")]
    assert len(names) in {1, 10}


def test_the_sum_and_the_visits_are_checked_before_sending(engine: Engine, session: Session) -> None:
    applied(session)
    client = visitor(engine)
    changes = {
        "participants-0-segment": "city",
        "participants-0-choices-am": "mill",
        "participants-0-choices-pm": "hill",
    }
    shown = page(send(client, URL, form(client), changes, do="recount"))
    assert "Person 1 cannot be at both." in shown.words or "The participant cannot be at both." in shown.words
    assert [link for link in shown.links if link.startswith("#participants")] == ["#participants-0-choices-pm"]
    assert "Write the contact person" not in shown.words


def test_prices_are_shown_per_group_and_in_all_with_vat(engine: Engine, session: Session) -> None:
    police = make_segment("police", price=Price(Money(485_050, "SEK"), Decimal(25)))
    applied(session, make_trip(segments=(make_segment("city"), police)))
    client = visitor(engine)
    shown = page(send(client, URL, form(client, f"{URL}?people=2"), party("Jonas", segment="police"), do="recount"))
    for words in (
        "SEK 4,850.50 SEK 6,063.13",
        "SEK 1,000 SEK 1,250",
        "VAT 25 % SEK 1,462.63",
        "Sum with VAT SEK 7,313.13",
    ):
        assert words in shown.words


def test_who_waits_pays_nothing_now(engine: Engine, session: Session) -> None:
    booked(session, applied(session, make_trip(size=1)), 1)
    client = visitor(engine)
    shown = page(send(client, URL, form(client), CONTACT, do="recount"))
    assert "waits, pays nothing now SEK 0" in shown.words
    assert "If everybody gets a place, it is SEK 1,250 with VAT." in shown.words


def option(key: str) -> Option:
    return Option(key=key, name=both(key, key.capitalize()))


TEN = tuple(
    Question(
        key=kind.value,
        kind=kind,
        name=both(f"Fråga {kind}", f"Question {kind}"),
        help={},
        options=(option("red"), option("blue")) if kind in {QuestionKind.ONE_OF, QuestionKind.MANY_OF} else (),
    )
    for kind in QuestionKind
)
ANSWERS: dict[str, Any] = {
    "text": "Åk <i>",
    "long_text": "two\r\nlines",
    "number": "12,5",
    "yes_no": "no",
    "one_of": "blue",
    "many_of": ["red", "blue"],
    "date": "2027-05-04",
    "email": "boss@tripkit.example",
    "phone": "+46 70 000 00 00",
    "country": "SE",
}


def test_answers_of_all_ten_kinds_are_kept_on_refusal_and_stored(engine: Engine, session: Session) -> None:
    applied(session, make_trip(questions=TEN))
    client = visitor(engine)
    typed = {f"participants-0-answers-{key}": value for key, value in ANSWERS.items()}
    refused = send(client, URL, form(client), CONTACT | typed | {"terms_version": None})
    assert refused.status_code == 422
    assert send(client, URL, page(refused), {"terms_version": "1"}).status_code == 303
    session.rollback()
    stored = {row.question: opened(session, row) for row in session.scalars(select(AnswerRow))}
    assert stored == ANSWERS | {"long_text": "two\nlines", "yes_no": False, "many_of": ("red", "blue")}


def test_questions_say_of_whom_they_are_asked_and_irrelevant_answers_are_ignored(
    engine: Engine, session: Session
) -> None:
    lift = Question(key="lift", kind=QuestionKind.YES_NO, name=both("Skjuts", "Lift"), help={}, required=True)
    seats = replace(lift, key="seats", name=both("Platser", "Seats"), when=Condition(question="lift", answers=("yes",)))
    badge = replace(lift, key="badge", kind=QuestionKind.TEXT, name=both("Bricka", "Badge"), segments=("police",))
    applied(session, make_trip(questions=(lift, seats, badge)))
    client = visitor(engine)
    shown = form(client)
    assert "If the answer to “Lift” is Yes." in shown.words
    assert "Only for Group police." in shown.words
    at_first = "participants-0-answers-"
    answer = send(
        client, URL, shown, CONTACT | {f"{at_first}lift": "no", f"{at_first}seats": "perhaps", f"{at_first}badge": "7"}
    )
    assert answer.status_code == 303
    session.rollback()
    assert {row.question: opened(session, row) for row in session.scalars(select(AnswerRow))} == {"lift": False}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"signup_opens_at": at(1, 8)}, "Sign-up opens on 1 May 10:00."),
        ({"signup_closes_at": at(5, 8).replace(year=2026)}, "Sign-up closed on 5 May 10:00."),
        ({"status": TripStatus.CANCELLED}, "The trip is cancelled, so nobody can sign up."),
        ({"status": TripStatus.POSTPONED}, "Sign-up opens again when there are new dates."),
        ({"starts_on": date(2027, 2, 1), "ends_on": date(2027, 2, 2)}, "The trip has taken place"),
    ],
)
def test_a_trip_that_takes_no_sign_ups_says_why_and_shows_no_form(
    engine: Engine, session: Session, changes: dict[str, Any], words: str
) -> None:
    applied(session)
    client = visitor(engine)
    shown = form(client)
    applied(session, make_trip(**changes))
    got, sent = client.get(URL), send(client, URL, shown, CONTACT)
    assert (got.status_code, sent.status_code) == (200, 409)
    for answer in (got, sent):
        assert words in page(answer).words
        assert "/en/resebyran/hamnstad/" in page(answer).links
        assert "<form" not in answer.text
    assert people_of(session) == []


def test_terms_changed_meanwhile_have_to_be_accepted_anew(engine: Engine, session: Session) -> None:
    trip = make_trip()
    applied(session, trip)
    client = visitor(engine)
    shown = form(client)
    applied(session, replace(trip, terms=replace(trip.terms, version="2")))
    refused = send(client, URL, shown, CONTACT)
    assert refused.status_code == 422
    assert "The terms were changed while you wrote." in page(refused).words
    assert page(refused).value("terms_version") is None


def test_the_form_speaks_swedish_where_the_address_does(engine: Engine, session: Session) -> None:
    applied(session)
    answer = visitor(engine).get("/sv/resebyran/hamnstad/sign-up/")
    assert '<html lang="sv">' in answer.text
    assert "Studieresa till Hamnstad" in page(answer).words
    assert "/en/resebyran/hamnstad/sign-up/" in page(answer).links


def test_an_unknown_trip_is_not_found(engine: Engine, session: Session) -> None:
    applied(session)
    client = visitor(engine)
    for path in ("/en/resebyran/other/sign-up/", "/en/other/hamnstad/sign-up/", "/xx/resebyran/hamnstad/sign-up/"):
        assert client.get(path).status_code == 404
        assert client.post(path, data=CONTACT).status_code == 404


def test_choices_left_open_are_told_apart_in_the_summary(engine: Engine, session: Session) -> None:
    trip = make_trip()
    applied(session, replace(trip, choices=tuple(replace(choice, required=True) for choice in trip.choices)))
    shown = page(sign_up(visitor(engine), {**CONTACT, "participants-0-choices-am": None}))
    assert "Karin Almfelt, Morning: Choose one of the visits." in shown.words
    assert "Karin Almfelt, Afternoon: Choose one of the visits." in shown.words


def test_the_parts_of_the_form_are_headings(engine: Engine, session: Session) -> None:
    applied(session)
    html = form(visitor(engine)).html
    for heading in ("Contact person", "Terms"):
        assert f"<legend><h2>{heading}</h2></legend>" in html


def test_many_groups_with_the_price_of_the_trip_are_one_row(engine: Engine, session: Session) -> None:
    groups = tuple(make_segment(key) for key in ("city", "police", "housing", "traders"))
    own = make_segment("students", price=Price(Money(50_000, "SEK"), Decimal(25)))
    applied(session, make_trip(segments=(*groups, own)))
    words = form(visitor(engine)).words
    assert "All other groups" in words
    assert "Segment city, Segment police" not in words


def test_a_text_that_is_too_long_is_named_in_the_summary(engine: Engine, session: Session) -> None:
    applied(session)
    words = page(sign_up(visitor(engine), {**CONTACT, "organisation": "x" * 130})).words
    assert "Organisation: This is 130 characters long. At most 120 fit." in words


def test_the_form_says_that_every_group_is_full_though_places_are_left(engine: Engine, session: Session) -> None:
    applied(session, make_trip(segments=(make_segment("city", at_most=1),)))
    assert sign_up(visitor(engine), CONTACT).status_code == 303
    words = form(visitor(engine)).words
    assert "Every group is full. You join the queue at position 1. The queue costs nothing." in words
    assert "All 10 places are taken. You join" not in words


def test_wishes_are_spoken_of_where_there_is_something_to_wish_for(engine: Engine, session: Session) -> None:
    trip = make_trip(size=1)
    applied(session, trip)
    assert sign_up(visitor(engine), CONTACT).status_code == 303
    assert "The visits chosen are kept as wishes." in form(visitor(engine)).words
    bare = replace(trip, key="bare", choices=(), programme=())
    applied(session, bare)
    url = "/en/resebyran/bare/sign-up/"
    client = visitor(engine)
    fields = {key: value for key, value in CONTACT.items() if "choices" not in key}
    assert send(client, url, form(client, url), fields).status_code == 303
    assert "kept as wishes" not in form(visitor(engine), url).words
