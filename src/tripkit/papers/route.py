"""The way a trip takes between its sites: stops in order, legs day by day; nothing is drawn here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby, pairwise

from tripkit.domain.collisions import TravelTimes
from tripkit.domain.programme import ItemKind, ProgrammeItem
from tripkit.domain.trips import Site, Trip


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One time a site is visited. ``starts_at``: by the clock there. ``is_choice``: not everybody comes."""

    item: ProgrammeItem
    starts_at: datetime
    is_choice: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A site on the way. ``number``: by first visit, from 1; sites nobody visits come last."""

    number: int
    site: Site
    calls: tuple[Call, ...]

    def is_on_the_map(self) -> bool:
        """Whether it is known where it is."""
        return self.site.latitude is not None and self.site.longitude is not None


@dataclass(frozen=True, slots=True)
class Leg:
    """A way from some sites to the next; several on a side are visits at the same time. ``day``: place in `Route.days`."""

    day: int
    from_sites: tuple[str, ...]
    to_sites: tuple[str, ...]
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A trip's way. ``stops``: by number. ``days``: those with a visit to a site."""

    stops: tuple[Stop, ...]
    days: tuple[date, ...]
    legs: tuple[Leg, ...]

    def on_the_map(self) -> tuple[Stop, ...]:
        """The stops whose place is known."""
        return tuple(stop for stop in self.stops if stop.is_on_the_map())

    def not_on_the_map(self) -> tuple[Stop, ...]:
        """The stops that can only be listed."""
        return tuple(stop for stop in self.stops if not stop.is_on_the_map())

    def calls_on(self, day: date) -> tuple[tuple[Stop, Call], ...]:
        """What is visited on a day, in order of time."""
        calls = [(stop, call) for stop in self.stops for call in stop.calls if call.starts_at.date() == day]
        return tuple(sorted(calls, key=lambda one: (one[1].item.starts_at, one[0].number)))


def route_of(trip: Trip) -> Route:
    """The way a trip takes, by its programme."""
    sites = {site.key: site for site in trip.sites}
    items = sorted((item for item in trip.programme if item.site in sites), key=lambda item: item.starts_at)
    order = list(dict.fromkeys([*(item.site for item in items if item.site), *sites]))
    days = [(day, list(those)) for day, those in groupby(items, key=lambda item: item.local_start().date())]
    known = {key for key, site in sites.items() if site.latitude is not None and site.longitude is not None}
    return Route(
        stops=tuple(
            Stop(number=number, site=sites[key], calls=tuple(_call(item) for item in items if item.site == key))
            for number, key in enumerate(order, 1)
        ),
        days=tuple(day for day, _ in days),
        legs=tuple(
            leg for place, (_, those) in enumerate(days) for leg in _legs(place, those, known, TravelTimes(trip.travel))
        ),
    )


def _call(item: ProgrammeItem) -> Call:
    return Call(item=item, starts_at=item.local_start(), is_choice=item.choice is not None)


def _legs(day: int, items: Iterable[ProgrammeItem], known: set[str], times: TravelTimes) -> Iterator[Leg]:
    for before, after in pairwise(_at_the_same_time(items, known)):
        if set(before) != set(after):
            minutes = [times.minutes(one, other) for one in before for other in after]
            yield Leg(day, before, after, max(minutes, default=0))


def _at_the_same_time(items: Iterable[ProgrammeItem], known: set[str]) -> list[tuple[str, ...]]:
    """Sites in the order of time, those with visits that overlap together; a night lasts no longer than its arrival."""
    groups: list[list[str]] = []
    ends_at: datetime | None = None
    for item in items:
        if item.site is None or item.site not in known:
            continue
        if item.kind is ItemKind.LODGING:
            groups.append([item.site])
            ends_at = item.starts_at
        elif ends_at is not None and item.starts_at < ends_at:
            groups[-1].append(item.site)
            ends_at = max(ends_at, item.ends_at)
        else:
            groups.append([item.site])
            ends_at = item.ends_at
    return [tuple(dict.fromkeys(group)) for group in groups]
