"""Sign-ups over time: every day adds up, a year fits into a table of a hundred rows, and what is drawn stays in its field."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from tripkit.domain.signup_course import SignupCourse, Span, course_of
from tripkit.web.curve import HEIGHT, WIDTH, curve_of

FIRST = date(2027, 3, 1)


def course(days: int = 3, *, opened: date | None = None, step: int = 1) -> SignupCourse:
    """Two with a place and one who waits, each day."""
    came = [(FIRST + timedelta(days=step * n), 2, 1) for n in range(days)]
    found = course_of(came, opened=opened, until=came[-1][0])
    assert found is not None
    return found


def test_every_day_adds_up_to_all_until_then() -> None:
    found = course_of([(FIRST, 2, 0), (FIRST + timedelta(days=4), 1, 3)], opened=None, until=FIRST)
    assert found is not None
    assert [(one.all_placed, one.all_waiting) for one in found.days] == [(2, 0), (3, 3)]
    assert (found.first, found.last, found.length, found.most) == (FIRST, FIRST + timedelta(days=4), 5, 6)


def test_it_begins_when_sign_up_opened_and_lasts_until_now() -> None:
    opened, until = FIRST - timedelta(days=10), FIRST + timedelta(days=20)
    found = course_of([(FIRST, 1, 0)], opened=opened, until=until)
    assert found is not None
    assert (found.first, found.last) == (opened, until)
    early = course_of([(FIRST, 1, 0)], opened=until, until=until)
    assert early is not None
    assert early.first == FIRST, "somebody who was written down before it opened"


def test_nobody_is_no_course() -> None:
    assert course_of([], opened=FIRST, until=FIRST) is None


@pytest.mark.parametrize(
    ("days", "span", "rows"), [(1, Span.DAY, 1), (100, Span.DAY, 100), (365, Span.WEEK, 53), (1500, Span.MONTH, 50)]
)
def test_a_table_has_at_most_a_hundred_rows_and_loses_nobody(days: int, span: Span, rows: int) -> None:
    found, shown = course(days).rows()
    assert (found, len(shown)) == (span, rows)
    assert (sum(one.placed for one in shown), sum(one.waiting for one in shown)) == (2 * days, days)
    assert (shown[-1].all_placed, shown[-1].all_waiting) == (2 * days, days)


@pytest.mark.parametrize("days", [1, 2, 365])
@pytest.mark.parametrize("size", [1, 5, 10_000])
def test_what_is_drawn_stays_in_its_field(days: int, size: int) -> None:
    drawn = curve_of(course(days), size)
    numbers = [
        (axis, float(at)) for path in (drawn.placed, drawn.waiting) for axis, at in re.findall(r"([HV])([\d.]+)", path)
    ]
    assert all(0 <= at <= (WIDTH if axis == "H" else HEIGHT) for axis, at in numbers)
    assert 0 <= drawn.size_y <= HEIGHT
    assert [tick.x for tick in drawn.ticks] == sorted(tick.x for tick in drawn.ticks)
    assert len(drawn.ticks) <= 5
    assert drawn.ticks[0].on == FIRST
    assert drawn.ticks[-1].on == FIRST + timedelta(days=days - 1)


def test_an_area_is_as_high_as_its_people() -> None:
    drawn = curve_of(course(2), 12)
    assert drawn.placed == f"M0 {HEIGHT}V120H320V96H640V144H0Z"
    assert drawn.waiting == f"M0 {HEIGHT}V108H320V72H640V96H320V120H0Z"
    assert drawn.size_y == 0


def test_where_nobody_waits_there_is_no_second_area() -> None:
    found = course_of([(FIRST, 2, 0)], opened=None, until=FIRST)
    assert found is not None
    drawn = curve_of(found, 4)
    assert (drawn.waiting, [(tick.anchor, tick.x) for tick in drawn.ticks]) == ("", [("middle", WIDTH / 2)])
