"""What the words in braces of a letter stand for, for one booking, and where they stand for nothing; no letter is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, or_, select

from tripkit import i18n
from tripkit.domain.bookings import ParticipantStatus
from tripkit.domain.campaigns import Audience
from tripkit.domain.seats import PoolKind
from tripkit.domain.trips import Trip
from tripkit.reads.audience import is_reached
from tripkit.reads.trip_plan import AnySession
from tripkit.reads.visits_held import visits_held
from tripkit.storage.bookings import BookingRow, ClaimRow, OfferRow, ParticipantRow, PoolRow

_NAMED = 5
"""How many of those for whom a word stands for nothing are named."""


def values_for(
    session: AnySession, *, booking: BookingRow | None, trip: Trip, language: str, link: str, used: Sequence[str]
) -> dict[str, str]:
    """What each placeholder stands for. ``booking``: None = a test, with nobody's in it; ``used``: those that are asked for.

    No query, and two where people or visits are among them.
    """
    contact = trip.contact
    values = {
        "name": contact.name if booking is None else booking.contact_name,
        "trip": i18n.text(trip.title, language, trip.languages),
        "code": "" if booking is None else booking.code,
        "dates": i18n.days(trip.starts_on, trip.ends_on, language),
        "place": i18n.text(trip.place, language, trip.languages),
        "contact": ", ".join(filter(None, (contact.name, contact.email, contact.phone))),
        "people": contact.name if booking is None else "",
        "visits": "",
        "link": link,
    }
    if booking is not None and {"people", "visits"} & set(used):
        values |= _of_people(session, booking.id, trip, language)
    return values


def _of_people(session: AnySession, booking_id: int, trip: Trip, language: str) -> dict[str, str]:
    people = session.execute(
        select(ParticipantRow.id, ParticipantRow.name)
        .where(ParticipantRow.booking_id == booking_id, ParticipantRow.status != ParticipantStatus.CANCELLED)
        .order_by(ParticipantRow.id)
    ).all()
    held = {key for keys in visits_held(session, [person.id for person in people]).values() for key in keys}
    items = sorted((item for item in trip.programme if item.key in held), key=lambda item: item.starts_at)
    return {
        "people": i18n.list_of([person.name for person in people], language),
        "visits": "; ".join(
            f"{i18n.text(item.title, language, trip.languages)} ({_starts(item.local_start(), language)})"
            for item in items
        ),
    }


def _starts(local: datetime, language: str) -> str:
    return f"{i18n.day(local.date(), language, weekday=True)} {i18n.clock_time(local, language)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Empty:
    """A word that stands for nothing for some. ``names``: the first of them; none = for everybody."""

    word: str
    count: int
    names: tuple[str, ...]


def empty_words(
    session: AnySession, *, trip_id: int, trip: Trip, audience: Audience, used: Sequence[str], languages: Sequence[str]
) -> tuple[Empty, ...]:
    """Where the words that are used stand for nothing; one query where visits are among them, else none."""
    of_trip = {
        "place": all(i18n.text(trip.place, one, trip.languages) for one in languages),
        "contact": any((trip.contact.name, trip.contact.email, trip.contact.phone)),
    }
    found = [Empty(word=word, count=0, names=()) for word in used if not of_trip.get(word, True)]
    if "visits" in used:
        here = (BookingRow.trip_id == trip_id, is_reached(audience, trip), ~_has_visits())
        rows = session.execute(
            select(BookingRow.contact_name, func.count().over().label("number"))
            .where(*here)
            .order_by(BookingRow.id)
            .limit(_NAMED)
        ).all()
        if rows:
            found.append(Empty(word="visits", count=rows[0].number, names=tuple(row.contact_name for row in rows)))
    return tuple(found)


def _has_visits() -> ColumnElement[bool]:
    return (
        exists()
        .where(
            ParticipantRow.booking_id == BookingRow.id,
            ParticipantRow.status != ParticipantStatus.CANCELLED,
            ClaimRow.participant_id == ParticipantRow.id,
            or_(ClaimRow.offer_id.is_(None), ClaimRow.offer_id.in_(select(OfferRow.id).where(OfferRow.item == ""))),
            PoolRow.id == ClaimRow.pool_id,
            PoolRow.kind == PoolKind.ITEM,
        )
        .correlate(BookingRow)
    )
