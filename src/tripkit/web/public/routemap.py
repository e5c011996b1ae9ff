"""The map of a trip's visits, in one reader's words: drawn, and as data for a map with tiles; the view hands in the trip."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from threading import Lock

from babel.dates import format_date

from tripkit.domain.texts import in_language
from tripkit.domain.trips import Trip
from tripkit.i18n import clock_time
from tripkit.papers.route import Call, Route, Stop, route_of
from tripkit.papers.route_drawing import NARROW, WIDE, Drawing, draw

_MOST_TIMES = 2
"""Visits beside a stop on the drawing; all of them are in the list below it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteMap:
    """What the template draws. ``wide``, ``narrow``: the same way on two sheets, of which a page shows what fits.

    ``days``: each day's visits in order, for those who read instead of look. Empty drawings when no place is known.
    """

    route: Route
    wide: Drawing
    narrow: Drawing
    days: tuple[tuple[date, tuple[tuple[Stop, Call], ...]], ...]

    def number(self, site: str) -> int:
        """The number of a site on the map."""
        return next(stop.number for stop in self.route.stops if stop.site.key == site)

    def tile_stops(self, language: str, languages: tuple[str, ...]) -> list[dict[str, object]]:
        """What the map with tiles is told of each stop."""
        return [
            {
                "key": stop.site.key,
                "number": stop.number,
                "name": in_language(stop.site.name, language, languages)[0],
                "at": [stop.site.latitude, stop.site.longitude],
            }
            for stop in self.route.on_the_map()
        ]

    def tile_legs(self) -> list[dict[str, object]]:
        """Which stops the map with tiles joins, and on which day."""
        return [
            {"day": leg.day, "from": one, "to": other}
            for leg in self.route.legs
            for one in leg.from_sites
            for other in leg.to_sites
            if one != other
        ]


_MOST_KEPT = 64
_kept: OrderedDict[tuple[int, str], tuple[Trip, RouteMap]] = OrderedDict()
_lock = Lock()


def drawn(trip: Trip, language: str) -> RouteMap:
    """Draw a trip's way for a reader of this language.

    Kept as long as the trip is the same value in memory: drawing takes a hundred times as long as a page does.
    """
    name = (id(trip), language)
    with _lock:
        known, found = _kept.get(name, (None, None))
    if found is None or known is not trip:
        found = _draw(trip, language)
        with _lock:
            _kept[name] = trip, found
            while len(_kept) > _MOST_KEPT:
                _kept.popitem(last=False)
    return found


def _draw(trip: Trip, language: str) -> RouteMap:
    route = route_of(trip)

    def name(stop: Stop) -> str:
        return in_language(stop.site.name, language, trip.languages)[0]

    def note(stop: Stop) -> str:
        return times_of(stop, language)

    return RouteMap(
        route=route,
        wide=draw(route, WIDE, name=name, note=note),
        narrow=draw(route, NARROW, name=name, note=note),
        days=tuple((day, route.calls_on(day)) for day in route.days),
    )


def times_of(stop: Stop, language: str) -> str:
    """When a site is visited, in short: "tors 10.45 och 13.00, fre 9.00"; a line never parts a day from its time."""
    words: list[str] = []
    for day, calls in groupby(stop.calls, key=lambda call: call.starts_at.date()):
        weekday = format_date(day, "EEE", locale=language).rstrip(".")
        clocks = list(dict.fromkeys(clock_time(call.starts_at, language) for call in calls))
        words += [f"{weekday}\u00a0{clocks[0]}", *clocks[1:]]
    return ", ".join(words[:_MOST_TIMES]) + (" …" if len(words) > _MOST_TIMES else "")
