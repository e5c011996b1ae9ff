"""Pools, claims with alternatives, and who gets which: all or nothing for a party; no queue here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from tripkit.domain.trips import Trip


class PoolKind(StrEnum):
    """What a pool is room in."""

    OPEN = "open"
    """The trip's places that are guaranteed to nobody."""
    GUARANTEE = "guarantee"
    """The trip's places kept for one segment."""
    SEGMENT = "segment"
    """How many of one segment may come at most."""
    ITEM = "item"
    """A programme item that is chosen."""


PLACES = frozenset({PoolKind.OPEN, PoolKind.GUARANTEE})
"""The kinds that a place on the trip is claimed in: one claim in one of them."""


@dataclass(frozen=True, slots=True)
class Pool:
    """Anything with limited room. ``key``: of the segment or item, empty for open places. ``size``: None = no limit.

    ``taken`` may exceed ``size`` when an organiser has lowered it: nobody is thrown out, nobody new comes in.
    """

    id: int
    kind: PoolKind
    key: str
    size: int | None
    taken: int

    def has_room(self, people: int = 1) -> bool:
        """Whether so many more fit."""
        return self.size is None or self.taken + people <= self.size


Want = tuple[int, ...]
"""Pool ids, any one of which will do, the first with room is taken."""
Wants = tuple[Want, ...]
"""What one participant needs at once: a place in each."""


@dataclass(frozen=True, slots=True)
class PoolSize:
    """A pool that a trip needs, before it has a row."""

    kind: PoolKind
    key: str
    size: int | None


def pools_of(trip: Trip, released: Mapping[str, int] | None = None) -> tuple[PoolSize, ...]:
    """The pools a trip needs. ``released``: segments whose guarantee was opened to all, and how many still hold one.

    Open and guaranteed places add up to the trip's size, so one claim of either is a place on the trip.
    """
    opened = released or {}
    kept: dict[str, int] = {}
    for segment in trip.segments:
        if segment.guaranteed:
            # A trip made smaller than what is kept keeps what there is, or it would grow as people leave.
            left = trip.size - sum(kept.values())
            kept[segment.key] = min(left, opened.get(segment.key, segment.guaranteed))
    return (
        PoolSize(PoolKind.OPEN, "", trip.size - sum(kept.values())),
        *(PoolSize(PoolKind.GUARANTEE, key, places) for key, places in kept.items()),
        *(PoolSize(PoolKind.SEGMENT, s.key, s.at_most) for s in trip.segments if s.at_most is not None),
        *(PoolSize(PoolKind.ITEM, i.key, i.size) for i in trip.programme if i.choice is not None),
    )


