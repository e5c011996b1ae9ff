"""A trip as it was written down, read back from its rows; not who comes."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import Any, get_args, get_type_hints
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, bindparam, select
from sqlalchemy.orm import Session, scoped_session

from tripkit.domain.trips import Organisation, Trip, TripStatus
from tripkit.storage.columns import to_value
from tripkit.storage.trip_parts import PARTS
from tripkit.storage.trips import OrganisationRow, TripRow

AnySession = Session | scoped_session[Session]

_KEPT = 256
"""Trips kept in memory per database; a trip is some tens of kilobytes."""
_plans: WeakKeyDictionary[Engine, OrderedDict[str, tuple[Organisation, Trip]]] = WeakKeyDictionary()
_lock = Lock()
# Put together once: every request asks these.
_NAMED = select(TripRow.id, TripRow.revision, TripRow.edition)
_BY_ID = _NAMED.where(TripRow.id == bindparam("trip_id"))
_BY_KEYS = _NAMED.join(OrganisationRow).where(
    OrganisationRow.key == bindparam("organisation"), TripRow.key == bindparam("trip")
)
_SHOWN = _BY_KEYS.where(TripRow.status != TripStatus.DRAFT)


def find_trip(session: AnySession, organisation: str, trip: str) -> int | None:
    """The id of an organisation's trip, of a draft too, by their keys in the address."""
    named = session.execute(_BY_KEYS, {"organisation": organisation, "trip": trip}).one_or_none()
    return None if named is None else named.id


def find_plan(session: AnySession, organisation: str, trip: str) -> tuple[int, int, Organisation, Trip] | None:
    """(trip id, revision, organisation, trip) of one that everybody may see, by their keys in the address; as `trip_plan`."""
    named = session.execute(_SHOWN, {"organisation": organisation, "trip": trip}).one_or_none()
    return None if named is None else (named.id, *plan_named(session, *named))


def trip_plan(session: AnySession, trip_id: int) -> tuple[int, Organisation, Trip] | None:
    """(revision, organisation, trip), None when there is no such trip.

    One query when this process has read the revision before, otherwise one for each part of a trip.
    """
    named = session.execute(_BY_ID, {"trip_id": trip_id}).one_or_none()
    return None if named is None else plan_named(session, *named)


def plan_named(session: AnySession, trip_id: int, revision: int, key: str) -> tuple[int, Organisation, Trip]:
    """As `trip_plan`, for who has read the trip's revision and edition (``key``) already: most often without a query."""
    engine = session.get_bind()
    plans = _plans.setdefault(engine if isinstance(engine, Engine) else engine.engine, OrderedDict())
    with _lock:
        if key in plans:
            plans.move_to_end(key)
            return revision, *plans[key]
    plan = _read(session, trip_id)
    with _lock:
        plans[key] = plan
        while len(plans) > _KEPT:
            plans.popitem(last=False)
    return revision, *plan


def _read(session: AnySession, trip_id: int) -> tuple[Organisation, Trip]:
    row, organisation = session.execute(
        select(TripRow, OrganisationRow).join(OrganisationRow).where(TripRow.id == trip_id)
    ).one()
    parts: dict[str, Any] = {}
    for field, part_row in PARTS:
        rows = session.scalars(select(part_row).where(part_row.trip_id == trip_id).order_by(part_row.position))
        parts[field] = tuple(to_value(part, _KINDS[field]) for part in rows)
    return to_value(organisation, Organisation), to_value(row, Trip, **parts)


_HINTS = get_type_hints(Trip)
_KINDS: dict[str, Any] = {field: get_args(_HINTS[field])[0] for field, _ in PARTS}
