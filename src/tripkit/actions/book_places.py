"""Signing a party up: places, visits and queue in one transaction, all or nothing."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from sqlalchemy import insert, select

from tripkit.actions.recording import Told, audit, make_link, tell
from tripkit.actions.seating import Seating, lock_seating, read_queue, save_seats
from tripkit.actions.settling import join, log_passings
from tripkit.domain.answers import kept
from tripkit.domain.bookings import (
    BookingMade,
    BookingRequest,
    Moment,
    ParticipantRequest,
    ParticipantStatus,
)
from tripkit.domain.places import why_not_open
from tripkit.domain.prices import Price
from tripkit.domain.refusals import (
    BookingRefused,
    ChangeRefused,
    FormSentAlready,
    Problem,
)
from tripkit.domain.seats import Pool
from tripkit.domain.sentences import Sentence, sentence
from tripkit.domain.signup import check_request
from tripkit.domain.trips import Trip
from tripkit.domain.waiting_list import Waiting, ahead_of, parties, passed_by
from tripkit.reads.trip_plan import AnySession
from tripkit.storage import write
from tripkit.storage.bookings import AnswerRow, BookingRow, ClaimRow, ParticipantRow

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Booking codes: no letter that is taken for a digit, none twice the same aloud."""


@dataclass(slots=True)
class _Seated:
    """What one participant gets. ``place``: pool ids of the trip, None = waits."""

    place: tuple[int, ...] | None
    visits: list[int] = field(default_factory=list)


def book_places(session: AnySession, *, trip_id: int, request: BookingRequest, moment: Moment) -> BookingMade:
    """Sign a party up; those who do not fit wait, all of them if the party stays together.

    The same form sent again is the booking it made, with a new link. Told after the commit: one message.

    Raises: NotFound, ChangeRefused (not open for sign-up), BookingRefused (every problem at once, nothing saved),
    FormSentAlready (the form's key was used for something else).
    """
    with write(session):
        seating = lock_seating(session, trip_id)
        made = _made_before(session, seating, request, moment)
        if made is None:
            if (closed := why_not_open(seating.trip, moment.at)) is not None:
                raise ChangeRefused(closed)
            seated = _seat(seating, request)
            made = _save(session, seating, request, seated, moment)
    return made


def _digest(request: BookingRequest) -> str:
    return hashlib.sha256(json.dumps(asdict(request), sort_keys=True, default=str).encode()).hexdigest()


def _made_before(session: AnySession, seating: Seating, request: BookingRequest, moment: Moment) -> BookingMade | None:
    booking = session.scalar(
        select(BookingRow).where(BookingRow.trip_id == seating.trip_id, BookingRow.form_key == request.form_key)
    )
    if booking is None:
        return None
    if booking.form_digest != _digest(request):
        raise FormSentAlready(
            sentence(
                "This form was sent before, and the booking {code} was made from it. Change that booking by the link"
                " in its confirmation, or begin a new sign-up.",
                code=booking.code,
            ),
            booking_id=booking.id,
        )
    return BookingMade(
        booking_id=booking.id,
        code=booking.code,
        token=make_link(session, booking.id, seating.trip, moment.at),
        statuses=tuple(participant.status for participant in booking.participants),
    )


def _seat(seating: Seating, request: BookingRequest) -> list[_Seated]:
    """Decide who gets what. Raises: BookingRefused."""
    problems = list(check_request(seating.trip, request, seating.full_items()))
    seats = seating.seats
    known = {segment.key for segment in seating.trip.segments}
    if problems and any(participant.segment not in known for participant in request.participants):
        raise BookingRefused(tuple(problems))
    wants = [seats.place_wants(participant.segment) for participant in request.participants]
    seated = [_Seated(None) for _ in wants]
    if request.together:
        for one, place in zip(seated, seats.claim_together(wants) or (None,) * len(wants), strict=True):
            one.place = place
    else:
        for one, wanted in zip(seated, wants, strict=True):
            one.place = seats.claim(wanted)
    for index, (one, participant) in enumerate(zip(seated, request.participants, strict=True)):
        if one.place is not None:
            problems += _claim_visits(seating, one, participant, f"participants.{index}")
    if problems:
        raise BookingRefused(tuple(problems))
    return seated


def _claim_visits(seating: Seating, seated: _Seated, participant: ParticipantRequest, at: str) -> list[Problem]:
    problems = []
    programme = {item.key: item for item in seating.trip.programme}
    for key in dict.fromkeys(participant.items):
        pool = seating.seats.item(key)
        if pool is None or key not in programme:
            continue  # Said already by the check of what was chosen.
        if seating.seats.claim(((pool.id,),)) is None:
            item = programme[key]
            problems.append(Problem(f"{at}.choices.{item.choice}", full_visit(item.title, pool)))
        else:
            seated.visits.append(pool.id)
    return problems


