"""Who is next when a place is free, who is passed over and why; no clock, no mail."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from tripkit.domain.seats import PoolKind, Seats, Wants


@dataclass(frozen=True, slots=True)
class Waiting:
    """One person in a queue. ``id`` is the order they came in; ``party``: those with the same one go together."""

    id: int
    participant_id: int
    party: int
    wants: Wants


class PassedBecause(StrEnum):
    """Why somebody behind got a place first. There is no other reason."""

    ORGANISER = "organiser"
    """An organiser let them in first, for a reason that the log keeps."""

    PARTY_DOES_NOT_FIT = "party_does_not_fit"
    """The party wants to stay together, and fewer places are free than it needs."""
    SEGMENT_FULL = "segment_full"
    """A place is free, but the segment has reached its limit."""
    GUARANTEED_TO_OTHERS = "guaranteed_to_others"
    """The free place is kept for another segment."""


@dataclass(frozen=True, slots=True)
class Promotion:
    """A party whose turn it is. ``claims``: the pool ids each of them holds from now on, in the same order."""

    party: tuple[Waiting, ...]
    claims: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Passing:
    """Somebody was passed over. ``waiting_id`` is who waited longer, ``by_participant`` who got the place."""

    waiting_id: int
    participant_id: int
    by_participant: int
    because: PassedBecause


def parties(queue: Iterable[Waiting]) -> tuple[tuple[Waiting, ...], ...]:
    """The queue as parties, each at the position of its first member."""
    grouped: dict[int, list[Waiting]] = {}
    for waiting in sorted(queue, key=lambda w: w.id):
        grouped.setdefault(waiting.party, []).append(waiting)
    return tuple(tuple(group) for group in grouped.values())


def promote(seats: Seats, queue: Iterable[Waiting]) -> tuple[tuple[Promotion, ...], tuple[Passing, ...]]:
    """Give free places to those who wait, longest first, and say who was passed over and why.

    A party that does not fit keeps its position and is passed by those who do: an empty seat serves nobody. Each
    passing is returned to be logged. ``seats`` holds the promoted ones' claims afterwards.
    """
    promotions: list[Promotion] = []
    passings: list[Passing] = []
    ahead: list[tuple[Waiting, ...]] = []
    for group in parties(queue):
        claims = seats.claim_together([waiting.wants for waiting in group])
        if claims is None:
            ahead.append(group)
            continue
        promotions.append(Promotion(group, claims))
        passings.extend(passed_by(seats, ahead, group[0].participant_id, claims))
    return tuple(promotions), tuple(passings)


def passed_by(
    seats: Seats, ahead: Iterable[Sequence[Waiting]], by: int, claims: Iterable[Iterable[int]]
) -> tuple[Passing, ...]:
    """Who of those ahead was passed over by a participant who now holds these claims, and why."""
    held = Counter(pool_id for claimed in claims for pool_id in claimed)
    return tuple(
        Passing(waiting.id, waiting.participant_id, by, _why(seats, group, held))
        for group in ahead
        for waiting in group
    )


def _why(seats: Seats, group: Sequence[Waiting], held: Counter[int]) -> PassedBecause:
    for want in {want for waiting in group for want in waiting.wants}:
        # As it was when they were passed: whoever took the limit's last place did not find it reached.
        pools = [replace(seats.pools[pool_id], taken=seats.pools[pool_id].taken - held[pool_id]) for pool_id in want]
        if all(pool.kind is PoolKind.SEGMENT and not pool.has_room() for pool in pools):
            return PassedBecause.SEGMENT_FULL
    needed = {pool_id for waiting in group for want in waiting.wants for pool_id in want}
    places = {pool_id for pool_id in held if seats.pools[pool_id].kind is not PoolKind.SEGMENT}
    if not places & needed:
        return PassedBecause.GUARANTEED_TO_OTHERS
    return PassedBecause.PARTY_DOES_NOT_FIT
