"""Where the stops of a route stand on a sheet so that no label touches another; geometry only, no SVG, no words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import cos, radians

MARKER = (34.0, 44.0)
"""Width and height of a stop's window."""
_GAP = 8.0
_AIR = 12.0
"""Between a stop with its label and the next."""
_EDGE = 14.0
Point = tuple[float, float]
SIDES = ("right", "left", "below", "above")


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle by its edges; y grows downwards."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Box, air: float = 0) -> bool:
        """Whether less than ``air`` is between them."""
        return (
            self.left < other.right + air
            and other.left < self.right + air
            and self.top < other.bottom + air
            and other.top < self.bottom + air
        )


@dataclass(frozen=True, slots=True)
class Placed:
    """A stop on the sheet. ``x``, ``y``: the middle of its marker. ``label``: width and height of its words."""

    x: float
    y: float
    label: tuple[float, float]
    side: str = "right"

    def marker_box(self) -> Box:
        """Where its window is."""
        return Box(self.x - MARKER[0] / 2, self.y - MARKER[1] / 2, self.x + MARKER[0] / 2, self.y + MARKER[1] / 2)

    def label_box(self) -> Box:
        """Where its words are."""
        (width, height), x, y = self.label, self.x, self.y
        beside, under = MARKER[0] / 2 + _GAP, MARKER[1] / 2 + _GAP / 2
        match self.side:
            case "right":
                return Box(x + beside, y - height / 2, x + beside + width, y + height / 2)
            case "left":
                return Box(x - beside - width, y - height / 2, x - beside, y + height / 2)
            case "below":
                return Box(x - width / 2, y + under, x + width / 2, y + under + height)
            case _:
                return Box(x - width / 2, y - under - height, x + width / 2, y - under)

    def box(self) -> Box:
        """Both together."""
        one, other = self.marker_box(), self.label_box()
        return Box(
            min(one.left, other.left),
            min(one.top, other.top),
            max(one.right, other.right),
            max(one.bottom, other.bottom),
        )


def lay_out(
    places: Mapping[str, tuple[float, float]],
    labels: Mapping[str, tuple[float, float]],
    *,
    width: float,
    height: float,
    neighbours: Mapping[str, Sequence[str]],
) -> dict[str, Placed]:
    """Stops by key, on a sheet that may have to be higher.

    ``places``: latitude and longitude; north is up, east is right, but distances give way to legibility: half of a
    stop's position is where it is, half its rank among the others, as on a map of an underground. ``height``: to begin
    with; the sheet grows when the labels need it. ``neighbours``: stops a line leads to, which a label keeps clear of.
    """
    stops = {
        key: Placed(x, y, labels[key], "right" if x < width * 0.6 else "left")
        for key, (x, y) in _spread(places, width, height).items()
    }
    for _ in range(6):
        stops = {key: _best_side(key, stops, neighbours, width) for key in stops}
        if not _push_apart(stops, width):
            break
    _stack(stops, width)
    top = min((stop.box().top for stop in stops.values()), default=0.0)
    return {key: replace(stop, y=stop.y - top + _EDGE) for key, stop in stops.items()}


def _spread(places: Mapping[str, tuple[float, float]], width: float, height: float) -> dict[str, tuple[float, float]]:
    if not places:
        return {}
    middle = radians(sum(latitude for latitude, _ in places.values()) / len(places))
    across = _half_ranked({key: longitude * cos(middle) for key, (_, longitude) in places.items()})
    down = _half_ranked({key: -latitude for key, (latitude, _) in places.items()})
    left, top = MARKER[0] / 2 + _EDGE, MARKER[1] / 2 + _EDGE
    return {key: (left + across[key] * (width - 2 * left), top + down[key] * (height - 2 * top)) for key in places}


def _half_ranked(values: Mapping[str, float]) -> dict[str, float]:
    """From 0 to 1; half by value, half by rank. All the same: in the middle."""
    low, high = min(values.values()), max(values.values())
    if high == low:
        return dict.fromkeys(values, 0.5)
    ranks = {value: place for place, value in enumerate(sorted(set(values.values())))}
    last = len(ranks) - 1
    return {key: 0.5 * (value - low) / (high - low) + 0.5 * ranks[value] / last for key, value in values.items()}


