"""Signing a party up: places, visits and queue in one transaction, all or nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from tripkit.actions.booking_access import LONGEST_REASON, note_signup, said_of
from tripkit.actions.enter_lottery import enter_lottery, is_before_draw
from tripkit.actions.form_digest import is_same_form
from tripkit.actions.recording import Told, make_link, tell
from tripkit.actions.seating import Seating, lock_seating, read_queue, save_seats
from tripkit.actions.settling import join, log_passings, somebody_is_next
from tripkit.actions.written_signup import Written, write_down
from tripkit.domain.answers import without_sensitive
from tripkit.domain.bookings import (
    BookingMade,
    BookingRequest,
    ByOrganiser,
    Moment,
    ParticipantRequest,
    ParticipantStatus,
)
from tripkit.domain.places import why_not_by_hand, why_not_open
from tripkit.domain.refusals import (
    BookingRefused,
    ChangeRefused,
    FormSentAlready,
    NotFound,
    Problem,
)
from tripkit.domain.seats import Pool
from tripkit.domain.sentences import Sentence, sentence
from tripkit.domain.signup import LONGEST_NAME, check_request, check_text
from tripkit.domain.trips import Trip
from tripkit.domain.waiting_list import parties, passed_by
from tripkit.reads.queue_positions import queue_positions
from tripkit.reads.trip_plan import AnySession, trip_plan
from tripkit.storage import write
from tripkit.storage.bookings import BookingRow, ClaimRow, ParticipantRow


@dataclass(slots=True)
class _Seated:
    """What one participant gets. ``place``: pool ids of the trip, None = waits."""

    place: tuple[int, ...] | None
    visits: list[int] = field(default_factory=list)


class _TripChanged(Exception):
    """The trip was written anew while this sign-up waited for its turn."""


def book_places(
    session: AnySession,
    *,
    trip_id: int,
    request: BookingRequest,
    moment: Moment,
    by: ByOrganiser | None = None,
    accepted_by: str = "",
) -> BookingMade:
    """Sign a party up; those who do not fit wait, all of them if the party stays together.

    The same form sent again is the booking it made, with a new link. Told after the commit: one message. ``by``: an
    organiser signs them up, also before sign-up opens and after it has closed; nobody who waits is passed by it, and
    sensitive questions are left to the people themselves. ``accepted_by``: who accepted the terms when they called.

    Raises: NotFound, ChangeRefused (not open for sign-up), BookingRefused (every problem at once, nothing saved),
    FormSentAlready (the form's key was used for something else).
    """
    while True:
        try:
            with write(session):
                return _book(session, trip_id, request, moment, by, accepted_by.strip())
        except _TripChanged:
            continue
        except (IntegrityError, ChangeRefused, BookingRefused):
            # The form's key is taken. Or what was right when it was sent first is refused by now.
            with write(session):
                made = _made_before(session, trip_id, request, moment)
            if made is None:
                raise
            return made


def _book(
    session: AnySession, trip_id: int, request: BookingRequest, moment: Moment, by: ByOrganiser | None, accepted_by: str
) -> BookingMade:
    """Write down first what does not depend on others: while a trip's places are locked, everybody waits for them."""
    plan = trip_plan(session, trip_id)
    if plan is None:
        raise NotFound(sentence("There is no such trip."))
    _, _, trip = plan
    if (closed := why_not_open(trip, moment.at) if by is None else why_not_by_hand(trip, moment.at)) is not None:
        raise ChangeRefused(closed)
    # Wrong whatever is full: that is not even written, since it may be anything. `_seat` says all that is wrong.
    is_wrong = any(_check(trip, request, {item.key for item in trip.programme}, by, accepted_by))
    written = None if is_wrong else write_down(session, trip_id, trip, request, moment)
    seating = lock_seating(session, trip_id)
    if seating.trip != trip:
        raise _TripChanged
    if written is not None:
        if accepted_by:  # Else a sign-up would write its booking a second time, while everybody waits for the places.
            written.booking.accepted_by = accepted_by
        if is_before_draw(session, seating):
            return enter_lottery(session, written, moment, by)
    seated = _seat(session, seating, request, by, accepted_by)
    if written is None:
        raise RuntimeError("what is wrong with a sign-up was not said")  # Never: the same check has refused it.
    return _save(session, seating, written, seated, moment, by)


def _check(
    trip: Trip, request: BookingRequest, full: Collection[str], by: ByOrganiser | None, accepted_by: str
) -> list[Problem]:
    """Everything that is wrong with what was sent."""
    if by is None:
        return list(check_request(trip, request, full))
    theirs = replace(trip, questions=without_sensitive(trip.questions))
    who = sentence("Write with whom you have spoken about the terms.")
    return [
        *check_request(theirs, request, full),
        *check_text("accepted_by", accepted_by, LONGEST_NAME, who),
        *check_text("why", by.why, LONGEST_REASON),
    ]


def _made_before(session: AnySession, trip_id: int, request: BookingRequest, moment: Moment) -> BookingMade | None:
    booking = session.scalar(
        select(BookingRow).where(BookingRow.trip_id == trip_id, BookingRow.form_key == request.form_key)
    )
    plan = trip_plan(session, trip_id)
    if booking is None or plan is None:
        return None
    if not is_same_form(session, booking, request):
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
        token=make_link(session, booking.id, plan[2], moment.at),
        statuses=tuple(participant.status for participant in booking.participants),
    )


