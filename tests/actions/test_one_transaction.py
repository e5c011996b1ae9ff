"""Every act is one transaction: its rows, its messages and its audit entry are all there, or none of them is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tripkit.actions.answer_offer import accept_offer, decline_offer
from tripkit.actions.cancel_participants import cancel_participants
from tripkit.actions.change_visits import change_visits
from tripkit.actions.correct_booking import correct_contact, correct_participant
from tripkit.actions.expire_offers import expire_offers
from tripkit.actions.hand_over_place import hand_over_place
from tripkit.actions.leave_queue import leave_queue
from tripkit.actions.release_guarantees import release_guarantees
from tripkit.domain.bookings import BookingMade
from tripkit.domain.trips import Trip
from tripkit.storage import db
from tripkit.storage.bookings import OfferRow, ParticipantRow, WaitingRow
from tripkit.storage.outbox import AuditRow, OutboxRow
from tripkit.testing import NOW, applied, booked, make_moment, make_participant, make_segment, make_trip

MOMENT = make_moment()
LATER = make_moment(NOW + timedelta(days=3))


def trip_of_six(size: int = 6) -> Trip:
    police = make_segment("police", guaranteed=1, guaranteed_until=NOW + timedelta(days=2))
    return make_trip(size=size, segments=(make_segment("city"), police))


class Scene:
    """A trip on which everything can be done: ``holds`` has a place, ``offered`` an offer, ``waits`` waits."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.trip = applied(session, trip_of_six())
        self.port = booked(session, self.trip, [make_participant(items=("port",)) for _ in range(4)])
        self.holds = booked(session, self.trip, contact_email="asa@tripkit.example")
        self.offered, self.waits = booked(session, self.trip), booked(session, self.trip)
        cancel_participants(
            session, booking_id=self.holds.booking_id, participant_ids=[self.person(self.holds)], moment=MOMENT
        )
        accept_offer(session, booking_id=self.offered.booking_id, offer_id=self.offer(), moment=MOMENT)
        self.holds, self.offered = self.offered, self.waits
        self.waits = booked(session, self.trip)
        # One goes, so offered is offered the place and waits is next.
        cancel_participants(
            session, booking_id=self.port.booking_id, participant_ids=[self.person(self.port)], moment=MOMENT
        )
        still_there = self.person(self.port, 1)
        self.one = {"booking_id": self.port.booking_id, "participant_id": still_there, "moment": MOMENT}
        session.rollback()

    def person(self, made: BookingMade, number: int = 0) -> int:
        query = select(ParticipantRow.id).where(ParticipantRow.booking_id == made.booking_id)
        return self.session.scalars(query.order_by(ParticipantRow.id)).all()[number]

    def offer(self) -> int:
        return self.session.scalars(select(OfferRow.id).where(OfferRow.state == "open")).one()

    def waiting(self) -> int:
        query = select(WaitingRow.id).where(WaitingRow.participant_id == self.person(self.waits))
        return self.session.scalars(query).one()


def answer(action: Callable[..., None]) -> Callable[[Scene], object]:
    return lambda s: action(s.session, booking_id=s.offered.booking_id, offer_id=s.offer(), moment=MOMENT)


def contact(scene: Scene) -> None:
    correct_contact(
        scene.session,
        booking_id=scene.holds.booking_id,
        contact_name="Bo Ek",
        contact_email="bo@tripkit.example",
        contact_phone=None,
        organisation="Kommunen",
        invoice_address="",
        invoice_reference="",
        moment=MOMENT,
    )


ACTS: dict[str, Callable[[Scene], object]] = {
    "book_places": lambda s: booked(s.session, s.trip, 2),
    "cancel_participants": lambda s: cancel_participants(s.session, booking_id=s.holds.booking_id, moment=MOMENT),
    "accept_offer": answer(accept_offer),
    "offer_declined": answer(decline_offer),
    "offer_expired": lambda s: expire_offers(s.session, moment=LATER),
    "release_guarantees": lambda s: release_guarantees(s.session, moment=LATER),
    "change_visits": lambda s: change_visits(s.session, items=("mill", "late"), **s.one),
    "leave_queue": lambda s: leave_queue(
        s.session, booking_id=s.waits.booking_id, waiting_ids=[s.waiting()], moment=MOMENT
    ),
    "hand_over_place": lambda s: hand_over_place(s.session, name="Bo Ek", email=None, answers={}, **s.one),
    "correct_participant": lambda s: correct_participant(s.session, name="Bo Ek", email=None, answers={}, **s.one),
    "correct_contact": contact,
    "change_trip": lambda s: applied(s.session, trip_of_six(9)),
}


def everything(session: Session) -> dict[str, list[object]]:
    """Every row of every table."""
    session.rollback()
    found = {table.name: list(session.execute(table.select())) for table in db.metadata.sorted_tables}
    session.rollback()
    return found  # type: ignore[return-value]


@pytest.mark.parametrize("act", ACTS)
def test_an_act_leaves_an_audit_entry_and_a_message(session: Session, act: str) -> None:
    scene = Scene(session)
    audited = len(session.scalars(select(AuditRow.id).where(AuditRow.action == act)).all())
    told = len(session.scalars(select(OutboxRow.id)).all())
    session.rollback()
    ACTS[act](scene)
    entries = session.scalars(select(AuditRow).where(AuditRow.action == act).order_by(AuditRow.id)).all()[audited:]
    assert [(entry.trip_id, entry.origin) for entry in entries] == [(scene.trip, "test")]
    assert len(session.scalars(select(OutboxRow.id)).all()) > told


@pytest.mark.parametrize("act", ACTS)
def test_an_act_that_fails_at_its_end_leaves_nothing(
    session: Session, act: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = Scene(session)
    before = everything(session)

    def fail(*_: object, **__: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(AuditRow, "__init__", fail)
    with pytest.raises((OSError, ExceptionGroup)):
        ACTS[act](scene)
    assert everything(session) == before
