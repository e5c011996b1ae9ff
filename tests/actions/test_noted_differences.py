"""What a change to a booking leaves in the log: which field, what it was and is where that is nobody's name, and nothing once erased."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tripkit.actions.cancel_participants import cancel_participants
from tripkit.actions.change_visits import change_visits
from tripkit.actions.correct_booking import correct_contact, correct_participant
from tripkit.actions.erase_booking import erase_booking
from tripkit.actions.hand_over_place import hand_over_place
from tripkit.reads.booking_page import booking_page_of
from tripkit.storage.outbox import AuditRow
from tripkit.testing import NOW, applied, booked, make_moment, make_participant

WORDS = "Maja Ekström", "maja@tripkit.example", "Kajen 7", "vegan", "tåg"


def book(session: Session) -> tuple[int, int]:
    """A booking of one, and its participant."""
    person = make_participant("Åsa Ek", items=("port",), answers={"diet": "any", "arrives": "buss"})
    made = booked(session, applied(session), [person])
    page = booking_page_of(session, booking_id=made.booking_id, now=NOW)
    assert page is not None
    return made.booking_id, page.participants[0].id


def last(session: Session) -> Any:
    session.rollback()
    row = session.scalars(select(AuditRow).order_by(AuditRow.id.desc()).limit(1)).one()
    assert not any(word in f"{row.reason} {row.details}" for word in WORDS)
    return row.details.get("changes")


def test_of_what_people_write_of_themselves_only_the_fields_are_named(session: Session) -> None:
    booking_id, participant_id = book(session)
    page = booking_page_of(session, booking_id=booking_id, now=NOW)
    assert page is not None
    contact = {
        "contact_name": "Maja Ekström",
        "contact_email": "maja@tripkit.example",
        "contact_phone": None,
        "organisation": page.organisation,
        "invoice_address": "Kajen 7",
        "invoice_reference": "",
    }
    correct_contact(session, booking_id=booking_id, moment=make_moment(), **contact)  # type: ignore[arg-type]
    assert last(session) == {"contact_name": None, "contact_email": None, "invoice_address": None}
    one: dict[str, Any] = {"booking_id": booking_id, "participant_id": participant_id, "moment": make_moment()}
    correct_participant(session, name="Åsa Ek", email=None, answers={"arrives": "buss", "diet": "vegan"}, **one)
    assert last(session) == {"answers/diet": None}
    correct_participant(session, name="Maja Ekström", email=None, answers={"arrives": "tåg"}, **one)
    assert last(session) == {"name": None, "answers/arrives": None}
    correct_participant(session, name="Maja Ekström", email=None, answers={"arrives": "tåg"}, **one)
    assert last(session) is None, "nothing was changed"
    hand_over_place(session, name="Bo Ek", email="maja@tripkit.example", answers={}, **one)
    assert last(session) == {"name": None, "email": None, "answers": None}


def test_visits_and_states_are_told_as_they_were_and_are_until_the_booking_is_erased(session: Session) -> None:
    booking_id, participant_id = book(session)
    one: dict[str, Any] = {"booking_id": booking_id, "moment": make_moment()}
    change_visits(session, participant_id=participant_id, items=("mill", "late"), **one)
    assert last(session) == {f"people/{participant_id}/visits": [["port"], ["late", "mill"]]}
    cancel_participants(session, **one)
    assert last(session) == {
        f"people/{participant_id}/status": ["confirmed", "cancelled"],
        f"people/{participant_id}/visits": [["late", "mill"], []],
    }
    page = booking_page_of(session, booking_id=booking_id, now=NOW)
    assert page is not None
    session.rollback()
    erase_booking(session, code=page.code, reason="Asked for it", moment=make_moment())
    session.rollback()
    kept = session.scalars(select(AuditRow.details).where(AuditRow.booking_id == booking_id)).all()
    assert [details for details in kept if details] == []
