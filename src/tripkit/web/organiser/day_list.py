"""Who comes on one day of a trip: to hold in the hand, on a phone or on paper; nothing about health."""

from __future__ import annotations

from datetime import date

from flask import abort, request
from flask.typing import ResponseReturnValue

from tripkit.reads.day_list import day_list as read_day_list
from tripkit.web.frame import now, page_language, session
from tripkit.web.guards import here
from tripkit.web.organiser import blueprint
from tripkit.web.organiser.page import show
from tripkit.web.organiser.participants import SEE
from tripkit.web.routing import Policy, route


@route(blueprint, "/<language>/organise/<organisation>/trips/<trip>/on-the-day/", policy=Policy.MEMBER, needs=SEE)
def day_list(language: str, organisation: str, trip: str) -> ResponseReturnValue:
    """Heads and names of today, or of the day that is asked for."""
    page_language()
    found = read_day_list(session(), trip_id=here().trip_id or abort(404), day=_asked(), now=now())
    if found is None:
        abort(404)
    return show(
        "organiser/day_list.html",
        page=found,
        groups={segment.key: segment.name for segment in found.trip.segments},
    )


def _asked() -> date | None:
    asked = request.args.get("day")
    if asked is None:
        return None
    try:
        return date.fromisoformat(asked)
    except ValueError:
        abort(404)
