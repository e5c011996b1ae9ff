"""A story is played through the same actions as anybody else's, at its own moments."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tripkit.actions.play_story import Played, play_story
from tripkit.domain.bookings import ParticipantStatus
from tripkit.eventfile.story import Story, StoryAct, StoryBooking, StoryStep
from tripkit.reads.pool_recount import pool_recount
from tripkit.storage.bookings import BookingRow, ParticipantRow
from tripkit.testing import NOW, applied, make_participant, make_request, make_segment, make_trip


def booking(label: str, hours: int, *names: str, **changes: object) -> StoryBooking:
    people = [make_participant(name) for name in names]
    return StoryBooking(label=label, at=NOW + timedelta(hours=hours), request=make_request(people, **changes))


def step(act: StoryAct, of: str, hours: int, *names: str) -> StoryStep:
    return StoryStep(at=NOW + timedelta(hours=hours), act=act, booking=of, participants=names)


def statuses(session: Session) -> dict[str, ParticipantStatus]:
    return {row.name: row.status for row in session.scalars(select(ParticipantRow))}


STORY = Story(
    bookings=(
        booking("first", 0, "Ada", "Bo"),
        booking("second", 1, "Cy", "Di"),
        booking("third", 2, "Ed"),
        booking("fourth", 3, "Fy", "Gu"),
    ),
    then=(
        step(StoryAct.CANCEL, "first", 4, "Bo"),
        step(StoryAct.DECLINE, "third", 5),
        step(StoryAct.ACCEPT, "fourth", 6, "Fy"),
    ),
)


def test_a_story_fills_the_trip_and_moves_its_queue(session: Session) -> None:
    trip = applied(session, make_trip(size=4))
    assert play_story(session, trip_id=trip, story=STORY) == Played(bookings=4, taken=4, waiting=1)
    confirmed, waiting, cancelled = ParticipantStatus.CONFIRMED, ParticipantStatus.WAITING, ParticipantStatus.CANCELLED
    assert statuses(session) == {
        **dict.fromkeys(["Ada", "Cy", "Di", "Fy"], confirmed),
        **dict.fromkeys(["Bo", "Ed"], cancelled),
        "Gu": waiting,
    }
    assert pool_recount(session) == ()


def test_bookings_are_made_at_their_own_moments(session: Session) -> None:
    play_story(session, trip_id=applied(session, make_trip(size=4)), story=STORY)
    moments = session.scalars(select(BookingRow.booked_at).order_by(BookingRow.id)).all()
    assert moments == [NOW + timedelta(hours=hours) for hours in range(4)]


def test_a_story_can_stop_while_places_are_left(session: Session) -> None:
    trip = applied(session, make_trip(size=4))
    assert play_story(session, trip_id=trip, story=STORY, until_left=1) == Played(bookings=1, taken=2, waiting=0)


def test_guarantees_and_offers_end_on_the_storys_clock(session: Session) -> None:
    opens = NOW + timedelta(hours=5)
    segments = (make_segment("city"), make_segment("police", guaranteed=1, guaranteed_until=opens))
    trip = applied(session, make_trip(size=2, segments=segments, offer_hours=1))
    story = Story(
        bookings=(booking("a", 0, "Ada"), booking("b", 1, "Bo"), booking("c", 2, "Cy"), booking("d", 7, "Di"))
    )
    play_story(session, trip_id=trip, story=story)
    # The police place opened to Bo at seven o'clock, whose answer is still awaited.
    assert statuses(session)["Bo"] is ParticipantStatus.OFFERED
    assert statuses(session)["Di"] is ParticipantStatus.WAITING
