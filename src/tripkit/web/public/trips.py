"""The trips of the installation, and of one organisation."""

from __future__ import annotations

from flask import Response, abort, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from tripkit.domain.places import TripState
from tripkit.reads.trip_list import organisation as find_organisation
from tripkit.reads.trip_list import trip_list
from tripkit.web.frame import now, page_language, preferred_language, session, today
from tripkit.web.public import blueprint
from tripkit.web.public.addresses import alternates
from tripkit.web.public.kept import Seen, answer
from tripkit.web.routing import Policy, route


@route(blueprint, "/", policy=Policy.PUBLIC)
def start() -> AnyResponse:
    """To the list of trips in the reader's language."""
    response = redirect(url_for("public.trips", language=preferred_language()))
    response.vary.add("Accept-Language")
    return response


@route(blueprint, "/<language>/", policy=Policy.PUBLIC)
def trips(language: str) -> Response:
    """Every trip of the installation."""
    language = page_language()

    def look() -> Seen:
        cards = trip_list(session(), now=now())
        return Seen(
            (cards, today()),
            lambda: render_template(
                "public/trips.html",
                language=language,
                coming=[card for card in cards if card.state is not TripState.PAST],
                past=[card for card in cards if card.state is TripState.PAST],
                alternates=alternates("public.trips"),
            ),
        )

    return answer(look)


@route(blueprint, "/<language>/<organisation>/", policy=Policy.PUBLIC)
def organisation(language: str, organisation: str) -> Response:
    """Every trip of one organisation."""
    language = page_language()

    def look() -> Seen:
        host = find_organisation(session(), organisation) or abort(404)
        cards = trip_list(session(), organisation=organisation, now=now())
        return Seen(
            (host, cards, today()),
            lambda: render_template(
                "public/trips.html",
                language=language,
                organisation=host,
                fallback=host.languages,
                coming=[card for card in cards if card.state is not TripState.PAST],
                past=[card for card in cards if card.state is TripState.PAST],
                alternates=alternates("public.organisation", host.languages, organisation=organisation),
            ),
        )

    return answer(look)
