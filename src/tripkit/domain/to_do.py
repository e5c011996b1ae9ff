"""What needs doing for a trip, by what is known of it: how many, until when, about what; nothing is done, counted or said here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from tripkit.domain.coming import Fate, Happening, Happens
from tripkit.domain.deadlines import erased_at, signup_ends_at
from tripkit.domain.places import Places, begins_at, is_over, is_to_be_drawn, why_not_open
from tripkit.domain.programme import ItemKind, ProgrammeItem
from tripkit.domain.trips import Trip, TripStatus

SOON = timedelta(days=7)
"""How long before its moment something is said to be close."""
KITCHEN = timedelta(days=14)
"""How long before a trip the kitchen has to know."""
RELEASE = timedelta(days=14)
"""How long before places are released somebody can still be asked to take them."""


class Task(StrEnum):
    """What needs doing, the most pressing first."""

    UNDELIVERED = "undelivered"
    DRAW = "draw"
    OFFERS = "offers"
    UNANSWERED = "unanswered"
    SENSITIVE = "sensitive"
    GUARANTEE_ENDS = "guarantee_ends"
    SIGNUP_ENDS = "signup_ends"
    REMINDER = "reminder"
    NO_HOST = "no_host"
    ERASED = "erased"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToDo:
    """One thing to do. ``count``: people, places or messages. ``at``: until when, or when it happens; None = as soon as may be.

    ``key``: of the segment, visit, question or reminder it is about, or the code of a booking; empty = of none.
    """

    task: Task
    count: int
    at: datetime | None = None
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a trip, as far as it may need doing.

    ``undelivered``: bookings whose latest message to somebody in them was given up or came back, the first of which is
    ``first_undelivered``. ``offers``: (people, first deadline) by visit, empty key = places on the trip. ``missing``:
    people by key of the question. ``sensitive``: who travel and have answered about health or diet since somebody last
    looked. ``applied``: in a draw that has not been. ``erased``: everything people wrote was erased.
    """

    places: Places
    undelivered: int = 0
    first_undelivered: str = ""
    offers: Mapping[str, tuple[int, datetime]] = field(default_factory=dict)
    missing: Mapping[str, int] = field(default_factory=dict)
    sensitive: int = 0
    applied: int = 0
    erased: bool = False


def to_do(trip: Trip, known: Known, coming: tuple[Happening, ...], now: datetime) -> tuple[ToDo, ...]:
    """What needs doing, the most pressing first; empty when nothing does."""
    if known.erased:
        return ()
    found = [*_left_over(trip, known, now)]
    if trip.status is TripStatus.PLANNED and not is_over(trip, now):
        found += [*_before(trip, known, coming, now), *_unhosted(trip, now)]
    return tuple(found)


def nobody_hosts(trip: Trip, item: ProgrammeItem) -> bool:
    """Whether nobody is named who receives this visit: no speaker, no partner, nobody at the site."""
    if item.kind is not ItemKind.SITE_VISIT or item.speakers or item.partners:
        return False
    site = next((one for one in trip.sites if one.key == item.site), None)
    return site is None or (site.partner is None and site.host_contact is None)


def _left_over(trip: Trip, known: Known, now: datetime) -> Iterator[ToDo]:
    """What waits whether the trip is ahead or over."""
    if known.undelivered:
        yield ToDo(task=Task.UNDELIVERED, count=known.undelivered, key=known.first_undelivered)
    for item, (people, until) in known.offers.items():
        yield ToDo(task=Task.OFFERS, count=people, at=until, key=item)
    if is_over(trip, now):
        yield ToDo(task=Task.ERASED, count=known.places.trip.taken, at=erased_at(trip))


def _before(trip: Trip, known: Known, coming: tuple[Happening, ...], now: datetime) -> Iterator[ToDo]:
    begins = begins_at(trip)
    if known.applied and trip.draws_at is None and signup_ends_at(trip) <= now and is_to_be_drawn(trip, known.places):
        yield ToDo(task=Task.DRAW, count=known.applied)
    for question, people in known.missing.items():
        yield ToDo(task=Task.UNANSWERED, count=people, at=begins, key=question)
    if known.sensitive:
        yield ToDo(task=Task.SENSITIVE, count=known.sensitive, at=begins)
    ends = {one.key: one.at for one in coming if one.what is Happens.GUARANTEE_ENDS}
    for segment, room in known.places.guaranteed.items():
        if room.left and segment in ends and now < ends[segment] <= now + RELEASE:
            yield ToDo(task=Task.GUARANTEE_ENDS, count=room.left, at=ends[segment], key=segment)
    closes = signup_ends_at(trip)
    if known.places.trip.left and why_not_open(trip, now) is None and closes <= now + SOON:
        yield ToDo(task=Task.SIGNUP_ENDS, count=known.places.trip.left, at=closes)
    for one in coming:
        if one.fate in {Fate.AHEAD, Fate.AT_ONCE} and one.at <= now + SOON:
            yield ToDo(task=Task.REMINDER, count=1, at=one.at, key=one.key)


def _unhosted(trip: Trip, now: datetime) -> Iterator[ToDo]:
    open_visits = [item for item in trip.programme if item.starts_at > now and nobody_hosts(trip, item)]
    if open_visits:
        first = min(open_visits, key=lambda item: item.starts_at)
        yield ToDo(task=Task.NO_HOST, count=len(open_visits), at=first.starts_at, key=first.key)
