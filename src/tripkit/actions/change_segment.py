"""Moving a participant to another group of the trip, where there is room in it; within the transaction of whoever calls it."""

from __future__ import annotations

from sqlalchemy import update

from tripkit.actions.booking_access import Opened, holds_place, place_offers, visits_held
from tripkit.actions.seating import claims_of, drop_claims
from tripkit.actions.written_signup import price_of
from tripkit.domain.refusals import BookingRefused, Problem
from tripkit.domain.seats import PoolKind
from tripkit.domain.sentences import Sentence, sentence
from tripkit.domain.signup import check_items
from tripkit.reads.trip_plan import AnySession
from tripkit.storage.bookings import ClaimRow, ParticipantRow, WaitingRow


def change_segment(session: AnySession, opened: Opened, person: ParticipantRow, segment: str) -> None:
    """Give a participant a place of another group instead of theirs, at its price of today. The caller settles afterwards.

    Whoever waits keeps their position. Raises: BookingRefused (no such group, no room in it, a visit is not for it).
    """
    seating = opened.seating
    group = next((one for one in seating.trip.segments if one.key == segment), None)
    if group is None:
        raise _refused(sentence("Choose the group that is closest to the work."))
    claims = claims_of(session, [person.id])
    held = visits_held(seating, claims).get(person.id, {})
    chosen = tuple(held) if holds_place(person) else person.wished
    wrong = check_items(seating.trip, person.name, segment, chosen, "participants.0", seating.full_items())
    for problem in wrong:
        # A visit that nobody has chosen yet is no reason to stay in a wrong group.
        if problem.sentence.values:
            raise _refused(problem.sentence)
    if holds_place(person):
        offer = place_offers(seating, claims).get(person.id)
        kinds = {pool.id: pool.kind for pool in seating.seats.pools.values()}
        drop_claims(session, seating, [claim for claim in claims if kinds[claim.pool_id] is not PoolKind.ITEM])
        place = seating.seats.claim(seating.seats.place_wants(segment))
        if place is None:
            raise _refused(
                sentence("No more people of “{group}” can come. Leave the group as it was.", group=group.name)
            )
        session.add_all(ClaimRow(participant_id=person.id, pool_id=pool, offer_id=offer) for pool in place)
    person.segment, person.price = segment, price_of(seating.trip, segment)
    theirs = update(WaitingRow).where(WaitingRow.participant_id == person.id).values(segment=segment)
    session.execute(theirs.execution_options(synchronize_session=False))
    session.flush()


def _refused(said: Sentence) -> BookingRefused:
    return BookingRefused((Problem("participants.0.segment", said),))
