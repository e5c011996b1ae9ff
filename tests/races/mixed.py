"""A crowd that does everything at once: what each process does, and the judge of what is left behind."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from random import Random
from time import monotonic, sleep
from typing import Any
from unittest import mock

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from tripkit.actions.answer_offer import accept_offer, decline_offer
from tripkit.actions.cancel_participants import cancel_participants
from tripkit.actions.change_visits import change_visits
from tripkit.actions.expire_offers import expire_offers
from tripkit.actions.hand_over_place import hand_over_place
from tripkit.actions.join_visit_queue import join_visit_queue
from tripkit.actions.leave_queue import leave_queue
from tripkit.actions.release_guarantees import release_guarantees
from tripkit.domain.bookings import ParticipantStatus
from tripkit.domain.refusals import Refusal
from tripkit.domain.trips import Trip
from tripkit.reads.pool_recount import pool_recount
from tripkit.storage import sessions
from tripkit.storage.bookings import (
    BookingRow,
    ClaimRow,
    OfferRow,
    ParticipantRow,
    PoolRow,
    QueueMoveRow,
    WaitingRow,
)
from tripkit.testing import NOW, applied, booked, make_moment, make_participant, make_segment, make_trip

ROOMY, TIGHT = 14, 8
HOLDS = {ParticipantStatus.CONFIRMED, ParticipantStatus.OFFERED}
VISITS = ((), ("port",), ("mill",), ("port", "late"), ("mill", "late"))
ACTS = ("book", "book", "cancel", "answer", "answer", "change", "queue", "leave", "hand over", "sweep", "apply")


def crowded_trip(size: int = ROOMY, *, at_most: int | None = 6, port: int = 3) -> Trip:
    """A trip that everything is scarce on."""
    police = make_segment("police", guaranteed=3, guaranteed_until=NOW + timedelta(days=2))
    trip = make_trip(size=size, segments=(make_segment("city", at_most=at_most), police))
    choices = tuple(replace(choice, required=False) for choice in trip.choices)
    programme = tuple(replace(item, size=port) if item.key == "port" else item for item in trip.programme)
    return replace(trip, choices=choices, programme=programme)


def do_everything(
    session: Session,
    trip_id: int,
    number: int,
    *,
    seconds: float,
    round_number: int = 0,
    acts: Sequence[str] = ACTS,
    stops: type[Exception] = Refusal,
) -> Counter[str]:
    """Do whatever people, organisers and the sweep do, to anybody's booking, until the time is over.

    ``stops``: what may keep an act from being done; anything else ends the process and fails the test.
    """
    chance = Random(f"{round_number} {number}")
    found: Counter[str] = Counter()
    ends = monotonic() + seconds
    now = NOW + round_number * timedelta(days=3)
    while monotonic() < ends:
        act = chance.choice(acts)
        now += timedelta(minutes=chance.randint(0, 90))
        try:
            _do(session, trip_id, act, chance, now)
            found[act] += 1
        except stops:
            session.rollback()
            found["refused"] += 1
    return found


def do_everything_unlocked(session: Session, trip_id: int, number: int, *, seconds: float) -> Counter[str]:
    """The same, when no transaction waits for another; the database's own checks stop some of them.

    Nobody applies the trip anew, which counts all claims again and would mend what went wrong.
    """
    acts = [act for act in ACTS if act != "apply"]
    with unlocked():
        return do_everything(session, trip_id, number, seconds=seconds, acts=acts, stops=Exception)


@contextmanager
def unlocked() -> Iterator[None]:
    """Nobody locks what they read, as if ``FOR UPDATE`` had been left out as an optimisation."""
    execute = Session.execute

    def run_it(self: Session, statement: Any, *args: Any, **values: Any) -> Any:
        if getattr(statement, "_for_update_arg", None) is None:
            return execute(self, statement, *args, **values)
        statement = statement._generate()
        statement._for_update_arg = None
        found = execute(self, statement, *args, **values)
        sleep(0.05)  # Time for the others to decide on the same counters, as on a machine with more processors.
        return found

    with mock.patch.object(Session, "execute", run_it):
        yield


def _do(session: Session, trip_id: int, act: str, chance: Random, now: Any) -> None:
    moment = make_moment(now)
    if act == "book":
        people = [
            make_participant(segment=chance.choice(["city", "police"]), items=chance.choice(VISITS))
            for _ in range(chance.randint(1, 3))
        ]
        form = f"form-{chance.getrandbits(64)}"
        booked(session, trip_id, people, when=now, together=chance.random() < 0.5, form_key=form)
    elif act == "apply":
        changed = crowded_trip(
            chance.choice([TIGHT, ROOMY]), at_most=chance.choice([None, 4, 6]), port=chance.choice([2, 3])
        )
        applied(session, changed, when=now)
    elif act == "sweep":
        release_guarantees(session, moment=moment)
        expire_offers(session, moment=moment)
    else:
        _do_to_somebody(session, act, chance, moment)


def _do_to_somebody(session: Session, act: str, chance: Random, moment: Any) -> None:
    # The newest few, so that several often want the same one at once.
    newest = select(ParticipantRow.booking_id, ParticipantRow.id).order_by(ParticipantRow.id.desc()).limit(12)
    able = {ParticipantStatus.CONFIRMED} if act == "hand over" else {*HOLDS, ParticipantStatus.WAITING}
    person = _pick(session, chance, newest.where(ParticipantRow.status.in_(able)))
    offer = _pick(session, chance, select(OfferRow.booking_id, OfferRow.id).where(OfferRow.state == "open"))
    waiting = _pick(
        session,
        chance,
        select(ParticipantRow.booking_id, WaitingRow.id).join(
            ParticipantRow, ParticipantRow.id == WaitingRow.participant_id
        ),
    )
    session.rollback()
    if act == "answer" and offer:
        answer = chance.choice([accept_offer, accept_offer, decline_offer])
        answer(session, booking_id=offer[0], offer_id=offer[1], moment=moment)
    elif act == "leave" and waiting:
        leave_queue(session, booking_id=waiting[0], waiting_ids=[waiting[1]], moment=moment)
    elif person:
        booking, one = person
        who = {"booking_id": booking, "participant_id": one, "moment": moment}
        if act == "cancel":
            cancel_participants(session, booking_id=booking, participant_ids=[one], moment=moment)
        elif act == "change":
            change_visits(session, items=chance.choice(VISITS), **who)
        elif act == "queue":
            join_visit_queue(session, item=chance.choice(["port", "late"]), **who)
        elif act == "hand over":
            hand_over_place(session, name=f"Person {chance.getrandbits(32)}", email=None, answers={}, **who)


def _pick(session: Session, chance: Random, query: Any) -> tuple[int, int] | None:
    rows = session.execute(query).all()
    return tuple(chance.choice(rows)) if rows else None


def faults(engine: Engine) -> list[str]:
    """What is wrong with what was left behind, in words; empty when all is well."""
    with sessions(engine)() as session:
        wrong = [str(drift) for drift in pool_recount(session)]
        wrong += _split(session)
        wrong += _places(session)
        wrong += _unlimited(session)
        wrong += _overtaken(session)
        wrong += _offers(session)
    return wrong


def _split(session: Session) -> list[str]:
    """A party that stays together has places for all of it, or for none."""
    active = select(BookingRow).where(BookingRow.together)
    return [
        f"{booking.code} is split"
        for booking in session.scalars(active)
        if len({p.status in HOLDS for p in booking.participants if p.status is not ParticipantStatus.CANCELLED}) > 1
    ]


def _places(session: Session) -> list[str]:
    """Whoever has a place holds one, whoever has none holds nothing, and whoever waits is in the queue."""
    kinds: dict[int, Counter[str]] = defaultdict(Counter)
    for row in session.execute(
        select(ClaimRow.participant_id, PoolRow.kind, PoolRow.key).join(PoolRow, PoolRow.id == ClaimRow.pool_id)
    ):
        kinds[row.participant_id]["place" if row.kind in {"open", "guarantee"} else row.kind.value] += 1
    waits = set(session.scalars(select(WaitingRow.participant_id).where(WaitingRow.item == "")))
    wrong = []
    for person in session.scalars(select(ParticipantRow)):
        holds = person.status in HOLDS
        if kinds[person.id]["place"] != holds or (kinds[person.id] and not holds):
            wrong.append(f"{person.id} is {person.status} with {dict(kinds[person.id])}")
        if (person.id in waits) != (person.status is ParticipantStatus.WAITING):
            wrong.append(f"{person.id} is {person.status}, in the queue: {person.id in waits}")
    return wrong


def _unlimited(session: Session) -> list[str]:
    """Where a segment has a limit, everybody of it who has a place counts against it."""
    wrong = []
    for pool in session.scalars(select(PoolRow).where(PoolRow.kind == "segment")).all():
        held = set(session.scalars(select(ClaimRow.participant_id).where(ClaimRow.pool_id == pool.id)))
        have = select(ParticipantRow.id).where(ParticipantRow.segment == pool.key, ParticipantRow.status.in_(HOLDS))
        if held != set(session.scalars(have)):
            wrong.append(f"the limit of {pool.key} counts {sorted(held)}")
    return wrong


def _overtaken(session: Session) -> list[str]:
    """Nobody got a place on the trip past somebody who waited longer, unless it was written down with its reason.

    Read from the log of the queue, in the order things happened there.
    """
    bookings = {row.id: row.booking_id for row in session.execute(select(ParticipantRow.id, ParticipantRow.booking_id))}
    wrong, queue = [], {}  # Who waits, and the number of the move with which they joined.
    said: set[tuple[int, int]] = set()
    for move in session.scalars(select(QueueMoveRow).where(QueueMoveRow.item == "").order_by(QueueMoveRow.id)):
        if move.what == "joined":
            queue[move.participant_id] = move.id
        elif move.what == "left":
            queue.pop(move.participant_id, None)
        elif move.what == "passed":
            said |= {(bookings[move.participant_id], other) for other in move.passed}
        elif move.what == "offered":
            mine = queue.pop(move.participant_id, None)
            if mine is None:
                wrong.append(f"{move.participant_id} was offered a place and did not wait")
                continue
            for other, joined in queue.items():
                party = bookings[other] == bookings[move.participant_id]
                if joined < mine and not party and (bookings[move.participant_id], other) not in said:
                    wrong.append(f"{move.participant_id} was offered a place past {other} unsaid")
    still = set(session.scalars(select(WaitingRow.participant_id).where(WaitingRow.item == "")))
    if still != set(queue):
        wrong.append(f"the log says {sorted(queue)} wait, the queue {sorted(still)}")
    return wrong


def _offers(session: Session) -> list[str]:
    """What is on offer is held, and what is held on offer has an open offer."""
    held = set(session.scalars(select(ClaimRow.offer_id).where(ClaimRow.offer_id.is_not(None))))
    made = set(session.scalars(select(OfferRow.id).where(OfferRow.state == "open")))
    return [] if held == made else [f"offers {sorted(made)}, claims on offer {sorted(held)}"]
