"""Sign-ups over time as areas to draw: paths, the line of the size, days below; the template draws them, a table stands beside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from tripkit.domain.signup_course import SignupCourse

WIDTH, HEIGHT = 640, 144
"""Units of the field in which the areas are drawn; days are named below it, the size above its line."""
_MOST_DAYS_NAMED = 5


@dataclass(frozen=True, slots=True)
class Tick:
    """A day that is named. ``anchor``: how its name stands to it. ``is_between``: not the first and not the last."""

    x: float
    on: date
    anchor: str
    is_between: bool


@dataclass(frozen=True, slots=True)
class Curve:
    """``placed``, ``waiting``: outlines of the areas, the second on top of the first; ``size_y``: where the size is."""

    placed: str
    waiting: str
    size_y: float
    ticks: tuple[Tick, ...]
    width: int = WIDTH
    height: int = HEIGHT


def curve_of(course: SignupCourse, size: int) -> Curve:
    """The curve. A day is as wide as its share of the time; who came on it is on it from its beginning."""
    highest = max(size, course.most, 1)

    def x(day: date) -> float:
        return round(WIDTH * (day - course.first).days / course.length, 1)

    def y(people: int) -> float:
        return round(HEIGHT * (1 - people / highest), 1)

    steps = [(x(one.on), one.all_placed, one.all_placed + one.all_waiting) for one in course.days]
    placed = [(at, y(people)) for at, people, _ in steps]
    both = [(at, y(people)) for at, _, people in steps]
    return Curve(
        placed=_outline(placed, [(0.0, float(HEIGHT))]),
        waiting=_outline(both, placed) if any(one.all_waiting for one in course.days) else "",
        size_y=y(size),
        ticks=tuple(_ticks(course)),
    )


def _outline(top: Sequence[tuple[float, float]], bottom: Sequence[tuple[float, float]]) -> str:
    """The outline of an area in steps, along its top and back along its bottom. Both begin at the floor."""
    path = [f"M{top[0][0]:g} {HEIGHT}"]
    path += [f"V{at_y:g}H{end:g}" for (_, at_y), end in zip(top, [*(at for at, _ in top[1:]), WIDTH], strict=True)]
    for at, at_y in reversed(bottom):
        path.append(f"V{at_y:g}H{at:g}")
    return "".join(path) + "Z"


def _ticks(course: SignupCourse) -> Iterator[Tick]:
    last = course.length - 1
    named = sorted({round(last * n / (_MOST_DAYS_NAMED - 1)) for n in range(_MOST_DAYS_NAMED)})
    for number in named:
        middle = round(WIDTH * (number + 0.5) / course.length, 1)
        anchor = "middle" if len(named) == 1 else "start" if number == 0 else "end" if number == last else "middle"
        at = middle if len(named) == 1 else {"start": 0.0, "end": float(WIDTH)}.get(anchor, middle)
        yield Tick(at, course.first + timedelta(days=number), anchor, number not in {0, last})