def full_visit(title: object, pool: Pool) -> Sentence:
    """Why a visit cannot be chosen, and what to do."""
    return sentence(
        "“{item}” is full, all {size} places are taken. Choose another one. You can queue for it from the booking"
        " afterwards.",
        item=title,
        size=pool.size,
    )


def _save(
    session: AnySession, seating: Seating, request: BookingRequest, seated: Sequence[_Seated], moment: Moment
) -> BookingMade:
    save_seats(session, seating)
    booking = BookingRow(
        trip_id=seating.trip_id,
        code=new_code(),
        form_key=request.form_key,
        form_digest=_digest(request),
        contact_name=request.contact_name.strip(),
        contact_email=request.contact_email.strip(),
        contact_phone=(request.contact_phone or "").strip() or None,
        organisation=request.organisation.strip(),
        invoice_address=request.invoice_address.strip(),
        invoice_reference=request.invoice_reference.strip(),
        language=request.language,
        together=request.together,
        terms_version=request.terms_version,
        booked_at=moment.at,
    )
    session.add(booking)
    session.flush()
    people = _save_people(session, seating, booking.id, request, seated)
    told = _queue(session, seating, booking, people, seated, moment)
    token = make_link(session, booking.id, seating.trip, moment.at)
    kind = "queued" if all(one.place is None for one in seated) else "confirmation"
    tell(session, kind, booking=booking, token=token, moment=moment, told=told)
    audit(session, "book_places", moment=moment, trip_id=seating.trip_id, booking_id=booking.id, people=len(told))
    return BookingMade(
        booking_id=booking.id, code=booking.code, token=token, statuses=tuple(person.status for person in people)
    )


def _save_people(
    session: AnySession, seating: Seating, booking_id: int, request: BookingRequest, seated: Sequence[_Seated]
) -> list[ParticipantRow]:
    """Write the party in the order of the form. One statement a table, whatever the size of the party."""
    party = list(zip(request.participants, seated, strict=True))
    session.execute(insert(ParticipantRow), [_columns(seating, booking_id, asked, one) for asked, one in party])
    query = select(ParticipantRow).where(ParticipantRow.booking_id == booking_id).order_by(ParticipantRow.id)
    people = list(session.scalars(query))
    claims = [
        {"participant_id": person.id, "pool_id": pool_id}
        for person, one in zip(people, seated, strict=True)
        for pool_id in (*(one.place or ()), *one.visits)
    ]
    answers = [
        {"participant_id": person.id, "question": question, "value": value}
        for person, asked in zip(people, request.participants, strict=True)
        for question, value in kept(seating.trip.questions, asked.segment, asked.answers).items()
    ]
    for table, rows in ((ClaimRow, claims), (AnswerRow, answers)):
        if rows:
            session.execute(insert(table), rows)
    return people


def _columns(seating: Seating, booking_id: int, asked: ParticipantRequest, seated: _Seated) -> dict[str, object]:
    waits = seated.place is None
    return {
        "booking_id": booking_id,
        "trip_id": seating.trip_id,
        "name": asked.name.strip(),
        "email": (asked.email or "").strip() or None,
        "segment": asked.segment,
        "status": ParticipantStatus.WAITING if waits else ParticipantStatus.CONFIRMED,
        "price": price_of(seating.trip, asked.segment),
        "wished": tuple(dict.fromkeys(asked.items)) if waits else (),
    }


def price_of(trip: Trip, segment: str) -> Price:
    """What one participant of a segment pays today."""
    return next((s.price for s in trip.segments if s.key == segment and s.price is not None), trip.price)


def _queue(
    session: AnySession,
    seating: Seating,
    booking: BookingRow,
    people: Sequence[ParticipantRow],
    seated: Sequence[_Seated],
    moment: Moment,
) -> list[Told]:
    """Queue those without a place, note whom the others went past, and say how it stands with each."""
    queue = read_queue(session, seating).get("", [])
    ahead = parties(queue)
    passings = [
        passing
        for person, one in zip(people, seated, strict=True)
        if one.place is not None
        for passing in passed_by(seating.seats, ahead, person.id, [one.place])
    ]
    log_passings(session, trip_id=seating.trip_id, moment=moment, passings=passings)
    late = [person for person, one in zip(people, seated, strict=True) if one.place is None]
    rows = join(session, seating, moment, [late] if booking.together else [[p] for p in late]) if late else []
    mine = {
        row.participant_id: Waiting(row.id, row.participant_id, row.party, seating.seats.place_wants(row.segment))
        for row in rows
    }
    everybody = [*queue, *mine.values()]
    keys = {pool.id: pool.key for pool in seating.seats.pools.values()}
    return [
        Told(
            participant=person,
            items=[keys[pool_id] for pool_id in one.visits] or person.wished,
            position=ahead_of(mine[person.id], everybody) + 1 if person.id in mine else None,
        )
        for person, one in zip(people, seated, strict=True)
    ]


def new_code() -> str:
    """A booking code to read aloud: two groups of four, 6·10¹¹ of them."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"
