"""What one person cannot attend both of: overlap, travel, time zones; and what is meant for whom."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.domain.trips import item, trip
from tripkit.domain.collisions import TravelTimes, attended, collisions, replaced_by
from tripkit.domain.programme import ItemKind, Travel

TIMES = TravelTimes([Travel(from_site="port", to_site="hill", minutes=20)])


def pairs(*items: object) -> list[tuple[str, str, int]]:
    return [(one.earlier.key, one.later.key, one.travel_minutes) for one in collisions(items, TIMES)]  # type: ignore[arg-type]


def test_items_that_meet_do_not_collide() -> None:
    assert pairs(item("a", "09:00", "10:00"), item("b", "10:00", "11:00")) == []


def test_items_that_overlap_by_a_minute_collide() -> None:
    assert pairs(item("b", "09:59", "11:00"), item("a", "09:00", "10:00")) == [("a", "b", 0)]


def test_an_item_within_another_collides() -> None:
    assert pairs(item("a", "09:00", "12:00"), item("b", "10:00", "11:00")) == [("a", "b", 0)]


def test_travel_takes_its_time_either_way() -> None:
    port, hill = item("a", "09:00", "10:00", site="port"), item("b", "10:19", "11:00", site="hill")
    assert pairs(port, hill) == [("a", "b", 20)]
    assert pairs(port, item("b", "10:20", "11:00", site="hill")) == []
    assert pairs(item("a", "09:00", "10:00", site="hill"), item("b", "10:19", "11:00", site="port")) == [("a", "b", 20)]


def test_no_travel_within_a_site_or_to_an_unknown_one() -> None:
    port = item("a", "09:00", "10:00", site="port")
    assert pairs(port, item("b", "10:00", "11:00", site="port"), item("c", "11:00", "12:00", site="mill")) == []


def test_a_transfer_starts_at_its_site_and_ends_where_the_next_item_is() -> None:
    bus = item("b", "10:00", "11:00", site="port", kind=ItemKind.TRANSFER)
    assert pairs(bus, item("c", "11:00", "12:00", site="hill")) == []
    assert pairs(item("a", "09:00", "09:50", site="hill"), bus) == [("a", "b", 20)]
    assert pairs(bus, item("c", "10:59", "12:00", site="hill")) == [("b", "c", 0)]


def test_times_are_compared_as_moments_not_as_clocks() -> None:
    here = item("a", "09:00", "10:00", time_zone="Europe/Stockholm")
    there = item("b", "10:00", "11:00", time_zone="Europe/Helsinki")
    assert pairs(here, there) == []
    assert (here.local_end().hour, there.local_start().hour) == (12, 13)


minutes = st.integers(0, 600)


@given(st.lists(st.tuples(minutes, st.integers(1, 120), st.sampled_from(["port", "hill", None])), max_size=6))
def test_every_pair_is_judged_as_by_hand(programme: list[tuple[int, int, str | None]]) -> None:
    first = item("x", "06:00", "07:00").starts_at
    items = []
    for number, (start, length, site) in enumerate(programme):
        starts_at = first + timedelta(minutes=start)
        ends_at = starts_at + timedelta(minutes=length)
        base = item(f"i{number}", "06:00", "07:00", site=site)
        items.append(
            type(base)(**{**{f: getattr(base, f) for f in base.__slots__}, "starts_at": starts_at, "ends_at": ends_at})
        )
    found = {frozenset((one.earlier.key, one.later.key)) for one in collisions(items, TIMES)}
    for one in items:
        for other in items:
            if one.key < other.key:
                gap = timedelta(minutes=TIMES.minutes(one.site, other.site))
                apart = one.ends_at + gap <= other.starts_at or other.ends_at + gap <= one.starts_at
                assert (frozenset((one.key, other.key)) in found) == (not apart)


def test_one_attends_what_is_for_all_and_what_one_chose() -> None:
    programme = [
        item("chosen", "10:00", "11:00", choice="am"),
        item("for all", "09:00", "10:00"),
        item("not chosen", "10:00", "11:00", choice="am"),
        item("for police", "11:00", "12:00", segments=("police",)),
    ]
    assert [one.key for one in attended(programme, "city", ["chosen"])] == ["for all", "chosen"]
    assert [one.key for one in attended(programme, "police", [])] == ["for all", "for police"]


def test_a_visit_replaces_the_one_of_its_choice_and_what_it_collides_with() -> None:
    value = trip(
        programme=(
            item("port", "09:00", "10:00", choice="am"),
            item("mill", "09:00", "11:30", choice="am"),
            item("hill", "11:00", "12:00", choice="pm"),
            item("late", "13:00", "14:00", choice="pm"),
        )
    )
    assert replaced_by(value, ["port", "hill"], "mill") == ("port", "hill")
    assert replaced_by(value, ["port", "late"], "mill") == ("port",)
    assert replaced_by(value, ["mill"], "mill") == ()
