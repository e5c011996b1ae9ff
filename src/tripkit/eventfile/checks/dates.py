"""The trip's days, the moments of sign-up, and what has to lie within or before them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from tripkit.domain.sentences import sentence
from tripkit.domain.trips import Admission, Trip, TripStatus
from tripkit.eventfile.errors import Findings
from tripkit.eventfile.format.entry import Entry
from tripkit.eventfile.format.trip import SignUpEntry
from tripkit.eventfile.values import Draft

_LONGEST_TRIP = 60


def check_dates(draft: Draft, findings: Findings) -> None:
    """Note days and moments in an impossible order; warn of those in a strange one."""
    if not draft.is_whole("trip.days"):
        return
    trip, entry = draft.trip, draft.entry.trip
    if trip.ends_on < trip.starts_on:
        findings.error(entry.days.where("to"), sentence("the trip ends before it starts"))
        return
    if (trip.ends_on - trip.starts_on).days >= _LONGEST_TRIP:
        findings.warn(entry.days.where("to"), sentence("the trip is longer than {days} days", days=_LONGEST_TRIP))
    if draft.is_whole("trip.day_notes"):
        _check_day_notes(draft, findings)
    if trip.admission is Admission.DRAW and trip.signup_closes_at is None and draft.is_whole("trip.sign_up"):
        hint = sentence("write in sign_up when it closes")
        findings.error(entry.where("admission"), sentence("places are drawn when sign-up has closed"), hint)
    if draft.is_whole("trip.time_zone"):
        _check_sign_up(draft, findings)
        _check_guarantees(draft, findings)
    if trip.status is not TripStatus.PLANNED and not trip.status_note:
        hint = sentence("write in status_note why, and what happens now")
        findings.warn(entry.where("status"), sentence("people will ask why"), hint)


def starts_at(trip: Trip) -> datetime:
    """The first moment of the trip's first day."""
    return datetime.combine(trip.starts_on, time(), ZoneInfo(trip.time_zone)).astimezone(UTC)


def _check_day_notes(draft: Draft, findings: Findings) -> None:
    trip, seen = draft.trip, set[date]()
    for written, note in zip(draft.entry.trip.day_notes, trip.day_notes, strict=True):
        if not trip.starts_on <= note.day <= trip.ends_on:
            findings.error(
                written.where("day"),
                sentence("this is not one of the trip's days"),
                sentence("they are {first} to {last}", first=str(trip.starts_on), last=str(trip.ends_on)),
            )
        if note.day in seen:
            findings.error(written.where("day"), sentence("this day has a text already"))
        seen.add(note.day)


def _check_sign_up(draft: Draft, findings: Findings) -> None:
    trip, written = draft.trip, draft.entry.trip.sign_up
    if written is None or not draft.is_whole("trip.sign_up"):
        return
    opens, closes, start = trip.signup_opens_at, trip.signup_closes_at, starts_at(trip)
    if opens is not None and closes is not None and closes <= opens:
        findings.error(written.where("closes"), sentence("sign-up closes before it opens"))
    elif opens is not None and opens >= start:
        findings.error(
            written.where("opens"),
            sentence("sign-up opens when the trip has started"),
            sentence("it closes then at the latest"),
        )
    if closes is not None and closes > start:
        hint = sentence("sign-up ends when the first day begins, whatever is written here")
        findings.warn(written.where("closes"), sentence("this is after the trip has started"), hint)
    _check_draw(draft, written, findings)
    if trip.changes_until is not None and trip.changes_until > start:
        hint = sentence("nothing can be changed once the first day has begun")
        findings.warn(written.where("changes_until"), sentence("this is after the trip has started"), hint)
    if trip.free_cancel_until is not None and trip.free_cancel_until >= trip.starts_on:
        findings.warn(written.where("free_cancel_until"), sentence("this is after the trip has started"))


def _check_draw(draft: Draft, written: SignUpEntry, findings: Findings) -> None:
    trip = draft.trip
    if trip.draws_at is None:
        return
    if trip.admission is not Admission.DRAW:
        hint = sentence("write admission: draw, or leave this out")
        findings.error(written.where("draws"), sentence("places are given to whoever comes first, and not drawn"), hint)
    elif trip.signup_closes_at is not None and trip.draws_at < trip.signup_closes_at:
        hint = sentence("everybody who signs up in time is in the draw")
        findings.error(written.where("draws"), sentence("places are drawn before sign-up closes"), hint)
    elif trip.draws_at >= starts_at(trip):
        findings.error(written.where("draws"), sentence("places are drawn when the trip has started"))


def _check_guarantees(draft: Draft, findings: Findings) -> None:
    for written, until in _guarantees(draft):
        if until >= starts_at(draft.trip):
            hint = sentence("places nobody of the group has taken by then stay empty")
            findings.warn(written.where("until"), sentence("this is after the trip has started"), hint)
        elif draft.trip.signup_opens_at is not None and until <= draft.trip.signup_opens_at:
            hint = sentence("the places are open to all from the beginning")
            findings.warn(written.where("until"), sentence("this is before sign-up opens"), hint)


def _guarantees(draft: Draft) -> Iterator[tuple[Entry, datetime]]:
    for written, segment in zip(draft.entry.segments, draft.trip.segments, strict=True):
        if written.guaranteed is not None and segment.guaranteed_until is not None:
            yield written.guaranteed, segment.guaranteed_until