class Seats:
    """The pools of one trip, and what is taken of them while a decision is made.

    Mutable on purpose: a decision tries, and gives back what did not fit. Nothing outside sees a half-made one.
    """

    def __init__(self, pools: Iterable[Pool]) -> None:
        self.pools: dict[int, Pool] = {pool.id: pool for pool in pools}
        self.by_key: dict[tuple[PoolKind, str], int] = {(p.kind, p.key): p.id for p in self.pools.values()}
        self._places = tuple(p.id for p in self.pools.values() if p.kind in PLACES)

    def place_wants(self, segment: str) -> Wants:
        """What a place on the trip takes: a guaranteed or an open one, and room within the segment's limit."""
        guarantee = self.by_key.get((PoolKind.GUARANTEE, segment))
        open_places = self.by_key[PoolKind.OPEN, ""]
        limit = self.by_key.get((PoolKind.SEGMENT, segment))
        place = (open_places,) if guarantee is None else (guarantee, open_places)
        return (place,) if limit is None else (place, (limit,))

    def item(self, key: str) -> Pool | None:
        """The pool of a programme item, None if it counts nobody."""
        pool_id = self.by_key.get((PoolKind.ITEM, key))
        return None if pool_id is None else self.pools[pool_id]

    def has_room(self, pool_id: int) -> bool:
        """Whether one more fits: in the pool, and when it holds places of the trip, on the trip as a whole.

        The two differ when a size was lowered below what is taken: a place still kept for one segment must not let
        somebody in on a trip that is overfull in its open places.
        """
        pool = self.pools[pool_id]
        if not pool.has_room() or pool.kind not in PLACES:
            return pool.has_room()
        places = [self.pools[place] for place in self._places]
        return sum(place.taken for place in places) < sum(place.size or 0 for place in places)

    def has_room_for(self, wants: Wants) -> bool:
        """Whether one person's wants could be taken now."""
        return all(any(self.has_room(pool_id) for pool_id in want) for want in wants)

    def claim(self, wants: Wants) -> tuple[int, ...] | None:
        """Take one person's wants, all or nothing: the pool ids taken, None if anything is full.

        First fit is enough: guaranteed places serve one segment only, so no other order could seat more people.
        """
        chosen: list[int] = []
        for want in wants:
            fitting = next((pool_id for pool_id in want if self.has_room(pool_id)), None)
            if fitting is None:
                self.give_back(chosen)
                return None
            self._count(fitting, 1)
            chosen.append(fitting)
        return tuple(chosen)

    def claim_together(self, party: Sequence[Wants]) -> tuple[tuple[int, ...], ...] | None:
        """Take the wants of a whole party, all or nothing."""
        taken: list[tuple[int, ...]] = []
        for wants in party:
            claimed = self.claim(wants)
            if claimed is None:
                for earlier in taken:
                    self.give_back(earlier)
                return None
            taken.append(claimed)
        return tuple(taken)

    def give_back(self, pool_ids: Iterable[int]) -> None:
        """Give places back."""
        for pool_id in pool_ids:
            self._count(pool_id, -1)

    def release_guarantee(self, segment: str) -> int:
        """Open a segment's free guaranteed places to all; how many.

        Called again after every freed place, since a place given back to a released guarantee belongs to all too.
        """
        guarantee = self.pools[self.by_key[PoolKind.GUARANTEE, segment]]
        free = max(0, (guarantee.size or 0) - guarantee.taken)
        if free:
            open_places = self.pools[self.by_key[PoolKind.OPEN, ""]]
            self.pools[guarantee.id] = replace(guarantee, size=(guarantee.size or 0) - free)
            self.pools[open_places.id] = replace(open_places, size=(open_places.size or 0) + free)
        return free

    def use_guarantees(self, open_claims: Mapping[str, int]) -> dict[str, int]:
        """Move people from open places to their segment's free guaranteed ones; segment to how many moved.

        ``open_claims``: people per segment who hold open places. "At least eight police" is kept by any eight: when a
        ninth holds an open place and a guaranteed one falls free, the place that falls free belongs to everybody.
        """
        moved: dict[str, int] = {}
        open_id = self.by_key[PoolKind.OPEN, ""]
        for pool in tuple(self.pools.values()):
            if pool.kind is PoolKind.GUARANTEE and pool.size is not None and pool.has_room():
                people = min(pool.size - pool.taken, open_claims.get(pool.key, 0))
                if people:
                    self._count(pool.id, people)
                    self._count(open_id, -people)
                    moved[pool.key] = people
        return moved

    def _count(self, pool_id: int, people: int) -> None:
        pool = self.pools[pool_id]
        self.pools[pool_id] = replace(pool, taken=pool.taken + people)


def changes(before: Mapping[int, Pool], after: Mapping[int, Pool]) -> dict[int, tuple[int, int]]:
    """What a decision changed: pool id to (people more or fewer, places more or fewer)."""
    return {
        pool_id: (after[pool_id].taken - pool.taken, (after[pool_id].size or 0) - (pool.size or 0))
        for pool_id, pool in before.items()
        if after[pool_id] != pool
    }
