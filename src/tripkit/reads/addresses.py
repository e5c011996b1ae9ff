"""Whether anybody here has an e-mail address: an account, or a booking; nothing about them is told."""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists, func, or_, select

from tripkit.domain.accounts import email_key
from tripkit.reads.trip_plan import AnySession
from tripkit.storage.accounts import AccountRow
from tripkit.storage.bookings import BookingRow


def is_known(session: AnySession, email: str) -> bool:
    """Whether an account or a booking that was not erased has this address; one query."""
    with_account = exists().where(AccountRow.email_key == email_key(email))
    return bool(session.scalar(select(or_(with_account, exists().where(booked_by(email))))))


def booked_by(email: str) -> ColumnElement[bool]:
    """Bookings whose contact person has this address.

    The database compares small letters as it makes them: SQLite knows those of ASCII only, and an address with others has
    to be written the same way twice there.
    """
    return func.lower(BookingRow.contact_email) == func.lower(email.strip())
