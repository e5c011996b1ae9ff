"""Accepting or declining an offered place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select

from tripkit.actions.booking_access import (
    Opened,
    open_booking,
    place_offers,
    tell_booking,
    visits_held,
    withdraw,
)
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
from tripkit.storage.bookings import ClaimRow, OfferRow


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
        claims = claims_of(session, [person.id for person in people])
        if offer.item:
            give_up_colliding(session, opened, offer.item, claims)
            take_visit(session, opened, offer, claims, moment)
        else:
            for claim in claims:
                if claim.offer_id == offer.id:
                    claim.offer_id = None
            for person in people:
                person.status = ParticipantStatus.CONFIRMED
                person.wished = ()
            _close(session, opened, offer, moment, "accepted")
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
    people = [opened.person(person_id) for person_id in offer.participant_ids]
    _close(session, opened, offer, moment, state)
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
    if offer.state == "open":
        refuse_if_late(offer, moment)
    if offer.state == "accepted":
        raise ChangeRefused(sentence("The offer was accepted before. The place is yours."))
    if offer.state != "open":
        raise ChangeRefused(sentence("The offer is no longer open, and the place has gone to the next in the queue."))
    return offer


def refuse_if_late(offer: OfferRow, moment: Moment) -> None:
    """Raise: ChangeRefused when the time to answer is over, swept or not."""
    if offer.until <= moment.at:
        raise ChangeRefused(sentence("The time to answer is over, and the place has gone to the next in the queue."))


def take_visit(
    session: AnySession, opened: Opened, offer: OfferRow, claims: Iterable[ClaimRow], moment: Moment
) -> None:
    """Make a visit on offer theirs. ``claims``: all that they hold.

    While the place on the trip is still on offer the visit belongs to that offer from now on, as their others do.
    """
    places = place_offers(opened.seating, claims)
    for claim in claims:
        if claim.offer_id == offer.id:
            claim.offer_id = places[claim.participant_id]
    _close(session, opened, offer, moment, "accepted")


def give_up_colliding(
    session: AnySession, opened: Opened, item: str, claims: Sequence[ClaimRow]
) -> dict[int, tuple[str, ...]]:
    """Give up what collides with a visit. ``claims``: all that its takers hold. Which visits they were, by participant."""
    given_up: dict[int, tuple[str, ...]] = {}
    for person_id, mine in visits_held(opened.seating, claims).items():
        given_up[person_id] = lost = replaced_by(opened.seating.trip, mine, item)
        drop_claims(session, opened.seating, [mine[key] for key in lost])
    return given_up


def _close(session: AnySession, opened: Opened, offer: OfferRow, moment: Moment, state: str) -> None:
    offer.state, offer.answered_at = state, moment.at
    moves = [Move(what=state, participant_id=person_id, item=offer.item) for person_id in offer.participant_ids]
    log_moves(session, opened.seating.trip_id, moment, moves)
