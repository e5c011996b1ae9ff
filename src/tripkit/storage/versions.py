"""Table of what a trip was written as, version after version; who comes is in other tables."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tripkit.storage.columns import Row, UtcMoment


class TripVersionRow(Row):
    """A version of a trip, never changed but for ``published_at``.

    ``number``: from 1 for each trip. ``document``: all that is written of it, as JSON (`tripkit.eventfile.document`).
    ``account_id``: who wrote it, as the log keeps it, bound by no key; NULL = nobody who was signed in. ``published_at``:
    when it became what everybody sees; NULL = it has not, or not yet.
    """

    __tablename__ = "trip_version"
    __table_args__ = (UniqueConstraint("trip_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    trip_id: Mapped[int] = mapped_column(ForeignKey("trip.id"))
    number: Mapped[int]
    document: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(UtcMoment)
    account_id: Mapped[int | None]
    published_at: Mapped[datetime | None] = mapped_column(UtcMoment)
