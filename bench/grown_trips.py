"""The trips of a grown installation: the sample trip on other dates, of other sizes, with guarantees and limits; no row, no person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random

from bench.served import sample_trip
from tripkit.domain.trips import Trip

ORGANISATIONS = 20
A_TRIP = 100
"""Participants a trip has on average."""
SIZES = (20, 40, 40, 60, 60, 60, 80, 100, 120, 160, 240, 400)
"""Places, some sizes more often than others."""
WEEKS = (-52, -40, -30, -20, -10, 2, 3, 4, 5, 6)
"""Where trips lie, in weeks from where the sample trip does; the later ones are open for sign-up."""
LOOKED_AT = "looked-at"
"""The key of the trip that is looked at: at every size of the installation it is the same trip, as full, and as wanted."""
WANT_IT = 100
"""How many want to go on it; it has sixty places."""


@dataclass(frozen=True, slots=True)
class GrownTrip:
    """A trip, who hosts it, and how many want to go. ``organisation``: counted from 0."""

    organisation: int
    trip: Trip
    wanted: int


def grown_trips(participants: int, queue: int) -> Iterator[GrownTrip]:
    """So many trips that each has a hundred who want to go, on average. ``queue``: how many more want the one looked at."""
    random = Random(22)
    trips = max(1, participants // A_TRIP)
    sample = sample_trip()
    first = min(WANT_IT, participants)
    yield GrownTrip(0, _sized(moved(replace(sample, key=LOOKED_AT), 2), 60), first + queue)
    sizes = [random.choice(SIZES) for _ in range(trips - 1)]
    wishes = [size * random.uniform(0.4, 1.6) for size in sizes]
    left, rest = participants - first, sum(wishes)
    for number, (size, wish) in enumerate(zip(sizes, wishes, strict=True), 1):
        wanted = min(left, max(1, round((participants - first) * wish / rest)))
        wanted = left if number == trips - 1 else wanted
        left -= wanted
        trip = replace(sample, key=f"trip-{number}", title={k: f"{v} {number}" for k, v in sample.title.items()})
        yield GrownTrip(number % ORGANISATIONS, _sized(moved(trip, WEEKS[number % len(WEEKS)]), size), wanted)


def moved(trip: Trip, weeks: int) -> Trip:
    """A trip so many weeks later, with all its moments."""
    by = timedelta(weeks=weeks)
    past = weeks < 0  # Its guarantees were released long ago: places that anybody could take.
    return replace(
        trip,
        starts_on=trip.starts_on + by,
        ends_on=trip.ends_on + by,
        signup_opens_at=trip.signup_opens_at and trip.signup_opens_at + by,
        signup_closes_at=trip.signup_closes_at and trip.signup_closes_at + by,
        changes_until=trip.changes_until and trip.changes_until + by,
        free_cancel_until=trip.free_cancel_until and trip.free_cancel_until + by,
        day_notes=tuple(replace(note, day=note.day + by) for note in trip.day_notes),
        programme=tuple(
            replace(item, starts_at=item.starts_at + by, ends_at=item.ends_at + by) for item in trip.programme
        ),
        segments=tuple(
            replace(
                one,
                guaranteed=0 if past else one.guaranteed,
                guaranteed_until=one.guaranteed_until and (None if past else one.guaranteed_until + by),
            )
            for one in trip.segments
        ),
    )


def _sized(trip: Trip, size: int) -> Trip:
    """The trip with so many places, and everything in it in proportion; what was asked of people is kept for two years."""
    share = size / trip.size
    return replace(
        trip,
        size=size,
        retention_days=730,
        picture=None,
        sites=tuple(replace(site, picture=None) for site in trip.sites),
        speakers=tuple(replace(speaker, picture=None) for speaker in trip.speakers),
        segments=tuple(
            replace(
                one,
                guaranteed=round(one.guaranteed * share),
                at_most=None if one.at_most is None else max(1, round(one.at_most * share)),
            )
            for one in trip.segments
        ),
        programme=tuple(
            replace(item, size=None if item.size is None else max(1, round(item.size * share)))
            for item in trip.programme
        ),
    )
