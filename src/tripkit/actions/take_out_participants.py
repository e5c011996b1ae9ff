"""Taking who comes on a trip out as a file: noted before anybody is in it, since from then on nobody knows where it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sqlalchemy import select

from tripkit.actions.recording import audit
from tripkit.domain.bookings import Moment
from tripkit.domain.listings import Listing, columns_there_are, in_order
from tripkit.domain.refusals import ChangeRefused, NotFound
from tripkit.domain.sentences import sentence
from tripkit.domain.trips import Trip
from tripkit.reads.participant_rows import Participant
from tripkit.reads.participants import count_sought, participants_in_turn
from tripkit.reads.trip_plan import AnySession, trip_plan
from tripkit.storage import write
from tripkit.storage.trips import TripRow


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenOut:
    """Who is taken out. ``listing``: with the columns that there are; ``participants``: read while they are written, some at a time."""

    trip: Trip
    listing: Listing
    participants: Iterator[Participant]


def take_out_participants(
    session: AnySession, *, trip_id: int, listing: Listing, with_money: bool, moment: Moment
) -> TakenOut:
    """Those who are looked for, first come first; sensitive answers are not among what is read of them.

    ``with_money``: whether prices may be. What was looked for is not noted: it may be somebody's name. Raises: NotFound,
    ChangeRefused (they were erased).
    """
    with write(session):
        plan = trip_plan(session, trip_id)
        if plan is None:
            raise NotFound(sentence("There is no such trip."))
        if session.scalar(select(TripRow.erased_at).where(TripRow.id == trip_id)) is not None:
            raise ChangeRefused(sentence("What people wrote for this trip was erased. There is nothing left to see."))
        trip = plan[2]
        people = count_sought(session, trip_id, trip, listing.sought)
        audit(session, "take_out_participants", moment=moment, trip_id=trip_id, people=people)
    listing = replace(
        listing, columns=in_order(listing.columns, columns_there_are(trip.questions, with_money=with_money))
    )
    found = participants_in_turn(session, trip_id=trip_id, trip=trip, listing=listing)
    return TakenOut(trip=trip, listing=listing, participants=found)
