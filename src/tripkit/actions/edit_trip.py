"""Editing a trip: each edit is a version more; what everybody sees changes when it is published, and of a draft at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select

from tripkit.actions.apply_trip import write_trip
from tripkit.actions.keep_version import keep_version, kept_version
from tripkit.actions.recording import audit
from tripkit.actions.seating import lock_pools
from tripkit.domain.bookings import Moment
from tripkit.domain.refusals import ChangeRefused, EditedMeanwhile
from tripkit.domain.sentences import sentence
from tripkit.domain.trips import Trip, TripStatus
from tripkit.eventfile.as_written import Written
from tripkit.eventfile.document import document_of, read_document
from tripkit.eventfile.merging import merged
from tripkit.reads.trip_document import TripDocument, trip_document
from tripkit.reads.trip_plan import AnySession
from tripkit.storage import write
from tripkit.storage.versions import TripVersionRow

Change = Callable[[Written], Written]
"""What an edit makes of a document, which it leaves as it is."""
TOO_OLD = sentence("The page had been open too long: what it shows is not kept any more. Look at it anew.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """What an edit led to. ``version``: the newest one. ``changed``: False when it was so already."""

    version: int
    changed: bool


def edit_trip(session: AnySession, *, trip_id: int, base: int, change: Change, moment: Moment) -> Edited:
    """Change what is written of a trip. ``base``: the version that ``change`` was made from.

    What others changed since is kept, where it is not the same. A draft changes at once; of any other trip everybody
    goes on to see what was published last.

    Raises: EditedMeanwhile; EventErrors whose ``file`` is a path in the document; PlanRefused for a draft that people
    have signed up for; ChangeRefused when the base is not kept any more.
    """
    with write(session):
        lock_pools(session, trip_id)
        found = _found(session, trip_id)
        wanted = _put_together(session, trip_id, found, base, change)
        if wanted == found.document:
            return Edited(version=found.version, changed=False)
        return Edited(version=_keep(session, trip_id, found, wanted, moment), changed=True)


def go_back(session: AnySession, *, trip_id: int, to: int, moment: Moment) -> Edited:
    """Write the trip as it was in an earlier version, which makes one more. Raises: as `edit_trip`."""
    with write(session):
        lock_pools(session, trip_id)
        found = _found(session, trip_id)
        wanted = kept_version(session, trip_id, to)
        if wanted is None:
            raise ChangeRefused(TOO_OLD)
        if wanted == found.document:
            return Edited(version=found.version, changed=False)
        return Edited(version=_keep(session, trip_id, found, wanted, moment), changed=True)


def publish_trip(session: AnySession, *, trip_id: int, version: int, moment: Moment, opens: bool = False) -> Edited:
    """Let everybody see the newest version, which is the one that was looked at. ``opens``: a draft is one no longer.

    Bookings stay; freed places are offered to those who wait.

    Raises: EditedMeanwhile when there is a newer version than ``version``; EventErrors and PlanRefused as `apply_trip`.
    """
    with write(session):
        lock_pools(session, trip_id)
        found = _found(session, trip_id)
        if found.version != version:
            again = sentence("Somebody has changed the trip since you looked. Look at the changes once more.")
            raise EditedMeanwhile(again, paths=(), version=found.version)
        document = found.document
        if opens and document["trip"].get("status") == TripStatus.DRAFT:
            document = {**document, "trip": {key: v for key, v in document["trip"].items() if key != "status"}}
            version = _keep(session, trip_id, found, document, moment, shown=False)
        read = read_document(document, found.organisation, found.pictures)
        changed = write_trip(session, trip_id, found.organisation, found.trip, read.trip, moment)
        row = session.scalars(
            select(TripVersionRow).where(TripVersionRow.trip_id == trip_id, TripVersionRow.number == version)
        ).one_or_none()
        if row is not None and row.published_at is None:
            row.published_at = moment.at
    return Edited(version=version, changed=changed)


def change_shown(session: AnySession, trip_id: int, change: Callable[[Trip], Trip], moment: Moment) -> Trip:
    """Within a transaction of the caller's: change what everybody sees, at once; the trip as it is then.

    What is being edited and not published stays so, on top of the change; where both change the same, the edit is kept.

    Raises: EventErrors and PlanRefused as `apply_trip`.
    """
    lock_pools(session, trip_id)
    found = _found(session, trip_id)
    was = document_of(found.organisation, found.trip)
    changed = change(found.trip)
    read = read_document(document_of(found.organisation, changed), found.organisation, found.pictures)
    if read.trip == found.trip:
        return read.trip
    write_trip(session, trip_id, found.organisation, found.trip, read.trip, moment)
    if not found.version:
        keep_version(session, trip_id, was, moment, published=True)
    now = document_of(found.organisation, read.trip)
    keep_version(session, trip_id, now, moment, published=True)
    if found.has_edits:
        edited, _ = merged(was, found.document, now)
        keep_version(session, trip_id, edited, moment, published=False)
    return read.trip


def _found(session: AnySession, trip_id: int) -> TripDocument:
    found = trip_document(session, trip_id)
    if found is None:
        raise LookupError(trip_id)
    return found


def _put_together(session: AnySession, trip_id: int, found: TripDocument, base: int, change: Change) -> Written:
    """The newest version with this change, and what it clashes with."""
    if base == found.version:
        return change(found.document)
    was = kept_version(session, trip_id, base) if base else document_of(found.organisation, found.trip)
    if was is None:
        raise ChangeRefused(TOO_OLD)
    wanted, clashes = merged(was, change(was), found.document)
    if clashes:
        who = found.edited_by
        said = (
            sentence("{name} has changed the same in the meantime. Nothing was saved.", name=who)
            if who
            else sentence("The same was changed in the meantime. Nothing was saved.")
        )
        raise EditedMeanwhile(said, paths=clashes, version=found.version)
    result: Written = wanted
    return result


def _keep(
    session: AnySession, trip_id: int, found: TripDocument, wanted: Written, moment: Moment, *, shown: bool = True
) -> int:
    """Check the document and keep it as a version; ``shown``: a draft changes with it at once."""
    read = read_document(wanted, found.organisation, found.pictures)
    if not found.version:
        # The first edit since versions are kept: what was there before is one to go back to.
        keep_version(session, trip_id, found.document, moment, published=True)
    is_draft = found.trip.status is TripStatus.DRAFT and read.trip.status is TripStatus.DRAFT
    kept = document_of(found.organisation, read.trip)
    if is_draft and shown:
        write_trip(session, trip_id, found.organisation, found.trip, read.trip, moment)
    else:
        audit(session, "edit_trip", moment=moment, trip_id=trip_id)
    return keep_version(session, trip_id, kept, moment, published=is_draft and shown)
