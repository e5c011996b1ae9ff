"""Changing one participant: putting right what was written, other visits, a colleague instead."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug import Response

from tripkit.actions.change_visits import change_visits
from tripkit.actions.correct_booking import correct_participant
from tripkit.actions.hand_over_place import hand_over_place
from tripkit.domain.bookings import ParticipantStatus
from tripkit.domain.questions import Answer
from tripkit.domain.refusals import BookingRefused, Problem
from tripkit.domain.sentences import sentence
from tripkit.reads.booking_page import BookedParticipant, BookingPage
from tripkit.web.frame import moment, page_language, session
from tripkit.web.mybooking import blueprint
from tripkit.web.mybooking.opening import LIMITS, LOST_SESSION, act, opened, participant, show_receipt, urls
from tripkit.web.mybooking.person_form import AT, person_form, questions_to, stored
from tripkit.web.routing import Policy, route
from tripkit.web.signup.countries import countries
from tripkit.web.signup.csrf import CsrfForm
from tripkit.web.signup.page import field_of
from tripkit.web.signup.surroundings import surroundings
from tripkit.web.signup.typed import TypedPerson, answers_of, items_of, read_person

_PERSON = "/<language>/booking/<token>/participants/<int(max=2147483647):participant_id>"
_BOTH = ("GET", "POST")


@route(blueprint, f"{_PERSON}/correct/", policy=Policy.SECRET_LINK, methods=_BOTH, limits=LIMITS)
def correct(language: str, token: str, participant_id: int) -> ResponseReturnValue:
    """Name, address and answers, to put right."""
    page_language()
    page, person = _opened(token, participant_id)
    if (shut := _shut(token, person)) is not None:
        return shut
    if request.method != "POST":
        return _form("correct", token, page, person, stored(page, person))
    typed = read_person(request.form, page.trip_page.trip, f"{AT}-")

    def do(booking_id: int) -> None:
        correct_participant(
            session(),
            booking_id=booking_id,
            participant_id=participant_id,
            name=typed.name,
            email=typed.email.strip() or None,
            answers=_corrected(page, person, typed),
            moment=moment("contact"),
        )

    return _try("correct", "corrected", token, page, person, typed, do)


@route(blueprint, f"{_PERSON}/hand-over/", policy=Policy.SECRET_LINK, methods=_BOTH, limits=LIMITS)
def hand_over(language: str, token: str, participant_id: int) -> ResponseReturnValue:
    """A place, with its group and visits, to a colleague."""
    page_language()
    page, person = _opened(token, participant_id)
    if (shut := _shut(token, person)) is not None:
        return shut
    if person.status is not ParticipantStatus.CONFIRMED:
        why = sentence("A place can be handed over when it is confirmed.")
        return show_receipt(token, notice=why, status=409)
    if request.method != "POST":
        return _form("hand_over", token, page, person, TypedPerson(segment=person.segment))
    typed = read_person(request.form, page.trip_page.trip, f"{AT}-")

    def do(booking_id: int) -> None:
        hand_over_place(
            session(),
            booking_id=booking_id,
            participant_id=participant_id,
            name=typed.name,
            email=typed.email.strip() or None,
            answers=answers_of(typed, page.trip_page.trip.questions),
            moment=moment("contact"),
        )

    return _try("hand_over", "handed-over", token, page, person, typed, do)


@route(blueprint, f"{_PERSON}/visits/", policy=Policy.SECRET_LINK, methods=_BOTH, limits=LIMITS)
def visits(language: str, token: str, participant_id: int) -> ResponseReturnValue:
    """Other visits than the ones held or wished for."""
    page_language()
    page, person = _opened(token, participant_id)
    if (shut := _shut(token, person)) is not None:
        return shut
    if request.method != "POST":
        return _form("visits", token, page, person, stored(page, person))
    typed = read_person(request.form, page.trip_page.trip, f"{AT}-")

    def do(booking_id: int) -> None:
        change_visits(
            session(),
            booking_id=booking_id,
            participant_id=participant_id,
            items=items_of(typed, page.trip_page.trip),
            moment=moment("contact"),
        )

    return _try("visits", "visits", token, page, person, typed, do)


def _opened(token: str, participant_id: int) -> tuple[BookingPage, BookedParticipant]:
    page = opened(token)
    return page, participant(page, participant_id)


def _shut(token: str, person: BookedParticipant) -> Response | None:
    if person.status is not ParticipantStatus.CANCELLED:
        return None
    why = sentence("{name} is cancelled, so nothing can be changed.", name=person.name)
    return show_receipt(token, notice=why, status=409)


def _try(
    name: str,
    done: str,
    token: str,
    page: BookingPage,
    person: BookedParticipant,
    typed: TypedPerson,
    do: Callable[[int], None],
) -> ResponseReturnValue:
    """Do it, or show the filled form again."""
    typed = replace(typed, segment=person.segment)
    if not CsrfForm().is_ours():
        return _form(name, token, page, person, typed, (Problem("", LOST_SESSION),), 400)
    try:
        return act(token, done, do)
    except BookingRefused as refused:
        return _form(name, token, opened(token), person, typed, refused.problems, 422)


def _corrected(page: BookingPage, person: BookedParticipant, typed: TypedPerson) -> dict[str, Answer]:
    """The answers as the action wants them: a hidden one that was not typed anew is left out, and so kept."""
    answers = answers_of(typed, page.trip_page.trip.questions)
    for key in person.sensitive_answered:
        if f"erase-{key}" in request.form:
            answers[key] = None
        elif not answers.get(key) and answers.get(key) is not False:
            del answers[key]
    return answers


def _form(
    name: str,
    token: str,
    page: BookingPage,
    person: BookedParticipant,
    typed: TypedPerson,
    problems: Iterable[Problem] = (),
    status: int = 200,
) -> Response:
    shown = person_form(page, person, typed, problems)
    html = render_template(
        f"mybooking/{name}.html",
        **surroundings(page.trip_page),
        form=shown,
        questions=questions_to(page.trip_page.trip, person.segment),
        countries=countries,
        summary=[(field_of(problem), problem.sentence) for problem in shown.summary],
        token=token,
        csrf=CsrfForm(),
        urls=urls(token, page),
    )
    return make_response(html, status)
