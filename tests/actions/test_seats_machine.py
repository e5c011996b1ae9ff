"""Anything people and organisers do, in any order: never oversold, nobody overtaken unsaid, no party split, counters true."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import Engine, select

from tests.emptying import empty
from tripkit.actions.answer_offer import accept_offer, decline_offer
from tripkit.actions.cancel_participants import cancel_participants
from tripkit.actions.change_visits import change_visits
from tripkit.actions.expire_offers import expire_offers
from tripkit.actions.hand_over_place import hand_over_place
from tripkit.actions.join_visit_queue import join_visit_queue
from tripkit.actions.leave_queue import leave_queue
from tripkit.actions.release_guarantees import release_guarantees
from tripkit.domain.bookings import ParticipantStatus
from tripkit.domain.places import has_started
from tripkit.domain.refusals import Refusal
from tripkit.domain.trips import Trip, TripStatus
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

SEGMENTS = ("city", "police", "guards")
VISITS = ((), ("port",), ("mill",), ("port", "late"), ("mill", "late"))
HOLDS = {ParticipantStatus.CONFIRMED, ParticipantStatus.OFFERED}


def first_trip() -> Trip:
    """Six places, two of them kept for the police for ten days, at most three from the city, four and three per visit."""
    trip = make_trip(
        size=6,
        segments=(
            make_segment("city", at_most=3),
            make_segment("police", guaranteed=2, guaranteed_until=NOW + timedelta(days=10)),
            make_segment("guards"),
        ),
    )
    choices = tuple(replace(choice, required=False) for choice in trip.choices)
    programme = tuple(replace(item, size=2) if item.key in {"port", "late"} else item for item in trip.programme)
    return replace(trip, choices=choices, programme=programme)


class Seats(RuleBasedStateMachine):
    """Sign-ups, cancellations, answers, changes and resizes on one trip, judged from outside after each."""

    engine: Engine
    bookings = Bundle("bookings")

    def __init__(self) -> None:
        super().__init__()
        empty(self.engine)
        self.session = sessions(self.engine)()
        self.now = NOW
        self.trip = first_trip()
        self.trip_id = applied(self.session, self.trip, when=self.now)
        self.splits: dict[int, bool] = {}

    def teardown(self) -> None:
        self.session.close()

    @rule(
        target=bookings,
        party=st.lists(st.tuples(st.sampled_from(SEGMENTS), st.sampled_from(VISITS)), min_size=1, max_size=4),
        together=st.booleans(),
    )
    def book(self, party: list[tuple[str, tuple[str, ...]]], together: bool) -> int | None:
        people = [make_participant(segment=segment, items=items) for segment, items in party]
        with self.judged():
            try:
                return booked(self.session, self.trip_id, people, when=self.now, together=together).booking_id
            except Refusal:
                return None

    @rule(booking=bookings, which=st.sets(st.integers(0, 3), max_size=3))
    def cancel(self, booking: int | None, which: set[int]) -> None:
        ids = self.people(booking)
        chosen = [ids[i] for i in which if i < len(ids)] or None
        self.act(cancel_participants, booking_id=booking, participant_ids=chosen)

    @rule(booking=bookings, accept=st.booleans())
    def answer(self, booking: int | None, accept: bool) -> None:
        for offer in self.rows(select(OfferRow.id).where(OfferRow.booking_id == booking, OfferRow.state == "open")):
            self.act(accept_offer if accept else decline_offer, booking_id=booking, offer_id=offer)

    @rule(booking=bookings, who=st.integers(0, 3), items=st.sampled_from(VISITS))
    def change(self, booking: int | None, who: int, items: tuple[str, ...]) -> None:
        for person in self.people(booking)[who : who + 1]:
            self.act(change_visits, booking_id=booking, participant_id=person, items=items)

    @rule(booking=bookings, who=st.integers(0, 3), item=st.sampled_from(["port", "late"]))
    def queue_for_visit(self, booking: int | None, who: int, item: str) -> None:
        for person in self.people(booking)[who : who + 1]:
            self.act(join_visit_queue, booking_id=booking, participant_id=person, item=item)

    @rule(booking=bookings, who=st.integers(0, 3))
    def hand_over(self, booking: int | None, who: int) -> None:
        for person in self.people(booking)[who : who + 1]:
            before = self.of_person(person)
            self.act(hand_over_place, booking_id=booking, participant_id=person, name="Bo", email=None, answers={})
            assert self.of_person(person) == before

    @rule(booking=bookings)
    def leave(self, booking: int | None) -> None:
        ids = self.people(booking)
        waiting = self.rows(select(WaitingRow.id).where(WaitingRow.participant_id.in_(ids)))[:1]
        self.act(leave_queue, booking_id=booking, waiting_ids=waiting)

    @rule(hours=st.sampled_from([1, 47, 49, 24 * 11]))
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        with self.judged():
            release_guarantees(self.session, moment=make_moment(self.now))
        with self.judged():
            expire_offers(self.session, moment=make_moment(self.now))

    @rule(
        size=st.sampled_from([1, 2, 3, 4, 5, 6, 9]),
        city=st.sampled_from([None, 1, 3]),
        guaranteed=st.integers(0, 2),
        port=st.integers(1, 4),
        status=st.sampled_from([TripStatus.PLANNED] * 3 + [TripStatus.POSTPONED]),
    )
    def resize(self, size: int, city: int | None, guaranteed: int, port: int, status: TripStatus) -> None:
        first = first_trip()
        trip = replace(
            first,
            size=size,
            status=status,
            segments=(
                replace(first.segments[0], at_most=city),
                replace(first.segments[1], guaranteed=guaranteed),
                first.segments[2],
            ),
            programme=tuple(replace(item, size=port) if item.key == "port" else item for item in first.programme),
        )
        with self.judged():
            applied(self.session, trip, when=self.now)
            self.trip = trip

    def act(self, action: object, **values: object) -> None:
        if values["booking_id"] is None:
            return
        with self.judged(), suppress(Refusal):
            action(self.session, moment=make_moment(self.now), **values)  # type: ignore[operator]

    def rows(self, query: object) -> list[int]:
        found = list(self.session.scalars(query))  # type: ignore[call-overload]
        self.session.rollback()
        return found

    def people(self, booking: int | None) -> list[int]:
        return self.rows(
            select(ParticipantRow.id).where(ParticipantRow.booking_id == booking).order_by(ParticipantRow.id)
        )

    @contextmanager
    def judged(self) -> Iterator[None]:
        """Whoever got something in between, past somebody who waited for it before and still does, has to be logged."""
        before, queue, last = self.held(), self.queue(), self.last_move()
        taken = self.taken()
        yield
        after, still = self.held(), self.queue()
        passed = {
            (self.party_of(row.participant_id), person, row.item)
            for row in self.session.scalars(
                select(QueueMoveRow).where(QueueMoveRow.id > last, QueueMoveRow.what == "passed")
            )
            for person in row.passed
        }
        self.session.rollback()
        for person, item in after - before:
            for other, waits_for in queue & still:
                if waits_for == item and other != person and self.came_before(other, person, item, queue):
                    assert (self.party_of(person), other, item) in passed, (
                        f"{person} got {item or 'a place'} past {other} unsaid: {passed}"
                    )
        # Who holds a place keeps it when sizes shrink, and nobody new comes in beyond the size.
        for pool, (people, size) in self.taken().items():
            assert size is None or people <= max(size, taken.get(pool, (people, size))[0]), (
                pool,
                people,
                size,
            )

    def came_before(self, other: int, person: int, item: str, queue: set[tuple[int, str]]) -> bool:
        return (person, item) not in queue or self.order[other, item] < self.order[person, item]

    def held(self) -> set[tuple[int, str]]:
        """(participant, item key or the empty string for a place on the trip) that are held now."""
        query = select(ClaimRow.participant_id, PoolRow.kind, PoolRow.key).join(PoolRow, PoolRow.id == ClaimRow.pool_id)
        found = {
            (row.participant_id, row.key if row.kind == "item" else "")
            for row in self.session.execute(query)
            if row.kind != "segment"
        }
        self.session.rollback()
        return found

    def queue(self) -> set[tuple[int, str]]:
        rows = self.session.execute(select(WaitingRow.participant_id, WaitingRow.item, WaitingRow.id)).all()
        self.session.rollback()
        self.order = {**getattr(self, "order", {}), **{(row.participant_id, row.item): row.id for row in rows}}
        return {(row.participant_id, row.item) for row in rows}

    def last_move(self) -> int:
        return max(self.rows(select(QueueMoveRow.id)), default=0)

    def of_person(self, person: int) -> list[object]:
        """What somebody holds and waits for."""
        claims = self.session.execute(
            select(ClaimRow.pool_id, ClaimRow.offer_id).where(ClaimRow.participant_id == person)
        ).all()
        waits = self.session.execute(
            select(WaitingRow.id, WaitingRow.item).where(WaitingRow.participant_id == person)
        ).all()
        self.session.rollback()
        return [sorted(claims, key=str), sorted(waits)]

    def party_of(self, person: int) -> int:
        return self.session.get_one(ParticipantRow, person).booking_id

    def taken(self) -> dict[str, tuple[int, int | None]]:
        pools = self.session.execute(select(PoolRow.kind, PoolRow.key, PoolRow.size, PoolRow.taken)).all()
        self.session.rollback()
        found: dict[str, tuple[int, int | None]] = {
            f"{pool.kind}:{pool.key}": (pool.taken, pool.size) for pool in pools if pool.kind in {"segment", "item"}
        }
        places = [pool for pool in pools if pool.kind in {"open", "guarantee"}]
        found["trip"] = (sum(pool.taken for pool in places), self.trip.size)
        return found

    @invariant()
    def counters_equal_claims(self) -> None:
        assert pool_recount(self.session) == ()
        self.session.rollback()

    @invariant()
    def who_holds_a_place_has_one_claim_on_it(self) -> None:
        people = self.session.execute(select(ParticipantRow.id, ParticipantRow.status)).all()
        query = select(ClaimRow.participant_id, PoolRow.kind).join(PoolRow, PoolRow.id == ClaimRow.pool_id)
        claims = [row.participant_id for row in self.session.execute(query) if row.kind in {"open", "guarantee"}]
        waiting = set(self.session.scalars(select(WaitingRow.participant_id).where(WaitingRow.item == "")))
        self.session.rollback()
        assert sorted(claims) == sorted(person.id for person in people if person.status in HOLDS)
        assert waiting == {person.id for person in people if person.status is ParticipantStatus.WAITING}

    @invariant()
    def places_add_up_to_the_trip(self) -> None:
        sizes = self.rows(select(PoolRow.size).where(PoolRow.kind.in_(["open", "guarantee"])))
        assert sum(sizes) == self.trip.size

    @invariant()
    def a_party_that_stays_together_is_never_split(self) -> None:
        for booking in self.session.scalars(select(BookingRow).where(BookingRow.together)):
            statuses = {p.status in HOLDS for p in booking.participants if p.status is not ParticipantStatus.CANCELLED}
            assert len(statuses) <= 1, [(p.id, p.status) for p in booking.participants]
        self.session.rollback()

    @invariant()
    def nobody_waits_alone_beside_a_free_place(self) -> None:
        """Whoever waits alone for something that has room for them is offered it in the same transaction."""
        if self.trip.status is not TripStatus.PLANNED or has_started(self.trip, self.now):
            return  # Nothing is offered, and nobody may take it past them either.
        pools = {(p.kind, p.key): p for p in self.session.scalars(select(PoolRow))}
        rows = self.session.scalars(select(WaitingRow)).all()
        parties = [row.party for row in rows if not row.item]
        held, size = self.taken()["trip"]
        for row in rows:
            if row.item:
                assert not has_room(pools["item", row.item]), row.item
            elif parties.count(row.party) == 1:
                limit = pools.get(("segment", row.segment))
                places = [pools["open", ""], pools.get(("guarantee", row.segment))]
                fits = held < (size or 0) and any(pool is not None and has_room(pool) for pool in places)
                assert not (fits and (limit is None or has_room(limit))), row.segment
        self.session.rollback()

    @invariant()
    def nobody_goes_to_two_visits_at_once(self) -> None:
        choices = {item.key: item.choice for item in self.trip.programme}
        query = (
            select(ClaimRow.participant_id, PoolRow.key)
            .join(PoolRow, PoolRow.id == ClaimRow.pool_id)
            .outerjoin(OfferRow, OfferRow.id == ClaimRow.offer_id)
            .where(PoolRow.kind == "item", OfferRow.id.is_(None) | (OfferRow.item == ""))
        )
        goes = [(row.participant_id, choices[row.key]) for row in self.session.execute(query)]
        self.session.rollback()
        assert len(goes) == len(set(goes)), goes

    @invariant()
    def what_is_on_offer_is_held_until_the_trip_begins(self) -> None:
        held = set(self.session.scalars(select(ClaimRow.offer_id).where(ClaimRow.offer_id.is_not(None))))
        offers = self.session.scalars(select(OfferRow).where(OfferRow.state == "open")).all()
        self.session.rollback()
        assert held == {offer.id for offer in offers}
        assert not any(has_started(self.trip, offer.until - timedelta(seconds=1)) for offer in offers)


def has_room(pool: PoolRow) -> bool:
    return pool.size is None or pool.taken < pool.size


def play(engine: Engine, examples: int) -> None:
    """Run the machine; a failing example is shown as found, since making it smaller takes minutes."""
    machine = type("SeatsHere", (Seats,), {"engine": engine})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
            phases=[Phase.generate],
        ),
    )


@pytest.mark.timeout(300)
def test_whatever_happens_in_whatever_order_seats_are_right(engine: Engine) -> None:
    play(engine, int(os.environ.get("TRIPKIT_TEST_EXAMPLES", "40" if engine.dialect.name == "sqlite" else "15")))


FAULTS = {
    "overtaking unsaid": ("settling.log_passings", lambda *_, **__: None),
    "offering to nobody": ("settling.promote", lambda *_: ((), ())),
    "forgetting to count back": ("seating.drop_claims", lambda session, _, claims: [session.delete(c) for c in claims]),
}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("fault", FAULTS)
def test_the_machine_finds_a_fault_that_is_put_in(
    sqlite_engine: Engine, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A judge that finds nothing proves nothing."""
    name, broken = FAULTS[fault]
    whole = f"tripkit.actions.{name}"
    for module in ("settling", "seating", "book_places", "booking_access", "answer_offer", "change_visits"):
        monkeypatch.setattr(f"tripkit.actions.{module}.{name.split('.')[1]}", broken, raising=False)
    monkeypatch.setattr(whole, broken)
    with pytest.raises(AssertionError):
        play(sqlite_engine, 2000)  # It ends with the first that is found: some tens as a rule, a few hundred at times.
