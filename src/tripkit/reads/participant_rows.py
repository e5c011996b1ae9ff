"""What a list tells of each participant, as far as its columns ask for it: a fixed number of queries, and no sensitive answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from tripkit.domain.bookings import ParticipantStatus
from tripkit.domain.listings import Column, Listing
from tripkit.domain.prices import Price
from tripkit.domain.questions import Answer
from tripkit.domain.sought import MailFate
from tripkit.reads.trip_plan import AnySession
from tripkit.reads.visits_held import visits_held
from tripkit.storage.bookings import AnswerRow, BookingRow, ParticipantRow
from tripkit.storage.outbox import OutboxRow

_FATES = {
    "waiting": MailFate.WAITING,
    "held": MailFate.WAITING,
    "paused": MailFate.WAITING,
    "sent": MailFate.SENT,
    "dead": MailFate.UNDELIVERED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """One person in the list.

    ``name``: empty = their booking was erased. ``email``: their own, else that of the contact person, whose the ``phone`` is. ``segment``, ``visits``:
    keys; of who has no place the visits are those wished for. ``position``: in the trip's queue, None = not in it.
    ``queued``: (key of a visit, position) of each visit they wait for. Only where the list has the column: ``answers``, by
    question; ``party``: people in the booking; ``mail``: what became of the latest message, None = there is none.
    """

    id: int
    name: str
    email: str
    phone: str
    organisation: str
    segment: str
    status: ParticipantStatus
    visits: tuple[str, ...]
    position: int | None
    queued: tuple[tuple[str, int], ...]
    price: Price
    code: str
    booked_at: datetime
    answers: Mapping[str, Answer]
    party: int
    mail: MailFate | None


def filled_in(
    session: AnySession,
    people: Sequence[ParticipantRow],
    listing: Listing,
    places: Mapping[int, Sequence[tuple[str, int]]],
) -> Iterator[Participant]:
    """What hangs on them; two to five queries. ``places``: see `positions_on_trip`."""
    if not people:
        return
    ids, booking_ids = [person.id for person in people], sorted({person.booking_id for person in people})
    held = visits_held(session, ids)
    bookings = {row.id: row for row in session.scalars(select(BookingRow).where(BookingRow.id.in_(booking_ids)))}
    answers = _answers(session, ids, listing.questions) if listing.questions else {}
    parties = _parties(session, booking_ids) if Column.PARTY in listing.columns else {}
    mail = _mail(session, booking_ids) if Column.MAIL in listing.columns else {}
    for person in people:
        booking, queues = bookings[person.booking_id], places.get(person.id, ())
        yield Participant(
            id=person.id,
            name=person.name,
            email=person.email or booking.contact_email,
            phone=booking.contact_phone or "",
            organisation=booking.organisation,
            segment=person.segment,
            status=person.status,
            visits=tuple(held.get(person.id, ()) or person.wished),
            position=next((position for item, position in queues if not item), None),
            queued=tuple((item, position) for item, position in queues if item),
            price=person.price,
            code=booking.code,
            booked_at=booking.booked_at,
            answers=answers.get(person.id, {}),
            party=parties.get(booking.id, 1),
            mail=mail.get(booking.id),
        )


def _answers(session: AnySession, ids: Sequence[int], questions: Sequence[str]) -> Mapping[int, Mapping[str, Answer]]:
    """By participant. What was sealed when it was given stays so, whatever its question is now."""
    found: dict[int, dict[str, Answer]] = defaultdict(dict)
    rows = session.execute(
        select(AnswerRow.participant_id, AnswerRow.question, AnswerRow.value).where(
            AnswerRow.participant_id.in_(ids), AnswerRow.question.in_(questions), AnswerRow.sealed.is_(None)
        )
    )
    for row in rows:
        found[row.participant_id][row.question] = row.value
    return found


def _parties(session: AnySession, booking_ids: Sequence[int]) -> Mapping[int, int]:
    rows = session.execute(
        select(ParticipantRow.booking_id, func.count().label("people"))
        .where(ParticipantRow.booking_id.in_(booking_ids))
        .group_by(ParticipantRow.booking_id)
    )
    return {row.booking_id: row.people for row in rows}


def _mail(session: AnySession, booking_ids: Sequence[int]) -> Mapping[int, MailFate]:
    latest = select(func.max(OutboxRow.id)).where(OutboxRow.booking_id.in_(booking_ids)).group_by(OutboxRow.booking_id)
    rows = session.execute(
        select(OutboxRow.booking_id, OutboxRow.state, OutboxRow.bounced_at).where(OutboxRow.id.in_(latest))
    )
    told = {row.booking_id: MailFate.BOUNCED if row.bounced_at else _FATES.get(row.state) for row in rows}
    return {booking: fate for booking, fate in told.items() if booking is not None and fate is not None}
