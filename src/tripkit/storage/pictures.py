"""Tables of pictures, with their bytes. What pages say about a picture stands with the thing it shows."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tripkit.storage.columns import Row


class LogoRow(Row):
    """An organisation's logo, a PNG. ``digest``: of its pixels, in hexadecimal, by which its organisation's look names it."""

    __tablename__ = "logo"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), unique=True)
    digest: Mapped[str]
    data: Mapped[bytes] = mapped_column(LargeBinary)


TO_DRAW = text("shown IS NULL AND media_type <> 'image/svg+xml'")
"""Photographs of which nothing is drawn yet."""


class PictureRow(Row):
    """A picture of a trip. ``digest``: SHA-256 of the data in hexadecimal.

    ``data``: as it was written down. ``shown``: what everybody sees of a photograph; NULL = not drawn yet, or a drawing;
    empty = it cannot be drawn, and nobody sees it.
    """

    __tablename__ = "picture"
    __table_args__ = (
        UniqueConstraint("trip_id", "name"),
        Index("ix_picture_to_draw", "id", sqlite_where=TO_DRAW, postgresql_where=TO_DRAW),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    trip_id: Mapped[int] = mapped_column(ForeignKey("trip.id"))
    name: Mapped[str]
    media_type: Mapped[str]
    digest: Mapped[str]
    data: Mapped[bytes] = mapped_column(LargeBinary)
    shown: Mapped[bytes | None] = mapped_column(LargeBinary)
