"""A step with a trip as a whole: everybody sees it at once, edits stay, a letter is prepared; two at once take it once."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from tests.together import together
from tripkit.actions.edit_trip import edit_trip, publish_trip
from tripkit.actions.make_reminders import make_reminders
from tripkit.actions.take_step import Stepped, take_step
from tripkit.domain.refusals import BookingRefused, ChangeRefused
from tripkit.domain.trip_steps import Step
from tripkit.domain.trips import TripStatus
from tripkit.reads.trip_document import TripDocument, trip_document
from tripkit.storage import sessions
from tripkit.storage.campaigns import CampaignRow
from tripkit.testing import applied, booked, make_moment

NOTE = {"sv": "Det snöar för mycket.", "en": "There is too much snow."}


def step(session: Session, trip_id: int, what: Step, note: dict[str, str] | None = None, until: Any = None) -> Stepped:
    return take_step(session, trip_id=trip_id, step=what, until=until, note=note or {}, moment=make_moment())


def found(session: Session, trip_id: int) -> TripDocument:
    document = trip_document(session, trip_id)
    assert document is not None
    session.rollback()
    return document


def sized(document: Any) -> Any:
    return {**document, "trip": {**document["trip"], "size": 31}}


def test_everybody_sees_it_at_once_and_a_letter_waits_to_be_read(session: Session) -> None:
    trip_id = applied(session)
    booked(session, trip_id, 2)
    letter = step(session, trip_id, Step.CANCEL, NOTE).letter
    assert found(session, trip_id).trip.status is TripStatus.CANCELLED
    row = session.get_one(CampaignRow, letter)
    assert (row.state, row.essential, row.subject["sv"]) == ("draft", True, "Inställd: {trip}")
    assert row.text["en"] == "Hello {name},\n\n{trip} is cancelled.\n\nThere is too much snow."
    session.rollback()
    assert step(session, trip_id, Step.PLAN).letter is not None
    assert found(session, trip_id).trip.status is TripStatus.PLANNED
    assert make_reminders(session, moment=make_moment()) == 0


def test_where_nobody_has_signed_up_no_letter_is_written(session: Session) -> None:
    trip_id = applied(session)
    assert step(session, trip_id, Step.POSTPONE, NOTE).letter is None
    assert step(session, trip_id, Step.CANCEL, NOTE).letter is None
    assert session.scalars(select(CampaignRow.id)).all() == []


def test_edits_that_are_not_published_stay_edits_and_have_the_step_in_them(session: Session) -> None:
    trip_id = applied(session)
    size = found(session, trip_id).trip.size
    edit_trip(session, trip_id=trip_id, base=found(session, trip_id).version, change=sized, moment=make_moment())
    step(session, trip_id, Step.CLOSE)
    now = found(session, trip_id)
    assert (now.trip.size, now.document["trip"]["size"], now.has_edits) == (size, 31, True)
    assert now.document["trip"]["sign_up"]["closes"]
    publish_trip(session, trip_id=trip_id, version=now.version, moment=make_moment())
    published = found(session, trip_id).trip
    assert (published.size, published.signup_closes_at) == (31, make_moment().at.replace(second=0, microsecond=0))


def test_what_cannot_be_done_is_refused_and_nothing_is_changed(session: Session) -> None:
    trip_id = applied(session)
    before = found(session, trip_id)
    with pytest.raises(BookingRefused):
        step(session, trip_id, Step.CANCEL)
    with pytest.raises(ChangeRefused):
        step(session, trip_id, Step.PLAN)
    assert found(session, trip_id) == before


def test_two_who_cancel_at_once_cancel_it_once(engine: Engine) -> None:
    with sessions(engine)() as session:
        trip_id = applied(session)
        booked(session, trip_id)

    def cancel() -> str:
        with sessions(engine)() as session:
            try:
                step(session, trip_id, Step.CANCEL, NOTE)
            except ChangeRefused:
                return "refused"
            return "done"

    assert sorted(together(cancel, cancel)) == ["done", "refused"]
    with sessions(engine)() as session:
        assert len(session.scalars(select(CampaignRow.id)).all()) == 1
