"""The way between the sites, and its drawing: order, forks, and words that never touch."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tripkit.domain.programme import Travel
from tripkit.papers.route import Leg, Stop, route_of
from tripkit.papers.route_drawing import NARROW, WIDE, Drawing, Sheet, draw, text_width, wrapped
from tripkit.papers.route_layout import Box, Placed, lay_out
from tripkit.testing import at, make_item, make_site, make_trip


def located(key: str, latitude: float, longitude: float, **changes: Any) -> Any:
    return make_site(key, latitude=latitude, longitude=longitude, **changes)


def drawing(trip: Any, sheet: Sheet = WIDE, note: str = "tors 10.45") -> Drawing:
    def name(stop: Stop) -> str:
        return str(stop.site.name["sv"])

    return draw(route_of(trip), sheet, name=name, note=lambda _: note)


SITES = (located("a", 57.80, 12.03), located("b", 57.70, 11.96), located("c", 57.79, 12.05), make_site("lost"))


def test_sites_are_numbered_by_their_first_visit_and_the_unvisited_come_last() -> None:
    trip = make_trip(
        sites=SITES,
        programme=(
            make_item("second", at(5, 10), at(5, 11), site="a"),
            make_item("first", at(5, 8), at(5, 9), site="b"),
            make_item("again", at(6, 8), at(6, 9), site="b"),
        ),
    )
    route = route_of(trip)
    assert [(stop.number, stop.site.key) for stop in route.stops] == [(1, "b"), (2, "a"), (3, "c"), (4, "lost")]
    assert [stop.site.key for stop in route.not_on_the_map()] == ["lost"]
    assert [[stop.site.key for stop, _ in route.calls_on(day)] for day in route.days] == [["b", "a"], ["b"]]


def test_visits_at_the_same_time_stand_side_by_side_in_a_leg() -> None:
    trip = make_trip(
        sites=SITES,
        travel=(Travel(from_site="b", to_site="a", minutes=25),),
        programme=(
            make_item("start", at(5, 8), at(5, 9), site="b"),
            make_item("one", at(5, 10), at(5, 12), site="a", choice="am"),
            make_item("other", at(5, 11), at(5, 12), site="c", choice="am"),
            make_item("unknown", at(5, 12), at(5, 13), site="lost"),
            make_item("end", at(5, 14), at(5, 15), site="b"),
            make_item("still", at(5, 15), at(5, 16), site="b"),
            make_item("tomorrow", at(6, 8), at(6, 9), site="c"),
        ),
    )
    assert route_of(trip).legs == (Leg(0, ("b",), ("a", "c"), 25), Leg(0, ("a", "c"), ("b",), 25))


def test_a_day_is_the_day_on_the_clock_there() -> None:
    trip = make_trip(sites=SITES, programme=(make_item("late", at(5, 22, 30), at(5, 23), site="a"),))
    assert [day.day for day in route_of(trip).days] == [6]


def test_a_trip_without_known_places_draws_nothing() -> None:
    assert drawing(make_trip(sites=(make_site("lost"),), programme=())).stops == ()
    assert drawing(make_trip(sites=(), programme=())).lines == ()


def test_the_same_way_is_drawn_once_a_day_and_beside_itself_the_next() -> None:
    trip = make_trip(
        sites=SITES,
        programme=tuple(
            make_item(f"{day}{place}", at(day, 8 + hour), at(day, 9 + hour), site=place)
            for day in (5, 6)
            for hour, place in enumerate("abab")
        ),
    )
    lines = drawing(trip).lines
    assert [line.day for line in lines] == [0, 1]
    assert lines[0].path != lines[1].path


@pytest.mark.parametrize("sheet", [WIDE, NARROW])
def test_north_is_up_and_east_is_right(sheet: Sheet) -> None:
    sites = (located("n", 58.0, 12.0), located("s", 57.0, 12.1), located("e", 57.5, 12.5), located("w", 57.6, 11.5))
    at_key = {stop.key: stop for stop in drawing(make_trip(sites=sites, programme=()), sheet).stops}
    assert at_key["n"].y < at_key["s"].y
    assert at_key["w"].x < at_key["e"].x


places = st.dictionaries(
    st.text("abcdefghijkl", min_size=1, max_size=2),
    st.tuples(st.floats(55, 69), st.floats(11, 24)) | st.sampled_from([(57.7, 11.9), (57.7001, 11.9001)]),
    min_size=1,
    max_size=12,
)


@settings(deadline=None, max_examples=60)
@given(places, st.lists(st.tuples(st.floats(20, 200), st.floats(20, 90)), min_size=12, max_size=12), st.booleans())
def test_no_stop_or_label_ever_touches_another_or_leaves_the_sheet(
    where: dict[str, tuple[float, float]], sizes: list[tuple[float, float]], is_narrow: bool
) -> None:
    width = 360.0 if is_narrow else 960.0
    labels = dict(zip(where, sizes, strict=False))
    placed = lay_out(where, labels, width=width, height=480, neighbours={})
    assert placed.keys() == where.keys()
    for one, other in combinations(placed.values(), 2):
        assert not one.box().overlaps(other.box())
    for stop in placed.values():
        assert stop.box().left >= 0
        assert stop.box().right <= width
        assert stop.box().top >= 0


names = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=80)


@given(names)
def test_a_name_is_at_most_three_lines_none_wider_than_asked(name: str) -> None:
    lines = wrapped(name, 20, 150)
    assert len(lines) <= 3
    assert all(text_width(line, 20) <= 150 for line in lines)


def test_a_long_word_is_cut_and_a_day_stays_with_its_time() -> None:
    assert wrapped("Trygghetscentralen", 20, 110) == ["Trygghets-", "centralen"]
    assert wrapped("ons 9.00, tors\u00a010.45", 20, 110) == ["ons 9.00,", "tors\u00a010.45"]


def test_boxes_that_only_meet_do_not_overlap() -> None:
    assert not Box(0, 0, 10, 10).overlaps(Box(10, 0, 20, 10))
    assert Box(0, 0, 10, 10).overlaps(Box(10, 0, 20, 10), air=1)
    assert Placed(50, 50, (40, 20), "above").label_box() == Box(30, 4, 70, 24)
