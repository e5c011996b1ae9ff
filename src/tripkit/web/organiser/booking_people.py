"""Who is in a booking, and what they do, put right by an organiser: contact, participants, their visits."""

from __future__ import annotations

from dataclasses import replace

from flask import request
from flask.typing import ResponseReturnValue

from tripkit.actions.add_participant import add_participant
from tripkit.actions.change_visits import change_visits
from tripkit.actions.correct_booking import correct_contact, correct_participant
from tripkit.domain.answers import without_sensitive
from tripkit.domain.bookings import ParticipantRequest
from tripkit.reads.booking_page import BookedParticipant, BookingPage
from tripkit.web.frame import session
from tripkit.web.mybooking.contact import FIELDS
from tripkit.web.mybooking.person_form import AT, person_form, questions_to, stored
from tripkit.web.organiser import blueprint
from tripkit.web.organiser.booking_acting import (
    BOOKING,
    BOTH,
    CHANGE,
    PERSON,
    Act,
    answered,
    found_booking,
    found_person,
)
from tripkit.web.organiser.page import ACTS
from tripkit.web.routing import Policy, route
from tripkit.web.signup.countries import countries
from tripkit.web.signup.typed import TypedPerson, answers_of, items_of, new_person, plain, read_person


@route(blueprint, f"{BOOKING}contact/", policy=Policy.MEMBER, needs=CHANGE, methods=BOTH, limits=(ACTS,))
def correct_contact_of(language: str, organisation: str, trip: str, code: str) -> ResponseReturnValue:
    """Who answers for the booking, and where its invoice goes."""
    found = found_booking(code)
    sent = request.method == "POST"
    typed = {name: plain(request.form.get(name, "")) if sent else getattr(found.page, name) or "" for name in FIELDS}
    return answered(
        found,
        Act(
            template="organiser/act_contact.html",
            do=lambda by, moment: correct_contact(
                session(), booking_id=found.page.booking_id, **typed, moment=moment, by=by
            ),
            done="contact",
            looks=False,
            values={"typed": typed},
        ),
    )


@route(blueprint, f"{PERSON}correct/", policy=Policy.MEMBER, needs=CHANGE, methods=BOTH, limits=(ACTS,))
def correct_booked(language: str, organisation: str, trip: str, code: str, participant_id: int) -> ResponseReturnValue:
    """Name, address, group, and answers that are not about health."""
    found = found_booking(code)
    person, written = found_person(found.page, participant_id), found.page.trip_page.trip
    typed = _typed(found.page, person)
    segment = typed.segment or person.segment
    asked = without_sensitive(written.questions)
    return answered(
        found,
        Act(
            template="organiser/act_correct.html",
            do=lambda by, moment: correct_participant(
                session(),
                booking_id=found.page.booking_id,
                participant_id=participant_id,
                name=typed.name,
                email=typed.email.strip() or None,
                segment=segment,
                answers=answers_of(typed, asked),
                moment=moment,
                by=by,
            ),
            done="corrected",
            decision=(segment,),
            looks=segment != person.segment,
            values=_values(found.page, replace(person, segment=segment), typed),
        ),
    )


@route(blueprint, f"{PERSON}visits/", policy=Policy.MEMBER, needs=CHANGE, methods=BOTH, limits=(ACTS,))
def move_booked(language: str, organisation: str, trip: str, code: str, participant_id: int) -> ResponseReturnValue:
    """Other visits than those they have or wish for."""
    found = found_booking(code)
    person, written = found_person(found.page, participant_id), found.page.trip_page.trip
    typed = _typed(found.page, person)
    items = items_of(typed, written)
    return answered(
        found,
        Act(
            template="organiser/act_visits.html",
            do=lambda by, moment: change_visits(
                session(),
                booking_id=found.page.booking_id,
                participant_id=participant_id,
                items=items,
                moment=moment,
                by=by,
            ),
            done="moved",
            decision=items,
            ready=request.method == "POST",
            values=_values(found.page, person, replace(typed, segment=person.segment)),
        ),
    )


@route(blueprint, f"{BOOKING}add/", policy=Policy.MEMBER, needs=CHANGE, methods=BOTH, limits=(ACTS,))
def add_booked(language: str, organisation: str, trip: str, code: str) -> ResponseReturnValue:
    """A colleague more."""
    found = found_booking(code)
    written = found.page.trip_page.trip
    is_sent = request.method == "POST"
    typed = read_person(request.form, written, f"{AT}-") if is_sent else new_person(written)
    asked = ParticipantRequest(
        name=typed.name.strip(),
        email=typed.email.strip() or None,
        segment=typed.segment,
        items=items_of(typed, written),
        answers=answers_of(typed, without_sensitive(written.questions)),
    )
    return answered(
        found,
        Act(
            template="organiser/act_add.html",
            do=lambda by, moment: add_participant(
                session(), booking_id=found.page.booking_id, person=asked, moment=moment, by=by
            ),
            done="added",
            decision=(asked.segment, *asked.items),
            ready=is_sent,
            values=_values(found.page, None, typed),
        ),
    )


def _typed(page: BookingPage, person: BookedParticipant) -> TypedPerson:
    if request.method != "POST":
        return stored(page, person)
    return read_person(request.form, page.trip_page.trip, f"{AT}-")


def _values(page: BookingPage, person: BookedParticipant | None, typed: TypedPerson) -> dict[str, object]:
    """What the templates of a participant's form are told. Answers about health are put right by the people themselves."""
    form = person_form(page, person, typed)
    segment = typed.segment if person is None else person.segment
    questions = [one for one in questions_to(page.trip_page.trip, segment) if not one.question.sensitive]
    return {
        "form": form,
        "person": person,
        "questions": questions,
        "countries": countries,
    }
