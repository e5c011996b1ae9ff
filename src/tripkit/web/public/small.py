"""Small answers beside the pages: how many places are left, pictures, an organisation's colours."""

from __future__ import annotations

import hashlib

from flask import Response, abort, jsonify, request

from tripkit.domain.refusals import PictureRefused
from tripkit.domain.trips import Look, Picture
from tripkit.pictures import DRAWING, draw_shown
from tripkit.reads.logo import logo as find_logo
from tripkit.reads.trip_list import organisation as find_organisation
from tripkit.reads.trip_page import picture as find_picture
from tripkit.web.frame import page_language, session
from tripkit.web.public import blueprint
from tripkit.web.public.current import how_full, trip_now
from tripkit.web.routing import Policy, route

_A_DAY = 24 * 60 * 60
_A_YEAR = 365 * _A_DAY


@route(blueprint, "/<language>/<organisation>/<trip>/places.json", policy=Policy.PUBLIC)
def places(language: str, organisation: str, trip: str) -> Response:
    """How full a trip and its visits are now: ``{"how_full", "state", "trip": {size, taken, left, waiting}, "items"}``.

    ``how_full`` is on the trip's page, too: while both are the same, the page's numbers are.
    """
    page_language()
    page = trip_now(organisation, trip)
    rooms = {"": page.places.trip, **page.places.items}
    said = {
        key: {"size": room.size, "taken": room.taken, "left": room.left, "waiting": room.waiting}
        for key, room in rooms.items()
    }
    response = jsonify({"how_full": how_full(page), "state": page.state.value, "trip": said.pop(""), "items": said})
    response.cache_control.public = True
    response.cache_control.max_age = 2
    response.add_etag()
    response.make_conditional(request)
    return response


@route(blueprint, "/<organisation>/<trip>/pictures/<name>", policy=Policy.PUBLIC)
def picture(organisation: str, trip: str, name: str) -> Response:
    """One of a trip's pictures. An SVG is shown in a sandbox: whatever is in it, it runs nothing here."""
    response = shown_of(find_picture(session(), organisation=organisation, trip=trip, name=name) or abort(404))
    response.cache_control.public = True
    response.cache_control.max_age = _A_DAY
    response.make_conditional(request)
    return response


def shown_of(found: Picture) -> Response:
    """A picture as it is shown, told to run nothing; 404 for one that cannot be."""
    data = _shown(found) or abort(404)
    response = Response(data, content_type=found.media_type)
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    response.set_etag(hashlib.sha256(data).hexdigest()[:32])
    return response


def _shown(found: Picture) -> bytes | None:
    """What everybody sees of it. A photograph that an earlier version wrote down is drawn now, until a worker has kept that."""
    if found.media_type == DRAWING:
        return found.data
    if found.shown is not None:
        return found.shown
    try:
        return draw_shown(found.data)
    except PictureRefused:
        return None


@route(blueprint, "/<organisation>/logo.<logo>.png", policy=Policy.PUBLIC)
def logo(organisation: str, logo: str) -> Response:
    """An organisation's logo, at an address that is another one when it is another logo."""
    data = find_logo(session(), organisation=organisation, digest=logo) or abort(404)
    response = Response(data, content_type="image/png")
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.set_etag(logo[:32])
    response.cache_control.public = True
    response.cache_control.max_age = _A_YEAR
    response.cache_control.immutable = True
    response.make_conditional(request)
    return response


@route(blueprint, "/<organisation>/look.css", policy=Policy.PUBLIC)
def look(organisation: str) -> Response:
    """An organisation's own colours, of which the style sheet uses hue and strength."""
    host = find_organisation(session(), organisation) or abort(404)
    response = Response(css_of(host.look), content_type="text/css; charset=utf-8")
    response.cache_control.public = True
    response.cache_control.max_age = 300
    response.add_etag()
    response.make_conditional(request)
    return response


def css_of(look: Look) -> str:
    """A look as a style sheet; what is no colour is left out of it."""
    given = {"brand": look.brand, "accent": look.accent}
    lines = "".join(f"  --{name}: {value};\n" for name, value in given.items() if value and _is_plain(value))
    return f":root {{\n{lines}}}\n" if lines else ""


def _is_plain(value: str) -> bool:
    """Whether it is a colour and nothing else: what closes a rule or asks for another file stays out."""
    return len(value) <= 60 and all(sign.isalnum() or sign in "#(),.%/ -" for sign in value) and "url" not in value
