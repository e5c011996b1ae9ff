"""A draw: who is in it, that it is done once and as promised, what everybody is told; and that anybody can do it again."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tripkit.actions.add_participant import add_participant
from tripkit.actions.cancel_participants import cancel_participants
from tripkit.actions.change_visits import change_visits
from tripkit.actions.draw_lots import draw_due_lots, draw_lots
from tripkit.actions.erase_booking import erase_booking
from tripkit.actions.hand_over_place import hand_over_place
from tripkit.actions.reinstate_participants import reinstate_participants
from tripkit.actions.seal_answers import seal_answers
from tripkit.domain.bookings import ByOrganiser, ParticipantStatus
from tripkit.domain.refusals import ChangeRefused, NotFound, PlanRefused
from tripkit.domain.trips import Admission, Trip, TripStatus
from tripkit.reads.lottery_page import lots_in_turn, lottery_page
from tripkit.reads.pool_recount import pool_recount
from tripkit.storage.bookings import BookingRow, ParticipantRow, QueueMoveRow, WaitingRow
from tripkit.storage.lottery import LotRow, LotteryRow
from tripkit.storage.outbox import AuditRow, OutboxRow
from tripkit.testing import NOW, applied, booked, make_moment, make_participant, make_segment, make_trip, make_vault

APPLIED, CANCELLED = ParticipantStatus.APPLIED, ParticipantStatus.CANCELLED
CONFIRMED, WAITING = ParticipantStatus.CONFIRMED, ParticipantStatus.WAITING
CLOSES = datetime(2027, 4, 1, 15, 0, tzinfo=UTC)
AFTER = datetime(2027, 4, 2, 8, 0, tzinfo=UTC)


def drawn_trip(**changes: Any) -> Trip:
    return make_trip(**{"admission": Admission.DRAW, "signup_closes_at": CLOSES, "size": 3, **changes})


def statuses(session: Session, trip_id: int) -> Counter[ParticipantStatus]:
    session.rollback()
    return Counter(session.scalars(select(ParticipantRow.status).where(ParticipantRow.trip_id == trip_id)))


def draw(session: Session, trip_id: int, when: datetime = AFTER) -> bool:
    return draw_lots(session, trip_id=trip_id, moment=make_moment(when, "organiser"))


def by_hand(session: Session, trip_id: int) -> list[tuple[str, ...]]:
    """The names of each lot's people, in the order they were drawn in: from the seed and the bookings alone."""
    session.rollback()
    seed = session.scalar(select(LotteryRow.seed).where(LotteryRow.trip_id == trip_id))
    lots: dict[str, tuple[str, ...]] = {}
    for booking in session.scalars(select(BookingRow).where(BookingRow.trip_id == trip_id)):
        names = [one.name for one in booking.participants]
        if booking.together or len(names) == 1:
            lots[booking.code] = tuple(names)
        else:
            lots |= {f"{booking.code}/{nth}": (name,) for nth, name in enumerate(names, 1)}

    def key(text: str) -> str:
        number = hashlib.sha256(text.encode()).hexdigest()
        return hashlib.sha256(f"{seed}:{number}".encode()).hexdigest()

    return [lots[text] for text in sorted(lots, key=key)]


def named(session: Session, trip_id: int, status: ParticipantStatus) -> set[str]:
    found = select(ParticipantRow.name).where(ParticipantRow.trip_id == trip_id, ParticipantRow.status == status)
    return set(session.scalars(found))


def queue(session: Session, trip_id: int) -> list[str]:
    waiting = select(ParticipantRow.name).join(WaitingRow, WaitingRow.participant_id == ParticipantRow.id)
    return list(
        session.scalars(waiting.where(WaitingRow.trip_id == trip_id, WaitingRow.item == "").order_by(WaitingRow.id))
    )


def kinds(session: Session) -> list[tuple[str, str]]:
    return [
        (row.kind, row.payload.get("reason", "")) for row in session.scalars(select(OutboxRow).order_by(OutboxRow.id))
    ]


