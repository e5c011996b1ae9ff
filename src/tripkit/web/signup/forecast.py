"""What would happen if the form were sent now: who gets a place, who waits, what it costs. The action decides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tripkit.actions.written_signup import price_of
from tripkit.domain.places import Places, is_to_be_drawn
from tripkit.domain.prices import Money, Sum, add_up
from tripkit.domain.seats import Pool, PoolKind, Seats
from tripkit.domain.trips import Segment, Trip


class Prospect(StrEnum):
    """What one participant may expect."""

    IN_DRAW = "in_draw"
    """Places are drawn when sign-up has closed."""
    UNKNOWN = "unknown"
    """No segment is chosen yet."""
    PLACE = "place"
    WAITS_FOR_TRIP = "waits_for_trip"
    WAITS_FOR_SEGMENT = "waits_for_segment"
    """The trip has places, but none for this segment."""
    WAITS_FOR_PARTY = "waits_for_party"
    """There would be a place, but the party stays together and does not fit."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What one participant may expect. ``position``: in the queue, counted from 1; None = does not wait."""

    prospect: Prospect
    segment: Segment | None
    position: int | None

    def waits(self) -> bool:
        """Whether they would be put in the queue, or in the draw."""
        return self.position is not None or self.prospect is Prospect.IN_DRAW


@dataclass(frozen=True, slots=True)
class PartySum:
    """What a party pays. ``now``: for those who get a place; ``later``: in all, None when nobody waits."""

    now: Sum
    later: Money | None


def outlooks(trip: Trip, places: Places, segments: Sequence[str], together: bool) -> tuple[Outlook, ...]:
    """What each of a party may expect. ``segments``: the key each has chosen, anything else = not chosen yet."""
    known = {segment.key: segment for segment in trip.segments}
    if is_to_be_drawn(trip, places):
        return tuple(Outlook(Prospect.IN_DRAW, known.get(key), None) for key in segments)
    seats = free_seats(trip, places)
    prospects: list[Prospect] = []
    for key in segments:
        if key not in known:
            prospects.append(Prospect.UNKNOWN)
        elif seats.claim(seats.place_wants(key)) is not None:
            prospects.append(Prospect.PLACE)
        else:
            prospects.append(Prospect.WAITS_FOR_SEGMENT if _has_places(trip, places) else Prospect.WAITS_FOR_TRIP)
    late = {Prospect.WAITS_FOR_SEGMENT, Prospect.WAITS_FOR_TRIP}
    if together and not late.isdisjoint(prospects):
        prospects = [Prospect.WAITS_FOR_PARTY if one is Prospect.PLACE else one for one in prospects]
    return tuple(_positioned(prospects, [known.get(key) for key in segments], places, together))


def _positioned(
    prospects: Sequence[Prospect], segments: Sequence[Segment | None], places: Places, together: bool
) -> Iterator[Outlook]:
    position = places.trip.waiting + 1
    for prospect, segment in zip(prospects, segments, strict=True):
        waits = prospect not in {Prospect.UNKNOWN, Prospect.PLACE}
        yield Outlook(prospect, segment, position if waits else None)
        position += waits and not together


def _has_places(trip: Trip, places: Places) -> bool:
    return any(places.segments[segment.key].has_room() for segment in trip.segments)


def free_seats(trip: Trip, places: Places) -> Seats:
    """The places left, as the rules count them: nobody has taken anything of what is left."""
    guaranteed = {key: room.left or 0 for key, room in places.guaranteed.items()}
    open_left = max(0, (places.trip.left or 0) - sum(guaranteed.values()))
    sizes = [(PoolKind.OPEN, "", open_left)]
    sizes += [(PoolKind.GUARANTEE, key, left) for key, left in guaranteed.items()]
    sizes += [
        (PoolKind.SEGMENT, s.key, left) for s in trip.segments if (left := places.segments[s.key].left) is not None
    ]
    return Seats(Pool(number, kind, key, left, 0) for number, (kind, key, left) in enumerate(sizes))


def party_sum(trip: Trip, outlook: Sequence[Outlook]) -> PartySum:
    """What a party pays now, and if all of those who wait get a place too; who has chosen no segment pays the trip's price."""
    currency = trip.price.net.currency
    prices = [(one, price_of(trip, one.segment.key) if one.segment else trip.price) for one in outlook]
    now = add_up([price for one, price in prices if not one.waits()], currency)
    everybody = add_up([price for _, price in prices], currency)
    return PartySum(now, everybody.total if any(one.waits() for one in outlook) else None)
