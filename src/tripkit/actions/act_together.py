"""One act on many participants: cancelled, or moved to another visit; each booking in a transaction of its own, and none stops the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import select

from tripkit.actions.cancel_participants import cancel_participants
from tripkit.actions.change_visits import change_visits
from tripkit.domain.bookings import ByOrganiser, Moment
from tripkit.domain.refusals import BookingRefused, ChangeRefused, NotFound
from tripkit.domain.sentences import Sentence, sentence
from tripkit.domain.trips import Trip
from tripkit.reads.trip_plan import AnySession, trip_plan
from tripkit.reads.visits_held import visits_held
from tripkit.storage.bookings import BookingRow, ParticipantRow

AT_ONCE = 100
"""People at a time: as many as a page shows, and what follows for each is looked at before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of the act for people of one booking. ``refused``: why not; empty = it is done."""

    names: tuple[str, ...]
    code: str
    refused: tuple[Sentence, ...] = ()


@dataclass(frozen=True, slots=True)
class _Chosen:
    id: int
    name: str
    booking_id: int
    code: str


def cancel_together(
    session: AnySession, *, trip_id: int, people: Sequence[int], moment: Moment, by: ByOrganiser
) -> tuple[Outcome, ...]:
    """Cancel these, the people of a booking together: its contact person gets one message. See `cancel_participants`."""
    chosen = _chosen(session, trip_id, people)
    parties = [list(those) for _, those in groupby(chosen, key=lambda one: one.booking_id)]

    def cancel(those: Sequence[_Chosen]) -> None:
        ids = [one.id for one in those]
        cancel_participants(session, booking_id=those[0].booking_id, participant_ids=ids, moment=moment, by=by)

    return tuple(_one_by_one(parties, cancel))


def move_together(
    session: AnySession, *, trip_id: int, people: Sequence[int], visit: str, moment: Moment, by: ByOrganiser
) -> tuple[Outcome, ...]:
    """Let each of these go to a visit, instead of the one they chose in its place; see `change_visits`.

    Raises: NotFound (no such trip, or no visit that is chosen).
    """
    plan = trip_plan(session, trip_id)
    choices = {item.key: item.choice for item in plan[2].programme if item.choice is not None} if plan else {}
    if visit not in choices:
        raise NotFound(sentence("There is no such visit on this trip."))

    def move(those: Sequence[_Chosen]) -> None:
        one = those[0]
        kept = [key for key in _visits(session, one.id) if choices.get(key) != choices[visit]]
        change_visits(
            session,
            booking_id=one.booking_id,
            participant_id=one.id,
            items=(*kept, visit),
            moment=moment,
            by=by,
        )

    return tuple(_one_by_one([[one] for one in _chosen(session, trip_id, people)], move))


def visits_to_move_to(trip: Trip) -> tuple[str, ...]:
    """Keys of the visits that people choose among."""
    return tuple(item.key for item in trip.programme if item.choice is not None)


def _chosen(session: AnySession, trip_id: int, people: Sequence[int]) -> list[_Chosen]:
    """Who of them are on this trip, the people of a booking beside each other; at most as many as are acted on at once."""
    rows = session.execute(
        select(ParticipantRow.id, ParticipantRow.name, ParticipantRow.booking_id, BookingRow.code)
        .join(BookingRow, BookingRow.id == ParticipantRow.booking_id)
        .where(ParticipantRow.trip_id == trip_id, ParticipantRow.id.in_(list(people)[:AT_ONCE]))
        .order_by(ParticipantRow.booking_id, ParticipantRow.id)
    )
    return [_Chosen(row.id, row.name, row.booking_id, row.code) for row in rows]


def _visits(session: AnySession, participant_id: int) -> Sequence[str]:
    """Those they have a place on, or wish for while they wait."""
    held = visits_held(session, [participant_id]).get(participant_id)
    wished = select(ParticipantRow.wished).where(ParticipantRow.id == participant_id)
    return held or session.scalar(wished) or ()


def _one_by_one(parties: Sequence[Sequence[_Chosen]], do: Callable[[Sequence[_Chosen]], None]) -> Iterator[Outcome]:
    for those in parties:
        refused: tuple[Sentence, ...] = ()
        try:
            do(those)
        except BookingRefused as said:
            refused = tuple(problem.sentence for problem in said.problems)
        except (ChangeRefused, NotFound) as said:
            refused = (said.sentence,)
        yield Outcome(names=tuple(one.name for one in those), code=those[0].code, refused=refused)
