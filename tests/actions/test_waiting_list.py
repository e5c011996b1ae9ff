"""A place falls free: who is offered it, until when, and what happens to every answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tripkit.actions.answer_offer import accept_offer, decline_offer
from tripkit.actions.cancel_participants import cancel_participants
from tripkit.actions.change_visits import change_visits
from tripkit.actions.expire_offers import expire_offers
from tripkit.actions.join_visit_queue import join_visit_queue
from tripkit.actions.leave_queue import leave_queue
from tripkit.actions.release_guarantees import release_guarantees
from tripkit.domain.bookings import BookingMade, ParticipantStatus
from tripkit.domain.refusals import ChangeRefused, NotFound
from tripkit.domain.trips import TripStatus
from tripkit.reads.booking_page import BookedParticipant, BookingPage, booking_page_of
from tripkit.reads.pool_recount import pool_recount
from tripkit.storage.bookings import OfferRow, QueueMoveRow
from tripkit.storage.outbox import OutboxRow
from tripkit.testing import NOW, applied, booked, make_moment, make_participant, make_segment, make_trip

CANCELLED, CONFIRMED = ParticipantStatus.CANCELLED, ParticipantStatus.CONFIRMED
OFFERED, WAITING = ParticipantStatus.OFFERED, ParticipantStatus.WAITING


def page_of(session: Session, made: BookingMade) -> BookingPage:
    session.rollback()
    page = booking_page_of(session, booking_id=made.booking_id, now=NOW)
    assert page is not None
    return page


def people_of(session: Session, made: BookingMade) -> tuple[BookedParticipant, ...]:
    return page_of(session, made).participants


def statuses(session: Session, *made: BookingMade) -> list[ParticipantStatus]:
    return [person.status for one in made for person in people_of(session, one)]


def cancel(session: Session, made: BookingMade, *numbers: int) -> None:
    ids = [people_of(session, made)[number].id for number in numbers] or None
    cancel_participants(session, booking_id=made.booking_id, participant_ids=ids, moment=make_moment())


def offer_to(session: Session, made: BookingMade) -> int:
    (offer,) = session.scalars(select(OfferRow).where(OfferRow.booking_id == made.booking_id, OfferRow.state == "open"))
    return offer.id


def messages(session: Session, made: BookingMade) -> list[str]:
    query = select(OutboxRow.kind).where(OutboxRow.booking_id == made.booking_id).order_by(OutboxRow.id)
    return list(session.scalars(query))


def full_trip(session: Session, **changes: object) -> tuple[int, BookingMade]:
    """A trip of two, taken."""
    trip = applied(session, make_trip(size=2, **changes))
    return trip, booked(session, trip, 2)


def test_a_freed_place_is_offered_to_the_next_at_once(session: Session) -> None:
    trip, first = full_trip(session)
    next_one, later = booked(session, trip), booked(session, trip)
    cancel(session, first, 0)
    assert statuses(session, next_one, later) == [OFFERED, WAITING]
    (offer,) = people_of(session, next_one)[0].offers
    assert offer.until == NOW + timedelta(hours=48)
    assert messages(session, next_one) == ["queued", "offer"]
    assert pool_recount(session) == ()


def test_an_offer_ends_when_the_trip_begins(session: Session) -> None:
    trip = applied(session, make_trip(size=1, offer_hours=24 * 365))
    first, waiting = booked(session, trip), booked(session, trip)
    cancel(session, first)
    assert people_of(session, waiting)[0].offers[0].until == datetime(2027, 5, 4, 22, tzinfo=UTC)


def test_nobody_jumps_a_queue_for_the_offered_place(session: Session) -> None:
    trip, first = full_trip(session)
    booked(session, trip)
    cancel(session, first, 0)
    assert statuses(session, booked(session, trip)) == [WAITING]


def test_an_accepted_offer_is_a_place(session: Session) -> None:
    trip, first = full_trip(session)
    waiting = booked(session, trip)
    cancel(session, first, 0)
    accept_offer(session, booking_id=waiting.booking_id, offer_id=offer_to(session, waiting), moment=make_moment())
    assert statuses(session, waiting) == [CONFIRMED]
    assert messages(session, waiting) == ["queued", "offer", "confirmation"]
    assert pool_recount(session) == ()


def test_a_declined_offer_goes_to_the_next(session: Session) -> None:
    trip, first = full_trip(session)
    waiting, later = booked(session, trip), booked(session, trip)
    cancel(session, first, 0)
    decline_offer(session, booking_id=waiting.booking_id, offer_id=offer_to(session, waiting), moment=make_moment())
    assert statuses(session, waiting, later) == [CANCELLED, OFFERED]
    assert pool_recount(session) == ()


def test_an_offer_nobody_answers_goes_to_the_next(session: Session) -> None:
    trip, first = full_trip(session)
    waiting, later = booked(session, trip), booked(session, trip)
    cancel(session, first, 0)
    assert expire_offers(session, moment=make_moment(NOW + timedelta(hours=47, minutes=59))) == 0
    assert expire_offers(session, moment=make_moment(NOW + timedelta(hours=48))) == 1
    assert statuses(session, waiting, later) == [CANCELLED, OFFERED]
    assert messages(session, waiting) == ["queued", "offer", "cancelled"]
    assert expire_offers(session, moment=make_moment(NOW + timedelta(hours=48))) == 0


@pytest.mark.parametrize("answer", [accept_offer, decline_offer])
def test_an_offer_is_answered_once_and_in_time(session: Session, answer: object) -> None:
    trip, first = full_trip(session)
    waiting = booked(session, trip)
    cancel(session, first, 0)
    offer = offer_to(session, waiting)
    late = make_moment(NOW + timedelta(hours=48))
    with pytest.raises(ChangeRefused, match="time to answer is over"):
        answer(session, booking_id=waiting.booking_id, offer_id=offer, moment=late)  # type: ignore[operator]
    answer(session, booking_id=waiting.booking_id, offer_id=offer, moment=make_moment())  # type: ignore[operator]
    with pytest.raises(ChangeRefused):
        answer(session, booking_id=waiting.booking_id, offer_id=offer, moment=make_moment())  # type: ignore[operator]


def test_somebody_elses_offer_is_not_found(session: Session) -> None:
    trip, first = full_trip(session)
    waiting, other = booked(session, trip), booked(session, trip)
    cancel(session, first, 0)
    with pytest.raises(NotFound):
        accept_offer(session, booking_id=other.booking_id, offer_id=offer_to(session, waiting), moment=make_moment())


def test_a_party_together_is_passed_until_all_of_it_fits(session: Session) -> None:
    trip, first = full_trip(session)
    party, single = booked(session, trip, 2, together=True), booked(session, trip)
    cancel(session, first, 0)
    assert statuses(session, party, single) == [WAITING, WAITING, OFFERED]
    (move,) = session.scalars(select(QueueMoveRow).where(QueueMoveRow.what == "passed"))
    assert (move.because, move.passed) == ("party_does_not_fit", [p.id for p in people_of(session, party)])
    cancel(session, single)
    cancel(session, first, 1)
    assert statuses(session, party) == [OFFERED, OFFERED]
    assert len(people_of(session, party)[0].offers[0].participant_ids) == 2


def test_one_of_an_offered_party_can_go_and_the_other_still_accept(session: Session) -> None:
    trip, first = full_trip(session)
    party, later = booked(session, trip, 2, together=True), booked(session, trip)
    cancel(session, first)
    cancel(session, party, 0)
    assert statuses(session, party, later) == [CANCELLED, OFFERED, OFFERED]
    accept_offer(session, booking_id=party.booking_id, offer_id=offer_to(session, party), moment=make_moment())
    assert statuses(session, party) == [CANCELLED, CONFIRMED]
    assert pool_recount(session) == ()


def test_a_full_segment_is_passed_with_that_reason(session: Session) -> None:
    segments = (make_segment("city", at_most=1), make_segment("police"))
    trip = applied(session, make_trip(size=2, segments=segments))
    booked(session, trip)
    police = booked(session, trip, segment="police")
    city, next_police = booked(session, trip), booked(session, trip, segment="police")
    cancel(session, police)
    assert statuses(session, city, next_police) == [WAITING, OFFERED]
    (move,) = session.scalars(select(QueueMoveRow).where(QueueMoveRow.what == "passed"))
    assert move.because == "segment_full"


def test_guaranteed_places_open_to_all_on_their_date(session: Session) -> None:
    opens = NOW + timedelta(days=3)
    segments = (make_segment("city"), make_segment("police", guaranteed=2, guaranteed_until=opens))
    trip = applied(session, make_trip(size=3, segments=segments))
    first, waiting = booked(session, trip), booked(session, trip, 3)
    assert statuses(session, first, waiting) == [CONFIRMED, WAITING, WAITING, WAITING]
    assert release_guarantees(session, moment=make_moment(opens - timedelta(seconds=1))) == 0
    assert release_guarantees(session, moment=make_moment(opens)) == 1
    assert statuses(session, waiting) == [OFFERED, OFFERED, WAITING]
    assert release_guarantees(session, moment=make_moment(opens)) == 0
    assert pool_recount(session) == ()


def test_at_least_two_police_is_kept_by_any_two(session: Session) -> None:
    """When a guaranteed place falls free, a third one from the police moves onto it and the open place is free for all."""
    segments = (make_segment("city"), make_segment("police", guaranteed=2))
    trip = applied(session, make_trip(size=3, segments=segments))
    police = [booked(session, trip, segment="police") for _ in range(3)]
    waiting = booked(session, trip)
    cancel(session, police[0])
    assert statuses(session, waiting) == [OFFERED]
    assert pool_recount(session) == ()


def test_nothing_is_offered_on_a_trip_that_is_put_off(session: Session) -> None:
    trip, first = full_trip(session)
    waiting = booked(session, trip)
    applied(session, make_trip(size=2, status=TripStatus.POSTPONED))
    cancel(session, first, 0)
    assert statuses(session, waiting) == [WAITING]


def test_wishes_are_kept_and_claimed_with_the_offer(session: Session) -> None:
    trip, first = full_trip(session)
    waiting = booked(session, trip, [make_participant(items=("port", "late"))])
    assert people_of(session, waiting)[0].wished == ("port", "late")
    cancel(session, first, 0)
    person = people_of(session, waiting)[0]
    assert set(person.items) == {"port", "late"}
    decline_offer(session, booking_id=waiting.booking_id, offer_id=offer_to(session, waiting), moment=make_moment())
    assert people_of(session, waiting)[0].items == ()
    assert pool_recount(session) == ()


def test_a_wish_for_a_full_visit_becomes_a_place_in_its_queue(session: Session) -> None:
    trip = applied(session, make_trip(size=5))
    first = booked(session, trip, [make_participant(items=("port",)) for _ in range(4)])
    fifth = booked(session, trip)
    waiting = booked(session, trip, [make_participant(items=("port",))])
    cancel(session, fifth)
    (person,) = people_of(session, waiting)
    assert (person.status, person.items) == (OFFERED, ())
    assert [(place.item, place.position) for place in person.waiting] == [("port", 1)]
    cancel(session, first, 0)
    (person,) = people_of(session, waiting)
    assert {offer.item for offer in person.offers} == {None, "port"}


def test_a_visit_queue_moves_when_somebody_changes_visits(session: Session) -> None:
    trip = applied(session)
    first = booked(session, trip, [make_participant(items=("port",)) for _ in range(4)])
    other = booked(session, trip)
    (person,) = people_of(session, other)
    join_visit_queue(session, booking_id=other.booking_id, participant_id=person.id, item="port", moment=make_moment())
    change_visits(
        session,
        booking_id=first.booking_id,
        participant_id=people_of(session, first)[0].id,
        items=("mill",),
        moment=make_moment(),
    )
    (person,) = people_of(session, other)
    (offer,) = person.offers
    assert (offer.item, offer.instead_of, person.items) == ("port", ("mill",), ("mill",))
    accept_offer(session, booking_id=other.booking_id, offer_id=offer.offer_id, moment=make_moment())
    assert people_of(session, other)[0].items == ("port",)
    assert pool_recount(session) == ()


def test_a_declined_visit_keeps_the_place_on_the_trip(session: Session) -> None:
    trip = applied(session)
    first = booked(session, trip, [make_participant(items=("port",)) for _ in range(4)])
    other = booked(session, trip)
    person = people_of(session, other)[0].id
    join_visit_queue(session, booking_id=other.booking_id, participant_id=person, item="port", moment=make_moment())
    cancel(session, first, 0)
    decline_offer(session, booking_id=other.booking_id, offer_id=offer_to(session, other), moment=make_moment())
    assert [(p.status, p.items) for p in people_of(session, other)] == [(CONFIRMED, ("mill",))]


@pytest.mark.parametrize(
    ("item", "sentence"),
    [("port", "There is room on"), ("mill", "has a place on"), ("watch", "meant for other groups")],
)
def test_a_visit_queue_refuses_who_has_no_need_of_it(session: Session, item: str, sentence: str) -> None:
    trip = applied(session)
    made = booked(session, trip)
    with pytest.raises(ChangeRefused, match=sentence):
        join_visit_queue(
            session,
            booking_id=made.booking_id,
            participant_id=people_of(session, made)[0].id,
            item=item,
            moment=make_moment(),
        )


def test_who_leaves_the_queue_is_cancelled_and_the_rest_keeps_its_position(session: Session) -> None:
    trip, _ = full_trip(session)
    party, later = booked(session, trip, 2), booked(session, trip)
    assert people_of(session, later)[0].waiting[0].position == 3
    leaving = people_of(session, party)[0].waiting[0].waiting_id
    leave_queue(session, booking_id=party.booking_id, waiting_ids=[leaving], moment=make_moment())
    assert statuses(session, party) == [CANCELLED, WAITING]
    assert people_of(session, later)[0].waiting[0].position == 2
    with pytest.raises(ChangeRefused, match="not in this queue"):
        leave_queue(session, booking_id=party.booking_id, waiting_ids=[leaving], moment=make_moment())


def test_somebody_elses_place_in_the_queue_cannot_be_left(session: Session) -> None:
    trip, first = full_trip(session)
    waiting = booked(session, trip)
    place = people_of(session, waiting)[0].waiting[0].waiting_id
    with pytest.raises(ChangeRefused):
        leave_queue(session, booking_id=first.booking_id, waiting_ids=[place], moment=make_moment())
    assert statuses(session, waiting) == [WAITING]


def test_a_larger_trip_offers_its_new_places_to_those_who_wait(session: Session) -> None:
    trip = make_trip(size=2)
    trip_id = applied(session, trip)
    booked(session, trip_id, 2)
    waiting = booked(session, trip_id, 3)
    applied(session, replace(trip, size=4))
    assert statuses(session, waiting) == [OFFERED, OFFERED, WAITING]


def test_cancelling_twice_is_answered_in_words(session: Session) -> None:
    trip = applied(session)
    made = booked(session, trip, 2)
    cancel(session, made, 0)
    assert statuses(session, made) == [CANCELLED, CONFIRMED]
    with pytest.raises(ChangeRefused, match="cancelled before"):
        cancel(session, made, 0)
    cancel(session, made)
    assert messages(session, made) == ["confirmation", "cancelled", "cancelled"]
    with pytest.raises(ChangeRefused):
        cancel(session, made)


def test_somebody_elses_participant_is_not_found(session: Session) -> None:
    trip = applied(session)
    mine, other = booked(session, trip), booked(session, trip)
    person = people_of(session, other)[0].id
    with pytest.raises(NotFound):
        cancel_participants(session, booking_id=mine.booking_id, participant_ids=[person], moment=make_moment())
    assert statuses(session, other) == [CONFIRMED]


def test_a_place_on_a_cancelled_trip_cannot_be_taken(session: Session) -> None:
    trip, first = full_trip(session)
    waiting = booked(session, trip)
    cancel(session, first, 0)
    applied(session, make_trip(size=2, status=TripStatus.CANCELLED))
    with pytest.raises(ChangeRefused, match="The trip is cancelled"):
        accept_offer(session, booking_id=waiting.booking_id, offer_id=offer_to(session, waiting), moment=make_moment())
    assert statuses(session, waiting) == [OFFERED]
