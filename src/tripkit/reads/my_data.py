"""Everything that is kept about one person, by their address: for them to see and to take along (GDPR articles 15 and 20)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from tripkit.domain.bookings import ParticipantStatus
from tripkit.domain.deadlines import erased_on
from tripkit.domain.prices import Price
from tripkit.domain.questions import Answer
from tripkit.domain.texts import Text
from tripkit.reads.addresses import booked_by
from tripkit.reads.trip_plan import AnySession
from tripkit.storage.bookings import AnswerRow, BookingRow, ClaimRow, ParticipantRow, PoolRow
from tripkit.storage.outbox import AuditRow, OutboxRow
from tripkit.storage.trip_parts import ProgrammeItemRow, QuestionRow, SegmentRow
from tripkit.storage.trips import OrganisationRow, TripRow

MOST = 500
"""Bookings; nobody has as many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """One answer. ``answer``: None = it is kept sealed, and cannot be opened just now. ``options``: of those to choose from."""

    question: Text
    is_sensitive: bool
    options: Mapping[str, Text]
    answer: Answer
    is_locked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Travelling:
    """One participant. ``visits``: titles of those they have a place on."""

    name: str
    email: str | None
    segment: Text
    status: ParticipantStatus
    price: Price
    visits: tuple[Text, ...]
    answers: tuple[Answered, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A message about a booking. ``to``: its address."""

    kind: str
    to: str
    written_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """An entry of the log."""

    at: datetime
    action: str
    origin: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingData:
    """A booking. Of one that somebody else made, only the participant with the person's address is in it.

    ``erased_on``: the day on which all this is erased by itself. ``is_mine``: the person answers for it; else what the
    contact person wrote of themselves is left out.
    """

    code: str
    is_mine: bool
    organisation: Text
    organisation_key: str
    trip: Text
    trip_key: str
    starts_on: date
    ends_on: date
    erased_on: date
    time_zone: str
    booked_at: datetime
    terms_version: str
    contact: Mapping[str, str]
    participants: tuple[Travelling, ...]
    messages: tuple[Sent, ...]
    log: tuple[Noted, ...]


def bookings_data(
    session: AnySession, email: str, open_answer: Callable[[Any], tuple[Answer, bool]]
) -> tuple[BookingData, ...]:
    """What is kept of the person in bookings, latest trip first; eight queries, however many there are.

    ``open_answer``: (answer, whether it cannot be opened) of a row of answers, sealed or not.
    """
    rows = session.execute(
        select(BookingRow, TripRow, OrganisationRow)
        .join(TripRow, TripRow.id == BookingRow.trip_id)
        .join(OrganisationRow, OrganisationRow.id == TripRow.organisation_id)
        .where(BookingRow.erased_at.is_(None), BookingRow.id.in_(_about(email)))
        .order_by(TripRow.starts_on.desc(), BookingRow.id.desc())
        .limit(MOST)
    ).all()
    found = _Around(session, [row[0].id for row in rows], {row[1].id for row in rows}, open_answer)
    return tuple(_booking(found, email, *row) for row in rows)


def _about(email: str) -> Any:
    """Bookings that somebody made or travels in. A union: either half has an index, one condition with “or” has none."""
    theirs = func.lower(ParticipantRow.email) == func.lower(email.strip())
    return select(BookingRow.id).where(booked_by(email)).union(select(ParticipantRow.booking_id).where(theirs))


def _same(one: str | None, other: str) -> bool:
    return (one or "").strip().casefold() == other.strip().casefold()


def _booking(around: _Around, email: str, booking: BookingRow, trip: TripRow, host: OrganisationRow) -> BookingData:
    is_mine = _same(booking.contact_email, email)
    people = around.people[booking.id]
    shown = people if is_mine else [person for person in people if _same(person.email, email)]
    contact = {
        "name": booking.contact_name,
        "email": booking.contact_email,
        "phone": booking.contact_phone or "",
        "organisation": booking.organisation,
        "invoice_address": booking.invoice_address,
        "invoice_reference": booking.invoice_reference,
        "terms_accepted_by": booking.accepted_by or "",
        "organisers_note": booking.note or "",
        "language": booking.language,
    }
    return BookingData(
        code=booking.code,
        is_mine=is_mine,
        organisation=host.name,
        organisation_key=host.key,
        trip=trip.title,
        trip_key=trip.key,
        starts_on=trip.starts_on,
        ends_on=trip.ends_on,
        erased_on=erased_on(trip),
        time_zone=trip.time_zone,
        booked_at=booking.booked_at,
        terms_version=booking.terms_version,
        contact=contact if is_mine else {},
        participants=tuple(around.travelling(trip.id, person) for person in shown),
        messages=tuple(around.messages[booking.id]) if is_mine else (),
        log=tuple(around.log[booking.id]) if is_mine else (),
    )


class _Around:
    """What stands around bookings, each read in one query for all of them."""

    def __init__(
        self,
        session: AnySession,
        bookings: Sequence[int],
        trips: set[int],
        open_answer: Callable[[Any], tuple[Answer, bool]],
    ) -> None:
        self.people: dict[int, list[ParticipantRow]] = defaultdict(list)
        of_these = select(ParticipantRow).where(ParticipantRow.booking_id.in_(bookings)).order_by(ParticipantRow.id)
        for person in session.scalars(of_these):
            self.people[person.booking_id].append(person)
        ids = [person.id for people in self.people.values() for person in people]
        self.segments = _named(session, SegmentRow, SegmentRow.name, trips)
        self.items = _named(session, ProgrammeItemRow, ProgrammeItemRow.title, trips)
        questions = session.scalars(select(QuestionRow).where(QuestionRow.trip_id.in_(trips)))
        self.questions = {(question.trip_id, question.key): question for question in questions}
        self.answers: dict[int, list[AnswerRow]] = defaultdict(list)
        for answer in session.scalars(
            select(AnswerRow).where(AnswerRow.participant_id.in_(ids)).order_by(AnswerRow.id)
        ):
            self.answers[answer.participant_id].append(answer)
        self.visits: dict[int, list[str]] = defaultdict(list)
        held = (
            select(ClaimRow.participant_id, PoolRow.key)
            .join(PoolRow, PoolRow.id == ClaimRow.pool_id)
            .where(ClaimRow.participant_id.in_(ids), PoolRow.kind == "item")
            .order_by(PoolRow.id)
        )
        for participant, key in session.execute(held):
            self.visits[participant].append(key)
        self.messages, self.log = _messages(session, bookings), _log(session, bookings)
        self.open_answer = open_answer

    def travelling(self, trip_id: int, person: ParticipantRow) -> Travelling:
        """One participant."""
        return Travelling(
            name=person.name,
            email=person.email,
            segment=self.segments.get((trip_id, person.segment), {}),
            status=person.status,
            price=person.price,
            visits=tuple(self.items.get((trip_id, key), {}) for key in self.visits[person.id]),
            answers=tuple(self._answered(trip_id, answer) for answer in self.answers[person.id]),
        )

    def _answered(self, trip_id: int, row: AnswerRow) -> Answered:
        question = self.questions.get((trip_id, row.question))
        answer, is_locked = self.open_answer(row)
        return Answered(
            question=question.name if question else {"en": row.question},
            is_sensitive=question is None or question.sensitive,
            options={option.key: option.name for option in question.options} if question else {},
            answer=answer,
            is_locked=is_locked,
        )


def _named(session: AnySession, table: Any, name: Any, trips: set[int]) -> dict[tuple[int, str], Text]:
    rows = session.execute(select(table.trip_id, table.key, name).where(table.trip_id.in_(trips)))
    return {(trip, key): text for trip, key, text in rows}


def _messages(session: AnySession, bookings: Sequence[int]) -> dict[int, list[Sent]]:
    found: dict[int, list[Sent]] = defaultdict(list)
    columns = (OutboxRow.booking_id, OutboxRow.kind, OutboxRow.recipient, OutboxRow.created_at, OutboxRow.sent_at)
    for booking, kind, to, written_at, sent_at in session.execute(
        select(*columns).where(OutboxRow.booking_id.in_(bookings)).order_by(OutboxRow.id)
    ):
        found[booking or 0].append(Sent(kind=kind, to=to, written_at=written_at, sent_at=sent_at))
    return found


def _log(session: AnySession, bookings: Sequence[int]) -> dict[int, list[Noted]]:
    found: dict[int, list[Noted]] = defaultdict(list)
    columns = (AuditRow.booking_id, AuditRow.at, AuditRow.action, AuditRow.origin, AuditRow.reason)
    for booking, at, action, origin, reason in session.execute(
        select(*columns).where(AuditRow.booking_id.in_(bookings)).order_by(AuditRow.id)
    ):
        found[booking or 0].append(Noted(at=at, action=action, origin=origin, reason=reason))
    return found
