"""Orders of events that nobody plans: lowered sizes, trips that move, answers that cross, visits on offer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tests.statements import count_statements
from tripkit.actions.answer_offer import accept_offer, decline_offer
from tripkit.actions.cancel_participants import cancel_participants
from tripkit.actions.change_visits import change_visits
from tripkit.actions.expire_offers import expire_offers
from tripkit.actions.join_visit_queue import join_visit_queue
from tripkit.actions.leave_queue import leave_queue
from tripkit.actions.release_guarantees import release_guarantees
from tripkit.actions.send_link import send_new_link
from tripkit.domain.bookings import BookingMade, ParticipantStatus
from tripkit.domain.refusals import BookingRefused, ChangeRefused, PlanRefused
from tripkit.domain.seats import PoolKind
from tripkit.domain.trips import Trip, TripStatus
from tripkit.reads.booking_page import BookedParticipant, booking_page, booking_page_of
from tripkit.reads.places import trip_places
from tripkit.reads.pool_recount import pool_recount
from tripkit.storage.bookings import OfferRow, PoolRow, QueueMoveRow
from tripkit.storage.outbox import AuditRow, OutboxRow
from tripkit.testing import NOW, applied, booked, make_moment, make_participant, make_segment, make_trip

CANCELLED, CONFIRMED = ParticipantStatus.CANCELLED, ParticipantStatus.CONFIRMED
OFFERED, WAITING = ParticipantStatus.OFFERED, ParticipantStatus.WAITING


def people_of(session: Session, made: BookingMade, now: datetime = NOW) -> tuple[BookedParticipant, ...]:
    session.rollback()
    page = booking_page_of(session, booking_id=made.booking_id, now=now)
    assert page is not None
    return page.participants


def statuses(session: Session, *made: BookingMade) -> list[ParticipantStatus]:
    return [person.status for one in made for person in people_of(session, one)]


def cancel(session: Session, made: BookingMade, *numbers: int, when: datetime = NOW) -> None:
    ids = [people_of(session, made)[number].id for number in numbers] or None
    cancel_participants(session, booking_id=made.booking_id, participant_ids=ids, moment=make_moment(when))


def change(session: Session, made: BookingMade, *items: str, when: datetime = NOW) -> None:
    person = people_of(session, made)[0].id
    change_visits(session, booking_id=made.booking_id, participant_id=person, items=items, moment=make_moment(when))


def queue_for(session: Session, made: BookingMade, item: str) -> None:
    person = people_of(session, made)[0].id
    join_visit_queue(session, booking_id=made.booking_id, participant_id=person, item=item, moment=make_moment())


def offers(session: Session, made: BookingMade) -> dict[str, int]:
    """Item (empty for the trip) to the open offer."""
    session.rollback()
    query = select(OfferRow).where(OfferRow.booking_id == made.booking_id, OfferRow.state == "open")
    return {offer.item: offer.id for offer in session.scalars(query)}


def accept(session: Session, made: BookingMade, item: str = "") -> None:
    offer = offers(session, made)[item]
    accept_offer(session, booking_id=made.booking_id, offer_id=offer, moment=make_moment())


def last_message(session: Session, made: BookingMade) -> OutboxRow:
    query = select(OutboxRow).where(OutboxRow.booking_id == made.booking_id).order_by(OutboxRow.id.desc())
    return session.scalars(query).first()  # type: ignore[return-value]


def police_trip(size: int, guaranteed: int, until: datetime | None = None) -> Trip:
    segments = (make_segment("city"), make_segment("police", guaranteed=guaranteed, guaranteed_until=until))
    return make_trip(size=size, segments=segments)


def fill_port(session: Session, trip_id: int) -> BookingMade:
    return booked(session, trip_id, [make_participant(items=("port",)) for _ in range(4)])


# Sizes that are lowered


def test_a_guaranteed_place_does_not_make_a_lowered_trip_larger(session: Session) -> None:
    trip = applied(session, police_trip(6, 2))
    city = booked(session, trip, 4)
    applied(session, police_trip(4, 2))
    police = booked(session, trip, segment="police")
    assert statuses(session, police) == [WAITING]
    cancel(session, city, 0)
    assert statuses(session, police) == [OFFERED]
    assert pool_recount(session) == ()


def test_a_lowered_guarantee_does_not_make_the_trip_larger(session: Session) -> None:
    trip = applied(session, police_trip(6, 4))
    booked(session, trip, 4, segment="police")
    booked(session, trip, 2)
    applied(session, police_trip(6, 1))
    assert statuses(session, booked(session, trip)) == [WAITING]


def test_a_released_guarantee_does_not_keep_a_lowered_trip_large(session: Session) -> None:
    opens = NOW + timedelta(days=1)
    trip = applied(session, police_trip(6, 2, opens))
    police, city = booked(session, trip, 2, segment="police"), booked(session, trip, 4)
    release_guarantees(session, moment=make_moment(opens))
    applied(session, police_trip(1, 2, opens), when=opens)
    cancel(session, police)
    cancel(session, city)
    assert booked(session, trip, 2).statuses == (CONFIRMED, WAITING)
    session.rollback()
    assert trip_places(session, trip, police_trip(1, 2)).trip.size == 1


def test_a_segment_sees_no_more_room_than_the_trip_has(session: Session) -> None:
    trip = applied(session, police_trip(6, 2))
    booked(session, trip, 4)
    lowered = police_trip(4, 2)
    applied(session, lowered)
    places = trip_places(session, trip, lowered)
    assert (places.trip.left, places.segments["police"].left) == (0, 0)


def test_a_guarantee_with_a_new_date_is_kept_again(session: Session) -> None:
    opens = NOW + timedelta(days=1)
    trip = applied(session, police_trip(4, 2, opens))
    release_guarantees(session, moment=make_moment(opens))
    applied(session, police_trip(4, 2, opens + timedelta(days=9)), when=opens)
    assert booked(session, trip, 3).statuses == (CONFIRMED, CONFIRMED, WAITING)
    assert booked(session, trip, 2, segment="police").statuses == (CONFIRMED, CONFIRMED)


# Dates


def test_an_offer_never_outlasts_the_day_before_a_trip_that_is_moved_earlier(session: Session) -> None:
    trip = applied(session, make_trip(size=1, offer_hours=24 * 30))
    first, waiting = booked(session, trip), booked(session, trip)
    cancel(session, first)
    earlier = make_trip(size=1, offer_hours=24 * 30, starts_on=date(2027, 3, 10), ends_on=date(2027, 5, 6))
    applied(session, earlier)
    (offer,) = people_of(session, waiting)[0].offers
    assert offer.until == datetime(2027, 3, 9, 23, tzinfo=UTC)
    message = last_message(session, waiting)
    assert (message.kind, message.payload["offer"]["until"]) == ("offer", offer.until.isoformat())


def test_links_keep_working_when_the_trip_is_moved_to_next_year(session: Session) -> None:
    trip = make_trip()
    made = booked(session, applied(session, trip))
    applied(session, replace(trip, starts_on=date(2028, 5, 3), ends_on=date(2028, 5, 4)))
    assert booking_page(session, token=made.token, now=datetime(2028, 5, 3, tzinfo=UTC)) is not None


def test_visits_stay_as_they_are_once_the_trip_has_begun(session: Session) -> None:
    made = booked(session, applied(session), [make_participant(items=("port",))])
    with pytest.raises(ChangeRefused, match="The trip has begun"):
        change(session, made, "mill", when=datetime(2027, 5, 4, 22, tzinfo=UTC))


@pytest.mark.parametrize(
    ("zone", "still", "over"),
    [
        ("Europe/Stockholm", datetime(2027, 5, 6, 21, 59, tzinfo=UTC), datetime(2027, 5, 6, 22, tzinfo=UTC)),
        ("America/Los_Angeles", datetime(2027, 5, 7, 6, 59, tzinfo=UTC), datetime(2027, 5, 7, 7, tzinfo=UTC)),
    ],
)
def test_a_trip_is_over_by_the_clock_where_it_happens(
    session: Session, zone: str, still: datetime, over: datetime
) -> None:
    made = booked(session, applied(session, make_trip(time_zone=zone)), 2)
    pages = [booking_page_of(session, booking_id=made.booking_id, now=now) for now in (still, over)]
    assert [page.may_cancel for page in pages if page] == [True, False]
    cancel(session, made, 0, when=still)
    with pytest.raises(ChangeRefused, match="The trip is over"):
        cancel(session, made, 1, when=over)


# Visits on offer, and visits that come with a place on offer


def test_a_visit_accepted_before_the_trip_gives_up_what_collides(session: Session) -> None:
    trip = applied(session, make_trip(size=6))
    port = fill_port(session, trip)
    others = booked(session, trip, 2)
    made = booked(session, trip, [make_participant(items=("mill",))])
    cancel(session, others, 0)
    assert people_of(session, made)[0].items == ("mill",)
    queue_for(session, made, "port")
    cancel(session, port, 0)
    accept(session, made, "port")
    assert people_of(session, made)[0].items == ("port",)
    accept(session, made)
    assert people_of(session, made)[0].items == ("port",)
    assert pool_recount(session) == ()


def test_a_visit_accepted_before_the_trip_can_be_changed_again(session: Session) -> None:
    trip = applied(session, make_trip(size=6))
    port = fill_port(session, trip)
    others = booked(session, trip, 2)
    made = booked(session, trip, [make_participant(items=("mill",))])
    cancel(session, others, 0)
    queue_for(session, made, "port")
    cancel(session, port, 0)
    accept(session, made, "port")
    change(session, made, "mill")
    assert people_of(session, made)[0].items == ("mill",)


def test_choosing_a_visit_that_is_on_offer_accepts_it(session: Session) -> None:
    trip = applied(session)
    port, made = fill_port(session, trip), booked(session, trip)
    queue_for(session, made, "port")
    cancel(session, port, 0)
    change(session, made, "port")
    assert people_of(session, made)[0].items == ("port",)
    assert offers(session, made) == {}
    assert expire_offers(session, moment=make_moment(NOW + timedelta(days=3))) == 0
    assert pool_recount(session) == ()


def test_a_message_does_not_name_a_visit_that_is_only_on_offer(session: Session) -> None:
    trip = applied(session)
    port, made = fill_port(session, trip), booked(session, trip)
    queue_for(session, made, "port")
    cancel(session, port, 0)
    change(session, made, "mill", "late")
    assert last_message(session, made).payload["participants"][0]["items"] == ["mill", "late"]


def test_nobody_takes_a_visit_others_wait_for_while_the_trip_is_put_off(session: Session) -> None:
    trip = applied(session)
    port, waits, jumps = fill_port(session, trip), booked(session, trip), booked(session, trip)
    queue_for(session, waits, "port")
    applied(session, make_trip(status=TripStatus.POSTPONED))
    cancel(session, port, 0)
    with pytest.raises(BookingRefused):
        change(session, jumps, "port")
    queue_for(session, jumps, "port")
    assert people_of(session, jumps)[0].waiting[0].position == 2
    applied(session)
    assert (offers(session, waits).keys(), offers(session, jumps).keys()) == ({"port"}, set())


@pytest.mark.parametrize("answered", ["declined", "expired"])
def test_a_visit_that_is_not_taken_goes_to_the_next_who_waits_for_it(session: Session, answered: str) -> None:
    trip = applied(session)
    port, first, second = fill_port(session, trip), booked(session, trip), booked(session, trip)
    queue_for(session, first, "port")
    queue_for(session, second, "port")
    cancel(session, port, 0)
    if answered == "declined":
        offer = offers(session, first)["port"]
        decline_offer(session, booking_id=first.booking_id, offer_id=offer, moment=make_moment())
    else:
        expire_offers(session, moment=make_moment(NOW + timedelta(hours=48)))
    assert (offers(session, first), offers(session, second).keys()) == ({}, {"port"})
    assert people_of(session, first)[0].items == ("mill",)
    assert pool_recount(session) == ()


def test_a_declined_place_takes_its_visits_and_their_queues_along(session: Session) -> None:
    trip = applied(session, make_trip(size=6))
    port, others = fill_port(session, trip), booked(session, trip, 2)
    made, behind = booked(session, trip, [make_participant(items=("mill", "late"))]), booked(session, trip)
    cancel(session, others, 0)
    queue_for(session, made, "port")
    cancel(session, port, 0)
    assert offers(session, made).keys() == {"", "port"}
    decline_offer(session, booking_id=made.booking_id, offer_id=offers(session, made)[""], moment=make_moment())
    assert (statuses(session, made), offers(session, made)) == ([CANCELLED], {})
    assert statuses(session, behind) == [OFFERED]
    assert pool_recount(session) == ()


# What is noted


def test_leaving_two_queues_at_once_is_told_and_noted_for_each(session: Session) -> None:
    trip = applied(session, make_trip(size=5))
    fill_port(session, trip)
    made = booked(session, trip, 2)
    queue_for(session, made, "port")
    ids = [place.waiting_id for person in people_of(session, made) for place in person.waiting]
    leave_queue(session, booking_id=made.booking_id, waiting_ids=ids, moment=make_moment())
    noted = session.scalars(select(AuditRow.details).where(AuditRow.action == "leave_queue")).all()
    assert sorted(one for details in noted for one in details["participants"]) == [
        person.id for person in people_of(session, made)
    ]


def test_who_waits_and_cancels_is_noted_as_having_left(session: Session) -> None:
    trip = applied(session, make_trip(size=1))
    booked(session, trip)
    waiting = booked(session, trip)
    cancel(session, waiting)
    assert session.scalar(select(func.count()).where(QueueMoveRow.what == "left")) == 1


def test_the_same_participant_named_twice_is_cancelled_once(session: Session) -> None:
    made = booked(session, applied(session), 2)
    cancel(session, made, 0, 0)
    assert len(last_message(session, made).payload["participants"]) == 1


def test_a_party_too_large_for_its_segments_last_place_does_not_fit(session: Session) -> None:
    """The limit was not reached when they were passed, so that is not the reason."""
    trip = applied(session, make_trip(size=4, segments=(make_segment("city", at_most=2), make_segment("police"))))
    booked(session, trip)
    booked(session, trip, 2, together=True)
    booked(session, trip)
    reasons = session.scalars(select(QueueMoveRow.because).where(QueueMoveRow.what == "passed")).all()
    assert reasons == ["party_does_not_fit"]


def test_a_link_is_found_by_an_address_with_capital_letters_beyond_ascii(session: Session) -> None:
    made = booked(session, applied(session), contact_email="post@ÅSTAD.example")
    send_new_link(session, email="post@åstad.example", code=made.code, moment=make_moment())
    assert last_message(session, made).kind == "link"


# What would be lost


def reasons(session: Session, trip: Trip) -> list[str]:
    with pytest.raises(PlanRefused) as raised:
        applied(session, trip)
    return [str(reason) for reason in raised.value.reasons]


def test_an_answer_that_was_given_cannot_go(session: Session) -> None:
    trip = make_trip()
    diet, arrives = trip.questions
    booked(session, applied(session, trip), [make_participant(answers={"diet": "vegan"})])
    without = replace(trip, questions=(replace(diet, options=diet.options[:1]), arrives))
    assert reasons(session, without) == ["The answer “Vegan” to “Diet” cannot go: one person has given it."]
    applied(session, replace(trip, questions=(replace(diet, options=diet.options[1:]), arrives)))


def for_police_only(trip: Trip, key: str) -> Trip:
    programme = tuple(replace(item, segments=("police",)) if item.key == key else item for item in trip.programme)
    return replace(trip, programme=programme)


def test_a_visit_cannot_be_closed_to_a_group_that_goes_there(session: Session) -> None:
    trip = make_trip(size=5)
    trip_id = applied(session, trip)
    fill_port(session, trip_id)
    queue_for(session, booked(session, trip_id), "port")
    booked(session, trip_id, [make_participant(items=("port",))])
    assert reasons(session, for_police_only(trip, "port")) == [
        "“Visit port” cannot be for these groups only: 6 people of other groups have chosen it or wait for it."
    ]
    applied(session, for_police_only(trip, "late"))


# One trip's fault is not another's


def test_a_trip_with_a_fault_does_not_hold_up_the_offers_of_the_others(session: Session) -> None:
    made = []
    for key in ("broken", "whole"):
        trip = applied(session, make_trip(key=key, size=1))
        first = booked(session, trip)
        made.append((trip, booked(session, trip)))
        cancel(session, first)
    # The counter says that nobody is there, so no place can be given back.
    session.execute(update(PoolRow).where(PoolRow.trip_id == made[0][0], PoolRow.kind == PoolKind.OPEN).values(taken=0))
    session.commit()
    with pytest.raises(ExceptionGroup):
        expire_offers(session, moment=make_moment(NOW + timedelta(days=3)))
    assert statuses(session, made[0][1], made[1][1]) == [OFFERED, CANCELLED]


# Statements


def test_offering_to_many_takes_as_many_statements_as_to_few(session: Session) -> None:
    """Their wishes, full or not, cost no more either."""

    def statements(people: int) -> int:
        trip = make_trip(key=f"of-{people}", size=people + 5, largest_party=100)
        trip_id = applied(session, trip)
        fill_port(session, trip_id)
        first = booked(session, trip_id, people + 1)
        for _ in range(people):
            booked(session, trip_id, [make_participant(items=("port", "late"))])
        ids = [person.id for person in people_of(session, first)][:people]
        session.rollback()
        with count_statements(session.get_bind()) as sent:  # type: ignore[arg-type]
            cancel_participants(session, booking_id=first.booking_id, participant_ids=ids, moment=make_moment())
        return len(sent)

    assert statements(2) == statements(9)
