"""A trip as it is being edited: its newest version, and which one everybody sees; a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from tripkit.domain.trips import Organisation, Trip
from tripkit.eventfile.as_written import Written
from tripkit.eventfile.document import document_of, from_json
from tripkit.reads.trip_plan import AnySession, trip_plan
from tripkit.storage.accounts import AccountRow
from tripkit.storage.pictures import PictureRow
from tripkit.storage.versions import TripVersionRow


@dataclass(frozen=True, slots=True, kw_only=True)
class TripDocument:
    """A trip being edited.

    ``document``: its newest version, ``version`` that one's number, 0 = it was never changed since versions are kept.
    ``shown``: the number of the version everybody sees. ``trip``: what that one says. ``edited_by``, ``edited_at``: of the
    newest version; None = nobody is known.
    """

    organisation: Organisation
    trip: Trip
    version: int
    document: Written
    shown: int
    edited_by: str | None
    edited_at: datetime | None
    pictures: frozenset[str]

    @property
    def has_edits(self) -> bool:
        """Whether there are edits nobody sees yet."""
        return self.version > self.shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version, in a list of them. ``by``: who wrote it, None = nobody who is known."""

    number: int
    made_at: datetime
    published_at: datetime | None
    by: str | None


def trip_document(session: AnySession, trip_id: int) -> TripDocument | None:
    """The trip being edited, None when there is no such trip."""
    plan = trip_plan(session, trip_id)
    if plan is None:
        return None
    _, organisation, trip = plan
    newest = newest_version(session, trip_id)
    pictures = session.scalars(select(PictureRow.name).where(PictureRow.trip_id == trip_id))
    return TripDocument(
        organisation=organisation,
        trip=trip,
        version=newest.number if newest else 0,
        document=from_json(newest.document) if newest else document_of(organisation, trip),
        shown=(newest.shown or 0) if newest else 0,
        edited_by=newest.name if newest else None,
        edited_at=newest.made_at if newest else None,
        pictures=frozenset(pictures),
    )


def newest_version(session: AnySession, trip_id: int) -> Any:
    """(number, document, made_at, name of who wrote it, number of the version that is shown); None = there is none."""
    shown = (
        select(func.max(TripVersionRow.number))
        .where(TripVersionRow.trip_id == trip_id, TripVersionRow.published_at.is_not(None))
        .scalar_subquery()
    )
    return session.execute(
        select(
            TripVersionRow.number,
            TripVersionRow.document,
            TripVersionRow.made_at,
            AccountRow.name,
            shown.label("shown"),
        )
        .outerjoin(AccountRow, AccountRow.id == TripVersionRow.account_id)
        .where(TripVersionRow.trip_id == trip_id)
        .order_by(TripVersionRow.number.desc())
        .limit(1)
    ).one_or_none()


def trip_versions(session: AnySession, trip_id: int, *, most: int = 100) -> tuple[Version, ...]:
    """Its versions, the newest first."""
    rows = session.execute(
        select(TripVersionRow.number, TripVersionRow.made_at, TripVersionRow.published_at, AccountRow.name)
        .outerjoin(AccountRow, AccountRow.id == TripVersionRow.account_id)
        .where(TripVersionRow.trip_id == trip_id)
        .order_by(TripVersionRow.number.desc())
        .limit(most)
    )
    return tuple(
        Version(number=row.number, made_at=row.made_at, published_at=row.published_at, by=row.name) for row in rows
    )
