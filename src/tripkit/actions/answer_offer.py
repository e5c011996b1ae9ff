"""Accepting or declining an offered place."""

from __future__ import annotations

from sqlalchemy import select

from tripkit.actions.booking_access import Opened, open_booking, tell_booking, withdraw
from tripkit.actions.recording import Move, log_moves
from tripkit.actions.seating import claims_of, drop_claims
from tripkit.actions.settling import settle
from tripkit.domain.bookings import Moment, ParticipantStatus
from tripkit.domain.collisions import replaced_by
from tripkit.domain.refusals import ChangeRefused, NotFound
from tripkit.domain.sentences import sentence
from tripkit.domain.trips import TripStatus
from tripkit.reads.trip_plan import AnySession
from tripkit.storage import write
from tripkit.storage.bookings import ClaimRow, OfferRow, ParticipantRow


def accept_offer(session: AnySession, *, booking_id: int, offer_id: int, moment: Moment) -> None:
    """Take an offered place. For a visit, what collides with it is given up, and offered on.

    Raises: NotFound, ChangeRefused (answered before, too late, or the trip is cancelled).
    """
    with write(session):
        opened = open_booking(session, booking_id)
        offer = _open_offer(session, opened, offer_id, moment)
        if opened.seating.trip.status is TripStatus.CANCELLED:
            raise ChangeRefused(sentence("The trip is cancelled, so there is no place to take."))
        people = [opened.person(person_id) for person_id in offer.participant_ids]
        offer.state, offer.answered_at = "accepted", moment.at
        claims = claims_of(session, [person.id for person in people])
        for claim in claims:
            if claim.offer_id == offer.id:
                claim.offer_id = None
        for person in people:
            if not offer.item:
                person.status = ParticipantStatus.CONFIRMED
                person.wished = ()
            else:
                _give_up_colliding(session, opened, person, offer.item, claims)
            _log(session, opened, moment, "accepted", person, offer)
        session.flush()
        kind = "changed" if offer.item else "confirmation"
        tell_booking(session, opened, kind, people, moment, audited="accept_offer")
        settle(session, opened.seating, moment)


def decline_offer(session: AnySession, *, booking_id: int, offer_id: int, moment: Moment) -> None:
    """Say no to an offered place, which goes to the next at once.

    Raises: NotFound, ChangeRefused (answered before, or too late).
    """
    with write(session):
        opened = open_booking(session, booking_id)
        offer = _open_offer(session, opened, offer_id, moment)
        close_offer(session, opened, offer, moment, "declined")
        settle(session, opened.seating, moment)


def close_offer(session: AnySession, opened: Opened, offer: OfferRow, moment: Moment, state: str) -> None:
    """Take back an offer that was declined or has expired. The caller settles afterwards."""
    offer.state, offer.answered_at = state, moment.at
    people = [opened.person(person_id) for person_id in offer.participant_ids]
    for person in people:
        _log(session, opened, moment, state, person, offer)
    if offer.item:
        held = claims_of(session, [person.id for person in people])
        drop_claims(session, opened.seating, [claim for claim in held if claim.offer_id == offer.id])
        tell_booking(session, opened, "changed", people, moment, reason=state, audited=f"offer_{state}")
    else:
        withdraw(session, opened, people, moment)
        tell_booking(session, opened, "cancelled", people, moment, reason=state, audited=f"offer_{state}")


def _open_offer(session: AnySession, opened: Opened, offer_id: int, moment: Moment) -> OfferRow:
    offer = session.scalar(select(OfferRow).where(OfferRow.id == offer_id, OfferRow.booking_id == opened.booking.id))
    if offer is None:
        raise NotFound(sentence("There is no such offer in this booking."))
    if offer.state == "open" and offer.until <= moment.at:
        raise ChangeRefused(sentence("The time to answer is over, and the place has gone to the next in the queue."))
    if offer.state == "accepted":
        raise ChangeRefused(sentence("The offer was accepted before. The place is yours."))
    if offer.state != "open":
        raise ChangeRefused(sentence("The offer is no longer open, and the place has gone to the next in the queue."))
    return offer


def _give_up_colliding(
    session: AnySession, opened: Opened, person: ParticipantRow, item: str, claims: list[ClaimRow]
) -> None:
    pools = opened.seating.seats.pools
    mine = {
        pools[claim.pool_id].key: claim
        for claim in claims
        if claim.participant_id == person.id and pools[claim.pool_id].kind == "item" and claim.offer_id is None
    }
    lost = replaced_by(opened.seating.trip, mine, item)
    drop_claims(session, opened.seating, [mine[key] for key in lost])


def _log(
    session: AnySession, opened: Opened, moment: Moment, what: str, person: ParticipantRow, offer: OfferRow
) -> None:
    move = Move(what=what, participant_id=person.id, item=offer.item)
    log_moves(session, opened.seating.trip_id, moment, [move])
