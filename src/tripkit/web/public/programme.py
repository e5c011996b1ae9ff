"""A programme as a page draws it: days, stops on a line, and what goes on at the same time; no markup."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tripkit.domain.programme import Choice, ItemKind, ProgrammeItem
from tripkit.domain.texts import Text
from tripkit.domain.trips import Trip


@dataclass(frozen=True, slots=True)
class Stop:
    """What begins together. ``items``: several when they go on at the same time; ``choice``: one of them is chosen."""

    items: tuple[ProgrammeItem, ...]
    choice: Choice | None

    @property
    def starts_at(self) -> datetime:
        """By the clock on the wall there."""
        return self.items[0].local_start()

    @property
    def ends_at(self) -> datetime:
        """By the clock on the wall there, of what ends last."""
        return max(self.items, key=lambda item: item.ends_at).local_end()


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the programme. ``note``: what the organiser calls it."""

    on: date
    note: Text
    stops: tuple[Stop, ...]


@dataclass(frozen=True, slots=True)
class Programme:
    """What is shown of a programme. ``hidden``: how many items the filter left out."""

    days: tuple[Day, ...]
    segment: str | None
    topic: str | None
    hidden: int


def programme_of(trip: Trip, *, segment: str | None, topic: str | None) -> Programme:
    """The programme, for one segment or about one topic when asked. Unknown ones ask for nothing."""
    segment = segment if segment in {one.key for one in trip.segments} else None
    topic = topic if topic in {one.key for one in trip.topics} else None
    shown = [
        item
        for item in trip.programme
        if (segment is None or item.is_meant_for(segment)) and (topic is None or topic in item.topics)
    ]
    return Programme(tuple(_days(trip, shown)), segment, topic, len(trip.programme) - len(shown))


def _days(trip: Trip, items: Iterable[ProgrammeItem]) -> Iterator[Day]:
    notes = {note.day: note.text for note in trip.day_notes}
    by_day: dict[date, list[ProgrammeItem]] = {}
    # What begins together keeps the organiser's own order.
    for item in sorted(items, key=lambda item: item.starts_at):
        by_day.setdefault(item.local_start().date(), []).append(item)
    for on, of_day in by_day.items():
        yield Day(on, notes.get(on, {}), tuple(_stops(trip, of_day)))


def _stops(trip: Trip, items: Iterable[ProgrammeItem]) -> Iterator[Stop]:
    choices = {choice.key: choice for choice in trip.choices}
    for group in _at_the_same_time(items):
        keys = {item.choice for item in group}
        only = next(iter(keys)) if len(keys) == 1 else None
        yield Stop(tuple(group), choices.get(only) if only is not None else None)


def _at_the_same_time(items: Iterable[ProgrammeItem]) -> Iterator[list[ProgrammeItem]]:
    """Group what overlaps. A night at a hotel overlaps everything after it and goes on its own."""
    group: list[ProgrammeItem] = []
    until: datetime | None = None
    for item in items:
        alone = item.kind is ItemKind.LODGING or item.ends_at - item.starts_at > timedelta(hours=8)
        if group and (alone or until is None or item.starts_at >= until):
            yield group
            group = []
        group.append(item)
        if alone:
            yield group
            group, until = [], None
            continue
        until = item.ends_at if until is None or len(group) == 1 else max(until, item.ends_at)
    if group:
        yield group


def hours_of(trip: Trip) -> tuple[datetime, datetime] | None:
    """When the programme begins and ends, by the clocks there; None while there is none."""
    if not trip.programme:
        return None
    first = min(trip.programme, key=lambda item: item.starts_at)
    last = max(trip.programme, key=lambda item: item.ends_at)
    return first.local_start(), last.local_end()


def sites_in_order(trip: Trip) -> dict[str, int]:
    """Site keys in the order they are visited, with their numbers; those never visited come last."""
    visited = [item.site for item in sorted(trip.programme, key=lambda item: item.starts_at) if item.site]
    keys = dict.fromkeys([*visited, *(site.key for site in trip.sites)])
    return {key: number for number, key in enumerate(keys, 1)}


def letters_of(trip: Trip) -> dict[str, str]:
    """Topic key to the letter it has in the programme: A to Z, then numbers."""
    return {
        topic.key: chr(ord("A") + index) if index < 26 else str(index + 1) for index, topic in enumerate(trip.topics)
    }
