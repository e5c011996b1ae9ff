"""How it stands with a trip, at every moment and every filling."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.domain.trips import segment, trip
from tripkit.domain.places import (
    Places,
    Room,
    TripState,
    begins_at,
    few,
    has_started,
    is_over,
    state_of,
    takes_signups,
    why_not_open,
)
from tripkit.domain.trips import TripStatus

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)


def places(taken: int, size: int = 10, **segments: Room) -> Places:
    return Places(
        trip=Room(size=size, taken=taken),
        segments=segments or {"city": Room(size=size, taken=taken)},
        guaranteed={},
        items={},
    )


@pytest.mark.parametrize(
    ("changes", "taken", "now", "state"),
    [
        ({}, 0, NOW, TripState.OPEN),
        ({}, 5, NOW, TripState.FEW_LEFT),
        ({}, 10, NOW, TripState.FULL),
        ({}, 12, NOW, TripState.FULL),
        ({"signup_opens_at": NOW + timedelta(seconds=1)}, 0, NOW, TripState.OPENS_LATER),
        ({"signup_opens_at": NOW}, 0, NOW, TripState.OPEN),
        ({"signup_closes_at": NOW}, 0, NOW, TripState.CLOSED),
        ({"signup_closes_at": NOW + timedelta(seconds=1)}, 0, NOW, TripState.OPEN),
        ({}, 0, datetime(2027, 5, 4, 22, 0, tzinfo=UTC), TripState.CLOSED),
        ({}, 0, datetime(2027, 5, 4, 21, 59, tzinfo=UTC), TripState.OPEN),
        ({}, 0, datetime(2027, 5, 6, 21, 59, tzinfo=UTC), TripState.CLOSED),
        ({}, 0, datetime(2027, 5, 6, 22, 0, tzinfo=UTC), TripState.PAST),
        ({"status": TripStatus.POSTPONED}, 0, NOW, TripState.POSTPONED),
        ({"status": TripStatus.CANCELLED}, 10, datetime(2030, 1, 1, tzinfo=UTC), TripState.CANCELLED),
    ],
)
def test_the_state_follows_from_status_dates_and_places(
    changes: dict[str, Any], taken: int, now: datetime, state: TripState
) -> None:
    assert state_of(trip(**changes), places(taken), now) is state


def test_a_trip_is_full_when_no_segment_can_use_what_is_left() -> None:
    value = trip(segments=(segment("city", at_most=2), segment("police", at_most=1)))
    full = {"city": Room(size=2, taken=2), "police": Room(size=1, taken=1)}
    assert state_of(value, places(3, **full), NOW) is TripState.FULL


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, None),
        ({"status": TripStatus.CANCELLED}, "The trip is cancelled, so nobody can sign up."),
        ({"status": TripStatus.POSTPONED}, "The trip is postponed. Sign-up opens again when there are new dates."),
        ({"signup_opens_at": NOW + timedelta(seconds=1)}, "Sign-up is not open yet."),
        ({"signup_closes_at": NOW}, "Sign-up has closed."),
        ({"starts_on": date(2027, 3, 1)}, "The trip has begun, so nobody can sign up."),
        ({"starts_on": date(2027, 3, 2)}, None),
    ],
)
def test_why_nobody_can_sign_up_is_said(changes: dict[str, Any], said: str | None) -> None:
    why = why_not_open(trip(**changes), NOW)
    assert (None if why is None else str(why)) == said


@pytest.mark.parametrize(
    ("zone", "begins", "over"),
    [
        ("Europe/Stockholm", datetime(2027, 5, 4, 22, tzinfo=UTC), datetime(2027, 5, 6, 22, tzinfo=UTC)),
        ("America/Los_Angeles", datetime(2027, 5, 5, 7, tzinfo=UTC), datetime(2027, 5, 7, 7, tzinfo=UTC)),
    ],
)
def test_a_trip_begins_and_ends_by_the_clock_where_it_happens(zone: str, begins: datetime, over: datetime) -> None:
    value, second = trip(time_zone=zone), timedelta(seconds=1)
    assert begins_at(value) == begins
    assert [has_started(value, now) for now in (begins - second, begins)] == [False, True]
    assert [is_over(value, now) for now in (over - second, over)] == [False, True]


def test_sign_ups_are_taken_while_it_is_open_full_or_to_be_drawn() -> None:
    assert {state for state in TripState if takes_signups(state)} == {
        TripState.OPEN,
        TripState.FEW_LEFT,
        TripState.FULL,
        TripState.DRAW,
    }


def test_few_is_a_tenth_but_at_least_five() -> None:
    assert [few(size) for size in (10, 60, 400)] == [5, 6, 40]


def test_a_room_has_nothing_left_when_it_holds_more_than_its_size() -> None:
    assert Room(size=4, taken=6).left == 0
    assert Room(size=None, taken=6).left is None
