"""How many wait before somebody; counted by the database, so that a long queue costs its last one no more than its first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import aliased

from tripkit.reads.trip_plan import AnySession
from tripkit.storage.bookings import WaitingRow


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePosition:
    """One person in one queue. ``item``: empty for the trip itself. ``ahead``: people of other parties who came before."""

    waiting_id: int
    participant_id: int
    item: str
    ahead: int

    @property
    def position(self) -> int:
        """Counted from 1; a party that goes together has one position."""
        return self.ahead + 1


def queue_positions(session: AnySession, participant_ids: Iterable[int]) -> list[QueuePosition]:
    """Where these people stand in each queue they are in, longest waiting first.

    One query: between two, somebody could be offered a place and be gone from the queue. Everybody in a queue wants a
    place that everybody else in it could have, so all who came before are ahead.
    """
    rows = session.execute(_POSITIONS, {"participant_ids": list(participant_ids)})
    return [
        QueuePosition(waiting_id=row.id, participant_id=row.participant_id, item=row.item, ahead=row.ahead)
        for row in rows
    ]


def positions_on_trip(session: AnySession, trip_id: int) -> dict[int, list[tuple[str, int]]]:
    """(item, position) in each queue of a trip, by participant; one query, which reads everybody who waits once.

    For lists: to count anew for each of a hundred how many are ahead takes longer than to go along the queue.
    """
    rows = session.execute(
        select(WaitingRow.participant_id, WaitingRow.item, WaitingRow.party)
        .where(WaitingRow.trip_id == trip_id)
        .order_by(WaitingRow.id)
    )
    found: dict[int, list[tuple[str, int]]] = {}
    before: Counter[str] = Counter()
    of_party: Counter[tuple[str, int]] = Counter()
    for row in rows:
        ahead = before[row.item] - of_party[row.item, row.party]
        found.setdefault(row.participant_id, []).append((row.item, ahead + 1))
        before[row.item] += 1
        of_party[row.item, row.party] += 1
    return found


def _positions() -> Select[int, int, str, int]:
    mine, other = aliased(WaitingRow), aliased(WaitingRow)
    ahead = (
        select(func.count())
        .where(other.trip_id == mine.trip_id, other.item == mine.item, other.id < mine.id, other.party != mine.party)
        .correlate(mine)
        .scalar_subquery()
    )
    return (
        select(mine.id, mine.participant_id, mine.item, ahead.label("ahead"))
        .where(mine.participant_id.in_(bindparam("participant_ids", expanding=True)))
        .order_by(mine.id)
    )


_POSITIONS = _positions()
"""Put together once: every sign-up to a full trip asks it while others wait for the same places."""
