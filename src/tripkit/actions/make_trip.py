"""Making a trip from a document: a new one, or one copied to other days; it is a draft until somebody publishes it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sqlalchemy import select

from tripkit.actions.apply_trip import create_trip
from tripkit.actions.invite_member import lock_organisation
from tripkit.domain.bookings import Moment
from tripkit.domain.trips import Organisation, TripStatus
from tripkit.eventfile.as_written import Written
from tripkit.eventfile.document import read_document
from tripkit.eventfile.format.nearly_right import as_key
from tripkit.reads.trip_page import pictures
from tripkit.reads.trip_plan import AnySession
from tripkit.storage import write
from tripkit.storage.columns import to_value
from tripkit.storage.trips import TripRow


def make_trip(
    session: AnySession,
    *,
    organisation_id: int,
    document: Written,
    moment: Moment,
    copied_from: int | None = None,
    starting: date | None = None,
) -> str:
    """Make a draft; its key, which follows from its title. ``copied_from``: the trip whose pictures it takes along.

    ``starting``: its first day instead of the one written; every other day moves with it.

    Raises: EventErrors whose ``file`` is a path in the document.
    """
    with write(session):
        row = lock_organisation(session, organisation_id)
        host = to_value(row, Organisation)
        shown = {} if copied_from is None else pictures(session, copied_from)
        taken = set(session.scalars(select(TripRow.key).where(TripRow.organisation_id == organisation_id)))
        key = _new_key(document, starting, taken)
        read = read_document(document, host, shown, starting=starting, key=key)
        trip = replace(read.trip, key=key, status=TripStatus.DRAFT, status_note={})
        mine = {name: one for name, one in shown.items() if name in read.pictures}
        create_trip(session, organisation_id, host, trip, mine, moment)
    return key


def _new_key(document: Written, starting: date | None, taken: set[str]) -> str:
    title = document["trip"].get("title") or {}
    words = as_key(next(iter(title.values()), ""))[:50].strip("-") or "trip"
    if starting is not None and words in taken:
        words = f"{words[:45].strip('-')}-{starting.year}"
    return (
        words if words not in taken else next(f"{words}-{n}" for n in range(2, 10_000) if f"{words}-{n}" not in taken)
    )
