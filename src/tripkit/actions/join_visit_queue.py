"""Joining the queue for a full visit."""

from __future__ import annotations

from sqlalchemy import select

from tripkit.actions.booking_access import (
    holds_place,
    open_booking,
    refuse_if_changes_closed,
    tell_booking,
)
from tripkit.actions.seating import claims_of, waited_for
from tripkit.actions.settling import join
from tripkit.domain.bookings import ByOrganiser, Moment
from tripkit.domain.refusals import ChangeRefused, NotFound
from tripkit.domain.sentences import sentence
from tripkit.reads.trip_plan import AnySession
from tripkit.storage import write
from tripkit.storage.bookings import WaitingRow


def join_visit_queue(
    session: AnySession,
    *,
    booking_id: int,
    participant_id: int,
    item: str,
    moment: Moment,
    by: ByOrganiser | None = None,
) -> None:
    """Put one participant at the end of the queue for a full visit. They keep the visit they have meanwhile.

    ``by``: an organiser puts them there, until the trip is over.

    Raises: NotFound, ChangeRefused (there is room, or they have it or wait already, or it is for other groups).
    """
    with write(session):
        opened = open_booking(session, booking_id, by)
        refuse_if_changes_closed(opened, moment, by)
        person = opened.person(participant_id)
        visit = next((one for one in opened.seating.trip.programme if one.key == item), None)
        pool = opened.seating.seats.item(item)
        if visit is None or pool is None:
            raise NotFound(sentence("There is no such visit in the programme."))
        if not holds_place(person):
            raise ChangeRefused(sentence("The queue for a visit is for those who have a place on the trip."))
        if not visit.is_meant_for(person.segment):
            raise ChangeRefused(sentence("“{item}” is meant for other groups.", item=visit.title))
        if any(claim.pool_id == pool.id for claim in claims_of(session, [person.id])):
            raise ChangeRefused(sentence("{name} has a place on “{item}” already.", name=person.name, item=visit.title))
        if pool.has_room() and not waited_for(session, opened.seating, person.id, [item]):
            raise ChangeRefused(
                sentence("There is room on “{item}” now. Choose it under “Change visits”.", item=visit.title)
            )
        if session.scalar(select(WaitingRow.id).where(WaitingRow.participant_id == person.id, WaitingRow.item == item)):
            raise ChangeRefused(sentence("{name} waits for “{item}” already.", name=person.name, item=visit.title))
        join(session, opened.seating, moment, [[person]], item=item)
        tell_booking(session, opened, "changed", [person], moment, reason="joined", audited="join_visit_queue", by=by)
