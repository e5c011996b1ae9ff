"""Putting a booking right afterwards: contact, people, answers, visits, a colleague instead, a new link."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tripkit.actions.change_visits import change_visits
from tripkit.actions.correct_booking import correct_contact, correct_participant
from tripkit.actions.hand_over_place import hand_over_place
from tripkit.actions.sealed_answers import opened
from tripkit.actions.send_link import send_new_link
from tripkit.domain.bookings import BookingMade
from tripkit.domain.refusals import BookingRefused, ChangeRefused, NotFound
from tripkit.reads.booking_page import BookingPage, booking_page, booking_page_of, find_booking
from tripkit.reads.pool_recount import pool_recount
from tripkit.storage.bookings import AnswerRow
from tripkit.storage.outbox import OutboxRow
from tripkit.testing import NOW, applied, booked, make_moment, make_participant, make_trip

AFTER = NOW + timedelta(days=100)


def page_of(session: Session, made: BookingMade) -> BookingPage:
    session.rollback()
    page = booking_page_of(session, booking_id=made.booking_id, now=NOW)
    assert page is not None
    return page


def last_message(session: Session) -> OutboxRow:
    return session.scalars(select(OutboxRow).order_by(OutboxRow.id.desc())).first()  # type: ignore[return-value]


def answers(session: Session) -> dict[str, object]:
    session.rollback()
    return {row.question: opened(session, row) for row in session.scalars(select(AnswerRow))}


def correct(session: Session, made: BookingMade, **changes: object) -> None:
    values = {
        "contact_name": "Åsa Ek",
        "contact_email": "asa@tripkit.example",
        "contact_phone": None,
        "organisation": "Kommunen",
        "invoice_address": "",
        "invoice_reference": "",
        **changes,
    }
    correct_contact(session, booking_id=made.booking_id, moment=make_moment(), **values)  # type: ignore[arg-type]


def test_a_corrected_contact_is_told_at_both_addresses(session: Session) -> None:
    made = booked(session, applied(session), contact_email="old@tripkit.example")
    correct(session, made)
    assert page_of(session, made).contact_email == "asa@tripkit.example"
    told = session.execute(select(OutboxRow.recipient, OutboxRow.payload).order_by(OutboxRow.id)).all()[1:]
    assert [row.recipient for row in told] == ["old@tripkit.example", "asa@tripkit.example"]
    assert [bool(row.payload["token"]) for row in told] == [False, True]


def test_a_wrong_correction_changes_nothing(session: Session) -> None:
    made = booked(session, applied(session))
    before = page_of(session, made)
    with pytest.raises(BookingRefused) as raised:
        correct(session, made, contact_email="asa@", organisation=" ")
    assert [problem.at for problem in raised.value.problems] == ["contact_email", "organisation"]
    assert page_of(session, made) == before


def test_a_sensitive_answer_stays_when_it_is_not_sent(session: Session) -> None:
    made = booked(session, applied(session), [make_participant(answers={"diet": "vegan", "arrives": "buss"})])
    (person,) = page_of(session, made).participants
    assert (person.answers, person.sensitive_answered) == ({"arrives": "buss"}, ("diet",))
    correct_participant(
        session,
        booking_id=made.booking_id,
        participant_id=person.id,
        name="Nytt Namn",
        email=None,
        answers={"arrives": "tåg"},
        moment=make_moment(),
    )
    assert answers(session) == {"diet": "vegan", "arrives": "tåg"}
    assert page_of(session, made).participants[0].name == "Nytt Namn"


def test_a_sensitive_answer_can_be_erased(session: Session) -> None:
    made = booked(session, applied(session), [make_participant(answers={"diet": "vegan"})])
    (person,) = page_of(session, made).participants
    correct_participant(
        session,
        booking_id=made.booking_id,
        participant_id=person.id,
        name=person.name,
        email=None,
        answers={"diet": None},
        moment=make_moment(),
    )
    assert answers(session) == {}


def test_handing_over_keeps_the_place_and_forgets_the_first_ones_answers(session: Session) -> None:
    made = booked(session, applied(session), [make_participant("Åsa", items=("port",), answers={"diet": "vegan"})])
    (person,) = page_of(session, made).participants
    hand_over_place(
        session,
        booking_id=made.booking_id,
        participant_id=person.id,
        name="Bo",
        email="bo@tripkit.example",
        answers={"arrives": "buss"},
        moment=make_moment(),
    )
    (after,) = page_of(session, made).participants
    assert (after.id, after.name, after.items, after.status) == (person.id, "Bo", ("port",), "confirmed")
    assert answers(session) == {"arrives": "buss"}
    assert last_message(session).payload["reason"] == "handed_over"


def test_a_place_in_the_queue_cannot_be_handed_over(session: Session) -> None:
    trip = applied(session, make_trip(size=1))
    booked(session, trip)
    made = booked(session, trip)
    with pytest.raises(ChangeRefused):
        hand_over_place(
            session,
            booking_id=made.booking_id,
            participant_id=page_of(session, made).participants[0].id,
            name="Bo",
            email=None,
            answers={},
            moment=make_moment(),
        )


def change(session: Session, made: BookingMade, *items: str, when: object = NOW) -> None:
    change_visits(
        session,
        booking_id=made.booking_id,
        participant_id=page_of(session, made).participants[0].id,
        items=items,
        moment=make_moment(when),  # type: ignore[arg-type]
    )


def test_visits_can_be_changed(session: Session) -> None:
    made = booked(session, applied(session), [make_participant(items=("port", "late"))])
    change(session, made, "port")
    assert page_of(session, made).participants[0].items == ("port",)
    change(session, made, "mill", "late")
    assert set(page_of(session, made).participants[0].items) == {"mill", "late"}
    assert pool_recount(session) == ()


@pytest.mark.parametrize(
    ("items", "at"),
    [(("port", "hill"), "pm"), (("port", "mill"), "am"), ((), "am"), (("mill", "watch"), "pm")],
)
def test_a_change_that_does_not_work_changes_nothing(session: Session, items: tuple[str, ...], at: str) -> None:
    made = booked(session, applied(session))
    with pytest.raises(BookingRefused) as raised:
        change(session, made, *items)
    assert f"participants.0.choices.{at}" in [problem.at for problem in raised.value.problems]
    assert page_of(session, made).participants[0].items == ("mill",)


def test_a_change_to_a_full_visit_keeps_the_old_one(session: Session) -> None:
    trip = applied(session)
    booked(session, trip, [make_participant(items=("port",)) for _ in range(4)])
    made = booked(session, trip, [make_participant(items=("mill", "late"))])
    with pytest.raises(BookingRefused, match="One thing"):
        change(session, made, "port")
    assert set(page_of(session, made).participants[0].items) == {"mill", "late"}
    assert pool_recount(session) == ()


def test_changes_end_on_their_day_but_corrections_go_on(session: Session) -> None:
    trip = applied(session, make_trip(changes_until=NOW + timedelta(days=1)))
    made = booked(session, trip)
    late = NOW + timedelta(days=2)
    with pytest.raises(ChangeRefused, match=r"The last day for changes has passed. Write to disken@tripkit.example"):
        change(session, made, "port", when=late)
    correct(session, made)
    assert page_of(session, made).contact_name == "Åsa Ek"


def test_somebody_elses_participant_is_not_found(session: Session) -> None:
    trip = applied(session)
    mine, other = booked(session, trip), booked(session, trip)
    with pytest.raises(NotFound):
        change_visits(
            session,
            booking_id=mine.booking_id,
            participant_id=page_of(session, other).participants[0].id,
            items=("port",),
            moment=make_moment(),
        )


def test_a_new_link_goes_to_the_contact_person_only(session: Session) -> None:
    made = booked(session, applied(session), contact_email="Asa@tripkit.example")
    before = last_message(session).id
    for email, code in (("asa@tripkit.example", "XXXX-XXXX"), ("bo@tripkit.example", made.code)):
        send_new_link(session, email=email, code=code, moment=make_moment())
    assert last_message(session).id == before
    send_new_link(session, email=" asa@TRIPKIT.example ", code=made.code.lower(), moment=make_moment())
    message = last_message(session)
    assert (message.kind, message.recipient) == ("link", "Asa@tripkit.example")
    assert find_booking(session, token=message.payload["token"], now=NOW) == made.booking_id


def test_a_link_opens_its_booking_until_three_months_after_the_trip(session: Session) -> None:
    made = booked(session, applied(session))
    page = booking_page(session, token=made.token, now=AFTER)
    assert page is not None and page.code == made.code
    assert booking_page(session, token=made.token + "x", now=NOW) is None
    assert booking_page(session, token=made.token, now=NOW + timedelta(days=200)) is None
