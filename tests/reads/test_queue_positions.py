"""One's position in a queue: everybody of other parties who came before, counted by the database."""

from __future__ import annotations

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from tests.statements import count_statements
from tripkit.reads.queue_positions import positions_on_trip, queue_positions
from tripkit.storage import write
from tripkit.storage.bookings import ParticipantRow, WaitingRow
from tripkit.testing import NOW, applied, booked, make_participant, make_trip


def waits(session: Session, trip_id: int, *people: str, **changes: object) -> list[int]:
    made = booked(session, trip_id, [make_participant(name) for name in people], **changes)
    return list(session.scalars(select(ParticipantRow.id).where(ParticipantRow.booking_id == made.booking_id)))


def positions(session: Session, ids: list[int]) -> list[tuple[str, int]]:
    return [(one.item, one.position) for one in queue_positions(session, ids)]


def test_a_party_has_one_position_and_counts_for_those_behind_by_its_people(session: Session) -> None:
    trip_id = applied(session, make_trip(size=4))
    booked(session, trip_id, 4)
    first = waits(session, trip_id, "a")
    party = waits(session, trip_id, "b", "c", "d", together=True)
    split = waits(session, trip_id, "e", "f", together=False)
    assert positions(session, first) == [("", 1)]
    assert positions(session, party) == [("", 2)] * 3
    assert positions(session, split) == [("", 5), ("", 6)], "those who go alone stand behind each other"


def test_each_queue_and_each_trip_counts_its_own(session: Session) -> None:
    trip_id, other = applied(session, make_trip(size=1)), applied(session, make_trip(key="other", size=1))
    for each in (trip_id, other):
        booked(session, each)
        waits(session, each, "a")
    second = waits(session, trip_id, "b")
    with write(session):
        rows = [
            {
                "trip_id": trip_id,
                "participant_id": second[0],
                "item": item,
                "party": second[0],
                "segment": "city",
                "joined_at": NOW,
            }
            for item in ("port", "late")
        ]
        session.execute(insert(WaitingRow), rows)
    assert sorted(positions(session, second)) == [("", 2), ("late", 1), ("port", 1)]


def test_going_along_the_queue_counts_the_same(session: Session) -> None:
    trip_id = applied(session, make_trip(size=4))
    booked(session, trip_id, 4)
    ids = [*waits(session, trip_id, "a", "b", together=True), *waits(session, trip_id, "c", "d", together=False)]
    ids += waits(session, trip_id, "e", "f", "g", together=True)
    with write(session):
        row = {"trip_id": trip_id, "item": "port", "segment": "city", "joined_at": NOW}
        session.execute(insert(WaitingRow), [{**row, "participant_id": one, "party": one} for one in ids[3:]])
    along = {
        (one, item): position
        for one, places in positions_on_trip(session, trip_id).items()
        for item, position in places
    }
    assert along == {(one.participant_id, one.item): one.position for one in queue_positions(session, ids)}
    assert len(along) == 11


def test_it_is_one_statement_whatever_the_queue(session: Session) -> None:
    trip_id = applied(session, make_trip(size=1))
    booked(session, trip_id)
    ids = [waits(session, trip_id, name)[0] for name in "abc"]
    session.rollback()
    with count_statements(session) as statements:
        assert [position for _, position in positions(session, ids)] == [1, 2, 3]
    assert len(statements) == 1
    assert queue_positions(session, []) == []
