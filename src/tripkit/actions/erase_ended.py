"""Erasing what people wrote for trips that have been over for as long as it is kept, done by the worker."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from sqlalchemy import or_, select

from tripkit.actions.erasing import erase, erase_of_trip
from tripkit.actions.recording import audit
from tripkit.actions.seating import lock_pools
from tripkit.actions.sweeping import sweep
from tripkit.domain.bookings import Moment
from tripkit.domain.deadlines import erased_at
from tripkit.reads.trip_plan import AnySession
from tripkit.storage import rewrite, write
from tripkit.storage.bookings import BookingRow
from tripkit.storage.trips import TripRow

AT_ONCE = 200
"""Bookings erased in one transaction: nobody who signs up for another trip waits long for it."""


class FileNotCleanError(RuntimeError):
    """The tables are empty of it and the file is not, so the trip is not done; it is tried again."""


def erase_ended(session: AnySession, *, moment: Moment) -> int:
    """Erase what is no longer kept, in pieces; in how many bookings. Safe to be cut short, and to run by two at once.

    A trip is done when nothing of it is left in the database's file either. Nobody is told: there is nobody to tell.

    Raises: ExceptionGroup when some trips could not be, after all the others.
    """
    erased: list[int] = []
    sweep("trips to erase", [partial(_erase_trip, session, one, moment, erased) for one in _due(session, moment)])
    return sum(erased)


def _due(session: AnySession, moment: Moment) -> list[int]:
    """Trips whose time has come and that are not done: one statement."""
    dates = select(TripRow.id, TripRow.ends_on, TripRow.retention_days, TripRow.time_zone)
    over = dates.where(TripRow.erased_at.is_(None), TripRow.ends_on < moment.at.date())
    due = sorted(row.id for row in session.execute(over) if erased_at(row) <= moment.at)
    session.rollback()
    return due


def _erase_trip(session: AnySession, trip_id: int, moment: Moment, erased: list[int]) -> bool:
    erased.extend(_pieces(session, trip_id, moment))
    with write(session):
        if erased_at(_lock(session, trip_id)) <= moment.at:
            erase_of_trip(session, trip_id)
    if not rewrite(session):
        raise FileNotCleanError(f"trip {trip_id}: others read on and on, so what was erased may still be in the file")
    with write(session):
        trip = _lock(session, trip_id)
        if trip.erased_at is not None or erased_at(trip) > moment.at:
            return False  # Another worker was here, or the trip is put off.
        erase_of_trip(session, trip_id)  # Once more: something may have been noted while the file was written.
        trip.erased_at = moment.at
        audit(session, "erase_trip", moment=moment, trip_id=trip_id)
    return True


def _lock(session: AnySession, trip_id: int) -> TripRow:
    """The trip, locked as by whoever changes one of its bookings."""
    lock_pools(session, trip_id)
    return session.get_one(TripRow, trip_id)


def _pieces(session: AnySession, trip_id: int, moment: Moment) -> Iterator[int]:
    """Erase piece after piece, a transaction each; how many bookings each was."""
    while ids := _piece(session, trip_id, moment):
        yield len(ids)


def _piece(session: AnySession, trip_id: int, moment: Moment) -> list[int]:
    with write(session):
        trip = _lock(session, trip_id)
        if erased_at(trip) > moment.at:
            return []
        # Those erased on request are looked at again: what was noted of it since may name somebody.
        left = or_(BookingRow.erased_at.is_(None), BookingRow.erased_at < erased_at(trip))
        these = select(BookingRow.id).where(BookingRow.trip_id == trip_id, left).order_by(BookingRow.id)
        ids = list(session.scalars(these.limit(AT_ONCE)))
        if ids:
            erase(session, ids, moment.at)
    return ids
