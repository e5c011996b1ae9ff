"""The log of a trip, a booking, an organisation or one of its members, newest first; who may see it is not asked here, and what it says is said elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CompoundSelect, Select, or_, select, union

from tripkit.domain.sentences import Sentence
from tripkit.domain.texts import Text
from tripkit.reads.log_words import Names, notes_of, what_of, where_of, who_of, why_of
from tripkit.reads.trip_plan import AnySession
from tripkit.storage.accounts import AccountRow
from tripkit.storage.bookings import BookingRow, ParticipantRow
from tripkit.storage.outbox import AuditRow
from tripkit.storage.trips import TripRow

AT_ONCE = 100
"""Entries on a page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """Something that was done.

    ``who`` and ``where``: parts of a sentence; ``where`` is None where it says nothing. ``what``: a sentence without its full
    stop. ``notes``: what it was about and what changed, a line each. ``code``, ``trip``, ``trip_key``: of the booking, and
    the title and the key of the trip it is about, None = neither.
    """

    id: int
    at: datetime
    who: Sentence
    where: Sentence | None
    what: Sentence
    notes: tuple[Sentence, ...]
    reason: str
    code: str | None
    trip: Text | None
    trip_key: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPage:
    """A page of the log. ``older``: what to ask the next one for with ``before``, None = this is the end of it."""

    entries: tuple[LogEntry, ...]
    older: int | None


def log_of_booking(session: AnySession, *, booking_id: int, before: int | None = None) -> LogPage:
    """What was done to a booking. ``before``: entries older than this one; three statements at most."""
    return _page(session, select(AuditRow.id).where(AuditRow.booking_id == booking_id), before)


def log_of_trip(session: AnySession, *, trip_id: int, before: int | None = None) -> LogPage:
    """What was done to a trip and its bookings; as `log_of_booking`."""
    return _page(session, select(AuditRow.id).where(AuditRow.trip_id == trip_id), before)


def log_of_organisation(session: AnySession, *, organisation_id: int, before: int | None = None) -> LogPage:
    """What was done to an organisation, its members and its trips; as `log_of_booking`."""
    its_trips = select(TripRow.id).where(TripRow.organisation_id == organisation_id)
    of_it = _latest(select(AuditRow.id).where(AuditRow.organisation_id == organisation_id), before)
    of_trips = _latest(select(AuditRow.id).where(AuditRow.trip_id.in_(its_trips)), before)
    # Each side is cut short by itself: that is read by an index, and both together would be read whole.
    return _page(session, union(select(of_it.subquery().c.id), select(of_trips.subquery().c.id)), before)


def log_of_member(session: AnySession, *, organisation_id: int, account_id: int, before: int | None = None) -> LogPage:
    """What somebody did in an organisation and its trips, and what was done to their role; as `log_of_booking`."""
    its_trips = select(TripRow.id).where(TripRow.organisation_id == organisation_id)
    here = or_(AuditRow.organisation_id == organisation_id, AuditRow.trip_id.in_(its_trips))
    by_them = _latest(select(AuditRow.id).where(AuditRow.account_id == account_id, here), before)
    to_them = select(AuditRow.id).where(
        AuditRow.organisation_id == organisation_id, AuditRow.details["member"].as_integer() == account_id
    )
    both = by_them.subquery(), _latest(to_them, before).subquery()
    return _page(session, union(*(select(one.c.id) for one in both)), before)


def _latest(which: Select[int], before: int | None) -> Select[int]:
    if before is not None:
        which = which.where(AuditRow.id < before)
    return which.order_by(AuditRow.id.desc()).limit(AT_ONCE + 1)


def _page(session: AnySession, which: Select[int] | CompoundSelect[int], before: int | None) -> LogPage:
    these = which if isinstance(which, CompoundSelect) else _latest(which, before)
    rows = session.execute(
        select(AuditRow, BookingRow.code, TripRow.title, TripRow.key)
        .outerjoin(BookingRow, BookingRow.id == AuditRow.booking_id)
        .outerjoin(TripRow, TripRow.id == AuditRow.trip_id)
        .where(AuditRow.id.in_(these))
        .order_by(AuditRow.id.desc())
        .limit(AT_ONCE + 1)
    ).all()
    shown = rows[:AT_ONCE]
    names = _names(session, [row[0] for row in shown])
    return LogPage(
        entries=tuple(_entry(row[0], row.code, row.title, row.key, names) for row in shown),
        older=shown[-1][0].id if len(rows) > AT_ONCE else None,
    )


def _entry(row: AuditRow, code: str | None, trip: Text | None, trip_key: str | None, names: Names) -> LogEntry:
    return LogEntry(
        id=row.id,
        at=row.at,
        who=who_of(row.actor, row.account_id, names),
        where=where_of(row.origin),
        what=what_of(row.action),
        notes=notes_of(row.action, row.details, names),
        reason=why_of(row.reason),
        code=code,
        trip=trip,
        trip_key=trip_key,
    )


def _names(session: AnySession, rows: Sequence[AuditRow]) -> Names:
    """Who is named on a page, as they are called now; two statements at most."""
    accounts = {number for row in rows for number in (row.account_id, *map(row.details.get, ("account", "member")))}
    people = {
        number
        for row in rows
        for path in row.details.get("changes", ())
        if path.startswith("people/") and (number := path.split("/")[1]).isdecimal()
    }
    return Names(
        accounts=_called(session, AccountRow, accounts - {None}),
        participants=_called(session, ParticipantRow, {int(number) for number in people}),
    )


def _called(session: AnySession, row: Any, ids: set[Any]) -> Mapping[int, str]:
    if not ids:
        return {}
    columns = (row.name, row.email)
    found = session.execute(select(row.id, *columns).where(row.id.in_(sorted(ids))))
    return {one.id: one.name or one.email or "" for one in found}