def test_before_the_draw_nobody_holds_a_place_or_waits(session: Session) -> None:
    trip = applied(session, drawn_trip())
    for people in (2, 1, 3):
        assert set(booked(session, trip, people).statuses) == {APPLIED}
    assert statuses(session, trip) == {APPLIED: 6}
    assert queue(session, trip) == []
    assert pool_recount(session) == ()
    assert kinds(session) == [("applied", "")] * 3


def test_the_promise_stands_before_and_the_seed_only_afterwards(session: Session) -> None:
    trip = applied(session, drawn_trip())
    row = session.scalars(select(LotteryRow)).one()
    promise, sealed = row.promise, row.sealed
    assert row.seed is None
    assert row.drawn_at is None
    booked(session, trip)
    assert draw(session, trip)
    session.rollback()
    row = session.scalars(select(LotteryRow)).one()
    assert row.promise == promise
    assert row.seed is not None
    assert hashlib.sha256(row.seed.encode()).hexdigest() == promise
    assert row.seed not in sealed
    assert row.sealed == ""


def test_places_go_in_the_order_the_seed_gives_and_the_rest_waits_in_it(session: Session) -> None:
    trip = applied(session, drawn_trip())
    for people in (1, 2, 1, 1, 3, 1):
        booked(session, trip, people)
    assert draw(session, trip)
    order = [name for lot in by_hand(session, trip) for name in lot]
    assert named(session, trip, CONFIRMED) == set(order[:3])
    assert queue(session, trip) == order[3:]
    assert statuses(session, trip) == {CONFIRMED: 3, WAITING: 6}
    assert pool_recount(session) == ()


def test_a_party_that_stays_together_has_one_lot_and_gets_all_or_nothing(session: Session) -> None:
    trip = applied(session, drawn_trip())
    for people, together in ((2, True), (2, True), (2, False), (1, False), (3, True)):
        booked(session, trip, people, together=together)
    assert draw(session, trip)
    left, placed = 3, set[str]()
    for lot in by_hand(session, trip):
        if len(lot) <= left:
            left -= len(lot)
            placed |= set(lot)
    assert named(session, trip, CONFIRMED) == placed
    assert pool_recount(session) == ()
    assert len(list(lots_in_turn(session, trip_id=trip))) == 6


def test_groups_keep_their_guaranteed_places_and_their_limits(session: Session) -> None:
    groups = (make_segment("city", at_most=2), make_segment("police", guaranteed=1))
    trip = applied(session, drawn_trip(size=4, segments=groups))
    for _ in range(5):
        booked(session, trip, [make_participant(segment="city")])
    booked(session, trip, [make_participant(segment="police")])
    assert draw(session, trip)
    found = Counter(session.scalars(select(ParticipantRow.segment).where(ParticipantRow.status == CONFIRMED)))
    assert found == {"city": 2, "police": 1}
    passed = {row.because for row in session.scalars(select(QueueMoveRow).where(QueueMoveRow.what == "passed"))}
    assert passed <= {"segment_full"}
    assert pool_recount(session) == ()


def test_wished_visits_are_given_in_the_drawn_order_and_queued_for_when_full(session: Session) -> None:
    trip = applied(session, drawn_trip(size=10))
    for _ in range(6):
        booked(session, trip, [make_participant(items=("port",))])
    assert draw(session, trip)
    order = [name for lot in by_hand(session, trip) for name in lot]
    waiting = select(ParticipantRow.name).join(WaitingRow, WaitingRow.participant_id == ParticipantRow.id)
    assert list(session.scalars(waiting.where(WaitingRow.item == "port").order_by(WaitingRow.id))) == order[4:]
    assert statuses(session, trip) == {CONFIRMED: 6}
    assert pool_recount(session) == ()


