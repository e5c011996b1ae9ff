"""Adding somebody to a booking there is, by the rules of a sign-up; who finds no place waits at the end of the queue."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import insert

from tripkit.actions.book_places import claim_visits
from tripkit.actions.booking_access import Opened, open_booking, refuse_if_over, tell_booking
from tripkit.actions.enter_lottery import is_before_draw
from tripkit.actions.settling import join, settle, somebody_is_next
from tripkit.actions.written_signup import write_people
from tripkit.domain.answers import without_sensitive
from tripkit.domain.bookings import ByOrganiser, Moment, ParticipantRequest, ParticipantStatus
from tripkit.domain.places import why_nobody_travels
from tripkit.domain.refusals import BookingRefused, ChangeRefused, Problem
from tripkit.domain.sentences import sentence
from tripkit.domain.signup import check_participant
from tripkit.reads.trip_plan import AnySession
from tripkit.storage import write
from tripkit.storage.bookings import ClaimRow, ParticipantRow


def add_participant(
    session: AnySession, *, booking_id: int, person: ParticipantRequest, moment: Moment, by: ByOrganiser
) -> None:
    """Sign one more person up in a booking, at the price of today. Sensitive questions are left to the people themselves.

    Raises: NotFound, BookingRefused, ChangedMeanwhile, ChangeRefused (the trip is over, cancelled or postponed).
    """
    with write(session):
        opened = open_booking(session, booking_id, by)
        refuse_if_over(opened, moment)
        if (why := why_nobody_travels(opened.seating.trip)) is not None:
            raise ChangeRefused(why)
        _refuse(opened, person)
        (row,) = write_people(session, opened.booking, opened.seating.trip, [person])
        _seat(session, opened, row, person, moment)
        tell_booking(
            session,
            opened,
            "changed",
            [row],
            moment,
            reason="added",
            audited="add_participant",
            changes={f"people/{row.id}/status": [None, row.status]},
            by=by,
        )
        settle(session, opened.seating, moment)


def _seat(session: AnySession, opened: Opened, row: ParticipantRow, person: ParticipantRequest, moment: Moment) -> None:
    """A place with the visits they chose, or the end of the queue; before a draw, a lot in it. Raises: BookingRefused (a visit is full)."""
    seating = opened.seating
    if is_before_draw(session, seating):
        row.status = ParticipantStatus.APPLIED
        session.flush()
        return
    wants = seating.seats.place_wants(person.segment)
    place = None if somebody_is_next(session, seating) else seating.seats.claim(wants)
    if place is None:
        join(session, seating, moment, [[row]])
        return
    visits, problems = claim_visits(seating, person, "participants.0")
    if problems:
        raise BookingRefused(tuple(problems))
    row.status, row.wished = ParticipantStatus.CONFIRMED, ()
    session.flush()
    session.execute(insert(ClaimRow), [{"participant_id": row.id, "pool_id": pool} for pool in (*place, *visits)])


def _refuse(opened: Opened, person: ParticipantRequest) -> None:
    """Raise: BookingRefused with everything that is wrong."""
    trip = opened.seating.trip
    asked = replace(trip, questions=without_sensitive(trip.questions))
    problems = list(check_participant(asked, person, "participants.0", opened.seating.full_items()))
    there = [one for one in opened.people if one.status is not ParticipantStatus.CANCELLED]
    if len(there) >= trip.largest_party:
        most = sentence(
            "One booking takes at most {most} people. Make another one for the rest.", most=trip.largest_party
        )
        problems.append(Problem("", most))
    if (_same(person.name), person.email or "") in {(_same(one.name), one.email or "") for one in there}:
        said = sentence("{name} is in this booking already.", name=person.name)
        problems.append(Problem("participants.0.name", said))
    if problems:
        raise BookingRefused(tuple(problems))


def _same(name: str) -> str:
    return " ".join(name.casefold().split())
