"""The sign-up form and sending it: reads the form, makes one call to the action, redirects to the receipt."""

from __future__ import annotations

from dataclasses import replace

from flask import abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response

from tripkit.actions.book_places import book_places
from tripkit.actions.written_signup import price_of
from tripkit.domain.deadlines import erased_on
from tripkit.domain.places import takes_signups
from tripkit.domain.prices import Money
from tripkit.domain.refusals import BookingRefused, ChangeRefused, FormSentAlready, Problem
from tripkit.domain.sentences import Sentence, sentence
from tripkit.domain.signup import check_request
from tripkit.domain.trips import Trip
from tripkit.reads.trip_page import TripPage, trip_page_of
from tripkit.reads.trip_plan import find_plan
from tripkit.web.frame import moment, now, page_language, session
from tripkit.web.limits import Limit
from tripkit.web.public.current import trip_now
from tripkit.web.routing import Policy, route
from tripkit.web.signup import blueprint
from tripkit.web.signup.countries import countries
from tripkit.web.signup.csrf import CsrfForm
from tripkit.web.signup.empty_form import empty_form
from tripkit.web.signup.live import facts
from tripkit.web.signup.page import SignupPage, field_of, in_summary, signup_page
from tripkit.web.signup.surroundings import surroundings
from tripkit.web.signup.typed import TypedSignup, new_person, new_signup, read_signup, to_request
from tripkit.web.signup.words import lead, outlook_sentence, pays_nothing, send_button, why_closed
from tripkit.web.visitors import address

LOST_SESSION = sentence(
    "The form had been open too long, or the browser keeps no cookies. Nothing is lost: look through it and send it again."
)
_OTHER_BUTTONS = ("add", "remove", "recount")


def _is_sent() -> bool:
    return request.form.get("do", "send").partition("-")[0] not in _OTHER_BUTTONS


# A whole municipality sits behind one address, and all of it may sign up when sign-up opens.
_FROM_ONE_ADDRESS = Limit("sign-ups from one address", 30, 60, lambda: address() if _is_sent() else None)
# Each of them is a message to whoever is named. What was refused is not counted: nobody is kept out by forms with a
# stranger's address in them.
_FOR_ONE_CONTACT = Limit(
    "sign-ups for one contact person",
    30,
    3600,
    lambda: request.form.get("contact_email", "").strip().casefold(),
    done=True,
)


@route(
    blueprint,
    "/<language>/<organisation>/<trip>/sign-up/",
    policy=Policy.PUBLIC,
    methods=("GET", "POST"),
    limits=(_FROM_ONE_ADDRESS, _FOR_ONE_CONTACT),
)
def signup(language: str, organisation: str, trip: str) -> ResponseReturnValue:
    """The form; sending it signs a party up."""
    if request.method == "POST":
        return _post(*_found(organisation, trip))
    page_language()  # Aborts for one we do not speak.
    page = trip_now(organisation, trip)
    if not takes_signups(page.state):
        return _closed(page, 200)
    typed = new_signup(page.trip, request.args.get("people", 1, type=int))
    return _private(empty_form(page, typed, lambda new: _form(signup_page(page, new), 200)), 200)


def _found(organisation: str, trip: str) -> tuple[int, Trip]:
    if "\0" in organisation + trip:
        abort(404)  # PostgreSQL refuses the character, even to compare with.
    found = find_plan(session(), organisation, trip) or abort(404)
    return found[0], found[3]


def _page(trip_id: int) -> TripPage:
    return trip_page_of(session(), trip_id=trip_id, now=now()) or abort(404)


