"""The sentences of the receipt: how it stands, what happens next, what was done; no markup."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from tripkit.domain.bookings import ParticipantStatus
from tripkit.domain.collisions import attended
from tripkit.domain.sentences import Sentence, sentence, sentences
from tripkit.domain.trips import Trip, TripStatus
from tripkit.reads.booking_page import BookingPage

DONE = {
    "contact": sentence("Contact and invoice are put right."),
    "corrected": sentence("The participant is put right."),
    "visits": sentence("The visits are changed."),
    "handed-over": sentence("The place is handed over."),
    "joined": sentence("The place in the queue is taken. You get mail when it is your turn."),
    "left": sentence("You have left the queue."),
    "accepted": sentence("The place is yours."),
    "declined": sentence("The offer is declined. The place goes to the next in the queue."),
    "cancelled": sentence("Cancelled. Mail about it is on its way."),
}
"""What the page says after an act, by the word in its address."""


_HOW_IT_WENT = sentence("You get mail about how it went.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One stop on the line of what happens now. ``at``: a day or a moment by the clock of the trip."""

    at: date | datetime
    title: Sentence
    text: Sentence | None = None
    done: bool = False


def verdict(booking: BookingPage) -> tuple[Sentence, ...]:
    """How it stands with the party, in one to three sentences."""
    names = {
        status: [person.name for person in booking.participants if person.status is status]
        for status in ParticipantStatus
    }
    confirmed = names[ParticipantStatus.CONFIRMED]
    if len(names[ParticipantStatus.CANCELLED]) == len(booking.participants):
        return (sentence("The booking is cancelled."),)
    if len(confirmed) == len(booking.participants):
        return (sentences("Your place is confirmed.", "All {count} places are confirmed.", len(confirmed)),)
    if len(names[ParticipantStatus.APPLIED]) == len(booking.participants):
        return (sentence("You are in the draw."),)
    return tuple(_parts(names))


def _parts(names: dict[ParticipantStatus, list[str]]) -> Iterator[Sentence]:
    confirmed, offered = names[ParticipantStatus.CONFIRMED], names[ParticipantStatus.OFFERED]
    waiting, cancelled = names[ParticipantStatus.WAITING], names[ParticipantStatus.CANCELLED]
    if offered:
        yield sentences(
            "A place is on offer for {names}.", "{count} places are on offer for {names}.", len(offered), names=offered
        )
    if confirmed:
        yield sentences("One place is confirmed.", "{count} places are confirmed.", len(confirmed))
    if applied := names[ParticipantStatus.APPLIED]:
        yield sentences("{names} is in the draw.", "{names} are in the draw.", len(applied), names=applied)
    if waiting:
        yield sentences("{names} waits in the queue.", "{names} wait in the queue.", len(waiting), names=waiting)
    if cancelled:
        yield sentences("{names} is cancelled.", "{names} are cancelled.", len(cancelled), names=cancelled)


def stops(booking: BookingPage, now: datetime) -> tuple[Stop, ...]:
    """What has happened and what comes, in order of time; nothing when the booking is cancelled."""
    if all(person.status is ParticipantStatus.CANCELLED for person in booking.participants):
        return ()
    zone = ZoneInfo(booking.trip_page.trip.time_zone)
    found = sorted(_stops(booking, zone), key=lambda stop: _moment(stop.at, zone))
    return tuple(stop for stop in found if stop.done or _moment(stop.at, zone) >= now)


def _moment(at: date | datetime, zone: ZoneInfo) -> datetime:
    return at if isinstance(at, datetime) else datetime(at.year, at.month, at.day, 23, 59, tzinfo=zone)


def _stops(booking: BookingPage, zone: ZoneInfo) -> Iterator[Stop]:
    trip = booking.trip_page.trip
    have = {person.status for person in booking.participants}
    booked = booking.booked_at.astimezone(zone).date()
    confirmed = sum(person.status is ParticipantStatus.CONFIRMED for person in booking.participants)
    if confirmed:
        yield Stop(
            at=booked,
            title=sentences("The place is yours", "The places are yours", confirmed),
            text=sentence("Price and terms stay as they were on that day."),
            done=True,
        )
    else:
        yield Stop(at=booked, title=sentence("You signed up"), done=True)
    for offer in {offer.offer_id: offer for person in booking.participants for offer in person.offers}.values():
        yield Stop(at=offer.until.astimezone(zone), title=sentence("Last moment to answer the offer"))
    yield from _dates(trip, zone, have)
    yield _meeting(booking)


def _dates(trip: Trip, zone: ZoneInfo, have: set[ParticipantStatus]) -> Iterator[Stop]:
    if ParticipantStatus.APPLIED in have:
        if trip.draws_at is not None:
            yield Stop(at=trip.draws_at.astimezone(zone), title=sentence("Places are drawn"), text=_HOW_IT_WENT)
        elif trip.signup_closes_at is not None:
            yield Stop(
                at=trip.signup_closes_at.astimezone(zone),
                title=sentence("Sign-up closes, and places are drawn after that"),
                text=_HOW_IT_WENT,
            )
    if trip.free_cancel_until and ParticipantStatus.CONFIRMED in have:
        yield Stop(at=trip.free_cancel_until, title=sentence("Last day to cancel without cost"))
    if trip.changes_until:
        yield Stop(
            at=trip.changes_until.astimezone(zone),
            title=sentence("Last moment for changes"),
            text=sentence("Visits can be changed and places handed over until then."),
        )


def _meeting(booking: BookingPage) -> Stop:
    trip = booking.trip_page.trip
    going = [
        item
        for person in booking.participants
        for item in attended(trip.programme, person.segment, person.items or person.wished)
    ]
    title = sentence("The trip is postponed") if trip.status is TripStatus.POSTPONED else sentence("The trip begins")
    if not going:
        return Stop(at=trip.starts_on, title=title)
    first = min(going, key=lambda item: item.starts_at)
    return Stop(at=first.local_start(), title=title, text=sentence("First: {item}.", item=first.title))


def cost_of_cancelling(trip: Trip, today: date, *, only_applied: bool = False) -> Sentence:
    """What cancelling costs today; nothing for those who are still in the draw."""
    if only_applied:
        return sentence("Before the draw it costs nothing.")
    if trip.free_cancel_until is None:
        return sentence("What cancelling costs is said in the terms.")
    if today <= trip.free_cancel_until:
        return sentence("Cancelling costs nothing up to and including {day}.", day=trip.free_cancel_until)
    return sentence(
        "The last day to cancel without cost was {day}. What it costs now is said in the terms.",
        day=trip.free_cancel_until,
    )
