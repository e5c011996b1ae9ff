"""From a booking to what an organiser does to it: what is typed, what would follow, doing it, and the page after; no act of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response

from tripkit.actions.booking_access import CHANGED_MEANWHILE
from tripkit.actions.foreseeing import Consequences, foresee
from tripkit.domain.bookings import ByOrganiser, Moment, ParticipantStatus
from tripkit.domain.refusals import BookingRefused, ChangedMeanwhile, ChangeRefused, NotFound, Problem
from tripkit.domain.rights import LOG, PARTICIPANTS, Level
from tripkit.domain.sentences import Sentence, sentence
from tripkit.reads.booking_page import BookedParticipant, BookingPage
from tripkit.reads.organised_booking import BookingToChange, booking_to_change
from tripkit.web.account.page import LOST_SESSION
from tripkit.web.frame import now, page_language, session
from tripkit.web.guards import here
from tripkit.web.organiser.consequence_words import in_short, one_by_one
from tripkit.web.organiser.page import member_acts, show
from tripkit.web.routing import Need
from tripkit.web.signup.csrf import CsrfForm
from tripkit.web.signup.page import field_of
from tripkit.web.signup.typed import plain

CHANGE = Need(PARTICIPANTS, Level.CHANGE)
BOOKING = "/<language>/organise/<organisation>/trips/<trip>/bookings/<code>/"
PERSON = f"{BOOKING}participants/<int(max=2147483647):participant_id>/"
BOTH = ("GET", "POST")
_MOST_TYPED = 4000
"""Characters of a reason that are carried back to who typed them; what is longer is refused anyway."""
Do = Callable[[ByOrganiser, Moment], object]

DONE = {
    "added": sentence("Added to the booking."),
    "cancelled": sentence("Cancelled. What follows from it stands below under History."),
    "contact": sentence("Contact and invoice are put right."),
    "corrected": sentence("The participant is put right."),
    "let-in": sentence("They have the place."),
    "link": sentence("A new link is on its way."),
    "made": sentence("The booking is made."),
    "moved": sentence("The visits are changed."),
    "noted": sentence("The note is saved."),
    "queued": sentence("The place in the queue is taken."),
    "reinstated": sentence("The cancellation is undone."),
}
"""What the booking's page says after an act, by the word in its address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """An act on one booking, as a page offers it.

    ``template``, ``values``: its page. ``do``: the act itself. ``done``: the word in the address of the page after it.
    ``decision``: what was chosen that others may feel; the button does nothing before just this was looked at.
    ``ready``: whether enough is chosen to look at what follows. ``problems``: what is wrong before anything is tried.
    """

    template: str
    do: Do
    done: str
    decision: tuple[object, ...] = ()
    ready: bool = True
    looks: bool = True
    problems: tuple[Problem, ...] = ()
    values: Mapping[str, Any]


def found_booking(code: str) -> BookingToChange:
    """The booking with this code; 404 where the trip has none."""
    page_language()
    since = request.form.get("seen") if request.method == "POST" else None
    log = here().rights.may(LOG, Level.SEE)
    found = booking_to_change(
        session(), trip_id=here().trip_id or abort(404), code=code, now=now(), since=since if log else None
    )
    return found or abort(404)


def found_person(page: BookingPage, participant_id: int) -> BookedParticipant:
    """One of the booking's participants; 404 for anybody else's."""
    return next((person for person in page.participants if person.id == participant_id), None) or abort(404)


def active(page: BookingPage) -> list[BookedParticipant]:
    """Those of the booking who are not cancelled."""
    return [person for person in page.participants if person.status is not ParticipantStatus.CANCELLED]


def typed_by(*, seen: str | None = None) -> ByOrganiser:
    """What was said about the act: why, and whether it is told. Told, where nothing was said yet."""
    if request.method != "POST":
        return ByOrganiser(seen=seen)
    why = plain(request.form.get("why", "")).replace("\0", "").strip()
    return ByOrganiser(why=why[:_MOST_TYPED], tells="tells" in request.form, seen=seen)


def answered(found: BookingToChange, act: Act) -> ResponseReturnValue:
    """Do it where it was looked at and is meant; else show its page with what would follow."""
    if request.method != "POST":
        return _shown(found, act, ())
    if not CsrfForm().is_ours():
        return _shown(found, act, (LOST_SESSION,), 400)
    means_it = request.form.get("do") == "act"
    if means_it and not found.is_as(request.form.get("seen", "")):
        return _shown(found, act, (Problem("", CHANGED_MEANWHILE),), 409, stale=True)
    if not act.problems:
        is_looked = not act.looks or request.form.get("looked") == looked(act)
        if means_it and is_looked:
            return _done(found, act)
    return _shown(found, act, act.problems)


def looked(act: Act) -> str:
    """What was looked at, as the form carries it."""
    return "·".join(map(str, act.decision)) or "all"


def _done(found: BookingToChange, act: Act) -> ResponseReturnValue:
    try:
        act.do(typed_by(seen=request.form.get("seen", "")[:80]), member_acts())
    except NotFound:
        abort(404)
    except ChangedMeanwhile as refused:
        return _shown(found, act, (Problem("", refused.sentence),), 409, stale=True)
    except BookingRefused as refused:
        return _shown(found, act, refused.problems, 422)
    except ChangeRefused as refused:
        return _shown(found, act, (Problem("", refused.sentence),), 409)
    return back_to(found.page.code, act.done)


def back_to(code: str, done: str) -> Response:
    """The booking's page after an act."""
    place = here()
    at: dict[str, Any] = {"organisation": place.organisation_key, "trip": place.trip_key, "code": code}
    in_list = request.args.get("list") or None
    return redirect(url_for("organiser.booking", language=page_language(), **at, done=done, list=in_list), 303)


def _shown(
    found: BookingToChange, act: Act, problems: Iterable[Problem], status: int | None = None, *, stale: bool = False
) -> Response:
    wrong, follows = tuple(problems), None
    refused: Sentence | None = None
    # While something is wrong that is known already, nothing would follow.
    if act.looks and act.ready and found.erased_at is None and (not wrong or stale):
        try:
            follows = _foreseen(found, act)
        except BookingRefused as said:
            wrong = (*wrong, *(one for one in said.problems if one not in wrong and one.at != "why"))
        except ChangeRefused as said:
            refused = said.sentence
    if wrong and request.method != "POST":
        refused, wrong = wrong[0].sentence, ()  # Nobody has typed anything yet that could be wrong.
    return show(
        act.template,
        problems=[Problem(field_of(one), one.sentence) for one in wrong],
        status=status,
        booking=found.page,
        erased_at=found.erased_at,
        news=found.news if stale else None,
        seen=found.seen,
        looked=looked(act) if follows is not None else "",
        must_look=act.looks,
        refused=refused,
        short=in_short(follows) if follows is not None else (),
        told=one_by_one(follows, found.page.trip_page.trip) if follows is not None else None,
        by=typed_by(),
        in_list=request.args.get("list") or None,
        **act.values,
    )


def _foreseen(found: BookingToChange, act: Act) -> Consequences:
    moment, by = member_acts(), typed_by()
    if not by.why:
        # What follows is to be seen before the reason is written, and does not depend on it.
        by = ByOrganiser(why="–", tells=by.tells)
    return foresee(
        session(),
        trip_id=here().trip_id or abort(404),
        booking_id=found.page.booking_id,
        moment=moment,
        do=lambda: act.do(by, moment),
    )
