"""Changing which visits a participant goes to, or wishes to go to while waiting."""

from __future__ import annotations

from collections.abc import Callable, Collection

from tripkit.actions.answer_offer import refuse_if_late, take_visit
from tripkit.actions.book_places import full_visit
from tripkit.actions.booking_access import (
    Opened,
    holds_place,
    leave_queues,
    open_booking,
    open_offers,
    place_offers,
    refuse_if_changes_closed,
    tell_booking,
    visits_held,
)
from tripkit.actions.seating import claims_of, drop_claims, waited_for
from tripkit.actions.settling import settle
from tripkit.domain.bookings import ByOrganiser, Moment, ParticipantStatus
from tripkit.domain.refusals import BookingRefused, ChangeRefused, Problem
from tripkit.domain.seats import Pool
from tripkit.domain.sentences import Sentence, sentence
from tripkit.domain.signup import check_items
from tripkit.domain.texts import Text
from tripkit.reads.trip_plan import AnySession
from tripkit.storage import write
from tripkit.storage.bookings import ClaimRow, OfferRow, ParticipantRow, WaitingRow


def change_visits(
    session: AnySession,
    *,
    booking_id: int,
    participant_id: int,
    items: tuple[str, ...],
    moment: Moment,
    by: ByOrganiser | None = None,
) -> None:
    """Go to these visits instead of the ones before; all or nothing. Freed places go to those who wait.

    ``by``: an organiser moves them, until the trip is over. Raises: NotFound, ChangeRefused (too late, or cancelled),
    BookingRefused (full, colliding, not for them).
    """
    with write(session):
        opened = open_booking(session, booking_id, by)
        refuse_if_changes_closed(opened, moment, by)
        person = opened.person(participant_id)
        if person.status is ParticipantStatus.CANCELLED:
            raise ChangeRefused(sentence("{name} is cancelled, so there are no visits to change.", name=person.name))
        seating = opened.seating
        wanted = tuple(dict.fromkeys(items))
        problems = list(
            check_items(seating.trip, person.name, person.segment, wanted, "participants.0", seating.full_items())
        )
        if problems:
            raise BookingRefused(tuple(problems))
        if holds_place(person):
            before = _swap(session, opened, person, wanted, moment, full_visit if by is None else _full_to(person))
        else:
            before, person.wished = person.wished, wanted
        session.flush()
        changes = {f"people/{person.id}/visits": [sorted(before), sorted(wanted)]}
        tell_booking(session, opened, "changed", [person], moment, audited="change_visits", changes=changes, by=by)
        settle(session, seating, moment)


def _swap(
    session: AnySession,
    opened: Opened,
    person: ParticipantRow,
    wanted: tuple[str, ...],
    moment: Moment,
    full: Callable[[Text, Pool], Sentence],
) -> Collection[str]:
    """Change them; which they were. ``full``: what to say of a full visit. Raises: BookingRefused."""
    seating = opened.seating
    claims = claims_of(session, [person.id])
    held = visits_held(seating, claims).get(person.id, {})
    own = place_offers(seating, claims)[person.id]
    offered = _offered(session, opened, person)
    drop_claims(session, seating, [claim for key, claim in held.items() if key not in wanted])
    for key in wanted:
        if key in offered:
            # Whoever chooses what is on offer to them takes it, or they would be left without any visit.
            refuse_if_late(offered[key], moment)
            take_visit(session, opened, offered[key], claims, moment)
    problems = []
    programme = {item.key: item for item in seating.trip.programme}
    new = [key for key in wanted if key not in held and key not in offered]
    awaited = waited_for(session, seating, person.id, new)
    for key in new:
        pool = seating.seats.item(key)
        if pool is None:
            continue
        item = programme[key]
        if key in awaited and pool.has_room():
            problems.append(Problem(f"participants.0.choices.{item.choice}", _waited_for(item.title)))
        elif seating.seats.claim(((pool.id,),)) is None:
            problems.append(Problem(f"participants.0.choices.{item.choice}", full(item.title, pool)))
        else:
            session.add(ClaimRow(participant_id=person.id, pool_id=pool.id, offer_id=own))
    if problems:
        raise BookingRefused(tuple(problems))
    leave_queues(session, opened, moment, WaitingRow.participant_id == person.id, WaitingRow.item.in_(wanted))
    return held.keys()


def _full_to(person: ParticipantRow) -> Callable[[Text, Pool], Sentence]:
    """What an organiser is told of a full visit, who can put them in its queue."""
    return lambda title, pool: sentence(
        "“{item}” is full, all {size} places are taken. Choose another one, or put {name} in its queue from the booking.",
        item=title,
        size=pool.size,
        name=person.name,
    )


def _offered(session: AnySession, opened: Opened, person: ParticipantRow) -> dict[str, OfferRow]:
    """The visits on offer to somebody, by key."""
    offers = open_offers(session, opened.booking.id)
    return {offer.item: offer for offer in offers if offer.item and person.id in offer.participant_ids}


def _waited_for(title: object) -> Sentence:
    return sentence("Others wait for “{item}” and come first. Choose another one, or queue for it too.", item=title)
