"""Places as windows to draw: how many in a row, and which are lit; the template draws them, words stand beside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

from tripkit.domain.places import Room

WIDTH, HEIGHT = 13, 16
"""Units of one window, its frame and the wall around it."""
_BAR = 5
"""Units more of a row below which a bar is drawn."""
_STEPS = ((120, 1), (600, 5), (1200, 10), (12_000, 100))


@dataclass(frozen=True, slots=True)
class Run:
    """Windows of one kind side by side, in units. ``pattern``: w0 free, w1 taken, w2 on offer."""

    x: int
    y: int
    width: int
    pattern: str


@dataclass(frozen=True, slots=True)
class Windows:
    """A wall of windows.

    ``each``: places one window stands for; the page says so when it is more than one. ``kept``: bars below the windows
    that are guaranteed, one for each row that has any.
    """

    columns: int
    rows: int
    each: int
    runs: tuple[Run, ...]
    kept: tuple[Run, ...] = ()

    @property
    def width(self) -> int:
        """Units across."""
        return WIDTH * self.columns

    @property
    def height(self) -> int:
        """Units down."""
        return (HEIGHT + _BAR) * self.rows if self.kept else HEIGHT * self.rows


def windows_of(room: Room, widest: int, kept: int = 0) -> Windows | None:
    """The windows of a room, in rows as even as they can be and at most ``widest`` long; None when it has no size.

    ``kept``: places that are guaranteed, the first ones. Where a window is several places there is no bar for them.
    """
    size = max(room.size or 0, room.taken)
    if not room.size or not size:
        return None
    each = next((step for most, step in _STEPS if size <= most), 1000)
    count = ceil(size / each)
    rows = ceil(count / widest)
    columns = ceil(count / rows)
    # Half a window is rounded towards free: nobody is told of a full house that has room.
    taken = count if room.taken >= size else room.taken // each
    lit = min(taken, max(0, room.taken - room.offered) // each) if room.offered else taken
    kinds = ["w1"] * lit + ["w2"] * (taken - lit) + ["w0"] * (count - taken)
    bars = tuple(_bars(min(kept, count), columns)) if each == 1 else ()
    pitch = HEIGHT + _BAR if bars else HEIGHT
    return Windows(columns, rows, each, tuple(_runs(kinds, columns, pitch)), bars)


def _runs(kinds: list[str], columns: int, pitch: int) -> Iterator[Run]:
    """One run for each stretch of the same kind in a row."""
    for start in range(0, len(kinds), columns):
        row = kinds[start : start + columns]
        x = 0
        while x < len(row):
            end = next((at for at in range(x, len(row)) if row[at] != row[x]), len(row))
            yield Run(WIDTH * x, pitch * (start // columns), WIDTH * (end - x), row[x])
            x = end


def _bars(kept: int, columns: int) -> Iterator[Run]:
    """One bar for each row that has guaranteed windows, from the middle of its first window's wall to that of its last."""
    for start in range(0, kept, columns):
        row = start // columns
        yield Run(1, (HEIGHT + _BAR) * row + HEIGHT + 1, WIDTH * min(columns, kept - start) - 2, "kept")
