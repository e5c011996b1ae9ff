"""How a trip's draw stands: what was promised, who is in it in figures, and the lots as they were drawn; nobody's name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from tripkit.domain.bookings import ParticipantStatus
from tripkit.reads.trip_plan import AnySession
from tripkit.storage.bookings import ParticipantRow
from tripkit.storage.lottery import LotRow, LotteryRow

PAGE = 100
"""Lots on one page."""
AT_ONCE = 1000
"""Lots in memory while all of them are read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnLot:
    """A lot as it was drawn. ``place``: in the order, from 1; ``segments``: the group of each of its people."""

    place: int
    number: str
    segments: tuple[str, ...]
    got_place: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LotteryPage:
    """A trip's draw. ``entered``: people in it now, by group; ``seed``: None = not drawn yet; ``lots``: a page of them.

    ``rooms``: the pools it was drawn with, ``[kind, key, size, taken]`` of each.
    """

    promise: str
    made_at: datetime
    drawn_at: datetime | None
    seed: str | None
    rooms: tuple[Any, ...]
    entered: Mapping[str, int]
    lots: tuple[DrawnLot, ...]
    count: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages the list of lots has."""
        return max(1, -(-self.count // PAGE))

    @property
    def people(self) -> int:
        """How many are in it now."""
        return sum(self.entered.values())


def lottery_page(session: AnySession, *, trip_id: int, page: int = 1) -> LotteryPage | None:
    """How it stands, None when the trip has no draw; four queries at most, however many are in it."""
    row = session.scalar(select(LotteryRow).where(LotteryRow.trip_id == trip_id))
    if row is None:
        return None
    entered = (
        select(ParticipantRow.segment, func.count().label("people"))
        .where(ParticipantRow.trip_id == trip_id, ParticipantRow.status == ParticipantStatus.APPLIED)
        .group_by(ParticipantRow.segment)
    )
    here = LotRow.trip_id == trip_id
    first = (page - 1) * PAGE
    lots = select(LotRow).where(here, LotRow.place > first, LotRow.place <= first + PAGE).order_by(LotRow.place)
    return LotteryPage(
        promise=row.promise,
        made_at=row.made_at,
        drawn_at=row.drawn_at,
        seed=row.seed,
        rooms=tuple(row.rooms),
        entered={one.segment: one.people for one in session.execute(entered)},
        lots=tuple(map(_lot, session.scalars(lots))),
        count=session.scalar(select(func.count()).select_from(LotRow).where(here)) or 0,
        page=page,
    )


def lots_in_turn(session: AnySession, *, trip_id: int) -> Iterator[DrawnLot]:
    """All lots in the order they were drawn in, read some at a time."""
    after, more = 0, True
    while more:
        some = select(LotRow).where(LotRow.trip_id == trip_id, LotRow.place > after).order_by(LotRow.place)
        found = [_lot(row) for row in session.scalars(some.limit(AT_ONCE))]
        session.expunge_all()  # Else every one of them is kept until the end.
        yield from found
        more = len(found) == AT_ONCE
        after = found[-1].place if found else after


def _lot(row: LotRow) -> DrawnLot:
    return DrawnLot(place=row.place, number=row.number, segments=row.segments, got_place=row.got_place)