def _seat(
    session: AnySession, seating: Seating, request: BookingRequest, by: ByOrganiser | None, accepted_by: str
) -> list[_Seated]:
    """Decide who gets what. Raises: BookingRefused."""
    problems = _check(seating.trip, request, seating.full_items(), by, accepted_by)
    seats = seating.seats
    known = {segment.key for segment in seating.trip.segments}
    if problems and any(participant.segment not in known for participant in request.participants):
        raise BookingRefused(tuple(problems))
    wants = [seats.place_wants(participant.segment) for participant in request.participants]
    seated = [_Seated(None) for _ in wants]
    if by is not None and somebody_is_next(session, seating):
        wants = []  # What is free belongs to who waits, also when nothing is offered any more.
    elif request.together:
        for one, place in zip(seated, seats.claim_together(wants) or (None,) * len(wants), strict=True):
            one.place = place
    else:
        for one, wanted in zip(seated, wants, strict=True):
            one.place = seats.claim(wanted)
    for index, (one, participant) in enumerate(zip(seated, request.participants, strict=True)):
        if one.place is not None:
            one.visits, wrong = claim_visits(seating, participant, f"participants.{index}")
            problems += wrong
    if problems:
        raise BookingRefused(tuple(problems))
    return seated


def claim_visits(seating: Seating, participant: ParticipantRequest, at: str) -> tuple[list[int], list[Problem]]:
    """Take the visits somebody chose: the pool ids, and what is full. ``at``: the path before the field."""
    problems: list[Problem] = []
    visits: list[int] = []
    programme = {item.key: item for item in seating.trip.programme}
    for key in dict.fromkeys(participant.items):
        pool = seating.seats.item(key)
        if pool is None or key not in programme:
            continue  # Said already by the check of what was chosen.
        if seating.seats.claim(((pool.id,),)) is None:
            item = programme[key]
            problems.append(Problem(f"{at}.choices.{item.choice}", full_visit(item.title, pool)))
        else:
            visits.append(pool.id)
    return visits, problems


def full_visit(title: object, pool: Pool) -> Sentence:
    """Why a visit cannot be chosen, and what to do."""
    return sentence(
        "“{item}” is full, all {size} places are taken. Choose another one. You can queue for it from the booking"
        " afterwards.",
        item=title,
        size=pool.size,
    )


def _save(
    session: AnySession,
    seating: Seating,
    written: Written,
    seated: Sequence[_Seated],
    moment: Moment,
    by: ByOrganiser | None,
) -> BookingMade:
    save_seats(session, seating)
    booking, people = written.booking, written.people
    claims = []
    for person, one in zip(people, seated, strict=True):
        if one.place is not None:
            person.status, person.wished = ParticipantStatus.CONFIRMED, ()
            claims += [{"participant_id": person.id, "pool_id": pool_id} for pool_id in (*one.place, *one.visits)]
    session.flush()
    if claims:
        session.execute(insert(ClaimRow), claims)
    told = _queue(session, seating, booking, people, seated, moment)
    kind = "queued" if all(one.place is None for one in seated) else "confirmation"
    if by is None or by.tells:
        tell(session, kind, booking=booking, token=written.token, moment=moment, told=told, **said_of(by))
    note_signup(session, booking, len(told), moment, by)
    return BookingMade(
        booking_id=booking.id,
        code=booking.code,
        token=written.token,
        statuses=tuple(person.status for person in people),
    )


def _queue(
    session: AnySession,
    seating: Seating,
    booking: BookingRow,
    people: Sequence[ParticipantRow],
    seated: Sequence[_Seated],
    moment: Moment,
) -> list[Told]:
    """Queue those without a place, note whom the others went past, and say how it stands with each."""
    late = [person for person, one in zip(people, seated, strict=True) if one.place is None]
    if len(late) < len(people):
        _note_passed(session, seating, people, seated, moment)
    positions: dict[int, int] = {}
    if late:
        join(session, seating, moment, [late] if booking.together else [[p] for p in late])
        positions = {one.participant_id: one.position for one in queue_positions(session, [p.id for p in late])}
    keys = {pool.id: pool.key for pool in seating.seats.pools.values()}
    return [
        Told(
            participant=person,
            items=[keys[pool_id] for pool_id in one.visits] or person.wished,
            position=positions.get(person.id),
        )
        for person, one in zip(people, seated, strict=True)
    ]


def _note_passed(
    session: AnySession,
    seating: Seating,
    people: Sequence[ParticipantRow],
    seated: Sequence[_Seated],
    moment: Moment,
) -> None:
    """Note whom those with a place went past. The queue is read for this alone: who only joins it passes nobody."""
    ahead = parties(read_queue(session, seating, [""]).get("", []))
    passings = [
        passing
        for person, one in zip(people, seated, strict=True)
        if one.place is not None
        for passing in passed_by(seating.seats, ahead, person.id, [one.place])
    ]
    log_passings(session, trip_id=seating.trip_id, moment=moment, passings=passings)
