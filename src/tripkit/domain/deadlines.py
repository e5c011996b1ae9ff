"""Moments that follow from a trip's days: sign-up ends, reminders go out, personal data is erased; no clock is asked."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from tripkit.domain.places import Starting, begins_at
from tripkit.domain.reminders import Anchor, Reminder, Timing
from tripkit.domain.trips import Trip

RETENTION_DAYS = 365
"""How long after a trip what people wrote is kept when its organiser says nothing."""


class Ending(Protocol):
    """What it takes to know when a trip's data is erased: a `Trip`, or a row of one."""

    @property
    def ends_on(self) -> date:
        """The last day."""

    @property
    def retention_days(self) -> int | None:
        """Days; None = as long as usual."""

    @property
    def time_zone(self) -> str:
        """Its IANA name."""


class Open(Starting, Protocol):
    """What it takes to know when sign-up ends, too."""

    @property
    def signup_closes_at(self) -> datetime | None:
        """None = when the trip begins."""


def signup_ends_at(trip: Open) -> datetime:
    """When sign-up ends: when it closes, or else when the first day begins; in UTC."""
    starts = begins_at(trip)
    return starts if trip.signup_closes_at is None else min(trip.signup_closes_at, starts)


def anchor_day(trip: Trip, anchor: Anchor) -> date | None:
    """The day a reminder counts from, by the clock where the trip is; None when the trip has no such day."""
    if anchor is Anchor.TRIP_STARTS:
        return trip.starts_on
    if anchor is Anchor.TRIP_ENDS:
        return trip.ends_on
    if anchor is Anchor.FREE_CANCEL_UNTIL:
        return trip.free_cancel_until
    moment = trip.signup_closes_at if anchor is Anchor.SIGNUP_CLOSES else trip.changes_until
    return trip.starts_on if moment is None else moment.astimezone(ZoneInfo(trip.time_zone)).date()


def timed_at(trip: Trip, timing: Timing) -> datetime | None:
    """When that is on this trip (UTC); None when the trip has no such day."""
    day = anchor_day(trip, timing.anchor)
    return None if day is None else timing.moment(day, trip.time_zone)


def reminder_at(trip: Trip, reminder: Reminder) -> datetime | None:
    """When a reminder is to be sent (UTC); None when the trip has no such day."""
    return timed_at(trip, reminder.timing)


def erased_on(trip: Ending) -> date:
    """The day on which what people wrote is erased, by the clock where the trip is."""
    days = RETENTION_DAYS if trip.retention_days is None else trip.retention_days
    return trip.ends_on + timedelta(days=days + 1)


def answers_erased_at(trip: Ending, kept_days: int) -> datetime:
    """The moment at which answers to a question are erased that are kept for so many days; in UTC."""
    day = trip.ends_on + timedelta(days=kept_days + 1)
    return datetime.combine(day, time.min, ZoneInfo(trip.time_zone)).astimezone(UTC)


def erased_at(trip: Ending) -> datetime:
    """The moment at which that day begins; in UTC."""
    return datetime.combine(erased_on(trip), time.min, ZoneInfo(trip.time_zone)).astimezone(UTC)
