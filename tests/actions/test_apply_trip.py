"""Writing a trip anew: nothing anybody has booked is lost, and what would be lost is refused in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tripkit.actions.apply_trip import apply_trip
from tripkit.actions.cancel_participants import cancel_participants
from tripkit.actions.release_guarantees import release_guarantees
from tripkit.domain.programme import ProgrammeItem
from tripkit.domain.questions import QuestionKind
from tripkit.domain.refusals import PlanRefused
from tripkit.domain.trips import Picture, Trip
from tripkit.reads.booking_page import booking_page_of
from tripkit.reads.pool_recount import pool_recount
from tripkit.reads.trip_page import picture, trip_page
from tripkit.reads.trip_plan import trip_plan
from tripkit.storage.bookings import ParticipantRow
from tripkit.storage.outbox import AuditRow
from tripkit.storage.trips import TermsRow
from tripkit.testing import (
    NOW,
    applied,
    at,
    booked,
    both,
    make_item,
    make_moment,
    make_organisation,
    make_participant,
    make_segment,
    make_trip,
)


def plan_of(session: Session, trip_id: int) -> Trip:
    session.rollback()
    plan = trip_plan(session, trip_id)
    assert plan is not None
    return plan[2]


def without_item(trip: Trip, key: str) -> Trip:
    return replace(trip, programme=tuple(item for item in trip.programme if item.key != key))


def with_item(trip: Trip, key: str, change: Callable[[ProgrammeItem], ProgrammeItem]) -> Trip:
    return replace(trip, programme=tuple(change(item) if item.key == key else item for item in trip.programme))


def refused(session: Session, trip: Trip) -> list[str]:
    with pytest.raises(PlanRefused) as raised:
        applied(session, trip)
    return [str(reason) for reason in raised.value.reasons]


def test_a_trip_is_read_back_as_it_was_written(session: Session) -> None:
    trip = make_trip()
    assert plan_of(session, applied(session, trip)) == trip


def test_applying_twice_changes_nothing(session: Session) -> None:
    pictures = {"a.svg": Picture(name="a.svg", media_type="image/svg+xml", data=b"<svg/>")}

    def apply() -> tuple[bool, bool]:
        done = apply_trip(
            session, organisation=make_organisation(), trip=make_trip(), pictures=pictures, moment=make_moment()
        )
        return done.created, done.changed

    assert [apply(), apply()] == [(True, True), (False, False)]
    page = trip_page(session, organisation="resebyran", trip="hamnstad", now=NOW)
    assert page is not None and page.revision == 1
    assert picture(session, organisation="resebyran", trip="hamnstad", name="a.svg") == pictures["a.svg"]
    assert picture(session, organisation="another", trip="hamnstad", name="a.svg") is None


def test_every_part_can_be_added_changed_removed_and_reordered(session: Session) -> None:
    trip = make_trip()
    trip_id = applied(session, trip)
    after = replace(
        trip,
        title=both("Annan titel", "Another title"),
        segments=(make_segment("guards"), *reversed(trip.segments)),
        topics=(),
        programme=(*trip.programme[1:], make_item("extra", at(6, 8), at(6, 9))),
        questions=trip.questions[::-1],
    )
    applied(session, after)
    assert plan_of(session, trip_id) == after
    page = trip_page(session, organisation="resebyran", trip="hamnstad", now=NOW)
    assert page is not None and page.revision == 2
    (audit,) = session.scalars(select(AuditRow).where(AuditRow.action == "change_trip"))
    assert audit.details["changes"] == {
        "title": None,
        "segments": None,
        "segments/guards": [None, "there"],
        "topics/ports": ["there", None],
        "programme/lecture": ["there", None],
        "programme/extra": [None, "there"],
        "questions": None,
    }


def test_a_change_of_time_counts_up_the_sequence_of_that_item_only(session: Session) -> None:
    trip = make_trip()
    trip_id = applied(session, trip)
    later = with_item(trip, "late", lambda item: replace(item, ends_at=item.ends_at + timedelta(minutes=5)))
    applied(session, later)
    applied(session, with_item(later, "late", lambda item: replace(item, title=both("Ny", "New"))))
    assert {item.key: item.sequence for item in plan_of(session, trip_id).programme if item.sequence} == {"late": 1}


def test_a_segment_somebody_is_in_stays(session: Session) -> None:
    trip = make_trip()
    made = booked(session, applied(session, trip), 2)
    fewer = replace(trip, segments=trip.segments[1:])
    assert refused(session, fewer) == ["The group “Group city” cannot go: 2 people in it have signed up."]
    cancel_participants(session, booking_id=made.booking_id, moment=make_moment())
    applied(session, fewer)


def test_a_visit_somebody_has_chosen_stays(session: Session) -> None:
    trip = make_trip()
    trip_id = applied(session, trip)
    booked(session, trip_id, [make_participant(items=("port",))])
    reason = ["“Visit port” cannot go, or stop being chosen: one person has chosen it or waits for it."]
    assert refused(session, without_item(trip, "port")) == reason
    assert refused(session, with_item(trip, "port", lambda item: replace(item, choice=None))) == reason
    applied(session, without_item(trip, "hill"))


def test_a_visit_somebody_wishes_for_while_waiting_stays(session: Session) -> None:
    trip = make_trip(size=1)
    trip_id = applied(session, trip)
    booked(session, trip_id)
    booked(session, trip_id, [make_participant(items=("port",))])
    assert refused(session, without_item(trip, "port")) == [
        "“Visit port” cannot go, or stop being chosen: one person has chosen it or waits for it."
    ]


def test_an_answered_question_stays_and_keeps_its_kind(session: Session) -> None:
    trip = make_trip()
    booked(session, applied(session, trip), [make_participant(answers={"arrives": "tåg"})])
    reason = ["The question “Arrives by” cannot go or change its kind: one person has answered it."]
    assert refused(session, replace(trip, questions=trip.questions[:1])) == reason
    other = replace(trip.questions[1], kind=QuestionKind.NUMBER)
    assert refused(session, replace(trip, questions=(trip.questions[0], other))) == reason
    applied(session, replace(trip, questions=trip.questions[1:]))


def test_accepted_terms_keep_their_text(session: Session) -> None:
    trip = make_trip()
    booked(session, applied(session, trip))
    other = both("Andra villkor.", "Other terms.")
    assert len(refused(session, replace(trip, terms=replace(trip.terms, text=other)))) == 1
    applied(session, replace(trip, terms=replace(trip.terms, version="2", text=other)))
    assert set(session.scalars(select(TermsRow.version))) == {"1", "2"}


def test_every_reason_is_told_and_nothing_is_changed(session: Session) -> None:
    trip = make_trip()
    trip_id = applied(session, trip)
    booked(session, trip_id, [make_participant(items=("port",), answers={"arrives": "tåg"})])
    worse = without_item(replace(trip, segments=trip.segments[1:], questions=()), "port")
    assert len(refused(session, worse)) == 3
    assert plan_of(session, trip_id) == trip


def test_a_lowered_size_throws_nobody_out_and_lets_nobody_in(session: Session) -> None:
    trip = make_trip()
    trip_id = applied(session, trip)
    made = booked(session, trip_id, 6)
    applied(session, replace(trip, size=4))
    assert booked(session, trip_id).statuses == ("waiting",)
    page = trip_page(session, organisation="resebyran", trip="hamnstad", now=NOW)
    assert page is not None
    assert (page.places.trip.size, page.places.trip.taken, page.places.trip.left) == (4, 6, 0)
    people = session.scalars(select(ParticipantRow.id).where(ParticipantRow.booking_id == made.booking_id)).all()
    for leaving, status in ((people[:2], "waiting"), (people[2:3], "offered")):
        cancel_participants(session, booking_id=made.booking_id, participant_ids=leaving, moment=make_moment())
        last = session.scalars(select(ParticipantRow).order_by(ParticipantRow.id.desc())).first()
        assert last is not None and last.status == status
    assert pool_recount(session) == ()


def test_a_limit_set_later_counts_those_who_are_in_already(session: Session) -> None:
    trip = make_trip()
    trip_id = applied(session, trip)
    booked(session, trip_id, 3)
    applied(session, replace(trip, segments=(replace(trip.segments[0], at_most=4), trip.segments[1])))
    assert booked(session, trip_id, 2).statuses == ("confirmed", "waiting")
    assert pool_recount(session) == ()


def test_a_guarantee_set_later_takes_in_those_of_the_segment_who_have_a_place(session: Session) -> None:
    trip = make_trip(size=4)
    trip_id = applied(session, trip)
    booked(session, trip_id, 2, segment="police")
    applied(session, replace(trip, segments=(trip.segments[0], replace(trip.segments[1], guaranteed=2))))
    assert booked(session, trip_id, 3).statuses == ("confirmed", "confirmed", "waiting")
    assert pool_recount(session) == ()


def test_a_guarantee_that_is_taken_away_leaves_its_people_on_open_places(session: Session) -> None:
    segments = (make_segment("city"), make_segment("police", guaranteed=2))
    trip = make_trip(size=4, segments=segments)
    trip_id = applied(session, trip)
    booked(session, trip_id, 2, segment="police")
    applied(session, replace(trip, segments=(segments[0], replace(segments[1], guaranteed=0))))
    assert booked(session, trip_id, 3).statuses == ("confirmed", "confirmed", "waiting")
    assert pool_recount(session) == ()


def test_a_released_guarantee_stays_released_when_the_trip_is_written_again(session: Session) -> None:
    segments = (make_segment("city"), make_segment("police", guaranteed=2, guaranteed_until=NOW))
    trip = make_trip(size=3, segments=segments)
    trip_id = applied(session, trip)
    release_guarantees(session, moment=make_moment())
    applied(session, replace(trip, title=both("Ny", "New")))
    assert booked(session, trip_id, 3).statuses == ("confirmed",) * 3
    assert pool_recount(session) == ()


def test_two_organisations_may_use_the_same_key(session: Session) -> None:
    first = applied(session)
    second = applied(session, organisation=make_organisation("andra"))
    assert first != second
    booked(session, second)
    page = trip_page(session, organisation="resebyran", trip="hamnstad", now=NOW)
    assert page is not None and page.places.trip.taken == 0
    assert session.scalar(select(func.count()).select_from(ParticipantRow)) == 1


def test_prices_agreed_stay_with_the_booking(session: Session) -> None:
    trip = make_trip()
    made = booked(session, applied(session, trip), 2)
    applied(session, replace(trip, price=replace(trip.price, net=replace(trip.price.net, minor=1))))
    page = booking_page_of(session, booking_id=made.booking_id, now=NOW)
    assert page is not None
    assert (page.sum.net.minor, page.sum.total.minor) == (200_000, 250_000)


def test_an_organisation_that_changes_its_name_has_it_on_all_its_trips_at_once(session: Session) -> None:
    first = applied(session)
    second = applied(session, make_trip(key="andra-resan"))
    assert plan_of(session, second)  # It is kept in memory from here on, with its organisation.
    renamed = make_organisation(name=both("Nya resebyrån", "The new travel bureau"))
    done = apply_trip(session, organisation=renamed, trip=make_trip(), pictures={}, moment=make_moment())
    assert (done.trip_id, done.created, done.changed) == (first, False, True)
    for key in ("hamnstad", "andra-resan"):
        page = trip_page(session, organisation="resebyran", trip=key, now=NOW)
        assert page is not None and (page.organisation.name, page.revision) == (renamed.name, 2)
    (audit,) = session.scalars(select(AuditRow).where(AuditRow.action == "change_organisation"))
    assert (audit.organisation_id is not None, audit.details) == (True, {"changes": {"name": None}})
