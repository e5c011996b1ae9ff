"""A message in the outbox as a letter: its snapshot, and the trip as it is when it is sent; nothing is sent here."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import count
from typing import Any

from sqlalchemy import select

from tripkit.domain.bookings import ParticipantStatus
from tripkit.domain.collisions import attended
from tripkit.domain.prices import Sum, add_up
from tripkit.domain.programme import ProgrammeItem
from tripkit.domain.trips import Organisation, Trip
from tripkit.mailing.letter import Attachment, Letter, Person
from tripkit.papers.calendar import calendar_name, method_of, participant_calendar
from tripkit.reads.trip_plan import AnySession, trip_plan
from tripkit.settings import Settings
from tripkit.storage.bookings import BookingRow, ParticipantRow
from tripkit.storage.outbox import OutboxRow
from tripkit.worker.written_letters import written_letter

CONFIRMED, CANCELLED = ParticipantStatus.CONFIRMED.value, ParticipantStatus.CANCELLED.value
_WITH_CALENDAR = {"confirmation", "changed", "cancelled"}


def letter_of(session: AnySession, row: OutboxRow, settings: Settings) -> Letter:
    """The letter a message in the outbox becomes. What happened is told as it was when it happened.

    Raises: Unwanted, Halted (see `tripkit.worker.trouble`).
    """
    return written_letter(session, row, settings) if row.kind == "letter" else _booking_letter(session, row, settings)


def _booking_letter(session: AnySession, row: OutboxRow, settings: Settings) -> Letter:
    booking = session.get_one(BookingRow, row.booking_id)
    plan = trip_plan(session, booking.trip_id)
    if plan is None:
        raise LookupError(booking.trip_id)
    _, host, trip = plan
    told: Sequence[Mapping[str, Any]] = row.payload.get("participants", ())
    offer = row.payload.get("offer") or {}
    items = {item.key: item for item in trip.programme}
    token = row.payload.get("token", "")
    base = settings.address_of(host.own_host)
    trip_url = f"{base}/{row.language}/{host.key}/{trip.key}/"
    return Letter(
        kind=row.kind,
        language=row.language,
        sender=settings.mail_from or host.email,
        recipient=row.recipient,
        contact_name=booking.contact_name,
        code=booking.code,
        host=host,
        trip=trip,
        people=tuple(_person(trip, one) for one in told),
        reason=row.payload.get("reason", ""),
        by_organiser=row.payload.get("by_organiser", False),
        why=row.payload.get("why", ""),
        offer_until=datetime.fromisoformat(offer["until"]) if offer else None,
        offered=items.get(offer.get("item") or ""),
        begins=_begins(trip, told),
        sum=_sum(session, told),
        link=f"{base}/{row.language}/booking/{token}/" if token else "",
        trip_url=trip_url,
        written_at=row.created_at,
        message_id=row.message_id,
        attachments=_calendars(session, row, booking, host, trip, trip_url) if row.kind in _WITH_CALENDAR else (),
    )


def _person(trip: Trip, told: Mapping[str, Any]) -> Person:
    segments = {segment.key: segment.name for segment in trip.segments}
    chosen = set(told["items"])
    return Person(
        name=told["name"],
        segment=segments.get(told["segment"], {}),
        status=ParticipantStatus(told["status"]),
        visits=tuple(sorted((i for i in trip.programme if i.key in chosen), key=lambda item: item.starts_at)),
        position=told["position"],
    )


def _begins(trip: Trip, told: Sequence[Mapping[str, Any]]) -> ProgrammeItem | None:
    going = [
        item
        for one in told
        if one["status"] == CONFIRMED
        for item in attended(trip.programme, one["segment"], one["items"])
    ]
    return min(going, key=lambda item: item.starts_at, default=None)


def _sum(session: AnySession, told: Sequence[Mapping[str, Any]]) -> Sum | None:
    ids = [one["id"] for one in told if one["status"] == CONFIRMED]
    prices = list(session.scalars(select(ParticipantRow.price).where(ParticipantRow.id.in_(ids))))
    return add_up(prices, prices[0].net.currency) if prices else None


def _calendars(
    session: AnySession, row: OutboxRow, booking: BookingRow, host: Organisation, trip: Trip, url: str
) -> tuple[Attachment, ...]:
    """A calendar for everybody whose place is confirmed, and one that cancels for who had one and has none any more."""
    earlier = session.execute(
        select(OutboxRow.kind, OutboxRow.payload)
        .where(OutboxRow.booking_id == booking.id, OutboxRow.id < row.id)
        .order_by(OutboxRow.id)
    ).all()
    before: dict[int, Mapping[str, Any]] = {}
    revision = 0
    for message in earlier:
        revision += message.kind in _WITH_CALENDAR
        for one in message.payload.get("participants", ()):
            if message.kind in _WITH_CALENDAR and one["status"] == CONFIRMED:
                before[one["id"]] = one
    files: list[Attachment] = []
    for one in row.payload.get("participants", ()):
        known = before.get(one["id"])
        gone = one["status"] == CANCELLED
        if one["status"] != CONFIRMED and not (gone and known):
            continue
        items = known["items"] if gone and known else one["items"]
        data = participant_calendar(
            trip=trip,
            host=host,
            language=row.language,
            url=url,
            stamp=row.created_at,
            code=booking.code,
            participant=one["id"],
            name=one["name"],
            segment=one["segment"],
            items=items,
            revision=revision,
            dropped=[key for key in known["items"] if key not in items] if known else (),
            cancelled=gone,
        )
        name = _of_their_own(calendar_name(trip, item=_ascii(one["name"]), cancelled=gone), files)
        files.append(Attachment(name=name, data=data, method=method_of(data)))
    return tuple(files)


def _ascii(name: str) -> str:
    """A name as part of a file's name: the contact person passes each colleague the right one."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", name) if sign.isascii())[:60].strip()


def _of_their_own(name: str, files: Sequence[Attachment]) -> str:
    taken = {file.name for file in files}
    stem = name.removesuffix(".ics")
    numbered = (f"{stem}-{number}.ics" for number in count(2))
    return name if name not in taken else next(other for other in numbered if other not in taken)
