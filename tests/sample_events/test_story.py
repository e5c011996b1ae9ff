"""The story fills the trip through real sign-ups, keeps the queue fair, and ends as it says, on each database."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.sample_events.conftest import CLOCK, Stage
from tripkit.domain.bookings import ParticipantStatus
from tripkit.domain.places import Places, TripState, state_of
from tripkit.eventfile import Event
from tripkit.eventfile.story import Story, StoryAct
from tripkit.reads.places import trip_places
from tripkit.reads.pool_recount import pool_recount
from tripkit.reads.trip_plan import trip_plan
from tripkit.storage.bookings import BookingRow, OfferRow, ParticipantRow, QueueMoveRow
from tripkit.storage.outbox import OutboxRow

CONFIRMED, WAITING = ParticipantStatus.CONFIRMED, ParticipantStatus.WAITING
ALL_THREE = {"Helena Wrede", "Ahmad Saleh", "Cecilia Norling"}


def story_of(event: Event) -> Story:
    assert event.story is not None
    return event.story


def places_of(session: Session, trip_id: int) -> Places:
    plan = trip_plan(session, trip_id)
    assert plan is not None
    return trip_places(session, trip_id, plan[2])


def people(session: Session) -> list[ParticipantRow]:
    return list(session.scalars(select(ParticipantRow).order_by(ParticipantRow.id)))


def moves(session: Session) -> list[QueueMoveRow]:
    """What happened in the trip's own queue."""
    return list(session.scalars(select(QueueMoveRow).where(QueueMoveRow.item == "").order_by(QueueMoveRow.id)))


def test_the_story_ends_as_it_says(event: Event, stage: Stage) -> None:
    story = story_of(event)
    assert (story.expect_taken, story.expect_waiting) == (60, 9)
    assert (stage.played.taken, stage.played.waiting) == (60, 9)
    assert stage.played.bookings == len(story.bookings)


def test_the_trip_is_fully_booked_by_people_with_a_place(event: Event, stage: Stage, watching: Session) -> None:
    assert Counter(person.status for person in people(watching))[CONFIRMED] == event.trip.size == 60
    assert state_of(event.trip, places_of(watching, stage.trip_id), CLOCK) is TripState.FULL


def test_no_counter_has_drifted(watching: Session) -> None:
    assert pool_recount(watching) == ()


def test_no_offer_is_open_and_no_message_is_from_the_future(watching: Session) -> None:
    offers = Counter(watching.scalars(select(OfferRow.state)))
    assert offers == {"accepted": 4, "declined": 1, "expired": 1}
    told = watching.scalars(select(OutboxRow.created_at)).all()
    assert max(told) < CLOCK


def test_everybody_got_the_messages_of_what_happened(watching: Session) -> None:
    assert Counter(watching.scalars(select(OutboxRow.kind))) == {
        "confirmation": 22 + 1 + 4,  # Signed up with a place for all, or for some; an offer accepted.
        "queued": 9,
        "offer": 6,
        "cancelled": 5 + 2,  # Cancelled; an offer declined or past.
    }


def test_every_group_has_a_place(event: Event, watching: Session) -> None:
    seated = Counter(person.segment for person in people(watching) if person.status is CONFIRMED)
    assert set(seated) == {segment.key for segment in event.trip.segments}
    assert seated["others"] == 6
    assert seated["real-estate"] <= 12


def test_parties_are_of_one_to_eight_and_of_every_kind(event: Event) -> None:
    requests = [booking.request for booking in story_of(event).bookings]
    sizes = Counter(len(request.participants) for request in requests)
    assert (min(sizes), max(sizes)) == (1, event.trip.largest_party)
    assert Counter(request.language for request in requests) == {"sv": 27, "en": 5}
    assert Counter(request.together for request in requests) == {False: 31, True: 1}
    asked = {key for request in requests for person in request.participants for key in person.answers}
    assert asked == {question.key for question in event.trip.questions}


