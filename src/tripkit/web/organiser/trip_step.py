"""A step with a trip as a whole: what it would mean, and taking it; which steps there are, and what each does, is decided elsewhere."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response

from tripkit.actions.planned_change import planned_change
from tripkit.actions.take_step import take_step
from tripkit.domain.refusals import BookingRefused, ChangeRefused, PlanRefused, Problem
from tripkit.domain.rights import MESSAGES, TRIP, Level
from tripkit.domain.sentences import Sentence, sentence
from tripkit.domain.texts import Text
from tripkit.domain.trip_steps import CALLS_OFF, Step, after_step, is_open, steps
from tripkit.domain.trips import Trip
from tripkit.eventfile.errors import EventErrors
from tripkit.eventfile.plan import Edition
from tripkit.reads.trip_page import TripPage, trip_page_of
from tripkit.web.account.page import LOST_SESSION
from tripkit.web.frame import now, page_language, session
from tripkit.web.guards import here
from tripkit.web.organiser import blueprint
from tripkit.web.organiser.page import ACTS, member_acts, show
from tripkit.web.routing import Need, Policy, route
from tripkit.web.signup.csrf import CsrfForm
from tripkit.web.signup.typed import plain

NAMES = {
    Step.OPEN: sentence("Open sign-up"),
    Step.CLOSE: sentence("Close sign-up"),
    Step.POSTPONE: sentence("Postpone the trip"),
    Step.CANCEL: sentence("Cancel the trip"),
    Step.PLAN: sentence("It takes place after all"),
}
MOVE_CLOSING = sentence("Change when sign-up closes")
"""What opening is called where sign-up is open already."""
STEPPED: dict[str, Sentence] = {
    Step.OPEN.value: sentence("Sign-up is open."),
    Step.CLOSE.value: sentence("Sign-up is closed."),
    Step.POSTPONE.value: sentence("The trip is postponed. Its page says so."),
    Step.CANCEL.value: sentence("The trip is cancelled. Its page says so."),
    Step.PLAN.value: sentence("The trip takes place. Its page says so."),
}
"""What the trip's page says after a step, by the word in its address; the prepared letter's page, too."""
_MEANS = {
    Step.OPEN: (sentence("Everybody can sign up at once, as long as there is room, and queue when there is none."),),
    Step.CLOSE: (
        sentence("From now on nobody can sign up, and the page says so. You can still sign somebody up by hand."),
        sentence("Those who have a place or wait keep it. Places that fall free are offered to those who wait."),
    ),
    Step.POSTPONE: (
        sentence("The page says first of all that the trip is postponed, and why. Nobody can sign up."),
        sentence(
            "Everybody keeps their place, or their position in the queue, and may cancel. Nothing more is offered."
        ),
        sentence("Reminders and letters that follow the trip's days wait until it is planned again."),
    ),
    Step.CANCEL: (
        sentence("The page says first of all that the trip is cancelled, and why. Nobody can sign up."),
        sentence("Bookings stay, so that you know whom it was about. Nothing more is offered to those who wait."),
        sentence("Calendars that were subscribed to show it as cancelled. Reminders do not go out."),
    ),
    Step.PLAN: (
        sentence("The trip is as it was: those who had a place have it, and sign-up is open or closed by its moments."),
        sentence("If its days have changed, write them first, under Edit the trip, and publish them."),
    ),
}


def step_names(trip: Trip, at: datetime) -> tuple[tuple[Step, Sentence], ...]:
    """The steps that can be taken now, with what each is called."""
    opened = is_open(trip, at)
    return tuple((one, MOVE_CLOSING if one is Step.OPEN and opened else NAMES[one]) for one in steps(trip, at))


@route(
    blueprint,
    "/<language>/organise/<organisation>/trips/<trip>/step/<step>/",
    policy=Policy.MEMBER,
    needs=Need(TRIP, Level.CHANGE),
    methods=("GET", "POST"),
    limits=(ACTS,),
)
def trip_step(language: str, organisation: str, trip: str, step: str) -> ResponseReturnValue:
    """What the step would mean; the button takes it."""
    page_language()
    trip_id = here().trip_id or abort(404)
    if step not in set(Step):
        abort(404)
    wanted = Step(step)
    page = trip_page_of(session(), trip_id=trip_id, now=now()) or abort(404)
    if request.method != "POST":
        return _shown(page, trip_id, wanted)
    if not CsrfForm().is_ours():
        return _shown(page, trip_id, wanted, LOST_SESSION)
    try:
        until = _until(page.trip)
    except ValueError:
        return _shown(page, trip_id, wanted, Problem("until", sentence("Write a day and a time, or leave it empty.")))
    note, moment = _note(page.trip), member_acts()
    try:
        done = take_step(session(), trip_id=trip_id, step=wanted, until=until, note=note, moment=moment)
    except BookingRefused as refused:
        return _shown(page, trip_id, wanted, *refused.problems)
    except ChangeRefused as refused:
        page = trip_page_of(session(), trip_id=trip_id, now=now()) or abort(404)
        return _shown(page, trip_id, wanted, Problem("", refused.sentence), status=409)
    except PlanRefused as refused:
        return _shown(page, trip_id, wanted, *(Problem("", one) for one in refused.reasons or (refused.sentence,)))
    except EventErrors as errors:
        return _shown(page, trip_id, wanted, *(Problem("", error.sentence) for error in errors.errors))
    where: dict[str, Any] = {"language": language, "organisation": organisation, "trip": trip, "done": wanted.value}
    if done.letter is not None and here().rights.may(MESSAGES, Level.CHANGE):
        return redirect(url_for("organiser.letter_preview", letter=done.letter, **where), 303)
    return redirect(url_for("organiser.trip", **where), 303)


def _until(trip: Trip) -> datetime | None:
    """The moment that was typed, by the trip's clock; None = empty. Raises: ValueError when it is none."""
    typed = request.form.get("until", "").strip()
    if not typed:
        return None
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=ZoneInfo(trip.time_zone)).astimezone(UTC)
    except OverflowError as error:
        raise ValueError(typed) from error


def _note(trip: Trip) -> Text:
    typed = {one: plain(request.form.get(f"note-{one}", "")).replace("\0", "").strip() for one in trip.languages}
    return {language: text for language, text in typed.items() if text}


def _shown(page: TripPage, trip_id: int, step: Step, *problems: Problem, status: int | None = None) -> Response:
    trip, moment = page.trip, now()
    possible = step in steps(trip, moment)
    follows: tuple[Sentence, ...] = ()
    if possible and step not in CALLS_OFF:
        after = after_step(trip, step, until=trip.signup_closes_at, note={}, now=moment)
        planned = planned_change(
            session(),
            trip_id,
            Edition(organisation=page.organisation, trip=trip, pictures={}),
            Edition(organisation=page.organisation, trip=after, pictures={}),
        )
        follows = planned.consequences
    closes = trip.signup_closes_at
    return show(
        "organiser/trip_step.html",
        page=page,
        step=step,
        name=MOVE_CLOSING if step is Step.OPEN and is_open(trip, moment) else NAMES[step],
        means=_MEANS[step],
        follows=follows,
        possible=possible,
        others=step_names(trip, moment),
        typed={one: request.form.get(f"note-{one}", "") for one in trip.languages},
        until=request.form["until"]
        if "until" in request.form
        else f"{closes.astimezone(ZoneInfo(trip.time_zone)):%Y-%m-%dT%H:%M}"
        if closes and closes > moment
        else "",
        problems=problems,
        status=status,
    )
