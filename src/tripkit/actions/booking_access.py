"""Finding a booking to change, under the lock of its trip; who may do so was decided by the secret link, or by an organiser's rights."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, delete, select

from tripkit.actions.recording import HAS_PLACE, Move, Told, audit, log_moves, make_link, tell
from tripkit.actions.seating import Seating, claims_of, drop_claims, lock_seating
from tripkit.domain.answers import is_blank
from tripkit.domain.bookings import ByOrganiser, Moment, ParticipantStatus
from tripkit.domain.done import Changes
from tripkit.domain.places import has_started, is_over
from tripkit.domain.refusals import BookingRefused, ChangedMeanwhile, ChangeRefused, NotFound, Problem
from tripkit.domain.seats import PLACES, PoolKind
from tripkit.domain.sentences import Sentence, sentence
from tripkit.domain.signup import check_text
from tripkit.reads.booking_stamp import is_as_seen
from tripkit.reads.trip_plan import AnySession
from tripkit.storage.bookings import BookingRow, ClaimRow, OfferRow, ParticipantRow, WaitingRow


@dataclass(frozen=True, slots=True)
class Opened:
    """A booking and its trip, locked until the transaction ends."""

    booking: BookingRow
    people: list[ParticipantRow]
    seating: Seating

    def person(self, participant_id: int) -> ParticipantRow:
        """One of its participants. Raises: NotFound when it is somebody else's."""
        for person in self.people:
            if person.id == participant_id:
                return person
        raise NotFound(sentence("There is no such participant in this booking."))


CHANGED_MEANWHILE = sentence(
    "The booking has changed since you opened this page, so nothing was done. See what is new, and do it again."
)
LONGEST_REASON = 300
"""Characters in what an organiser gives as a reason."""


def open_booking(session: AnySession, booking_id: int, by: ByOrganiser | None = None) -> Opened:
    """Lock the booking's trip, then read the booking. ``by``: an organiser opens it; None = its own people do.

    Raises: NotFound when there is no such booking. For an organiser also ChangeRefused (it was erased), ChangedMeanwhile
    (it is no longer as they saw it), BookingRefused (their reason is too long).
    """
    trip_id = session.scalar(select(BookingRow.trip_id).where(BookingRow.id == booking_id))
    if trip_id is None:
        raise NotFound(sentence("There is no such booking."))
    seating = lock_seating(session, trip_id)
    booking = session.get_one(BookingRow, booking_id)
    if by is not None:
        _refuse_organiser(session, booking, by)
    return Opened(booking, booking.participants, seating)


def _refuse_organiser(session: AnySession, booking: BookingRow, by: ByOrganiser) -> None:
    if booking.erased_at is not None:
        raise ChangeRefused(sentence("This booking was erased, so there is nothing left in it to change."))
    if by.seen is not None and not is_as_seen(session, booking.id, by.seen):
        raise ChangedMeanwhile(CHANGED_MEANWHILE)
    if problems := tuple(check_text("why", by.why, LONGEST_REASON)):
        raise BookingRefused(problems)


def reason_given(by: ByOrganiser, missing: Sentence) -> str:
    """The organiser's reason. Raises: BookingRefused with ``missing`` when there is none."""
    if is_blank(by.why):
        raise BookingRefused((Problem("why", missing),))
    return by.why.strip()


def refuse_if_changes_closed(opened: Opened, moment: Moment, by: ByOrganiser | None = None) -> None:
    """Raise: ChangeRefused when the last day for changes has passed, or the trip has begun; for organisers, when it is over."""
    refuse_if_over(opened, moment)
    if by is not None:
        return
    trip = opened.seating.trip
    if trip.changes_until is not None and moment.at >= trip.changes_until:
        raise ChangeRefused(
            sentence(
                "The last day for changes has passed. Write to {contact}, who may still be able to help.",
                contact=trip.contact.email or trip.contact.name,
            )
        )
    if has_started(trip, moment.at):
        raise ChangeRefused(sentence("The trip has begun, so places and visits stay as they are."))


def refuse_if_over(opened: Opened, moment: Moment) -> None:
    """Raise: ChangeRefused when the trip's last day has passed."""
    if is_over(opened.seating.trip, moment.at):
        raise ChangeRefused(sentence("The trip is over, so the booking stays as it is."))