def free_sides(key: str, stops: Mapping[str, Placed], width: float) -> list[str]:
    """On which sides a stop's words touch no other stop, and stay on the sheet."""
    others = [other.box() for name, other in stops.items() if name != key]
    tried = {side: replace(stops[key], side=side).box() for side in SIDES}
    return [
        side
        for side, box in tried.items()
        if box.left >= 0 and box.right <= width and box.top >= 0 and not any(box.overlaps(one, 2.0) for one in others)
    ]


def _best_side(key: str, stops: Mapping[str, Placed], neighbours: Mapping[str, Sequence[str]], width: float) -> Placed:
    def cost(side: str) -> float:
        tried = replace(stops[key], side=side)
        box, words = tried.box(), tried.label_box()
        others = [other.box() for name, other in stops.items() if name != key]
        bad = 40.0 * sum(box.overlaps(other, _AIR) for other in others)
        bad += max(0.0, -box.left) + max(0.0, box.right - width)
        for name in neighbours.get(key, ()):
            bad += 12.0 * _crosses((tried.x, tried.y), (stops[name].x, stops[name].y), words)
        return bad + {"right": 0.0, "left": 1.0, "below": 4.0, "above": 6.0}[side]

    return replace(stops[key], side=min(SIDES, key=cost))


def _crosses(start: tuple[float, float], end: tuple[float, float], box: Box) -> bool:
    """Whether a straight line passes a box, near enough for choosing a side."""
    for step in range(1, 16):
        x = start[0] + (end[0] - start[0]) * step / 16
        y = start[1] + (end[1] - start[1]) * step / 16
        if box.left < x < box.right and box.top < y < box.bottom:
            return True
    return False


def _push_apart(stops: dict[str, Placed], width: float) -> bool:
    """Move what overlaps, a little from each side, the shorter way; whether anything had to move."""
    moved = False
    for key in stops:
        _keep_inside(stops, key, width)
    boxes = {key: stop.box() for key, stop in stops.items()}
    for _ in range(30):
        again = False
        for one, other in combinations(sorted(stops), 2):
            if boxes[one].overlaps(boxes[other], _AIR):
                _part(stops, one, other, width)
                boxes[one], boxes[other] = stops[one].box(), stops[other].box()
                again = moved = True
        if not again:
            break
    return moved


def _part(stops: dict[str, Placed], one: str, other: str, width: float) -> None:
    a, b = stops[one].box(), stops[other].box()
    along = min(a.right, b.right) - max(a.left, b.left) + _AIR
    down = min(a.bottom, b.bottom) - max(a.top, b.top) + _AIR
    roomy = a.right - a.left + b.right - b.left + _AIR < width
    if roomy and along < down:
        way = along / 2 + 0.5 if stops[one].x > stops[other].x else -along / 2 - 0.5
        stops[one] = replace(stops[one], x=stops[one].x + way)
        stops[other] = replace(stops[other], x=stops[other].x - way)
    else:
        way = down / 2 + 0.5 if stops[one].y > stops[other].y else -down / 2 - 0.5
        stops[one] = replace(stops[one], y=stops[one].y + way)
        stops[other] = replace(stops[other], y=stops[other].y - way)
    for key in (one, other):
        _keep_inside(stops, key, width)


def _keep_inside(stops: dict[str, Placed], key: str, width: float) -> None:
    box = stops[key].box()
    shift = max(0.0, _EDGE - box.left) or min(0.0, width - _EDGE - box.right)
    if shift:
        stops[key] = replace(stops[key], x=stops[key].x + shift)


def _stack(stops: dict[str, Placed], width: float) -> None:
    """What still overlaps goes below: the sheet has no end downwards, so this always succeeds."""
    done: list[Box] = []
    for key in sorted(stops, key=lambda key: (stops[key].y, stops[key].x, key)):
        _keep_inside(stops, key, width)
        while clash := next((box for box in done if stops[key].box().overlaps(box, _AIR - 1)), None):
            stops[key] = replace(stops[key], y=stops[key].y + clash.bottom + _AIR - stops[key].box().top)
        done.append(stops[key].box())
