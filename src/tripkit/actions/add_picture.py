"""Adding a picture to a trip, drawn anew; it is shown when something that is published names it."""

from __future__ import annotations

import hashlib

from sqlalchemy import select

from tripkit.actions.recording import audit
from tripkit.domain.bookings import Moment
from tripkit.pictures import LONGEST_SHOWN, draw_anew
from tripkit.reads.trip_plan import AnySession
from tripkit.storage import write
from tripkit.storage.pictures import PictureRow

_ENDS = {"image/png": "png", "image/jpeg": "jpg"}


def add_picture(session: AnySession, *, trip_id: int, data: bytes, moment: Moment) -> str:
    """Keep a picture; its name, which is the same for the same picture. Raises: PictureRefused."""
    drawn = draw_anew(data, longest=LONGEST_SHOWN)
    name = f"{drawn.digest[:16]}.{_ENDS[drawn.media_type]}"
    with write(session):
        there = select(PictureRow.id).where(PictureRow.trip_id == trip_id, PictureRow.name == name)
        if session.scalar(there) is None:
            session.add(
                PictureRow(
                    trip_id=trip_id,
                    name=name,
                    media_type=drawn.media_type,
                    digest=hashlib.sha256(drawn.data).hexdigest(),
                    data=drawn.data,
                    shown=drawn.data,
                )
            )
            audit(session, "add_picture", moment=moment, trip_id=trip_id)
    return name
