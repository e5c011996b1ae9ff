"""The same directory on other days: everything moves, times by the clock and weekdays stay, and the story plays there too."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine

from tests.sample_events.conftest import CLOCK, put_and_play
from tests.sample_events.test_story import places_of
from tripkit.domain.places import TripState, state_of
from tripkit.eventfile import Event, read_event
from tripkit.storage import sessions

ZONE = ZoneInfo("Europe/Stockholm")
AUTUMN = date(2019, 9, 26)
"""In summer time, as the first days were not."""


@pytest.fixture
def autumn(directory: Path, event: Event) -> Event:
    return read_event(directory, starting=AUTUMN, key="gothenburg-2019-autumn", opens=event.trip.signup_opens_at)


def moments(event: Event) -> Iterator[tuple[str, datetime]]:
    """Every moment of the trip but the opening of sign-up, as on the clock there."""
    trip = event.trip
    for item in trip.programme:
        yield f"{item.key} from", item.local_start()
        yield f"{item.key} to", item.local_end()
    for segment in trip.segments:
        if segment.guaranteed_until is not None:
            yield segment.key, segment.guaranteed_until
    for name in ("signup_closes_at", "changes_until"):
        yield name, getattr(trip, name)


def on_the_wall(event: Event) -> dict[str, datetime]:
    return {name: at.astimezone(ZONE).replace(tzinfo=None) for name, at in moments(event)}


def test_every_day_moves_as_the_first_and_times_by_the_clock_stay(event: Event, autumn: Event) -> None:
    moved = AUTUMN - event.trip.starts_on
    assert (autumn.trip.starts_on, autumn.trip.ends_on) == (AUTUMN, AUTUMN + timedelta(days=1))
    assert on_the_wall(autumn) == {name: at + moved for name, at in on_the_wall(event).items()}
    assert autumn.trip.free_cancel_until == (event.trip.free_cancel_until or date.max) + moved
    assert [note.day for note in autumn.trip.day_notes] == [note.day + moved for note in event.trip.day_notes]


def test_weekdays_stay_when_it_begins_on_a_thursday_again(event: Event, autumn: Event) -> None:
    before, after = on_the_wall(event), on_the_wall(autumn)
    assert {name: at.weekday() for name, at in after.items()} == {name: at.weekday() for name, at in before.items()}


def test_nothing_but_days_and_the_key_differs(event: Event, autumn: Event) -> None:
    assert autumn.warnings == ()
    assert (event.trip.key, autumn.trip.key) == ("gothenburg-2019", "gothenburg-2019-autumn")
    for name in ("title", "topics", "partners", "sites", "speakers", "questions", "figures", "terms", "price"):
        assert getattr(autumn.trip, name) == getattr(event.trip, name)
    assert autumn.pictures == event.pictures


def test_the_story_moves_with_the_opening_of_sign_up(event: Event, directory: Path) -> None:
    opens = datetime(2026, 9, 7, 7, 0, tzinfo=UTC)
    again = read_event(directory, starting=date(2027, 1, 28), key="gothenburg-2027", opens=opens)
    assert event.story is not None
    assert again.story is not None
    wall = [booking.at.astimezone(ZONE).replace(tzinfo=None) for booking in event.story.bookings]
    moved = [booking.at.astimezone(ZONE).replace(tzinfo=None) for booking in again.story.bookings]
    assert moved == [at + (date(2026, 9, 7) - date(2018, 9, 3)) for at in wall]


def test_the_whole_story_plays_on_other_days(sqlite_engine: Engine, directory: Path) -> None:
    again = read_event(directory, starting=date(2027, 1, 28), key="gothenburg-2027")
    played = put_and_play(sqlite_engine, again).played
    assert (played.taken, played.waiting) == (60, 9)


def test_a_rerun_stops_with_six_places_that_anybody_can_have(sqlite_engine: Engine, autumn: Event) -> None:
    stage = put_and_play(sqlite_engine, autumn, until_left=6)
    assert (stage.played.bookings, stage.played.taken, stage.played.waiting) == (18, 54, 0)
    with sessions(sqlite_engine)() as session:
        places = places_of(session, stage.trip_id)
    assert state_of(autumn.trip, places, CLOCK) is TripState.FEW_LEFT
    assert {room.left for key, room in places.segments.items() if key != "others"} == {6}
    assert places.segments["others"].left == 2
    assert [key for key, room in places.items.items() if not room.has_room()] == ["hosts-round"]
