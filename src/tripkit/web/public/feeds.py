"""What programs fetch from the public site: calendars, the site map, robots.txt. Nothing in them is about one person."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from flask import Response, abort, request

from tripkit.domain.trips import Organisation, Trip
from tripkit.i18n import LANGUAGES
from tripkit.papers import calendar as calendars
from tripkit.papers import sitemap as site_map
from tripkit.papers.sitemap import Page
from tripkit.reads.trip_list import trip_addresses
from tripkit.reads.trip_plan import find_plan
from tripkit.web.frame import now, page_language, public_url, session, settings
from tripkit.web.hosts import whose_host
from tripkit.web.public import blueprint
from tripkit.web.public.addresses import spoken
from tripkit.web.routing import Policy, route

_STAMP = re.compile(rb"\r\nDTSTAMP:[^\r]*")
_MINUTES = 60
_SOON = 5 * _MINUTES
_LATER = 60 * _MINUTES


@route(blueprint, "/<language>/<organisation>/<trip>/calendar.ics", policy=Policy.PUBLIC)
def calendar(language: str, organisation: str, trip: str) -> Response:
    """A trip to subscribe to."""
    language = page_language()
    revision, host, found = _found(organisation, trip)
    keys = {"language": language, "organisation": organisation, "trip": trip}
    data = calendars.trip_calendar(
        trip=found,
        host=host,
        language=language,
        url=public_url("public.trip", own_host=host.own_host, **keys),
        stamp=now(),
        revision=revision,
        item_url=lambda item: public_url("public.item", own_host=host.own_host, **keys, item=item),
    )
    return _calendar(data, calendars.calendar_name(found))


@route(blueprint, "/<language>/<organisation>/<trip>/programme/<item>/calendar.ics", policy=Policy.PUBLIC)
def item_calendar(language: str, organisation: str, trip: str, item: str) -> Response:
    """One programme item, to put into one's own calendar."""
    language = page_language()
    _, host, found = _found(organisation, trip)
    if item not in {one.key for one in found.programme}:
        abort(404)
    keys = {"language": language, "organisation": organisation, "trip": trip, "item": item}
    url = public_url("public.item", own_host=host.own_host, **keys)
    data = calendars.item_calendar(trip=found, host=host, item=item, language=language, url=url, stamp=now())
    return _calendar(data, calendars.calendar_name(found, item=item))


@route(blueprint, "/sitemap.xml", policy=Policy.PUBLIC)
def sitemap() -> Response:
    """Every public page that stands on its own, in its languages."""
    response = Response(site_map.sitemap(_pages()), content_type="application/xml; charset=utf-8")
    response.add_etag()
    return _kept(response, _LATER)


@route(blueprint, "/robots.txt", policy=Policy.PUBLIC)
def robots() -> Response:
    """Where robots are welcome: everywhere, but not in a demonstration, whose trips are long over."""
    forbidden = "/" if settings().demo else ""
    text = f"User-agent: *\nDisallow: {forbidden}\n\nSitemap: {public_url('public.sitemap', own_host=_own_host())}\n"
    response = Response(text, content_type="text/plain; charset=utf-8")
    response.add_etag()
    return _kept(response, _LATER)


def _found(organisation: str, trip: str) -> tuple[int, Organisation, Trip]:
    found = find_plan(session(), organisation, trip)
    return abort(404) if found is None else found[1:]


def _pages() -> Iterator[Page]:
    """What stands on the host that is asked: a map says nothing of another host's pages (sitemaps.org, "location")."""
    asked = _own_host()
    if asked is None:
        yield Page(addresses={language: public_url("public.trips", language=language) for language in LANGUAGES})
    for (host, host_speaks, own_host), trips in trip_addresses(session()).items():
        if own_host != asked:
            continue
        yield Page(
            addresses={
                language: public_url("public.organisation", own_host=asked, language=language, organisation=host)
                for language in spoken(host_speaks)
            }
        )
        for trip, languages in trips:
            yield Page(
                addresses={
                    language: public_url("public.trip", own_host=asked, language=language, organisation=host, trip=trip)
                    for language in spoken(languages)
                }
            )


def _own_host() -> str | None:
    """The organisation's own host that is asked; None on the site's own."""
    return None if whose_host() is None else request.host.partition(":")[0].lower().rstrip(".")


def _calendar(data: bytes, name: str) -> Response:
    response = Response(data, content_type=f"{calendars.MEDIA_TYPE}; charset=utf-8")
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    # DTSTAMP is the moment of writing: answers that differ in nothing else are equal in meaning, so the tag is weak.
    response.set_etag(hashlib.sha256(_STAMP.sub(b"", data)).hexdigest()[:32], weak=True)
    return _kept(response, _SOON)


def _kept(response: Response, seconds: int) -> Response:
    response.cache_control.public = True
    response.cache_control.max_age = seconds
    response.make_conditional(request)
    return response
