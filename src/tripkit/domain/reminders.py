"""What a trip's organiser has decided to remind people of, and when; who has signed up is not known here, nothing is sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from tripkit.domain.campaigns import Who
from tripkit.domain.texts import Text

LATEST = timedelta(days=2)
"""How late a reminder may be: one whose moment passed longer ago is not sent any more, it would only puzzle people."""

CAMPAIGN = "reminder "
"""What the name of a reminder's campaign begins with; the space keeps it apart from those that organisers name."""


class Anchor(StrEnum):
    """The day of a trip that a reminder's days are counted from."""

    TRIP_STARTS = "trip_starts"
    TRIP_ENDS = "trip_ends"
    SIGNUP_CLOSES = "signup_closes"
    CHANGES_UNTIL = "changes_until"
    FREE_CANCEL_UNTIL = "free_cancel_until"


class Side(StrEnum):
    """On which side of the day."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """A moment that follows from the days of a trip: ``days`` before or after one of them, at ``clock`` where the trip is."""

    days: int
    side: Side
    anchor: Anchor
    clock: time

    def moment(self, anchored_on: date, zone: str) -> datetime:
        """When that is (UTC), the day of its anchor being ``anchored_on``.

        Nine o'clock is nine o'clock on both sides of a change of the clocks. A time that the clocks skip is taken as
        much later as they skip; of one that comes twice, the first.

        Raises: OverflowError for a day beyond the calendar.
        """
        day = anchored_on + timedelta(days=-self.days if self.side is Side.BEFORE else self.days)
        return datetime.combine(day, self.clock, ZoneInfo(zone)).astimezone(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """A letter to send on a day that follows from the trip's own.

    ``days`` before or after the day of ``anchor``, at ``clock`` by the clock in the trip's time zone. ``segments``,
    ``visits``: only those in one of these groups, or who go to one of these items; empty = all. ``subject`` on one
    line, ``text`` in Markdown, both with the placeholders of `tripkit.domain.free_texts`.
    """

    key: str
    days: int
    side: Side
    anchor: Anchor
    clock: time
    audience: Who = Who.WITH_PLACE
    segments: tuple[str, ...] = ()
    visits: tuple[str, ...] = ()
    subject: Text
    text: Text

    @property
    def timing(self) -> Timing:
        """When, without what."""
        return Timing(days=self.days, side=self.side, anchor=self.anchor, clock=self.clock)


def is_too_late(moment: datetime, now: datetime) -> bool:
    """Whether what was to be sent at a moment is not sent any more."""
    return moment < now - LATEST
