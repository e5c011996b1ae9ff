"""A draw that anybody can recompute: lots, the order a seed gives them, and the promise made before; no clock, no rows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from tripkit.domain.seats import Seats, Wants
from tripkit.domain.waiting_list import Passing, Promotion, Waiting, promote


@dataclass(frozen=True, slots=True, kw_only=True)
class Lottery:
    """How it stands with a trip's draw. ``promise``: the SHA-256 of its seed; ``drawn_at``: None = not drawn yet."""

    promise: str
    drawn_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """What is drawn: a party that stays together, or one person. ``number``: what it is known by, see `lot_number`."""

    number: str
    participant_ids: tuple[int, ...]
    segments: tuple[str, ...]


def promise_of(seed: str) -> str:
    """What is published before of a seed (64 hexadecimal digits, read as ASCII): its SHA-256, in hexadecimal digits."""
    return hashlib.sha256(seed.encode()).hexdigest()


def lot_text(code: str, nth: int | None) -> str:
    """What a lot's number is made of: the booking's code, and after a stroke which of its people, None = all of them."""
    return code if nth is None else f"{code}/{nth}"


def lot_number(text: str) -> str:
    """What a lot is known by in public, so that no code is: the SHA-256 of its text, in hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def drawn_key(seed: str, number: str) -> str:
    """What lots are put in order by: the SHA-256 of the seed, a colon and the lot's number."""
    return hashlib.sha256(f"{seed}:{number}".encode()).hexdigest()


def in_drawn_order(seed: str, lots: Iterable[Lot]) -> tuple[Lot, ...]:
    """The lots in the order that the seed gives them, whatever order they came in."""
    return tuple(sorted(lots, key=lambda lot: drawn_key(seed, lot.number)))


def give_places(seats: Seats, lots: Sequence[Lot]) -> tuple[tuple[Promotion, ...], tuple[Passing, ...]]:
    """Give places to lots in the order they were drawn in; a lot that does not fit is passed by those that do.

    The same rule as the queue's, see `promote`: its ids and parties are the lots' places in the order, from 0.
    """
    wants: dict[str, Wants] = {}
    queue = [
        Waiting(place, participant_id, place, wants.setdefault(segment, seats.place_wants(segment)))
        for place, lot in enumerate(lots)
        for participant_id, segment in zip(lot.participant_ids, lot.segments, strict=True)
    ]
    return promote(seats, queue)