def _post(trip_id: int, trip: Trip) -> ResponseReturnValue:
    act, _, number = request.form.get("do", "send").partition("-")
    removed = int(number[:4]) if act == "remove" and number.isascii() and number.isdecimal() else None
    typed = read_signup(request.form, trip, without=removed)
    match act:
        case "remove":
            return _form(signup_page(_page(trip_id), typed, focus="participants"), 200)
        case "add":
            return _add(_page(trip_id), typed)
        case "recount":
            page = _page(trip_id)
            return _form(signup_page(page, typed, problems=_wrong_visits(page, typed), focus="participants"), 200)
        case _ if not CsrfForm().is_ours():
            return _form(signup_page(_page(trip_id), typed, notice=LOST_SESSION), 400)
    return _send(trip_id, trip, typed)


def _add(page: TripPage, typed: TypedSignup) -> ResponseReturnValue:
    if len(typed.people) >= page.trip.largest_party:
        return _form(signup_page(page, typed, focus="participants"), 200)
    typed = replace(typed, people=(*typed.people, new_person(page.trip)))
    return _form(signup_page(page, typed, focus=f"participants-{len(typed.people) - 1}-name", fold=True), 200)


def _send(trip_id: int, trip: Trip, typed: TypedSignup) -> ResponseReturnValue:
    asked = to_request(typed, trip, page_language())
    try:
        made = book_places(session(), trip_id=trip_id, request=asked, moment=moment("contact"))
    except BookingRefused as refused:
        return _form(signup_page(_page(trip_id), typed, problems=refused.problems, fold=True), 422)
    except FormSentAlready as refused:
        return _refused(_page(trip_id), sentence("This form was sent before"), refused.sentence)
    except ChangeRefused as refused:
        latest = _page(trip_id)
        if takes_signups(latest.state):
            return _form(signup_page(latest, typed, notice=refused.sentence), 409)
        return _closed(latest, 409)
    return redirect(url_for("mybooking.booking", language=page_language(), token=made.token), 303)


def _wrong_visits(page: TripPage, typed: TypedSignup) -> list[Problem]:
    """What is wrong with the visits chosen so far; what is not chosen or written yet is nobody's mistake."""
    full = [key for key, room in page.places.items.items() if not room.has_room()]
    chosen = {
        f"participants-{index}-choices-{choice}"
        for index, person in enumerate(typed.people)
        for choice in person.visits
    }
    problems = check_request(page.trip, to_request(typed, page.trip, page_language()), full)
    return [problem for problem in problems if field_of(problem) in chosen]


def _form(form: SignupPage, status: int) -> Response:
    page = form.page
    body = render_template(
        "signup/signup.html",
        **surroundings(page),
        form=form,
        csrf=CsrfForm(),
        facts=facts(page, page_language()),
        lead=lead(page),
        send=send_button(page.state, max(len(form.cards), 1)),
        outlook_sentence=outlook_sentence,
        pays_nothing=pays_nothing(page.state),
        summary=[(field_of(problem), in_summary(problem, form.typed, page.trip)) for problem in form.summary],
        price_of=price_of,
        zero=Money(0, page.trip.price.net.currency),
        countries=countries,
        trip_url=_trip_url(page),
        erased_on=erased_on(page.trip),
    )
    return _private(body, status)


def _closed(page: TripPage, status: int) -> Response:
    heading, why = why_closed(page)
    return _private(_sentence_page(page, heading, why), status)


def _refused(page: TripPage, heading: Sentence, why: Sentence) -> Response:
    return _private(_sentence_page(page, heading, why, sent=True), 409)


def _sentence_page(page: TripPage, heading: Sentence, why: Sentence, *, sent: bool = False) -> str:
    return render_template(
        "signup/sentence.html",
        **surroundings(page),
        page=page,
        heading=heading,
        why=why,
        sent=sent,
        trip_url=_trip_url(page),
    )


def _trip_url(page: TripPage) -> str:
    return url_for("public.trip", language=page_language(), organisation=page.organisation.key, trip=page.trip.key)


def _private(body: str | Response, status: int) -> Response:
    response = make_response(body, status)
    # Not no-store: with it, the browser's Back button would come to an empty form instead of the filled one.
    response.headers["Cache-Control"] = "private, no-cache"
    return response
