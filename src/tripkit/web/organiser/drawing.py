"""Drawing a trip's places: how it stands, what it means, and the button; what the draw is, stands in the domain."""

from __future__ import annotations

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from tripkit.actions.draw_lots import draw_lots
from tripkit.domain.refusals import ChangeRefused, NotFound, Problem
from tripkit.domain.rights import PARTICIPANTS, Level
from tripkit.domain.sentences import sentence
from tripkit.reads.lottery_page import lottery_page
from tripkit.reads.trip_page import trip_page_of
from tripkit.web.account.page import LOST_SESSION
from tripkit.web.frame import now, page_language, session
from tripkit.web.guards import here
from tripkit.web.organiser import blueprint
from tripkit.web.organiser.page import ACTS, member_acts, show
from tripkit.web.routing import Need, Policy, route
from tripkit.web.signup.csrf import CsrfForm

DONE = {"drawn": sentence("Drawn. Everybody who was in it gets mail about how it went.")}


@route(
    blueprint,
    "/<language>/organise/<organisation>/trips/<trip>/draw/",
    policy=Policy.MEMBER,
    needs=Need(PARTICIPANTS, Level.CHANGE),
    methods=("GET", "POST"),
    limits=(ACTS,),
)
def draw(language: str, organisation: str, trip: str) -> ResponseReturnValue:
    """How the draw stands; the button draws."""
    page_language()
    trip_id = here().trip_id or abort(404)
    if request.method != "POST":
        return _page(trip_id)
    if not CsrfForm().is_ours():
        return _page(trip_id, LOST_SESSION)
    try:
        draw_lots(session(), trip_id=trip_id, moment=member_acts())
    except (NotFound, ChangeRefused) as refused:
        return _page(trip_id, Problem("", refused.sentence))
    return redirect(
        url_for("organiser.draw", language=language, organisation=organisation, trip=trip, done="drawn"), 303
    )


def _page(trip_id: int, *problems: Problem) -> ResponseReturnValue:
    page = trip_page_of(session(), trip_id=trip_id, now=now()) or abort(404)
    lottery = lottery_page(session(), trip_id=trip_id) if page.places.lottery else None
    said = DONE.get(request.args.get("done", "")) if lottery and lottery.drawn_at else None
    return show("organiser/draw.html", page=page, lottery=lottery, problems=problems, said=said)
