"""Drawing a trip's places by lot: once, in the order its seed gives, and everybody is told; the rule is in the domain."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import insert, select
from sqlalchemy.orm import selectinload

from tripkit.actions.change_organisation import count_up
from tripkit.actions.prepare_lottery import seed_place
from tripkit.actions.recording import Message, Told, audit, make_links, tell_all
from tripkit.actions.seating import Seating, lock_seating, save_seats
from tripkit.actions.settling import claim_wishes, join, log_passings, queue_up
from tripkit.actions.sweeping import sweep
from tripkit.domain.bookings import Moment, ParticipantStatus
from tripkit.domain.lottery import Lot, give_places, in_drawn_order, lot_number, lot_text, promise_of
from tripkit.domain.places import has_started
from tripkit.domain.refusals import ChangeRefused, NotFound
from tripkit.domain.seats import PoolKind
from tripkit.domain.sentences import sentence
from tripkit.domain.trips import Admission, Trip, TripStatus
from tripkit.domain.waiting_list import Promotion
from tripkit.reads.queue_positions import positions_on_trip
from tripkit.reads.trip_plan import AnySession
from tripkit.storage import write
from tripkit.storage.bookings import BookingRow, ClaimRow, ParticipantRow
from tripkit.storage.lottery import LotRow, LotteryRow
from tripkit.storage.sealing import Locked, vault_of
from tripkit.storage.trips import TripRow

CONFIRMED, WAITING = ParticipantStatus.CONFIRMED, ParticipantStatus.WAITING


def draw_lots(session: AnySession, *, trip_id: int, moment: Moment) -> bool:
    """Draw; False when it has been drawn before, and then nothing happens. Told after the commit: every booking in it.

    Raises: NotFound (no places are drawn on this trip), ChangeRefused (not yet, no longer, or the seed cannot be opened).
    """
    with write(session):
        seating = lock_seating(session, trip_id)
        lottery = session.scalar(select(LotteryRow).where(LotteryRow.trip_id == trip_id))
        if lottery is None or seating.trip.admission is not Admission.DRAW:
            raise NotFound(sentence("Places are not drawn by lot on this trip."))
        if lottery.drawn_at is not None:
            return False
        _refuse_if_not_now(seating.trip, moment.at)
        _draw(session, seating, lottery, _opened(session, lottery), moment)
    return True


def draw_due_lots(session: AnySession, *, moment: Moment) -> int:
    """Draw on the trips whose moment has come, as scheduled work; on how many. Safe to be run by two at once.

    Raises: ExceptionGroup when some could not be, after all the others.
    """
    due = session.scalars(
        select(LotteryRow.trip_id)
        .join(TripRow, TripRow.id == LotteryRow.trip_id)
        .where(
            LotteryRow.drawn_at.is_(None),
            TripRow.admission == Admission.DRAW,
            TripRow.status == TripStatus.PLANNED,
            TripRow.draws_at <= moment.at,
            TripRow.ends_on >= moment.at.date(),
        )
        .order_by(LotteryRow.trip_id)
    ).all()
    session.rollback()
    return sweep("draws", [partial(_draw_if_now, session, one, moment) for one in due])


def _draw_if_now(session: AnySession, trip_id: int, moment: Moment) -> bool:
    with write(session):
        trip = lock_seating(session, trip_id).trip
    if why_not_now(trip, moment.at):
        return False
    return draw_lots(session, trip_id=trip_id, moment=moment)


def why_not_now(trip: Trip, now: datetime) -> bool:
    """Whether it is not the time to draw: sign-up is open, the trip has begun, or it does not take place as planned."""
    closes = trip.signup_closes_at
    return trip.status is not TripStatus.PLANNED or has_started(trip, now) or closes is None or now < closes


def _refuse_if_not_now(trip: Trip, now: datetime) -> None:
    if trip.status is not TripStatus.PLANNED:
        raise ChangeRefused(sentence("The trip is cancelled or postponed, so no places are drawn."))
    if has_started(trip, now):
        raise ChangeRefused(sentence("The trip has begun, so no places are drawn any more."))
    if why_not_now(trip, now):
        raise ChangeRefused(sentence("Sign-up is still open. Places can be drawn when it has closed."))


def _opened(session: AnySession, lottery: LotteryRow) -> str:
    """The seed. Raises: ChangeRefused when it cannot be opened, or is not the one that was promised."""
    vault = vault_of(session)
    try:
        seed = vault.open(lottery.sealed, seed_place(lottery.trip_id)) if vault is not None else ""
    except Locked:
        seed = ""
    if promise_of(seed) != lottery.promise:
        raise ChangeRefused(
            sentence(
                "The draw's number is kept sealed, and cannot be opened here. Nothing was drawn. Whoever looks after this"
                " site can put its key back."
            )
        )
    return seed


def _draw(session: AnySession, seating: Seating, lottery: LotteryRow, seed: str, moment: Moment) -> None:
    bookings = _entered(session, seating.trip_id)
    people = {person.id: person for booking in bookings for person in booking.participants}
    lots = in_drawn_order(seed, [lot for booking in bookings for lot in lots_of(booking)])
    lottery.rooms = [[p.kind.value, p.key, p.size, p.taken] for p in seating.seats.pools.values()]
    promotions, passings = give_places(seating.seats, lots)
    placed = {promotion.party[0].party for promotion in promotions}
    _confirm(session, seating, people, promotions, moment)
    late = [[people[one] for one in lot.participant_ids] for place, lot in enumerate(lots) if place not in placed]
    for person in (person for party in late for person in party):
        person.status = WAITING
    join(session, seating, moment, late)
    log_passings(session, trip_id=seating.trip_id, moment=moment, passings=passings)
    save_seats(session, seating)
    lottery.seed, lottery.sealed, lottery.drawn_at = seed, "", moment.at
    if lots:
        session.execute(
            insert(LotRow),
            [
                {
                    "trip_id": seating.trip_id,
                    "place": place + 1,
                    "number": lot.number,
                    "segments": lot.segments,
                    "got_place": place in placed,
                }
                for place, lot in enumerate(lots)
            ],
        )
    count_up(session.get_one(TripRow, seating.trip_id), moment)
    session.flush()
    _tell(session, seating, bookings, moment)
    audit(session, "draw_lots", moment=moment, trip_id=seating.trip_id, people=sum(len(lot.segments) for lot in lots))


def _entered(session: AnySession, trip_id: int) -> list[BookingRow]:
    """The bookings with somebody in the draw, with all of their people; two queries."""
    entered = select(ParticipantRow.booking_id).where(
        ParticipantRow.trip_id == trip_id, ParticipantRow.status == ParticipantStatus.APPLIED
    )
    found = select(BookingRow).where(BookingRow.trip_id == trip_id, BookingRow.id.in_(entered)).order_by(BookingRow.id)
    return list(session.scalars(found.options(selectinload(BookingRow.participants))))


def lots_of(booking: BookingRow) -> Iterator[Lot]:
    """A booking's lots: one for a party that stays together, otherwise one for each person, by their place in the form."""
    entered = [
        (nth, person)
        for nth, person in enumerate(booking.participants, 1)
        if person.status is ParticipantStatus.APPLIED
    ]
    single = booking.together or len(booking.participants) == 1
    for nth, party in [(None, [one for _, one in entered])] if single else [(nth, [one]) for nth, one in entered]:
        yield Lot(
            number=lot_number(lot_text(booking.code, nth)),
            participant_ids=tuple(person.id for person in party),
            segments=tuple(person.segment for person in party),
        )


