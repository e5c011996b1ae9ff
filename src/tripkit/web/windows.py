"""Places as windows to draw: how many in a row, and which are lit; the template draws them, words stand beside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

from tripkit.domain.places import Room

WIDTH, HEIGHT = 13, 16
"""Units of one window, its frame and the wall around it."""
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
    """A wall of windows. ``each``: places one window stands for; the page says so when it is more than one."""

    columns: int
    rows: int
    each: int
    runs: tuple[Run, ...]

    @property
    def width(self) -> int:
        """Units across."""
        return WIDTH * self.columns

    @property
    def height(self) -> int:
        """Units down."""
        return HEIGHT * self.rows


def windows_of(room: Room, widest: int) -> Windows | None:
    """The windows of a room, in rows as even as they can be and at most ``widest`` long; None when it has no size."""
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
    return Windows(columns, rows, each, tuple(_runs(kinds, columns)))


def _runs(kinds: list[str], columns: int) -> Iterator[Run]:
    """One run for each stretch of the same kind in a row."""
    for start in range(0, len(kinds), columns):
        row = kinds[start : start + columns]
        x = 0
        while x < len(row):
            end = next((at for at in range(x, len(row)) if row[at] != row[x]), len(row))
            yield Run(WIDTH * x, HEIGHT * (start // columns), WIDTH * (end - x), row[x])
            x = end
