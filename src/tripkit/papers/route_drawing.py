"""A route as lines, stops and words on a sheet: numbers and texts that a template makes an SVG of; no markup."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tripkit.papers.route import Route, Stop
from tripkit.papers.route_layout import Placed, Point, lay_out
from tripkit.papers.route_lines import draw_lines, keep_clear


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """How large the sheet and its letters are, in its own units. ``line``: characters are wrapped at this width."""

    width: float
    height: float
    name_size: float
    note_size: float
    line: float


WIDE = Sheet(width=960, height=420, name_size=20, note_size=16, line=200)
NARROW = Sheet(width=360, height=560, name_size=17, note_size=14, line=146)


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A line of a label. ``y``: its baseline."""

    text: str
    y: float
    is_note: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnStop:
    """A stop: its window from (``x``, ``y``), its number, and its label from ``label_x`` towards ``anchor``."""

    number: int
    key: str
    x: float
    y: float
    label_x: float
    anchor: str
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnLine:
    """A line between stops. ``day``: its place among the days; ``path``: SVG path data."""

    day: int
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A finished sheet. ``forks``: where the party parts for visits at the same time, and meets again."""

    width: float
    height: float
    sheet: Sheet
    lines: tuple[DrawnLine, ...]
    forks: tuple[Point, ...]
    stops: tuple[DrawnStop, ...]


def draw(route: Route, sheet: Sheet, *, name: Callable[[Stop], str], note: Callable[[Stop], str]) -> Drawing:
    """Draw a route. ``name``, ``note``: the words beside a stop, in the reader's language."""
    stops = {stop.site.key: stop for stop in route.on_the_map()}
    words = {key: _words(stop, sheet, name, note) for key, stop in stops.items()}
    placed = lay_out(
        {key: (stop.site.latitude or 0.0, stop.site.longitude or 0.0) for key, stop in stops.items()},
        {key: _size(lines, sheet) for key, lines in words.items()},
        width=sheet.width,
        height=sheet.height,
        neighbours=_neighbours(route),
    )
    for _ in range(3):
        lines, forks = draw_lines(route.legs, placed)
        placed = keep_clear(placed, [line.points for line in lines], sheet.width)
    return Drawing(
        width=sheet.width,
        height=round(max(stop.box().bottom for stop in placed.values()) + 14) if placed else 0,
        sheet=sheet,
        lines=tuple(DrawnLine(day=line.day, path=_path(line.points)) for line in lines),
        forks=forks,
        stops=tuple(_drawn(stops[key], placed[key], words[key], sheet) for key in stops),
    )


def text_width(text: str, size: float) -> float:
    """How wide a text is at most, in the faces of the look or wider ones: a reader may have neither."""
    narrow, wide = "iljtfI.,:;'|!()[]\u00a0 ", "mwMW@%&—"
    units = sum(
        0.32 if letter in narrow else 0.88 if letter in wide else 0.68 if letter.isupper() else 0.56 for letter in text
    )
    return units * size


def wrapped(text: str, size: float, width: float) -> list[str]:
    """At most three lines, none wider than this; a longer word is cut with a hyphen, what does not fit with an ellipsis."""
    lines: list[str] = []
    for whole in text.replace("\n", " ").split(" "):
        word = whole
        if lines and text_width(f"{lines[-1]} {word}", size) <= width:
            lines[-1] += f" {word}"
            continue
        while text_width(word, size) > width:
            fits = next(n for n in range(len(word) - 1, 0, -1) if n == 1 or text_width(word[:n] + "-", size) <= width)
            lines.append(word[:fits] + "-")
            word = word[fits:]
        lines.append(word)
    return lines if len(lines) <= 3 else [*lines[:2], lines[2].rstrip("-")[:-1] + "…"]


def _words(
    stop: Stop, sheet: Sheet, name: Callable[[Stop], str], note: Callable[[Stop], str]
) -> list[tuple[str, bool]]:
    lines = [(line, False) for line in wrapped(name(stop), sheet.name_size, sheet.line)]
    return lines + [(line, True) for line in wrapped(note(stop), sheet.note_size, sheet.line)]


def _size(words: Sequence[tuple[str, bool]], sheet: Sheet) -> tuple[float, float]:
    wide = max((text_width(text, _letters(sheet, is_note)) for text, is_note in words), default=0.0)
    return wide, sum(_line_height(sheet, is_note) for _, is_note in words)


def _letters(sheet: Sheet, is_note: bool) -> float:
    return sheet.note_size if is_note else sheet.name_size


def _line_height(sheet: Sheet, is_note: bool) -> float:
    return _letters(sheet, is_note) * 1.24


def _neighbours(route: Route) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for leg in route.legs:
        for one in leg.from_sites:
            for other in leg.to_sites:
                found[one].append(other)
                found[other].append(one)
    return found


def _drawn(stop: Stop, placed: Placed, words: Sequence[tuple[str, bool]], sheet: Sheet) -> DrawnStop:
    box = placed.label_box()
    anchor, label_x = {"right": ("start", box.left), "left": ("end", box.right)}.get(placed.side, ("middle", placed.x))
    y, lines = box.top, []
    for text, is_note in words:
        y += _line_height(sheet, is_note)
        lines.append(Word(text=text, y=round(y - 0.3 * _letters(sheet, is_note), 1), is_note=is_note))
    return DrawnStop(
        number=stop.number,
        key=stop.site.key,
        x=round(placed.x, 1),
        y=round(placed.y, 1),
        label_x=round(label_x, 1),
        anchor=anchor,
        words=tuple(lines),
    )


def _path(points: Sequence[Point]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
