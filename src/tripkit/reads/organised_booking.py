"""One booking as its trip's organisers see it: all of it but sensitive answers, what was sent about it, what was done to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from tripkit.domain.listings import Listing
from tripkit.reads.audit_log import LogEntry, LogPage, log_of_booking
from tripkit.reads.booking_page import BookingPage, booking_page_of
from tripkit.reads.booking_stamp import booking_stamp, last_seen, same_stamp
from tripkit.reads.message_list import Message, messages_of_booking
from tripkit.reads.neighbours import Neighbours, neighbours
from tripkit.reads.trip_plan import AnySession
from tripkit.storage.bookings import BookingRow


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisedBooking:
    """A booking. ``messages``: the latest hundred; ``log``: None = not for who looks; ``erased_at``: None = it is all there.

    ``neighbours``: in the list that was asked about; None = none was.
    """

    page: BookingPage
    messages: tuple[Message, ...]
    log: LogPage | None
    erased_at: datetime | None
    neighbours: Neighbours | None

    @property
    def sensitive(self) -> int:
        """How many answers are kept sealed, or are about health and diet."""
        return sum(len(person.sensitive_answered) for person in self.page.participants)


def organised_booking(
    session: AnySession,
    *,
    trip_id: int,
    code: str,
    now: datetime,
    with_log: bool,
    before: int | None = None,
    listing: Listing | None = None,
) -> OrganisedBooking | None:
    """The booking with this code, None when the trip has no such.

    ``before``: of the log, entries older than this one. ``listing``: a list that somebody works through.
    """
    found = session.execute(
        select(BookingRow.id, BookingRow.erased_at).where(BookingRow.trip_id == trip_id, BookingRow.code == code)
    ).one_or_none()
    page = booking_page_of(session, booking_id=found.id, now=now) if found is not None else None
    if found is None or page is None:
        return None
    return OrganisedBooking(
        page=page,
        messages=messages_of_booking(session, found.id),
        log=log_of_booking(session, booking_id=found.id, before=before) if with_log else None,
        erased_at=found.erased_at,
        neighbours=None
        if listing is None
        else neighbours(session, trip_id=trip_id, trip=page.trip_page.trip, listing=listing, booking_id=found.id),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingToChange:
    """A booking as it is when somebody decides on it. ``seen``: its stamp, for the form to carry.

    ``news``: what was done since the stamp that was asked about, latest first.
    """

    page: BookingPage
    seen: str
    erased_at: datetime | None
    news: tuple[LogEntry, ...]

    def is_as(self, seen: str) -> bool:
        """Whether it is still as it was when this stamp was read."""
        return same_stamp(self.seen, seen)


def booking_to_change(
    session: AnySession, *, trip_id: int, code: str, now: datetime, since: str | None = None
) -> BookingToChange | None:
    """The booking with this code, None when the trip has no such. ``since``: a stamp; None = nobody asks what is new."""
    found = session.execute(
        select(BookingRow.id, BookingRow.erased_at).where(BookingRow.trip_id == trip_id, BookingRow.code == code)
    ).one_or_none()
    if found is None:
        return None
    # Before the page: what is shown is then never newer than the stamp says.
    seen = booking_stamp(session, found.id)
    page = booking_page_of(session, booking_id=found.id, now=now)
    if page is None:
        return None
    log = log_of_booking(session, booking_id=found.id).entries if since is not None else ()
    news = tuple(entry for entry in log if entry.id > last_seen(since or ""))
    return BookingToChange(page=page, seen=seen, erased_at=found.erased_at, news=news)


def is_booking_of(session: AnySession, *, trip_id: int, code: str) -> bool:
    """Whether the trip has a booking with this code; one query."""
    found = select(BookingRow.id).where(BookingRow.trip_id == trip_id, BookingRow.code == code)
    return session.scalar(found) is not None
