"""How full a trip is, and how it stands with sign-up: values that pages and messages are told; no claims here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Protocol
from zoneinfo import ZoneInfo

from tripkit.domain.lottery import Lottery
from tripkit.domain.sentences import Sentence, sentence
from tripkit.domain.trips import Admission, Trip, TripStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """How full one thing is, in people.

    ``size``: None = no limit. ``taken`` counts held places, those on offer too; ``offered`` are the ones among them
    that wait for an answer. ``waiting``: people in the queue for it.
    """

    size: int | None
    taken: int
    offered: int = 0
    waiting: int = 0

    @property
    def left(self) -> int | None:
        """Places nobody holds, never below zero (an organiser may lower a size below what is taken)."""
        return None if self.size is None else max(0, self.size - self.taken)

    def has_room(self) -> bool:
        """Whether at least one more fits."""
        return self.size is None or self.taken < self.size


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """How full a trip is.

    ``trip``: the whole of it. ``segments``: what each segment can still use (open places and its own guaranteed ones,
    within its limit). ``guaranteed``: places still kept for a segment. ``items``: programme items with a choice or
    a limit. ``lottery``: of a trip whose places are drawn.
    """

    trip: Room
    segments: Mapping[str, Room]
    guaranteed: Mapping[str, Room]
    items: Mapping[str, Room]
    lottery: Lottery | None = None


class TripState(StrEnum):
    """How it stands with a trip, in the order a page decides it."""

    DRAFT = "draft"
    CANCELLED = "cancelled"
    POSTPONED = "postponed"
    PAST = "past"
    OPENS_LATER = "opens_later"
    CLOSED = "closed"
    DRAW = "draw"
    """Open, and whoever signs up is entered in the draw."""
    FULL = "full"
    FEW_LEFT = "few_left"
    OPEN = "open"


class Starting(Protocol):
    """What it takes to know when a trip begins: a `Trip`, or a row of one."""

    @property
    def starts_on(self) -> date:
        """The first day."""

    @property
    def time_zone(self) -> str:
        """Its IANA name."""


def begins_at(trip: Starting) -> datetime:
    """When the trip's first day begins, by the clock where it happens; in UTC. No place is on offer after it."""
    return datetime.combine(trip.starts_on, time.min, ZoneInfo(trip.time_zone)).astimezone(UTC)


def has_started(trip: Trip, now: datetime) -> bool:
    """Whether the trip's first day has begun."""
    return now >= begins_at(trip)


def is_over(trip: Trip, now: datetime) -> bool:
    """Whether the trip's last day has passed, by the clock where it happens."""
    return now.astimezone(ZoneInfo(trip.time_zone)).date() > trip.ends_on


def state_of(trip: Trip, places: Places, now: datetime) -> TripState:
    """How it stands with the trip at this moment."""
    if trip.status is TripStatus.DRAFT:
        return TripState.DRAFT
    if trip.status is TripStatus.CANCELLED:
        return TripState.CANCELLED
    if trip.status is TripStatus.POSTPONED:
        return TripState.POSTPONED
    if is_over(trip, now):
        return TripState.PAST
    if trip.signup_opens_at is not None and now < trip.signup_opens_at:
        return TripState.OPENS_LATER
    if has_started(trip, now) or (trip.signup_closes_at is not None and now >= trip.signup_closes_at):
        return TripState.CLOSED
    if is_to_be_drawn(trip, places):
        return TripState.DRAW
    left = places.trip.left or 0
    if not any(room.has_room() for room in places.segments.values()) or left == 0:
        return TripState.FULL
    return TripState.FEW_LEFT if left <= few(trip.size) else TripState.OPEN


def is_to_be_drawn(trip: Trip, places: Places) -> bool:
    """Whether places are drawn and have not been yet, so that nobody has one."""
    return trip.admission is Admission.DRAW and (places.lottery is None or places.lottery.drawn_at is None)


def few(size: int) -> int:
    """How many places count as few: a tenth of the trip, at least five."""
    return max(5, size // 10)


def why_not_open(trip: Trip, now: datetime) -> Sentence | None:
    """Why nobody can sign up now, whatever places there are; None when they can."""
    if (why := why_nobody_travels(trip)) is not None:
        return why
    if trip.signup_opens_at is not None and now < trip.signup_opens_at:
        return sentence("Sign-up is not open yet.")
    if trip.signup_closes_at is not None and now >= trip.signup_closes_at:
        return sentence("Sign-up has closed.")
    if has_started(trip, now):
        return sentence("The trip has begun, so nobody can sign up.")
    return None


def why_nobody_travels(trip: Trip) -> Sentence | None:
    """Why nobody can be signed up, not even by who organises the trip; None when they can."""
    if trip.status is TripStatus.DRAFT:
        return sentence("The trip is a draft, so nobody can sign up yet.")
    if trip.status is TripStatus.CANCELLED:
        return sentence("The trip is cancelled, so nobody can sign up.")
    if trip.status is TripStatus.POSTPONED:
        return sentence("The trip is postponed. Sign-up opens again when there are new dates.")
    return None


def why_not_by_hand(trip: Trip, now: datetime) -> Sentence | None:
    """Why who organises the trip cannot sign anybody up now; None when they can, open for others or not."""
    if is_over(trip, now):
        return sentence("The trip is over, so nobody can be signed up any more.")
    return why_nobody_travels(trip)


def takes_signups(state: TripState) -> bool:
    """Whether somebody may sign up now, for a place, for the draw or for the queue."""
    return state in {TripState.DRAW, TripState.OPEN, TripState.FEW_LEFT, TripState.FULL}
