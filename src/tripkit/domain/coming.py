"""What happens to a trip by itself, and when: sign-up opens and ends, reminders go out, places are released, data is erased; nothing is done here."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from tripkit.domain.deadlines import answers_erased_at, erased_at, reminder_at, signup_ends_at
from tripkit.domain.places import begins_at
from tripkit.domain.reminders import Reminder, is_too_late
from tripkit.domain.trips import Admission, Trip, TripStatus


class Fate(StrEnum):
    """What becomes of a reminder."""

    SENT = "sent"
    NOT_PLANNED = "not_planned"
    """The trip does not happen as planned, or has no such day."""
    TOO_LATE = "too_late"
    AT_ONCE = "at_once"
    AHEAD = "ahead"


class Happens(StrEnum):
    """What happens, in the order of what has the same moment."""

    SIGNUP_OPENS = "signup_opens"
    GUARANTEE_ENDS = "guarantee_ends"
    FREE_CANCEL_ENDS = "free_cancel_ends"
    SIGNUP_ENDS = "signup_ends"
    DRAW = "draw"
    CHANGES_END = "changes_end"
    REMINDER = "reminder"
    TRIP_BEGINS = "trip_begins"
    TRIP_ENDS = "trip_ends"
    ANSWERS_ERASED = "answers_erased"
    ALL_ERASED = "all_erased"


_ORDER = tuple(Happens)


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One thing that happens. ``at``: the moment, in UTC; ``on``: the day to be told; ``timed``: whether the hour is told too.

    ``key``: of the segment, the reminder or the question it is about, empty = of none. ``fate``: of a reminder.
    """

    what: Happens
    at: datetime
    on: date
    timed: bool = True
    key: str = ""
    fate: Fate | None = None

    def is_over(self, now: datetime) -> bool:
        """Whether it has happened, or will not any more."""
        return self.at <= now


def fate_of(trip: Trip, reminder: Reminder, *, sent: bool, now: datetime) -> tuple[Fate, datetime | None]:
    """What becomes of a reminder, and its moment (None: it has none)."""
    due = reminder_at(trip, reminder)
    if sent:
        return Fate.SENT, due
    if due is None or trip.status is not TripStatus.PLANNED:
        return Fate.NOT_PLANNED, due
    if is_too_late(due, now):
        return Fate.TOO_LATE, due
    return (Fate.AT_ONCE if due <= now else Fate.AHEAD), due


def happenings(trip: Trip, *, sent: Collection[str], now: datetime) -> tuple[Happening, ...]:
    """All that happens to a trip by itself, in order of time, what is over among it. ``sent``: keys of reminders that were sent.

    Of a trip that does not happen as planned, only what is done in any case: places are released, data is erased.
    """
    found = [*_in_any_case(trip)]
    if trip.status is TripStatus.PLANNED:
        found += [*_of_signup(trip), *_of_days(trip), *_of_reminders(trip, sent, now)]
    return tuple(sorted(found, key=lambda one: (one.at, _ORDER.index(one.what))))


def _of_signup(trip: Trip) -> Iterator[Happening]:
    zone = ZoneInfo(trip.time_zone)
    ends = signup_ends_at(trip)
    if trip.signup_opens_at is not None:
        opens = trip.signup_opens_at
        yield Happening(what=Happens.SIGNUP_OPENS, at=opens, on=opens.astimezone(zone).date())
    if ends < begins_at(trip):  # Otherwise the trip's beginning says it.
        yield Happening(what=Happens.SIGNUP_ENDS, at=ends, on=ends.astimezone(zone).date())
    if trip.draws_at is not None and trip.admission is Admission.DRAW:
        yield Happening(what=Happens.DRAW, at=trip.draws_at, on=trip.draws_at.astimezone(zone).date())
    if trip.changes_until is not None:
        until = trip.changes_until
        yield Happening(what=Happens.CHANGES_END, at=until, on=until.astimezone(zone).date())
    if trip.free_cancel_until is not None:
        last = trip.free_cancel_until
        yield Happening(what=Happens.FREE_CANCEL_ENDS, at=_end_of(last, zone), on=last, timed=False)


def _of_days(trip: Trip) -> Iterator[Happening]:
    zone = ZoneInfo(trip.time_zone)
    yield Happening(what=Happens.TRIP_BEGINS, at=begins_at(trip), on=trip.starts_on, timed=False)
    if trip.ends_on != trip.starts_on:
        yield Happening(what=Happens.TRIP_ENDS, at=_end_of(trip.ends_on, zone), on=trip.ends_on, timed=False)


def _of_reminders(trip: Trip, sent: Collection[str], now: datetime) -> Iterator[Happening]:
    zone = ZoneInfo(trip.time_zone)
    for one in trip.reminders:
        fate, due = fate_of(trip, one, sent=one.key in sent, now=now)
        if due is not None:
            on = due.astimezone(zone).date()
            yield Happening(what=Happens.REMINDER, at=due, on=on, key=one.key, fate=fate)


def _in_any_case(trip: Trip) -> Iterator[Happening]:
    zone = ZoneInfo(trip.time_zone)
    for segment in trip.segments:
        if segment.guaranteed and segment.guaranteed_until is not None:
            until = segment.guaranteed_until
            yield Happening(what=Happens.GUARANTEE_ENDS, at=until, on=until.astimezone(zone).date(), key=segment.key)
    last = erased_at(trip)
    for question in trip.questions:
        if question.kept_days is not None and (gone := answers_erased_at(trip, question.kept_days)) < last:
            on = gone.astimezone(zone).date()
            yield Happening(what=Happens.ANSWERS_ERASED, at=gone, on=on, timed=False, key=question.key)
    yield Happening(what=Happens.ALL_ERASED, at=last, on=last.astimezone(zone).date(), timed=False)


def _end_of(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day + timedelta(days=1), time.min, zone).astimezone(UTC)
