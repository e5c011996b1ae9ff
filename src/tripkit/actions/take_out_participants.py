"""Taking who comes on a trip out as a file: noted before anybody is in it, since from then on nobody knows where it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select

from tripkit.actions.recording import audit
from tripkit.domain.bookings import Moment
from tripkit.domain.refusals import ChangeRefused, NotFound
from tripkit.domain.sentences import sentence
from tripkit.domain.trips import Trip
from tripkit.reads.participants import Participant, Sought, count_sought, participants_in_turn
from tripkit.reads.trip_plan import AnySession, trip_plan
from tripkit.storage import write
from tripkit.storage.trips import TripRow


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenOut:
    """Who is taken out. ``participants``: read while they are written, some at a time."""

    trip: Trip
    participants: Iterator[Participant]


def take_out_participants(session: AnySession, *, trip_id: int, sought: Sought, moment: Moment) -> TakenOut:
    """Those who are looked for, first come first; sensitive answers are not among what is read of them.

    What was looked for is not noted: it may be somebody's name. Raises: NotFound, ChangeRefused (they were erased).
    """
    with write(session):
        plan = trip_plan(session, trip_id)
        if plan is None:
            raise NotFound(sentence("There is no such trip."))
        if session.scalar(select(TripRow.erased_at).where(TripRow.id == trip_id)) is not None:
            raise ChangeRefused(sentence("What people wrote for this trip was erased. There is nothing left to see."))
        people = count_sought(session, trip_id, sought)
        audit(session, "take_out_participants", moment=moment, trip_id=trip_id, people=people)
    return TakenOut(trip=plan[2], participants=participants_in_turn(session, trip_id=trip_id, sought=sought))
