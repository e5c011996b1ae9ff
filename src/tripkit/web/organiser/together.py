"""One act on many people of the list: who they are, what would follow, doing it, and who was refused; no rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import abort, request
from flask.typing import ResponseReturnValue
from werkzeug import Response

from tripkit.actions.act_together import AT_ONCE, Outcome, cancel_together, move_together
from tripkit.actions.foreseeing import foresee_together
from tripkit.domain.bookings import ByOrganiser, Moment
from tripkit.domain.refusals import NotFound, Problem
from tripkit.domain.rights import PARTICIPANTS, Level
from tripkit.domain.sentences import sentence
from tripkit.reads.participants import visits_to_choose
from tripkit.reads.people_chosen import ChosenPeople, people_chosen
from tripkit.web.frame import page_language, session
from tripkit.web.guards import here
from tripkit.web.mybooking.opening import whole
from tripkit.web.organiser import blueprint
from tripkit.web.organiser.consequence_words import in_short, one_by_one
from tripkit.web.organiser.listing_fields import fields_of, listing_in, query_of
from tripkit.web.organiser.page import ACTS, member_acts, show
from tripkit.web.routing import Need, Policy, route
from tripkit.web.signup.csrf import check_button
from tripkit.web.signup.typed import plain

KINDS = ("cancel", "move")
Do = Callable[[ByOrganiser, Moment], tuple[Outcome, ...]]


@route(
    blueprint,
    "/<language>/organise/<organisation>/trips/<trip>/participants/together/",
    policy=Policy.MEMBER,
    needs=Need(PARTICIPANTS, Level.CHANGE),
    methods=("GET", "POST"),
    limits=(ACTS,),
)
def together(language: str, organisation: str, trip: str) -> ResponseReturnValue:
    """The people that were ticked, or that a list holds; what an act on them would lead to; and the act."""
    page_language()
    if request.method == "POST":
        check_button()
    sent = request.form if request.method == "POST" else request.args
    act, trip_id = sent.get("act", KINDS[0]), here().trip_id or abort(404)
    if act not in KINDS:
        abort(404)
    chosen = people_chosen(
        session(),
        trip_id=trip_id,
        listing=listing_in(sent),
        ids=None if sent.get("which") == "all" else [number for one in sent.getlist("who") if (number := whole(one))],
        at_most=AT_ONCE,
    ) or abort(404)
    visit = sent.get("to", "").replace("\0", "")
    if request.method == "GET" or not chosen.people or (act == "move" and not visit):
        return _shown(chosen, act, visit)
    do = _doing(trip_id, chosen, act, visit)
    decision = query_of([("act", act), ("to", visit), *(("who", str(one.id)) for one in chosen.people)])
    try:
        if request.form.get("do") == "act" and request.form.get("looked") == decision:
            return show("organiser/together_done.html", outcomes=do(_typed(), member_acts()), **_around(chosen, act))
        moment = member_acts()
        follows, outcomes = foresee_together(
            session(),
            trip_id=trip_id,
            people=[one.id for one in chosen.people],
            moment=moment,
            do=lambda: do(_typed(), moment),
        )
    except NotFound:
        abort(404)
    told = one_by_one(follows, chosen.trip)
    return _shown(chosen, act, visit, looked=decision, short=in_short(follows), told=told, outcomes=outcomes)


def _doing(trip_id: int, chosen: ChosenPeople, act: str, visit: str) -> Do:
    these: dict[str, Any] = {"trip_id": trip_id, "people": [one.id for one in chosen.people]}
    if act == "cancel":
        return lambda by, moment: cancel_together(session(), **these, moment=moment, by=by)
    return lambda by, moment: move_together(session(), **these, visit=visit, moment=moment, by=by)


def _typed() -> ByOrganiser:
    why = plain(request.form.get("why", "")).replace("\0", "").strip()
    return ByOrganiser(why=why[:300], tells="tells" in request.form)


def _around(chosen: ChosenPeople, act: str) -> dict[str, Any]:
    fields = fields_of(chosen.listing)
    return {"trip": chosen.trip, "chosen": chosen, "act": act, "as_sent": fields, "query": query_of(fields)}


def _shown(chosen: ChosenPeople, act: str, visit: str, **more: Any) -> Response:
    """``more``: what was looked at, and what follows."""
    is_form = request.method == "POST"
    problems = [Problem("to", sentence("Choose a visit."))] if is_form and act == "move" and not visit else []
    return show(
        "organiser/together.html",
        problems=problems,
        visits=tuple(visits_to_choose(chosen.trip)),
        visit=visit,
        by=_typed() if is_form else ByOrganiser(),
        at_once=AT_ONCE,
        **_around(chosen, act),
        **{"looked": "", "outcomes": (), **more},
    )
