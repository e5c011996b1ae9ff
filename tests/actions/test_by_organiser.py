"""What organisers do to bookings: move, cancel, reinstate, let somebody in first; and what each would lead to, told before."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tripkit.actions.cancel_participants import cancel_participants
from tripkit.actions.change_visits import change_visits
from tripkit.actions.erase_booking import erase_booking
from tripkit.actions.foreseeing import Consequences, foresee
from tripkit.actions.join_visit_queue import join_visit_queue
from tripkit.actions.promote_waiting import promote_waiting
from tripkit.actions.reinstate_participants import reinstate_participants
from tripkit.domain.bookings import BookingMade, ByOrganiser, Moment, ParticipantStatus
from tripkit.domain.refusals import BookingRefused, ChangedMeanwhile, ChangeRefused
from tripkit.reads.booking_page import BookingPage, booking_page_of
from tripkit.reads.booking_stamp import booking_stamp
from tripkit.reads.pool_recount import pool_recount
from tripkit.storage.bookings import OfferRow, ParticipantRow, QueueMoveRow
from tripkit.storage.outbox import AuditRow, OutboxRow
from tripkit.testing import NOW, applied, booked, make_moment, make_participant, make_trip

ON_THE_DAY = make_trip().programme[0].starts_at
ORGANISER = make_moment(actor="account")


def later(when: Any = NOW + timedelta(seconds=1)) -> Moment:
    return make_moment(when, "account")


def page_of(session: Session, made: BookingMade) -> BookingPage:
    session.rollback()
    page = booking_page_of(session, booking_id=made.booking_id, now=NOW)
    assert page is not None
    return page


def ids(session: Session, made: BookingMade) -> list[int]:
    return [person.id for person in page_of(session, made).participants]


def statuses(session: Session, made: BookingMade) -> list[str]:
    return [person.status.value for person in page_of(session, made).participants]


def last(session: Session, row: Any) -> Any:
    session.rollback()
    return session.scalars(select(row).order_by(row.id.desc())).first()


def counts_add_up(session: Session) -> bool:
    session.rollback()
    return pool_recount(session) == ()


def test_an_organiser_moves_somebody_after_the_last_day_for_changes_and_the_mail_says_who_and_why(
    session: Session,
) -> None:
    made = booked(session, applied(session, make_trip(changes_until=NOW)), [make_participant(items=("port",))])
    (person,) = ids(session, made)
    asked = {"booking_id": made.booking_id, "participant_id": person, "items": ("mill",), "moment": later()}
    with pytest.raises(ChangeRefused, match="last day"):
        change_visits(session, **asked)
    change_visits(session, **asked, by=ByOrganiser(why="Hissen är trasig"))
    assert page_of(session, made).participants[0].items == ("mill",)
    told, noted = last(session, OutboxRow), last(session, AuditRow)
    assert (told.payload["by_organiser"], told.payload["why"]) == (True, "Hissen är trasig")
    assert (noted.reason, noted.details["changes"]) == (
        "Hissen är trasig",
        {f"people/{person}/visits": [["port"], ["mill"]]},
    )


def test_whoever_is_not_to_be_told_gets_no_mail_and_the_log_says_so(session: Session) -> None:
    made = booked(session, applied(session))
    before = session.scalar(select(func.count(OutboxRow.id)))
    cancel_participants(session, booking_id=made.booking_id, moment=later(), by=ByOrganiser(tells=False))
    assert statuses(session, made) == ["cancelled"]
    assert session.scalar(select(func.count(OutboxRow.id))) == before
    assert last(session, AuditRow).details["untold"] is True


def test_what_somebody_else_did_meanwhile_is_not_overwritten(session: Session) -> None:
    made = booked(session, applied(session), 2)
    first, second = ids(session, made)
    seen = booking_stamp(session, made.booking_id)
    cancel_participants(
        session, booking_id=made.booking_id, participant_ids=[first], moment=later(), by=ByOrganiser(seen=seen)
    )
    with pytest.raises(ChangedMeanwhile):
        cancel_participants(
            session, booking_id=made.booking_id, participant_ids=[second], moment=later(), by=ByOrganiser(seen=seen)
        )
    assert statuses(session, made) == ["cancelled", "confirmed"]
    fresh = booking_stamp(session, made.booking_id)
    assert fresh != seen
    cancel_participants(session, booking_id=made.booking_id, moment=later(), by=ByOrganiser(seen=fresh))
    assert statuses(session, made) == ["cancelled", "cancelled"]


def test_what_would_happen_is_told_and_nothing_of_it_stays(session: Session) -> None:
    trip = applied(session, make_trip(size=1))
    made = booked(session, trip, contact_email="has@tripkit.example")
    booked(session, trip, [make_participant("Kö Först")], contact_email="waits@tripkit.example")
    before = {row: session.scalar(select(func.count(row.id))) for row in (OutboxRow, AuditRow, OfferRow, QueueMoveRow)}
    moment = later()
    seen = foresee(
        session,
        trip_id=trip,
        booking_id=made.booking_id,
        moment=moment,
        do=lambda: cancel_participants(session, booking_id=made.booking_id, moment=moment, by=ByOrganiser()),
    )
    assert [(mail.to, mail.kind) for mail in seen.mails] == [
        ("has@tripkit.example", "cancelled"),
        ("waits@tripkit.example", "offer"),
    ]
    assert [(one.name, one.is_offer) for one in seen.moved] == [("Kö Först", True)]
    assert len(seen.lost) == 1 and seen.changed[0][1].status is ParticipantStatus.CANCELLED
    assert statuses(session, made) == ["confirmed"]
    assert {row: session.scalar(select(func.count(row.id))) for row in before} == before
    cancel_participants(session, booking_id=made.booking_id, moment=moment, by=ByOrganiser())
    assert statuses(session, made) == ["cancelled"], "and after a look it is done all the same"
    assert counts_add_up(session)


def test_a_look_that_is_refused_says_why_and_leaves_the_next_act_alone(session: Session) -> None:
    trip = applied(session)
    made = booked(session, trip)
    cancel_participants(session, booking_id=made.booking_id, moment=later())
    with pytest.raises(ChangeRefused):
        foresee(
            session,
            trip_id=trip,
            booking_id=made.booking_id,
            moment=later(),
            do=lambda: cancel_participants(session, booking_id=made.booking_id, moment=later(), by=ByOrganiser()),
        )
    reinstate(session, made)
    assert statuses(session, made) == ["confirmed"]


def reinstate(session: Session, made: BookingMade, **more: Any) -> None:
    reinstate_participants(
        session,
        booking_id=made.booking_id,
        participant_ids=ids(session, made),
        moment=later(),
        by=ByOrganiser(),
        **more,
    )


def test_a_cancellation_is_undone_with_the_visits_they_had(session: Session) -> None:
    made = booked(session, applied(session), [make_participant(items=("port",)), make_participant(items=("mill",))])
    cancel_participants(session, booking_id=made.booking_id, moment=later(), by=ByOrganiser())
    reinstate(session, made)
    people = page_of(session, made).participants
    assert [(one.status.value, one.items) for one in people] == [("confirmed", ("port",)), ("confirmed", ("mill",))]
    assert last(session, OutboxRow).payload["reason"] == "reinstated"
    with pytest.raises(ChangeRefused, match="undone before"):
        reinstate(session, made)
    assert counts_add_up(session)


def test_a_place_that_has_gone_is_not_taken_back_from_who_has_it(session: Session) -> None:
    trip = applied(session, make_trip(size=1))
    made = booked(session, trip)
    cancel_participants(session, booking_id=made.booking_id, moment=later(), by=ByOrganiser())
    other = booked(session, trip)
    with pytest.raises(ChangeRefused, match="gone to somebody else"):
        reinstate(session, made)
    reinstate(session, made, may_wait=True)
    assert (statuses(session, made), statuses(session, other)) == (["waiting"], ["confirmed"])
    assert counts_add_up(session)


def promote(session: Session, made: BookingMade, why: str = "Hon leder passet", **more: Any) -> None:
    values = {"participant_ids": ids(session, made), "moment": later(), "by": ByOrganiser(why=why), **more}
    promote_waiting(session, booking_id=made.booking_id, **values)


def test_nobody_is_let_in_beyond_a_size(session: Session) -> None:
    trip = applied(session, make_trip(size=1))
    booked(session, trip)
    made = booked(session, trip)
    with pytest.raises(ChangeRefused, match="No place is free"):
        promote(session, made)
    assert statuses(session, made) == ["waiting"]


def test_letting_somebody_in_takes_a_reason(session: Session) -> None:
    made = booked(session, applied(session, make_trip(size=1)), 2)
    with pytest.raises(BookingRefused) as raised:
        promote(session, made, why=" ")
    assert [problem.at for problem in raised.value.problems] == ["why"]


def test_on_the_day_a_free_place_is_given_out_of_turn_and_whom_it_passed_is_noted(session: Session) -> None:
    trip = applied(session, make_trip(size=1))
    gone = booked(session, trip)
    first, second = booked(session, trip), booked(session, trip, [make_participant(items=("port",))])
    day = make_moment(ON_THE_DAY, "account")
    cancel_participants(session, booking_id=gone.booking_id, moment=day, by=ByOrganiser())
    assert statuses(session, first) == ["waiting"], "nothing is offered once the trip has begun"
    with pytest.raises(ChangeRefused, match="gone"):
        reinstate_participants(
            session, booking_id=gone.booking_id, participant_ids=ids(session, gone), moment=day, by=ByOrganiser()
        )
    promote(session, second, moment=day)
    (person,) = page_of(session, second).participants
    assert (person.status.value, person.items) == ("confirmed", ("port",))
    move = session.scalars(select(QueueMoveRow).where(QueueMoveRow.because == "organiser")).one()
    assert (move.participant_id, move.passed) == (person.id, ids(session, first))
    noted = last(session, AuditRow)
    assert (noted.action, noted.reason) == ("promote_waiting", "Hon leder passet")
    with pytest.raises(ChangeRefused, match="does not wait"):
        promote(session, second, moment=day)
    assert counts_add_up(session)


def test_what_somebody_gives_up_goes_to_whom_the_organiser_says(session: Session) -> None:
    trip = applied(session, make_trip(size=1))
    gone, first, second = (booked(session, trip) for _ in range(3))
    asked: dict[str, Any] = {"booking_id": gone.booking_id, "moment": later()}
    with pytest.raises(BookingRefused):
        cancel_participants(session, **asked, by=ByOrganiser(why="x"), in_favour_of="NIXX-NIXX")
    with pytest.raises(BookingRefused, match="put right"):
        cancel_participants(session, **asked, by=ByOrganiser(), in_favour_of=second.code)
    seen = foresee(
        session,
        trip_id=trip,
        booking_id=gone.booking_id,
        moment=later(),
        do=lambda: cancel_participants(session, **asked, by=ByOrganiser(why="x"), in_favour_of=second.code),
    )
    assert (seen.passed, [one.is_offer for one in seen.moved]) == (1, [False])
    cancel_participants(session, **asked, by=ByOrganiser(why="x"), in_favour_of=second.code.lower())
    assert [statuses(session, one) for one in (gone, first, second)] == [["cancelled"], ["waiting"], ["confirmed"]]
    assert counts_add_up(session)


def test_a_visit_is_given_out_of_turn_and_what_collides_is_given_up(session: Session) -> None:
    trip = applied(session, make_trip())
    four = booked(session, trip, [make_participant(items=("port",)) for _ in range(4)])
    made = booked(session, trip, [make_participant(items=("mill",))])
    (person,) = ids(session, made)
    join_visit_queue(session, booking_id=made.booking_id, participant_id=person, item="port", moment=later())
    with pytest.raises(ChangeRefused, match="is full: all 4 places are taken"):
        promote(session, made, item="port")
    day = make_moment(ON_THE_DAY, "account")
    cancel_participants(
        session, booking_id=four.booking_id, participant_ids=ids(session, four)[:1], moment=day, by=ByOrganiser()
    )
    promote(session, made, item="port", moment=day)
    assert page_of(session, made).participants[0].items == ("port",)
    assert counts_add_up(session)


def test_an_erased_booking_stays_as_it_is(session: Session) -> None:
    made = booked(session, applied(session))
    people = ids(session, made)
    erase_booking(session, code=made.code, cancel=True, reason="asked", moment=later())
    with pytest.raises(ChangeRefused, match="erased"):
        reinstate_participants(
            session, booking_id=made.booking_id, participant_ids=people, moment=later(), by=ByOrganiser()
        )
    assert session.scalars(select(ParticipantRow.status)).one() == "cancelled"


def test_a_look_at_nothing_tells_nothing() -> None:
    assert Consequences().lost == () and Consequences().changed == ()
