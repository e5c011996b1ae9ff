"""One booking as its trip's organisers see it: all of it but sensitive answers, what was sent about it, what was done to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from tripkit.reads.audit_log import LogPage, log_of_booking
from tripkit.reads.booking_page import BookingPage, booking_page_of
from tripkit.reads.message_list import Message, messages_of_booking
from tripkit.reads.trip_plan import AnySession
from tripkit.storage.bookings import BookingRow


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisedBooking:
    """A booking. ``messages``: the latest hundred; ``log``: None = not for who looks; ``erased_at``: None = it is all there."""

    page: BookingPage
    messages: tuple[Message, ...]
    log: LogPage | None
    erased_at: datetime | None

    @property
    def sensitive(self) -> int:
        """How many answers are kept sealed, or are about health and diet."""
        return sum(len(person.sensitive_answered) for person in self.page.participants)


def organised_booking(
    session: AnySession, *, trip_id: int, code: str, now: datetime, with_log: bool, before: int | None = None
) -> OrganisedBooking | None:
    """The booking with this code, None when the trip has no such. ``before``: of the log, entries older than this one."""
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
    )


def is_booking_of(session: AnySession, *, trip_id: int, code: str) -> bool:
    """Whether the trip has a booking with this code; one query."""
    found = select(BookingRow.id).where(BookingRow.trip_id == trip_id, BookingRow.code == code)
    return session.scalar(found) is not None
