"""Keeping what a trip was written as, within the transaction that writes it; what is in it was checked before."""

from __future__ import annotations

from sqlalchemy import delete, select

from tripkit.domain.bookings import Moment
from tripkit.eventfile.as_written import Written
from tripkit.eventfile.document import from_json, to_json
from tripkit.reads.trip_plan import AnySession
from tripkit.storage.versions import TripVersionRow

KEPT = 100
"""Versions of one trip; of more than that, the oldest go, but never the one everybody sees."""


def keep_version(session: AnySession, trip_id: int, document: Written, moment: Moment, *, published: bool) -> int:
    """Keep one more version; its number. ``published``: whether it is what everybody sees from now on."""
    newest = session.scalar(
        select(TripVersionRow.number)
        .where(TripVersionRow.trip_id == trip_id)
        .order_by(TripVersionRow.number.desc())
        .limit(1)
    )
    number = (newest or 0) + 1
    session.add(
        TripVersionRow(
            trip_id=trip_id,
            number=number,
            document=to_json(document),
            made_at=moment.at,
            account_id=moment.account_id,
            published_at=moment.at if published else None,
        )
    )
    session.flush()
    if number > KEPT:
        _forget_old(session, trip_id, number - KEPT)
    return number


def _forget_old(session: AnySession, trip_id: int, up_to: int) -> None:
    shown = session.scalar(
        select(TripVersionRow.number)
        .where(TripVersionRow.trip_id == trip_id, TripVersionRow.published_at.is_not(None))
        .order_by(TripVersionRow.number.desc())
        .limit(1)
    )
    old = delete(TripVersionRow).where(
        TripVersionRow.trip_id == trip_id, TripVersionRow.number <= up_to, TripVersionRow.number != (shown or 0)
    )
    session.execute(old, execution_options={"synchronize_session": False})


def kept_version(session: AnySession, trip_id: int, number: int) -> Written | None:
    """What a version says, None when it is not kept any more."""
    found = session.scalar(
        select(TripVersionRow.document).where(TripVersionRow.trip_id == trip_id, TripVersionRow.number == number)
    )
    return None if found is None else from_json(found)


def has_edits(session: AnySession, trip_id: int) -> bool:
    """Whether there are edits nobody sees yet."""
    newest = session.execute(
        select(TripVersionRow.published_at)
        .where(TripVersionRow.trip_id == trip_id)
        .order_by(TripVersionRow.number.desc())
        .limit(1)
    ).one_or_none()
    return newest is not None and newest.published_at is None
