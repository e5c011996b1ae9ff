"""Drawing anew the photographs that an earlier version wrote down as they came; scheduled work."""

from __future__ import annotations

from sqlalchemy import select, update

from tripkit.domain.bookings import Moment
from tripkit.domain.refusals import PictureRefused
from tripkit.pictures import draw_shown
from tripkit.reads.trip_plan import AnySession
from tripkit.storage import write
from tripkit.storage.pictures import TO_DRAW, PictureRow

AT_ONCE = 100
"""Pictures in one go; each takes some tenths of a second, and no lock while it does."""


def draw_pictures(session: AnySession, *, moment: Moment) -> int:  # noqa: ARG001 (every job is told when it is)
    """Keep what everybody is shown of them; how many. One that cannot be drawn is shown to nobody."""
    wanted = select(PictureRow.id).where(TO_DRAW)
    ids = session.scalars(wanted.order_by(PictureRow.id).limit(AT_ONCE)).all()
    session.rollback()
    for one in ids:
        row = session.execute(select(PictureRow.digest, PictureRow.data).where(PictureRow.id == one)).one_or_none()
        session.rollback()
        if row is None:
            continue  # The trip has other pictures meanwhile.
        try:
            shown = draw_shown(row.data)
        except PictureRefused:
            shown = b""
        with write(session):
            same = (PictureRow.id == one, PictureRow.digest == row.digest)
            session.execute(update(PictureRow).where(*same).values(shown=shown))
    return len(ids)