def test_nobody_travels_twice_and_nobody_is_a_speaker(event: Event) -> None:
    names = [person.name for booking in story_of(event).bookings for person in booking.request.participants]
    assert max(Counter(names).values()) == 1
    assert {speaker.name for speaker in event.trip.speakers}.isdisjoint(names)


def test_some_visits_are_full_and_others_have_room(stage: Stage, watching: Session) -> None:
    visits = places_of(watching, stage.trip_id).items
    assert {key for key, room in visits.items() if not room.has_room()} == {
        "hosts-round",
        "order-in-sight",
        "city-walk",
    }
    assert {key: room.waiting for key, room in visits.items() if room.waiting} == {"hosts-round": 1}


def test_the_queue_is_singles_a_party_that_stays_together_and_one_that_was_split(watching: Session) -> None:
    waiting = [person for person in people(watching) if person.status is WAITING]
    bookings = {row.id: row for row in watching.scalars(select(BookingRow))}
    sizes = Counter(bookings[person.booking_id].contact_name for person in waiting)
    assert sizes == {
        "Helena Wrede": 3,
        "Magnus Edvall": 1,
        "Torsten Hagman": 1,
        "Nora Stenbäck": 1,
        "Maryam Nazari": 1,
        "Bram Oosterhuis": 2,
    }
    assert {bookings[person.booking_id].contact_name for person in waiting if bookings[person.booking_id].together} == {
        "Helena Wrede"
    }
    assert "Magnus Edvall" not in {person.name for person in waiting}


def test_everybody_who_was_passed_is_in_the_log_with_the_reason(watching: Session) -> None:
    names = {person.id: person.name for person in people(watching)}
    passed = {
        (names[move.participant_id], move.because): {names[one] for one in move.passed}
        for move in moves(watching)
        if move.what == "passed"
    }
    assert passed == {
        ("Linda Westerdahl", "guaranteed_to_others"): {"Stefan Kullberg", *ALL_THREE},
        ("Priya Chandran", "party_does_not_fit"): ALL_THREE,
        ("Magnus Edvall", "party_does_not_fit"): ALL_THREE,
    }


def test_nobody_got_a_place_before_somebody_who_waited_without_a_log_of_it(watching: Session) -> None:
    booked_at = {row.id: row.booked_at for row in watching.scalars(select(BookingRow))}
    log = moves(watching)
    joined = {move.participant_id: move.id for move in log if move.what == "joined"}
    since = {move.participant_id: move.at for move in log if move.what == "joined"}
    offered = {move.participant_id: move.at for move in log if move.what == "offered"}
    logged: dict[int, set[int]] = {}
    for move in log:
        if move.what == "passed":
            logged.setdefault(move.participant_id, set()).update(move.passed)

    def waited_longer(person: ParticipantRow, at: datetime) -> set[int]:
        own = joined.get(person.id, max(joined.values()) + 1)
        return {
            one for one, place in joined.items() if place < own and since[one] < at and offered.get(one, CLOCK) > at
        }

    overtaken = {
        person.name: waited_longer(person, offered.get(person.id, booked_at[person.booking_id]))
        for person in people(watching)
        if person.id not in joined or person.id in offered
    }
    by_name = {person.id: person.name for person in people(watching)}
    assert {name: ids for name, ids in overtaken.items() if ids} == {by_name[key]: ids for key, ids in logged.items()}


def test_places_kept_for_the_police_open_to_all_on_the_first_of_december(event: Event, watching: Session) -> None:
    names = {person.id: person.name for person in people(watching)}
    until = next(segment.guaranteed_until for segment in event.trip.segments if segment.key == "police")
    assert until is not None
    since = [names[move.participant_id] for move in moves(watching) if move.what == "offered" and move.at >= until]
    assert since == ["Magnus Edvall"]
    assert not [step for step in story_of(event).then if step.at > until and step.act is StoryAct.CANCEL]
