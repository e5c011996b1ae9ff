"""A trip's draw for everybody: what was promised, how it went, and all it takes to do it again; nobody is named."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from flask import Response, abort, render_template, request, stream_with_context

from tripkit.domain.places import takes_signups
from tripkit.domain.trips import Admission
from tripkit.reads.lottery_page import LotteryPage, lots_in_turn
from tripkit.reads.lottery_page import lottery_page as find_lottery
from tripkit.reads.trip_page import TripPage
from tripkit.web.frame import page_language, session
from tripkit.web.public import blueprint
from tripkit.web.public.addresses import alternates
from tripkit.web.public.current import trip_now
from tripkit.web.routing import Policy, route

_RULE = (
    "Lots are put in the order of SHA-256(seed + ':' + number), hexadecimal digits compared as text. In that order each"
    " takes a place for all of its people, or none: a guaranteed place of their group if one is left, else an open one,"
    " within the group's limit."
)
_SECONDS = 30
"""How long browsers and proxies may show a draw without asking."""


@route(blueprint, "/<language>/<organisation>/<trip>/draw/", policy=Policy.PUBLIC)
def draw(language: str, organisation: str, trip: str) -> Response:
    """How the draw works and how it went, a page of lots at a time."""
    language = page_language()
    number = request.args.get("page", "1")
    page = int(number) if number.isascii() and number.isdecimal() and 0 < len(number) < 7 else 0
    found, lottery = _found(organisation, trip, page or abort(404))
    if page > lottery.pages:
        abort(404)
    keys = {"organisation": organisation, "trip": trip}
    body = render_template(
        "public/draw.html",
        language=language,
        fallback=found.trip.languages,
        organisation=found.organisation,
        page=found,
        trip=found.trip,
        places=found.places,
        state=found.state.value,
        takes_signups=takes_signups(found.state),
        lottery=lottery,
        groups={segment.key: segment.name for segment in found.trip.segments},
        keys={"language": language, **keys},
        alternates=alternates("public.draw", found.trip.languages, **keys),
    )
    return _kept(Response(body, mimetype="text/html"))


@route(blueprint, "/<language>/<organisation>/<trip>/draw.json", policy=Policy.PUBLIC)
def draw_record(language: str, organisation: str, trip: str) -> Response:
    """All of the draw, for programs: ``{"promise", "seed", "drawn_at", "rule", "rooms", "lots"}``; without lots until it is drawn."""
    page_language()
    found, lottery = _found(organisation, trip, 1)
    pieces = _record(lottery, found.trip_id)
    return _kept(Response(stream_with_context(pieces), content_type="application/json; charset=utf-8"))


def _found(organisation: str, trip: str, page: int) -> tuple[TripPage, LotteryPage]:
    """The trip and its draw. Aborts with 404 where no places are drawn."""
    found = trip_now(organisation, trip)
    if found.trip.admission is not Admission.DRAW:
        abort(404)
    return found, find_lottery(session(), trip_id=found.trip_id, page=page) or abort(404)


def _record(lottery: LotteryPage, trip_id: int) -> Iterator[str]:
    head = {
        "promise": lottery.promise,
        "seed": lottery.seed,
        "drawn_at": lottery.drawn_at.isoformat() if lottery.drawn_at else None,
        "rule": _RULE,
        "rooms": [dict(zip(("kind", "key", "size", "taken"), room, strict=True)) for room in lottery.rooms],
    }
    yield json.dumps(head)[:-1] + ', "lots": ['
    before = ""
    for lot in lots_in_turn(session(), trip_id=trip_id) if lottery.drawn_at else ():
        one: dict[str, Any] = {"number": lot.number, "groups": list(lot.segments), "place": lot.got_place}
        yield before + json.dumps(one)
        before = ",\n"
    yield "]}\n"


def _kept(response: Response) -> Response:
    response.headers["Cache-Control"] = f"public, max-age={_SECONDS}"
    return response
