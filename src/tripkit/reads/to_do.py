"""What is known of a trip as far as it may need doing: messages, offers, answers; four queries, what follows from it is decided elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, exists, func, literal_column, or_, select
from sqlalchemy.orm import aliased

from tripkit.domain.bookings import ParticipantStatus
from tripkit.domain.places import Places, begins_at
from tripkit.domain.to_do import KITCHEN, Known
from tripkit.domain.trips import Trip
from tripkit.reads.signup_figures import missing_answers
from tripkit.reads.trip_plan import AnySession
from tripkit.storage.bookings import AnswerRow, BookingRow, ClaimRow, OfferRow, ParticipantRow
from tripkit.storage.outbox import AuditRow, OutboxRow
from tripkit.storage.trips import TripRow

# Written out, not handed in as a value: only so do the databases know that the index of failed messages will do.
_FAILED = or_(OutboxRow.state == literal_column("'dead'"), OutboxRow.bounced_at.is_not(None))


def known_of(
    session: AnySession, trip_id: int, trip: Trip, places: Places, placed: Mapping[str, int], now: datetime
) -> tuple[Known, datetime | None]:
    """What is known, and when everything people wrote was erased (None: it is there). ``placed``: people by segment."""
    failed = _unreached(BookingRow.trip_id == trip_id).subquery()
    row = session.execute(
        select(
            select(TripRow.erased_at).where(TripRow.id == trip_id).scalar_subquery().label("erased_at"),
            _looked_at(trip_id).label("looked_at"),
            select(func.count()).select_from(failed).scalar_subquery().label("undelivered"),
            select(BookingRow.code)
            .where(BookingRow.id == select(func.min(failed.c.booking_id)).scalar_subquery())
            .scalar_subquery()
            .label("first"),
        )
    ).one()
    begins = begins_at(trip)
    asks = now < begins <= now + KITCHEN
    known = Known(
        places=places,
        undelivered=row.undelivered,
        first_undelivered=row.first or "",
        offers=_offers(session, trip_id),
        missing={question.key: people for question, people in missing_answers(session, trip_id, trip, placed)},
        sensitive=_sensitive(session, trip_id, trip, row.looked_at) if asks else 0,
        erased=row.erased_at is not None,
    )
    return known, row.erased_at


def unreached_by_trip(session: AnySession, trip_ids: list[int]) -> dict[int, int]:
    """How many bookings of each trip are not reached by mail, of those with any; one query."""
    failed = _unreached(BookingRow.trip_id.in_(trip_ids)).subquery()
    rows = session.execute(select(failed.c.trip_id, func.count().label("number")).group_by(failed.c.trip_id))
    return {row.trip_id: row.number for row in rows}


def _unreached(which: ColumnElement[bool]) -> Select[int, int]:
    """Bookings whose latest message to an address that is still theirs was given up or came back; one row each."""
    later = aliased(OutboxRow)
    reached = exists().where(
        later.booking_id == OutboxRow.booking_id,
        later.recipient == OutboxRow.recipient,
        later.id > OutboxRow.id,
        later.state == "sent",
        later.bounced_at.is_(None),
    )
    theirs = exists().where(
        ParticipantRow.booking_id == BookingRow.id, func.lower(ParticipantRow.email) == func.lower(OutboxRow.recipient)
    )
    is_theirs = or_(func.lower(BookingRow.contact_email) == func.lower(OutboxRow.recipient), theirs)
    return (
        select(BookingRow.id.label("booking_id"), BookingRow.trip_id.label("trip_id"))
        .join(OutboxRow, OutboxRow.booking_id == BookingRow.id)
        .where(which, BookingRow.erased_at.is_(None), _FAILED, is_theirs, ~reached)
        .distinct()
    )


def _looked_at(trip_id: int) -> ScalarSelect[datetime]:
    """When somebody last looked at the whole trip's sensitive answers."""
    whole = and_(AuditRow.trip_id == trip_id, AuditRow.action == "read_sensitive", AuditRow.booking_id.is_(None))
    return select(func.max(AuditRow.at)).where(whole).scalar_subquery()


def _offers(session: AnySession, trip_id: int) -> dict[str, tuple[int, datetime]]:
    """(people, first deadline) of what is on offer, by visit; empty key = places on the trip."""
    rows = session.execute(
        select(
            OfferRow.item,
            func.count(ClaimRow.participant_id.distinct()).label("people"),
            func.min(OfferRow.until).label("until"),
        )
        .join(ClaimRow, ClaimRow.offer_id == OfferRow.id)
        .where(OfferRow.trip_id == trip_id, OfferRow.state == "open")
        .group_by(OfferRow.item)
        .order_by(OfferRow.item)
    )
    return {row.item: (row.people, row.until) for row in rows}


def _sensitive(session: AnySession, trip_id: int, trip: Trip, since: datetime | None) -> int:
    """Who travel and have answered about health or diet; only bookings made since somebody last looked."""
    keys = [question.key for question in trip.questions if question.sensitive]
    wanted = (
        select(func.count(ParticipantRow.id.distinct()))
        .join(AnswerRow, AnswerRow.participant_id == ParticipantRow.id)
        .where(
            ParticipantRow.trip_id == trip_id,
            ParticipantRow.status == ParticipantStatus.CONFIRMED,
            or_(AnswerRow.sealed.is_not(None), AnswerRow.question.in_(keys)),
        )
    )
    if since is not None:
        wanted = wanted.join(BookingRow, BookingRow.id == ParticipantRow.booking_id).where(BookingRow.booked_at > since)
    return session.scalar(wanted) or 0
