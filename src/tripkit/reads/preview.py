"""A trip's page as it would be if what is written were published: with the places there are, and room where something is new."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from tripkit.domain.places import Room, state_of
from tripkit.domain.seats import PoolKind, pools_of
from tripkit.domain.trips import Trip
from tripkit.reads.places import trip_places
from tripkit.reads.trip_page import TripPage
from tripkit.reads.trip_plan import AnySession, trip_plan


def preview_page(session: AnySession, *, trip_id: int, trip: Trip, now: datetime) -> TripPage | None:
    """The page. ``trip``: as it is written; None when there is no such trip."""
    plan = trip_plan(session, trip_id)
    if plan is None:
        return None
    revision, organisation, _ = plan
    places = trip_places(session, trip_id, trip)
    new = {pool.key: Room(size=pool.size, taken=0) for pool in pools_of(trip, {}) if pool.kind is PoolKind.ITEM}
    places = replace(places, items={**new, **places.items})
    return TripPage(
        trip_id=trip_id,
        revision=revision,
        organisation=organisation,
        trip=trip,
        places=places,
        state=state_of(trip, places, now),
    )
