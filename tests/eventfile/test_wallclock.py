"""Reading a trip as another time's: everything moves, clock times stay, leap days and changed clocks are minded."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.eventfile.written import STORY, changed, put
from tripkit.domain.trips import Trip
from tripkit.eventfile import EventErrors, read_event
from tripkit.eventfile.errors import Findings, Position
from tripkit.eventfile.wallclock import WallClock, moments_of, written_moment, written_time

STOCKHOLM = ZoneInfo("Europe/Stockholm")
ZONES = ["Europe/Stockholm", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia", "UTC"]
NOTES = "  size: 20\n  day_notes: [{day: 2027-05-06, text: {sv: Hem, en: Home}}]"


def said(directory: Path, starting: date) -> list[str]:
    with pytest.raises(EventErrors) as raised:
        read_event(directory, starting=starting)
    return [str(error) for error in raised.value.errors]


def clock_times(trip: Trip) -> list[str]:
    """By the clock on the wall, without their days."""
    return [f"{item.local_start():%H:%M}-{item.local_end():%H:%M}" for item in trip.programme]


def test_every_day_and_moment_moves_and_the_time_of_day_stays(tmp_path: Path) -> None:
    put(
        tmp_path,
        changed("  size: 20", NOTES, "free_cancel_until", "changes_until: 2027-04-25 12:00\n    free_cancel_until"),
    )
    before = read_event(tmp_path)
    # From summer time into winter: 182 days later.
    after = read_event(tmp_path, starting=date(2027, 11, 3)).trip
    assert (after.starts_on, after.ends_on) == (date(2027, 11, 3), date(2027, 11, 4))
    assert after.signup_opens_at == datetime(2027, 8, 2, 9, tzinfo=STOCKHOLM)
    assert after.signup_closes_at == datetime(2027, 10, 19, 17, tzinfo=STOCKHOLM)
    assert after.changes_until == datetime(2027, 10, 24, 12, tzinfo=STOCKHOLM)
    assert after.free_cancel_until == date(2027, 9, 30)
    assert after.day_notes[0].day == date(2027, 11, 4)
    assert after.segments[1].guaranteed_until == datetime(2027, 8, 30, tzinfo=STOCKHOLM)
    assert {item.local_start().date() for item in after.programme} == {date(2027, 11, 3)}
    assert clock_times(after) == clock_times(before.trip) == ["08:00-09:00", "10:00-11:00", "10:00-11:00"]


def test_the_story_moves_with_the_trip(tmp_path: Path) -> None:
    put(tmp_path, story_dot_yaml=STORY)
    story = read_event(tmp_path, starting=date(2027, 11, 3)).story
    assert story is not None
    assert story.bookings[0].at == datetime(2027, 8, 2, 9, 10, tzinfo=STOCKHOLM)
    assert story.then[0].at == datetime(2027, 8, 30, 12, tzinfo=STOCKHOLM)


def test_the_story_moves_with_the_opening_when_that_is_another(tmp_path: Path) -> None:
    put(tmp_path, story_dot_yaml=STORY)
    opens = datetime(2027, 2, 3, 7, 30, tzinfo=UTC)
    event = read_event(tmp_path, opens=opens)
    assert event.story is not None
    assert (event.trip.signup_opens_at, event.trip.starts_on) == (opens, date(2027, 5, 5))
    assert event.story.bookings[0].at == datetime(2027, 2, 3, 7, 40, tzinfo=UTC)


def test_moving_to_the_day_that_is_written_changes_nothing(tmp_path: Path) -> None:
    put(tmp_path, story_dot_yaml=STORY)
    assert read_event(tmp_path, starting=date(2027, 5, 5)) == read_event(tmp_path)


def test_a_leap_day_is_a_day_like_others(tmp_path: Path) -> None:
    put(tmp_path)
    trip = read_event(tmp_path, starting=date(2028, 2, 28)).trip
    assert (trip.starts_on, trip.ends_on) == (date(2028, 2, 28), date(2028, 2, 29))
    put(
        tmp_path,
        changed("2027-05-05, to: 2027-05-06", "2028-02-29, to: 2028-03-01").replace(
            "day: 2027-05-05", "day: 2028-02-29"
        ),
    )
    assert read_event(tmp_path, starting=date(2029, 3, 1)).trip.ends_on == date(2029, 3, 2)


def test_a_time_that_there_is_not_on_the_new_day_is_said(tmp_path: Path) -> None:
    put(tmp_path, changed("    from: 08:00", "    from: 02:30"))
    assert said(tmp_path, date(2027, 3, 28)) == [
        "event.yaml:47:11: there is no 02:30 on 2027-03-28 in Europe/Stockholm: the clocks are put forward over it; perhaps 03:30"
    ]
    assert said(tmp_path, date(2027, 10, 31)) == [
        "event.yaml:47:11: it is 02:30 twice on 2027-10-31 in Europe/Stockholm, since the clocks go back; say which: 02:30+02:00 or 02:30+01:00"
    ]
    assert read_event(tmp_path, starting=date(2027, 10, 30)).trip.starts_on == date(2027, 10, 30)


def test_an_offset_that_told_two_hours_apart_is_forgotten_on_a_day_with_one(tmp_path: Path) -> None:
    october = changed(
        "{from: 2027-05-05, to: 2027-05-06}",
        "{from: 2027-10-31, to: 2027-10-31}",
        "    from: 08:00",
        "    from: 02:30+01:00",
    ).replace("day: 2027-05-05", "day: 2027-10-31")
    put(tmp_path, october)
    assert read_event(tmp_path).trip.programme[0].starts_at == datetime(2027, 10, 31, 1, 30, tzinfo=UTC)
    assert read_event(tmp_path, starting=date(2027, 7, 1)).trip.programme[0].starts_at == datetime(
        2027, 7, 1, 0, 30, tzinfo=UTC
    )


@pytest.mark.parametrize("starting", [date(1, 1, 1), date(1969, 12, 31), date(2200, 1, 1), date.max])
def test_a_first_day_in_another_age_is_refused_before_anything_is_read(starting: date, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not between 1970 and 2199"):
        read_event(put(tmp_path), starting=starting)


def test_the_last_day_there_is_moves_no_moment_out_of_reach(tmp_path: Path) -> None:
    assert read_event(put(tmp_path), starting=date(2199, 12, 30)).trip.ends_on == date(2199, 12, 31)


@pytest.mark.parametrize("key", ["", "Hamn", "a b", "../x", "a--b", "a" * 61])
def test_another_key_must_be_one(key: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not a key"):
        read_event(put(tmp_path), key=key)


def test_another_key_takes_the_place_of_the_written_one(tmp_path: Path) -> None:
    assert read_event(put(tmp_path), key="hamnstad-2028").trip.key == "hamnstad-2028"


def test_an_opening_without_a_zone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="without a time zone"):
        read_event(put(tmp_path), opens=datetime(2027, 2, 1, 9))  # noqa: DTZ001 (what is refused)


def test_a_clock_shows_a_time_once_never_or_twice() -> None:
    def count(*wall: int) -> int:
        return len(moments_of(datetime(*wall), STOCKHOLM))  # noqa: DTZ001 (a time on a wall has no zone)

    assert [count(2027, 3, 28, 1, 59), count(2027, 3, 28, 2, 0), count(2027, 3, 28, 3, 0)] == [1, 0, 1]
    assert [count(2027, 10, 31, 1, 59), count(2027, 10, 31, 2, 0), count(2027, 10, 31, 3, 0)] == [1, 2, 1]
    # Samoa slept through the thirtieth of December 2011.
    assert moments_of(datetime(2011, 12, 30, 12), ZoneInfo("Pacific/Apia")) == ()  # noqa: DTZ001 (as above)


@settings(max_examples=200, deadline=None)
@given(
    moment=st.integers(100_000, 7_258_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    zone=st.sampled_from(ZONES),
)  # fmt: skip
def test_a_moment_that_is_written_is_read_as_itself(moment: datetime, zone: str) -> None:
    written = datetime.fromisoformat(written_moment(moment, zone))
    findings = Findings()
    assert WallClock(zone, Position("x"), findings).moment(written, Position("x")) == moment
    assert findings.errors == []


def test_seconds_and_offsets_are_written_only_where_they_are_needed() -> None:
    assert written_time(datetime(2027, 5, 5, 8, tzinfo=UTC), "Europe/Stockholm") == "10:00"
    assert written_time(datetime(2027, 5, 5, 8, 0, 1, tzinfo=UTC), "Europe/Stockholm") == "10:00:01"
    assert written_time(datetime(2027, 10, 31, 1, 30, tzinfo=UTC), "Europe/Stockholm") == "02:30+01:00"
    assert (
        written_moment(datetime(2027, 10, 31, 0, 30, tzinfo=UTC) + timedelta(0), "Europe/Stockholm")
        == "2027-10-31 02:30+02:00"
    )
