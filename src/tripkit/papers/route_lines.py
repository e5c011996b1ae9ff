"""The lines between the stops of a drawn route: straight and diagonal, forked where the party parts; no SVG."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import hypot

from tripkit.papers.route import Leg
from tripkit.papers.route_layout import SIDES, Box, Placed, Point, free_sides

_CLEARANCE = 5.0
_BESIDE = 9.0
"""Between the lines of two days that take the same way."""
_ALONG = (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8)
"""Where between a stop and the group it leads to a fork may be, the first that is as good as any."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line. ``day``: its place among the days of the route."""

    day: int
    points: tuple[Point, ...]


def draw_lines(legs: Iterable[Leg], placed: Mapping[str, Placed]) -> tuple[tuple[Line, ...], tuple[Point, ...]]:
    """The lines and the forks. A way is drawn once a day, and the next day's line runs beside it."""
    boxes = [stop.box() for stop in placed.values()]
    days: dict[frozenset[Point], list[int]] = defaultdict(list)
    lines: list[Line] = []
    forks: list[Point] = []
    for leg in legs:
        starts, ends = ([(placed[key].x, placed[key].y) for key in keys] for keys in (leg.from_sites, leg.to_sites))
        pairs = [(start, end) for start in starts for end in ends if start != end]
        if len(pairs) > 1 and len({*starts, *ends}) > 2:
            fork = _fork(starts, ends, boxes)
            if fork is not None:
                forks.append(fork)
                # A stop on both sides stays where it is, and the line passes it by.
                pairs = [(start, fork) for start in starts] + [(fork, end) for end in ends if end not in starts]
        for start, end in pairs:
            drawn = days[frozenset((start, end))]
            if leg.day not in drawn:
                lines.append(Line(leg.day, tuple(_beside(_bent(start, end, placed), len(drawn)))))
                drawn.append(leg.day)
    return tuple(lines), tuple(dict.fromkeys(forks))


def keep_clear(placed: Mapping[str, Placed], lines: Sequence[Sequence[Point]], width: float) -> dict[str, Placed]:
    """The same stops, their words on the side where the fewest lines pass; none may touch another for it."""
    stops = dict(placed)
    for key, stop in placed.items():
        sides = free_sides(key, stops, width)
        stops[key] = min(
            (replace(stop, side=side) for side in SIDES if side in sides or side == stop.side),
            key=lambda tried: (sum(_hits(line, [tried.label_box()]) for line in lines), SIDES.index(tried.side)),
        )
    return stops


def _fork(starts: Sequence[Point], ends: Sequence[Point], boxes: Sequence[Box]) -> Point | None:
    """A free spot between the two groups, None when every one is taken."""
    (x1, y1), (x2, y2) = _middle(starts), _middle(ends)
    for part in _ALONG:
        x, y = round(x1 + (x2 - x1) * part, 1), round(y1 + (y2 - y1) * part, 1)
        around = Box(x - 10, y - 10, x + 10, y + 10)
        if not any(around.overlaps(box) for box in boxes):
            return x, y
    return None


def _middle(points: Sequence[Point]) -> Point:
    return sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points)


def _bent(start: Point, end: Point, placed: Mapping[str, Placed]) -> list[Point]:
    """Straight and diagonal pieces, bent where they pass the fewest windows and words; right angles only in need."""
    (x1, y1), (x2, y2) = start, end
    across, down = x2 - x1, y2 - y1
    step = min(abs(across), abs(down))
    dx, dy = (step if across > 0 else -step), (step if down > 0 else -step)
    half_x, half_y = (across - dx) / 2, (down - dy) / 2
    ways = [
        [start, (x2 - dx, y2 - dy), end],
        [start, (x1 + dx, y1 + dy), end],
        [start, (x1 + half_x, y1 + half_y), (x2 - half_x, y2 - half_y), end],
        [start, (x1 + dx / 2, y1 + dy / 2), (x2 - dx / 2, y2 - dy / 2), end],
        [start, end],
        [start, (x1, y2), end],
        [start, (x2, y1), end],
    ]
    boxes = [
        box
        for stop in placed.values()
        for box in (stop.label_box(), *(() if (stop.x, stop.y) in {start, end} else (stop.marker_box(),)))
    ]
    return min(ways, key=lambda way: (_hits(way, boxes), ways.index(way)))


def _hits(way: Sequence[Point], boxes: Iterable[Box]) -> int:
    return sum(any(_passes(one, other, box) for one, other in pairwise(way)) for box in boxes)


def _passes(start: Point, end: Point, box: Box) -> bool:
    (x1, y1), (x2, y2) = start, end
    steps = max(1, int(hypot(x2 - x1, y2 - y1) // 6))
    for step in range(steps + 1):
        x, y = x1 + (x2 - x1) * step / steps, y1 + (y2 - y1) * step / steps
        if box.left - _CLEARANCE < x < box.right + _CLEARANCE and box.top < y < box.bottom:
            return True
    return False


def _beside(points: list[Point], times: int) -> list[Point]:
    """Moved to the side, when the same way was drawn so many times before."""
    if not times:
        return points
    (x1, y1), (x2, y2) = points[0], points[-1]
    length = hypot(x2 - x1, y2 - y1) or 1.0
    way = _BESIDE * ((times + 1) // 2) * (1 if times % 2 else -1)
    if (x1, y1) > (x2, y2):
        way = -way
    return [(x - (y2 - y1) / length * way, y + (x2 - x1) / length * way) for x, y in points]