def test_a_draw_is_done_once_and_the_second_press_is_harmless(session: Session) -> None:
    trip = applied(session, drawn_trip())
    for _ in range(5):
        booked(session, trip)
    assert draw(session, trip)
    before = named(session, trip, CONFIRMED), kinds(session)
    assert not draw(session, trip)
    assert (named(session, trip, CONFIRMED), kinds(session)) == before
    assert [row.action for row in session.scalars(select(AuditRow))].count("draw_lots") == 1


def test_everybody_in_it_is_told_how_it_went(session: Session) -> None:
    trip = applied(session, drawn_trip(size=1))
    booked(session, trip)
    booked(session, trip)
    assert draw(session, trip)
    assert sorted(kinds(session)[2:]) == [("confirmation", "drawn"), ("queued", "drawn")]
    (queued,) = session.scalars(select(OutboxRow).where(OutboxRow.kind == "queued"))
    assert [one["position"] for one in queued.payload["participants"]] == [1]


@pytest.mark.parametrize(
    ("changes", "when", "says"),
    [
        ({}, NOW, "still open"),
        ({}, datetime(2027, 5, 5, 8, tzinfo=UTC), "begun"),
        ({"status": TripStatus.POSTPONED}, AFTER, "postponed"),
    ],
)
def test_it_is_not_drawn_too_early_too_late_or_for_nothing(
    session: Session, changes: dict[str, Any], when: datetime, says: str
) -> None:
    trip = applied(session, drawn_trip(**changes))
    with pytest.raises(ChangeRefused, match=says):
        draw(session, trip, when)


def test_a_trip_for_whoever_comes_first_has_no_draw(session: Session) -> None:
    trip = applied(session)
    with pytest.raises(NotFound):
        draw(session, trip)
    assert lottery_page(session, trip_id=trip) is None


def test_who_takes_back_is_not_in_the_draw(session: Session) -> None:
    trip = applied(session, drawn_trip())
    gone, stays = booked(session, trip, 2, together=True), booked(session, trip)
    cancel_participants(session, booking_id=gone.booking_id, moment=make_moment())
    assert kinds(session)[-1] == ("cancelled", "taken_back")
    assert draw(session, trip)
    assert statuses(session, trip) == {CANCELLED: 2, CONFIRMED: 1}
    (lot,) = lots_in_turn(session, trip_id=trip)
    code = session.scalar(select(BookingRow.code).where(BookingRow.id == stays.booking_id))
    assert lot.number == hashlib.sha256(str(code).encode()).hexdigest()


def test_a_lot_is_named_by_the_place_in_the_booking_also_when_others_have_left_it(session: Session) -> None:
    trip = applied(session, drawn_trip())
    made = booked(session, trip, 3)
    first = session.scalars(select(ParticipantRow.id).order_by(ParticipantRow.id)).first()
    assert first is not None
    session.rollback()
    cancel_participants(session, booking_id=made.booking_id, participant_ids=[first], moment=make_moment())
    draw(session, trip)
    expected = {hashlib.sha256(f"{made.code}/{nth}".encode()).hexdigest() for nth in (2, 3)}
    assert {lot.number for lot in lots_in_turn(session, trip_id=trip)} == expected


def test_late_sign_ups_come_after_everybody_who_was_in_the_draw(session: Session) -> None:
    trip = applied(session, drawn_trip(size=1))
    booked(session, trip)
    booked(session, trip)
    draw(session, trip)
    applied(session, drawn_trip(size=1, signup_closes_at=datetime(2027, 4, 20, tzinfo=UTC)))
    late = booked(session, trip, [make_participant("Sena Sara")], when=AFTER)
    assert late.statuses == (WAITING,)
    assert queue(session, trip)[-1] == "Sena Sara"
    cancel = session.scalars(select(ParticipantRow).where(ParticipantRow.status == CONFIRMED)).one()
    booking = cancel.booking_id
    session.rollback()
    cancel_participants(session, booking_id=booking, moment=make_moment(AFTER))
    offered = session.scalars(select(ParticipantRow.name).where(ParticipantRow.status == ParticipantStatus.OFFERED))
    assert offered.all() != ["Sena Sara"]


