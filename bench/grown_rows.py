"""One trip of a grown installation as rows: its plan, its pools, and who signed up for it; how many there are, others say."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from bench.bulk import Bulk
from bench.grown_trips import LOOKED_AT
from bench.served import DATA_KEYS
from tripkit.actions.sealed_answers import CLEARED, place_of
from tripkit.cli.demo import BEGINS_AT
from tripkit.domain.bookings import ParticipantStatus
from tripkit.domain.deadlines import reminder_at, signup_ends_at
from tripkit.domain.listings import Listing
from tripkit.domain.places import why_not_open
from tripkit.domain.seats import Pool, Seats, pools_of
from tripkit.domain.trips import Trip
from tripkit.storage import bookings as rows
from tripkit.storage.columns import columns_of
from tripkit.storage.listings import ListingRow
from tripkit.storage.outbox import AuditRow, OutboxRow
from tripkit.storage.sealing import Vault
from tripkit.storage.trip_parts import PARTS, QuestionRow, ReminderRow
from tripkit.storage.trips import OccasionRow, TermsRow, TripRow

NOW = BEGINS_AT
"""When the installation is looked at."""
SOON = NOW + timedelta(hours=1)
"""When the guarantees of the trip that is looked at end."""
VAULT = Vault(lambda: DATA_KEYS)
OFFERS = 24
"""Places on offer on the trip that is looked at; on others that are open and full, two."""
SEGMENTS = ("planners", "planners", "planners", "politicians", "politicians", "architects", "security-heads", "police")
"""Who comes, the usual ones several times."""


@dataclass(slots=True)
class Filling:
    """A trip while people are put on it. ``offers``: places still to be put on offer; ``waiting``: ids of its queue's rows."""

    id: int
    trip: Trip
    seats: Seats
    is_open: bool
    offers: int
    visits: dict[str, list[str]]
    placed: int = 0
    expected: int = 0
    waiting: int = 0
    bookings: list[int] = field(default_factory=list)


def secret(booking_id: int) -> str:
    """The secret of a booking's link."""
    return f"grown-{booking_id:037d}"


def add_trip(bulk: Bulk, host: int, trip: Trip) -> Filling:
    """Put the plan of a trip aside, without people."""
    looked_at = trip.key == LOOKED_AT
    if looked_at:
        ending = tuple(replace(one, guaranteed_until=one.guaranteed_until and SOON) for one in trip.segments)
        trip = replace(trip, segments=ending)
    trip_id = bulk.add(
        TripRow,
        organisation_id=host,
        revision=1,
        edition=hashlib.sha256(trip.key.encode()).hexdigest()[:16],
        changed_at=NOW,
        erased_at=None,
        **columns_of(trip, TripRow),
    )
    for name, kind in PARTS:
        for position, part in enumerate(getattr(trip, name)):
            due: dict[str, Any] = {"due_at": reminder_at(trip, part)} if kind is ReminderRow else {}
            if kind is QuestionRow:
                due = {"erased_at": NOW}  # The worker has been here; what has its time later is due then.
            bulk.add(kind, trip_id=trip_id, position=position, **columns_of(part, kind), **due)
    bulk.add(TermsRow, trip_id=trip_id, version=trip.terms.version, text=trip.terms.text)
    for occasion, key, at in _occasions(trip):
        bulk.add(OccasionRow, trip_id=trip_id, kind=occasion, key=key, at=at, noted_at=NOW)
    if looked_at:
        bulk.add(ListingRow, trip_id=trip_id, name="Alla", listing=Listing(), made_at=NOW)
    visits: dict[str, list[str]] = {}
    for item in trip.programme:
        if item.choice is not None:
            visits.setdefault(item.choice, []).append(item.key)
    seats = Seats(Pool(bulk.number(rows.PoolRow), one.kind, one.key, one.size, 0) for one in pools_of(trip))
    is_open = why_not_open(trip, NOW) is None
    return Filling(trip_id, trip, seats, is_open, OFFERS if looked_at else 2, visits, expected=trip.size)


