"""Giving freed places to those who wait, in the transaction that freed them; who is next is decided by the domain."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import selectinload

from tripkit.actions.recording import Move, Told, log_moves, make_link, tell
from tripkit.actions.seating import Seating, move_to_guarantees, read_queue, save_seats
from tripkit.domain.bookings import Moment, ParticipantStatus
from tripkit.domain.trips import TripStatus
from tripkit.domain.waiting_list import Passing, Promotion, Waiting, promote
from tripkit.reads.trip_plan import AnySession
from tripkit.storage.bookings import (
    BookingRow,
    ClaimRow,
    OfferRow,
    ParticipantRow,
    WaitingRow,
)


def offers_end_at(seating: Seating) -> datetime:
    """The moment after which no place is offered any more: the trip's first day begins."""
    zone = ZoneInfo(seating.trip.time_zone)
    return datetime.combine(seating.trip.starts_on, datetime.min.time(), zone)


def settle(session: AnySession, seating: Seating, moment: Moment) -> None:
    """Offer what is free to those who wait, longest first, and write the counters.

    Afterwards nobody waits who would fit, until the trip begins. Visits come first: who waits for one has a place on
    the trip already.
    """
    for segment in sorted(seating.released):
        seating.seats.release_guarantee(segment)
    move_to_guarantees(session, seating)
    until = min(moment.at + timedelta(hours=seating.trip.offer_hours), offers_end_at(seating))
    if until > moment.at and seating.trip.status is TripStatus.PLANNED:
        queues = read_queue(session, seating)
        made: list[tuple[str, Promotion]] = []
        for item in sorted(queues, key=lambda key: (not key, key)):
            promotions, passings = promote(seating.seats, queues[item])
            made += [(item, promotion) for promotion in promotions]
            log_passings(session, trip_id=seating.trip_id, moment=moment, passings=passings)
        if made:
            _make_offers(session, seating, moment, until, made, queues)
    save_seats(session, seating)


def log_passings(session: AnySession, *, trip_id: int, moment: Moment, passings: Iterable[Passing]) -> None:
    """Note who was passed over and why: one row for each who got ahead and each reason."""
    grouped: dict[tuple[int, str], list[int]] = defaultdict(list)
    for passing in passings:
        grouped[passing.by_participant, passing.because.value].append(passing.participant_id)
    moves = [
        Move(what="passed", participant_id=by, because=because, passed=passed)
        for (by, because), passed in grouped.items()
    ]
    log_moves(session, trip_id, moment, moves)


def _make_offers(
    session: AnySession,
    seating: Seating,
    moment: Moment,
    until: datetime,
    made: list[tuple[str, Promotion]],
    queues: dict[str, list[Waiting]],
) -> None:
    ids = [waiting.participant_id for _, promotion in made for waiting in promotion.party]
    people = {
        person.id: person
        for person in session.scalars(
            select(ParticipantRow).where(ParticipantRow.id.in_(ids)).options(selectinload(ParticipantRow.booking))
        )
    }
    session.execute(
        delete(WaitingRow).where(WaitingRow.id.in_([w.id for _, promotion in made for w in promotion.party]))
    )
    offers = [
        OfferRow(
            trip_id=seating.trip_id,
            booking_id=people[promotion.party[0].participant_id].booking_id,
            item=item,
            participant_ids=tuple(waiting.participant_id for waiting in promotion.party),
            made_at=moment.at,
            until=until,
            state="open",
        )
        for item, promotion in made
    ]
    session.add_all(offers)
    session.flush()
    gone = {waiting.id for _, promotion in made for waiting in promotion.party}
    queued = {item for item, queue in queues.items() if any(waiting.id not in gone for waiting in queue)}
    moves: list[Move] = []
    for offer, (item, promotion) in zip(offers, made, strict=True):
        for waiting, claims in zip(promotion.party, promotion.claims, strict=True):
            person = people[waiting.participant_id]
            for pool_id in claims:
                session.add(ClaimRow(participant_id=person.id, pool_id=pool_id, offer_id=offer.id))
            if not item:
                person.status = ParticipantStatus.OFFERED
                _claim_wishes(session, seating, moment, person, offer.id, queued)
            moves.append(Move(what="offered", participant_id=person.id, item=item))
        booking = people[promotion.party[0].participant_id].booking
        tell_offer(session, seating, moment, booking, offer, [people[w.participant_id] for w in promotion.party])
    log_moves(session, seating.trip_id, moment, moves)


def _claim_wishes(
    session: AnySession, seating: Seating, moment: Moment, person: ParticipantRow, offer_id: int, queued: set[str]
) -> None:
    for key in person.wished:
        pool = seating.seats.item(key)
        if pool is None:
            continue
        # Who waits for the visit comes before who only wished for it when they signed up.
        if key not in queued and seating.seats.claim(((pool.id,),)) is not None:
            session.add(ClaimRow(participant_id=person.id, pool_id=pool.id, offer_id=offer_id))
        else:
            join(session, seating, moment, [[person]], item=key)
            queued.add(key)


def join(
    session: AnySession,
    seating: Seating,
    moment: Moment,
    groups: Sequence[Sequence[ParticipantRow]],
    *,
    item: str = "",
) -> list[WaitingRow]:
    """Put people at the end of a queue. ``groups``: those who go together, in the order they came."""
    rows = [
        {
            "trip_id": seating.trip_id,
            "participant_id": person.id,
            "item": item,
            "party": group[0].id,
            "segment": person.segment,
            "joined_at": moment.at,
        }
        for group in groups
        for person in group
    ]
    ids = [person.id for group in groups for person in group]
    session.execute(insert(WaitingRow), rows)
    log_moves(session, seating.trip_id, moment, [Move(what="joined", participant_id=one, item=item) for one in ids])
    joined = select(WaitingRow).where(WaitingRow.participant_id.in_(ids), WaitingRow.item == item)
    return list(session.scalars(joined.order_by(WaitingRow.id)))


def tell_offer(
    session: AnySession,
    seating: Seating,
    moment: Moment,
    booking: BookingRow,
    offer: OfferRow,
    people: list[ParticipantRow],
) -> None:
    """Write the message that offers a place."""
    token = make_link(session, booking.id, seating.trip, moment.at)
    tell(
        session,
        "offer",
        booking=booking,
        token=token,
        moment=moment,
        told=[Told(participant=person) for person in people],
        offer={"id": offer.id, "until": offer.until.isoformat(), "item": offer.item or None},
    )
