"""What a trip written anew means for those who have signed up, in words; nothing is decided or lost here."""

from __future__ import annotations

from collections.abc import Iterator

from tripkit.domain.places import Places, Room
from tripkit.domain.sentences import Sentence, sentence, sentences
from tripkit.domain.texts import Text
from tripkit.domain.trips import Trip, TripStatus


def consequences(before: Trip, after: Trip, places: Places) -> tuple[Sentence, ...]:
    """What happens to people when ``after`` takes the place of ``before``. ``places``: as they are now."""
    return (
        *_of_status(before, after, places),
        *_of_size(sentence("The trip"), before.size, after.size, places.trip),
        *_of_segments(before, after, places),
        *_of_items(before, after, places),
        *_of_terms(before, after, places),
    )


def _of_status(before: Trip, after: Trip, places: Places) -> Iterator[Sentence]:
    if before.status is not after.status and after.status is not TripStatus.PLANNED and places.trip.taken:
        yield sentences(
            "One person has a place. Their booking stays, and no mail is sent.",
            "{count} people have a place. Their bookings stay, and no mail is sent.",
            places.trip.taken,
        )


def _of_size(what: Sentence | Text, before: int | None, after: int | None, room: Room) -> Iterator[Sentence]:
    if after is not None and after < room.taken and (before is None or after < before):
        yield sentences(
            "{what}: one person has a place, and {size} fit now. Nobody loses a place, and nobody new comes in until there is room again.",
            "{what}: {count} people have a place, and {size} fit now. Nobody loses a place, and nobody new comes in until there is room again.",
            room.taken,
            what=what,
            size=after,
        )
    grows = before is not None and (after is None or after > before)
    if not grows or not room.waiting or (after is not None and after <= room.taken):
        return
    free = room.waiting if after is None else min(after - room.taken, room.waiting)
    yield sentences(
        "{what}: one place becomes free for those who wait, and is offered to the first.",
        "{what}: up to {count} places become free for those who wait, and are offered in order of the queue.",
        free,
        what=what,
    )


def _of_segments(before: Trip, after: Trip, places: Places) -> Iterator[Sentence]:
    known = {segment.key: segment for segment in before.segments}
    for segment in after.segments:
        old, room = known.get(segment.key), places.guaranteed.get(segment.key)
        if old is None or room is None or segment.guaranteed >= old.guaranteed:
            continue
        yield sentence(
            "{what}: {old} places were kept for the group, now {new}; the others are open to all.",
            what=segment.name,
            old=old.guaranteed,
            new=segment.guaranteed,
        )


def _of_items(before: Trip, after: Trip, places: Places) -> Iterator[Sentence]:
    known = {item.key: item for item in before.programme}
    for item in after.programme:
        old, room = known.get(item.key), places.items.get(item.key)
        if old is None:
            continue
        if room is not None and old.choice is not None and item.choice is not None:
            yield from _of_size(item.title, old.size, item.size, room)
        people = room.taken if room is not None and old.choice is not None else places.trip.taken
        moved = (old.starts_at, old.ends_at, old.site) != (item.starts_at, item.ends_at, item.site)
        if moved and people:
            yield sentences(
                "{what} gets another time or place, and one person goes there. Their page and calendar show it; no mail is sent.",
                "{what} gets another time or place, and {count} people go there. Their pages and calendars show it; no mail is sent.",
                people,
                what=item.title,
            )


def _of_terms(before: Trip, after: Trip, places: Places) -> Iterator[Sentence]:
    if before.terms.version != after.terms.version and places.trip.taken + places.trip.waiting:
        yield sentence("Those who have signed up keep the terms “{version}”.", version=before.terms.version)
    if before.price != after.price and places.trip.taken + places.trip.waiting:
        yield sentence("Those who have signed up keep their price.")
