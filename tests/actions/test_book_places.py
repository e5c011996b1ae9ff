"""Signing up: who gets a place, what is refused and in which words, what is stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.statements import count_statements
from tripkit.actions.book_places import book_places
from tripkit.actions.sealed_answers import opened
from tripkit.domain.bookings import ParticipantStatus
from tripkit.domain.prices import Money
from tripkit.domain.refusals import BookingRefused, ChangeRefused, FormSentAlready, NotFound
from tripkit.domain.trips import TripStatus
from tripkit.reads.pool_recount import pool_recount
from tripkit.reads.trip_page import trip_page_of
from tripkit.storage.bookings import AnswerRow, BookingRow, ClaimRow, LinkRow, ParticipantRow, QueueMoveRow
from tripkit.storage.outbox import AuditRow, OutboxRow
from tripkit.testing import (
    NOW,
    applied,
    booked,
    both,
    make_moment,
    make_participant,
    make_request,
    make_segment,
    make_trip,
)

CONFIRMED, WAITING = ParticipantStatus.CONFIRMED, ParticipantStatus.WAITING


def count(session: Session, row: type) -> int:
    return session.scalar(select(func.count()).select_from(row)) or 0


def refused(session: Session, trip_id: int, *people: object, **changes: object) -> dict[str, str]:
    """Path to sentence of everything that was wrong."""
    with pytest.raises(BookingRefused) as raised:
        booked(session, trip_id, people, **changes)  # type: ignore[arg-type]
    return {problem.at: str(problem.sentence) for problem in raised.value.problems}


def test_a_party_gets_its_places_and_visits(session: Session) -> None:
    trip = applied(session)
    made = booked(session, trip, [make_participant("Åsa Öberg", items=("port", "late")), make_participant("Bo Ek")])
    assert made.statuses == (CONFIRMED, CONFIRMED)
    page = trip_page_of(session, trip_id=trip, now=NOW)
    assert page is not None
    assert (page.places.trip.taken, page.places.items["port"].taken, page.places.items["late"].taken) == (2, 1, 1)
    assert pool_recount(session) == ()


def test_the_eleventh_of_ten_waits(session: Session) -> None:
    trip = applied(session, make_trip(largest_party=20))
    made = booked(session, trip, 11)
    assert made.statuses == (*[CONFIRMED] * 10, WAITING)


def test_a_party_that_stays_together_waits_as_one(session: Session) -> None:
    trip = applied(session)
    booked(session, trip, 8)
    assert booked(session, trip, 3, together=True).statuses == (WAITING,) * 3
    assert booked(session, trip, 2).statuses == (CONFIRMED, CONFIRMED)
    moves = session.scalars(select(QueueMoveRow).where(QueueMoveRow.what == "passed")).all()
    assert {(move.because, len(move.passed)) for move in moves} == {("party_does_not_fit", 3)}


def test_a_segment_takes_at_most_its_limit(session: Session) -> None:
    trip = applied(session, make_trip(segments=(make_segment("city", at_most=2), make_segment("police"))))
    assert booked(session, trip, 3).statuses == (CONFIRMED, CONFIRMED, WAITING)
    assert booked(session, trip, 1, segment="police").statuses == (CONFIRMED,)


def test_guaranteed_places_are_kept_for_their_segment(session: Session) -> None:
    guaranteed = make_segment("police", guaranteed=4, guaranteed_until=NOW + timedelta(days=1))
    trip = applied(session, make_trip(segments=(make_segment("city"), guaranteed)))
    assert booked(session, trip, 7).statuses == (*[CONFIRMED] * 6, WAITING)
    assert booked(session, trip, 4, segment="police").statuses == (CONFIRMED,) * 4
    assert booked(session, trip, 1, segment="police").statuses == (WAITING,)
    assert pool_recount(session) == ()


def test_clashing_visits_are_refused_in_words(session: Session) -> None:
    trip = applied(session)
    assert refused(session, trip, make_participant("Åsa", items=("port", "hill"))) == {
        "participants.0.choices.pm": "Åsa cannot make it. “Visit port” ends at 12:30:00, and the journey to Site hill takes"
        " 20 minutes. “Visit hill” starts at 12:45:00. Change one of them."
    }
    assert count(session, BookingRow) == 0


def test_overlapping_visits_are_refused_in_words(session: Session) -> None:
    trip = applied(session)
    problems = refused(session, trip, make_participant("Åsa", items=("mill", "hill")))
    assert problems["participants.0.choices.pm"].startswith("Åsa cannot be at both. “Visit mill” ends at 13:00")


def test_a_full_visit_is_refused_and_nothing_is_saved(session: Session) -> None:
    trip = applied(session)
    booked(session, trip, [make_participant(items=("port",)) for _ in range(4)])
    problems = refused(session, trip, make_participant(), make_participant(items=("port",)))
    assert list(problems) == ["participants.1.choices.am"]
    assert "is full, all 4 places are taken" in problems["participants.1.choices.am"]
    assert count(session, BookingRow) == 1
    assert pool_recount(session) == ()


def test_a_visit_for_other_groups_is_refused(session: Session) -> None:
    trip = applied(session)
    problems = refused(session, trip, make_participant(items=("mill", "watch")))
    assert problems == {"participants.0.choices.pm": "“Visit watch” is meant for other groups."}


def test_every_problem_is_told_at_once(session: Session) -> None:
    trip = applied(session)
    problems = refused(
        session,
        trip,
        make_participant(" ", segment="nobody"),
        make_participant("X", email="not an address", items=()),
        contact_email="asa@kommun",
        organisation="",
        terms_version=None,
    )
    assert set(problems) == {
        "contact_email",
        "organisation",
        "participants.0.name",
        "participants.0.segment",
        "participants.1.email",
        "participants.1.choices.am",
        "terms_version",
    }


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"status": TripStatus.CANCELLED}, "The trip is cancelled, so nobody can sign up."),
        ({"status": TripStatus.POSTPONED}, "The trip is postponed. Sign-up opens again when there are new dates."),
        ({"signup_opens_at": NOW + timedelta(seconds=1)}, "Sign-up is not open yet."),
        ({"signup_closes_at": NOW}, "Sign-up has closed."),
        ({"starts_on": date(2027, 3, 1)}, "The trip has begun, so nobody can sign up."),
    ],
)
def test_a_closed_trip_takes_nobody(session: Session, changes: dict[str, object], sentence: str) -> None:
    trip = applied(session, make_trip(**changes))
    with pytest.raises(ChangeRefused) as raised:
        booked(session, trip)
    assert str(raised.value) == sentence


def test_sign_up_opens_on_the_very_moment(session: Session) -> None:
    trip = applied(session, make_trip(signup_opens_at=NOW, signup_closes_at=NOW + timedelta(seconds=1)))
    assert booked(session, trip).statuses == (CONFIRMED,)


def test_the_same_form_sent_twice_is_one_booking(session: Session) -> None:
    trip = applied(session)
    request = make_request(2)
    first = book_places(session, trip_id=trip, request=request, moment=make_moment())
    again = book_places(session, trip_id=trip, request=request, moment=make_moment())
    assert (again.booking_id, again.code, again.statuses) == (first.booking_id, first.code, first.statuses)
    assert count(session, ParticipantRow) == 2
    assert count(session, OutboxRow) == 1


def test_the_same_form_is_one_booking_even_after_the_trip_has_closed(session: Session) -> None:
    trip = applied(session, make_trip(signup_closes_at=NOW + timedelta(hours=1)))
    request = make_request(1)
    first = book_places(session, trip_id=trip, request=request, moment=make_moment())
    late = make_moment(NOW + timedelta(hours=2))
    assert book_places(session, trip_id=trip, request=request, moment=late).booking_id == first.booking_id


def test_the_same_form_with_other_content_is_refused_and_names_the_booking(session: Session) -> None:
    trip = applied(session)
    request = make_request(1)
    made = book_places(session, trip_id=trip, request=request, moment=make_moment())
    with pytest.raises(FormSentAlready) as raised:
        book_places(session, trip_id=trip, request=replace(request, organisation="Another"), moment=make_moment())
    assert raised.value.booking_id == made.booking_id
    assert made.code in str(raised.value)


def test_an_unknown_trip_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound):
        booked(session, 4711)


def test_the_price_is_the_one_of_the_day(session: Session) -> None:
    trip = make_trip()
    trip_id = applied(session, trip)
    booked(session, trip_id)
    applied(session, replace(trip, price=replace(trip.price, net=Money(900_000, "SEK"))))
    booked(session, trip_id)
    prices = [row.price.net.minor for row in session.scalars(select(ParticipantRow).order_by(ParticipantRow.id))]
    assert prices == [100_000, 900_000]


def test_answers_to_questions_that_are_not_asked_are_not_kept(session: Session) -> None:
    trip = applied(session)
    booked(session, trip, [make_participant(answers={"diet": "vegan", "arrives": " ", "shoe_size": "44"})])
    assert {row.question: opened(session, row) for row in session.scalars(select(AnswerRow))} == {"diet": "vegan"}


def test_a_wrong_answer_is_refused_at_its_question(session: Session) -> None:
    trip = applied(session)
    problems = refused(session, trip, make_participant(answers={"diet": "stones"}))
    assert problems == {"participants.0.answers.diet": "Choose among the answers in the list."}


def test_a_place_refuses_the_same_person_twice(session: Session) -> None:
    trip = applied(session)
    problems = refused(session, trip, make_participant("Åsa Ek"), make_participant("åsa  ek"))
    assert list(problems) == ["participants.1.name"]


def test_a_party_larger_than_allowed_is_refused(session: Session) -> None:
    trip = applied(session, make_trip(largest_party=2))
    assert list(refused(session, trip, *(make_participant() for _ in range(3)))) == ["participants"]


def test_changed_terms_have_to_be_accepted_anew(session: Session) -> None:
    trip = make_trip()
    trip_id = applied(session, trip)
    applied(session, replace(trip, terms=replace(trip.terms, version="2", text=both("Villkor två.", "Terms two."))))
    assert list(refused(session, trip_id, make_participant())) == ["terms_version"]


def test_the_secret_of_the_link_is_stored_nowhere_but_in_the_message(session: Session) -> None:
    trip = applied(session)
    made = booked(session, trip)
    assert made.token not in session.scalars(select(LinkRow.digest)).all()
    message = session.scalars(select(OutboxRow)).one()
    assert message.payload["token"] == made.token
    assert (message.kind, message.language, message.state) == ("confirmation", "sv", "waiting")
    audits = session.scalars(select(AuditRow).where(AuditRow.action == "book_places")).all()
    assert [audit.booking_id for audit in audits] == [made.booking_id]


def test_nothing_is_left_behind_when_the_message_cannot_be_written(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    trip = applied(session)

    def fail(*_: object, **__: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr("tripkit.actions.book_places.tell", fail)
    with pytest.raises(OSError, match="the disk is full"):
        booked(session, trip, 3)
    assert [count(session, row) for row in (BookingRow, ParticipantRow, ClaimRow, LinkRow, OutboxRow)] == [0] * 5
    assert pool_recount(session) == ()


@pytest.mark.parametrize("others", [10, 10_000])
def test_a_sign_up_takes_the_same_few_statements_at_any_size(
    session: Session, others: int, fill: Callable[[int, int], None]
) -> None:
    trip = applied(session, make_trip(size=others + 1000))
    fill(trip, others)
    booked(session, trip, 3)  # The trip is in this process's memory from now on.
    with count_statements(session) as statements:
        booked(session, trip, [make_participant(items=("port", "late"), answers={"diet": "vegan"}) for _ in range(3)])
    assert len(statements) <= 20, statements


@pytest.mark.parametrize("waiting", [10, 2_000])
def test_a_sign_up_to_the_queue_takes_the_same_few_statements_at_any_length(session: Session, waiting: int) -> None:
    trip = applied(session, make_trip(size=1, largest_party=3000))
    booked(session, trip, 1 + waiting)
    with count_statements(session) as statements:
        booked(session, trip, 3)
    assert len(statements) <= 20, statements
