"""Places of a booking's people, taken and given by an organiser: cancelling, undoing that, letting somebody in first."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from flask import request
from flask.typing import ResponseReturnValue

from tripkit.actions.cancel_participants import cancel_participants
from tripkit.actions.join_visit_queue import join_visit_queue
from tripkit.actions.promote_waiting import promote_waiting
from tripkit.actions.reinstate_participants import reinstate_participants
from tripkit.domain.bookings import ParticipantStatus
from tripkit.domain.refusals import Problem
from tripkit.domain.sentences import Sentence, sentence
from tripkit.reads.booking_page import BookedParticipant
from tripkit.web.frame import now, session
from tripkit.web.mybooking.opening import whole
from tripkit.web.mybooking.receipt import full_visits
from tripkit.web.mybooking.words import cost_of_cancelling
from tripkit.web.organiser import blueprint
from tripkit.web.organiser.booking_acting import (
    BOOKING,
    BOTH,
    CHANGE,
    PERSON,
    Act,
    active,
    answered,
    found_booking,
    found_person,
)
from tripkit.web.organiser.page import ACTS
from tripkit.web.routing import Policy, route

_LONGEST_CODE = 20


@route(blueprint, f"{BOOKING}cancel/", policy=Policy.MEMBER, needs=CHANGE, methods=BOTH, limits=(ACTS,))
def cancel_booked(language: str, organisation: str, trip: str, code: str) -> ResponseReturnValue:
    """Cancel one, several or all, and say who gets what becomes free."""
    found = found_booking(code)
    people = active(found.page)
    ids = _ticked(people)
    favoured = request.form.get("in_favour_of", "").replace("\0", "").strip()[:_LONGEST_CODE]
    written = found.page.trip_page.trip
    return answered(
        found,
        Act(
            template="organiser/act_cancel.html",
            do=lambda by, moment: cancel_participants(
                session(),
                booking_id=found.page.booking_id,
                participant_ids=ids,
                moment=moment,
                by=by,
                in_favour_of=favoured,
            ),
            done="cancelled",
            decision=(*ids, favoured.upper()),
            ready=bool(ids),
            problems=_nobody(ids, sentence("Tick who no longer travels.")),
            values={
                "people": people,
                "ticked": ids,
                "favoured": favoured,
                "cost": cost_of_cancelling(written, now().astimezone(ZoneInfo(written.time_zone)).date()),
            },
        ),
    )


@route(blueprint, f"{BOOKING}reinstate/", policy=Policy.MEMBER, needs=CHANGE, methods=BOTH, limits=(ACTS,))
def reinstate_booked(language: str, organisation: str, trip: str, code: str) -> ResponseReturnValue:
    """Undo a cancellation."""
    found = found_booking(code)
    people = [one for one in found.page.participants if one.status is ParticipantStatus.CANCELLED]
    ids = _ticked(people)
    may_wait = "may_wait" in request.form
    return answered(
        found,
        Act(
            template="organiser/act_reinstate.html",
            do=lambda by, moment: reinstate_participants(
                session(),
                booking_id=found.page.booking_id,
                participant_ids=ids,
                may_wait=may_wait,
                moment=moment,
                by=by,
            ),
            done="reinstated",
            decision=(*ids, may_wait),
            ready=bool(ids),
            problems=_nobody(ids, sentence("Tick who travels after all.")),
            values={"people": people, "ticked": ids, "may_wait": may_wait},
        ),
    )


@route(blueprint, f"{BOOKING}let-in/", policy=Policy.MEMBER, needs=CHANGE, methods=BOTH, limits=(ACTS,))
def let_in_booked(language: str, organisation: str, trip: str, code: str) -> ResponseReturnValue:
    """Give somebody who waits a place before others."""
    found = found_booking(code)
    item = request.values.get("item", "")
    people = [one for one in found.page.participants if any((place.item or "") == item for place in one.waiting)]
    ids = _ticked(people)
    titles = {one.key: one.title for one in found.page.trip_page.trip.programme}
    return answered(
        found,
        Act(
            template="organiser/act_let_in.html",
            do=lambda by, moment: promote_waiting(
                session(),
                booking_id=found.page.booking_id,
                participant_ids=ids,
                item=item,
                moment=moment,
                by=by,
            ),
            done="let-in",
            decision=(*ids, item),
            ready=bool(ids),
            problems=_nobody(ids, sentence("Tick who is let in.")),
            values={"people": people, "ticked": ids, "item": item, "visit": titles.get(item)},
        ),
    )


@route(blueprint, f"{PERSON}queue/", policy=Policy.MEMBER, needs=CHANGE, methods=BOTH, limits=(ACTS,))
def queue_booked(language: str, organisation: str, trip: str, code: str, participant_id: int) -> ResponseReturnValue:
    """Put somebody in the queue for a full visit."""
    found = found_booking(code)
    person = found_person(found.page, participant_id)
    item = request.form.get("item", "")
    return answered(
        found,
        Act(
            template="organiser/act_queue.html",
            do=lambda by, moment: join_visit_queue(
                session(),
                booking_id=found.page.booking_id,
                participant_id=participant_id,
                item=item,
                moment=moment,
                by=by,
            ),
            done="queued",
            decision=(item,),
            ready=bool(item),
            problems=() if item else (Problem("item", sentence("Choose the visit to queue for.")),),
            values={"person": person, "item": item, "full": list(full_visits(found.page, person))},
        ),
    )


def _ticked(people: Sequence[BookedParticipant]) -> list[int]:
    """Who of these is meant: ticked in the form, else named in the address; the only one there is; else nobody."""
    known = [person.id for person in people]
    if request.method == "POST":
        sent = set(map(whole, request.form.getlist("participants")))
        return [one for one in known if one in sent]
    asked = request.args.get("participant", "")
    if asked == "all" or len(known) == 1:
        return known
    return [one for one in known if one == whole(asked)]


def _nobody(ids: Sequence[int], said: Sentence) -> tuple[Problem, ...]:
    return () if ids else (Problem("participants", said),)
