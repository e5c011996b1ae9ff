"""When reminders are due, when data is erased, and what stands in braces: by the clock where the trip is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from tests.domain.trips import trip as make_trip
from tripkit.domain.deadlines import anchor_day, erased_at, erased_on, reminder_at, signup_ends_at
from tripkit.domain.free_texts import fill_in, unknown_placeholders
from tripkit.domain.reminders import LATEST, Anchor, Reminder, Side, is_too_late
from tripkit.domain.trips import Trip


def reminder(days: int, side: Side, anchor: Anchor, clock: time = time(9), **changes: Any) -> Reminder:
    values: dict[str, Any] = {"key": "soon", "subject": {"sv": "Snart"}, "text": {"sv": "Hej"}}
    return Reminder(days=days, side=side, anchor=anchor, clock=clock, **{**values, **changes})


def moment(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]  # mypy takes any part for the zone


# The clocks of Stockholm go forward on 28 March 2027 at two, and back on 31 October at three.
SPRING = make_trip(starts_on=date(2027, 3, 29), ends_on=date(2027, 3, 30))
AUTUMN = replace(SPRING, starts_on=date(2027, 11, 1), ends_on=date(2027, 11, 2))


@pytest.mark.parametrize(
    ("trip", "days", "side", "clock", "due"),
    [
        (SPRING, 1, Side.BEFORE, time(9), moment(2027, 3, 28, 7)),
        (SPRING, 2, Side.BEFORE, time(9), moment(2027, 3, 27, 8)),
        (SPRING, 0, Side.BEFORE, time(0), moment(2027, 3, 28, 22)),
        (SPRING, 3, Side.AFTER, time(9), moment(2027, 4, 1, 7)),
        # 02:30 is skipped: an hour later. It comes twice: the first.
        (SPRING, 1, Side.BEFORE, time(2, 30), moment(2027, 3, 28, 1, 30)),
        (AUTUMN, 1, Side.BEFORE, time(2, 30), moment(2027, 10, 31, 0, 30)),
        (AUTUMN, 1, Side.BEFORE, time(9), moment(2027, 10, 31, 8)),
        (AUTUMN, 2, Side.BEFORE, time(9), moment(2027, 10, 30, 7)),
        (replace(SPRING, time_zone="America/New_York"), 1, Side.BEFORE, time(9), moment(2027, 3, 28, 13)),
    ],
)
def test_nine_o_clock_is_nine_by_the_clock_where_the_trip_is(
    trip: Trip, days: int, side: Side, clock: time, due: datetime
) -> None:
    assert reminder_at(trip, reminder(days, side, Anchor.TRIP_STARTS, clock)) == due


@pytest.mark.parametrize(
    ("anchor", "changes", "day"),
    [
        (Anchor.TRIP_STARTS, {}, date(2027, 3, 29)),
        (Anchor.TRIP_ENDS, {}, date(2027, 3, 30)),
        (Anchor.FREE_CANCEL_UNTIL, {"free_cancel_until": date(2027, 3, 1)}, date(2027, 3, 1)),
        (Anchor.FREE_CANCEL_UNTIL, {"free_cancel_until": None}, None),
        # 23:30 in UTC is the next day in Stockholm.
        (Anchor.SIGNUP_CLOSES, {"signup_closes_at": moment(2027, 3, 1, 23, 30)}, date(2027, 3, 2)),
        (Anchor.SIGNUP_CLOSES, {"signup_closes_at": None}, date(2027, 3, 29)),
        (Anchor.CHANGES_UNTIL, {"changes_until": moment(2027, 3, 5, 12)}, date(2027, 3, 5)),
        (Anchor.CHANGES_UNTIL, {"changes_until": None}, date(2027, 3, 29)),
    ],
)
def test_days_are_counted_from_a_day_of_the_trip(anchor: Anchor, changes: dict[str, Any], day: date | None) -> None:
    trip = replace(SPRING, **changes)
    assert anchor_day(trip, anchor) == day
    assert (reminder_at(trip, reminder(1, Side.BEFORE, anchor)) is None) is (day is None)


def test_a_trip_that_moves_takes_its_reminders_along() -> None:
    before, after = (reminder_at(trip, reminder(3, Side.BEFORE, Anchor.TRIP_STARTS)) for trip in (SPRING, AUTUMN))
    assert (before, after) == (moment(2027, 3, 26, 8), moment(2027, 10, 29, 7))


def test_two_days_late_is_the_last_moment_to_remind() -> None:
    due = moment(2027, 3, 26, 8)
    assert not is_too_late(due, due + LATEST)
    assert is_too_late(due, due + LATEST + timedelta(seconds=1))


def test_sign_up_ends_when_the_trip_begins_at_the_latest() -> None:
    begins = moment(2027, 3, 28, 22)
    assert signup_ends_at(replace(SPRING, signup_closes_at=None)) == begins
    assert signup_ends_at(replace(SPRING, signup_closes_at=begins + timedelta(days=1))) == begins
    assert signup_ends_at(replace(SPRING, signup_closes_at=begins - timedelta(days=1))) == begins - timedelta(days=1)


def test_what_people_wrote_is_erased_when_so_many_whole_days_have_passed() -> None:
    trip = replace(SPRING, retention_days=1)
    assert erased_on(trip) == date(2027, 4, 1)
    assert erased_at(trip) == moment(2027, 3, 31, 22)
    assert erased_on(replace(SPRING, retention_days=None)) == date(2028, 3, 30)


def test_words_in_braces_are_known_or_named() -> None:
    assert unknown_placeholders("{name}, {trip} {code} {link}") == ()
    assert unknown_placeholders("{nam} {} {nam} {name.__class__} {0}") == ("nam", "", "name.__class__", "0")


def test_what_stands_in_a_value_is_never_a_placeholder() -> None:
    values = {"name": "{link}", "trip": "a", "code": "b", "link": "https://tripkit.example/secret"}
    assert fill_in("Hej {name}!", values) == "Hej {link}!"
    with pytest.raises(KeyError):
        fill_in("{nam}", values)