def test_visits_can_be_changed_and_no_place_handed_over_before_the_draw(session: Session) -> None:
    trip = applied(session, drawn_trip())
    made = booked(session, trip)
    (person,) = session.scalars(select(ParticipantRow.id))
    session.rollback()
    change_visits(session, booking_id=made.booking_id, participant_id=person, items=("port",), moment=make_moment())
    assert session.scalars(select(ParticipantRow.wished)).one() == ("port",)
    session.rollback()
    with pytest.raises(ChangeRefused, match="confirmed"):
        hand_over_place(
            session,
            booking_id=made.booking_id,
            participant_id=person,
            name="Någon Annan",
            email=None,
            answers={},
            moment=make_moment(),
        )


def test_how_places_are_given_stays_once_somebody_has_signed_up(session: Session) -> None:
    trip = applied(session, drawn_trip())
    applied(session, drawn_trip(admission=Admission.FIRST_COME))
    promise = session.scalar(select(LotteryRow.promise))
    applied(session, drawn_trip())
    assert session.scalars(select(LotteryRow.promise)).all() == [promise]
    booked(session, trip)
    with pytest.raises(PlanRefused) as refused:
        applied(session, drawn_trip(admission=Admission.FIRST_COME))
    assert [str(reason) for reason in refused.value.reasons] == [
        "How places are given stays as it is: one person has signed up for it."
    ]


def test_it_draws_by_itself_when_its_moment_has_come(session: Session) -> None:
    trip = applied(session, drawn_trip(draws_at=AFTER))
    booked(session, trip)
    assert draw_due_lots(session, moment=make_moment(CLOSES, "worker")) == 0
    assert draw_due_lots(session, moment=make_moment(AFTER, "worker")) == 1
    assert draw_due_lots(session, moment=make_moment(AFTER, "worker")) == 0
    assert statuses(session, trip) == {CONFIRMED: 1}


def test_it_draws_with_nobody_in_it_too(session: Session) -> None:
    trip = applied(session, drawn_trip())
    assert draw(session, trip)
    page = lottery_page(session, trip_id=trip)
    assert page is not None
    assert (page.count, page.people, page.pages) == (0, 0, 1)


def test_the_seed_is_sealed_anew_with_a_newer_key_and_still_the_one_promised(session: Session) -> None:
    trip = applied(session, drawn_trip())
    booked(session, trip)
    engine = session.get_bind()
    old = engine.get_execution_options()["tripkit_vault"]
    newer = make_vault("ab" * 32, *old._load())
    other = Session(engine.execution_options(tripkit_vault=newer))  # type: ignore[union-attr]
    session.rollback()
    assert seal_answers(other, moment=make_moment()).rows >= 1
    assert str(other.scalar(select(LotteryRow.sealed))).startswith(newer.names[0])
    other.rollback()
    assert draw(other, trip)
    other.close()


def test_without_its_key_nothing_is_drawn(session: Session) -> None:
    trip = applied(session, drawn_trip())
    booked(session, trip)
    session.rollback()
    other = Session(session.get_bind().execution_options(tripkit_vault=make_vault("cd" * 32)))  # type: ignore[union-attr]
    with pytest.raises(ChangeRefused, match="sealed"):
        draw(other, trip)
    other.close()
    assert statuses(session, trip) == {APPLIED: 1}


def test_without_any_key_no_trip_promises_a_draw(session: Session) -> None:
    other = Session(session.get_bind().execution_options(tripkit_vault=None))  # type: ignore[union-attr]
    with pytest.raises(PlanRefused) as refused:
        applied(other, drawn_trip())
    assert "tripkit keys new" in str(refused.value.reasons[0])
    other.close()


