"""What writing a trip anew would change and mean for people, and why it would be refused; nothing is changed here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select

from tripkit.actions.losses import what_would_be_lost
from tripkit.domain.collisions import TravelTimes, attended, collisions
from tripkit.domain.seats import PoolKind
from tripkit.domain.sentences import Sentence, sentences
from tripkit.domain.trips import Trip
from tripkit.eventfile.consequences import consequences
from tripkit.eventfile.plan import Difference, Edition, differences
from tripkit.reads.places import trip_places
from tripkit.reads.trip_plan import AnySession
from tripkit.storage.bookings import ClaimRow, ParticipantRow, PoolRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What a change would do. ``losses``: why it would be refused; empty when it would not be."""

    differences: tuple[Difference, ...]
    consequences: tuple[Sentence, ...]
    losses: tuple[Sentence, ...]


def planned_change(session: AnySession, trip_id: int, before: Edition, after: Edition) -> Planned:
    """Compare what is written now with what would be; a fixed number of queries."""
    return Planned(
        differences=differences(before, after),
        consequences=(
            *consequences(before.trip, after.trip, trip_places(session, trip_id, before.trip)),
            *_clashes(session, trip_id, before.trip, after.trip),
        ),
        losses=what_would_be_lost(session, trip_id, before.trip, after.trip),
    )


def _clashes(session: AnySession, trip_id: int, before: Trip, after: Trip) -> Iterator[Sentence]:
    """Chosen items that people can no longer go to, since something else they go to is then."""
    known = set(_clashing(before))
    new = [pair for pair in _clashing(after) if pair not in known]
    chosen: dict[int, tuple[str, set[str]]] = {}
    held = (
        select(ParticipantRow.id, ParticipantRow.segment, PoolRow.key)
        .join_from(ParticipantRow, ClaimRow)
        .join(PoolRow)
        .where(PoolRow.trip_id == trip_id, PoolRow.kind == PoolKind.ITEM)
    )
    for person, segment, key in session.execute(held) if new else ():
        chosen.setdefault(person, (segment, set()))[1].add(key)
    items = {item.key: item for item in after.programme}
    goes = [{item.key for item in attended(after.programme, segment, keys)} for segment, keys in chosen.values()]
    for pair in new:
        if people := sum(pair <= keys for keys in goes):
            one, other = sorted(pair, key=lambda key: items[key].starts_at)
            yield sentences(
                "“{one}” and “{other}” cannot both be reached any more, and one person goes to both.",
                "“{one}” and “{other}” cannot both be reached any more, and {count} people go to both.",
                people,
                one=items[one].title,
                other=items[other].title,
            )


def _clashing(trip: Trip) -> Iterator[frozenset[str]]:
    """Pairs of items that collide, one of them chosen at least."""
    for clash in collisions(trip.programme, TravelTimes(trip.travel)):
        choices = (clash.earlier.choice, clash.later.choice)
        if any(choices) and choices[0] != choices[1]:
            yield frozenset((clash.earlier.key, clash.later.key))