def _confirm(
    session: AnySession,
    seating: Seating,
    people: dict[int, ParticipantRow],
    promotions: Sequence[Promotion],
    moment: Moment,
) -> None:
    """Give places to those who were drawn, and the visits they wished for as far as there is room; else a place in its queue."""
    claims: list[dict[str, int]] = []
    joining: list[tuple[str, Sequence[ParticipantRow]]] = []
    for promotion in promotions:
        for waiting, place in zip(promotion.party, promotion.claims, strict=True):
            person = people[waiting.participant_id]
            held = (*place, *claim_wishes(seating, person, joining))
            person.status, person.wished = CONFIRMED, ()
            claims += [{"participant_id": person.id, "pool_id": pool_id} for pool_id in held]
    session.flush()
    if claims:
        session.execute(insert(ClaimRow), claims)
    queue_up(session, seating, moment, joining)


def _tell(session: AnySession, seating: Seating, bookings: Sequence[BookingRow], moment: Moment) -> None:
    """Write to every booking in the draw how it went for each of those in it."""
    positions = positions_on_trip(session, seating.trip_id)
    items = _visits(session, seating)
    tokens = make_links(session, [booking.id for booking in bookings], seating.trip, moment.at) if bookings else []
    messages: dict[str, list[Message]] = defaultdict(list)
    for booking, token in zip(bookings, tokens, strict=True):
        drawn = [person for person in booking.participants if person.status in {CONFIRMED, WAITING}]
        told = [
            Told(
                participant=person,
                items=items.get(person.id) or person.wished,
                position=next((position for item, position in positions.get(person.id, ()) if not item), None),
            )
            for person in drawn
        ]
        kind = "confirmation" if any(person.status is CONFIRMED for person in drawn) else "queued"
        messages[kind].append(Message(booking=booking, token=token, told=told, more={"reason": "drawn"}))
    for kind, some in messages.items():
        tell_all(session, kind, some, moment)


def _visits(session: AnySession, seating: Seating) -> dict[int, list[str]]:
    """The visits that people hold, by participant; one query."""
    items = {pool.id: pool.key for pool in seating.seats.pools.values() if pool.kind is PoolKind.ITEM}
    found: dict[int, list[str]] = defaultdict(list)
    for row in session.execute(
        select(ClaimRow.participant_id, ClaimRow.pool_id).where(ClaimRow.pool_id.in_(items)).order_by(ClaimRow.id)
    ):
        found[row.participant_id].append(items[row.pool_id])
    return found