def test_a_booking_that_is_erased_leaves_its_lot_and_nothing_that_says_whose_it_was(session: Session) -> None:
    trip = applied(session, drawn_trip())
    first, second = booked(session, trip), booked(session, trip)
    erase_booking(session, code=first.code, cancel=True, reason="Asked for it", moment=make_moment())
    draw(session, trip)
    erase_booking(session, code=second.code, cancel=True, reason="Asked for it", moment=make_moment(AFTER))
    (row,) = session.scalars(select(LotRow))
    assert row.number == hashlib.sha256(second.code.encode()).hexdigest()
    assert statuses(session, trip) == {CANCELLED: 2}


def recomputed(record: dict[str, Any]) -> tuple[list[str], list[bool]]:
    """The order and who gets a place, from a published record: written apart from the rules, to check them."""

    def digest(text: str) -> str:
        return hashlib.sha256(text.encode()).hexdigest()

    assert digest(record["seed"]) == record["promise"]
    rooms = {(room["kind"], room["key"]): [room["size"], room["taken"]] for room in record["rooms"]}
    order = sorted(record["lots"], key=lambda lot: digest(record["seed"] + ":" + lot["number"]))
    return [lot["number"] for lot in order], [_fits(rooms, lot["groups"]) for lot in order]


def _fits(rooms: dict[tuple[str, str], list[int]], groups: Sequence[str]) -> bool:
    trial = {key: list(room) for key, room in rooms.items()}
    for group in groups:
        place = next(
            (key for key in (("guarantee", group), ("open", "")) if key in trial and trial[key][1] < trial[key][0]),
            None,
        )
        limit = trial.get(("segment", group))
        if place is None or (limit is not None and limit[1] >= limit[0]):
            return False
        trial[place][1] += 1
        if limit is not None:
            limit[1] += 1
    rooms.update(trial)
    return True


def test_anybody_can_do_the_draw_again_from_what_is_published(session: Session) -> None:
    groups = (make_segment("city", at_most=4), make_segment("police", guaranteed=2))
    trip = applied(session, drawn_trip(size=7, segments=groups))
    for nth in range(12):
        party = [make_participant(segment="police" if nth % 3 == 0 else "city") for _ in range(1 + nth % 3)]
        booked(session, trip, party, together=nth % 2 == 0)
    draw(session, trip)
    page = lottery_page(session, trip_id=trip)
    assert page is not None
    lots = list(lots_in_turn(session, trip_id=trip))
    record = {
        "promise": page.promise,
        "seed": page.seed,
        "rooms": [dict(zip(("kind", "key", "size", "taken"), room, strict=True)) for room in page.rooms],
        "lots": [{"number": lot.number, "groups": lot.segments} for lot in sorted(lots, key=lambda one: one.number)],
    }
    assert recomputed(record) == ([lot.number for lot in lots], [lot.got_place for lot in lots])


def test_an_organiser_who_undoes_a_cancellation_before_the_draw_puts_them_back_into_it(session: Session) -> None:
    trip = applied(session, drawn_trip())
    made = booked(session, trip)
    (person,) = session.scalars(select(ParticipantRow.id))
    session.rollback()
    cancel_participants(session, booking_id=made.booking_id, moment=make_moment())
    reinstate_participants(
        session,
        booking_id=made.booking_id,
        participant_ids=[person],
        moment=make_moment(actor="organiser"),
        by=ByOrganiser(why="Fel person"),
    )
    assert statuses(session, trip) == {APPLIED: 1}
    assert queue(session, trip) == []
    assert pool_recount(session) == ()


def test_whom_an_organiser_adds_before_the_draw_is_in_it_too(session: Session) -> None:
    trip = applied(session, drawn_trip())
    made = booked(session, trip)
    add_participant(
        session,
        booking_id=made.booking_id,
        person=make_participant("Tove Ny"),
        moment=make_moment(actor="organiser"),
        by=ByOrganiser(why="Glömdes"),
    )
    assert statuses(session, trip) == {APPLIED: 2}
    assert draw(session, trip)
    expected = {hashlib.sha256(f"{made.code}/{nth}".encode()).hexdigest() for nth in (1, 2)}
    assert {lot.number for lot in lots_in_turn(session, trip_id=trip)} == expected
