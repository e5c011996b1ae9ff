"""Everything a public trip page shows; nothing about any one person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from tripkit.domain.places import Places, TripState, state_of
from tripkit.domain.trips import Organisation, Picture, Trip, TripStatus
from tripkit.reads.places import trip_places
from tripkit.reads.trip_plan import AnySession, find_plan, trip_plan
from tripkit.storage.pictures import PictureRow
from tripkit.storage.trips import OrganisationRow, TripRow

_OF_PICTURE = (PictureRow.name, PictureRow.media_type, PictureRow.data)


@dataclass(frozen=True, slots=True, kw_only=True)
class TripPage:
    """A trip, how full it is and how it stands. ``revision`` goes up with every change an organiser makes."""

    trip_id: int
    revision: int
    organisation: Organisation
    trip: Trip
    places: Places
    state: TripState


def trip_page(session: AnySession, *, organisation: str, trip: str, now: datetime) -> TripPage | None:
    """A trip by the keys in its address, None when the organisation has no such trip."""
    found = find_plan(session, organisation, trip)
    return None if found is None else page_of_plan(session, *found, now)


def trip_page_of(session: AnySession, *, trip_id: int, now: datetime) -> TripPage | None:
    """A trip by its id, for those who have found it already."""
    plan = trip_plan(session, trip_id)
    return None if plan is None else page_of_plan(session, trip_id, *plan, now)


def page_of_plan(
    session: AnySession, trip_id: int, revision: int, host: Organisation, value: Trip, now: datetime
) -> TripPage:
    """A trip whose plan was read with something else."""
    places = trip_places(session, trip_id, value)
    return TripPage(
        trip_id=trip_id,
        revision=revision,
        organisation=host,
        trip=value,
        places=places,
        state=state_of(value, places, now),
    )


def picture(session: AnySession, *, organisation: str, trip: str, name: str) -> Picture | None:
    """One of the pictures of a trip that everybody may see, with what everybody is shown of it."""
    row = session.execute(
        select(*_OF_PICTURE, PictureRow.shown)
        .join(TripRow, TripRow.id == PictureRow.trip_id)
        .join(OrganisationRow, OrganisationRow.id == TripRow.organisation_id)
        .where(
            OrganisationRow.key == organisation,
            TripRow.key == trip,
            PictureRow.name == name,
            TripRow.status != TripStatus.DRAFT,
        )
    ).one_or_none()
    return None if row is None else Picture(**row._mapping)


def any_picture(session: AnySession, *, trip_id: int, name: str) -> Picture | None:
    """One of a trip's pictures, for those who organise it: of a draft too."""
    row = session.execute(
        select(*_OF_PICTURE, PictureRow.shown).where(PictureRow.trip_id == trip_id, PictureRow.name == name)
    ).one_or_none()
    return None if row is None else Picture(**row._mapping)


def pictures(session: AnySession, trip_id: int) -> dict[str, Picture]:
    """All of a trip's pictures by name, for exporting it; not what everybody is shown of them."""
    rows = session.execute(select(*_OF_PICTURE).where(PictureRow.trip_id == trip_id).order_by(PictureRow.name))
    return {row.name: Picture(**row._mapping) for row in rows}
