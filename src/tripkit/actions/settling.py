"""Giving freed places to those who wait, in the transaction that freed them; who is next is decided by the domain."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import selectinload

from tripkit.actions.recording import Message, Move, Told, log_moves, make_links, tell_all
from tripkit.actions.seating import Seating, move_to_guarantees, moving_queues, read_queue, save_seats
from tripkit.domain.bookings import Moment, ParticipantStatus
from tripkit.domain.places import begins_at
from tripkit.domain.seats import Seats
from tripkit.domain.trips import TripStatus
from tripkit.domain.waiting_list import Passing, Promotion, promote
from tripkit.reads.trip_plan import AnySession
from tripkit.storage.bookings import (
    ClaimRow,
    OfferRow,
    ParticipantRow,
    WaitingRow,
)


def settle(session: AnySession, seating: Seating, moment: Moment) -> None:
    """Offer what is free to those who wait, longest first, and write the counters.

    Afterwards nobody waits who would fit, until the trip begins. Visits come first: who waits for one has a place on
    the trip already.
    """
    for segment in sorted(seating.released):
        seating.seats.release_guarantee(segment)
    move_to_guarantees(session, seating)
    until = min(moment.at + timedelta(hours=seating.trip.offer_hours), begins_at(seating.trip))
    if until > moment.at and seating.trip.status is TripStatus.PLANNED:
        moving = moving_queues(session, seating)
        # Of a queue that does not move, nobody is passed: it can be left unread, and be ten thousand people long.
        queues = read_queue(session, seating, moving) if moving else {}
        made: list[tuple[str, Promotion]] = []
        for item in sorted(queues, key=lambda key: (not key, key)):
            promotions, passings = promote(seating.seats, queues[item])
            made += [(item, promotion) for promotion in promotions]
            log_passings(session, trip_id=seating.trip_id, moment=moment, passings=passings)
        if made:
            _make_offers(session, seating, moment, until, made)
    save_seats(session, seating)


def somebody_is_next(session: AnySession, seating: Seating) -> bool:
    """Whether somebody waits for the trip who could have a place now: only where nothing is offered any more, or not yet."""
    if "" not in moving_queues(session, seating):
        return False
    promotions, _ = promote(Seats(seating.seats.pools.values()), read_queue(session, seating, [""]).get("", []))
    return bool(promotions)


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
    offers = _save_offers(session, seating, moment, until, made, people)
    joining: list[tuple[str, Sequence[ParticipantRow]]] = []
    moves: list[Move] = []
    claimed: list[dict[str, int]] = []
    for offer, (item, promotion) in zip(offers, made, strict=True):
        for waiting, place in zip(promotion.party, promotion.claims, strict=True):
            person, claims = people[waiting.participant_id], place
            if not item:
                person.status = ParticipantStatus.OFFERED
                claims += claim_wishes(seating, person, joining)
            claimed += [{"participant_id": person.id, "pool_id": pool, "offer_id": offer.id} for pool in claims]
            moves.append(Move(what="offered", participant_id=person.id, item=item))
    session.execute(insert(ClaimRow), claimed)
    tell_offers(session, seating, moment, offers, people)
    log_moves(session, seating.trip_id, moment, moves)
    queue_up(session, seating, moment, joining)


def _save_offers(
    session: AnySession,
    seating: Seating,
    moment: Moment,
    until: datetime,
    made: list[tuple[str, Promotion]],
    people: Mapping[int, ParticipantRow],
) -> list[OfferRow]:
    """Write the offers, in the order of ``made``; two statements, whatever their number."""
    parties = [(item, tuple(waiting.participant_id for waiting in promotion.party)) for item, promotion in made]
    rows = [
        {
            "trip_id": seating.trip_id,
            "booking_id": people[ids[0]].booking_id,
            "item": item,
            "participant_ids": ids,
            "made_at": moment.at,
            "until": until,
            "state": "open",
        }
        for item, ids in parties
    ]
    session.execute(insert(OfferRow), rows)
    opened = select(OfferRow).where(OfferRow.trip_id == seating.trip_id, OfferRow.state == "open")
    offers = {(offer.item, offer.participant_ids): offer for offer in session.scalars(opened)}
    return [offers[party] for party in parties]


def claim_wishes(
    seating: Seating, person: ParticipantRow, joining: list[tuple[str, Sequence[ParticipantRow]]]
) -> tuple[int, ...]:
    """Take the visits somebody wished for as far as there is room; the pool ids. For the others, ``joining`` grows.

    Who waits for a visit comes before who only wished for it: their queues were served first, so one that is left
    has no room.
    """
    taken: list[int] = []
    for key in person.wished:
        pool = seating.seats.item(key)
        if pool is None:
            continue
        if seating.seats.claim(((pool.id,),)) is not None:
            taken.append(pool.id)
        else:
            joining.append((key, [person]))
    return tuple(taken)


def join(
    session: AnySession,
    seating: Seating,
    moment: Moment,
    groups: Sequence[Sequence[ParticipantRow]],
    *,
    item: str = "",
) -> None:
    """Put people at the end of a queue. ``groups``: those who go together, in the order they came."""
    queue_up(session, seating, moment, [(item, group) for group in groups])


def queue_up(
    session: AnySession, seating: Seating, moment: Moment, joining: Sequence[tuple[str, Sequence[ParticipantRow]]]
) -> None:
    """Put groups at the end of queues, each given by its item; two statements, whatever their number."""
    if not joining:
        return
    rows = [
        {
            "trip_id": seating.trip_id,
            "participant_id": person.id,
            "item": item,
            "party": group[0].id,
            "segment": person.segment,
            "joined_at": moment.at,
        }
        for item, group in joining
        for person in group
    ]
    session.execute(insert(WaitingRow), rows)
    moves = [Move(what="joined", participant_id=person.id, item=item) for item, group in joining for person in group]
    log_moves(session, seating.trip_id, moment, moves)


def tell_offers(
    session: AnySession,
    seating: Seating,
    moment: Moment,
    offers: Sequence[OfferRow],
    people: Mapping[int, ParticipantRow],
) -> None:
    """Write the messages that offer places. ``people``: all of these offers, with their bookings, by id."""
    parties = [[people[person_id] for person_id in offer.participant_ids] for offer in offers]
    tokens = make_links(session, [party[0].booking_id for party in parties], seating.trip, moment.at)
    messages = [
        Message(
            booking=party[0].booking,
            token=token,
            told=[Told(participant=person) for person in party],
            more={"offer": {"id": offer.id, "until": offer.until.isoformat(), "item": offer.item or None}},
        )
        for offer, party, token in zip(offers, parties, tokens, strict=True)
    ]
    tell_all(session, "offer", messages, moment)
