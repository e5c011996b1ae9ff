"""Changing which visits a participant goes to, or wishes to go to while waiting."""

from __future__ import annotations

from sqlalchemy import delete

from tripkit.actions.book_places import full_visit
from tripkit.actions.booking_access import (
    Opened,
    holds_place,
    open_booking,
    refuse_if_changes_closed,
    tell_booking,
)
from tripkit.actions.seating import claims_of, drop_claims
from tripkit.actions.settling import settle
from tripkit.domain.bookings import Moment, ParticipantStatus
from tripkit.domain.refusals import BookingRefused, ChangeRefused, Problem
from tripkit.domain.seats import PoolKind
from tripkit.domain.sentences import sentence
from tripkit.domain.signup import check_items
from tripkit.reads.trip_plan import AnySession
from tripkit.storage import write
from tripkit.storage.bookings import ClaimRow, ParticipantRow, WaitingRow


def change_visits(
    session: AnySession, *, booking_id: int, participant_id: int, items: tuple[str, ...], moment: Moment
) -> None:
    """Go to these visits instead of the ones before; all or nothing. Freed places go to those who wait.

    Raises: NotFound, ChangeRefused (too late, or cancelled), BookingRefused (full, colliding, not for them).
    """
    with write(session):
        opened = open_booking(session, booking_id)
        refuse_if_changes_closed(opened, moment)
        person = opened.person(participant_id)
        if person.status is ParticipantStatus.CANCELLED:
            raise ChangeRefused(sentence("{name} is cancelled, so there are no visits to change.", name=person.name))
        seating = opened.seating
        wanted = tuple(dict.fromkeys(items))
        problems = list(
            check_items(seating.trip, person.name, person.segment, wanted, "participants.0", seating.full_items())
        )
        if problems:
            raise BookingRefused(tuple(problems))
        if holds_place(person):
            _swap(session, opened, person, wanted)
        else:
            person.wished = wanted
        session.flush()
        tell_booking(session, opened, "changed", [person], moment, audited="change_visits")
        settle(session, seating, moment)


def _swap(session: AnySession, opened: Opened, person: ParticipantRow, wanted: tuple[str, ...]) -> None:
    seats = opened.seating.seats
    claims = claims_of(session, [person.id])
    # While the trip itself is on offer, everything held belongs to that offer; a visit on offer is answered elsewhere.
    own = next(claim.offer_id for claim in claims if seats.pools[claim.pool_id].kind is not PoolKind.ITEM)
    held = {
        seats.pools[claim.pool_id].key: claim for claim in claims if seats.pools[claim.pool_id].kind is PoolKind.ITEM
    }
    mine = [key for key, claim in held.items() if claim.offer_id == own]
    drop_claims(session, opened.seating, [held[key] for key in mine if key not in wanted])
    problems = []
    programme = {item.key: item for item in opened.seating.trip.programme}
    for key in wanted:
        pool = seats.item(key)
        if pool is None or key in held:
            continue
        if seats.claim(((pool.id,),)) is None:
            item = programme[key]
            problems.append(Problem(f"participants.0.choices.{item.choice}", full_visit(item.title, pool)))
        else:
            session.add(ClaimRow(participant_id=person.id, pool_id=pool.id, offer_id=own))
    if problems:
        raise BookingRefused(tuple(problems))
    session.execute(delete(WaitingRow).where(WaitingRow.participant_id == person.id, WaitingRow.item.in_(wanted)))
