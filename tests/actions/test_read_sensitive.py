"""Looks at answers about health and diet: only by who may, only with a reason, only of this trip, and each in the log."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from tests.statements import count_statements
from tripkit.actions.cancel_participants import cancel_participants
from tripkit.actions.erase_booking import erase_booking
from tripkit.actions.erase_ended import erase_ended
from tripkit.actions.read_sensitive import SensitiveAnswers, read_sensitive
from tripkit.domain.bookings import Moment
from tripkit.domain.deadlines import erased_at
from tripkit.domain.refusals import BookingRefused, ChangeRefused, NotFound
from tripkit.domain.rights import SENSITIVE, Level, Rights, Role, roles_that_may
from tripkit.i18n import say
from tripkit.reads.audit_log import log_of_booking, log_of_trip
from tripkit.reads.booking_page import booking_page_of
from tripkit.storage import sessions
from tripkit.storage.outbox import AuditRow
from tripkit.testing import (
    NOW,
    applied,
    booked,
    make_moment,
    make_organisation,
    make_participant,
    make_trip,
    make_vault,
)

LOOKS = Moment(at=NOW, actor="account", origin="web", account_id=7)
LEADER = Rights(here=frozenset({Role.TOUR_LEADER}))


def look(session: Session, trip_id: int, **changes: Any) -> tuple[SensitiveAnswers, ...]:
    told: dict[str, Any] = {"rights": LEADER, "reason": "Lunch on Thursday", "moment": LOOKS, **changes}
    return read_sensitive(session, trip_id=trip_id, **told)


def answered(found: tuple[SensitiveAnswers, ...]) -> list[tuple[str, dict[str, object]]]:
    return [(one.name, {answer.key: answer.answer for answer in one.answers}) for one in found]


def noted(session: Session) -> list[AuditRow]:
    session.rollback()
    return list(session.scalars(select(AuditRow).where(AuditRow.action == "read_sensitive").order_by(AuditRow.id)))


def people(session: Session) -> tuple[int, int]:
    """A trip with three people of whom two have answered, and the booking of those two."""
    trip_id = applied(session)
    made = booked(
        session,
        trip_id,
        [
            make_participant("Åsa Ek", answers={"diet": "vegan", "arrives": "buss"}),
            make_participant("Bo Ek", answers={"diet": "any"}),
        ],
    )
    booked(session, trip_id, [make_participant("Cia Ek", answers={"arrives": "tåg"})])
    other = applied(session, organisation=make_organisation("others"))
    booked(session, other, [make_participant("Didi", answers={"diet": "vegan"})])
    return trip_id, made.booking_id


def test_answers_of_a_trip_are_opened_for_who_may_see_them_and_the_look_is_noted(session: Session) -> None:
    trip_id, _ = people(session)
    assert answered(look(session, trip_id)) == [("Åsa Ek", {"diet": "vegan"}), ("Bo Ek", {"diet": "any"})]
    (entry,) = noted(session)
    assert (entry.account_id, entry.trip_id, entry.booking_id) == (7, trip_id, None)
    assert (entry.reason, entry.details) == ("Lunch on Thursday", {"people": 2})
    told = log_of_trip(session, trip_id=trip_id).entries[0]
    assert (say(told.what, "en"), told.reason) == ("Answers about health and diet were looked at", "Lunch on Thursday")


def test_a_look_at_one_person_stands_in_the_log_of_their_booking(session: Session) -> None:
    trip_id, booking_id = people(session)
    page = booking_page_of(session, booking_id=booking_id, now=NOW)
    assert page is not None
    asa, bo = (person.id for person in page.participants)
    assert answered(look(session, trip_id, participant_id=bo)) == [("Bo Ek", {"diet": "any"})]
    assert say(log_of_booking(session, booking_id=booking_id).entries[0].what, "sv") == "Svar om hälsa och kost visades"
    cancel_participants(session, booking_id=booking_id, participant_ids=[asa], moment=make_moment())
    assert answered(look(session, trip_id)) == [("Bo Ek", {"diet": "any"})], "who does not travel needs no lunch"
    assert answered(look(session, trip_id, participant_id=asa)) == [("Åsa Ek", {"diet": "vegan"})]


def test_whose_role_does_not_show_them_sees_none(session: Session) -> None:
    trip_id, _ = people(session)
    may = set(roles_that_may(SENSITIVE, Level.SEE))
    assert may and may != set(Role)
    for rights in (Rights(), *(Rights(whole=frozenset({role})) for role in Role if role not in may)):
        with pytest.raises(ChangeRefused, match="Your role does not show"):
            look(session, trip_id, rights=rights)
    for role in may:
        assert look(session, trip_id, rights=Rights(whole=frozenset({role})))
    assert len(noted(session)) == len(may)


@pytest.mark.parametrize("reason", ["", "  ", "x" * 301, "lunch\u202e"])
def test_without_a_reason_that_can_be_read_nothing_is_shown(session: Session, reason: str) -> None:
    trip_id, _ = people(session)
    with pytest.raises(BookingRefused) as refused:
        look(session, trip_id, reason=reason)
    assert [problem.at for problem in refused.value.problems] == ["reason"]
    assert noted(session) == []


def test_nobody_of_another_trip_is_found(session: Session) -> None:
    trip_id, booking_id = people(session)
    other = applied(session, organisation=make_organisation("others"))
    page = booking_page_of(session, booking_id=booking_id, now=NOW)
    assert page is not None
    for trip, person in ((other, page.participants[0].id), (trip_id, 10_000), (10_000, None)):
        with pytest.raises(NotFound):
            look(session, trip, participant_id=person)
    assert noted(session) == []


def test_what_cannot_be_noted_is_not_shown(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    trip_id, _ = people(session)

    def fail(*_: object, **__: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(AuditRow, "__init__", fail)
    with pytest.raises(OSError, match="full"):
        look(session, trip_id)


def test_what_is_locked_is_said_and_hides_nothing_else(engine: Engine) -> None:
    def seen(*keys: str) -> Session:
        return sessions(engine.execution_options(tripkit_vault=make_vault(*keys)))()

    with seen("a1" * 32) as old, seen("b2" * 32) as new:
        trip_id = applied(old)
        booked(old, trip_id, [make_participant("Åsa Ek", answers={"diet": "vegan"})])
        booked(new, trip_id, [make_participant("Bo Ek", answers={"diet": "any"})])
        found = look(new, trip_id)
    assert [(one.name, one.answers[0].answer, one.answers[0].is_locked) for one in found] == [
        ("Åsa Ek", None, True),
        ("Bo Ek", "any", False),
    ]


def test_of_who_was_erased_nothing_is_left_to_see_and_the_reason_is_gone(session: Session) -> None:
    trip_id, booking_id = people(session)
    page = booking_page_of(session, booking_id=booking_id, now=NOW)
    assert page is not None
    look(session, trip_id, participant_id=page.participants[0].id, reason="Åsa called")
    session.rollback()
    erase_booking(session, code=page.code, cancel=True, reason="Asked for it", moment=make_moment())
    assert look(session, trip_id) == ()
    first, second = noted(session)
    assert (first.reason, first.details, second.reason) == ("", {}, "Lunch on Thursday")


def test_a_reason_goes_with_the_trip_and_none_is_noted_afterwards(session: Session) -> None:
    trip = make_trip(retention_days=90)
    trip_id = applied(session, trip)
    booked(session, trip_id, [make_participant("Åsa Ek", answers={"diet": "vegan"})])
    look(session, trip_id, reason="Åsa Ek called")
    session.rollback()
    erase_ended(session, moment=make_moment(erased_at(trip)))
    (entry,) = noted(session)
    assert (entry.reason, entry.details, entry.account_id) == ("", {"people": 1}, 7)
    with pytest.raises(ChangeRefused, match="There is nothing left to see"):
        look(session, trip_id, reason="Åsa Ek called again")
    assert len(noted(session)) == 1


def test_a_look_takes_as_many_statements_at_any_size(session: Session) -> None:
    trip_id, _ = people(session)
    look(session, trip_id)
    counted = []
    for many in (1, 20):
        booked(session, trip_id, [make_participant(answers={"diet": "any"}) for _ in range(min(many, 10))])
        look(session, trip_id)
        with count_statements(session) as statements:
            look(session, trip_id)
        counted.append(len(statements))
    assert counted[0] == counted[1] <= 5
