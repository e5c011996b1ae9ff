"""Making a trip from what was written down, or changing it, without touching what people have booked."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import delete, select

from tripkit.actions.apply_dates import follow_dates
from tripkit.actions.apply_moments import follow_moments
from tripkit.actions.apply_pools import sync_pools
from tripkit.actions.change_logo import write_logo
from tripkit.actions.change_organisation import count_up, settings_of, write_organisation
from tripkit.actions.keep_version import has_edits, keep_version
from tripkit.actions.losses import what_would_be_lost
from tripkit.actions.prepare_lottery import prepare_lottery
from tripkit.actions.recording import audit
from tripkit.actions.seating import lock_pools, lock_seating
from tripkit.actions.settling import settle
from tripkit.domain.bookings import Moment
from tripkit.domain.programme import ProgrammeItem
from tripkit.domain.refusals import PlanRefused
from tripkit.domain.sentences import sentence
from tripkit.domain.trips import Organisation, Picture, Trip
from tripkit.eventfile.document import document_of
from tripkit.eventfile.noted_changes import noted_changes
from tripkit.reads.trip_page import pictures as stored_pictures
from tripkit.reads.trip_plan import AnySession, find_trip, trip_plan
from tripkit.storage import write
from tripkit.storage.columns import columns_of
from tripkit.storage.pictures import PictureRow
from tripkit.storage.trip_parts import PARTS
from tripkit.storage.trips import OrganisationRow, TermsRow, TripRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What applying led to. ``changed``: False when everything was as written already."""

    trip_id: int
    created: bool
    changed: bool


def apply_trip(
    session: AnySession,
    *,
    organisation: Organisation,
    trip: Trip,
    pictures: Mapping[str, Picture],
    moment: Moment,
    logo: bytes | None = None,
) -> Applied:
    """Make the trip, or change it to what is written. Bookings stay; freed places are offered to those who wait.

    ``logo``: the PNG that the organisation's look names; None = there is none, or it is kept already.

    Raises: PlanRefused with every reason, when something somebody has booked, answered or accepted would be lost.
    """
    with write(session):
        trip_id = find_trip(session, organisation.key, trip.key)
        if trip_id is not None:
            # Before anything is written: whoever else applies this trip holds its lock while they write the same rows.
            lock_pools(session, trip_id)
        host, same_host = _apply_organisation(session, organisation, logo, moment)
        if trip_id is None:
            trip_id = create_trip(session, host.id, organisation, trip, pictures, moment)
            return Applied(trip_id=trip_id, created=True, changed=True)
        plan = trip_plan(session, trip_id)
        if plan is None:
            raise LookupError(trip_id)
        _, _, before = plan
        kept = pictures if stored_pictures(session, trip_id) != dict(pictures) else None
        changed = write_trip(session, trip_id, organisation, before, trip, moment, pictures=kept)
        if changed or has_edits(session, trip_id):
            keep_version(session, trip_id, document_of(organisation, trip), moment, published=True)
    return Applied(trip_id=trip_id, created=False, changed=changed or not same_host)


def write_trip(
    session: AnySession,
    trip_id: int,
    organisation: Organisation,
    before: Trip,
    after: Trip,
    moment: Moment,
    *,
    pictures: Mapping[str, Picture] | None = None,
) -> bool:
    """Within a transaction that holds the trip's lock: change it to what is written; whether anything was changed.

    ``pictures``: all it has from now on; None = those it has.

    Raises: PlanRefused with every reason, when something somebody has booked, answered or accepted would be lost.
    """
    after = _with_sequences(before, after)
    if after == before and pictures is None:
        return False
    reasons = what_would_be_lost(session, trip_id, before, after)
    if reasons:
        raise PlanRefused(sentence("The trip was not changed, since this would lose what people have booked."), reasons)
    changes = dict(noted_changes(organisation, before, after))
    if pictures is not None:
        changes["picture"] = None
    _change(session, trip_id, before, after, pictures, moment)
    audit(session, "change_trip", moment=moment, trip_id=trip_id, changes=changes)
    _settle(session, trip_id, moment)
    return True


