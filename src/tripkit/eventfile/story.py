"""A story: fictional bookings that fill a trip, to be played on a database; values only, nothing is played here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tripkit.domain.bookings import BookingRequest


class StoryAct(StrEnum):
    """What happens to a booking later in a story."""

    CANCEL = "cancel"
    ACCEPT = "accept"
    DECLINE = "decline"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryBooking:
    """A sign-up sent at ``at`` (aware, UTC). ``label``: what later steps call it; unique within the story."""

    label: str
    at: datetime
    request: BookingRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryStep:
    """What happens later, at ``at`` (aware, UTC). ``booking``: a label.

    ``participants``: names as in the booking, empty = all of them. ``accept`` and ``decline`` answer the offers that
    these participants have at that moment.
    """

    at: datetime
    act: StoryAct
    booking: str
    participants: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Bookings and later steps, each in order of time.

    ``expect_taken`` and ``expect_waiting``: people with a place on the trip, and in its queue, when all is played;
    None = nothing is promised.
    """

    bookings: tuple[StoryBooking, ...]
    then: tuple[StoryStep, ...] = ()
    expect_taken: int | None = None
    expect_waiting: int | None = None
