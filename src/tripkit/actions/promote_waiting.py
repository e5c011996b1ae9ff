"""Giving somebody who waits a place before others, as an organiser may for a reason; what is full stays full."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, insert, select

from tripkit.actions.answer_offer import give_up_colliding
from tripkit.actions.booking_access import (
    Opened,
    holds_place,
    open_booking,
    place_offers,
    reason_given,
    refuse_if_over,
    tell_booking,
    visits_held,
)
from tripkit.actions.recording import Move, log_moves
from tripkit.actions.seating import claims_of, read_queue
from tripkit.actions.settling import claim_wishes, log_passings, queue_up, settle
from tripkit.domain.bookings import ByOrganiser, Moment, ParticipantStatus
from tripkit.domain.done import Changes
from tripkit.domain.refusals import ChangeRefused, NotFound
from tripkit.domain.sentences import Sentence, sentence
from tripkit.domain.trips import TripStatus
from tripkit.domain.waiting_list import PassedBecause, Passing, Waiting
from tripkit.reads.trip_plan import AnySession
from tripkit.storage import write
from tripkit.storage.bookings import ClaimRow, ParticipantRow, WaitingRow

NO_REASON = sentence("Say why they come before the others. It stands in the log.")


def promote_waiting(
    session: AnySession,
    *,
    booking_id: int,
    participant_ids: Sequence[int],
    item: str = "",
    moment: Moment,
    by: ByOrganiser,
) -> None:
    """Give people who wait a place at once, all of them or none. ``item``: the visit they wait for, empty = the trip.

    Only what is free is given: no size is exceeded. Those who came before are noted as passed, with the reason.

    Raises: NotFound, BookingRefused (no reason), ChangedMeanwhile, ChangeRefused (they do not wait, nothing is free, or
    the trip is over or cancelled).
    """
    with write(session):
        opened = open_booking(session, booking_id, by)
        promote(session, opened, participant_ids, item, moment, by)
        settle(session, opened.seating, moment)


def promote(
    session: AnySession, opened: Opened, participant_ids: Sequence[int], item: str, moment: Moment, by: ByOrganiser
) -> None:
    """The same within a transaction of the caller's, who settles afterwards."""
    reason_given(by, NO_REASON)
    refuse_if_over(opened, moment)
    if opened.seating.trip.status is TripStatus.CANCELLED:
        raise ChangeRefused(sentence("The trip is cancelled, so there is no place to give."))
    people = [opened.person(one) for one in dict.fromkeys(participant_ids)]
    queue = read_queue(session, opened.seating, [item]).get(item, [])
    theirs = _waiting(queue, people, item)
    claims = opened.seating.seats.claim_together([one.wants for one in theirs])
    if claims is None:
        raise ChangeRefused(nothing_free(opened, len(people), item))
    session.execute(delete(WaitingRow).where(WaitingRow.id.in_([one.id for one in theirs])))
    changes = (
        _give_visit(session, opened, people, item, claims)
        if item
        else _give_places(session, opened, people, claims, moment)
    )
    _note(session, opened, queue, theirs, item, moment)
    kind = "changed" if item else "confirmation"
    tell_booking(session, opened, kind, people, moment, audited="promote_waiting", changes=changes, by=by)


def _waiting(queue: Sequence[Waiting], people: Sequence[ParticipantRow], item: str) -> list[Waiting]:
    by_person = {one.participant_id: one for one in queue}
    for person in people:
        if person.id not in by_person:
            raise ChangeRefused(sentence("{name} does not wait in this queue any more.", name=person.name))
        if item and not holds_place(person):
            raise ChangeRefused(sentence("The queue for a visit is for those who have a place on the trip."))
    if not people:
        raise NotFound(sentence("There is no such participant in this booking."))
    return [by_person[person.id] for person in people]


def nothing_free(opened: Opened, people: int, item: str) -> Sentence:
    """Why nobody can be let in, and what to do."""
    trip, seats = opened.seating.trip, opened.seating.seats
    if item:
        pool = seats.item(item)
        return sentence(
            "“{item}” is full: all {size} places are taken. Move somebody to another visit first, or give the visit more"
            " places in the trip’s files.",
            item=next((one.title for one in trip.programme if one.key == item), item),
            size=pool.size if pool else 0,
        )
    if people == 1:
        return sentence(
            "No place is free that they can have. Cancel somebody who no longer travels, and write this booking’s code"
            " there: then the place is theirs. Or give the trip more places in its files."
        )
    return sentence(
        "There are not {count} free places that they can have. Let one of them in, or cancel somebody first.",
        count=people,
    )


def _give_places(
    session: AnySession,
    opened: Opened,
    people: Sequence[ParticipantRow],
    claims: Sequence[Sequence[int]],
    moment: Moment,
) -> Changes:
    """Places on the trip are theirs, with the visits they wished for as far as there is room; else they queue for those."""
    joining: list[tuple[str, Sequence[ParticipantRow]]] = []
    changes: dict[str, Sequence[object]] = {}
    rows = []
    for person, place in zip(people, claims, strict=True):
        visits = claim_wishes(opened.seating, person, joining)
        rows += [{"participant_id": person.id, "pool_id": pool} for pool in (*place, *visits)]
        changes[f"people/{person.id}/status"] = [person.status, ParticipantStatus.CONFIRMED]
        person.status, person.wished = ParticipantStatus.CONFIRMED, ()
    session.flush()
    session.execute(insert(ClaimRow), rows)
    queue_up(session, opened.seating, moment, joining)
    return changes


def _give_visit(
    session: AnySession,
    opened: Opened,
    people: Sequence[ParticipantRow],
    item: str,
    given: Sequence[Sequence[int]],
) -> Changes:
    """The visit is theirs; what collides with it is given up."""
    claims = claims_of(session, [person.id for person in people])
    held, offers = visits_held(opened.seating, claims), place_offers(opened.seating, claims)
    lost = give_up_colliding(session, opened, item, claims)
    rows = [
        {"participant_id": person.id, "pool_id": pool, "offer_id": offers[person.id]}
        for person, pools in zip(people, given, strict=True)
        for pool in pools
    ]
    session.execute(insert(ClaimRow), rows)
    return {
        f"people/{person.id}/visits": [
            sorted(held.get(person.id, ())),
            sorted({*held.get(person.id, ()), item} - {*lost.get(person.id, ())}),
        ]
        for person in people
    }


def _note(
    session: AnySession,
    opened: Opened,
    queue: Sequence[Waiting],
    theirs: Sequence[Waiting],
    item: str,
    moment: Moment,
) -> None:
    """Note that they were let in, and whom they went past."""
    trip_id, mine = opened.seating.trip_id, {one.id for one in theirs}
    moves = [Move(what="promoted", participant_id=one.participant_id, item=item) for one in theirs]
    log_moves(session, trip_id, moment, moves)
    last = theirs[-1]
    passings = [
        Passing(one.id, one.participant_id, last.participant_id, PassedBecause.ORGANISER)
        for one in queue
        if one.id < last.id and one.id not in mine
    ]
    log_passings(session, trip_id=trip_id, moment=moment, passings=passings)


def waiting_in(session: AnySession, opened: Opened) -> list[int]:
    """Who of a booking waits for the trip, longest first."""
    ids = [person.id for person in opened.people]
    waits = select(WaitingRow.participant_id).where(WaitingRow.participant_id.in_(ids), WaitingRow.item == "")
    return list(session.scalars(waits.order_by(WaitingRow.id)))