def withdraw(
    session: AnySession, opened: Opened, people: Sequence[ParticipantRow], moment: Moment
) -> dict[int, list[str]]:
    """Take participants off the trip: their claims, their places in queues and what was offered to them.

    The caller settles afterwards. An offer to several stays open for those who are left. Returns the visits that each
    of them had, or wished for, by participant.
    """
    ids = [person.id for person in people]
    claims = claims_of(session, ids)
    held = visits_held(opened.seating, claims)
    had = {person.id: sorted(held.get(person.id, ()) or person.wished) for person in people}
    drop_claims(session, opened.seating, claims)
    leave_queues(session, opened, moment, WaitingRow.participant_id.in_(ids))
    for person in people:
        person.status = ParticipantStatus.CANCELLED
        person.wished = ()
    for offer in open_offers(session, opened.booking.id):
        left = tuple(person_id for person_id in offer.participant_ids if person_id not in ids)
        if len(left) < len(offer.participant_ids):
            offer.participant_ids = left or offer.participant_ids
            if not left:
                offer.state, offer.answered_at = "withdrawn", moment.at
    session.flush()
    return had


def leave_queues(session: AnySession, opened: Opened, moment: Moment, *which: ColumnElement[bool]) -> None:
    """Take people out of these queues, and note that they left."""
    gone = delete(WaitingRow).where(*which).returning(WaitingRow.participant_id, WaitingRow.item)
    moves = [Move(what="left", participant_id=row.participant_id, item=row.item) for row in session.execute(gone)]
    log_moves(session, opened.seating.trip_id, moment, moves)


def place_offers(seating: Seating, claims: Iterable[ClaimRow]) -> dict[int, int | None]:
    """By participant, the offer their place on the trip belongs to; None = the place is theirs."""
    pools = seating.seats.pools
    return {claim.participant_id: claim.offer_id for claim in claims if pools[claim.pool_id].kind in PLACES}


def visits_held(seating: Seating, claims: Sequence[ClaimRow]) -> dict[int, dict[str, ClaimRow]]:
    """By participant, the visits that come with their place, by key; a visit that is itself on offer is not held yet."""
    pools, places = seating.seats.pools, place_offers(seating, claims)
    held: dict[int, dict[str, ClaimRow]] = {}
    for claim in claims:
        pool = pools[claim.pool_id]
        if pool.kind is PoolKind.ITEM and claim.offer_id == places[claim.participant_id]:
            held.setdefault(claim.participant_id, {})[pool.key] = claim
    return held


def open_offers(session: AnySession, booking_id: int) -> list[OfferRow]:
    """The offers to a booking that have not been answered."""
    return list(session.scalars(select(OfferRow).where(OfferRow.booking_id == booking_id, OfferRow.state == "open")))


def tell_booking(
    session: AnySession,
    opened: Opened,
    kind: str,
    people: Sequence[ParticipantRow],
    moment: Moment,
    *,
    reason: str = "",
    audited: str,
    changes: Changes | None = None,
    by: ByOrganiser | None = None,
) -> None:
    """Write the message and the audit entry of a change to these participants.

    Of an organiser's act the message says so, and why; and it is written only if they want it told.
    """
    if by is None or by.tells:
        _tell(session, opened, kind, people, moment, reason, by)
    audit(
        session,
        audited,
        moment=moment,
        trip_id=opened.seating.trip_id,
        booking_id=opened.booking.id,
        reason=by.why.strip() if by is not None else reason,
        changes=changes,
        participants=[person.id for person in people],
        **({} if by is None or by.tells else {"untold": True}),
    )


def _tell(
    session: AnySession,
    opened: Opened,
    kind: str,
    people: Sequence[ParticipantRow],
    moment: Moment,
    reason: str,
    by: ByOrganiser | None,
) -> None:
    visits = visits_held(opened.seating, claims_of(session, [person.id for person in people]))
    token = make_link(session, opened.booking.id, opened.seating.trip, moment.at)
    told = [
        Told(participant=person, items=list(visits.get(person.id, ())) if holds_place(person) else person.wished)
        for person in people
    ]
    said = said_of(by)
    tell(session, kind, booking=opened.booking, token=token, moment=moment, told=told, reason=reason, **said)


def note_signup(session: AnySession, booking: BookingRow, people: int, moment: Moment, by: ByOrganiser | None) -> None:
    """Write the audit entry of a booking that was made, by its own people or by an organiser."""
    more: dict[str, Any] = {"accepted_by": booking.accepted_by} if booking.accepted_by else {}
    if by is not None and not by.tells:
        more["untold"] = True
    audit(
        session,
        "book_places",
        moment=moment,
        trip_id=booking.trip_id,
        booking_id=booking.id,
        reason=by.why if by is not None else "",
        people=people,
        **more,
    )


def said_of(by: ByOrganiser | None) -> dict[str, Any]:
    """What a message says of who did it."""
    return {} if by is None else {"by_organiser": True, "why": by.why.strip()}


def holds_place(person: ParticipantRow) -> bool:
    """Whether they hold a place on the trip, for good or on offer."""
    return person.status in HAS_PLACE
