"""Answers about health and diet: shown once, to those whose role shows them, after a reason that the log keeps."""

from __future__ import annotations

from flask import abort, request
from flask.typing import ResponseReturnValue

from tripkit.actions.read_sensitive import LONGEST_REASON, SensitiveAnswers, read_sensitive
from tripkit.domain.refusals import BookingRefused, ChangeRefused, NotFound, Problem
from tripkit.domain.rights import SENSITIVE, Level
from tripkit.domain.sentences import Sentence
from tripkit.domain.texts import Text
from tripkit.reads.organised_booking import is_booking_of
from tripkit.web.account.page import LOST_SESSION
from tripkit.web.frame import page_language, session
from tripkit.web.guards import here
from tripkit.web.mybooking.receipt import in_words
from tripkit.web.organiser import blueprint
from tripkit.web.organiser.page import ACTS, member_acts, show
from tripkit.web.routing import Need, Policy, route
from tripkit.web.signup.csrf import CsrfForm

_LOOK = Need(SENSITIVE, Level.SEE)


@route(
    blueprint,
    "/<language>/organise/<organisation>/trips/<trip>/answers/",
    policy=Policy.MEMBER,
    needs=_LOOK,
    methods=("GET", "POST"),
    limits=(ACTS,),
)
def trip_answers(language: str, organisation: str, trip: str) -> ResponseReturnValue:
    """Of all who travel or wait: for the kitchen, for whoever goes along."""
    return _answers(None)


@route(
    blueprint,
    "/<language>/organise/<organisation>/trips/<trip>/bookings/<code>/answers/",
    policy=Policy.MEMBER,
    needs=_LOOK,
    methods=("GET", "POST"),
    limits=(ACTS,),
)
def booking_answers(language: str, organisation: str, trip: str, code: str) -> ResponseReturnValue:
    """Of those in one booking."""
    if not is_booking_of(session(), trip_id=here().trip_id or abort(404), code=code):
        abort(404)
    return _answers(code)


def _answers(code: str | None) -> ResponseReturnValue:
    """The form; or the answers, in the answer to the form alone: no address leads to them, and each look is a new reason."""
    page_language()
    if request.method != "POST":
        return _page(code)
    reason = request.form.get("reason", "").replace("\0", "")
    if not CsrfForm().is_ours():
        return _page(code, LOST_SESSION, reason=reason)
    if len(reason) > LONGEST_REASON * 4:
        reason = reason[: LONGEST_REASON * 4]  # It is refused as it is; the page need not carry all of it back.
    try:
        found = read_sensitive(
            session(),
            rights=here().rights,
            trip_id=here().trip_id or abort(404),
            code=code,
            reason=reason,
            moment=member_acts(),
        )
    except NotFound:
        abort(404)
    except BookingRefused as refused:
        return _page(code, *refused.problems, reason=reason)
    except ChangeRefused as refused:
        return _page(code, Problem("", refused.sentence), reason=reason)
    return _page(code, reason=reason, found=found)


def _page(
    code: str | None, *problems: Problem, reason: str = "", found: tuple[SensitiveAnswers, ...] | None = None
) -> ResponseReturnValue:
    people = None if found is None else [(one, _said(one)) for one in found]
    return show("organiser/sensitive.html", problems=problems, code=code, reason=reason, people=people)


def _said(one: SensitiveAnswers) -> list[tuple[Text | str, tuple[Text | str | Sentence, ...] | None]]:
    """(question, answer in words) of a person; None = it is sealed with a key that is not here."""
    language = page_language()
    return [
        (
            answer.question.name if answer.question else answer.key,
            None
            if answer.is_locked
            else in_words(answer.question, answer.answer, language)
            if answer.question
            else (str(answer.answer),),
        )
        for answer in one.answers
    ]