def _occasions(trip: Trip) -> Iterator[tuple[str, str, datetime]]:
    """What has come of a trip's moments, and was seen to."""
    for kind, at in (("signup_opens", trip.signup_opens_at), ("signup_closes", signup_ends_at(trip))):
        if at is not None and at <= NOW:
            yield kind, "", at
    for reminder in trip.reminders:
        due = reminder_at(trip, reminder)
        if due is not None and due <= NOW:
            yield "reminder", reminder.key, due


def add_booking(bulk: Bulk, random: Random, on: Filling, party: int) -> None:
    """Put a party aside that goes together, with what it was told; where there is no room, it waits."""
    segment = random.choice(SEGMENTS)
    booking = _booking(bulk, random, on)
    claims = on.seats.claim_together([on.seats.place_wants(segment)] * party)
    offered = claims is not None and party == 1 and on.is_open and _is_late(on) and on.offers > 0
    status = ParticipantStatus.WAITING if claims is None else ParticipantStatus.CONFIRMED
    people: list[int] = []
    offer = None
    for number in range(party):
        chosen, queued = _choose(random, on, claims is not None)
        person = bulk.add(
            rows.ParticipantRow,
            booking_id=booking,
            trip_id=on.id,
            name=f"Deltagare {booking}-{number}",
            email=f"deltagare{booking}-{number}@tripkit.example",
            segment=segment,
            status=ParticipantStatus.OFFERED if offered else status,
            price=on.trip.price,
            wished=() if claims else tuple(chosen),
        )
        people.append(person)
        diet = VAULT.seal('["everything"]', place_of(person, "diet"))
        bulk.add(rows.AnswerRow, participant_id=person, question="diet", value=CLEARED, sealed=diet)
        stays = random.random() < 0.7
        bulk.add(rows.AnswerRow, participant_id=person, question="hotel-night", value=stays, sealed=None)
        if offered:
            offer = _offer(bulk, on, booking, person)
        if claims is not None:
            for pool_id in (*claims[number], *_visit_pools(on, chosen)):
                bulk.add(rows.ClaimRow, participant_id=person, pool_id=pool_id, offer_id=offer)
        for item in [""] if claims is None else [] if offered else queued:
            _wait(bulk, on, person, item, people[0] if not item else person, segment)
    _told(bulk, random, on, booking, "queued" if claims is None else "confirmation")


def _is_late(on: Filling) -> bool:
    """Whether this is among the last who got a place."""
    taken = sum(on.seats.pools[place].taken for place in on.seats._places)
    return taken > on.trip.size - 2 * on.offers - 10


def _booking(bulk: Bulk, random: Random, on: Filling) -> int:
    number = bulk.number(rows.BookingRow)
    on.bookings.append(number)
    booked_at = NOW - timedelta(days=random.randrange(1, 60), seconds=random.randrange(86_400))
    bulk.add(
        rows.BookingRow,
        id=number,
        trip_id=on.id,
        code=f"G{number // 10_000:03d}-{number % 10_000:04d}",
        form_key=f"grown-{number}",
        form_digest="",
        contact_name=f"Kontakt {number}",
        contact_email=f"kontakt{number}@tripkit.example",
        contact_phone=None,
        organisation="Påhittade kommunen",
        invoice_address="Påhittade gatan 1\n123 45 Hamnstad",
        invoice_reference="4711",
        language=random.choice(("sv", "en")),
        together=True,
        terms_version=on.trip.terms.version,
        booked_at=booked_at,
        erased_at=None,
    )
    for purpose, token in (("booking", secret(number)), ("unsubscribe", f"out-{secret(number)}")):
        bulk.add(
            rows.LinkRow,
            booking_id=number,
            digest=hashlib.sha256(token.encode()).hexdigest(),
            purpose=purpose,
            reader=None,
            made_at=booked_at,
            expires_at=NOW + timedelta(days=400),
        )
    return number


