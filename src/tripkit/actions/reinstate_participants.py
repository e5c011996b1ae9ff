"""Undoing a cancellation while there is still a place; whoever waits comes before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import insert, select

from tripkit.actions.booking_access import Opened, open_booking, refuse_if_over, tell_booking
from tripkit.actions.enter_lottery import is_before_draw
from tripkit.actions.settling import claim_wishes, join, queue_up, settle, somebody_is_next
from tripkit.domain.bookings import ByOrganiser, Moment, ParticipantStatus
from tripkit.domain.refusals import ChangeRefused
from tripkit.domain.sentences import sentence
from tripkit.domain.trips import TripStatus
from tripkit.reads.trip_plan import AnySession
from tripkit.storage import write
from tripkit.storage.bookings import ClaimRow, ParticipantRow
from tripkit.storage.outbox import AuditRow

APPLIED, CONFIRMED, CANCELLED, WAITING = (
    ParticipantStatus.APPLIED,
    ParticipantStatus.CONFIRMED,
    ParticipantStatus.CANCELLED,
    ParticipantStatus.WAITING,
)


def reinstate_participants(
    session: AnySession,
    *,
    booking_id: int,
    participant_ids: Sequence[int],
    may_wait: bool = False,
    moment: Moment,
    by: ByOrganiser,
) -> None:
    """Let people who were cancelled travel after all, with the visits they had as far as there is room; all of them or none.

    ``may_wait``: where no place is free they go to the end of the queue, instead of being refused. For a visit that has become full they
    queue. Where places are still to be drawn, they are in the draw again.

    Raises: NotFound, ChangedMeanwhile, ChangeRefused (not cancelled, no place is free, the trip is over or cancelled).
    """
    with write(session):
        opened = open_booking(session, booking_id, by)
        refuse_if_over(opened, moment)
        if opened.seating.trip.status is TripStatus.CANCELLED:
            raise ChangeRefused(sentence("The trip is cancelled, so there is no place to give back."))
        people = [opened.person(one) for one in dict.fromkeys(participant_ids)]
        if not people or any(person.status is not CANCELLED for person in people):
            raise ChangeRefused(sentence("This cancellation was undone before. Nothing more is needed."))
        before_draw = is_before_draw(session, opened.seating)
        seats = opened.seating.seats
        wants = [seats.place_wants(person.segment) for person in people]
        places = None if before_draw or somebody_is_next(session, opened.seating) else seats.claim_together(wants)
        if places is None and not may_wait and not before_draw:
            raise ChangeRefused(
                sentence(
                    "The place has gone to somebody else, and no other is free. They can be put in the queue instead."
                )
            )
        had = _visits_before(session, booking_id)
        now = APPLIED if before_draw else WAITING if places is None else CONFIRMED
        for person in people:
            person.wished = had.get(person.id, ())
            person.status = now
        session.flush()
        if places is None and not before_draw:
            join(session, opened.seating, moment, [people] if opened.booking.together else [[one] for one in people])
        elif places is not None:
            _take(session, opened, people, places, moment)
        changes = {f"people/{person.id}/status": [CANCELLED, now] for person in people}
        tell_booking(
            session,
            opened,
            "changed",
            people,
            moment,
            reason="reinstated",
            audited="reinstate_participants",
            changes=changes,
            by=by,
        )
        settle(session, opened.seating, moment)


def _take(
    session: AnySession,
    opened: Opened,
    people: Sequence[ParticipantRow],
    places: Sequence[Sequence[int]],
    moment: Moment,
) -> None:
    """Write down that the places are theirs, and the visits that still have room."""
    joining: list[tuple[str, Sequence[ParticipantRow]]] = []
    rows = [
        {"participant_id": person.id, "pool_id": pool}
        for person, place in zip(people, places, strict=True)
        for pool in (*place, *claim_wishes(opened.seating, person, joining))
    ]
    for person in people:
        person.wished = ()
    session.flush()
    session.execute(insert(ClaimRow), rows)
    queue_up(session, opened.seating, moment, joining)


def _visits_before(session: AnySession, booking_id: int) -> Mapping[int, tuple[str, ...]]:
    """The visits that people gave up when they were cancelled last, by participant, as the log has it."""
    entries = session.scalars(
        select(AuditRow)
        .where(AuditRow.booking_id == booking_id, AuditRow.action == "cancel_participants")
        .order_by(AuditRow.id)
    )
    had: dict[int, tuple[str, ...]] = {}
    for entry in entries:
        for path, both in entry.details.get("changes", {}).items():
            number, _, field = path.removeprefix("people/").partition("/")
            if field in {"status", "visits"}:  # In this order: who had no visit has none noted.
                had[int(number)] = tuple(both[0]) if field == "visits" else ()
    return had
