"""The page of one trip, and those of its items, sites and speakers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from flask import Response, abort, render_template, request, url_for

from tripkit.domain.places import takes_signups
from tripkit.domain.programme import ProgrammeItem
from tripkit.papers.schema_org import event_json_ld
from tripkit.reads.trip_page import TripPage
from tripkit.web.frame import now, page_language, public_url, settings, today
from tripkit.web.public import blueprint
from tripkit.web.public.addresses import alternates
from tripkit.web.public.current import how_full, trip_now
from tripkit.web.public.kept import Seen, answer
from tripkit.web.public.programme import hours_of, letters_of, programme_of, sites_in_order
from tripkit.web.public.routemap import drawn
from tripkit.web.routing import Policy, route

Part = TypeVar("Part")


@route(blueprint, "/<language>/<organisation>/<trip>/", policy=Policy.PUBLIC)
def trip(language: str, organisation: str, trip: str) -> Response:
    """A trip: everything one wants to know before signing up."""
    segment, topic = _key("segment"), _key("topic")
    return _page(
        "public.trip",
        "public/trip.html",
        organisation,
        trip,
        lambda page, language: _of_trip(page, language, segment, topic),
        filters={"segments": segment, "topics": topic},
    )


def _of_trip(page: TripPage, language: str, segment: str = "", topic: str = "") -> dict[str, Any]:
    return {
        "programme": programme_of(page.trip, segment=segment, topic=topic),
        "hours": hours_of(page.trip),
        "prices": [page.trip.price, *(segment.price for segment in page.trip.segments if segment.price)],
        "kept_for": _kept_for(page),
        "map": drawn(page.trip, language),
        "json_ld": _json_ld(page, language),
    }


def preview(page: TripPage, pictures_at: str) -> str:
    """The page of a trip as those who organise it see it before anybody else. ``pictures_at``: the endpoint that shows its pictures."""
    language = page_language()
    return _written("public.trip", "public/trip.html", page, _of_trip(page, language), pictures_at=pictures_at)


@route(blueprint, "/<language>/<organisation>/<trip>/programme/<item>/", policy=Policy.PUBLIC)
def item(language: str, organisation: str, trip: str, item: str) -> Response:
    """One programme item."""

    def values(page: TripPage, _: str) -> dict[str, Any]:
        found = _part(page.trip.programme, item)
        return {
            "item": found,
            "site": next((site for site in page.trip.sites if site.key == found.site), None),
            "speakers": [speaker for speaker in page.trip.speakers if speaker.key in found.speakers],
            "partners": [partner for partner in page.trip.partners if partner.key in found.partners],
            "topics": [topic for topic in page.trip.topics if topic.key in found.topics],
            "segments": [segment for segment in page.trip.segments if segment.key in found.segments],
            "beside": _beside(page, found),
        }

    return _page("public.item", "public/item.html", organisation, trip, values, item=item)


@route(blueprint, "/<language>/<organisation>/<trip>/sites/<site>/", policy=Policy.PUBLIC)
def site(language: str, organisation: str, trip: str, site: str) -> Response:
    """One site."""

    def values(page: TripPage, _: str) -> dict[str, Any]:
        found = _part(page.trip.sites, site)
        return {
            "site": found,
            "partner": next((one for one in page.trip.partners if one.key == found.partner), None),
            "items": [one for one in page.trip.programme if one.site == found.key],
        }

    return _page("public.site", "public/site.html", organisation, trip, values, site=site)


@route(blueprint, "/<language>/<organisation>/<trip>/speakers/<speaker>/", policy=Policy.PUBLIC)
def speaker(language: str, organisation: str, trip: str, speaker: str) -> Response:
    """One speaker."""

    def values(page: TripPage, _: str) -> dict[str, Any]:
        found = _part(page.trip.speakers, speaker)
        return {
            "speaker": found,
            "partner": next((one for one in page.trip.partners if one.key == found.partner), None),
            "items": [one for one in page.trip.programme if found.key in one.speakers],
        }

    return _page("public.speaker", "public/speaker.html", organisation, trip, values, speaker=speaker)


def _key(name: str) -> str:
    """A key in the query, empty when it cannot be one: what is kept in memory is named by it."""
    given = request.args.get(name, "")
    return given if re.fullmatch(r"[a-z0-9_-]{1,60}", given) else ""


def _page(
    endpoint: str,
    template: str,
    organisation: str,
    trip: str,
    values: Callable[[TripPage, str], dict[str, Any]],
    *,
    filters: Mapping[str, str] | None = None,
    **part: str,
) -> Response:
    """``filters``: a field of the trip to the key of one in it, empty when not asked for."""
    language = page_language()
    asked = filters or {}

    def look() -> Seen:
        page = trip_now(organisation, trip)

        def write() -> str:
            return _written(endpoint, template, page, values(page, language), **part)

        # The same trip is the same value in memory until it is changed, so comparing costs nothing.
        made_of = (page.trip, page.organisation, page.places, page.state, today())
        known = (key if key in {one.key for one in getattr(page.trip, field)} else "" for field, key in asked.items())
        return Seen(made_of, write, tuple(known))

    return answer(look, *asked.values())


def _written(
    endpoint: str,
    template: str,
    page: TripPage,
    values: Mapping[str, Any],
    *,
    pictures_at: str = "public.picture",
    **part: str,
) -> str:
    language = page_language()
    keys = {"organisation": page.organisation.key, "trip": page.trip.key}
    return render_template(
        template,
        language=language,
        fallback=page.trip.languages,
        organisation=page.organisation,
        page=page,
        trip=page.trip,
        places=page.places,
        state=page.state.value,
        takes_signups=takes_signups(page.state),
        letters=letters_of(page.trip),
        numbers=sites_in_order(page.trip),
        keys={"language": language, **keys},
        alternates=alternates(endpoint, page.trip.languages, **keys, **part),
        pictures_at=pictures_at,
        picture_url=_picture_url(page, pictures_at),
        how_full=how_full(page),
        **values,
    )


def _kept_for(page: TripPage) -> set[str]:
    """Segments that places are still kept for; once they are released, nobody needs to read about them."""
    still = {
        segment.key
        for segment in page.trip.segments
        if segment.guaranteed_until is None or segment.guaranteed_until > now()
    }
    return {key for key, kept in page.places.guaranteed.items() if kept.size and key in still}


def _part(parts: Iterable[Part], key: str) -> Part:
    return next((part for part in parts if getattr(part, "key", None) == key), None) or abort(404)


def _beside(page: TripPage, item: ProgrammeItem) -> list[ProgrammeItem]:
    """What goes on at the same time."""
    return [
        other
        for other in page.trip.programme
        if other.key != item.key and other.starts_at < item.ends_at and item.starts_at < other.ends_at
    ]


def _picture_url(page: TripPage, pictures_at: str = "public.picture") -> str | None:
    if page.trip.picture is None:
        return None
    return url_for(pictures_at, organisation=page.organisation.key, trip=page.trip.key, name=page.trip.picture)


def _json_ld(page: TripPage, language: str) -> str:
    keys = {"language": language, "organisation": page.organisation.key, "trip": page.trip.key}
    picture, own_host = _picture_url(page), page.organisation.own_host
    return event_json_ld(
        trip=page.trip,
        host=page.organisation,
        places=page.places,
        state=page.state,
        language=language,
        url=public_url("public.trip", own_host=own_host, **keys),
        picture_url=None if picture is None else settings().address_of(own_host) + picture,
        item_url=lambda key: public_url("public.item", own_host=own_host, **keys, item=key),
        signup_url=public_url("signup.signup", own_host=own_host, **keys),
    )
