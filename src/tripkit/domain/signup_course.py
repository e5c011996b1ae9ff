"""Sign-ups over time: how many of those who have a place now, or wait, had signed up by each day; nothing is drawn or counted here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

MOST_ROWS = 100
"""Rows of a table of the same figures: days, else weeks, else months."""


class Span(Enum):
    """How long one row of the table is."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """People who signed up on a day (or in a week or month, whose first day it is), and all until its end."""

    on: date
    placed: int
    waiting: int
    all_placed: int
    all_waiting: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SignupCourse:
    """Sign-ups from the first to the last day, both included. ``days``: those on which somebody came; never empty."""

    first: date
    last: date
    days: tuple[Came, ...]

    @property
    def length(self) -> int:
        """Days from the first to the last."""
        return (self.last - self.first).days + 1

    @property
    def most(self) -> int:
        """People on the last day."""
        return self.days[-1].all_placed + self.days[-1].all_waiting

    def rows(self) -> tuple[Span, tuple[Came, ...]]:
        """The same figures in at most a hundred rows, as far as months go."""
        for span in Span:
            rows = _in_spans(self.days, span)
            if len(rows) <= MOST_ROWS:
                break
        return span, rows


def course_of(came: Iterable[tuple[date, int, int]], *, opened: date | None, until: date) -> SignupCourse | None:
    """The course, None while nobody has come.

    ``came``: (day, placed, waiting) in order of days. ``opened``: when sign-up did; ``until``: the last day to show, at
    least.
    """
    days: list[Came] = []
    placed = waiting = 0
    for on, more_placed, more_waiting in came:
        placed, waiting = placed + more_placed, waiting + more_waiting
        days.append(Came(on=on, placed=more_placed, waiting=more_waiting, all_placed=placed, all_waiting=waiting))
    if not days:
        return None
    first = days[0].on if opened is None else min(opened, days[0].on)
    return SignupCourse(first=first, last=max(until, days[-1].on), days=tuple(days))


def _in_spans(days: Sequence[Came], span: Span) -> tuple[Came, ...]:
    rows: list[Came] = []
    for one in days:
        start = _start_of(one.on, span)
        before = rows[-1] if rows and rows[-1].on == start else None
        row = Came(
            on=start,
            placed=one.placed + (before.placed if before else 0),
            waiting=one.waiting + (before.waiting if before else 0),
            all_placed=one.all_placed,
            all_waiting=one.all_waiting,
        )
        rows[-1 if before else len(rows) :] = [row]
    return tuple(rows)


def _start_of(day: date, span: Span) -> date:
    if span is Span.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if span is Span.MONTH else day
