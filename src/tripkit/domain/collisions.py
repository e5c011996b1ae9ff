"""What one person cannot attend both of: overlap and travel time; nothing about seats."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations

from tripkit.domain.programme import ItemKind, ProgrammeItem, Travel
from tripkit.domain.trips import Trip


@dataclass(frozen=True, slots=True)
class Collision:
    """Two items one person cannot attend both of, earlier first. ``travel_minutes``: 0 when they overlap in time."""

    earlier: ProgrammeItem
    later: ProgrammeItem
    travel_minutes: int


class TravelTimes:
    """How long it takes between sites. Unknown pairs take no time: the organiser writes down what matters."""

    def __init__(self, travel: Iterable[Travel]) -> None:
        self._minutes = {frozenset((leg.from_site, leg.to_site)): leg.minutes for leg in travel}

    def minutes(self, from_site: str | None, to_site: str | None) -> int:
        """Whole minutes from door to door, 0 within one site or when either is unknown."""
        if from_site is None or to_site is None or from_site == to_site:
            return 0
        return self._minutes.get(frozenset((from_site, to_site)), 0)


def collisions(items: Sequence[ProgrammeItem], times: TravelTimes) -> tuple[Collision, ...]:
    """Every pair among these items that one person cannot attend both of.

    Times are half-open: an item that starts when another ends, at the same site, is no collision. A transfer starts at
    its site and ends wherever the next item is.
    """
    found = []
    for one, other in combinations(sorted(items, key=lambda i: (i.starts_at, i.ends_at, i.key)), 2):
        if other.starts_at < one.ends_at:
            found.append(Collision(one, other, 0))
        elif one.kind is ItemKind.TRANSFER:
            continue  # It is the journey: whoever was on it is where the next item is.
        elif (minutes := times.minutes(one.site, other.site)) and one.ends_at + timedelta(
            minutes=minutes
        ) > other.starts_at:
            found.append(Collision(one, other, minutes))
    return tuple(found)


def attended(programme: Iterable[ProgrammeItem], segment: str, chosen: Iterable[str]) -> tuple[ProgrammeItem, ...]:
    """What one participant takes part in: everything for their segment, and what they chose, in order of time."""
    wanted = set(chosen)
    return tuple(
        sorted(
            (item for item in programme if item.is_meant_for(segment) and (item.choice is None or item.key in wanted)),
            key=lambda item: (item.starts_at, item.ends_at, item.key),
        )
    )


def replaced_by(trip: Trip, held: Iterable[str], item: str) -> tuple[str, ...]:
    """Which of the chosen items somebody holds have to give way when they take another one."""
    programme = {one.key: one for one in trip.programme}
    wanted, times = programme[item], TravelTimes(trip.travel)
    return tuple(
        key
        for key in held
        if key != item
        and key in programme
        and (programme[key].choice == wanted.choice or collisions([programme[key], wanted], times))
    )