def _apply_organisation(
    session: AnySession, organisation: Organisation, logo: bytes | None, moment: Moment
) -> tuple[OrganisationRow, bool]:
    """The organisation's row, and whether it was as written already."""
    row = session.scalar(select(OrganisationRow).where(OrganisationRow.key == organisation.key).with_for_update())
    columns = settings_of(organisation)
    if row is None:
        row = OrganisationRow(key=organisation.key, **columns)
        session.add(row)
        session.flush()
        write_logo(session, row.id, organisation.look.logo, logo)
        return row, False
    write_logo(session, row.id, organisation.look.logo, logo)
    return row, not write_organisation(session, row, columns, moment)


def _set(row: object, columns: Mapping[str, Any]) -> None:
    for name, value in columns.items():
        if getattr(row, name) != value:
            setattr(row, name, value)


def create_trip(
    session: AnySession,
    host_id: int,
    organisation: Organisation,
    trip: Trip,
    pictures: Mapping[str, Picture],
    moment: Moment,
) -> int:
    """Within a transaction: make a trip that is not there yet, with its first version; its id."""
    row = TripRow(organisation_id=host_id, changed_at=moment.at, **columns_of(trip, TripRow))
    session.add(row)
    session.flush()
    _write_parts(session, row.id, trip)
    _write_terms(session, row.id, trip)
    _write_pictures(session, row.id, pictures)
    sync_pools(session, row.id, trip, moment.at)
    prepare_lottery(session, row.id, trip, moment)
    follow_moments(session, row.id, None, trip, moment)
    audit(session, "create_trip", moment=moment, trip_id=row.id)
    keep_version(session, row.id, document_of(organisation, trip), moment, published=True)
    return row.id


def _change(
    session: AnySession, trip_id: int, before: Trip, after: Trip, pictures: Mapping[str, Picture] | None, moment: Moment
) -> None:
    row = session.get_one(TripRow, trip_id)
    _set(row, columns_of(after, TripRow))
    count_up(row, moment)
    _write_parts(session, trip_id, after)
    _write_terms(session, trip_id, after)
    if pictures is not None:
        _write_pictures(session, trip_id, pictures)
    sync_pools(session, trip_id, after, moment.at)
    prepare_lottery(session, trip_id, after, moment)
    session.flush()
    follow_moments(session, trip_id, before, after, moment)


def _settle(session: AnySession, trip_id: int, moment: Moment) -> None:
    seating = lock_seating(session, trip_id)
    follow_dates(session, seating, moment)
    settle(session, seating, moment)


def _with_sequences(before: Trip, after: Trip) -> Trip:
    """Count up the SEQUENCE of items whose time or place changed (RFC 5545, 3.8.7.4), keep the others'."""
    known = {item.key: item for item in before.programme}
    return replace(after, programme=tuple(_sequenced(known.get(item.key), item) for item in after.programme))


def _sequenced(before: ProgrammeItem | None, after: ProgrammeItem) -> ProgrammeItem:
    if before is None:
        return after
    moved = (before.starts_at, before.ends_at, before.site) != (after.starts_at, after.ends_at, after.site)
    return replace(after, sequence=before.sequence + moved)


def _write_parts(session: AnySession, trip_id: int, trip: Trip) -> None:
    for field, part_row in PARTS:
        rows = {row.key: row for row in session.scalars(select(part_row).where(part_row.trip_id == trip_id))}
        for position, value in enumerate(getattr(trip, field)):
            row = rows.pop(value.key, None)
            columns = {"position": position, **columns_of(value, part_row)}
            if row is None:
                session.add(part_row(trip_id=trip_id, **columns))
            else:
                _set(row, columns)
        for row in rows.values():
            session.delete(row)
    session.flush()


def _write_terms(session: AnySession, trip_id: int, trip: Trip) -> None:
    row = session.scalar(select(TermsRow).where(TermsRow.trip_id == trip_id, TermsRow.version == trip.terms.version))
    if row is None:
        session.add(TermsRow(trip_id=trip_id, version=trip.terms.version, text=trip.terms.text))
    else:
        row.text = trip.terms.text  # Nobody has accepted it yet; otherwise this would have been refused.


def _write_pictures(session: AnySession, trip_id: int, pictures: Mapping[str, Picture]) -> None:
    session.execute(delete(PictureRow).where(PictureRow.trip_id == trip_id))
    session.add_all(
        PictureRow(
            trip_id=trip_id,
            name=picture.name,
            media_type=picture.media_type,
            digest=hashlib.sha256(picture.data).hexdigest(),
            data=picture.data,
            shown=picture.shown,
        )
        for picture in pictures.values()
    )
    session.flush()
