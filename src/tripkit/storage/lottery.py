"""Tables of draws: the seed, sealed until it is used, and the lots as they were drawn; who has which lot is not kept."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tripkit.storage.columns import AsJson, Row, UtcMoment


class LotteryRow(Row):
    """A trip's draw. ``promise``: the SHA-256 of the seed; ``sealed``: the seed, ``seed``: the same, once it was drawn with.

    ``rooms``: the pools as they were drawn with, ``[kind, key, size, taken]`` of each, so that anybody can do it again.
    """

    __tablename__ = "lottery"
    __table_args__ = (UniqueConstraint("trip_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    trip_id: Mapped[int] = mapped_column(ForeignKey("trip.id"))
    promise: Mapped[str]
    sealed: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(UtcMoment)
    drawn_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    seed: Mapped[str | None]
    rooms: Mapped[list[Any]] = mapped_column(JSON)


class LotRow(Row):
    """A lot as it was drawn. ``place``: in the order, from 1; ``segments``: of its people; ``got_place``: or it waits.

    ``number`` is the SHA-256 of the booking's code: who has the code finds the lot, and nobody else.
    """

    __tablename__ = "lot"
    __table_args__ = (UniqueConstraint("trip_id", "place"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    trip_id: Mapped[int] = mapped_column(ForeignKey("trip.id"))
    place: Mapped[int]
    number: Mapped[str]
    segments: Mapped[tuple[str, ...]] = mapped_column(AsJson(tuple[str, ...]))
    got_place: Mapped[bool]