def _choose(random: Random, on: Filling, has_place: bool) -> tuple[list[str], list[str]]:
    """A visit of each choice, the first ones liked best: those there is room on, and full ones to queue for."""
    chosen, queued = [], []
    for visits in on.visits.values():
        liked = random.choices(visits, weights=range(len(visits) + 1, 1, -1))[0]
        order = [liked, *(key for key in visits if key != liked)]
        key = next((k for k in order if not has_place or _has_room(on, k)), None)
        if key is None:
            continue
        chosen.append(key)
        if has_place:
            on.seats.claim(((on.seats.item(key).id,),))  # type: ignore[union-attr]  # chosen items have a pool
        if key != liked:
            queued.append(liked)
    return chosen, queued


def _has_room(on: Filling, key: str) -> bool:
    pool = on.seats.item(key)
    return pool is not None and pool.has_room()


def _visit_pools(on: Filling, keys: list[str]) -> list[int]:
    return [pool.id for key in keys if (pool := on.seats.item(key)) is not None]


def _offer(bulk: Bulk, on: Filling, booking: int, person: int) -> int:
    on.offers -= 1
    return bulk.add(
        rows.OfferRow,
        trip_id=on.id,
        booking_id=booking,
        item="",
        participant_ids=(person,),
        made_at=NOW - timedelta(hours=1),
        until=NOW + timedelta(hours=24, seconds=booking),  # One after the other.
        state="open",
        answered_at=None,
    )


def _wait(bulk: Bulk, on: Filling, person: int, item: str, party: int, segment: str) -> None:
    on.waiting += 1
    at = NOW - timedelta(days=1)
    bulk.add(
        rows.WaitingRow, trip_id=on.id, participant_id=person, item=item, party=party, segment=segment, joined_at=at
    )
    bulk.add(
        rows.QueueMoveRow, trip_id=on.id, at=at, item=item, participant_id=person, what="joined", because="", passed=[]
    )


def _told(bulk: Bulk, random: Random, on: Filling, booking: int, kind: str) -> None:
    """Three messages, nearly all of them sent; some wait, some were given up."""
    for number in range(3):
        waits, dead = booking <= 10 or booking % 100 == 7, booking % 400 == 11
        state = "sent" if number < 2 else "waiting" if waits else "dead" if dead else "sent"
        at = NOW - timedelta(days=3 - number, seconds=random.randrange(3600))
        bulk.add(
            OutboxRow,
            booking_id=booking,
            trip_id=None,
            campaign_id=None,
            kind=(kind, "changed", "changed")[number],
            recipient=f"kontakt{booking}@tripkit.example",
            language="sv",
            payload={"token": secret(booking), "participants": []},
            message_id=f"{booking:016x}{number:016x}",
            priority=0,
            created_at=at,
            state=state,
            attempts=12 if state == "dead" else 1 if state == "sent" else 0,
            next_at=at,
            leased_until=None,
            leased_by=None,
            last_error="TimeoutError" if state == "dead" else None,
            sent_at=at if state == "sent" else None,
            bounced_at=None,
            bounce_status=None,
        )
    bulk.add(
        AuditRow,
        at=NOW - timedelta(days=3),
        actor="contact",
        origin="grown",
        action="book_places",
        trip_id=on.id,
        booking_id=booking,
        reason="",
        details={"people": 1},
    )


def finish_trip(bulk: Bulk, on: Filling) -> None:
    """Put its pools aside, as full as they have become."""
    for pool in on.seats.pools.values():
        bulk.add(
            rows.PoolRow,
            id=pool.id,
            trip_id=on.id,
            kind=pool.kind,
            key=pool.key,
            size=pool.size,
            bound=pool.size,
            taken=pool.taken,
            released_at=None,
        )
