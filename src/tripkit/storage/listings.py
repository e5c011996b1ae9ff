"""Tables of lists of participants that organisers keep by a name; nobody who is in one stands in it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tripkit.domain.listings import Listing
from tripkit.storage.columns import AsJson, Row, UtcMoment


class ListingRow(Row):
    """A list that is kept. ``listing``: without words that were searched for, which may be somebody's name."""

    __tablename__ = "listing"
    __table_args__ = (UniqueConstraint("trip_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    trip_id: Mapped[int] = mapped_column(ForeignKey("trip.id"))
    name: Mapped[str]
    listing: Mapped[Listing] = mapped_column(AsJson(Listing))
    made_at: Mapped[datetime] = mapped_column(UtcMoment)
