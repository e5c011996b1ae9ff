"""Keeping lists of participants by a name, for all who work with the trip: kept, renamed, changed and dropped."""

from __future__ import annotations

from sqlalchemy import Select, func, select

from tripkit.actions.recording import audit
from tripkit.domain.bookings import Moment
from tripkit.domain.listings import Listing, without_words
from tripkit.domain.refusals import BookingRefused, ChangeRefused, NotFound, Problem
from tripkit.domain.sentences import sentence
from tripkit.domain.signup import check_text
from tripkit.reads.trip_plan import AnySession
from tripkit.storage import write
from tripkit.storage.listings import ListingRow
from tripkit.storage.trips import TripRow

LONGEST_NAME = 60
MOST = 40
"""Lists that are kept for one trip: more are not found again."""


def keep_listing(session: AnySession, *, trip_id: int, name: str, listing: Listing, moment: Moment) -> int:
    """Keep a list by a name; its id. The same list sent twice is kept once.

    Raises: NotFound, BookingRefused (no name, or one that is taken), ChangeRefused (there are as many as there may be).
    """
    name = _checked(name)
    kept = without_words(listing)
    with write(session):
        _lock(session, trip_id)
        there = session.scalar(_named(trip_id, name))
        if there is not None and there.listing == kept:
            return there.id
        if there is not None:
            raise BookingRefused((_taken(name),))
        if (session.scalar(select(func.count()).where(ListingRow.trip_id == trip_id)) or 0) >= MOST:
            raise ChangeRefused(
                sentence(
                    "There are {count} saved lists on this trip already. Delete one that nobody needs.", count=MOST
                )
            )
        row = ListingRow(trip_id=trip_id, name=name, listing=kept, made_at=moment.at)
        session.add(row)
        session.flush()
        audit(session, "keep_listing", moment=moment, trip_id=trip_id, listing=row.id)
        return row.id


def rename_listing(session: AnySession, *, trip_id: int, listing_id: int, name: str, moment: Moment) -> None:
    """Call a list something else. Raises: NotFound, BookingRefused (no name, or one that is taken)."""
    name = _checked(name)
    with write(session):
        _lock(session, trip_id)
        row = _row(session, trip_id, listing_id)
        other = session.scalar(_named(trip_id, name))
        if other is not None and other.id != row.id:
            raise BookingRefused((_taken(name),))
        if row.name != name:
            audit(session, "change_listing", moment=moment, trip_id=trip_id, listing=row.id)
            row.name = name


def change_listing(session: AnySession, *, trip_id: int, listing_id: int, listing: Listing, moment: Moment) -> None:
    """Let a list that is kept be this one from now on. Raises: NotFound."""
    with write(session):
        row = _row(session, trip_id, listing_id)
        kept = without_words(listing)
        if row.listing != kept:
            row.listing = kept
            audit(session, "change_listing", moment=moment, trip_id=trip_id, listing=row.id)


def drop_listing(session: AnySession, *, trip_id: int, listing_id: int, moment: Moment) -> None:
    """Keep a list no longer; nobody who was in it is touched. Raises: NotFound."""
    with write(session):
        row = _row(session, trip_id, listing_id)
        session.delete(row)
        audit(session, "drop_listing", moment=moment, trip_id=trip_id, listing=row.id)


def _checked(name: str) -> str:
    name = " ".join(name.split())
    wrong = tuple(check_text("name", name, LONGEST_NAME, sentence("Give the list a name.")))
    if wrong:
        raise BookingRefused(wrong)
    return name


def _taken(name: str) -> Problem:
    return Problem("name", sentence("There is a list “{name}” already. Choose another name.", name=name))


def _named(trip_id: int, name: str) -> Select[ListingRow]:
    return select(ListingRow).where(ListingRow.trip_id == trip_id, ListingRow.name == name)


def _lock(session: AnySession, trip_id: int) -> None:
    # Two who choose the same name at once come one after the other.
    if session.scalar(select(TripRow.id).where(TripRow.id == trip_id).with_for_update()) is None:
        raise NotFound(sentence("There is no such trip."))


def _row(session: AnySession, trip_id: int, listing_id: int) -> ListingRow:
    row = session.scalar(select(ListingRow).where(ListingRow.id == listing_id, ListingRow.trip_id == trip_id))
    if row is None:
        raise NotFound(sentence("There is no such list on this trip."))
    return row
